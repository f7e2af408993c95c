// What a plan says of an image that is not on the host yet: whether the registry has it, gives it to us, and
// for which machines.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include <deployctl/host_state.hpp>

#include "base/encode.hpp"
#include "providers/container_bench.hpp"

using namespace deployctl;
using tests::ContainerBench;
using tests::Received;
using tests::Reply;
using tests::StrictEngine;

namespace {

const std::string wanted_image = "registry.example.com/app@sha256:" + std::string(64, 'b');

struct Outlook {
  std::vector<std::string> blocked() {
    const auto seen = bench.observe(ask);
    if (!seen) FAIL(seen.error().message);
    return state_in(seen->facts).blocked;
  }
  std::size_t questions() { return bench.server().count("GET", "/distribution/"); }

  ContainerBench bench{"docker.service"};
  Ask ask = bench.ask({{"image", wanted_image}, {"name", "api"}, {"command", Value::List{"sleep"}}});
};

} // namespace

TEST_CASE("docker image outlook: one that the registry has for this machine is in nobody's way") {
  Outlook outlook;
  outlook.bench.server().offer(wanted_image);
  CHECK(outlook.blocked().empty());
  CHECK(outlook.questions() == 1);
  CHECK(outlook.bench.server().count("POST", "") == 0);
}

TEST_CASE("docker image outlook: one for other machines blocks the host in the plan, and names both") {
  Outlook outlook;
  outlook.bench.server().offer(wanted_image, "arm64");
  CHECK(outlook.blocked() ==
        std::vector<std::string>{"its image is for linux/arm64, and this machine is "
                                 "linux/amd64; where it is emulated, pull it there first"});
}

TEST_CASE("docker image outlook: one for an older machine of the same kind runs") {
  Outlook outlook;
  outlook.bench.server().offer(wanted_image, "386");
  CHECK(outlook.blocked().empty());
}

TEST_CASE("docker image outlook: a registry that does not say for which machines is believed") {
  Outlook outlook;
  outlook.bench.server().offer(wanted_image, "");
  CHECK(outlook.blocked().empty());
}

TEST_CASE("docker image outlook: one that the registry has not got blocks the host") {
  Outlook outlook;
  const std::vector<std::string> blocked = outlook.blocked();
  REQUIRE(blocked.size() == 1);
  CHECK(blocked.front().starts_with("its image cannot be pulled: GET /distribution/"));
  CHECK(blocked.front().ends_with("manifest unknown: manifest unknown"));
}

TEST_CASE("docker image outlook: a login that is refused is told as such") {
  Outlook outlook;
  outlook.bench.server().rule = [](const Received& received) -> std::optional<Reply> {
    if (received.target.find("/distribution/") == std::string::npos) return std::nullopt;
    return Reply{.status = 401, .body = R"({"message":"unauthorized: authentication required"})"};
  };
  const auto refused = outlook.bench.observe(outlook.ask);
  REQUIRE(!refused);
  CHECK(refused.error().cause == Cause::auth);
  REQUIRE(!refused.error().frames.empty());
  CHECK(refused.error().frames.front() == "while looking whether '" + wanted_image + "' can be pulled");
}

TEST_CASE("docker image outlook: an engine that does not take the question stops nobody") {
  const Reply unknown_call{.status = 404, .body = R"({"message":"page not found"})"};
  const Reply forbidden_call{.status = 403, .body = "403 Forbidden"};
  for (const Reply& answer : {unknown_call, forbidden_call}) {
    Outlook outlook;
    outlook.bench.server().rule = [&](const Received& received) -> std::optional<Reply> {
      if (received.target.find("/distribution/") == std::string::npos) return std::nullopt;
      return answer;
    };
    CHECK(outlook.blocked().empty());
    CHECK(outlook.questions() == 1);
  }
}

TEST_CASE("docker image outlook: nobody is asked for what is there, and nothing at all when it is live") {
  Outlook outlook;
  outlook.bench.server().offer(wanted_image);
  REQUIRE(outlook.bench.deploy(outlook.ask));
  const std::size_t asked = outlook.questions();
  const std::size_t looks = outlook.bench.server().count("GET", "/images/");
  CHECK(outlook.blocked().empty());
  CHECK(outlook.bench.server().count("GET", "/images/") == looks);
  outlook.bench.server().forget(outlook.bench.server().names().front());
  CHECK(outlook.blocked().empty());
  CHECK(outlook.bench.server().count("GET", "/images/") == looks + 1);
  CHECK(outlook.questions() == asked);
}
