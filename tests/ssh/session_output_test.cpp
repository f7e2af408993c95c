#include "ssh/session_output.hpp"

#include <random>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "os/spawn.hpp"

using namespace deployctl;
using deployctl::ssh::SessionOutput;

namespace {

class Kept final : public LineSink {
public:
  void line(Stream, std::string_view text) override { said.append(text).append("\n"); }
  std::string said;
};

} // namespace

TEST_CASE("session output: what stands before the mark is kept apart, in whatever pieces it comes") {
  const std::string mark = "0123456789abcdef";
  const std::string before = "Welcome\n0123456789abcde\n";
  const std::string own = "one\n" + mark + "\ntwo\n";
  const std::string all = before + mark + "\n" + own;
  std::mt19937 dice(11); // NOLINT: the same cases every time
  for (int round = 0; round < 300; ++round) {
    os::Pipe pipe = os::open_pipe().value();
    REQUIRE(::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK) == 0);
    Kept lines;
    SessionOutput output(pipe.read, mark, Stream::out, 1000, &lines);
    const std::size_t longest = 1 + dice() % all.size();
    for (std::size_t at = 0; at < all.size();) {
      const std::string piece = all.substr(at, 1 + dice() % longest);
      REQUIRE(::write(pipe.write.get(), piece.data(), piece.size()) == static_cast<ssize_t>(piece.size()));
      output.read_available();
      at += piece.size();
    }
    CHECK(output.began());
    CHECK(output.before() == before);
    CHECK(output.finish() == own);
    CHECK(lines.said == own);
  }
}
