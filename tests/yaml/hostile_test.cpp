// Inputs made to hurt, and bytes that cannot stand in a case file.
#include <catch2/catch.hpp>

#include "yaml/transcript.hpp"

using Catch::Matchers::Contains;
using deployctl::yaml::Limits;
using deployctl::yaml::parse;
using deployctl::yaml::ParseOutcome;

namespace {

std::string codes(const ParseOutcome& outcome) {
  std::string out;
  for (const auto& d : outcome.diagnostics) out += (out.empty() ? "" : " ") + d.code;
  return out;
}

std::string first_underlined(const std::string& text) {
  const auto outcome = parse("t", text);
  REQUIRE_FALSE(outcome.diagnostics.empty());
  const auto span = outcome.diagnostics[0].span;
  return text.substr(span.begin, span.end - span.begin);
}

std::string nested(std::size_t depth) {
  return "a: " + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "\n";
}

} // namespace

TEST_CASE("yaml: a byte-order mark moves every position by its three bytes") {
  const std::string text = "\xEF\xBB\xBF"
                           "a: b\nc: [d]\nc: 1\n";
  const auto outcome = parse("t", text);
  REQUIRE(outcome.document);
  CHECK(transcript::of(outcome, text) == "D0109 3:1 [c] key 'c' is written twice\n"
                                         "    label: again here\n"
                                         "    help: keep one of them, or join their values\n"
                                         "    note: 'c' was first written here 2:1 [c]\n\n"
                                         "map\n  a: plain 'b' 1:7 [b]\n  c: list\n    - plain 'd' 2:5 [d]\n");
}

TEST_CASE("yaml: a byte-order mark in the middle is a control character") {
  CHECK(codes(parse("t", "a: x\xEF\xBB\xBFy\n")) == "D0103");
}

TEST_CASE("yaml: line ends CR LF give the same values and exact positions") {
  const std::string text = "a: 1\r\nb: |\r\n  x\r\n  y\r\nc: d\r\n   e\r\n# deployctl: allow X y\r\n";
  CHECK(transcript::of(parse("t", text), text) == "map\n  a: plain '1' 1:4 [1]\n"
                                                  "  b: block 'x\\ny\\n' 2:4 [|\\r\\n  x\\r\\n  y]\n"
                                                  "  c: plain 'd e' 5:4 [d\\r\\n   e]\n"
                                                  "comment on line 7 (own): allow X y\n");
}

TEST_CASE("yaml: bytes that are not UTF-8 are reported each, and the rest is still checked") {
  const std::string text = "a: caf\xE9\nb: \xC0\xAF\nc: \xED\xA0\x80\nd: 1\nd: 2\n";
  const auto outcome = parse("t", text);
  CHECK(codes(outcome) == "D0102 D0102 D0102 D0109");
  CHECK(outcome.diagnostics[0].message == "byte 0xE9 is not UTF-8");
  CHECK(first_underlined(text) == "\xE9");
}

TEST_CASE("yaml: UTF-16 is not UTF-8") {
  using namespace std::string_literals;
  CHECK_THAT(codes(parse("t", "\xFF\xFE"
                              "a\0:\0 \0b\0"s)),
             Contains("D0102"));
  CHECK_THAT(codes(parse("t", "\0a\0:\0 \0b"s)), Contains("D0103"));
}

TEST_CASE("yaml: NUL, escape, delete and a lone carriage return are control characters") {
  using namespace std::string_literals;
  CHECK(codes(parse("t", "a: x\0y\n"s)) == "D0103");
  CHECK(codes(parse("t", "a: \x1B[31m\n")) == "D0103");
  CHECK(codes(parse("t", "a: x\x7Fy\n")) == "D0103");
  CHECK(codes(parse("t", "a: x\ry\n")) == "D0103");
  CHECK(codes(parse("t", "a: x\x04y\nb: 1\nb: 2\n")) == "D0103 D0109");
}

TEST_CASE("yaml: 4 MiB are read, one byte more is not") {
  const std::string head = "a: |\n  ";
  const std::size_t limit = Limits{}.bytes;
  CHECK(codes(parse("t", head + std::string(limit - head.size(), 'x'))).empty());
  const auto outcome = parse("t", head + std::string(limit - head.size() + 1, 'x'));
  CHECK(codes(outcome) == "D0101");
  CHECK_FALSE(outcome.document);
}

