#include <catch2/catch.hpp>

#include "docker/log_lines.hpp"
#include "docker/log_stream.hpp"

using namespace deployctl;
using namespace deployctl::docker;

namespace {

std::string frame(char stream, const std::string& payload) {
  const auto size = payload.size();
  std::string head{stream, 0, 0, 0};
  for (const unsigned shift : {24U, 16U, 8U, 0U}) head.push_back(static_cast<char>((size >> shift) & 0xffU));
  return head + payload;
}

struct Heard {
  std::string text;
  LogStream stream{[this](Stream from, std::string_view bytes) {
    text += from == Stream::out ? "o:" : "e:";
    text += bytes;
  }};
};

std::string at(int second, const std::string& text) {
  return "2026-03-14T09:26:0" + std::to_string(second) + ".000000001Z " + text + "\n";
}

struct Lines {
  std::vector<std::string> told;
  LogLines lines{[this](Stream stream, std::string_view line) {
    told.push_back((stream == Stream::out ? "o:" : "e:") + std::string(line));
  }};
};

} // namespace

TEST_CASE("container output: frames are told apart wherever they are cut") {
  const std::string bytes = frame(1, "one") + frame(2, "two") + frame(1, "") + frame(3, "three");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Heard heard;
    REQUIRE(heard.stream.feed(std::string_view(bytes).substr(0, cut)));
    REQUIRE(heard.stream.feed(std::string_view(bytes).substr(cut)));
    std::string joined = heard.text;
    // A cut inside a frame hands it over in two pieces.
    for (const std::string piece : {"o:", "e:"})
      for (auto found = joined.find(piece); found != std::string::npos; found = joined.find(piece))
        joined.erase(found, piece.size());
    CHECK(joined == "onetwothree");
    CHECK(heard.stream.is_whole());
  }
  Heard whole;
  REQUIRE(whole.stream.feed(bytes));
  CHECK(whole.text == "o:onee:twoe:three");
}

TEST_CASE("container output: a stream that ends within a frame is not whole") {
  Heard heard;
  REQUIRE(heard.stream.feed(frame(1, "one").substr(0, 9)));
  CHECK_FALSE(heard.stream.is_whole());
}

TEST_CASE("container output: bytes that are no frames are refused") {
  Heard heard;
  const Status fed = heard.stream.feed("plain text of a container with a terminal\n");
  REQUIRE(!fed);
  CHECK(fed.error().cause == Cause::network);
}

TEST_CASE(
    "container output: lines come without their times, and once also when the stream is asked for again") {
  Lines heard;
  CHECK(heard.lines.begin().empty());
  REQUIRE(heard.lines.take(frame(1, at(1, "one")) + frame(2, at(2, "two")) +
                           frame(1, at(3, "thr")).substr(0, 20)));
  CHECK(heard.told == std::vector<std::string>{"o:one", "e:two"});
  heard.told.clear(); // the stream broke within a line
  CHECK(heard.lines.begin() == "1773480362");
  REQUIRE(heard.lines.take(frame(2, at(2, "two")) + frame(1, at(3, "three")) + frame(1, at(4, ""))));
  heard.lines.end();
  CHECK(heard.told == std::vector<std::string>{"o:three", "o:"});
}

TEST_CASE("container output: what has no time in front is a line all the same") {
  Lines heard;
  heard.lines.begin();
  REQUIRE(heard.lines.take(frame(1, "a line\n")));
  heard.lines.end();
  CHECK(heard.told == std::vector<std::string>{"o:a line"});
}
