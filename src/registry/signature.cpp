#include "registry/signature.hpp"

#include <optional>

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/members.hpp"

namespace deployctl::registry {
namespace {

constexpr JsonLimits largest{.bytes = 1U << 20, .depth = 32};
constexpr std::size_t most_signatures = 64;
constexpr const char* signature_note = "dev.cosignproject.cosign/signature";
constexpr std::string_view simple_signature = "application/vnd.dev.cosign.artifact.sig.v1+json";
constexpr std::string_view bundle_type = "application/vnd.dev.sigstore.bundle";
constexpr std::string_view statement_type = "application/vnd.in-toto+json";
constexpr std::string_view sign_predicate = "https://sigstore.dev/cosign/sign/v1";

Result<Value> object_of(std::string_view text, const char* what) {
  DEPLOYCTL_TRY(Value document, parse_json(text, JsonMode::plain, largest));
  if (!document.map()) return fail(Cause::config, fmt::format("{} is no JSON object", what));
  return document;
}

std::string text_below(const Value& value, std::string_view path) {
  const Value* found = value.find_path(path);
  return found && found->text() ? *found->text() : "";
}

// What is signed of an envelope: the type counts, and where it ends.
std::string signed_bytes(const std::string& type, const std::string& payload) {
  return fmt::format("DSSEv1 {} {} {} {}", type.size(), type, payload.size(), payload);
}

// The one image of a statement that says "this is signed"; of others none is wanted here.
Result<Digest> signed_image(const std::string& payload) {
  DEPLOYCTL_TRY(const Value statement, object_of(payload, "the statement"));
  if (const std::string predicate = text_at(statement, "predicateType"); predicate != sign_predicate)
    return fail(Cause::config, fmt::format("a statement of '{}', not a signature", predicate));
  const Value::List& subjects = list_at(statement, "subject");
  if (subjects.size() != 1)
    return fail(Cause::config, fmt::format("a statement about {} things, expected one", subjects.size()));
  return Digest::parse("sha256:" + text_below(subjects.front(), "digest.sha256"));
}

class Search {
public:
  Search(Client& client, const Access& access, const std::stop_token& stop)
      : client_(client), access_(access), stop_(stop) {}

  // Each layer is a payload, its signature is a note on it.
  Status take_simple(const Manifest& manifest, const std::string& place) {
    for (const Descriptor& layer : manifest.layers) {
      const auto note = layer.annotations.find(signature_note);
      if (note == layer.annotations.end()) continue;
      DEPLOYCTL_TRY(const auto payload, bytes_of(layer, place));
      if (!payload) continue;
      auto read = read_simple_signature(*payload, note->second);
      if (read)
        keep(*std::move(read), place);
      else
        found_.unreadable.push_back(place + ": " + read.error().message);
    }
    return {};
  }

  Status take_bundle(const Manifest& manifest, const std::string& place) {
    for (const Descriptor& layer : manifest.layers) {
      if (!layer.media_type.starts_with(bundle_type)) continue;
      DEPLOYCTL_TRY(const auto bundle, bytes_of(layer, place));
      if (!bundle) continue;
      auto read = read_signature_bundle(*bundle);
      if (!read) {
        found_.unreadable.push_back(place + ": " + read.error().message);
        continue;
      }
      for (Signature& one : *read) keep(std::move(one), place);
    }
    return {};
  }

  Status take_referrer(const Descriptor& referrer) {
    const bool simple = referrer.artifact_type == simple_signature;
    if (!simple && !referrer.artifact_type.starts_with(bundle_type)) return {};
    const std::string place = "the referrer " + referrer.digest.short_text();
    if (++looked_at_ > most_signatures) return fail(too_many());
    DEPLOYCTL_TRY(const auto manifest, client_.find_manifest(access_, referrer.digest.text(), stop_));
    if (!manifest) return {};
    return simple ? take_simple(*manifest, place) : take_bundle(*manifest, place);
  }

  [[nodiscard]] SignaturesFound found() && { return std::move(found_); }

private:
  // Nothing when it is too large to be one.
  Result<std::optional<std::string>> bytes_of(const Descriptor& layer, const std::string& place) {
    if (found_.signatures.size() > most_signatures) return fail(too_many());
    if (layer.size > largest.bytes) {
      found_.unreadable.push_back(fmt::format("{}: {} bytes are too many", place, layer.size));
      return std::optional<std::string>();
    }
    DEPLOYCTL_TRY(std::string bytes, client_.small_blob(access_, layer, stop_));
    return std::optional(std::move(bytes));
  }

  void keep(Signature one, const std::string& place) {
    one.place = place;
    found_.signatures.push_back(std::move(one));
  }

  static Error too_many() {
    return {.cause = Cause::capacity,
            .message = fmt::format("the image has more than {} signatures", most_signatures)};
  }

  Client& client_;
  const Access& access_;
  const std::stop_token& stop_;
  std::size_t looked_at_ = 0;
  SignaturesFound found_;
};

} // namespace

Result<Signature> read_simple_signature(std::string_view payload, std::string_view base64) {
  DEPLOYCTL_TRY(const Value document, object_of(payload, "the payload"));
  const Value* critical = document.find("critical");
  if (!critical) return fail(Cause::config, "the payload has no 'critical'");
  Signature signature{.message = std::string(payload)};
  DEPLOYCTL_TRY(signature.image, Digest::parse(text_below(*critical, "image.docker-manifest-digest")));
  DEPLOYCTL_TRY(signature.bytes, from_base64(base64));
  signature.notes = text_map_at(document, "optional");
  return signature;
}

Result<std::vector<Signature>> read_signature_bundle(std::string_view bundle) {
  DEPLOYCTL_TRY(const Value document, object_of(bundle, "the bundle"));
  const Value* envelope = document.find("dsseEnvelope");
  if (!envelope) return fail(Cause::config, "the bundle has no envelope");
  const std::string type = text_at(*envelope, "payloadType");
  if (type != statement_type) return fail(Cause::config, fmt::format("an envelope of '{}'", type));
  DEPLOYCTL_TRY(const std::string payload, from_base64(text_at(*envelope, "payload")));
  DEPLOYCTL_TRY(const Digest image, signed_image(payload));
  std::vector<Signature> signatures;
  for (const Value& one : list_at(*envelope, "signatures")) {
    if (signatures.size() == most_signatures)
      return fail(Cause::config, fmt::format("an envelope with more than {} signatures", most_signatures));
    Signature signature{.message = signed_bytes(type, payload), .image = image};
    DEPLOYCTL_TRY(signature.bytes, from_base64(text_at(one, "sig")));
    signatures.push_back(std::move(signature));
  }
  return signatures;
}

Result<SignaturesFound> signatures_of(Client& client, const Access& access, const Digest& image,
                                      const std::stop_token& stop) {
  Search search(client, access, stop);
  const std::string tag = fallback_tag(image) + ".sig";
  DEPLOYCTL_TRY(const auto tagged, client.find_manifest(access, tag, stop));
  if (tagged) DEPLOYCTL_CHECK(search.take_simple(*tagged, "the tag '" + tag + "'"));
  DEPLOYCTL_TRY(const auto referrers, client.referrers(access, image, "", stop));
  for (const Descriptor& referrer : referrers) DEPLOYCTL_CHECK(search.take_referrer(referrer));
  return std::move(search).found();
}

} // namespace deployctl::registry
