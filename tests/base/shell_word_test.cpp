#include "base/shell_word.hpp"

#include <catch2/catch.hpp>

using namespace deployctl;

TEST_CASE("shell word: everything is literal between quotes, and a quote stands outside of them") {
  CHECK(shell_word("") == "''");
  CHECK(shell_word("a b$(c)`d`\"\\\n") == "'a b$(c)`d`\"\\\n'");
  CHECK(shell_word("it's") == "'it'\\''s'");
  CHECK(shell_word("''") == "''\\'''\\'''");
}

TEST_CASE("shell word: a variable's name") {
  for (const char* name : {"A", "_", "_1", "lower_Case9"}) CHECK(is_variable_name(name));
  for (const char* name : {"", "1A", "a-b", "a.b", "a b", "\xc3\xa4"}) CHECK_FALSE(is_variable_name(name));
}
