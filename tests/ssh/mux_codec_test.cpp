#include "ssh/mux_codec.hpp"

#include <random>

#include <catch2/catch.hpp>

#include "base/encode.hpp"

using namespace deployctl;
using namespace deployctl::ssh;

namespace {

std::string bytes_of(std::string_view hex) {
  return from_hex(hex).value();
}

mux::Message decoded(const std::string& bytes) {
  mux::PacketReader reader;
  reader.feed(bytes);
  return mux::decode(reader.next().value().value()).value();
}

class Samples {
public:
  explicit Samples(unsigned seed) : engine_(seed) {}

  mux::Message message() {
    switch (number() % 15) {
    case 0:
      return mux::Hello{number()};
    case 1:
      return mux::NewSession{number(), text(), {text(), text()}};
    case 2:
      return mux::AliveCheck{number()};
    case 3:
      return mux::Terminate{number()};
    case 4:
      return mux::OpenForward{number(), forward()};
    case 5:
      return mux::CloseForward{number(), forward()};
    case 6:
      return mux::NewStdioForward{number(), endpoint()};
    case 7:
      return mux::Ok{number()};
    case 8:
      return mux::PermissionDenied{number(), text()};
    case 9:
      return mux::Failure{number(), text()};
    case 10:
      return mux::ExitMessage{number(), number()};
    case 11:
      return mux::Alive{number(), number()};
    case 12:
      return mux::SessionOpened{number(), number()};
    case 13:
      return mux::RemotePort{number(), number()};
    default:
      return mux::TerminalRefused{number()};
    }
  }

  std::uint32_t number() { return static_cast<std::uint32_t>(engine_()); }

private:
  std::string text() {
    std::string bytes(number() % 40, '\0');
    for (char& byte : bytes) byte = static_cast<char>(number());
    return bytes;
  }
  mux::Endpoint endpoint() { return {text(), number()}; }
  mux::Forward forward() { return {number(), endpoint(), endpoint()}; }

  std::mt19937 engine_;
};

} // namespace

TEST_CASE("mux: a session request has the bytes that the protocol names") {
  const std::string expected =
      bytes_of("00000035"                         // length
               "10000002"                         // new session
               "00000007"                         // request
               "00000000"                         // reserved
               "00000000000000000000000000000000" // no terminal, X11, agent, subsystem
               "ffffffff"                         // no escape character
               "00000000"                         // terminal type
               "00000004") +                      // command
      "true" +
      bytes_of("00000005") + "A=b c";
  CHECK(to_hex(mux::encode(mux::NewSession{7, "true", {"A=b c"}})) == to_hex(expected));
}

TEST_CASE("mux: a forward of a unix socket names its path and the port that means so") {
  const mux::Forward forward{.listen = {"/l"}, .connect = {"/c"}};
  CHECK(to_hex(mux::encode(mux::OpenForward{1, forward})) == "00000020"
                                                             "10000006"
                                                             "00000001"
                                                             "00000001"
                                                             "00000002"
                                                             "2f6c"
                                                             "fffffffe"
                                                             "00000002"
                                                             "2f63"
                                                             "fffffffe");
}

TEST_CASE("mux: whatever was encoded is decoded the same, in any pieces") {
  Samples samples(20221109);
  for (int round = 0; round < 3'000; ++round) {
    const mux::Message first = samples.message();
    const mux::Message second = samples.message();
    const std::string bytes = mux::encode(first) + mux::encode(second);
    const std::size_t cut = samples.number() % bytes.size();
    mux::PacketReader reader;
    std::vector<mux::Message> read;
    for (const auto& piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
      reader.feed(piece);
      for (auto packet = reader.next(); *packet; packet = reader.next())
        read.push_back(mux::decode(**packet).value());
    }
    REQUIRE(read == std::vector<mux::Message>{first, second});
  }
}

TEST_CASE("mux: every cut packet is refused, and so are bytes too many") {
  Samples samples(4);
  for (int round = 0; round < 500; ++round) {
    const mux::Message message = samples.message();
    const std::string packet = mux::encode(message).substr(4);
    const bool is_open_ended =
        std::holds_alternative<mux::Hello>(message) || std::holds_alternative<mux::NewSession>(message);
    if (is_open_ended) continue;
    for (std::size_t size = 0; size < packet.size(); ++size) REQUIRE(!mux::decode(packet.substr(0, size)));
    REQUIRE(!mux::decode(packet + "x"));
  }
}

TEST_CASE("mux: extensions in the greeting are skipped") {
  const std::string greeting = bytes_of("0000001800000001000000040000000461626364000000046566") + "gh";
  CHECK(decoded(greeting) == mux::Message(mux::Hello{4}));
}

TEST_CASE("mux: an impossible length and an unknown type are errors, not waits") {
  mux::PacketReader longest;
  longest.feed(bytes_of("7fffffff"));
  CHECK(longest.next().error().message == "a multiplexing packet claims 2147483647 bytes");
  mux::PacketReader empty;
  empty.feed(bytes_of("00000000"));
  CHECK(!empty.next());
  CHECK(mux::decode(bytes_of("1234567800000000")).error().message ==
        "a multiplexing packet of the unknown type 0x12345678");
}
