#include <catch2/catch.hpp>

#include "registry/manifest.hpp"
#include "registry/media_type.hpp"
#include "registry/quirks.hpp"

using namespace deployctl;
using namespace deployctl::registry;

namespace {

Descriptor blob(std::string_view type, std::string_view bytes) {
  return {.media_type = std::string(type), .digest = Digest::of(bytes), .size = bytes.size()};
}

std::string refusal(const std::string& bytes, std::string_view type = {}) {
  const auto manifest = parse_manifest(bytes, type);
  return manifest ? "accepted" : manifest.error().message;
}

} // namespace

TEST_CASE("manifest: bytes are kept as they came, with odd spaces and unknown members") {
  const std::string bytes =
      "{ \"schemaVersion\":2,\n\t\"future\": [1, {}], \"config\": {\"mediaType\":\"c\",\"digest\":\"" +
      Digest::of("c").text() + "\",\"size\":1}, \"layers\": [] }\n";
  const auto manifest = parse_manifest(bytes, "application/vnd.oci.image.manifest.v1+json; charset=utf-8");
  REQUIRE(manifest);
  CHECK(manifest->bytes == bytes);
  CHECK(manifest->digest == Digest::of(bytes));
  CHECK(manifest->media_type == media_type::oci_manifest);
  CHECK(manifest->artifact_type == "c");
}

TEST_CASE("manifest: an image names its blobs, each once and no foreign ones") {
  const auto layer = blob(media_type::oci_layer_gzip, "layer");
  const auto foreign = blob("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "elsewhere");
  const auto image =
      make_image(media_type::oci_manifest, blob(media_type::oci_config, "{}"), {layer, foreign, layer});
  REQUIRE(image);
  CHECK(image->layers.size() == 3);
  REQUIRE(image->blobs().size() == 2);
  CHECK(image->blobs()[1].digest == layer.digest);
  CHECK(image->descriptor().size == image->bytes.size());
}

TEST_CASE("manifest: an index keeps platforms and knows what is no image") {
  Descriptor arm = blob(media_type::oci_manifest, "arm");
  arm.platform = {.os = "linux", .architecture = "arm64", .variant = "v8"};
  Descriptor note = blob(media_type::oci_manifest, "note");
  note.platform = {.os = "unknown", .architecture = "unknown"};
  note.annotations["vnd.docker.reference.type"] = "attestation-manifest";
  const auto index = make_index({arm, note});
  REQUIRE(index);
  CHECK(index->is_index());
  CHECK(index->manifests[0].platform.text() == "linux/arm64/v8");
  CHECK_FALSE(index->manifests[0].is_attestation());
  CHECK(index->manifests[1].is_attestation());
  CHECK(index->blobs().empty());
}

TEST_CASE("manifest: what is none, or two things at once, is refused") {
  const std::string config =
      R"("config":{"mediaType":"c","digest":")" + Digest::of("").text() + R"(","size":0})";
  CHECK(refusal("[]") == "the manifest is not a JSON object");
  CHECK(refusal("{}") == "the manifest has no config");
  CHECK(refusal(R"({"schemaVersion":1})") == "the manifest is of Docker's first schema, which is not read");
  CHECK(refusal("{}", "application/vnd.docker.distribution.manifest.v1+prettyjws") ==
        "the manifest is of Docker's first schema, which is not read");
  CHECK(refusal("{" + config + R"(,"mediaType":"text/plain"})") ==
        "'text/plain' is not the media type of an image or an index");
  CHECK(refusal("{" + config + R"(,"mediaType":"application/vnd.oci.image.manifest.v1+json"})",
                media_type::oci_index) ==
        "a manifest says that it is 'application/vnd.oci.image.manifest.v1+json', the server that it is "
        "'application/vnd.oci.image.index.v1+json'");
  CHECK(refusal("{" + config + R"(,"manifests":[]})", media_type::oci_manifest) ==
        "an image that has manifests is two things at once");
  CHECK(refusal(R"({"manifests":[],"layers":[]})") == "an index that has layers is two things at once");
  CHECK(refusal(R"({"config":{"digest":"sha256:0","size":0}})") == "'sha256:0' is not a digest");
  CHECK(refusal(R"({"config":{"digest":")" + Digest::of("").text() + R"(","size":-1}})") ==
        Digest::of("").text() + " has no size");
  CHECK(refusal("{" + config + "}") == "accepted");
}

TEST_CASE("image config: who it runs as, what it listens on, what it is made of") {
  const auto config =
      parse_image_config(R"({"architecture":"amd64","os":"linux","created":"2026-01-02T03:04:05Z",
    "config":{"User":"1000:1000","ExposedPorts":{"8000/tcp":{}},"Volumes":{"/data":{}},"Labels":{"a":"b"},
              "Cmd":["run"],"Healthcheck":{"Test":["NONE"]}},
    "rootfs":{"type":"layers","diff_ids":[")" +
                         Digest::of("one").text() + R"("]}})");
  REQUIRE(config);
  CHECK(config->platform.text() == "linux/amd64");
  CHECK_FALSE(config->runs_as_root());
  CHECK(config->exposed_ports == std::vector<std::string>{"8000/tcp"});
  CHECK(config->volumes == std::vector<std::string>{"/data"});
  CHECK(config->labels.at("a") == "b");
  CHECK(config->command == std::vector<std::string>{"run"});
  CHECK(config->has_health_check);
  REQUIRE(config->diff_ids.size() == 1);
  for (const char* user : {"", "root", "0", "0:0", "root:web"})
    CHECK(parse_image_config(std::string(R"({"config":{"User":")") + user + "\"}}")->runs_as_root());
  CHECK_FALSE(parse_image_config("[]"));
  CHECK_FALSE(parse_image_config(R"({"rootfs":{"diff_ids":["none"]}})"));
  CHECK(parse_image_config(R"({"config":null})")->runs_as_root());
}

TEST_CASE("quirks: a service is found by its host, anything else is by the book") {
  CHECK(quirks_of("ghcr.io").service == "GitHub Packages");
  CHECK(quirks_of("123.dkr.ecr.eu-west-1.amazonaws.com").service == "Amazon ECR");
  CHECK_FALSE(quirks_of("europe-docker.pkg.dev").chunked);
  CHECK(quirks_of("gcr.io.example").service == "another registry");
  CHECK(quirks_of("localhost:5000").chunked);
}
