// host.run with `on_disconnect: detach`: on this machine and over leashed connections under dash, bash and
// busybox. Commands and tests wait for each other at named pipes.
#include <csignal>
#include <fstream>
#include <future>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/strings.hpp"
#include "providers/host/run.hpp"
#include "providers/workbench.hpp"
#include "ssh/process_shell.hpp"

using namespace deployctl;
using deployctl::tests::HostShells;
using deployctl::tests::Workbench;

namespace {

// Over a connection like the real ones, which can be lost.
class Connected final : public Hosts {
public:
  Connected(const HostShells& shells, const std::string& home)
      : shells_(std::make_shared<tests::ProcessShell>(shells, home)), hosts_(clock_, random_, shells_) {}

  Result<HostResult> run(const Host& host, const HostCommand& command, std::stop_token stop) override {
    const bool lose = command.operation.starts_with("detached") && losses > 0 && losses-- > 0;
    auto result = hosts_.run(host, command, lose ? lost.get_token() : stop);
    if (lose) return fail(Cause::network, "the connection was lost");
    return result;
  }
  Status transfer(const Host&, const HostTransfer&, std::stop_token) override { return {}; }

  int losses = 0;        // of the next connections so many are lost,
  std::stop_source lost; // when this is stopped

private:
  SystemClock clock_;
  SystemRandom random_;
  tests::OneShell shells_;
  ssh::SshHosts hosts_;
};

struct Place {
  Workbench bench{providers::host::make_run()};
  Connected* connected = nullptr; // null: this machine

  explicit Place(const HostShells& shells) {
    if (shells.name == "local") return;
    auto hosts = std::make_unique<Connected>(shells, bench.path());
    connected = hosts.get();
    bench.other_hosts = std::move(hosts);
  }
  [[nodiscard]] Ask ask(const std::string& script) const {
    return bench.ask({{"script", script}, {"directory", bench.path()}, {"on_disconnect", "detach"}});
  }
  void pipe(const char* name) const { REQUIRE(::mkfifo(bench.path(name).c_str(), 0600) == 0); }
  // Waits for the command to write to the pipe.
  [[nodiscard]] std::string hear(const char* name) const {
    std::ifstream pipe(bench.path(name));
    std::string line;
    std::getline(pipe, line);
    return line;
  }
  void tell(const char* name) const { std::ofstream(bench.path(name)) << "go\n"; }
  [[nodiscard]] std::size_t times_run() const {
    const std::string runs = bench.read("runs");
    return runs == "(none)" ? 0 : split(runs, '\n').size() - 1;
  }
  std::future<Result<Value>> deploy(const Ask& ask) {
    return std::async(std::launch::async, [this, ask] { return bench.deploy(ask); });
  }
  // What a new controller is, which knows the journal.
  void forget_stop() { bench.stop = std::stop_source(); }
};

template <class Behaviour>
void everywhere(Behaviour behaviour) {
  const auto tools = os::TemporaryDirectory::create("/tmp", "deployctl-test-").value();
  std::vector<HostShells> shells = tests::all_shells(tools.path());
  REQUIRE(shells.size() >= 3);
  shells.resize(3);
  shells.insert(shells.begin(), HostShells{.name = "local"});
  for (const HostShells& one : shells) {
    INFO(one.name);
    Place place(one);
    behaviour(place);
  }
}

const std::string talks =
    "echo run >>runs; echo $$ >begun; read line <go; echo \"said $line\"; echo err >&2\n";

} // namespace

TEST_CASE("ledger: a detached command is like any other while nothing goes wrong") {
  everywhere([](Place& place) {
    const Ask ask =
        place.bench.ask({{"script", R"(cat; echo "$A" "$DEPLOYCTL_STEP" "${DEPLOYCTL_LIMIT-}"; pwd; umask)"},
                         {"stdin", Secret::reference("line", "v1")},
                         {"env", Value::Map{{"A", "it's"}}},
                         {"directory", place.bench.path()},
                         {"on_disconnect", "detach"}});
    const auto change = place.bench.plan(ask);
    REQUIRE(change);
    CHECK(place.bench.confirm(ask, *change, "run").state == Confirmation::State::not_done);
    const auto outputs = place.bench.deploy(ask);
    REQUIRE(outputs);
    const std::string said = "it's web \n" + place.bench.path() + "\n0022";
    CHECK(*outputs->find("stdout")->text() == "[secret:line]" + said);
    const Confirmation known = place.bench.confirm(ask, *change, "run");
    CHECK(known.state == Confirmation::State::done);
    CHECK(known.outputs.find("stdout")->text()->ends_with(said));
    const Ask command =
        place.bench.ask({{"command", Value::List{"printf", "%s", "a b"}}, {"on_disconnect", "detach"}});
    place.bench.run = "run-2";
    CHECK(*place.bench.deploy(command)->find("stdout")->text() == "a b");
  });
}

