#include "base/sanitize.hpp"

#include <vector>

#include <catch2/catch.hpp>

using namespace deployctl;

namespace {

std::vector<std::string> lines(const std::vector<std::string>& chunks, Colours colours = Colours::drop) {
  std::vector<std::string> out;
  LineSplitter splitter([&out](std::string_view line) { out.emplace_back(line); }, colours);
  for (const std::string& chunk : chunks) splitter.feed(chunk);
  splitter.finish();
  return out;
}

using Lines = std::vector<std::string>;

} // namespace

TEST_CASE("sanitize: control sequences are dropped, colours if wanted kept and closed") {
  CHECK(sanitize_line("a\x1b[31mred\x1b[0m b") == "ared b");
  CHECK(sanitize_line("\x1b[1;31mred", Colours::keep) == "\x1b[1;31mred\x1b[0m");
  CHECK(sanitize_line("\x1b[2J\x1b[1;1Hx\x1b[?25l", Colours::keep) == "x");
  CHECK(sanitize_line("\x1b[31;1Hx", Colours::keep) == "x");
  CHECK(sanitize_line("\x1b]0;title\x07x\x1b]8;;http://evil\x1b\\link") == "xlink");
  CHECK(sanitize_line("\x1bP1$r data\x1b\\x\x1b(By\x1b"
                      "7z") == "xyz");
  CHECK(sanitize_line("a\x1b") == "a");
  CHECK(sanitize_line("a\x1b[31") == "a");
  CHECK(sanitize_line("a\x1b]0;never ends") == "a");
  CHECK(sanitize_line("a\x1b]0;next\x1b[31mshown") == "ashown");
}

TEST_CASE("sanitize: what reorders or is no text is dropped or replaced") {
  CHECK(sanitize_line("a\tb\x08\x07\x7f"
                      "c") == "a\tbc");
  CHECK(sanitize_line(std::string("nul\0x", 5)) == "nulx");
  CHECK(sanitize_line("bad \xff\xc3") == "bad \xef\xbf\xbd\xef\xbf\xbd");
  CHECK(sanitize_line("rtl \xe2\x80\xae"
                      "gpj.exe") == "rtl gpj.exe");
  CHECK(sanitize_line("c1 \xc2\x9b"
                      "31m") == "c1 31m");
  CHECK(sanitize_line("caf\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x8e\x89") ==
        "caf\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x8e\x89");
}

TEST_CASE("lines: cut at LF, over chunk borders, the last without an end") {
  CHECK(lines({"a\nb", "c\n", "\nd"}) == Lines{"a", "bc", "", "d"});
  CHECK(lines({"a\r\nb\r", "\nc"}) == Lines{"a", "b", "c"});
  CHECK(lines({}).empty());
  CHECK(lines({"a\n"}) == Lines{"a"});
  CHECK(lines({"\xe6\x97", "\xa5\n"}) == Lines{"\xe6\x97\xa5"});
}

TEST_CASE("lines: of a progress bar the last drawing counts") {
  CHECK(lines({"10%\r50%\r", "100%\n"}) == Lines{"100%"});
  CHECK(lines({"done\r"}) == Lines{"done"});
  CHECK(lines({"a\r\r\nb"}) == Lines{"a", "b"});
}

TEST_CASE("lines: a line has a longest length and says what was cut") {
  const Lines out = lines({std::string(LineSplitter::longest_line + 7, 'x') + "\nnext"});
  REQUIRE(out.size() == 2);
  CHECK(out[0] == std::string(LineSplitter::longest_line, 'x') + " [7 bytes cut]");
  CHECK(out[1] == "next");
}
