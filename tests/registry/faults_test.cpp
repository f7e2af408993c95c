// A registry that keeps to the specification, refuses, cuts connections and tells lies.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "registry/bench.hpp"
#include "registry/fault.hpp"
#include "registry/media_type.hpp"
#include "registry/must.hpp"
#include "registry/strict_registry.hpp"

using namespace deployctl;
using namespace deployctl::registry;
using namespace deployctl::tests;

namespace {

// Answers the nth request of that kind with `instead`, the first one being 0.
StrictRegistry::Rule nth(std::string method, std::string part, std::vector<int> which, Reply instead) {
  return [=, seen = std::make_shared<std::atomic<int>>(0)](const Received& received) -> std::optional<Reply> {
    if (received.method != method || received.target.find(part) == std::string::npos) return std::nullopt;
    const int now = (*seen)++;
    return std::ranges::find(which, now) == which.end() ? std::nullopt : std::optional(instead);
  };
}

const Reply cut{.way = Reply::Way::hang_up};

TextImage image_of(std::size_t layers) {
  TextImage image;
  std::vector<std::string> bytes;
  for (std::size_t i = 0; i < layers; ++i) bytes.push_back(noise(30'000, static_cast<unsigned>(i + 1)));
  image.add_image(bytes);
  return image;
}

} // namespace

TEST_CASE("tokens: eight workers fetch one for a push, and the second push needs none") {
  StrictRegistry server(true);
  ClientBench bench;
  bench.credentials.given = user_and_password("deploy", "pw");
  const TextImage image = image_of(12);
  must(push_image(bench.client, image, at(server, "team/app:1"), {}, {}));
  REQUIRE(server.token_log.size() == 1);
  CHECK(server.token_log[0] ==
        "/token?service=strict&scope=repository:team/app:pull,push&client_id=deployctl&account=deploy");
  CHECK(bench.http.count() <= 3 * 13 + 1 + 2); // a refusal and a token more than without
  bench.http.forget();
  CHECK(must(push_image(bench.client, image, at(server, "team/app:1"), {}, {})).unchanged);
  CHECK(bench.http.count() == 1);
  ClientBench fresh;
  CHECK(must(push_image(fresh.client, image, at(server, "team/app:1"), {}, {})).unchanged);
  CHECK(fresh.http.count() == 3); // refused, token, answer
}

TEST_CASE("tokens: a promotion within one host asks once, for both repositories") {
  StrictRegistry server(true);
  ClientBench first;
  const Copied pushed = must(push_image(first.client, image_of(5), at(server, "staging/app:1"), {}, {}));
  ClientBench bench;
  Reference from = at(server, "staging/app");
  from.digest = pushed.digest;
  CHECK(must(promote_image(bench.client, from, at(server, "production/app:1"), {}, {})).mounted == 6);
  REQUIRE(server.token_log.size() == 2);
  CHECK(server.token_log[1].find(
            "scope=repository:production/app:pull,push&scope=repository:staging/app:pull") !=
        std::string::npos);
  CHECK(bench.http.count() == 6 + 3 + 2);
  CHECK(bench.http.body_bytes() == 0);
}

TEST_CASE("tokens: an identity token is exchanged, by the older way where the new one is unknown") {
  StrictRegistry server(true);
  const bool known = GENERATE(true, false);
  server.rule = [&](const Received& received) -> std::optional<Reply> {
    if (received.method != "POST" || received.target != "/token") return std::nullopt;
    if (!known) return Reply{.status = 404};
    CHECK(received.body.find("grant_type=refresh_token&refresh_token=identity&service=strict") == 0);
    return Reply{.body = R"({"access_token":")" + std::string("cmVwb3NpdG9yeTphOnB1bGwg") + "\"}"};
  };
  ClientBench bench;
  bench.credentials.given.identity_token = Secret::reference("t").resolved_with("identity");
  CHECK_FALSE(must(bench.client.look(pull_from(at(server, "a").repository), "1", {})).has_value() == true);
  CHECK(server.count("POST", "/token") == 1);
}

TEST_CASE("tokens: a realm on another machine of a private network is not gone to") {
  StrictRegistry server;
  for (const char* realm :
       {"http://10.0.0.1/token", "http://[fd00::1]/token", "http://169.254.169.254/token"}) {
    server.rule = [realm](const Received&) {
      return Reply{.status = 401,
                   .headers = {{"WWW-Authenticate", std::string("Bearer realm=\"") + realm + "\""}}};
    };
    ClientBench bench;
    const auto refused = bench.client.look(pull_from(at(server, "a").repository), "1", {});
    REQUIRE(!refused);
    CHECK(refused.error().cause == Cause::policy);
  }
  CHECK_FALSE(check_detour(*net::parse_url("https://r.example/"), *net::parse_url("http://auth.example/")));
  CHECK(check_detour(*net::parse_url("https://r.example/"), *net::parse_url("https://auth.example/")));
}

TEST_CASE("faults: a connection that is cut while a blob is sent costs that blob again, and nothing else") {
  StrictRegistry server;
  server.rule = nth("PUT", "/blobs/uploads/", {0, 1, 2}, cut);
  ClientBench bench;
  const TextImage image = image_of(1);
  must(push_image(bench.client, image, at(server, "a:1"), {.at_once = 1}, {}));
  CHECK(server.tagged("a", "1") == image.root()->bytes);
  CHECK(server.count("PUT", "/manifests/") == 1);
}

TEST_CASE("faults: an answer that was lost on its way back is found out, for blobs and for manifests") {
  StrictRegistry server;
  std::atomic<int> lost = 0;
  server.bend = [&](const Received& received, Reply& reply) {
    if (received.method == "PUT" && lost++ % 2 == 0) reply.way = Reply::Way::hang_up;
  };
  ClientBench bench;
  const TextImage image = image_of(1);
  const Copied copied = must(push_image(bench.client, image, at(server, "a:1"), {.at_once = 1}, {}));
  CHECK(server.tagged("a", "1") == image.root()->bytes);
  CHECK(server.count("PUT", "/blobs/uploads/") == copied.sent); // none was sent twice
}

TEST_CASE("faults: an upload goes on where the registry says that it stopped") {
  StrictRegistry server;
  const std::string bytes = noise(300'000, 1);
  TextImage image;
  const Descriptor blob = image.add_blob(bytes, media_type::oci_layer);
  // Takes two thirds of it, as if the connection had broken there.
  std::atomic<bool> broken = false;
  server.rule = [&](const Received& received) -> std::optional<Reply> {
    if (received.method == "PUT" && !broken.exchange(true)) return cut;
    if (received.method == "GET" && received.target.find("/blobs/uploads/") != std::string::npos)
      return Reply{.status = 204, .headers = {{"Range", "0-199999"}, {"Location", received.target}}};
    if (received.method == "PUT") {
      CHECK(received.headers.at("content-range") == "200000-299999");
      CHECK((received.body == bytes.substr(200'000)));
      return Reply{.status = 201};
    }
    return std::nullopt;
  };
  ClientBench bench;
  TextBody body(bytes);
  REQUIRE(bench.client.push_blob(push_to(at(server, "a").repository), blob, body, "", {}));
  CHECK(server.count("POST", "/blobs/uploads/") == 1);
}

TEST_CASE("faults: a registry that takes no large bodies gets parts, and is asked for it once") {
  StrictRegistry server;
  server.rule = [](const Received& received) -> std::optional<Reply> {
    if (received.body.size() <= 100'000) return std::nullopt;
    return Reply{.status = 413};
  };
  ClientBench bench;
  TextImage image;
  image.add_image({noise(400'001, 1), noise(300'000, 2)});
  must(push_image(bench.client, image, at(server, "a:1"), {.at_once = 1}, {}));
  CHECK(server.tagged("a", "1") == image.root()->bytes);
  const auto requests = server.requests();
  CHECK(std::ranges::count_if(requests, [](const Received& r) { return r.body.size() > 100'000; }) <= 3);
}

TEST_CASE("faults: 429 and Retry-After hold for every verb, and for all workers") {
  StrictRegistry server;
  server.rule = nth("PUT", "/manifests/", {0}, {.status = 429, .headers = {{"Retry-After", "7"}}});
  ClientBench bench;
  must(push_image(bench.client, image_of(1), at(server, "a:1"), {}, {}));
  CHECK(bench.waits >= 1);
  CHECK(bench.waited_ms >= 6'000);

  server.rule = nth("HEAD", "/manifests/", {0}, {.status = 429, .headers = {{"Retry-After", "100000"}}});
  ClientBench patient;
  const auto too_long = patient.client.look(pull_from(at(server, "b").repository), "1", {});
  // A HEAD that was refused is explained by a GET; that one is answered.
  CHECK(too_long);
  CHECK(patient.waited_ms < 60'000);
}

TEST_CASE("faults: what may pass is tried again, what will not is said at once") {
  StrictRegistry server;
  const int passing = GENERATE(500, 502, 503, 504, 408, 499, 520);
  server.rule = nth("GET", "/manifests/", {0, 1, 2}, {.status = passing, .body = "<html>bad</html>"});
  ClientBench bench;
  const auto missing = bench.client.find_manifest(pull_from(at(server, "a").repository), "1", {});
  CHECK(must(missing) == std::nullopt);
  CHECK(server.count("GET", "/manifests/") == 4);
  for (const int lasting : {400, 403, 405}) {
    server.rule = [lasting](const Received&) { return Reply{.status = lasting}; };
    ClientBench other;
    CHECK_FALSE(other.client.find_manifest(pull_from(at(server, "a").repository), "1", {}));
    CHECK(other.http.count() == 1);
  }
}

TEST_CASE("faults: a mount that is refused becomes an upload, and one that opens an upload uses it") {
  StrictRegistry server;
  ClientBench bench;
  const Copied pushed = must(push_image(bench.client, image_of(1), at(server, "staging/app:1"), {}, {}));
  const int status = GENERATE(202, 401, 403, 404, 405);
  server.rule = [&](const Received& received) -> std::optional<Reply> {
    if (received.target.find("mount=") == std::string::npos || status == 202) return std::nullopt;
    return Reply{.status = status};
  };
  Reference from = at(server, "staging/app");
  from.digest = pushed.digest;
  if (status == 202) { // the blob is gone between the look and the mount
    server.rule = [&](const Received& received) -> std::optional<Reply> {
      const auto mount = received.target.find("?mount=");
      if (mount == std::string::npos) return std::nullopt;
      return Reply{.status = 202,
                   .headers = {{"Location", "/v2/production/app/blobs/uploads/none?_state=x"}}};
    };
  }
  const auto promoted = promote_image(bench.client, from, at(server, "production/app:1"), {.at_once = 1}, {});
  CHECK(must(promoted).sent == 2);
  CHECK(server.tagged("production/app", "1") == server.tagged("staging/app", "1"));
}

TEST_CASE("faults: wrong bytes are never passed on as right ones") {
  StrictRegistry server;
  ClientBench bench;
  TextImage image;
  const std::string layer = noise(50'000, 1);
  image.add_image({layer});
  must(push_image(bench.client, image, at(server, "a:1"), {}, {}));
  const Access access = pull_from(at(server, "a").repository);
  const Descriptor blob = image.root()->layers[0];
  const auto read = [&] {
    CollectingSink sink;
    return bench.client.read_blob(access, blob, sink, {});
  };
  server.bend = [](const Received& received, Reply& reply) {
    if (received.method == "GET") reply.body[reply.body.size() / 2] ^= 1;
  };
  CHECK(read().error().cause == Cause::conflict);
  CHECK_FALSE(bench.client.manifest(access, "1", {}));
  server.bend = [](const Received& received, Reply& reply) {
    if (received.method == "GET") reply.body += "more";
  };
  CHECK(read().error().cause == Cause::conflict);
  server.bend = [](const Received& received, Reply& reply) {
    for (auto& [name, value] : reply.headers)
      if (received.method != "PUT" && name == "Docker-Content-Digest") value = Digest::of("other").text();
  };
  CHECK(bench.client.manifest(access, "1", {}).error().cause == Cause::conflict);
  std::atomic<int> cuts = 0;
  server.bend = [&](const Received& received, Reply& reply) {
    if (received.method == "GET" && cuts++ < 3) reply.way = Reply::Way::cut_body;
  };
  CHECK(read()); // goes on from where it was cut
  CHECK(cuts == 4);
}

TEST_CASE("faults: a blob that is elsewhere is fetched there, without our credentials") {
  StrictRegistry server(true);
  ClientBench bench;
  TextImage image;
  const std::string layer = noise(50'000, 1);
  image.add_image({layer});
  must(push_image(bench.client, image, at(server, "a:1"), {}, {}));
  LoopbackServer store([&](const Received& received) {
    return received.headers.contains("authorization") ? Reply{.status = 400} : Reply{.body = layer};
  });
  server.rule = [&](const Received& received) -> std::optional<Reply> {
    if (received.method != "GET" || received.target.find("/blobs/") == std::string::npos) return std::nullopt;
    return Reply{.status = 307, .headers = {{"Location", store.url("/signed?key=s3cret")}}};
  };
  CollectingSink sink;
  REQUIRE(bench.client.read_blob(pull_from(at(server, "a").repository), image.root()->layers[0], sink, {}));
  CHECK((sink.text == layer));
  server.rule = [&](const Received& received) -> std::optional<Reply> {
    return Reply{.status = 307, .headers = {{"Location", received.target}}};
  };
  const auto circle =
      bench.client.read_blob(pull_from(at(server, "a").repository), image.root()->layers[0], sink, {});
  REQUIRE(!circle);
  CHECK(circle.error().message.find("circles") != std::string::npos);
}

TEST_CASE("lists: pages are followed as the registry links them, and circles end") {
  StrictRegistry server;
  server.page = 7;
  ClientBench bench;
  const TextImage image = image_of(1);
  std::vector<std::string> wanted;
  for (int i = 0; i < 40; ++i) {
    wanted.push_back("v" + std::to_string(100 + i));
    must(push_image(bench.client, image, at(server, "a:" + wanted.back()), {}, {}));
  }
  bench.http.forget();
  CHECK(must(bench.client.tags(pull_from(at(server, "a").repository), {})) == wanted);
  CHECK(bench.http.count() == 6);
  server.rule = [](const Received& received) {
    return Reply{.headers = {{"Link", "<" + received.target + ">; rel=next"}}, .body = R"({"tags":null})"};
  };
  CHECK_FALSE(bench.client.tags(pull_from(at(server, "a").repository), {}));
}

TEST_CASE("lists: referrers come from the registry's own list where it has one") {
  StrictRegistry server;
  server.referrers = GENERATE(true, false);
  ClientBench bench;
  TextImage image = image_of(1);
  const Copied pushed = must(push_image(bench.client, image, at(server, "a:1"), {}, {}));
  TextImage note;
  const Descriptor config = note.add_blob("{}", "application/vnd.example.note+json");
  note.add(parse_manifest(
               R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":)" +
               to_json(to_value(config), JsonMode::plain) + R"(,"layers":[],"subject":)" +
               to_json(to_value(image.root()->descriptor()), JsonMode::plain) + "}")
               .value());
  must(push_image(bench.client, note, {.repository = at(server, "a").repository}, {}, {}));
  CHECK(must(bench.client.referrers(pull_from(at(server, "a").repository), pushed.digest, "", {})).size() ==
        1);
  const std::string fallback = server.tagged("a", fallback_tag(pushed.digest));
  CHECK((fallback == "(none)") == server.referrers);
}

TEST_CASE("tags that never move: the same digest is success, another one an error of its own kind") {
  StrictRegistry server;
  ClientBench bench;
  const TextImage image = image_of(1);
  must(push_image(bench.client, image, at(server, "a:1"), {}, {}));
  server.rule = [](const Received& received) -> std::optional<Reply> {
    if (received.method != "PUT" || !received.target.ends_with("/manifests/1")) return std::nullopt;
    return Reply{.status = 400,
                 .body = R"({"errors":[{"code":"TAG_INVALID","message":"tag is immutable"}]})"};
  };
  CHECK(must(push_image(bench.client, image, at(server, "a:1"), {}, {})).unchanged);
  const auto moved = push_image(bench.client, image_of(2), at(server, "a:1"), {}, {});
  REQUIRE(!moved);
  CHECK(moved.error().cause == Cause::policy);
}
