// Against the registry that most people run: Debian's 2.8 of it, or the one that REGISTRY_SERVER names. What
// version 2.8 does otherwise than the specification, the client must live with.
#include <catch2/catch.hpp>

#include "registry/bench.hpp"
#include "registry/media_type.hpp"
#include "registry/must.hpp"
#include "registry/real_registry.hpp"

using namespace deployctl;
using namespace deployctl::registry;
using namespace deployctl::tests;

namespace {

std::vector<std::string> some_layers(unsigned count, std::size_t size = 40'000) {
  std::vector<std::string> layers;
  for (unsigned i = 0; i < count; ++i) layers.push_back(noise(size + i, i + 1));
  return layers;
}

} // namespace

TEST_CASE("docker-registry: what was pushed comes back byte for byte, with few requests") {
  const RealRegistry server({.relative_locations = GENERATE(false, true)});
  ClientBench bench;
  TextImage image;
  image.add_image(some_layers(4));
  const std::size_t blobs = 5;
  const Reference to = at(server, "team/app:1");
  const Copied pushed = must(push_image(bench.client, image, to, {}, {}));
  CHECK(pushed.sent == blobs);
  CHECK(bench.http.count() <= 3 * blobs + 1); // two for each blob and one for the manifest, and one look each
  CHECK(bench.http.count("POST") + bench.http.count("PUT") == 2 * blobs + 1);
  CHECK(bench.http.body_bytes() == pushed.bytes);

  bench.http.forget();
  const Copied again = must(push_image(bench.client, image, to, {}, {}));
  CHECK(again.unchanged);
  CHECK(bench.http.seen() == std::vector<std::string>{"HEAD /v2/team/app/manifests/1"});

  const Access access = pull_from(to.repository);
  const Manifest back = must(bench.client.manifest(access, "1", {}));
  CHECK(back.bytes == image.root()->bytes);
  for (const Descriptor& blob : back.blobs()) {
    CollectingSink sink;
    must(bench.client.read_blob(access, blob, sink, {}));
    CHECK((sink.text == image.bytes(blob.digest)));
  }
}

