#include "base/json_walk.hpp"

#include <catch2/catch.hpp>

using namespace deployctl;

namespace {

// Every event as a word.
class Told final : public JsonEvents {
public:
  std::string text_told;

  void null() override { say("null"); }
  void boolean(bool value) override { say(value ? "true" : "false"); }
  void number(double value) override { say(std::to_string(value)); }
  void text(std::string value) override { say("'" + value + "'"); }
  void begin_map() override { say("{"); }
  void begin_list() override { say("["); }
  void key(std::string name) override { say(name + ":"); }
  void end() override { say("end"); }

private:
  void say(const std::string& word) { text_told += (text_told.empty() ? "" : " ") + word; }
};

std::string told(std::string_view text, JsonLimits limits = {}) {
  Told events;
  const Status walked = walk_json(text, events, limits);
  return walked ? events.text_told : events.text_told + " error: " + walked.error().message;
}

} // namespace

TEST_CASE("json: events come in the order of the text, duplicates and all") {
  CHECK(told(R"({"b": 1, "a": [true, null, "x"], "b": {"c": -2.5}})") ==
        "{ b: 1.000000 a: [ true null 'x' end b: { c: -2.500000 end end");
  CHECK(told("18446744073709551615") == "18446744073709551616.000000");
  CHECK(told("[[]]", {.depth = 2}) == "[ [ end end");
}

TEST_CASE("json: what is no JSON, too deep or too long ends the events") {
  CHECK(told("[1, }") == "[ 1.000000 error: the JSON text has no JSON at byte 4");
  CHECK(told("[[]]", {.depth = 1}) == "[ error: the JSON text has too many nested levels");
  CHECK(told("12345", {.bytes = 4}) == " error: JSON of 5 bytes is over the limit of 4");
}
