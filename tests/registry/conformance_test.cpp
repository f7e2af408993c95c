// The four categories of the OCI distribution specification from the client's side: every request of it that
// we send, to a registry that keeps to it and to a real one. docs/registry.md lists them.
#include <catch2/catch.hpp>

#include "registry/bench.hpp"
#include "registry/media_type.hpp"
#include "registry/must.hpp"
#include "registry/real_registry.hpp"
#include "registry/strict_registry.hpp"

using namespace deployctl;
using namespace deployctl::registry;
using namespace deployctl::tests;

namespace {

TextImage small_image(unsigned seed = 1) {
  TextImage image;
  image.add_image({noise(30'000, seed), noise(5, seed + 1)});
  return image;
}

// Of no registry.
const Digest nobodys = Digest::of("nobody has this");

bool deletes_tags(const StrictRegistry&) {
  return true;
}

bool deletes_tags(const RealRegistry& server) {
  return server.deletes_tags();
}

std::size_t tags_in_page(StrictRegistry& server) {
  return server.page = 2;
}

std::size_t tags_in_page(const RealRegistry&) {
  return 100;
}

} // namespace

TEMPLATE_TEST_CASE(
    "oci pull: manifests by tag and digest, blobs whole and from the middle, and what is not there", "",
    StrictRegistry, RealRegistry) {
  TestType server;
  ClientBench bench;
  const TextImage image = small_image();
  must(push_image(bench.client, image, at(server, "a:1"), {}, {}));
  const Access access = pull_from(at(server, "a").repository);
  const std::string digest = image.root()->digest.text();
  const Descriptor layer = image.root()->layers[0];
  bench.http.forget();

  CHECK(must(bench.client.look(access, "1", {}))->digest.text() == digest);
  CHECK(must(bench.client.look(access, digest, {}))->size == image.root()->bytes.size());
  CHECK(must(bench.client.manifest(access, "1", {})).bytes == image.root()->bytes);
  CHECK(must(bench.client.manifest(access, digest, {})).bytes == image.root()->bytes);
  CHECK(must(bench.client.has_blob(access, layer.digest, {})));
  for (const std::uint64_t offset : {0U, 10'000U}) {
    CollectingSink sink;
    // What came before is not read again, so its digest is the caller's matter.
    const Status read = bench.client.read_blob(access, layer, sink, {}, offset);
    if (offset == 0) must(read);
    CHECK((sink.text == image.bytes(layer.digest).substr(offset)));
  }
  CHECK(bench.http.seen() ==
        std::vector<std::string>{
            "HEAD /v2/a/manifests/1", "HEAD /v2/a/manifests/" + digest, "GET /v2/a/manifests/1",
            "GET /v2/a/manifests/" + digest, "HEAD /v2/a/blobs/" + layer.digest.text(),
            "GET /v2/a/blobs/" + layer.digest.text(), "GET /v2/a/blobs/" + layer.digest.text()});

  CHECK_FALSE(must(bench.client.look(access, "2", {})));
  CHECK_FALSE(must(bench.client.find_manifest(access, nobodys.text(), {})));
  CHECK(bench.client.manifest(access, "2", {}).error().cause == Cause::image_missing);
  CHECK_FALSE(must(bench.client.has_blob(access, nobodys, {})));
  CollectingSink sink;
  const Descriptor missing{
      .media_type = std::string(media_type::oci_layer_gzip), .digest = nobodys, .size = 9};
  CHECK(bench.client.read_blob(access, missing, sink, {}).error().cause == Cause::image_missing);
}

TEMPLATE_TEST_CASE(
    "oci push: blobs whole, in parts and by mount, manifests under a tag and under a digest alone", "",
    StrictRegistry, RealRegistry) {
  TestType server;
  ClientBench bench;
  const TextImage image = small_image();
  must(push_image(bench.client, image, at(server, "a:1"), {}, {}));
  CHECK(bench.http.count("POST /v2/a/blobs/uploads/") == 3);
  CHECK(bench.http.count("PUT /v2/a/blobs/uploads/") == 3);
  CHECK(bench.http.count("PUT /v2/a/manifests/1") == 1);

  const Reference from{.repository = at(server, "a").repository, .digest = image.root()->digest};
  must(promote_image(bench.client, from, {.repository = at(server, "b").repository}, {}, {}));
  CHECK(bench.http.count("POST /v2/b/blobs/uploads/?mount=sha256%3A") == 3);
  CHECK(bench.http.count("PUT /v2/b/blobs") == 0);
  CHECK(bench.http.count("PUT /v2/b/manifests/" + image.root()->digest.text()) == 1);

  // As after a refusal of a body of that size.
  const Access parts = push_to(at(server, "parts").repository);
  bench.client.exchange().memory(parts).learn_largest_body(20'000);
  must(push_image(bench.client, small_image(7), at(server, "parts:1"), {}, {}));
  CHECK(bench.http.count("PATCH /v2/parts/blobs/uploads/") >= 2);
  CollectingSink sink;
  must(bench.client.read_blob(parts, small_image(7).root()->layers[0], sink, {}));
  CHECK((sink.text == noise(30'000, 7)));

  const auto incomplete =
      bench.client.put_manifest(push_to(at(server, "empty").repository), *image.root(), "1", {});
  REQUIRE(!incomplete);
  CHECK(incomplete.error().cause == Cause::image_missing);
}

TEMPLATE_TEST_CASE("oci discovery: tags over pages, and what refers to an image by its type", "",
                   StrictRegistry, RealRegistry) {
  TestType server;
  ClientBench bench;
  const TextImage image = small_image();
  const std::vector<std::string> names = {"1", "2", "3", "4", "5"};
  for (const std::string& tag : names) must(push_image(bench.client, image, at(server, "a:" + tag), {}, {}));
  const Access access = push_to(at(server, "a").repository);
  const std::size_t page = tags_in_page(server);
  bench.http.forget();
  std::vector<std::string> found = must(bench.client.tags(access, {}));
  std::ranges::sort(found);
  CHECK(found == names);
  CHECK(bench.http.count("GET /v2/a/tags/list") == (names.size() + page - 1) / page);
  CHECK(must(bench.client.tags(pull_from(at(server, "nothing").repository), {})).empty());

  const TextImage note = note_about(image.root()->descriptor());
  must(push_image(bench.client, note, {.repository = access.repository}, {}, {}));
  const Digest subject = image.root()->digest;
  const auto notes = must(bench.client.referrers(access, subject, "application/vnd.example.note+json", {}));
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].digest == note.root()->digest);
  CHECK(must(bench.client.referrers(access, subject, "application/vnd.example.other", {})).empty());
  CHECK(must(bench.client.referrers(access, nobodys, "", {})).empty());
  CHECK(bench.http.count("GET /v2/a/referrers/" + subject.text()) >= 1);
}

TEMPLATE_TEST_CASE("oci management: a tag goes alone where tags are deleted, an image goes with all its tags",
                   "", StrictRegistry, RealRegistry) {
  TestType server;
  ClientBench bench;
  const TextImage image = small_image();
  for (const char* tag : {"a:1", "a:2", "a:3"})
    must(push_image(bench.client, image, at(server, tag), {}, {}));
  Access access = push_to(at(server, "a").repository);
  access.remove = true;
  CHECK(bench.client.remove(access, "1", {}).has_value() == deletes_tags(server));
  CHECK(must(bench.client.look(access, "1", {})).has_value() != deletes_tags(server));
  CHECK(must(bench.client.look(access, "2", {})));
  must(bench.client.remove(access, image.root()->digest.text(), {}));
  for (const char* tag : {"1", "2", "3"}) CHECK_FALSE(must(bench.client.look(access, tag, {})));
  CHECK(must(
      bench.client.has_blob(access, image.root()->layers[0].digest, {}))); // blobs are the registry's matter
  CHECK_FALSE(bench.client.remove(access, image.root()->digest.text(), {}));
}
