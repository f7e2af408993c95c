#include <catch2/catch.hpp>

#include <unistd.h>

#include <atomic>
#include <thread>

#include "net/http.hpp"
#include "net/loopback_server.hpp"

using namespace deployctl;
using namespace deployctl::net;
using deployctl::tests::LoopbackServer;
using deployctl::tests::Received;
using deployctl::tests::Reply;

namespace {

HttpRequest get(std::string url) {
  return {.url = std::move(url), .timeout = Milliseconds(5'000)};
}

Reply echo(const Received& received) {
  return {.headers = {{"X-Method", received.method}, {"X-Method", "twice"}},
          .body = received.target + received.body};
}

} // namespace

TEST_CASE("http: a request arrives as it was made, headers come back in lower case") {
  LoopbackServer server(echo);
  CurlHttp http({.user_agent = "deployctl/test"});
  HttpRequest request = get(server.url("/a/../b?q=1"));
  request.method = "POST";
  request.headers = {{"X-Token", Secret::reference("token").resolved_with("s3cret")}, {"X-Empty", ""}};
  request.body = Text(R"({"a":1})");
  const auto response = http.send(request, {});
  REQUIRE(response);
  CHECK(response->status == 200);
  CHECK(response->body == R"(/a/../b?q=1{"a":1})");
  CHECK(response->headers.count("x-method") == 2);

  const Received received = server.requests().at(0);
  CHECK(received.method == "POST");
  CHECK(received.headers.at("x-token") == "s3cret");
  CHECK(received.headers.at("x-empty").empty());
  CHECK(received.headers.at("user-agent") == "deployctl/test");
  CHECK(received.headers.count("expect") == 0);
  CHECK(received.headers.count("content-type") == 0);
}

TEST_CASE("http: every method is sent as itself") {
  LoopbackServer server(echo);
  CurlHttp http;
  const std::string method = GENERATE("GET", "HEAD", "PUT", "DELETE", "PATCH", "POST");
  HttpRequest request = get(server.url());
  request.method = method;
  if (method == "PUT") request.body = Text("bytes");
  const auto response = http.send(request, {});
  REQUIRE(response);
  CHECK(response->headers.find("x-method")->second == method);
  CHECK(server.requests().at(0).body == (method == "PUT" ? "bytes" : ""));
}

TEST_CASE("http: one connection serves requests to one origin") {
  LoopbackServer server(echo);
  CurlHttp http;
  for (int i = 0; i < 5; ++i) REQUIRE(http.send(get(server.url()), {}));
  CHECK(server.connections() == 1);
}

TEST_CASE("http: redirects are answers, never followed") {
  LoopbackServer server([](const Received&) {
    return Reply{.status = 302, .headers = {{"Location", "/next"}}};
  });
  CurlHttp http;
  const auto response = http.send(get(server.url()), {});
  REQUIRE(response);
  CHECK(response->status == 302);
  CHECK(response->headers.find("location")->second == "/next");
  CHECK(server.requests().size() == 1);
}

TEST_CASE("http: a response beyond its limit is an error") {
  LoopbackServer server([](const Received&) { return Reply{.body = std::string(1001, 'x')}; });
  CurlHttp http;
  HttpRequest request = get(server.url());
  request.response_limit = 1000;
  const auto response = http.send(request, {});
  REQUIRE(!response);
  CHECK(response.error().cause == Cause::capacity);
  CHECK_FALSE(response.error().retryable);
  request.response_limit = 1001;
  CHECK(http.send(request, {}));
}

TEST_CASE("http: no answer is a timeout, retryable only where sending twice is harmless") {
  LoopbackServer server([](const Received&) { return Reply{.way = Reply::Way::stall}; });
  CurlHttp http;
  HttpRequest request = get(server.url());
  request.timeout = Milliseconds(100);
  const auto read = http.send(request, {});
  REQUIRE(!read);
  CHECK(read.error().cause == Cause::timeout);
  CHECK(read.error().message == "no response from " + server.url("") + " within 100 ms");
  CHECK(read.error().retryable);
  request.method = "POST";
  CHECK_FALSE(http.send(request, {}).error().retryable);
}

TEST_CASE("http: nobody listening, a lost connection and half a body are network errors") {
  CurlHttp http;
  const auto refused = http.send(get("http://127.0.0.1:" + std::to_string(tests::closed_port()) + "/"), {});
  REQUIRE(!refused);
  CHECK(refused.error().cause == Cause::network);
  CHECK(refused.error().retryable);
  const auto way = GENERATE(Reply::Way::hang_up, Reply::Way::cut_body);
  LoopbackServer server([way](const Received&) { return Reply{.body = "0123456789", .way = way}; });
  const auto lost = http.send(get(server.url()), {});
  REQUIRE(!lost);
  CHECK(lost.error().cause == Cause::network);
}

TEST_CASE("http: TLS to a server that speaks none is a TLS error") {
  LoopbackServer server(echo);
  CurlHttp http;
  const auto response = http.send(get("https://127.0.0.1:" + std::to_string(server.port()) + "/"), {});
  REQUIRE(!response);
  CHECK(response.error().cause == Cause::tls);
}

TEST_CASE("http: a stop request ends a waiting exchange") {
  std::stop_source stop;
  LoopbackServer server([&](const Received&) {
    stop.request_stop();
    return Reply{.way = Reply::Way::stall};
  });
  CurlHttp http;
  HttpRequest request = get(server.url());
  request.timeout = Milliseconds(60'000);
  const auto response = http.send(request, stop.get_token());
  REQUIRE(!response);
  CHECK(response.error().cause == Cause::cancelled);
  CHECK(http.send(request, stop.get_token()).error().cause == Cause::cancelled);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("http: requests that must not be sent are refused before the network") {
  CurlHttp http;
  const Secret secret = Secret::reference("token").resolved_with("s3cret");
  HttpRequest plain = get("http://192.0.2.1/");
  plain.headers = {{"Authorization", secret}};
  CHECK(http.send(plain, {}).error().message == "a secret would travel unencrypted to '192.0.2.1'");
  plain.url = "http://169.254.example.com/"; // no address of this link
  CHECK(http.send(plain, {}).error().cause == Cause::config);
  HttpRequest broken = get("http://127.0.0.1/");
  broken.headers = {{"X-A", "one\r\nX-B: two"}};
  CHECK(http.send(broken, {}).error().cause == Cause::config);
  broken.headers = {{"X A", "one"}};
  CHECK(http.send(broken, {}).error().cause == Cause::config);
  broken.headers = {{"X-A", Secret::reference("token")}};
  CHECK(http.send(broken, {}).error().cause == Cause::internal);
  CHECK(http.send(get("http://user@127.0.0.1/"), {}).error().cause == Cause::config);
  CHECK(http.send(get("file:///etc/passwd"), {}).error().cause == Cause::config);
}

TEST_CASE("http: a unix socket stands in for the host") {
  const std::string path = "/tmp/deployctl-http-test-" + std::to_string(getpid()) + ".sock";
  LoopbackServer server(echo, path);
  CurlHttp http;
  HttpRequest request = get("http://localhost/info");
  request.unix_socket = path;
  const auto response = http.send(request, {});
  REQUIRE(response);
  CHECK(response->body == "/info");
}

TEST_CASE("http: many threads share one client") {
  LoopbackServer server(echo);
  CurlHttp http;
  std::atomic<int> good{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 20; ++i) {
          const std::string target = "/" + std::to_string(t) + "/" + std::to_string(i);
          const auto response = http.send(get(server.url(target)), {});
          good += response && response->body == target ? 1 : 0;
        }
      });
  }
  CHECK(good == 160);
  CHECK(server.connections() <= 16);
}
