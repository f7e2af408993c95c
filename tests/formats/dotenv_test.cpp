#include "formats/dotenv.hpp"

#include <catch2/catch.hpp>

using deployctl::formats::DotenvEntry;
using deployctl::formats::find_dotenv;
using deployctl::formats::parse_dotenv;

namespace {

// "NAME=value" of every entry, one a line; or the error.
std::string shown(std::string_view text) {
  const auto entries = parse_dotenv(text);
  if (!entries) return "error: " + entries.error().message;
  std::string out;
  for (const DotenvEntry& entry : *entries) out += entry.name + "=" + entry.value + ";";
  return out;
}

} // namespace

TEST_CASE("dotenv: what a file says") {
  struct Case {
    std::string_view text;
    std::string_view gives;
  };
  const auto c = GENERATE(values<Case>({
      {"", ""},
      {"A=1", "A=1;"},
      {"A=1\nB=2\n", "A=1;B=2;"},
      {"\xEF\xBB\xBF"
       "A=1\r\nB=2\r\n",
       "A=1;B=2;"},
      {"# comment\n\n  \nA=1\n", "A=1;"},
      {"export A=1\nexport\tB=2\n", "A=1;B=2;"},
      {"exported=1\n", "exported=1;"},
      {"A=\nB=\n", "A=;B=;"},
      {"A = spaced out  \n", "A=spaced out;"},
      {"A=x # comment\n", "A=x;"},
      {"A=x#y\n", "A=x#y;"},
      {"A= # only a comment\n", "A=;"},
      {"A=#fff\n", "A=#fff;"},
      {"A=$HOME `id` $(id) ${B}\n", "A=$HOME `id` $(id) ${B};"},
      {"A=it's\n", "A=it's;"},
      {"A=a\\nb\n", "A=a\\nb;"},
      {"A=b=c==\n", "A=b=c==;"},
      {"A='x # \\n \"y\" '\n", "A=x # \\n \"y\" ;"},
      {"A=\"a\\tb\\\"c\\\\d\\$e\\qf\" # c\n", "A=a\tb\"c\\d$e\\qf;"},
      {"A=\"one\ntwo\"\nB=3\n", "A=one\ntwo;B=3;"},
      {"A='one\ntwo'\n", "A=one\ntwo;"},
      {"A=\"\"\nB=''\n", "A=;B=;"},
      {"A=\"x\"", "A=x;"},
  }));
  INFO(c.text);
  CHECK(shown(c.text) == c.gives);
}

TEST_CASE("dotenv: mistakes name their line and never the value") {
  CHECK(shown("A=1\nnot a line\n") == "error: line 2: '=' is missing behind 'not'");
  CHECK(shown("A=\"x\ny\n") == "error: line 1: the quote of 'A' is never closed");
  CHECK(shown("A='hunter2\n") == "error: line 1: the quote of 'A' is never closed");
  CHECK(shown("A=1\nB=\"s3cret\" s3cret\n") == "error: line 2: text goes on behind the closing quote of 'B'");
  CHECK(shown("A=\"1\n2\"\n=x\n") == "error: line 3: no name of a variable stands here");
  CHECK(shown("1A=x\n") == "error: line 1: no name of a variable stands here");
  CHECK(shown(std::string("A=x\0y\n", 6)) ==
        "error: line 1: the file holds a NUL byte, which no variable can");
}

TEST_CASE("dotenv: the last of two equal names counts") {
  const auto entries = parse_dotenv("A=1\nB=2\nA=3\n");
  REQUIRE(entries);
  CHECK(*find_dotenv(*entries, "A") == "3");
  CHECK((*entries)[2].line == 3);
  CHECK(find_dotenv(*entries, "C") == nullptr);
}
