#include <catch2/catch.hpp>

#include "os/gzip.hpp"

using namespace deployctl;
using namespace deployctl::os;

namespace {

std::string packed(const std::string& bytes, std::size_t piece) {
  std::string out;
  GzipWriter writer([&](std::string_view more) -> Status {
    out += more;
    return {};
  });
  for (std::size_t at = 0; at < bytes.size(); at += piece) REQUIRE(writer.write(bytes.substr(at, piece)));
  REQUIRE(writer.finish());
  return out;
}

Result<std::string> unpacked(const std::string& bytes, std::size_t piece) {
  std::string out;
  GzipReader reader([&](std::string_view more) -> Status {
    out += more;
    return {};
  });
  for (std::size_t at = 0; at < bytes.size(); at += piece)
    DEPLOYCTL_CHECK(reader.write(bytes.substr(at, piece)));
  DEPLOYCTL_CHECK(reader.finish());
  return out;
}

std::string text(std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; bytes.size() < size; ++i) bytes += "line " + std::to_string(i * i) + "\n";
  return bytes;
}

} // namespace

TEST_CASE("gzip: what was packed comes back, and equal bytes make equal streams") {
  for (const std::size_t size : {0U, 1U, 1'000U, 300'000U}) {
    const std::string bytes = text(size).substr(0, size);
    const std::string whole = packed(bytes, size + 1);
    CHECK((packed(bytes, 7'777) == whole));
    CHECK((unpacked(whole, whole.size()).value() == bytes));
    CHECK((unpacked(whole, 13).value() == bytes));
  }
  CHECK(packed(text(300'000), 300'001).size() < 150'000);
}

TEST_CASE("gzip: streams one after the other are one") {
  CHECK(unpacked(packed("one ", 10) + packed("two", 10), 5).value() == "one two");
}

TEST_CASE("gzip: what is damaged or ends early is refused, and a sink that fails is heard") {
  const std::string whole = packed(text(10'000), 10'000);
  CHECK(unpacked(whole.substr(0, whole.size() - 9), 100).error().message == "the gzip ends early");
  std::string wrong = whole;
  wrong[wrong.size() / 2] ^= 1;
  CHECK_FALSE(unpacked(wrong, 100));
  CHECK(unpacked("no gzip at all", 100).error().message == "the gzip is damaged");
  CHECK(unpacked("", 1).error().message == "the gzip ends early");
  GzipWriter writer([](std::string_view) -> Status { return fail(Cause::capacity, "the disk is full"); });
  (void)writer.write("bytes");
  CHECK(writer.finish().error().cause == Cause::capacity);
}
