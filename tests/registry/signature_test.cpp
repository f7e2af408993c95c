// Signatures that cosign keeps with an image, of before and since its version 3.
#include <catch2/catch.hpp>

#include "base/crypto_verify.hpp"
#include "base/json.hpp"
#include "registry/bench.hpp"
#include "registry/media_type.hpp"
#include "registry/signature.hpp"
#include "registry/signed_image.hpp"
#include "registry/strict_registry.hpp"

using namespace deployctl;
using namespace deployctl::registry;
using namespace deployctl::tests;

namespace {

PublicKey key(const char* pem) {
  return PublicKey::parse(pem).value();
}

} // namespace

TEST_CASE("signature: a payload of simple signing says what it is about, and its key holds") {
  const auto read = read_simple_signature(signed_image::payload, signed_image::first_signature);
  REQUIRE(read);
  CHECK(read->image.text() == signed_image::digest);
  CHECK(read->notes.at("stage") == "production");
  CHECK(key(signed_image::first_key).verifies(read->message, read->bytes));
  CHECK_FALSE(key(signed_image::second_key).verifies(read->message, read->bytes));
}

TEST_CASE("signature: a bundle is a statement in an envelope, of which the type is signed too") {
  const auto read = read_signature_bundle(signed_image::bundle);
  REQUIRE(read);
  REQUIRE(read->size() == 1);
  CHECK(read->front().image.text() == signed_image::digest);
  CHECK(key(signed_image::second_key).verifies(read->front().message, read->front().bytes));
}

TEST_CASE("signature: what is no signature is refused") {
  CHECK_FALSE(read_simple_signature("{}", ""));
  CHECK_FALSE(read_simple_signature("[]", ""));
  CHECK_FALSE(read_simple_signature(R"({"critical":{"image":{"docker-manifest-digest":"x"}}})", ""));
  CHECK_FALSE(read_simple_signature(signed_image::payload, "no base64!"));
  CHECK_FALSE(read_signature_bundle("{}"));
  CHECK_FALSE(read_signature_bundle(R"({"dsseEnvelope":{"payloadType":"text/plain"}})"));
  // A statement of something else about the image, provenance for instance, does not sign it.
  const std::string provenance = R"({"dsseEnvelope":{"payloadType":"application/vnd.in-toto+json","payload":)"
                                 R"("eyJwcmVkaWNhdGVUeXBlIjoieCJ9","signatures":[]}})";
  const auto other = read_signature_bundle(provenance);
  REQUIRE(!other);
  CHECK(other.error().message == "a statement of 'x', not a signature");
}

TEST_CASE("signature: those under the tag and those that refer to the image are found, others left alone") {
  StrictRegistry server;
  server.referrers = GENERATE(true, false);
  ClientBench bench;
  const Access access = push_to(parse_reference(server.host() + "/app:1")->repository);
  const Digest image = Digest::parse(signed_image::digest).value();
  const auto keep = [&](const std::string& bytes, const std::string& type, const Annotations& notes) {
    server.keep_blob("app", bytes);
    return Descriptor{
        .media_type = type, .digest = Digest::of(bytes), .size = bytes.size(), .annotations = notes};
  };
  const Descriptor config = keep("{}", "application/vnd.oci.empty.v1+json", {});
  const Descriptor payload = keep(signed_image::payload, "application/vnd.dev.cosign.simplesigning.v1+json",
                                  {{"dev.cosignproject.cosign/signature", signed_image::first_signature}});
  server.keep_image("app", fallback_tag(image) + ".sig",
                    make_image(media_type::oci_manifest, config, {payload}).value());
  const auto refer = [&](const std::string& type, const Descriptor& layer) {
    const Value subject =
        Value::Map{{"mediaType", media_type::oci_manifest}, {"digest", image.text()}, {"size", 100}};
    const Value document = Value::Map{
        {"schemaVersion", 2},         {"mediaType", media_type::oci_manifest},  {"artifactType", type},
        {"config", to_value(config)}, {"layers", Value::List{to_value(layer)}}, {"subject", subject}};
    REQUIRE(bench.client.put_manifest(access, parse_manifest(to_json(document, JsonMode::plain)).value(), "",
                                      {}));
  };
  const std::string bundle_type = "application/vnd.dev.sigstore.bundle.v0.3+json";
  refer(bundle_type, keep(signed_image::bundle, bundle_type, {}));
  refer(bundle_type, keep("broken", bundle_type, {}));
  refer("application/spdx+json", keep("a list of parts", "application/spdx+json", {}));

  const auto found = signatures_of(bench.client, access, image, {});
  INFO((found ? "" : found.error().message));
  REQUIRE(found);
  REQUIRE(found->signatures.size() == 2);
  CHECK(found->signatures[0].place == "the tag '" + fallback_tag(image) + ".sig'");
  CHECK(key(signed_image::second_key).verifies(found->signatures[1].message, found->signatures[1].bytes));
  CHECK(found->unreadable.size() == 1);
}
