// What Compose and the engine are told and what they say, as data.
#include <catch2/catch.hpp>

#include "base/strings.hpp"
#include "providers/compose/containers.hpp"
#include "providers/compose/faults.hpp"
#include "providers/compose/inputs.hpp"
#include "providers/compose/looking.hpp"
#include "providers/compose/observation.hpp"
#include "providers/compose/tool.hpp"

using namespace deployctl;
using namespace deployctl::providers::compose;
using State = Readiness::State;

namespace {

const Tool plugin{.program = {"docker", "compose"}, .version = "2.17.2"};
const Tool program{.program = {"docker-compose"}, .version = "1.29.2"};
const ProjectFiles files{
    .project = "shop", .files = {"compose.yaml", ".deployctl-images.json"}, .profiles = {"worker"}};

Container container(const std::string& status, const std::string& health = {}, int restarts = 0) {
  return {.id = "1",
          .name = "shop_api_1",
          .service = "api",
          .status = status,
          .health = health,
          .restarts = restarts};
}

Expected one_service(bool ends = false) {
  Expected expected;
  expected.services["api"] = {.image = "api@sha256:1", .replicas = 1, .ends = ends};
  return expected;
}

} // namespace

TEST_CASE("compose: which one is there is told by what it says of itself") {
  struct Row {
    const char* told;
    const char* program;
    const char* version;
  };
  for (const Row& row :
       {Row{"plugin Docker Compose version v2.17.2", "docker compose", "2.17.2"},
        Row{"plugin Docker Compose version 5.1.0-1~debian", "docker compose", "5.1.0-1~debian"},
        Row{"program docker-compose version 1.29.2, build unknown", "docker-compose", "1.29.2"},
        Row{"program Docker Compose version v2.6", "docker-compose", "2.6"}}) {
    const auto tool = read_tool(row.told);
    REQUIRE(tool);
    CHECK(join(tool->program, " ") == row.program);
    CHECK(tool->version == row.version);
    CHECK(tool_from(tool_value(*tool)) == *tool);
  }
  for (const char* told : {"", "plugin ", "program docker-compose: not found", "another 1.2"})
    CHECK_FALSE(read_tool(told));
}

