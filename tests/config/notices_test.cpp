#include <catch2/catch.hpp>

#include <string>

#include "config/interpolation.hpp"
#include "config/load.hpp"
#include "config/sample_catalog.hpp"
#include "config/sample_world.hpp"
#include "yaml/document.hpp"

using namespace deployctl;

namespace {

config::Pipeline loaded(const std::string& notify, const std::string& environment = "production") {
  const auto parsed =
      yaml::parse("deploy.yaml", "version: 1\nproject: shop\nsecrets: { room: \"env://ROOM\" }\n"
                                 "environments: { staging: {}, production: {} }\n"
                                 "steps: { a: { uses: exec.run, with: { command: [make] } } }\n" +
                                     notify);
  REQUIRE(parsed.document);
  const auto world = sample::read_world("");
  const auto catalog = sample::catalog();
  const config::Probes probes{.files = world.files, .zones = sample::zones};
  auto outcome = config::load({*parsed.document, world.facts, catalog, probes}, environment);
  for (const Diagnostic& each : outcome.diagnostics) INFO(each.message);
  REQUIRE(outcome.pipeline);
  return *outcome.pipeline;
}

} // namespace

TEST_CASE("notices: without events they tell how a run ended") {
  const auto pipeline = loaded("notify:\n  - { uses: chat.message, with: { room: ops } }\n");
  REQUIRE(pipeline.notify.size() == 1);
  CHECK(pipeline.notify[0].events == std::vector<std::string>{"succeeded", "failed", "rolled_back"});
  CHECK(*pipeline.notify[0].inputs.find("room") == Value("ops"));
}

TEST_CASE("notices: an environment has its own, in file order, and only their secrets are asked for") {
  const std::string notify =
      "notify:\n"
      "  - { uses: slack.message, with: { webhook: \"${secrets.room}\" }, environments: [production] }\n"
      "  - { uses: chat.message, with: { room: all }, events: [started] }\n";
  CHECK(loaded(notify).notify.size() == 2);
  CHECK(loaded(notify).secrets.size() == 1);
  REQUIRE(loaded(notify, "staging").notify.size() == 1);
  CHECK(loaded(notify, "staging").notify[0].action == "chat.message");
  CHECK(loaded(notify, "staging").secrets.empty());
}

TEST_CASE("notices: what is asked of the event stays open, the rest is known") {
  const auto pipeline =
      loaded("notify:\n  - uses: chat.message\n    with:\n"
             "      room: \"${project} ${event.version | default('x')}: ${event.error}\"\n");
  const Value& room = *pipeline.notify.at(0).inputs.find("room");
  REQUIRE(room.get<Unknown>());
  const Value event = Value::Map{{"version", "v2"}, {"error", "it broke"}};
  const auto words = config::resolve(room, [&](std::string_view) { return &event; });
  CHECK(words.value() == Value("shop v2: it broke"));
}

TEST_CASE("notices: who is told is no part of what is deployed") {
  CHECK(loaded("").digest == loaded("notify:\n  - { uses: chat.message, with: { room: ops } }\n").digest);
}
