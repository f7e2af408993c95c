// What a host says about itself: the frame of its answer, and the script that gives it.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include <deployctl/host_state.hpp>

#include "base/strings.hpp"
#include "base/time.hpp"
#include "providers/host/release_observe_script.hpp"
#include "providers/host_facts.hpp"
#include "providers/release_bench.hpp"

using namespace deployctl;
using namespace deployctl::providers;
using Bench = deployctl::tests::ReleaseBench;

namespace {

const std::string whole =
    "deployctl-facts 1\n"
    "time 1700000000\nuser deploy\nhome /home/deploy\nkernel Linux 6.1.0\nmachine aarch64\n"
    "fence aa 7 01RUN\ntool systemctl systemd 252 (252.1)\n"
    "disk 1048576 /srv/my web\t/srv\n"
    "ask 0\ncurrent releases/a\nnow f x\nask 1\nend\n";

WallTime at(std::int64_t seconds) {
  return WallTime(std::chrono::seconds(seconds));
}

// Counts what is really sent to a host.
class CountingHosts final : public Hosts {
public:
  explicit CountingHosts(int& commands) : commands_(commands) {}
  Result<HostResult> run(const Host& host, const HostCommand& command, std::stop_token stop) override {
    ++commands_;
    return hosts_.run(host, command, stop);
  }
  Status transfer(const Host& host, const HostTransfer& transfer, std::stop_token stop) override {
    return hosts_.transfer(host, transfer, stop);
  }

private:
  int& commands_;
  SystemClock clock_;
  os::LocalHosts hosts_{clock_, {{"PATH", "/usr/bin:/bin"}}};
};

// Every name below a folder with its size, mode and times, so that any write shows.
std::string snapshot(const std::string& folder) {
  std::ostringstream text;
  std::vector<std::string> lines;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const auto status = entry.symlink_status();
    lines.push_back(
        entry.path().string() + " " + std::to_string(static_cast<int>(status.permissions())) + " " +
        (entry.is_symlink() ? entry.path().parent_path().string()
                            : std::to_string(entry.last_write_time().time_since_epoch().count())));
  }
  std::sort(lines.begin(), lines.end());
  return join(lines, "\n");
}

} // namespace

