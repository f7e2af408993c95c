#include <deployctl/input.hpp>
#include <deployctl/units.hpp>

#include <catch2/catch.hpp>

using namespace deployctl;

TEST_CASE("units: durations have one canonical text") {
  const std::vector<std::tuple<std::string, std::int64_t, std::string>> cases = {
      {"250ms", 250, "250ms"},    {"90s", 90'000, "90s"}, {"120s", 120'000, "2m"}, {"5m", 300'000, "5m"},
      {"48h", 172'800'000, "2d"}, {"0s", 0, "0s"},        {"0d", 0, "0s"}};
  for (const auto& [text, milliseconds, canonical] : cases) {
    INFO(text);
    CHECK(parse_duration(text).value() == Milliseconds(milliseconds));
    CHECK(format_duration(Milliseconds(milliseconds)) == canonical);
  }
}

TEST_CASE("units: what is no duration says why") {
  CHECK(parse_duration("10").error().message == "'10' has no unit");
  CHECK(parse_duration("ten").error().message == "'ten' is not a duration");
  CHECK(parse_duration("10w").error().message == "'w' is not a unit of a duration");
  CHECK(parse_duration("36526d").error().message == "'36526d' is longer than 100 years");
  CHECK(parse_duration("99999999999999999999s").error().message ==
        "'99999999999999999999s' is too large for a duration");
  CHECK(parse_duration("18446744073709551615d").error().message ==
        "'18446744073709551615d' is too large for a duration");
  for (const char* text : {"", "-1s", "1.5h", " 1s", "1 s", "1h30m", "1S"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("units: sizes, binary and decimal") {
  CHECK(parse_size("512MiB").value() == 512ULL << 20U);
  CHECK(parse_size("5MB").value() == 5'000'000);
  CHECK(parse_size("1kB").value() == 1000);
  CHECK_FALSE(parse_size("1KB"));
  CHECK_FALSE(parse_size("512"));
  CHECK(format_size(512ULL << 20U) == "512MiB");
  CHECK(format_size(5'000'000) == "5MB");
  CHECK(format_size(1025) == "1025B");
  CHECK(format_size(0) == "0B");
}

TEST_CASE("units: percentages and amounts") {
  CHECK(parse_percent("25%").value() == 25);
  CHECK_FALSE(parse_percent("101%"));
  CHECK_FALSE(parse_percent("25"));
  CHECK_FALSE(parse_percent("%"));
  CHECK(parse_amount("2").value() == Amount{.value = 2, .percent = false});
  CHECK(parse_amount("25%").value() == Amount{.value = 25, .percent = true});
  CHECK_FALSE(parse_amount("-1"));
  CHECK(format_amount({.value = 25, .percent = true}) == "25%");
}

namespace {

struct Health {
  std::string http;
  Milliseconds within{60'000};
};

struct Service {
  std::string name;
  std::optional<int> port;
  Bytes memory;
  Text token;
  std::map<std::string, Text> env;
  std::vector<std::string> command;
  std::optional<Health> health;
};

Table<Service> service_table() {
  Table<Health> health;
  health.add(&Health::http, {.name = "http"})
      .add(&Health::within, {.name = "within", .type = FieldType::duration});
  Table<Service> table;
  table.add(&Service::name, {.name = "name"})
      .add(&Service::port, {.name = "port", .type = FieldType::integer})
      .add(&Service::memory, {.name = "memory", .type = FieldType::size, .fallback = Value("64MiB")})
      .add(&Service::token, {.name = "token"})
      .add(&Service::env, {.name = "env", .type = FieldType::map})
      .add(&Service::command, {.name = "command", .type = FieldType::argv})
      .object(&Service::health, {.name = "health"}, health);
  return table;
}

} // namespace

TEST_CASE("input: a table decodes typed inputs with their defaults") {
  Value value;
  value["name"] = "api";
  value["port"] = 8000;
  value["token"] = Secret::reference("t");
  value["env"]["A"] = "1";
  value["command"] = Value::List{"run", "fast"};
  value["health"]["http"] = "/healthz";
  const Service service = service_table().decode(value).value();
  CHECK(service.name == "api");
  CHECK(service.port == 8000);
  CHECK(service.memory.count == 64U << 20U);
  CHECK(service.token.secret()->name() == "t");
  CHECK(*service.env.at("A").plain() == "1");
  CHECK(service.command == std::vector<std::string>{"run", "fast"});
  REQUIRE(service.health);
  CHECK(service.health->within == Milliseconds(60'000));
}

TEST_CASE("input: a value of another type is an error that names the field") {
  const auto message = [](Value value) { return service_table().decode(value).error(); };
  CHECK(message(Value::Map{{"port", "x"}}).message == "expected a whole number");
  CHECK(message(Value::Map{{"port", "x"}}).frames == std::vector<std::string>{"while decoding 'port'"});
  CHECK(message(Value::Map{{"port", std::int64_t{1} << 40U}}).message ==
        "1099511627776 does not fit 32 bits");
  CHECK(message(Value::Map{{"name", Unknown{.step = "image", .output = "ref", .expression = ""}}}).message ==
        "expected text, but it is known only after step 'image'");
  CHECK(message(Value::Map{{"name", Secret::reference("pw")}}).message ==
        "expected text, but it is the secret 'pw'");
}
