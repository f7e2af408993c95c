#include <catch2/catch.hpp>

#include "docker/fault.hpp"
#include "docker/pull_progress.hpp"

using namespace deployctl;
using namespace deployctl::docker;

namespace {

Error refused(int status, const std::string& message) {
  const HttpRequest request{.method = "POST", .url = "http://docker/v1.41/containers/web/start?x=1"};
  return error_of(request, {.status = status, .body = "{\"message\":\"" + message + "\"}"});
}

class Told final : public LineSink {
public:
  void line(Stream, std::string_view) override {}
  void progress(const TransferProgress& progress) override {
    last = std::string(progress.what) + " " + std::to_string(progress.done) + " of " +
           std::to_string(progress.total);
  }
  std::string last;
};

} // namespace

TEST_CASE("engine faults: the words tell the cause where they are known, else the status") {
  CHECK(refused(500, "driver failed: Bind for 0.0.0.0:80 failed: port is already allocated").cause ==
        Cause::conflict);
  CHECK(refused(500, "write /var/lib/docker/x: no space left on device").cause == Cause::capacity);
  CHECK(refused(404, "manifest unknown: manifest unknown").cause == Cause::image_missing);
  CHECK(refused(500, "Get https://r/v2/: unauthorized: authentication required").cause == Cause::auth);
  CHECK(refused(400, "exec: \\\"nope\\\": executable file not found in $PATH: unknown").cause ==
        Cause::not_found);
  CHECK(refused(404, "no matching manifest for linux/arm64 in the manifest list entries").cause ==
        Cause::image_arch);
  CHECK(refused(409, "something").cause == Cause::conflict);
  CHECK(refused(500, "something").cause == Cause::command_failed);
  CHECK_FALSE(refused(500, "something").retryable);
  CHECK(refused(500, "dial tcp: connection refused").retryable);
}

TEST_CASE("engine faults: the message names the call, the status and the engine's words on one line") {
  CHECK(refused(500, "first\\nsecond.").message == "POST /containers/web/start: 500 first second");
  CHECK(error_of({.method = "GET", .url = "http://docker/version"}, {.status = 502, .body = "<html>"})
            .message == "GET /version: 502 <html>");
}

TEST_CASE("a pull: progress is summed over layers, and the error it ends with is the pull's") {
  Told told;
  PullProgress progress(&told);
  const std::string stream =
      "{\"status\":\"Pulling from app\",\"id\":\"latest\"}\r\n"
      R"({"status":"Downloading","progressDetail":{"current":10,"total":100},"id":"a"})"
      "\r\n"
      R"({"status":"Downloading","progressDetail":{"current":5,"total":50},"id":"b"})"
      "\r\n"
      R"({"errorDetail":{"message":"x"},"error":"unauthorized: authentication required"})"
      "\r\n";
  for (const char& byte : stream) REQUIRE(progress.take(std::string_view(&byte, 1)));
  CHECK(told.last == "pull 15 of 150");
  const Status ended = progress.finish();
  REQUIRE(!ended);
  CHECK(ended.error().cause == Cause::auth);
  CHECK(ended.error().message == "unauthorized: authentication required");
}

TEST_CASE("a pull: one without an error is done, whatever else it said") {
  PullProgress progress(nullptr);
  REQUIRE(progress.take("not json\n{\"status\":\"Downloading\",\"progressDetail\":{},\"id\":\"a\"}"));
  CHECK(progress.finish());
}
