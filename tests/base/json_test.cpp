#include "base/json.hpp"

#include <limits>

#include <catch2/catch.hpp>

using namespace deployctl;

namespace {

Value parsed(std::string_view text, JsonMode mode = JsonMode::contract) {
  Result<Value> value = parse_json(text, mode);
  INFO(text);
  REQUIRE(value);
  return *std::move(value);
}

std::string problem(std::string_view text, JsonMode mode = JsonMode::contract, JsonLimits limits = {}) {
  const Result<Value> value = parse_json(text, mode, limits);
  INFO(text);
  REQUIRE_FALSE(value);
  CHECK(value.error().cause == Cause::config);
  return value.error().message;
}

} // namespace

TEST_CASE("json: canonical text has sorted keys and no spaces") {
  CHECK(to_json(parsed(" { \"b\" : [ 1 , null ] , \"a\" : true } ")) == R"({"a":true,"b":[1,null]})");
  CHECK(to_json(Value::Map{}) == "{}");
  CHECK(to_json(Value::List{}) == "[]");
  CHECK(to_json("quote \" back \\ \n \x01 \xc3\xa9") == "\"quote \\\" back \\\\ \\n \\u0001 \xc3\xa9\"");
  CHECK(to_json("broken \xff") == "\"broken \xef\xbf\xbd\"");
}

TEST_CASE("json: numbers look as ECMAScript writes them") {
  // The examples of RFC 8785, appendix B.
  CHECK(to_json(0.0) == "0");
  CHECK(to_json(-0.0) == "0");
  CHECK(to_json(5e-324) == "5e-324");
  CHECK(to_json(1.7976931348623157e308) == "1.7976931348623157e+308");
  CHECK(to_json(295147905179352830000.0) == "295147905179352830000");
  CHECK(to_json(1e21) == "1e+21");
  CHECK(to_json(1e23) == "1e+23");
  CHECK(to_json(0.000001) == "0.000001");
  CHECK(to_json(1e-7) == "1e-7");
  CHECK(to_json(333333333.33333329) == "333333333.3333333");
  CHECK(to_json(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(to_json(std::numeric_limits<double>::infinity()) == "null");
}

TEST_CASE("json: unknowns and secrets come back, secrets without bytes") {
  const Value value = Value::Map{
      {"image", Unknown{.step = "image", .output = "ref", .expression = "${steps.image.ref}"}},
      {"token", Secret::composed({{.literal = "x:", .name = {}}, {.literal = {}, .name = "t"}}, "3")
                    .resolved_with("hunter2")}};
  const std::string text = to_json(value);
  CHECK(text == R"({"image":{"$unknown":{"expression":"${steps.image.ref}","output":"ref","step":"image"}},)"
                R"("token":{"$secret":{"parts":[{"literal":"x:"},{"name":"t"}],"version":"3"}}})");
  const Value again = parsed(text);
  CHECK(again == value);
  CHECK_FALSE(again.find("token")->get<Secret>()->is_resolved());
  CHECK_THROWS_AS(to_json(value, JsonMode::plain), std::logic_error);
}

TEST_CASE("json: a literal map that looks like a leaf survives") {
  const Value value =
      Value::Map{{"$unknown", Value::Map{{"step", "a"}, {"output", "b"}, {"expression", "c"}}}};
  CHECK(to_json(value) == R"({"$$unknown":{"expression":"c","output":"b","step":"a"}})");
  CHECK(parsed(to_json(value)) == value);
  const Value odd = Value::Map{{"$", 1}, {"$$a", 2}, {"$ref", 3}, {"b", 4}};
  CHECK(parsed(to_json(odd)) == odd);
  CHECK(parsed(R"({"$ref":1})", JsonMode::plain) == Value(Value::Map{{"$ref", 1}}));
  CHECK(to_json(odd, JsonMode::plain) == R"({"$":1,"$$a":2,"$ref":3,"b":4})");
}

TEST_CASE("json: contract mode refuses what plain mode takes") {
  CHECK(problem(R"({"a":1,"a":2})") == "the JSON text has the key 'a' twice");
  CHECK(problem("18446744073709551615") == "the JSON text has an integer beyond 64 bits");
  CHECK(problem("123456789012345678901234567890") == "the JSON text has an integer beyond 64 bits");
  CHECK(problem(R"({"$ref":1})") ==
        "the JSON text has a key that begins with a single '$' and is no known leaf");
  CHECK(parsed("295147905179352830000") == Value(295147905179352830000.0)); // as it was written above
  problem(R"({"$secret":{"parts":[{"name":"a","literal":"b"}],"version":""}})");
  problem(R"({"$secret":{"parts":[]}})");
  problem(R"({"$unknown":{"step":"a"}})");
  problem(R"({"$unknown":{"step":"a","output":"b","expression":"c"},"d":1})");

  CHECK(parsed(R"({"a":1,"a":2})", JsonMode::plain) == Value(Value::Map{{"a", 2}}));
  CHECK(parsed("18446744073709551615", JsonMode::plain) == Value(18446744073709551615.0));
}

TEST_CASE("json: what is not JSON is refused with its place") {
  CHECK(problem("[1,]") == "the JSON text has no JSON at byte 3");
  problem("");
  problem("{");
  problem("[1] 2");
  problem("\"\xff\"");
  problem("NaN");
  problem("'a'");
}

TEST_CASE("json: depth and size have limits") {
  CHECK(parse_json(std::string(64, '[') + std::string(64, ']'), JsonMode::plain));
  CHECK(problem(std::string(65, '[') + std::string(65, ']')) ==
        "the JSON text has more than 64 nested levels");
  problem(std::string(1'000'000, '['), JsonMode::plain);
  CHECK(problem("[1,2]", JsonMode::plain, {.bytes = 4}) == "JSON of 5 bytes is over the limit of 4");
}

TEST_CASE("json: pretty text is indented and ends with a newline") {
  CHECK(to_pretty_json(Value::Map{{"a", Value::List{1, Value::Map{}}}, {"b", "x"}}) ==
        "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": \"x\"\n}\n");
}