TEST_CASE("yaml: 64 levels are read, 65 are not") {
  CHECK(codes(parse("t", nested(64))).empty());
  CHECK(codes(parse("t", nested(65))) == "D0115");
}

TEST_CASE("yaml: aliases cannot nest deeper than the text may") {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 80; ++i)
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  CHECK(codes(parse("t", text)) == "D0115");
}

TEST_CASE("yaml: nesting beyond every limit ends in bounded time, whatever opens it") {
  for (const std::string opening : {"[", "{a: ", "- ", "? ", "[{a: "}) {
    for (const std::size_t count : {499U, 501U, 20'000U, 200'000U}) {
      std::string text;
      for (std::size_t i = 0; i < count; ++i) text += opening;
      INFO(opening << " x " << count);
      const auto outcome = parse("t", text);
      CHECK(outcome.has_errors());
    }
  }
}

TEST_CASE("yaml: an alias bomb is refused before it is expanded") {
  std::string text = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    text += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i) text += std::string(i == 0 ? "" : ", ") + "*" + static_cast<char>(c - 1);
    text += "]\n";
  }
  const auto outcome = parse("t", text);
  CHECK(codes(outcome) == "D0116");
  CHECK_FALSE(outcome.document);
}

TEST_CASE("yaml: a large text is not repeated without bound") {
  std::string text = "a: &a " + std::string(1 << 20, 'x') + "\nb: [";
  for (int i = 0; i < 1000; ++i) text += "*a, ";
  CHECK(codes(parse("t", text + "x]\n")) == "D0116");
}

TEST_CASE("yaml: 100,000 values are read, more are not") {
  const auto list = [](std::size_t items) {
    std::string text = "a:\n";
    for (std::size_t i = 0; i < items; ++i) text += "- x\n";
    return text;
  };
  CHECK(codes(parse("t", list(99'997))).empty()); // and the map, the key and the list
  CHECK(codes(parse("t", list(100'000))) == "D0116");
}

TEST_CASE("yaml: an alias inside its own anchor ends") {
  const auto outcome = parse("t", "&x [*x]");
  CHECK(codes(outcome) == "D0114");
  REQUIRE(outcome.document);
  CHECK(outcome.document->root.items.at(0).broken);
}

TEST_CASE("yaml: an unclosed quote swallows nothing, also at the very end") {
  CHECK(codes(parse("t", "a: '")) == "D0106");
  CHECK(codes(parse("t", "a: \"")) == "D0106");
  CHECK(codes(parse("t", "a: 'x\nb: 1\nb: 2\n")) == "D0106 D0109");
  CHECK(codes(parse("t", "a: \"x\nb: 1\nb: 2\n")) == "D0106 D0109");
  CHECK(codes(parse("t", "{a: \"foo")) == "D0106");
}

TEST_CASE("yaml: many syntax errors are found in one reading") {
  std::string text;
  for (int i = 0; i < 15; ++i) text += "k" + std::to_string(i) + ": [${x}]\n";
  const auto outcome = parse("t", text + "k1: 2\n");
  CHECK(outcome.diagnostics.size() == 16);
  REQUIRE(outcome.document);
  CHECK(outcome.document->root.entries.size() == 15);
  CHECK(outcome.document->root.find("k3")->broken);
}

TEST_CASE("yaml: more syntax errors than anyone reads end the reading, not the program") {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "k" + std::to_string(i) + ": [${x}]\n";
  const auto outcome = parse("t", text);
  CHECK(outcome.diagnostics.size() == 20);
  CHECK_FALSE(outcome.document);
}

TEST_CASE("yaml: old traps of the library stay errors") {
  for (const std::string text : {"[:", "{foo:", "a: [", "a: {", "&", "*", "!", "%", "@", "`", "a: |x", "\"",
                                 "'", "- - - [", "? ", ": :"}) {
    INFO(text);
    const auto outcome = parse("t", text);
    CHECK((outcome.has_errors() || outcome.document));
  }
}
