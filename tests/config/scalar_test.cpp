#include "config/scalar.hpp"

#include <catch2/catch.hpp>

#include "base/json.hpp"

using namespace deployctl;
using namespace deployctl::config;

namespace {

std::string shown(const ScalarResult& result) {
  return result ? to_json(*result) : result.error().code + " " + result.error().message;
}

std::string as(FieldType type, std::string_view text, bool plain = true) {
  return shown(interpret_scalar(Field{.name = "f", .type = type}, text, plain));
}

} // namespace

TEST_CASE("scalar: the field decides what a text means") {
  struct Case {
    FieldType type;
    std::string_view text;
    std::string_view gives;
  };
  const auto c = GENERATE(values<Case>({
      {FieldType::text, "true", R"("true")"},
      {FieldType::text, "1.10", R"("1.10")"},
      {FieldType::text, "0644", R"("0644")"},
      {FieldType::text, "22:22", R"("22:22")"},
      {FieldType::text, "no", R"("no")"},
      {FieldType::boolean, "true", "true"},
      {FieldType::boolean, "false", "false"},
      {FieldType::boolean, "yes", "D0301 'yes' is neither true nor false"},
      {FieldType::boolean, "True", "D0301 'True' is neither true nor false"},
      {FieldType::boolean, "1", "D0301 '1' is neither true nor false"},
      {FieldType::integer, "0", "0"},
      {FieldType::integer, "-12", "-12"},
      {FieldType::integer, "012", "D0302 '012' is not a whole number"},
      {FieldType::integer, "1_000", "D0302 '1_000' is not a whole number"},
      {FieldType::integer, "0x1F", "D0302 '0x1F' is not a whole number"},
      {FieldType::integer, "1.0", "D0302 '1.0' is not a whole number"},
      {FieldType::integer, "", "D0302 '' is not a whole number"},
      {FieldType::integer, "-", "D0302 '-' is not a whole number"},
      {FieldType::integer, "+1", "D0302 '+1' is not a whole number"},
      {FieldType::integer, "9223372036854775807", "9223372036854775807"},
      {FieldType::integer, "9223372036854775808", "D0302 '9223372036854775808' is not a whole number"},
      {FieldType::number, "0.5", "0.5"},
      {FieldType::number, "2", "2"},
      {FieldType::number, ".5", "D0303 '.5' is not a number"},
      {FieldType::number, "nan", "D0303 'nan' is not a number"},
      {FieldType::number, "00.5", "D0303 '00.5' is not a number"},
      {FieldType::duration, "90s", R"("90s")"},
      {FieldType::duration, "120s", R"("2m")"},
      {FieldType::duration, "10", "D0304 '10' has no unit"},
      {FieldType::size, "1024KiB", R"("1MiB")"},
      {FieldType::percent, "25%", R"("25%")"},
      {FieldType::url, "https://a/b?x=1", R"("https://a/b?x=1")"},
      {FieldType::url, "example.com", "D0308 'example.com' is not a URL"},
      {FieldType::url, "https://", "D0308 'https://' is not a URL"},
      {FieldType::any, "true", "true"},
      {FieldType::any, "12", "12"},
      {FieldType::any, "012", R"("012")"},
      {FieldType::any, "1.10", R"("1.10")"},
      {FieldType::list, "x", "D0309 'x' is a text, but a list is wanted"},
      {FieldType::argv, "ls -l", "D0309 'ls -l' is a text, but a list of words of a command is wanted"},
  }));
  INFO(c.text);
  CHECK(as(c.type, c.text) == c.gives);
}

TEST_CASE("scalar: quotes matter where any value is wanted, and nowhere else") {
  CHECK(as(FieldType::any, "true", false) == R"("true")");
  CHECK(as(FieldType::any, "12", false) == R"("12")");
  CHECK(as(FieldType::boolean, "true", false) == "true");
  CHECK(as(FieldType::integer, "12", false) == "12");
}

TEST_CASE("scalar: a number that other readers would take for octal is explained") {
  CHECK_THAT(interpret_scalar({.type = FieldType::integer}, "012", true).error().help,
             Catch::Matchers::Contains("octal"));
  CHECK(interpret_scalar({.type = FieldType::integer}, "1_000", true).error().help ==
        "write 1000 without '_'");
}

TEST_CASE("scalar: bounds are told in the words of the field") {
  const auto check = [](FieldType type, std::int64_t least, std::int64_t most, std::string_view text) {
    return shown(
        interpret_scalar(Field{.name = "f", .type = type, .least = least, .most = most}, text, true));
  };
  CHECK(check(FieldType::integer, 1, 10, "11") == "D0305 11 is more than 10");
  CHECK(check(FieldType::integer, 1, 10, "0") == "D0305 0 is less than 1");
  CHECK(check(FieldType::integer, 1, 10, "10") == "10");
  CHECK(check(FieldType::duration, 1'000, 60'000, "2h") == "D0305 2h is more than 1m");
  CHECK(check(FieldType::size, 1 << 20, 1 << 30, "1kB") == "D0305 1kB is less than 1MiB");
  CHECK(check(FieldType::percent, 5, 50, "80%") == "D0305 80% is more than 50%");
  CHECK(check(FieldType::number, 0, 1, "0.5") == "0.5");
  CHECK(check(FieldType::number, 0, 1, "1.5") == "D0305 1.5 is more than 1");
}

TEST_CASE("scalar: choices and patterns name what fits") {
  const Field choice{.name = "f", .type = FieldType::choice, .choices = {"none", "repeatable", "once"}};
  CHECK(shown(interpret_scalar(choice, "once", true)) == R"("once")");
  const auto wrong = interpret_scalar(choice, "onec", true);
  CHECK(shown(wrong) == "D0306 'onec' is not one of none, repeatable, once");
  CHECK(wrong.error().help == "a similar value exists: 'once'");
  const Field pattern{.name = "f", .example = "web-1", .pattern = "[a-z][a-z0-9-]*"};
  CHECK(shown(interpret_scalar(pattern, "web-2", true)) == R"("web-2")");
  CHECK(shown(interpret_scalar(pattern, "Web", true)) ==
        "D0307 'Web' does not have the form [a-z][a-z0-9-]*");
}

TEST_CASE("scalar: what interpolation gave must fit the field") {
  const auto value = [](FieldType type, Value given) {
    return shown(interpret_value(Field{.name = "f", .type = type}, given));
  };
  CHECK(value(FieldType::integer, Value("8000")) == "8000");
  CHECK(value(FieldType::integer, Value(8000)) == "8000");
  CHECK(value(FieldType::text, Value(8000)) == R"("8000")");
  CHECK(value(FieldType::text, Value(true)) == R"("true")");
  CHECK(value(FieldType::boolean, Value(true)) == "true");
  CHECK(value(FieldType::boolean, Value(1)) == "D0301 '1' is neither true nor false");
  CHECK(value(FieldType::integer, Value("x")) == "D0302 'x' is not a whole number");
  CHECK(value(FieldType::text, Value(Value::List{})) == "D0309 a list was given, but text is wanted");
  CHECK(value(FieldType::any, Value("12")) == R"("12")");
  CHECK(interpret_value({.type = FieldType::integer}, Value(Unknown{"s", "o", ""}))->is<Unknown>());
  CHECK(interpret_value({.type = FieldType::text}, Value(Secret::reference("x")))->is<Secret>());
}
