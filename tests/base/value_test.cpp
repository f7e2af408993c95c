#include <deployctl/value.hpp>

#include <vector>

#include <catch2/catch.hpp>

using namespace deployctl;

namespace {

Value sample() {
  Value value;
  value["image"] = Unknown{.step = "image", .output = "ref", .expression = "${steps.image.ref}"};
  value["env"]["TOKEN"] = Secret::reference("token", "7");
  value["ports"] = Value::List{80, "443:443"};
  return value;
}

} // namespace

TEST_CASE("value: a path goes through maps and lists") {
  const Value value = sample();
  REQUIRE(value.find_path("ports.1"));
  CHECK(*value.find_path("ports.1")->text() == "443:443");
  CHECK(value.find_path("ports.2") == nullptr);
  CHECK(value.find_path("ports.x") == nullptr);
  CHECK(value.find_path("env.TOKEN.more") == nullptr);
  CHECK(value.find_path("") == &value);
  CHECK(Value(3).find("a") == nullptr);
}

TEST_CASE("value: a member of something that is not a map is a bug") {
  Value text("x");
  CHECK_THROWS_AS(text["a"], std::logic_error);
}

TEST_CASE("value: secrets are equal by reference, never by bytes") {
  const Secret plain = Secret::reference("token", "7");
  CHECK(Value(plain) == Value(plain.resolved_with("one")));
  CHECK(Value(plain.resolved_with("one")) == Value(plain.resolved_with("two")));
  CHECK_FALSE(Value(plain) == Value(plain.with_version("8")));
  CHECK_FALSE(Value(plain) == Value(Secret::reference("other", "7")));
  CHECK_FALSE(Value(plain) == Value("token"));
}

TEST_CASE("value: 1 and 1.0 are one number") {
  CHECK(Value(1) == Value(1.0));
  CHECK(Value(1.5) != Value(1));
  CHECK(Value(1) != Value(true));
  CHECK(Value() == Value(nullptr));
}

TEST_CASE("value: leaves are visited and replaced in key order") {
  const Value value = sample();
  std::vector<std::string> seen;
  for_each_secret(value, [&](const Secret& secret) { seen.push_back(secret.name()); });
  for_each_unknown(value, [&](const Unknown& unknown) { seen.push_back(unknown.step); });
  CHECK(seen == std::vector<std::string>{"token", "image"});

  const Value known = map_unknowns(value, [](const Unknown&) { return Value("app@sha256:1"); });
  CHECK(*known.find("image")->text() == "app@sha256:1");
  CHECK(*known.find("ports") == *value.find("ports"));
  const Value open = map_secrets(value, [](const Secret& secret) { return Value(secret.version()); });
  CHECK(*open.find_path("env.TOKEN")->text() == "7");
}

TEST_CASE("secret: names and versions travel, bytes come with resolution") {
  const Secret joined = Secret::composed({{.literal = "postgres://app:", .name = {}},
                                          {.literal = {}, .name = "db"},
                                          {.literal = {}, .name = "salt"}});
  CHECK(joined.name() == "db+salt");
  CHECK_FALSE(joined.is_resolved());
  CHECK(joined.reveal().empty());
  const Secret open = joined.resolved_with("hunter2");
  CHECK(open.reveal() == "hunter2");
  CHECK(open.with_version("3").reveal() == "hunter2");
  CHECK(joined.resolved_with("").is_resolved());
}
