#include <thread>

#include <catch2/catch.hpp>

#include "engine/connections.hpp"
#include "simulated/catalog.hpp"

using namespace deployctl;
using namespace deployctl::engine;

TEST_CASE("connections: an instance is connected once a run, also when many ask at once") {
  auto world = std::make_shared<simulated::World>();
  simulated::Machine machine;
  const Catalog catalog = simulated::make_catalog(world);
  Connections connections(machine.ports(), {}, {});
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] { (void)connections.get(*find_provider(catalog, "sim.single"), "sim", {}); });
  }
  CHECK(*connections.get(*find_provider(catalog, "sim.hosts"), "sim", {}) ==
        *connections.get(*find_provider(catalog, "sim.single"), "sim", {}));
  CHECK(world->connections() == 1);
  CHECK(connections.get(*find_provider(catalog, "sim.single"), "sim.other", {}));
  CHECK(world->connections() == 2);
}

TEST_CASE("connections: settings are resolved before connecting; a failure is told and tried again") {
  simulated::Machine machine;
  std::string seen;
  Provider provider;
  provider.description.name = "demo.thing";
  provider.connect = [&](const InstanceSettings& instance, Ports,
                         std::stop_token) -> Result<std::unique_ptr<Connection>> {
    seen = *instance.settings.find("token")->text();
    if (seen == "bad") return fail(Cause::auth, "the token is not valid");
    return std::make_unique<Connection>();
  };
  std::string token = "bad";
  Connections connections(
      machine.ports(),
      {{.name = "demo.a", .settings = Value::Map{{"token", Secret::reference("t")}}, .span = {}}},
      [&](const Value& value, std::stop_token) -> Result<Value> {
        return map_secrets(value, [&](const Secret&) { return Value(token); });
      });
  const auto refused = connections.get(provider, "demo.a", {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().frames == std::vector<std::string>{"while connecting to 'demo.a'"});
  token = "good";
  CHECK(connections.get(provider, "demo.a", {}));
  CHECK(seen == "good");
}

TEST_CASE("connections: a read session refuses what is not listed as a read") {
  simulated::Machine machine;
  Provider provider;
  provider.description.name = "demo.thing";
  provider.description.operations = {
      {.name = "look", .effect = Effect::read, .help = "", .method = "GET", .path = "/.*"},
      {.name = "make", .effect = Effect::write, .help = "", .method = "POST", .path = "/.*"}};
  Connections connections(machine.ports(), {}, {});
  Connection& connection = **connections.get(provider, "demo", {});
  ReadAccess access(provider, connection, machine.ports(), {}, {});
  HttpRequest request{.operation = "make", .method = "POST", .url = "http://localhost/x"};
  const auto refused = access.session().ports.http.send(request, {});
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, Catch::Contains("make"));
}
