// What a command said is whole even if its end is told first, and however late we come to look.
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "os/spawn.hpp"
#include "ssh/leash.hpp"

using namespace deployctl;
using namespace deployctl::ssh;

namespace {

// A machine so busy that half a second passes between any two looks at the clock.
class SlowClock final : public Clock {
public:
  [[nodiscard]] std::chrono::system_clock::time_point wall() const override { return {}; }
  [[nodiscard]] std::chrono::nanoseconds boot() const override {
    return now_ += std::chrono::milliseconds(500);
  }

private:
  mutable std::chrono::nanoseconds now_{0};
};

class Zeros final : public Random {
public:
  void fill(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = std::byte{0};
  }
};

void write_all(const os::Descriptor& to, const std::string& text) {
  REQUIRE(::write(to.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

// The server tells the end, and then sends what was still on its way.
class EndFirst final : public RemoteSession {
public:
  explicit EndFirst(const std::string& mark) {
    streams_ = {.input = std::move(in_.write), .output = std::move(out_.read), .error = std::move(err_.read)};
    write_all(out_.write, mark + "\nfirst\n");
    err_.write.close();
    end_.write.close();
  }
  Streams& streams() override { return streams_; }
  int end_descriptor() override { return end_.read.get(); }
  Result<SessionEnd> wait(std::stop_token) override {
    write_all(out_.write, "second\n");
    out_.write.close();
    return SessionEnd{.how = SessionEnd::How::exited, .exit_code = 0, .cause = {}};
  }

private:
  os::Pipe in_ = os::open_pipe().value();
  os::Pipe out_ = os::open_pipe().value();
  os::Pipe err_ = os::open_pipe().value();
  os::Pipe end_ = os::open_pipe().value();
  Streams streams_;
};

class EndFirstShell final : public RemoteShell {
public:
  Result<std::unique_ptr<RemoteSession>> start(const std::string&, std::stop_token) override {
    Zeros zeros;
    return std::make_unique<EndFirst>(random_hex(zeros, 8));
  }
};

} // namespace

TEST_CASE("leash: what comes behind the end of a session is not lost") {
  const SlowClock clock;
  Zeros zeros;
  EndFirstShell shell;
  const std::vector<std::string> arguments;
  const std::map<std::string, Text> environment;
  const LeashRequest request{
      .what = "'observe' on 'web-1'",
      .script = {.script = "echo first; echo second", .arguments = arguments, .environment = environment},
      .input = {},
      .source = {},
      .timeout = Milliseconds(600'000)};
  const auto result = run_leashed(shell, clock, zeros, request, {});
  REQUIRE(result);
  CHECK(result->exit_code == 0);
  CHECK(result->out == "first\nsecond\n");
}
