// Hosts have other shells and tools than this machine: every script runs under dash, bash and busybox, the
// last one with nothing but its own applets on PATH, and all leave the same world and say the same about it.
#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <filesystem>

#include "base/json.hpp"
#include "base/strings.hpp"
#include "os/files.hpp"
#include "providers/file/put.hpp"
#include "providers/host/release.hpp"
#include "providers/workbench.hpp"

using namespace deployctl;
using deployctl::tests::Workbench;

namespace {

struct Shell {
  std::string name;
  std::vector<std::string> argv;
  bool own_tools = false; // only busybox applets
};

const std::vector<Shell> shells = {
    {"dash", {"/bin/dash"}}, {"bash", {"/bin/bash"}}, {"busybox", {"/bin/busybox", "sh"}, true}};

// Runs a host's commands by another shell.
class ShellHosts final : public Hosts {
public:
  ShellHosts(const Shell& shell, const std::string& folder) : shell_(shell), folder_(folder) {
    if (!shell.own_tools) return;
    path_ = folder + "/applets";
    std::filesystem::create_directories(path_);
    const ProcessRequest install{.argv = {shell.argv.front(), "--install", "-s", path_}};
    REQUIRE(processes_.run(install, {}));
  }

  Result<HostResult> run(const Host&, const HostCommand& command, std::stop_token stop) override {
    ProcessRequest request{.argv = shell_.argv,
                           .environment = command.environment,
                           .input = command.input,
                           .timeout = command.timeout,
                           .capture_limit = command.capture_limit,
                           .output = command.output};
    request.environment.insert_or_assign("PATH", path_);
    request.argv.insert(request.argv.end(), {"-c", command.script, "sh"});
    request.argv.insert(request.argv.end(), command.arguments.begin(), command.arguments.end());
    DEPLOYCTL_TRY(ProcessResult result, processes_.run(request, stop));
    return HostResult{result.exit_code, result.timed_out, result.cancelled, std::move(result.out),
                      std::move(result.err)};
  }

  Status transfer(const Host& host, const HostTransfer& transfer, std::stop_token stop) override {
    return files_.transfer(host, transfer, stop);
  }

private:
  Shell shell_;
  std::string folder_;
  std::string path_ = "/usr/bin:/bin";
  SystemClock clock_;
  os::LocalProcesses processes_{clock_, folder_, {}};
  os::LocalHosts files_{clock_, {}};
};

// What a scenario leaves and says, with the folder's own name taken out.
class Story {
public:
  explicit Story(Workbench& bench) : bench_(bench) {}
  void tell(const Ask& ask) {
    const auto seen = bench_.observe(ask);
    text_ += seen ? to_json(seen->managed) : seen.error().message;
    const auto change = bench_.plan(ask);
    text_ += change ? std::to_string(static_cast<int>(change->action)) : change.error().message;
    text_ += "\n";
  }
  void tell(const Result<Value>& result) { text_ += result ? to_json(*result) : result.error().message; }
  [[nodiscard]] std::string text() const { return replace_all(text_, bench_.path(), "BENCH"); }

private:
  Workbench& bench_;
  std::string text_;
};

std::string release_story(const Shell& shell) {
  Workbench bench(providers::host::make_release());
  bench.other_hosts = std::make_unique<ShellHosts>(shell, bench.path());
  Story story(bench);
  const auto ask = [&](const std::string& page) {
    bench.write("dist/in dex.html", page);
    bench.write("dist/bin/app", "app", 0755);
    return bench.ask({{"path", bench.path("srv/it's web")},
                      {"source", bench.tree("dist")},
                      {"shared", Value::Map{{"data", "data/"}, {"etc/.env", "web.env"}}},
                      {"reload", Value::List{"sh", "-c", "cat 'in dex.html' >/dev/null"}},
                      {"keep", 1}});
  };
  story.tell(bench.deploy(ask("one"))); // refused: shared/web.env is missing
  bench.write("srv/it's web/shared/web.env", "A=1");
  story.tell(bench.deploy(ask("one")));
  story.tell(ask("one"));
  bench.run = "run-2";
  bench.recorder.undos.clear();
  story.tell(ask("two"));
  story.tell(bench.deploy(ask("two")));
  chmod(bench.path("srv/it's web/current/bin/app").c_str(), 0700);
  story.tell(ask("two"));
  REQUIRE(bench.revert(ask("two")));
  story.tell(ask("one"));
  const Ask removal = bench.removal({{"path", bench.path("srv/it's web")}});
  story.tell(bench.deploy(removal));
  story.tell(removal);
  return story.text();
}

void archive_story(const Shell& shell) {
  Workbench bench(providers::host::make_release());
  bench.write("dist/index.html", "one");
  const ProcessRequest pack{.argv = {"tar", "-czf", bench.path("web.tgz"), "--owner=0", "--group=0",
                                     "--mtime=@0", "-C", bench.path("dist"), "."},
                            .inherit = {"PATH"}};
  SystemClock clock;
  os::LocalProcesses processes(clock, bench.path(), {{"PATH", "/usr/bin:/bin"}});
  REQUIRE(processes.run(pack, {})->exit_code == 0);
  bench.other_hosts = std::make_unique<ShellHosts>(shell, bench.path());
  const Ask ask = bench.ask({{"path", bench.path("srv")}, {"archive", bench.file("web.tgz")}});
  REQUIRE(bench.deploy(ask));
  CHECK(bench.read("srv/current/index.html") == "one");
  CHECK(bench.plan(ask)->action == Action::none);
  bench.write("srv/current/index.html", "hacked");
  CHECK(bench.plan(ask)->action == Action::update);
}

std::string file_story(const Shell& shell) {
  Workbench bench(providers::file::make_put());
  bench.other_hosts = std::make_unique<ShellHosts>(shell, bench.path());
  Story story(bench);
  const auto ask = [&](Value content, const char* mode) {
    return bench.ask(
        {{"path", bench.path("etc/it's.conf")}, {"content", std::move(content)}, {"mode", mode}});
  };
  const Value secret = Secret::reference("key", "v1");
  story.tell(bench.deploy(ask("one", "0644")));
  story.tell(ask("one", "0640"));
  bench.run = "run-2";
  bench.recorder.undos.clear();
  story.tell(bench.deploy(ask(secret, "0600")));
  CHECK(bench.read("etc/it's.conf") == "secret-key");
  story.tell(ask(secret, "0600"));
  REQUIRE(bench.revert(ask(secret, "0600")));
  story.tell(ask("one", "0644"));
  bench.write("etc/it's.conf", "by hand");
  story.tell(ask("one", "0644"));
  return story.text();
}

} // namespace

TEST_CASE("shells: a release is the same release under every shell") {
  const std::string under_dash = release_story(shells[0]);
  CHECK(under_dash.find("BENCH") != std::string::npos);
  for (const Shell& shell : shells) {
    INFO(shell.name);
    CHECK(release_story(shell) == under_dash);
  }
}

TEST_CASE("shells: an archive is unpacked by every shell's tools") {
  for (const Shell& shell : shells) {
    INFO(shell.name);
    archive_story(shell);
  }
}

TEST_CASE("shells: a file is put, seen and taken back the same under every shell") {
  const std::string under_dash = file_story(shells[0]);
  for (const Shell& shell : shells) {
    INFO(shell.name);
    CHECK(file_story(shell) == under_dash);
  }
}
