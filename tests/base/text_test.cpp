#include "base/strings.hpp"

#include <catch2/catch.hpp>

#include "base/integer.hpp"
#include "base/pattern.hpp"
#include "base/utf8.hpp"

using namespace deployctl;

TEST_CASE("strings: split, trim, join, replace") {
  CHECK(split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"});
  CHECK(split("", ',') == std::vector<std::string_view>{""});
  CHECK(trim(" \t a b \r\n") == "a b");
  CHECK(trim("  ").empty());
  CHECK(join({"a", "b", "c"}, ", ") == "a, b, c");
  CHECK(join({}, ", ").empty());
  CHECK(join({"", ""}, ",") == ",");
  CHECK(replace_all("aXXbX", "X", "yy") == "ayyyybyy");
  CHECK(replace_all("abc", "", "x") == "abc");
  CHECK(equal_ignoring_case("Content-TYPE", "content-type"));
}

TEST_CASE("strings: what stands behind the last slash; counts of things") {
  CHECK(last_part("releases/v2") == "v2");
  CHECK(last_part("v2") == "v2");
  CHECK(last_part("releases/").empty());
  CHECK(counted(1, "step") == "1 step");
  CHECK(counted(0, "step") == "0 steps");
  CHECK(is_lower_hex("0af9"));
  CHECK_FALSE(is_lower_hex("0AF9"));
  CHECK_FALSE(is_lower_hex("0xg"));
}

TEST_CASE("integer: the whole text or nothing") {
  CHECK(parse_integer<int>("012") == 12);
  CHECK(parse_integer<int>("-3") == -3);
  CHECK(parse_integer<unsigned>("755", 8) == 0755U);
  for (const auto* const wrong : {"", "-", "+1", "1 ", " 1", "1.0", "0x1", "2147483648"})
    CHECK_FALSE(parse_integer<int>(wrong));
  CHECK_FALSE(parse_integer<unsigned>("-1"));
}

TEST_CASE("strings: Damerau's distance") {
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("plna", "plan") == 1);
  CHECK(edit_distance("ca", "abc") == 3); // optimal string alignment: no edit inside a swap
}

TEST_CASE("strings: similar names, nearest first, at most three") {
  const std::vector<std::string> fields = {"replicas", "command", "commands", "comment", "env", "image"};
  CHECK(similar_names("replcas", fields) == std::vector<std::string>{"replicas"});
  CHECK(similar_names("comand", fields) == std::vector<std::string>{"command", "commands"});
  CHECK(similar_names("IMAGE", fields) == std::vector<std::string>{"image"});
  CHECK(similar_names("xyz", fields).empty());
  CHECK(similar_names("a", {"b", "c"}).empty());
  CHECK(similar_names("aaaa", {"aaab", "aaac", "aaad", "aaae"}).size() == 3);
}

TEST_CASE("pattern: whole, part and groups; a bad one is an error") {
  const Pattern pattern = Pattern::compile("v([0-9]+)(-(rc))?").value();
  CHECK(pattern.matches("v12"));
  CHECK_FALSE(pattern.matches("xv12"));
  CHECK(pattern.found_in("xv12x"));
  CHECK(pattern.groups("v12").value() == std::vector<std::string>{"v12", "12", "", ""});
  CHECK_FALSE(pattern.groups("12"));
  CHECK(Pattern::compile("a(b").error().cause == Cause::config);
}

TEST_CASE("utf8: the first bad byte is found") {
  CHECK_FALSE(invalid_utf8_at("a\xc3\xa9\xe6\x97\xa5\xf0\x9f\x8e\x89"));
  CHECK(invalid_utf8_at("ab\xff") == 2);
  CHECK(invalid_utf8_at("\xc0\x80") == 0);         // overlong
  CHECK(invalid_utf8_at("\xed\xa0\x80") == 0);     // surrogate
  CHECK(invalid_utf8_at("\xf4\x90\x80\x80") == 0); // beyond U+10FFFF
  CHECK(invalid_utf8_at("x\xe6\x97") == 1);        // cut off
  CHECK(replace_invalid_utf8("a\xff"
                             "b") == "a\xef\xbf\xbd"
                                     "b");
}

TEST_CASE("utf8: every code point survives encoding and decoding") {
  for (const char32_t point : {0x41U, 0xE9U, 0x7FFU, 0x800U, 0xFFFDU, 0x10000U, 0x10FFFFU}) {
    std::string text;
    append_utf8(text, point);
    CHECK(decode_utf8(text).value == point);
    CHECK(decode_utf8(text).length == text.size());
  }
}

TEST_CASE("utf8: width counts terminal cells") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("\xe6\x97\xa5\xe6\x9c\xac") == 4);  // two ideographs
  CHECK(display_width("e\xcc\x81") == 1);                 // e and a combining acute
  CHECK(display_width("\xf0\x9f\x8e\x89") == 2);          // an emoji
  CHECK(display_width("\xe2\x80\x8b") == 0);              // zero width space
  CHECK(display_width("\xe2\x9c\x93 \xe2\x94\x82") == 3); // check mark and a box line
}
