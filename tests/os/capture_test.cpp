#include "os/capture.hpp"

#include <random>
#include <string>

#include <catch2/catch.hpp>

using deployctl::os::Capture;

namespace {

std::string kept(const std::string& all, std::size_t limit) {
  if (all.size() <= limit) return all;
  const std::size_t half = limit / 2;
  return all.substr(0, limit - half) + "\n[" + std::to_string(all.size() - limit) + " bytes left out]\n" +
         all.substr(all.size() - half);
}

} // namespace

TEST_CASE("capture: the first and the last half are kept, in whatever pieces it comes") {
  std::mt19937 dice(4); // NOLINT: the same cases every time
  for (std::size_t limit = 0; limit < 24; ++limit) {
    for (std::size_t longest = 1; longest < 40; longest += 3) {
      Capture capture(limit);
      std::string all;
      for (int piece = 0; piece < 12; ++piece) {
        INFO(limit << ", " << longest << ", after " << all.size());
        REQUIRE(capture.text() == kept(all, limit));
        std::string bytes;
        while (bytes.size() < dice() % longest) bytes += static_cast<char>('a' + dice() % 26);
        capture.add(bytes);
        all += bytes;
      }
    }
  }
}
