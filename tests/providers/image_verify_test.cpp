#include <catch2/catch.hpp>

#include "providers/builtin.hpp"
#include "providers/workbench.hpp"
#include "registry/client.hpp"
#include "registry/media_type.hpp"
#include "registry/signed_image.hpp"
#include "registry/strict_registry.hpp"

using namespace deployctl;
using namespace deployctl::tests;
using registry::Descriptor;
using registry::Digest;

namespace {

Descriptor keep(StrictRegistry& server, const std::string& bytes, std::string_view type,
                const registry::Annotations& notes = {}) {
  server.keep_blob("app", bytes);
  return {.media_type = std::string(type),
          .digest = Digest::of(bytes),
          .size = bytes.size(),
          .annotations = notes};
}

void keep_signature(StrictRegistry& server, const std::string& image, const std::string& payload) {
  const Descriptor config = keep(server, "{}", registry::media_type::oci_config);
  const Descriptor layer = keep(server, payload, "application/vnd.dev.cosign.simplesigning.v1+json",
                                {{"dev.cosignproject.cosign/signature", signed_image::first_signature}});
  server.keep_image("app", registry::fallback_tag(Digest::parse(image).value()) + ".sig",
                    registry::make_image(registry::media_type::oci_manifest, config, {layer}).value());
}

// "app:1" is the image that was signed, "app:2" another.
class SignedWorld {
public:
  SignedWorld() {
    keep_image("1", signed_image::config);
    other = keep_image("2", R"({"architecture":"arm64","os":"linux"})");
    bench.write("first.pub", signed_image::first_key);
    bench.write("second.pub", signed_image::second_key);
  }

  Verdict verdict(Value::Map inputs) {
    if (!inputs.contains("keys")) inputs["keys"] = Value::List{bench.file("first.pub")};
    const Ask ask = bench.ask(std::move(inputs));
    const Sample sample = bench.sample(ask);
    return bench.verbs<Gate>().judge(ask, std::span(&sample, 1));
  }
  [[nodiscard]] std::string image(const std::string& tag) const { return server.host() + "/app:" + tag; }

  StrictRegistry server;
  Workbench bench{*find_provider(providers::builtin_catalog(), "image.verify")};
  std::string other;

private:
  std::string keep_image(const std::string& tag, const std::string& config) {
    const auto image = registry::make_image(registry::media_type::oci_manifest,
                                            keep(server, config, registry::media_type::oci_config), {})
                           .value();
    server.keep_image("app", tag, image);
    return image.digest.text();
  }
};

} // namespace

TEST_CASE("image.verify: an image that a trusted key signed passes, by tag and by digest") {
  SignedWorld world;
  keep_signature(world.server, signed_image::digest, signed_image::payload);
  const Verdict verdict = world.verdict({{"image", world.image("1")}});
  CHECK(verdict.detail == std::string(signed_image::digest) + " is signed by first.pub");
  CHECK(verdict.state == Verdict::State::pass);
  CHECK(world.verdict({{"image", world.server.host() + "/app@" + signed_image::digest}}).state ==
        Verdict::State::pass);
  CHECK(world.verdict({{"image", world.image("1")}, {"annotations", Value::Map{{"stage", "production"}}}})
            .state == Verdict::State::pass);
}

TEST_CASE("image.verify: without a signature, with another's, or with one of another image it fails") {
  SignedWorld world;
  const Verdict none = world.verdict({{"image", world.image("1")}});
  CHECK(none.state == Verdict::State::fail);
  CHECK(none.evidence == std::vector<std::string>{"no signature is kept with it"});

  keep_signature(world.server, signed_image::digest, signed_image::payload);
  const Value second = Value::List{world.bench.file("second.pub")};
  const Verdict stranger = world.verdict({{"image", world.image("1")}, {"keys", second}});
  CHECK(stranger.state == Verdict::State::fail);
  CHECK(stranger.evidence.at(0).ends_with("of none of the keys"));

  // The signature of "1", laid beside "2".
  keep_signature(world.server, world.other, signed_image::payload);
  const Verdict moved = world.verdict({{"image", world.image("2")}});
  CHECK(moved.state == Verdict::State::fail);
  CHECK(moved.evidence.at(0).ends_with("another image"));

  const Verdict elsewhere =
      world.verdict({{"image", world.image("1")}, {"annotations", Value::Map{{"stage", "staging"}}}});
  CHECK(elsewhere.state == Verdict::State::fail);
  CHECK(elsewhere.evidence.at(0).ends_with("without stage=staging"));
}

TEST_CASE("image.verify: when two keys must have signed, one key does not count twice") {
  SignedWorld world;
  keep_signature(world.server, signed_image::digest, signed_image::payload);
  const Value both = Value::List{world.bench.file("first.pub"), world.bench.file("second.pub")};
  const Verdict verdict = world.verdict({{"image", world.image("1")}, {"keys", both}, {"signatures", 2}});
  CHECK(verdict.state == Verdict::State::fail);
  CHECK(verdict.detail == std::string(signed_image::digest) + " is signed by 1 of the keys, wanted 2");
}

TEST_CASE("image.verify: a key that was swapped since the plan, and an image that is gone, are errors") {
  SignedWorld world;
  keep_signature(world.server, signed_image::digest, signed_image::payload);
  const Value planned = Value::List{world.bench.file("first.pub")};
  world.bench.write("first.pub", signed_image::second_key);
  const Verdict swapped = world.verdict({{"image", world.image("1")}, {"keys", planned}});
  CHECK(swapped.state == Verdict::State::error);
  CHECK(swapped.detail == "the key 'first.pub' was changed since the plan was made");
  CHECK(world.verdict({{"image", world.image("3")}, {"keys", Value::List{world.bench.file("second.pub")}}})
            .state == Verdict::State::error);
}

TEST_CASE("image.verify: more signatures than keys are a mistake in the pipeline") {
  const auto check = find_provider(providers::builtin_catalog(), "image.verify")->description.check;
  CHECK(check(Value::Map{{"image", "a:1"}, {"keys", Value::List{"a"}}, {"signatures", 2}}).at(0).path ==
        "signatures");
  CHECK(check(Value::Map{{"image", "a:1"}, {"keys", Value::List{"a", "b"}}, {"signatures", 2}}).empty());
}
