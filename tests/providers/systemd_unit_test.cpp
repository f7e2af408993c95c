// A unit as a value, and what systemd is told about it: by a stand-in that keeps state as systemd does.
#include <catch2/catch.hpp>

#include <filesystem>

#include "os/files.hpp"
#include "providers/host/systemd_unit.hpp"
#include "providers/release_bench.hpp"

using namespace deployctl;
using namespace deployctl::providers::host;
using deployctl::tests::changed;
using deployctl::tests::stages;

namespace {

Systemd unit_of(Value::Map service) {
  if (!service.contains("exec")) service["exec"] = Value::List{"./bin/app"};
  auto decoded =
      systemd_table().decode(Value::Map{{"unit", "web.service"}, {"service", Value(std::move(service))}});
  REQUIRE(decoded);
  return *std::move(decoded);
}

std::string line_of(const std::string& text, const std::string& name) {
  const std::size_t at = text.find("\n" + name + "=");
  return at == std::string::npos ? "" : text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

// systemctl --user over files below HOME: what is loaded, active and enabled, and a transcript.
constexpr const char* systemctl = R"sh(#!/bin/sh
if [ "$1" = --version ]; then echo 'systemd 252 (252.1)'; exit; fi
state=$HOME/systemd file=$HOME/.config/systemd/user/web.service
mkdir -p "$state"
if [ "$1" != --user ]; then echo 'Failed to connect to bus' >&2; exit 1; fi
shift
case $1 in
  show) ;;
  *) echo "$*" >> "$state/told" ;;
esac
stale() { if [ -f "$file" ]; then cmp -s "$file" "$state/loaded"; else [ ! -f "$state/loaded" ]; fi && echo no || echo yes; }
case $1 in
  daemon-reload) rm -f "$state/loaded"; if [ -f "$file" ]; then cp "$file" "$state/loaded"; fi ;;
  enable) [ -f "$file" ] && touch "$state/enabled" ;;
  disable) rm -f "$state/enabled" ;;
  is-active) [ -f "$state/active" ] ;;
  start|restart|reload|reload-or-restart)
    if [ ! -f "$state/loaded" ]; then echo 'Unit web.service not found.' >&2; exit 5; fi
    cp "$state/loaded" "$state/active" ;;
  stop) rm -f "$state/active" ;;
  show) case "$*" in
    *--value*) stale ;;
    *) if [ -f "$state/active" ]; then echo ActiveState=active; echo SubState=running
       else echo ActiveState=inactive; echo SubState=dead; fi
       echo Result=success; echo NRestarts=0; echo "NeedDaemonReload=$(stale)"
       echo "FragmentPath=${SHADOW:-$file}" ;;
    esac ;;
esac
)sh";

struct UnitBench : tests::ReleaseBench {
  UnitBench() : UnitBench(folder()) {}
  explicit UnitBench(const std::string& tools) : ReleaseBench(tools) {
    std::filesystem::create_directories(tools);
    REQUIRE(os::atomic_write(tools + "/systemctl", systemctl, 0755));
  }
  UnitBench(const UnitBench&) = delete;
  UnitBench& operator=(const UnitBench&) = delete;
  ~UnitBench() { std::filesystem::remove_all(folder()); }
  static std::string folder() { return "/tmp/deployctl-units-" + std::to_string(getpid()); }

  Ask with_unit(const std::string& port) {
    const Value service = Value::Map{{"exec", Value::List{"./bin/app", port}}};
    return release(
        {{"systemd",
          Value::Map{
              {"unit", "web.service"}, {"scope", "user"}, {"action", "restart"}, {"service", service}}}});
  }
  [[nodiscard]] std::string unit() const { return read(".config/systemd/user/web.service"); }
  std::string told() {
    std::string text = read("systemd/told");
    std::filesystem::remove(path("systemd/told"));
    return text;
  }
};

} // namespace

