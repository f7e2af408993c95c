#include <catch2/catch.hpp>

#include <algorithm>

#include "net/http.hpp"
#include "net/loopback_server.hpp"

using namespace deployctl;
using namespace deployctl::net;
using deployctl::tests::LoopbackServer;
using deployctl::tests::Received;
using deployctl::tests::Reply;

namespace {

// Says it has `size` bytes and has those of `bytes`.
class TextSource final : public BodySource {
public:
  TextSource(std::string bytes, std::uint64_t size) : bytes_(std::move(bytes)), size_(size) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  Result<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
    longest_read = std::max(longest_read, out.size());
    return bytes_.copy(out.data(), out.size(), std::min<std::size_t>(offset, bytes_.size()));
  }
  std::size_t longest_read = 0;

private:
  std::string bytes_;
  std::uint64_t size_;
};

class TextSink final : public BodySink {
public:
  Status take(std::string_view bytes) override {
    if (text.size() + bytes.size() > limit) return fail(Cause::conflict, "more than was announced");
    text += bytes;
    return {};
  }
  std::string text;
  std::size_t limit = SIZE_MAX;
};

std::string pattern(std::size_t size) {
  std::string bytes(size, ' ');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + i / 251);
  return bytes;
}

} // namespace

TEST_CASE("http: a streamed body arrives whole, with its length, in pieces") {
  LoopbackServer server([](const Received&) { return Reply{.status = 201}; });
  CurlHttp http;
  const std::string bytes = pattern(GENERATE(0U, 1U, 3'000'001U));
  TextSource source(bytes, bytes.size());
  const auto response = http.send({.method = "PUT", .url = server.url("/x"), .source = &source}, {});
  REQUIRE(response);
  CHECK(response->status == 201);
  const Received received = server.requests().at(0);
  CHECK(received.method == "PUT");
  CHECK(received.headers.at("content-length") == std::to_string(bytes.size()));
  CHECK(received.headers.count("transfer-encoding") == 0);
  CHECK(received.headers.count("expect") == 0);
  CHECK((received.body == bytes));
  CHECK(source.longest_read <= 1U << 20);
}

TEST_CASE("http: a source that became shorter ends the exchange with what happened") {
  LoopbackServer server([](const Received&) { return Reply{}; });
  CurlHttp http;
  TextSource source("12345", 10);
  const auto response = http.send({.method = "PUT", .url = server.url(), .source = &source}, {});
  REQUIRE(!response);
  CHECK(response.error().cause == Cause::conflict);
  CHECK(response.error().message == "a body of 10 bytes ended after 5");
}

TEST_CASE("http: a sink takes the body of a good answer; that of a refusal stays in the response") {
  const int status = GENERATE(200, 206, 404);
  LoopbackServer server([status](const Received&) { return Reply{.status = status, .body = "body"}; });
  CurlHttp http;
  TextSink sink;
  // A limit is for what is kept in memory.
  const auto response =
      http.send({.url = server.url(), .response_limit = status == 404 ? 4U : 1U, .sink = &sink}, {});
  REQUIRE(response);
  CHECK(sink.text == (status == 404 ? "" : "body"));
  CHECK(response->body == (status == 404 ? "body" : ""));
  CHECK(server.requests().at(0).headers.count("accept-encoding") == 0);
}

TEST_CASE("http: what a sink says ends the exchange, and the next one is not disturbed") {
  LoopbackServer server([](const Received&) { return Reply{.body = pattern(1 << 20)}; });
  CurlHttp http;
  TextSink narrow;
  narrow.limit = 10;
  const auto refused = http.send({.url = server.url(), .sink = &narrow}, {});
  REQUIRE(!refused);
  CHECK(refused.error().message == "more than was announced");
  TextSink wide;
  REQUIRE(http.send({.url = server.url(), .sink = &wide}, {}));
  CHECK((wide.text == pattern(1 << 20)));
}

TEST_CASE("http: a body that is cut short is no answer") {
  LoopbackServer server(
      [](const Received&) { return Reply{.body = pattern(1 << 20), .way = Reply::Way::cut_body}; });
  CurlHttp http;
  TextSink sink;
  const auto response = http.send({.url = server.url(), .sink = &sink}, {});
  REQUIRE(!response);
  CHECK(response.error().cause == Cause::network);
  CHECK(response.error().retryable);
}

TEST_CASE("http: a streamed body is never sent a second time behind the caller's back") {
  LoopbackServer server([](const Received& received) {
    return Reply{.way = received.method == "PUT" ? Reply::Way::hang_up : Reply::Way::whole};
  });
  CurlHttp http;
  REQUIRE(http.send({.method = "PATCH", .url = server.url(), .body = Text("x")}, {})); // leaves a connection
  TextSource source("12345", 5);
  const auto response = http.send({.method = "PUT", .url = server.url(), .source = &source}, {});
  REQUIRE(!response);
  CHECK(response.error().cause == Cause::network);
  CHECK(server.requests().size() == 2);
}