TEST_CASE("host facts: a whole answer is read, each question's part apart") {
  const auto answer = parse_host_answer(whole, 2);
  REQUIRE(answer);
  CHECK(answer->facts.user == "deploy");
  CHECK(answer->facts.home == "/home/deploy");
  CHECK(answer->facts.kernel == "Linux 6.1.0");
  CHECK(answer->facts.architecture() == "arm64");
  CHECK(answer->facts.time == 1'700'000'000);
  CHECK(answer->facts.disks.at("/srv/my web") == DiskFacts{.mount = "/srv", .free = 1'048'576});
  CHECK(answer->facts.tools.at("systemctl") == "systemd 252 (252.1)");
  CHECK(answer->facts.fences == std::vector<FenceFacts>{{.name = "aa", .epoch = 7, .run = "01RUN"}});
  CHECK(answer->answers == std::vector<std::string_view>{"current releases/a\nnow f x\n", ""});
}

TEST_CASE("host facts: an answer that broke off anywhere is never taken for a short one") {
  for (std::size_t length = 0; length < whole.size(); ++length) {
    INFO(length);
    CHECK_FALSE(parse_host_answer(std::string_view(whole).substr(0, length), 2));
  }
  CHECK_FALSE(parse_host_answer(whole, 1));
  CHECK_FALSE(parse_host_answer(whole, 3));
  CHECK_FALSE(parse_host_answer("banner\n" + whole, 2));
}

TEST_CASE("host facts: a line of another answer does not pass for the beginning of one") {
  const std::string hostile = "deployctl-facts 1\nuser a ask 0\nask 0\nnow ask 1\nnow end\nend\n";
  const auto answer = parse_host_answer(hostile, 1);
  REQUIRE(answer);
  CHECK(answer->answers.front() == "now ask 1\nnow end\n");
}

TEST_CASE("host facts: a clock is off by what the time of the question cannot explain") {
  const HostFacts facts{.time = 1000};
  CHECK(clock_offset(facts, at(990), at(1010)) == 0);
  CHECK(clock_offset(facts, at(400), at(420)) == 580);
  CHECK(clock_offset(facts, at(1600), at(1700)) == -600);
}

TEST_CASE("host facts: looking at two releases of a host costs one command") {
  Bench bench;
  int commands = 0;
  bench.other_hosts = std::make_unique<CountingHosts>(commands);
  const Ask web = bench.release();
  Ask other = bench.release();
  (*other.inputs)["path"] = bench.path("srv/other");
  REQUIRE(bench.deploy(web));
  commands = 0;
  auto guard = bench.guarded(SessionMode::read, web);
  Connection connection;
  ReadSession session{connection, guard.ports(), {}};
  const std::vector<Ask> asks = {web, other, web};
  const auto seen = bench.verbs<Resource>().observe(session, asks);
  CHECK(commands == 1);
  REQUIRE(seen.size() == 3);
  CHECK(seen[0]->exists);
  CHECK_FALSE(seen[1]->exists);
  CHECK(seen[0]->managed == seen[2]->managed);
  commands = 0;
  REQUIRE(bench.observe(web));
  CHECK(commands == 1);
}

TEST_CASE("host facts: what is live, since when, by whom and on what machine are told with it") {
  Bench bench;
  REQUIRE(bench.deploy(bench.release({{"version", "1.4"}})));
  const Observation seen = *bench.observe(bench.release());
  const HostState state = state_in(seen.facts);
  CHECK(state.now.starts_with("1.4-"));
  CHECK(state.changed_by == "run run-1");
  CHECK(parse_time(state.since));
  CHECK(parse_time(state.observed_at));
  CHECK(state.condition.empty());
  CHECK(state.blocked.empty());
  CHECK(*seen.facts.find("host")->find("clock_offset_seconds") == Value(0));
  CHECK_FALSE(seen.facts.find_path("host.architecture")->text()->empty());
  CHECK(seen.facts.find("kept")->list()->size() == 1);
  const Value* disks = seen.facts.find_path("host.disks");
  CHECK(*disks->find(bench.path("srv/web"))->find("free_kib")->get<std::int64_t>() > 0);

  std::filesystem::remove(bench.path("srv/web/current"));
  symlink("releases/by-hand", bench.path("srv/web/current").c_str());
  std::filesystem::create_directory(bench.path("srv/web/releases/by-hand"));
  const HostState now = state_in(bench.observe(bench.release())->facts);
  CHECK(now.changed_by == "hand");
  CHECK(state_difference(state, now).find("-> by-hand by hand at ") != std::string::npos);
}

TEST_CASE("host facts: a host of another architecture or with too little room is blocked in the plan") {
  Bench bench;
  const std::string machine = *bench.observe(bench.release())->facts.find_path("host.architecture")->text();
  const std::string other = machine == "amd64" ? "arm64" : "amd64";
  const HostState state = state_in(bench.observe(bench.release({{"architecture", other}}))->facts);
  REQUIRE(state.blocked.size() == 1);
  CHECK(state.blocked.front() == "the release is for " + other + ", the host is " + machine);
  CHECK(state_in(bench.observe(bench.release({{"architecture", machine}}))->facts).blocked.empty());

  Ask huge = bench.release();
  (*huge.inputs)["source"]["entries"]["big"] =
      Value::Map{{"sha256", std::string(64, '0')}, {"mode", 0644}, {"size", std::int64_t{1} << 50}};
  const HostState full = state_in(bench.observe(huge)->facts);
  REQUIRE(full.blocked.size() == 1);
  CHECK(full.blocked.front().starts_with("the release needs 1048576."));
}

TEST_CASE("host facts: the script reads only") {
  // Nothing but these on PATH, and no redirection into a file: there is nothing to write with.
  static const std::vector<std::string> readers = {"cat",  "date",      "df",       "find", "head",
                                                   "id",   "ls",        "readlink", "sed",  "sh",
                                                   "sort", "sha256sum", "stat",     "tr",   "uname"};
  Bench bench;
  REQUIRE(bench.deploy(bench.release()));
  const std::filesystem::path tools = bench.path("tools");
  std::filesystem::create_directory(tools);
  for (const std::string& tool : readers)
    for (const std::filesystem::path folder : {"/usr/bin", "/bin"})
      if (std::filesystem::exists(folder / tool) && !std::filesystem::exists(tools / tool))
        std::filesystem::create_symlink(folder / tool, tools / tool);
  const std::string before = snapshot(bench.path("srv"));
  SystemClock clock;
  os::LocalProcesses processes{clock, bench.path(), {}};
  ProcessRequest request{.argv = {"/bin/sh", "-c", host::observe_script, "sh", "disk", bench.path("srv/web"),
                                  "release", bench.path("srv/web"), "", "", "", "", ""},
                         .environment = {{"PATH", Text(tools)}, {"HOME", Text(bench.path("srv"))}}};
  const auto result = processes.run(request, {});
  REQUIRE(result);
  CHECK(result->exit_code == 0);
  CHECK(result->err.empty());
  CHECK(parse_host_answer(result->out, 1)->answers.front().find("now f ") != std::string_view::npos);
  CHECK(snapshot(bench.path("srv")) == before);

  const std::regex into_file(R"(>>?\s*(?!&[0-9]|/dev/null|"?\$?\(?\()[^>&\s])");
  const std::string body = host::observe_script.substr(host::observe_script.find("listing()"));
  std::smatch match;
  CHECK_FALSE(std::regex_search(body, match, into_file));
}