TEST_CASE("docker-registry: one changed layer sends that layer, the configuration and the manifest") {
  const RealRegistry server;
  ClientBench bench;
  TextImage first;
  std::vector<std::string> layers = some_layers(10);
  first.add_image(layers);
  must(push_image(bench.client, first, at(server, "team/app:live"), {}, {}));
  layers[3] = noise(50'000, 99);
  TextImage second;
  second.add_image(layers);
  bench.http.forget();
  const Copied copied = must(push_image(bench.client, second, at(server, "team/app:live"), {}, {}));
  CHECK(copied.sent == 2);
  CHECK(bench.http.count() <= 12);
  CHECK(bench.http.body_bytes() == copied.bytes);
}

TEST_CASE("docker-registry: a belief that is wrong heals itself") {
  const RealRegistry server;
  ClientBench bench;
  TextImage first;
  const std::vector<std::string> layers = some_layers(3);
  first.add_image(layers, "first");
  must(push_image(bench.client, first, at(server, "team/app:live"), {}, {}));
  server.lose_blob(Digest::of(layers[1]).encoded);
  TextImage second;
  second.add_image(layers, "second");
  const Copied copied = must(push_image(bench.client, second, at(server, "team/app:live"), {}, {}));
  CHECK(copied.sent == 2); // the new configuration and the layer that was lost
  CollectingSink sink;
  const auto lost = second.add_blob(layers[1], media_type::oci_layer_gzip);
  must(bench.client.read_blob(pull_from(at(server, "team/app").repository), lost, sink, {}));
}

TEST_CASE(
    "docker-registry: promotion within a registry moves no bytes and takes three requests more than blobs") {
  const RealRegistry server;
  ClientBench bench;
  TextImage image;
  image.add_image(some_layers(6));
  const std::size_t blobs = 7;
  const Copied pushed = must(push_image(bench.client, image, at(server, "staging/app:1"), {}, {}));
  Reference from = at(server, "staging/app");
  from.tag.clear();
  from.digest = pushed.digest;
  const Reference to = at(server, "production/app:1");
  bench.http.forget();
  const Copied promoted = must(promote_image(bench.client, from, to, {}, {}));
  CHECK(promoted.mounted == blobs);
  CHECK(promoted.sent == 0);
  CHECK(bench.http.count() == blobs + 3);
  CHECK(bench.http.body_bytes() == 0);
  CHECK(bench.http.count("GET /v2/staging/app/blobs") == 0);
  CHECK(must(bench.client.look(pull_from(to.repository), "1", {}))->digest == pushed.digest);

  bench.http.forget();
  CHECK(must(promote_image(bench.client, from, to, {}, {})).unchanged);
  CHECK(bench.http.count() == 1);
}

TEST_CASE("docker-registry: promotion to another registry streams, an index brings its images") {
  const RealRegistry staging;
  const RealRegistry production;
  ClientBench bench;
  TextImage image;
  Descriptor amd = image.add_image({noise(300'000, 1), noise(2'000'000, 2)}, "amd64");
  amd.platform = {.os = "linux", .architecture = "amd64"};
  Descriptor arm = image.add_image({noise(300'000, 1), noise(100'000, 3)}, "arm64");
  arm.platform = {.os = "linux", .architecture = "arm64"};
  image.add_index({amd, arm});
  const Copied pushed = must(push_image(bench.client, image, at(staging, "app:1"), {}, {}));
  CHECK(pushed.sent == 5);
  Reference from = at(staging, "app");
  from.digest = pushed.digest;
  const Copied promoted = must(promote_image(bench.client, from, at(production, "app:1"), {}, {}));
  CHECK(promoted.sent == 5);
  CHECK(promoted.digest == pushed.digest);
  const Access access = pull_from(at(production, "app").repository);
  CHECK(must(bench.client.manifest(access, "1", {})).bytes == image.root()->bytes);
  for (const Descriptor& child : {amd, arm})
    for (const Descriptor& blob : must(bench.client.manifest(access, child.digest.text(), {})).blobs()) {
      CollectingSink sink;
      must(bench.client.read_blob(access, blob, sink, {}));
      CHECK((sink.text == image.bytes(blob.digest)));
    }
}

TEST_CASE("docker-registry: a tag is put on a digest, and may be forbidden to move") {
  const RealRegistry server;
  ClientBench bench;
  TextImage one, two;
  one.add_image({noise(100, 1)});
  two.add_image({noise(100, 2)});
  const Copied first = must(push_image(bench.client, one, at(server, "team/app:1"), {}, {}));
  const Copied second = must(push_image(bench.client, two, at(server, "team/app:2"), {}, {}));
  bench.http.forget();
  CHECK(must(tag_image(bench.client, at(server, "team/app:1"), "live", {}, {})).digest == first.digest);
  CHECK(bench.http.count() == 4);
  const auto refused = tag_image(bench.client, at(server, "team/app:2"), "live", {.move_tag = false}, {});
  REQUIRE(!refused);
  CHECK(refused.error().cause == Cause::policy);
  CHECK(must(tag_image(bench.client, at(server, "team/app:2"), "live", {}, {})).digest == second.digest);
  CHECK(must(tag_image(bench.client, at(server, "team/app:2"), "live", {.move_tag = false}, {})).unchanged);
  std::vector<std::string> tags = must(bench.client.tags(pull_from(at(server, "team/app").repository), {}));
  std::ranges::sort(tags);
  CHECK(tags == std::vector<std::string>{"1", "2", "live"});
  CHECK(must(bench.client.tags(pull_from(at(server, "no/such").repository), {})).empty());
}

TEST_CASE("docker-registry: users are asked for once, and who has none is told") {
  const RealRegistry server({.users = true});
  TextImage image;
  image.add_image(some_layers(2));
  ClientBench known;
  known.credentials.given = user_and_password("deploy", "s3cret-pw");
  must(push_image(known.client, image, at(server, "team/app:1"), {.at_once = 1}, {}));
  CHECK(known.http.count("HEAD /v2/team/app/manifests/1") == 2); // the first was refused

  ClientBench unknown;
  const auto anonymous = unknown.client.look(pull_from(at(server, "team/app").repository), "1", {});
  REQUIRE(!anonymous);
  CHECK(anonymous.error().cause == Cause::auth);
  ClientBench wrong;
  wrong.credentials.given = user_and_password("deploy", "other");
  const auto refused = wrong.client.manifest(pull_from(at(server, "team/app").repository), "1", {});
  REQUIRE(!refused);
  CHECK(refused.error().cause == Cause::auth);
  CHECK(wrong.http.count() == 2);
  REQUIRE(refused.error().evidence.size() >= 1);
  CHECK(refused.error().evidence.back() == "asked as 'deploy' of the test");
}

TEST_CASE("docker-registry: over TLS") {
  const RealRegistry server({.users = true, .tls = true});
  TextImage image;
  image.add_image({noise(3'000'000, 1), noise(10, 2)});
  ClientBench bench(server.certificate());
  bench.credentials.given = user_and_password("deploy", "s3cret-pw");
  must(push_image(bench.client, image, at(server, "team/app:1"), {}, {}));
  const Access access = pull_from(at(server, "team/app").repository);
  for (const Descriptor& blob : must(bench.client.manifest(access, "1", {})).blobs()) {
    CollectingSink sink;
    must(bench.client.read_blob(access, blob, sink, {}));
    CHECK((sink.text == image.bytes(blob.digest)));
  }
}

TEST_CASE("docker-registry: what refers to an image is kept under the fallback tag, and comes along") {
  const RealRegistry server;
  ClientBench bench;
  TextImage image;
  image.add_image({noise(100, 1)});
  const Copied pushed = must(push_image(bench.client, image, at(server, "staging/app:1"), {}, {}));
  const Access access = push_to(at(server, "staging/app").repository);
  const TextImage note = note_about(image.root()->descriptor());
  must(push_image(bench.client, note, {.repository = access.repository}, {}, {}));
  const auto found = must(bench.client.referrers(access, pushed.digest, "", {}));
  REQUIRE(found.size() == 1);
  CHECK(found[0].digest == note.root()->digest);
  CHECK(found[0].artifact_type == "application/vnd.example.note+json");
  CHECK(must(bench.client.referrers(access, pushed.digest, "another/type", {})).empty());

  const Reference from{.repository = access.repository, .digest = pushed.digest};
  const Reference to = at(server, "production/app:1");
  CHECK(must(promote_image(bench.client, from, to, {.referrers = true}, {})).referrers == 1);
  CHECK(must(bench.client.referrers(pull_from(to.repository), pushed.digest, "", {})).size() == 1);
}

TEST_CASE("docker-registry: deleting, and what is not there") {
  const RealRegistry server;
  ClientBench bench;
  TextImage image;
  image.add_image({noise(100, 1)});
  const Reference to = at(server, "team/app:1");
  const Copied pushed = must(push_image(bench.client, image, to, {}, {}));
  Access access = push_to(to.repository);
  access.remove = true;
  const auto by_tag = bench.client.remove(access, "1", {});
  CHECK(by_tag.has_value() == server.deletes_tags());
  if (!by_tag) CHECK(by_tag.error().message.find("DIGEST_INVALID") != std::string::npos);
  CHECK(must(bench.client.look(access, "1", {})).has_value() != server.deletes_tags());
  CHECK(must(bench.client.look(access, pushed.digest.text(), {}))->digest == pushed.digest);
  must(bench.client.remove(access, pushed.digest.text(), {}));
  CHECK_FALSE(must(bench.client.look(access, "1", {})));
  const auto missing = bench.client.manifest(access, "1", {});
  REQUIRE(!missing);
  CHECK(missing.error().cause == Cause::image_missing);
}
