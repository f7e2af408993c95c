// What registries do that clients get wrong; the table of docs/registry.md has the other cases.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "registry/bench.hpp"
#include "registry/media_type.hpp"
#include "registry/must.hpp"
#include "registry/strict_registry.hpp"

using namespace deployctl;
using namespace deployctl::registry;
using namespace deployctl::tests;

namespace {

TextImage one_layer(unsigned seed) {
  TextImage image;
  image.add_image({noise(30'000, seed)});
  return image;
}

Manifest note_about(const TextImage& image, StrictRegistry& server, const std::string& text) {
  server.keep_blob("a", text);
  const Descriptor config{
      .media_type = "application/vnd.example.note+json", .digest = Digest::of(text), .size = text.size()};
  const Value document = Value::Map{{"schemaVersion", 2},
                                    {"mediaType", media_type::oci_manifest},
                                    {"config", to_value(config)},
                                    {"layers", Value::List{}},
                                    {"subject", to_value(image.root()->descriptor())}};
  return parse_manifest(to_json(document, JsonMode::plain)).value();
}

} // namespace

TEST_CASE("case 2: an upload may be sent to another port, and its address is kept byte for byte") {
  StrictRegistry server;
  const std::string bytes = noise(30'000, 1);
  const std::string query = "?state=%2F+a==&digest-of=x%3Ay&digest_like=1";
  LoopbackServer other(
      [&](const Received& received) { return Reply{.status = received.body == bytes ? 201 : 400}; });
  server.rule = [&](const Received& received) -> std::optional<Reply> {
    if (received.method != "POST") return std::nullopt;
    return Reply{.status = 202, .headers = {{"Location", other.url("/upload/1" + query)}}};
  };
  ClientBench bench;
  TextBody body(bytes);
  const Descriptor blob{.digest = Digest::of(bytes), .size = bytes.size()};
  REQUIRE(bench.client.push_blob(push_to(at(server, "a").repository), blob, body, "", {}));
  CHECK(other.requests().back().target == "/upload/1" + query + "&digest=sha256%3A" + blob.digest.encoded);
}

TEST_CASE(
    "case 5: a registry that says it has more than was sent, or next to nothing, gets all of it again") {
  StrictRegistry server;
  const std::string range = GENERATE(as<std::string>{}, "0-0", "0-9999999", "bytes=5-4", "none");
  std::atomic<bool> broken = false;
  server.rule = [&](const Received& received) -> std::optional<Reply> {
    const bool uploads = received.target.find("/blobs/uploads/") != std::string::npos;
    if (received.method == "PUT" && uploads && !broken.exchange(true))
      return Reply{.way = Reply::Way::hang_up};
    if (received.method == "GET" && uploads)
      return Reply{.status = 204, .headers = {{"Range", range}, {"Location", received.target}}};
    return std::nullopt;
  };
  ClientBench bench;
  const TextImage image = one_layer(1);
  must(push_image(bench.client, image, at(server, "a:1"), {.at_once = 1}, {}));
  CHECK((server.blob_bytes("a", image.root()->layers[0].digest.text()) == noise(30'000, 1)));
}

TEST_CASE("case 9: an address that expired is asked for anew") {
  StrictRegistry server;
  ClientBench bench;
  const TextImage image = one_layer(1);
  must(push_image(bench.client, image, at(server, "a:1"), {}, {}));
  std::atomic<int> fetched = 0;
  LoopbackServer store([&](const Received&) {
    return fetched++ == 0 ? Reply{.status = 403, .body = "expired"} : Reply{.body = noise(30'000, 1)};
  });
  server.rule = [&](const Received& received) -> std::optional<Reply> {
    if (received.method != "GET" || received.target.find("/blobs/") == std::string::npos) return std::nullopt;
    return Reply{.status = 307, .headers = {{"Location", store.url("/signed")}}};
  };
  CollectingSink sink;
  REQUIRE(bench.client.read_blob(pull_from(at(server, "a").repository), image.root()->layers[0], sink, {}));
  CHECK((sink.text == noise(30'000, 1)));
  CHECK(server.count("GET", "/blobs/") == 2);
}

TEST_CASE("case 13: a blob that stays lost is an error, and the tag keeps its meaning") {
  StrictRegistry server;
  ClientBench bench;
  const TextImage before = one_layer(1);
  must(push_image(bench.client, before, at(server, "a:1"), {}, {}));
  const TextImage image = one_layer(2);
  server.rule = [&](const Received& received) -> std::optional<Reply> {
    if (received.method != "PUT" || !received.target.ends_with("/manifests/1")) return std::nullopt;
    return Reply{.status = 404, .body = R"({"errors":[{"code":"MANIFEST_BLOB_UNKNOWN"}]})"};
  };
  const auto pushed = push_image(bench.client, image, at(server, "a:1"), {}, {});
  REQUIRE(!pushed);
  CHECK(pushed.error().cause == Cause::image_missing);
  CHECK(server.tagged("a", "1") == before.root()->bytes);
  CHECK(server.count("PUT", "/manifests/1") <= 3);
}

TEST_CASE("case 16: an entry that another writer of the list took away is put again, beside the other's") {
  StrictRegistry server;
  server.referrers = false;
  ClientBench bench;
  const TextImage image = one_layer(1);
  const Access access = push_to(at(server, "a").repository);
  must(push_image(bench.client, image, at(server, "a:1"), {}, {}));
  const Manifest first = note_about(image, server, "first"), second = note_about(image, server, "second");
  const std::string list = fallback_tag(image.root()->digest);
  const Manifest of_other = make_index({second.descriptor()}).value();
  std::atomic<bool> done = false;
  server.bend = [&](const Received& received, Reply&) { // behind the first writing, once
    if (received.method == "PUT" && received.target.ends_with(list) && !done.exchange(true))
      server.keep_image("a", list, of_other);
  };
  REQUIRE(bench.client.put_manifest(access, first, "", {}));
  const auto found = must(bench.client.referrers(access, image.root()->digest, "", {}));
  REQUIRE(found.size() == 2);
  CHECK(found[0].digest == second.digest);
  CHECK(found[1].digest == first.digest);
}

TEST_CASE("case 17: five thousand tags come in pages, each once") {
  StrictRegistry server;
  const TextImage image = one_layer(1);
  std::vector<std::string> wanted;
  for (int i = 0; i < 5'000; ++i) {
    wanted.push_back("v1." + std::to_string(10'000 + i));
    server.keep_image("a", wanted.back(), *image.root());
  }
  ClientBench bench;
  CHECK((must(bench.client.tags(pull_from(at(server, "a").repository), {})) == wanted));
  CHECK(bench.http.count() == 50);
  CHECK(must(bench.client.tags(pull_from(at(server, "nothing").repository), {})).empty());
}

TEST_CASE("case 19: a tag goes alone, and a registry that deletes none says so") {
  StrictRegistry server;
  ClientBench bench;
  const TextImage image = one_layer(1);
  for (const char* tag : {"a:1", "a:2"}) must(push_image(bench.client, image, at(server, tag), {}, {}));
  Access access = push_to(at(server, "a").repository);
  access.remove = true;
  REQUIRE(bench.client.remove(access, "1", {}));
  CHECK(server.tagged("a", "1") == "(none)");
  CHECK(server.tagged("a", "2") == image.root()->bytes);
  const int status = GENERATE(400, 405);
  server.rule = [&](const Received&) { return Reply{.status = status, .body = R"({"errors":null})"}; };
  const Status refused = bench.client.remove(access, "2", {});
  REQUIRE(!refused);
  CHECK(refused.error().message.find(std::to_string(status)) != std::string::npos);
}

TEST_CASE("case 20: two hundred blobs need no more connections at once than are allowed") {
  StrictRegistry server;
  std::atomic<int> now = 0, most = 0;
  server.rule = [&](const Received&) -> std::optional<Reply> {
    const int here = ++now;
    int seen = most;
    while (here > seen && !most.compare_exchange_weak(seen, here)) {
    }
    return std::nullopt;
  };
  server.bend = [&](const Received&, Reply&) { --now; };
  ClientBench bench;
  TextImage image;
  std::vector<std::string> layers;
  for (unsigned i = 0; i < 199; ++i) layers.push_back(noise(64, i));
  image.add_image(layers);
  const Copied copied = must(push_image(bench.client, image, at(server, "a:1"), {}, {}));
  CHECK(copied.sent == 200);
  CHECK(server.tagged("a", "1") == image.root()->bytes);
  CHECK(most <= 8);
}
