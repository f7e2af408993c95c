// Children that run beside us, waits with an end, and sockets that carry descriptors.
#include "os/background_process.hpp"

#include <array>
#include <csignal>
#include <cstring>
#include <thread>

#include <sys/socket.h>
#include <unistd.h>

#include "base/system_clock.hpp"
#include "os/bounded_wait.hpp"
#include "os/local_socket.hpp"
#include "scratch.hpp"

using namespace deployctl;
using namespace deployctl::os;

namespace {

constexpr Milliseconds plenty{20'000};

Result<BackgroundProcess> shell(const std::string& script, int out) {
  const Descriptor null = open_null().value();
  return BackgroundProcess::start({"/bin/sh", "-c", script}, {{"PATH", "/usr/bin:/bin"}},
                                  {.in = null.get(), .out = out, .err = null.get()});
}

int exit_code_of(BackgroundProcess& child) {
  const SystemClock clock;
  BoundedWait wait(clock, plenty, {}, "the child");
  REQUIRE(wait.readable(child.end_descriptor()));
  return child.exit_code().value();
}

std::string first_line(int descriptor) {
  std::string line;
  for (char byte = 0; ::read(descriptor, &byte, 1) == 1 && byte != '\n';) line.push_back(byte);
  return line;
}

Descriptor receive_descriptor(int socket) {
  char byte = 'x';
  iovec bytes{.iov_base = &byte, .iov_len = 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  REQUIRE(::recvmsg(socket, &message, 0) == 1);
  CHECK(byte == '\0');
  int number = -1;
  std::memcpy(&number, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof number);
  return Descriptor(number);
}

} // namespace

TEST_CASE("background process: its end is readable and tells how") {
  const Descriptor null = open_null().value();
  auto exits = shell("exit 7", null.get());
  REQUIRE(exits);
  CHECK(exit_code_of(*exits) == 7);
  CHECK(exits->exit_code() == 7);

  auto waits = shell("exec sleep 600", null.get());
  REQUIRE(waits);
  CHECK(!waits->exit_code());
  waits->signal(SIGTERM);
  CHECK(exit_code_of(*waits) == 128 + SIGTERM);
}

TEST_CASE("background process: its group ends with the object") {
  Pipe pipe = open_pipe().value();
  {
    const auto child = shell("sleep 600 & echo started; wait", pipe.write.get());
    REQUIRE(child);
    pipe.write.close();
    CHECK(first_line(pipe.read.get()) == "started");
  }
  char byte = 0;
  CHECK(::read(pipe.read.get(), &byte, 1) == 0); // the last holder of the writing end is gone
}

TEST_CASE("bounded wait: it ends at its limit and at a stop, and says for what it waited") {
  const SystemClock clock;
  const Pipe pipe = open_pipe().value();
  BoundedWait limited(clock, Milliseconds(20), {}, "an answer of web-1");
  const Status late = limited.readable(pipe.read.get());
  REQUIRE(!late);
  CHECK(late.error().cause == Cause::timeout);
  CHECK(late.error().message == "timed out after 20 ms waiting for an answer of web-1");

  std::stop_source source;
  BoundedWait endless(clock, std::nullopt, source.get_token(), "an answer");
  std::jthread stopper([&source] { source.request_stop(); });
  const Status stopped = endless.readable(pipe.read.get());
  REQUIRE(!stopped);
  CHECK(stopped.error().cause == Cause::cancelled);
}

TEST_CASE("bounded wait: a pause ends by itself, earlier for a descriptor, with an error for a stop") {
  const SystemClock clock;
  const Pipe pipe = open_pipe().value();
  std::stop_source source;
  BoundedWait wait(clock, plenty, source.get_token(), "nothing");
  CHECK(wait.pause(Milliseconds(1)));
  REQUIRE(::write(pipe.write.get(), "x", 1) == 1);
  CHECK(wait.pause(Milliseconds(600'000), pipe.read.get()));
  source.request_stop();
  CHECK(wait.pause(Milliseconds(600'000)).error().cause == Cause::cancelled);
}

TEST_CASE("local socket: a descriptor arrives as the same open file") {
  const Scratch scratch;
  const Descriptor listener = listen_local(scratch.path("s")).value();
  const Descriptor client = connect_local(scratch.path("s")).value();
  const Descriptor server(::accept(listener.get(), nullptr, nullptr));
  const Pipe pipe = open_pipe().value();
  CHECK(send_descriptor(client.get(), pipe.write.get()) == true);
  const Descriptor passed = receive_descriptor(server.get());
  REQUIRE(::write(passed.get(), "hello\n", 6) == 6);
  CHECK(first_line(pipe.read.get()) == "hello");
}

TEST_CASE("local socket: a missing one, a left one and one that nobody serves are told apart") {
  const Scratch scratch;
  CHECK(connect_local(scratch.path("none")).error().cause == Cause::not_found);
  { const Descriptor listener = listen_local(scratch.path("left")).value(); }
  CHECK(connect_local(scratch.path("left")).error().cause == Cause::not_found);
  CHECK(connect_local(std::string(200, 'p')).error().cause == Cause::config);

  const Descriptor listener = listen_local(scratch.path("full")).value();
  std::vector<Descriptor> clients;
  Cause refused = Cause::internal;
  for (int attempt = 0; attempt < 1'000 && refused == Cause::internal; ++attempt) {
    auto client = connect_local(scratch.path("full"));
    if (client)
      clients.push_back(*std::move(client));
    else
      refused = client.error().cause;
  }
  CHECK(refused == Cause::throttled);
}