TEST_CASE("compose: its command lines never remove data and never say yes") {
  const std::string common = "--project-name shop --file compose.yaml --file .deployctl-images.json "
                             "--profile worker ";
  for (const Tool& tool : {plugin, program}) {
    const std::string begin = join(tool.program, " ") + " " + common;
    const std::vector<std::vector<std::string>> lines = {
        up_command(tool, files, {.grace = Milliseconds(1'500), .removes_orphans = true}),
        remove_command(tool, files, {"worker"}), down_command(tool, files, Milliseconds(10'000)),
        check_command(tool, files)};
    CHECK(join(lines[0], " ") == begin + "up --detach --no-build --timeout 2 --remove-orphans");
    CHECK(join(lines[1], " ") == begin + "rm --stop --force worker");
    CHECK(join(lines[2], " ") == begin + "down --timeout 10");
    CHECK(join(lines[3], " ") == begin + "config --quiet");
    for (const auto& line : lines)
      for (const std::string& word : line)
        for (const char* never : {"-v", "--volumes", "-y", "--yes", "--renew-anon-volumes", "-V"})
          CHECK(word != never);
  }
}

TEST_CASE("compose: the file that pins images names the version that the main file names") {
  CHECK(pinning_file({{"api", "a@sha256:1"}}, "") == R"({"services":{"api":{"image":"a@sha256:1"}}})");
  CHECK(pinning_file({}, "3.8") == R"({"services":{},"version":"3.8"})");
}

TEST_CASE("compose: known words become a cause and a way out") {
  struct Row {
    const char* said;
    Cause cause;
  };
  for (const Row& row :
       {Row{"Configuration for volume data specifies \"driver\" nfs, but a volume with the same name uses a "
            "different driver (local).",
            Cause::conflict},
        Row{"Bind for 0.0.0.0:80 failed: port is already allocated", Cause::conflict},
        Row{"manifest for registry.example.com/api not found: manifest unknown", Cause::image_missing},
        Row{"Error response from daemon: Get \"https://x/v2/\": unauthorized", Cause::auth},
        Row{"something else", Cause::command_failed}})
    CHECK(explained({.cause = Cause::command_failed, .message = "failed", .evidence = {row.said}}).cause ==
          row.cause);
}

TEST_CASE("compose: a question that it asked is an error, however it ended") {
  CHECK(refuse_questions({.out = "Creating shop_api_1 ... done"}));
  const Status refused = refuse_questions(
      {.exit_code = 0,
       .err = "? Volume \"shop_data\" exists but doesn't match configuration in compose file. Recreate (data "
              "will be lost)? (y/N)"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().cause == Cause::conflict);
  CHECK(refused.error().help.find("nothing removes a volume") != std::string::npos);
}

TEST_CASE("compose: a container is judged by what the engine says of it") {
  struct Row {
    Container container;
    State state;
    Cause cause;
  };
  Container killed = container("exited");
  killed.exit_code = 137;
  killed.out_of_memory = true;
  Container other = container("running");
  other.image_id = "sha256:2";
  for (const Row& row :
       {Row{container("running"), State::ready, Cause::probe_failing},
        Row{container("running", "healthy"), State::ready, Cause::probe_failing},
        Row{container("running", "starting"), State::waiting, Cause::probe_failing},
        Row{container("running", "unhealthy"), State::failed, Cause::probe_failing},
        Row{container("created"), State::waiting, Cause::probe_failing},
        Row{container("restarting"), State::failed, Cause::crash_loop},
        Row{container("running", "", 1), State::failed, Cause::crash_loop},
        Row{container("exited"), State::failed, Cause::crash_loop},
        Row{killed, State::failed, Cause::out_of_memory}, Row{other, State::failed, Cause::conflict}}) {
    INFO(row.container.status << " " << row.container.health);
    std::map<std::string, std::string> ids;
    if (!row.container.image_id.empty()) ids["api@sha256:1"] = "sha256:1";
    const Judgement judgement = judge(one_service(), {row.container}, ids);
    CHECK(judgement.state == row.state);
    if (row.state == State::failed) CHECK(judgement.cause == row.cause);
  }
}

TEST_CASE("compose: restarts of before do not count, a missing container is waited for") {
  Expected expected = one_service();
  CHECK(judge(expected, {}, {}).state == State::waiting);
  CHECK(judge(expected, {}, {}).detail == "'api' has 0 of 1 container");
  expected.restarts["1"] = 3;
  CHECK(judge(expected, {container("running", "", 3)}, {}).state == State::ready);
  CHECK(judge(expected, {container("running", "", 4)}, {}).state == State::failed);
  Container one_off = container("exited");
  one_off.is_one_off = true;
  CHECK(judge(expected, {container("running", "", 3), one_off}, {}).state == State::ready);
}

TEST_CASE("compose: a service that is to end has ended well, or badly, or not yet") {
  Container done = container("exited");
  CHECK(judge(one_service(true), {done}, {}).state == State::ready);
  done.exit_code = 3;
  CHECK(judge(one_service(true), {done}, {}).state == State::failed);
  CHECK(judge(one_service(true), {container("running")}, {}).state == State::waiting);
}

TEST_CASE("compose: what is not as it was released is told per service") {
  Container running = container("running");
  running.hash = "h1";
  CHECK(deviations(one_service(), {running}, {{"api", "h1"}}).empty());
  CHECK(deviations(one_service(), {running}, {}).empty());
  CHECK(deviations(one_service(), {running}, {{"api", "h2"}}).at("api") ==
        "'shop_api_1' was made of another definition");
  CHECK(deviations(one_service(), {container("exited")}, {}).size() == 1);
  CHECK(deviations(one_service(true), {}, {}).empty());
}

TEST_CASE("compose: a container that was restarted once and runs is as it was released") {
  CHECK(deviations(one_service(), {container("running", "healthy", 3)}, {}).empty());
  CHECK(deviations(one_service(), {container("restarting", "", 3)}, {}).size() == 1);
}

TEST_CASE("compose: more containers than the file wants are told") {
  Container second = container("running");
  second.id = "2";
  CHECK(deviations(one_service(), {container("running"), second}, {}).at("api") ==
        "'api' has 2 of 1 container");
}

TEST_CASE("compose: lines of the engine become containers, images and volumes; others are left out") {
  const Look look = read_look(
      "container {\"id\":\"1\",\"name\":\"/shop_api_1\",\"service\":\"api\",\"one_off\":\"False\",\"status\":"
      "\"running\",\"restarts\":2,\"mounts\":[{\"Type\":\"volume\",\"Name\":\"shop_data\",\"Destination\":"
      "\"/data\"}]}\ncontainer {\ncontainer []\nimage sha256:1 api@sha256:2\nimage - gone@sha256:3\n");
  REQUIRE(look.containers.size() == 1);
  CHECK(look.containers[0].name == "shop_api_1");
  CHECK_FALSE(look.containers[0].is_one_off);
  CHECK(look.containers[0].restarts == 2);
  CHECK(look.containers[0].mounts ==
        std::vector<Mount>{{.kind = "volume", .source = "shop_data", .target = "/data"}});
  CHECK(look.image_ids ==
        std::map<std::string, std::string>{{"api@sha256:2", "sha256:1"}, {"gone@sha256:3", ""}});
  CHECK_FALSE(read_volume("{}"));
  CHECK(read_volume(R"({"name":"a","driver":"local","options":null})")->options.empty());
}

TEST_CASE("compose: what the host said becomes an observation") {
  const Seen seen =
      read_project("tool program docker-compose version 1.29.2, build unknown\n"
                   "engine 20.10.24\nup releases/1\ncurrent releases/1\n"
                   "revision {\"run\":\"r\",\"env\":{\"A\":\"1\"},\"files\":{\"entries\":{\"a\":{"
                   "\"sha256\":\"x\"},\"gone\":{\"sha256\":\"y\"}}},\"services\":{}}\n"
                   "now 0123456789012345678901234567890123456789012345678901234567890123  ./a\n"
                   "place /tmp/p\nmodel services:\nmodel   api: {}\nrefused \n");
  CHECK(seen.tool == program);
  CHECK(seen.model == "services:\n  api: {}\n");
  CHECK(seen.refused.empty());
  const Observation observation = observation_of(seen);
  CHECK(observation.exists);
  CHECK(*observation.managed.find_path("files.entries.a.sha256")->text() ==
        "0123456789012345678901234567890123456789012345678901234567890123");
  CHECK_FALSE(observation.managed.find_path("files.entries.gone"));
  CHECK_FALSE(observation_of(read_project("")).exists);
}