TEST_CASE("systemd unit: the text has what was asked for, and runs from the live release") {
  const std::string text = unit_text(
      unit_of({{"exec", Value::List{"./bin/app", "--port", "8000"}},
               {"user", "app"},
               {"after", Value::List{"network-online.target", "postgresql.service"}},
               {"stop_timeout", "30s"},
               {"reload_signal", "HUP"},
               {"directives", Value::Map{{"Service.MemoryMax", "1G"}, {"Unit.StartLimitBurst", "3"}}}}),
      "/srv/web");
  CHECK(line_of(text, "ExecStart") == "ExecStart=/srv/web/current/bin/app --port 8000");
  CHECK(line_of(text, "ExecReload") == "ExecReload=/bin/kill -HUP $MAINPID");
  CHECK(line_of(text, "WorkingDirectory") == "WorkingDirectory=/srv/web/current");
  CHECK(line_of(text, "After") == "After=network-online.target postgresql.service");
  CHECK(line_of(text, "TimeoutStopSec") == "TimeoutStopSec=30000ms");
  CHECK(line_of(text, "WantedBy") == "WantedBy=multi-user.target");
  CHECK(text.find("[Unit]") < text.find("StartLimitBurst=3"));
  CHECK(text.find("StartLimitBurst=3") < text.find("[Service]"));
  CHECK(directives_of(text).at("Service.MemoryMax") == "1G");
}

TEST_CASE("systemd unit: every value arrives literally, whatever it means to systemd") {
  const std::string text = unit_text(
      unit_of({{"exec", Value::List{"/bin/a b", "", "$HOME", "100%", "a\"b\\c", "'", "tab\there", ";"}},
               {"env", Value::Map{{"GREETING", "say \"hi\" for $5, 100%"}}},
               {"description", "50% faster"}}),
      "/srv/web");
  CHECK(line_of(text, "ExecStart") ==
        "ExecStart=\"/bin/a b\" \"\" $$HOME 100%% \"a\\\"b\\\\c\" \"'\" \"tab\\there\" \";\"");
  CHECK(line_of(text, "Environment") == "Environment=\"GREETING=say \\\"hi\\\" for $5, 100%%\"");
  CHECK(line_of(text, "Description") == "Description=50%% faster");
}

TEST_CASE("systemd unit: what cannot be a unit is an error of the pipeline") {
  const auto problems = check_unit(Value::Map{
      {"service",
       Value::Map{
           {"exec", Value::List{"python3", "app.py"}},
           {"env", Value::Map{{"A", "one\ntwo"}}},
           {"directives", Value::Map{{"MemoryMax", "1G"}, {"Service.A=b\n", "x"}, {"Unit.After", "x"}}}}}});
  std::vector<std::string> paths;
  paths.reserve(problems.size());
  for (const UnitProblem& problem : problems) paths.push_back(problem.path);
  CHECK(paths == std::vector<std::string>{"service.env.A", "service.exec", "service.directives.MemoryMax",
                                          "service.directives.Service.A=b\n"});
}

TEST_CASE("systemd unit: a plan names the directives that differ") {
  const std::string one = unit_text(unit_of({{"user", "app"}}), "/srv/web");
  const std::string two = unit_text(unit_of({{"restart", "always"}}), "/srv/web");
  std::vector<std::string> paths;
  for (const FieldChange& change : unit_changes(one, two)) paths.push_back(change.path);
  CHECK(paths == std::vector<std::string>{"systemd.service.Service.Restart", "systemd.service.Service.User"});
  CHECK(unit_changes(one, one).empty());
  CHECK(unit_changes(one, "# note\n" + one).size() == 1);
}

TEST_CASE("systemd unit: it is written, reloaded, enabled and started; then nothing is left to do") {
  UnitBench bench;
  const Ask ask = bench.with_unit("8000");
  const Change change = *bench.plan(ask);
  REQUIRE(bench.apply(ask, change));
  CHECK(bench.told() == "daemon-reload\nenable web.service\nrestart web.service\n");
  CHECK(bench.read("systemd/active") == bench.unit());
  CHECK(line_of(bench.unit(), "ExecStart") == "ExecStart=" + bench.path("srv/web") + "/current/bin/app 8000");
  CHECK(bench.ready(change, change.stages[1]).state == Readiness::State::ready);
  CHECK(bench.plan(ask)->action == Action::none);
}

