#include <catch2/catch.hpp>

#include "base/utf8.hpp"
#include "ui/style.hpp"
#include "ui/table.hpp"
#include "ui/value_text.hpp"

using namespace deployctl;

TEST_CASE("style: elide keeps both ends, counts cells, and never cuts a character") {
  CHECK(ui::elide("short", 10) == "short");
  CHECK(ui::elide("abcdefghijklmnopqrst", 10) == "abcde...st");
  for (int cells = 1; cells < 30; ++cells) {
    const std::string text = ui::elide("日本語のとても長い文字列です、終わり", cells);
    CHECK(display_width(text) <= static_cast<std::size_t>(cells));
    CHECK_FALSE(invalid_utf8_at(text));
  }
}

TEST_CASE("style: wrap breaks at spaces and indents what follows") {
  CHECK(ui::wrap({.width = 20}, "one two three four five six", 4) == "one two three four\n    five six");
  CHECK(ui::wrap({.width = 20}, "a-word-that-is-longer-than-the-width b", 2) ==
        "a-word-that-is-longer-than-the-width\n  b");
}

TEST_CASE("style: a message of the world becomes one line") {
  CHECK(ui::one_line("a\nb\033[31mc\x7f") == "a b [31mc ");
  CHECK(ui::one_line("\xff") == "\xEF\xBF\xBD");
}

TEST_CASE("table: columns line up by cells, nothing trails") {
  ui::Table table({"NAME", "WHAT"});
  table.add({"日本", "x"});
  table.add({"a", ""});
  CHECK(table.text({}) == "NAME  WHAT\n日本  x\na\n");
}

TEST_CASE("value text: leaves are words, texts are quoted, control characters escaped") {
  CHECK(ui::value_text(Value()) == "(not set)");
  CHECK(ui::value_text(Secret::reference("key")) == "(secret)");
  CHECK(ui::value_text(Unknown{"image", "ref", "${steps.image.ref}"}) == "(known after image)");
  CHECK(ui::value_text("(secret)") == "\"(secret)\"");
  CHECK(ui::value_text(Value::List{1, true, "\033"}) == "[1,true,\"\\u001b\"]");
}