TEST_CASE("ledger: a command survives its controller and is adopted by the next one") {
  everywhere([](Place& place) {
    place.pipe("begun");
    place.pipe("go");
    const Ask ask = place.ask(talks);
    const Change change = place.bench.plan(ask).value();
    auto first = place.deploy(ask);
    CHECK_FALSE(place.hear("begun").empty());
    place.bench.stop.request_stop();
    CHECK(first.get().error().cause == Cause::cancelled);
    place.forget_stop();
    CHECK(place.bench.confirm(ask, change, "run").state == Confirmation::State::in_progress);
    auto second = place.deploy(ask);
    place.tell("go");
    const auto outputs = second.get();
    REQUIRE(outputs);
    CHECK(*outputs->find("stdout")->text() == "said go");
    CHECK(place.times_run() == 1);
    REQUIRE(place.bench.deploy(ask));
    CHECK(place.times_run() == 1);
  });
}

TEST_CASE("ledger: a lost connection is opened again and the command followed, not run again") {
  everywhere([](Place& place) {
    if (!place.connected) return;
    place.pipe("begun");
    place.pipe("go");
    place.connected->losses = 1;
    auto deployed = place.deploy(place.ask(talks));
    CHECK_FALSE(place.hear("begun").empty());
    place.connected->lost.request_stop();
    place.tell("go");
    const auto outputs = deployed.get();
    REQUIRE(outputs);
    CHECK(*outputs->find("stdout")->text() == "said go");
    CHECK(place.times_run() == 1);
    CHECK(place.bench.recorder.lines.front() ==
          "the connection was lost; looking for the command in the host's ledger");
  });
}

TEST_CASE("ledger: a failure is adopted after a crash and begun anew by a retry") {
  everywhere([](Place& place) {
    const Ask ask = place.ask("echo run >>runs; echo sorry >&2; exit 3");
    const Change change = place.bench.plan(ask).value();
    const auto failed = place.bench.deploy(ask);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().message == "the command ended with exit status 3");
    CHECK(failed.error().evidence == std::vector<std::string>{"sorry"});
    CHECK(place.bench.confirm(ask, change, "run").state == Confirmation::State::in_progress);
    CHECK(place.bench.deploy(ask).error().message == failed.error().message);
    CHECK(place.times_run() == 1);
    place.bench.recorder.remote_ids.clear(); // a new attempt of the same run
    CHECK_FALSE(place.bench.deploy(ask));
    CHECK(place.times_run() == 2);
  });
}

TEST_CASE("ledger: two controllers at once run it once, and both get the result") {
  everywhere([](Place& place) {
    place.pipe("begun");
    place.pipe("go");
    const Ask ask = place.ask(talks);
    auto one = place.deploy(ask);
    CHECK_FALSE(place.hear("begun").empty());
    auto other = place.deploy(ask);
    place.tell("go");
    CHECK(one.get());
    CHECK(other.get());
    CHECK(place.times_run() == 1);
  });
}

TEST_CASE("ledger: a command whose host died with it is a failure that says so") {
  everywhere([](Place& place) {
    place.pipe("begun");
    place.pipe("go");
    const Ask ask = place.ask("echo run >>runs; echo $$ >begun; read line <go");
    auto first = place.deploy(ask);
    const int group = std::stoi(place.hear("begun"));
    const std::string process = place.bench.read(".deployctl/ledger/key-run-1run/1/process");
    CHECK(::kill(std::stoi(process), SIGKILL) == 0);
    CHECK(::kill(-group, SIGKILL) == 0);
    const auto failed = first.get();
    REQUIRE_FALSE(failed);
    CHECK(failed.error().evidence ==
          std::vector<std::string>{
              "deployctl: it is gone without a result: it was killed there, or the host was restarted"});
    CHECK(place.times_run() == 1);
  });
}

TEST_CASE("ledger: the host ends what outlives its limit") {
  Place place({.name = "local"});
  const Ask ask = place.ask("trap 'echo cleaned; exit 4' TERM; sleep 1000 & wait");
  Change change = place.bench.plan(ask).value();
  change.stages.front().timeout = Milliseconds(1'000);
  const auto failed = place.bench.apply(ask, change);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message == "the command ended with exit status 4");
  CHECK(failed.error().evidence == std::vector<std::string>{"deployctl: the host ended it at its limit"});
}

TEST_CASE("ledger: nothing of a command's secrets stays") {
  everywhere([](Place& place) {
    const Ask ask = place.bench.ask({{"script", "true"},
                                     {"stdin", Secret::reference("line", "v1")},
                                     {"env", Value::Map{{"T", Secret::reference("token", "v1")}}},
                                     {"on_disconnect", "detach"}});
    REQUIRE(place.bench.deploy(ask));
    const auto entries = os::list_tree(place.bench.path(".deployctl/ledger"));
    REQUIRE(entries);
    CHECK(entries->size() >= 4);
    for (const os::TreeEntry& entry : *entries)
      CHECK(place.bench.read(".deployctl/ledger/" + entry.name).find("secret-") == std::string::npos);
  });
}