TEST_CASE(
    "systemd unit: a change of the unit alone sends nothing and restarts; taken back, the old unit runs") {
  UnitBench bench;
  REQUIRE(bench.deploy(bench.with_unit("8000")));
  const std::string before = bench.unit();
  bench.told();
  bench.recorder.undos.clear();
  const Ask ask = bench.with_unit("9000");
  const Change change = *bench.plan(ask);
  CHECK(changed(change) == std::vector<std::string>{"systemd.service.Service.ExecStart"});
  CHECK(stages(change) == std::vector<std::string>{"switch", "clean"});
  REQUIRE(bench.apply(ask, change));
  CHECK(bench.told() == "daemon-reload\nenable web.service\nrestart web.service\n");
  CHECK(bench.read("systemd/active").find("app 9000") != std::string::npos);
  CHECK(bench.confirm(ask, change, "switch").state == Confirmation::State::done);
  REQUIRE(bench.revert(ask));
  CHECK(bench.unit() == before);
  CHECK(bench.read("systemd/active") == before);
  CHECK(bench.plan(bench.with_unit("8000"))->action == Action::none);
}

TEST_CASE("systemd unit: a release that brings its unit and fails takes both away again") {
  UnitBench bench;
  const Ask ask = bench.with_unit("8000");
  REQUIRE(bench.deploy(ask));
  REQUIRE(bench.revert(ask));
  CHECK(bench.unit() == "(none)");
  CHECK(bench.current().empty());
  CHECK(bench.read("systemd/active") == "(none)");
  CHECK(bench.read("systemd/enabled") == "(none)");
}

TEST_CASE(
    "systemd unit: what was changed by hand is seen and taken back; what was killed half-way is finished") {
  UnitBench bench;
  const Ask ask = bench.with_unit("8000");
  REQUIRE(bench.deploy(ask));
  const std::string wanted = bench.unit();
  bench.write(".config/systemd/user/web.service", wanted + "[Service]\nNice=5"); // and no end of line
  const Change change = *bench.plan(ask);
  CHECK(changed(change) == std::vector<std::string>{"systemd.service.Service.Nice"});
  REQUIRE(bench.apply(ask, change));
  CHECK(bench.unit() == wanted);
  std::filesystem::remove(bench.path("srv/web/.deployctl/switched")); // as write-unit leaves it
  CHECK(changed(*bench.plan(ask)) == std::vector<std::string>{"service"});
  CHECK(bench.confirm(ask, change, "switch").state == Confirmation::State::not_done);
}

TEST_CASE("systemd unit: a unit that came with a release goes with it when an older release had none") {
  UnitBench bench;
  REQUIRE(bench.deploy(bench.release()));
  const std::string before = bench.current();
  bench.recorder.undos.clear();
  bench.edit("two\n");
  const Ask ask = bench.with_unit("8000");
  REQUIRE(bench.deploy(ask));
  REQUIRE(bench.revert(ask));
  CHECK(bench.current() == before);
  CHECK(bench.unit() == "(none)");
  CHECK(bench.read("systemd/active") == "(none)");
}

TEST_CASE("systemd unit: one that another folder of systemd's hides is not taken for ours") {
  UnitBench bench;
  const Ask ask = bench.with_unit("8000");
  const Change change = *bench.plan(ask);
  REQUIRE(bench.apply(ask, change));
  REQUIRE(os::atomic_write(UnitBench::folder() + "/systemctl",
                           std::string("#!/bin/sh\nSHADOW=/run/systemd/user/web.service\n") + systemctl,
                           0755));
  const Readiness hidden = bench.ready(change, change.stages[1]);
  CHECK(hidden.state == Readiness::State::failed);
  CHECK(hidden.detail.find("comes from '/run/systemd/user/web.service'") != std::string::npos);
}

TEST_CASE("systemd unit: a host without systemctl is blocked in the plan") {
  tests::ReleaseBench bench;
  const Ask ask = bench.release({{"systemd", Value::Map{{"unit", "web.service"}}}});
  const auto seen = bench.observe(ask);
  REQUIRE(seen);
  const Value* tools = seen->facts.find_path("host.tools");
  const bool has_systemctl = tools && tools->find("systemctl");
  CHECK((seen->facts.find("blocked") == nullptr) == has_systemctl);
}
