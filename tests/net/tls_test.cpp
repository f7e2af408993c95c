// Trust is the part of HTTP that must not be tested with a stand-in: a real TLS server (openssl s_server),
// with a certificate made for this test.
#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/system_clock.hpp"
#include "net/http.hpp"
#include "os/environment.hpp"
#include "os/processes.hpp"
#include "os/tree.hpp"

using namespace deployctl;
using namespace deployctl::net;

namespace {

class TlsServer final : public LineSink {
public:
  explicit TlsServer(std::vector<std::string> options = {}) {
    run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=deployctl test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out",
         "cert.pem"});
    std::vector<std::string> argv = {"openssl", "s_server", "-accept",  "127.0.0.1:0", "-key",
                                     "key.pem", "-cert",    "cert.pem", "-www"};
    argv.insert(argv.end(), options.begin(), options.end());
    server_ = std::jthread([this, argv](const std::stop_token& stop) {
      const auto ended = processes_.run({.argv = argv, .inherit = {"PATH"}, .output = this}, stop);
      line(Stream::err, "ACCEPT :0"); // whoever still waits for the port
      static_cast<void>(ended);
    });
    std::unique_lock lock(mutex_);
    REQUIRE(known_.wait_for(lock, std::chrono::seconds(30), [&] { return !port_.empty(); }));
    REQUIRE(port_ != "0");
  }

  void line(Stream, std::string_view text) override {
    if (!text.starts_with("ACCEPT")) return;
    const std::scoped_lock lock(mutex_);
    if (port_.empty()) port_ = text.substr(text.rfind(':') + 1);
    known_.notify_all();
  }

  [[nodiscard]] HttpRequest request(const std::string& host, bool trusted) const {
    return {.url = "https://" + host + ":" + port_ + "/",
            .timeout = Milliseconds(10'000),
            .ca_file = trusted ? directory_.path() + "/cert.pem" : ""};
  }

private:
  void run(std::vector<std::string> argv) {
    const auto made = processes_.run({.argv = std::move(argv), .inherit = {"PATH"}}, {});
    REQUIRE(made);
    REQUIRE(made->exit_code == 0);
  }

  os::TemporaryDirectory directory_ = os::TemporaryDirectory::create("/tmp", "deployctl-tls-").value();
  SystemClock clock_;
  os::LocalProcesses processes_{clock_, directory_.path(), os::read_environment()};
  std::mutex mutex_; // guards port_
  std::condition_variable known_;
  std::string port_;
  std::jthread server_; // last: it uses the rest
};

} // namespace

TEST_CASE("tls: a server is believed when its certificate is trusted and names the host, and only then") {
  TlsServer server;
  CurlHttp http;
  const auto unknown = http.send(server.request("127.0.0.1", false), {});
  REQUIRE(!unknown);
  CHECK(unknown.error().cause == Cause::tls);
  CHECK_FALSE(unknown.error().retryable);
  const auto trusted = http.send(server.request("127.0.0.1", true), {});
  REQUIRE(trusted);
  CHECK(trusted->status == 200);
  const auto other_name = http.send(server.request("localhost", true), {});
  REQUIRE(!other_name);
  CHECK(other_name.error().cause == Cause::tls);
  // Trust given to one request is not left behind for the next one.
  CHECK_FALSE(http.send(server.request("127.0.0.1", false), {}));
}

TEST_CASE("tls: a server that speaks nothing newer than TLS 1.1 is refused") {
  TlsServer server({"-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"});
  CurlHttp http;
  const auto response = http.send(server.request("127.0.0.1", true), {});
  REQUIRE(!response);
  CHECK(response.error().cause == Cause::tls);
}
