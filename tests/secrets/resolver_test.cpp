#include "secrets/resolver.hpp"

#include <thread>

#include "base/json.hpp"
#include "secrets/local_bench.hpp"

using namespace deployctl;
using namespace deployctl::secrets;

namespace {

using Bench = LocalBench;

} // namespace

TEST_CASE("secrets: versions tell a change without telling the value") {
  Bench bench;
  const auto version = [&](const std::string& name = "it", const std::string& key = std::string(32, 'k')) {
    return bench.resolver({{name, "env://TOKEN"}}, key).versions({}).value().at(name);
  };
  const std::string first = version();
  CHECK(first.size() == std::string("keyed:").size() + 16);
  CHECK_THAT(first, Catch::StartsWith("keyed:"));
  CHECK(version() == first);
  CHECK(version("other") != first);
  CHECK(version("it", std::string(32, 'j')) != first);
  bench.environment["TOKEN"] = "sentinel-rotated";
  CHECK(version() != first);
}

TEST_CASE("secrets: planning keeps no value, resolving tells the redactor first") {
  Bench bench;
  Resolver resolver = bench.resolver({{"token", "env://TOKEN"}});
  const std::string line = "the token is sentinel-token-value.";
  const Value inputs(Value::Map{{"env", Value::Map{{"TOKEN", Secret::reference("token")}, {"PLAIN", "x"}}}});

  const auto planned = resolver.with_versions(inputs, {});
  REQUIRE(planned);
  const auto* leaf = planned->find_path("env.TOKEN")->get<Secret>();
  CHECK_FALSE(leaf->is_resolved());
  CHECK_THAT(leaf->version(), Catch::StartsWith("keyed:"));
  CHECK(bench.redactions.redact(line) == line);

  const auto resolved = resolver.resolve(inputs, {});
  REQUIRE(resolved);
  CHECK(resolved->find_path("env.TOKEN")->get<Secret>()->is_resolved());
  CHECK(resolved->find_path("env.TOKEN")->get<Secret>()->version() == leaf->version());
  CHECK(*resolved->find_path("env.PLAIN") == Value("x"));
  CHECK(bench.redactions.redact(line) == "the token is [secret:token].");
  CHECK_THAT(to_json(*resolved), !Catch::Contains("sentinel"));
}

TEST_CASE("secrets: fixed text and several secrets make one value") {
  Bench bench;
  bench.environment["USER_NAME"] = "application";
  Resolver resolver = bench.resolver({{"user", "env://USER_NAME"}, {"password", "env://TOKEN"}});
  const Secret url = Secret::composed({{.literal = "postgres://"},
                                       {.name = "user"},
                                       {.literal = ":"},
                                       {.name = "password"},
                                       {.literal = "@db/app"}});
  const auto resolved = resolver.resolve(url, {});
  REQUIRE(resolved);
  const auto* leaf = resolved->get<Secret>();
  CHECK(leaf->reveal() == "postgres://application:sentinel-token-value@db/app");
  CHECK(leaf->parts().size() == 5);
  const auto versions = resolver.versions({});
  CHECK(leaf->version() == versions->at("user") + "+" + versions->at("password"));
  CHECK(resolver.with_versions(url, {})->get<Secret>()->version() == leaf->version());
  CHECK_THAT(bench.redactions.redact("at postgres://application:sentinel-token-value@db/app"),
             !Catch::Contains("sentinel"));
}

TEST_CASE("secrets: one read, however many ask at once") {
  Bench bench;
  bench.scratch.write("token", "from-a-file");
  Resolver resolver = bench.resolver({{"it", "file://token"}});
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] { CHECK(resolver.resolve(Secret::reference("it"), {})); });
  }
  CHECK(bench.reads == 1);
  CHECK(resolver.versions({}));
  CHECK(bench.reads == 1);
}

TEST_CASE("secrets: a plan reads each secret once, and resolving afterwards sees what changed meanwhile") {
  Bench bench;
  bench.scratch.write("token", "from-a-file");
  Resolver resolver = bench.resolver({{"it", "file://token"}});
  const std::string planned = resolver.versions({})->at("it");
  REQUIRE(resolver.with_versions(Secret::reference("it"), {}));
  CHECK(bench.reads == 1);
  bench.scratch.write("token", "rotated-since");
  const auto resolved = resolver.resolve(Secret::reference("it"), {});
  REQUIRE(resolved);
  CHECK(resolved->get<Secret>()->reveal() == "rotated-since");
  CHECK(resolved->get<Secret>()->version() != planned);
}

TEST_CASE("secrets: checking looks at all of them, and the plan's error tells the others as evidence") {
  Bench bench;
  std::vector<Declaration> declarations{
      {"good", "env://TOKEN"}, {"bad", "env://MISSING"}, {"worse", "file://missing"}};
  for (int i = 0; i < 20; ++i)
    declarations.push_back({"more" + std::to_string(i), "exec://echo " + std::to_string(1000 + i)});
  Resolver resolver = bench.resolver(declarations);
  const std::vector<Checked> checked = resolver.check({});
  REQUIRE(checked.size() == declarations.size());
  CHECK(checked[0].version);
  CHECK_FALSE(checked[1].version);
  CHECK(checked[2].name == "worse");
  CHECK_FALSE(checked[2].version);
  for (std::size_t i = 3; i < checked.size(); ++i) CHECK(checked[i].version);
  const auto versions = resolver.versions({});
  REQUIRE_FALSE(versions);
  CHECK_THAT(versions.error().message, Catch::Contains("'bad'"));
  REQUIRE(versions.error().evidence.size() == 1);
  CHECK_THAT(versions.error().evidence[0], Catch::Contains("'worse'"));
}

TEST_CASE("secrets: a plan asks nothing about what only notices use, a check does") {
  Bench bench;
  Resolver resolver = bench.resolver(
      {{"token", "env://TOKEN"}, {.name = "slack", .reference = "env://NOT_THERE", .only_told = true}});
  const auto versions = resolver.versions({});
  REQUIRE(versions);
  CHECK(versions->size() == 1);
  CHECK(versions->contains("token"));
  const auto checked = resolver.check({});
  REQUIRE(checked.size() == 2);
  CHECK_FALSE(checked[1].version);
}

TEST_CASE("secrets: an undeclared one is a bug, a common word is named as not maskable") {
  Bench bench;
  bench.environment["WORD"] = "admin";
  Resolver resolver = bench.resolver({{"word", "env://WORD"}, {"token", "env://TOKEN"}});
  CHECK(resolver.resolve(Secret::reference("other"), {}).error().cause == Cause::internal);
  CHECK(resolver.unmaskable().empty());
  REQUIRE(resolver.resolve(Value::List{Secret::reference("word"), Secret::reference("token")}, {}));
  CHECK(resolver.unmaskable() == std::vector<std::string>{"word"});
}

TEST_CASE("secrets: a stop ends it") {
  Bench bench;
  std::stop_source stop;
  stop.request_stop();
  Resolver resolver = bench.resolver({{"it", "exec://sleep 30"}});
  CHECK(resolver.versions(stop.get_token()).error().cause == Cause::cancelled);
  CHECK(resolver.resolve(Secret::reference("it"), stop.get_token()).error().cause == Cause::cancelled);
}
