#include "providers/image/verify.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <deployctl/input.hpp>

#include "base/crypto.hpp"
#include "base/crypto_verify.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "os/files.hpp"
#include "providers/image/field_shapes.hpp"
#include "providers/image/last_sample.hpp"
#include "providers/image/registries.hpp"
#include "registry/signature.hpp"

namespace deployctl::providers::image {
namespace {

constexpr std::size_t largest_key = 64U << 10;

struct VerifyInputs {
  std::string image;
  std::vector<Value> keys; // {path, sha256, ...}
  std::int64_t signatures = 1;
  std::map<std::string, std::string> annotations;
};

Table<VerifyInputs> table() {
  Table<VerifyInputs> result;
  result.add(&VerifyInputs::image, image_field())
      .add(&VerifyInputs::keys,
           {.name = "keys",
            .type = FieldType::list,
            .help = "The public keys that are trusted, each a file as 'cosign generate-key-pair' writes it.",
            .example = "[keys/release.pub]",
            .required = true,
            .least = 1,
            .element = {{.name = "keys",
                         .type = FieldType::file,
                         .help = "One public key in PEM.",
                         .example = "keys/release.pub"}}})
      .add(&VerifyInputs::signatures, {.name = "signatures",
                                       .type = FieldType::integer,
                                       .help = "How many of the keys must have signed.",
                                       .example = "2",
                                       .fallback = 1,
                                       .least = 1})
      .add(&VerifyInputs::annotations,
           {.name = "annotations",
            .type = FieldType::map,
            .help = "What a signature must say besides, as 'cosign sign -a' writes it.",
            .example = "{ stage: production }",
            .element = {{.name = "annotations", .help = "The value of one.", .example = "production"}}});
  return result;
}

struct TrustedKey {
  std::string path;
  PublicKey key;
};

// The key as it was when the pipeline was read: nobody swaps it meanwhile.
Result<TrustedKey> read_key(Files& files, const Value& file) {
  const std::string path = text_at(file, "path");
  const std::string sha256 = text_at(file, "sha256");
  const auto in = [&](Error error) {
    return std::move(error).in(fmt::format("while reading the key '{}'", path));
  };
  DEPLOYCTL_TRY(const std::string place, files.find(path, sha256).map_error(in));
  DEPLOYCTL_TRY(const std::string bytes, os::read_file(place, largest_key).map_error(in));
  if (!sha256.empty() && sha256_hex(bytes) != sha256)
    return fail(Cause::conflict, fmt::format("the key '{}' was changed since the plan was made", path));
  DEPLOYCTL_TRY(PublicKey key, PublicKey::parse(bytes).map_error(in));
  return TrustedKey{path, std::move(key)};
}

class Examination {
public:
  Examination(const VerifyInputs& inputs, const std::vector<TrustedKey>& keys, registry::Digest image)
      : inputs_(inputs), keys_(keys), image_(std::move(image)) {}

  // A signature counts for one key, and a key for one signature.
  void take(const registry::Signature& signature) {
    const auto key = std::ranges::find_if(keys_, [&](const TrustedKey& trusted) {
      return trusted.key.verifies(signature.message, signature.bytes);
    });
    if (key == keys_.end()) {
      notes_.push_back(signature.place + ": of none of the keys");
    } else if (signature.image != image_) {
      notes_.push_back(fmt::format("{}: signed by '{}' for {}, another image", signature.place, key->path,
                                   signature.image.text()));
    } else if (const std::string missing = missing_note(signature); !missing.empty()) {
      notes_.push_back(fmt::format("{}: signed by '{}' without {}", signature.place, key->path, missing));
    } else if (std::ranges::find(signed_by_, key->path) == signed_by_.end()) {
      signed_by_.push_back(key->path);
    }
  }

  void note(const std::string& line) { notes_.push_back(line); }

  [[nodiscard]] Value result() const {
    return Value::Map{{"digest", image_.text()},
                      {"wanted", inputs_.signatures},
                      {"signed_by", Value::List(signed_by_.begin(), signed_by_.end())},
                      {"notes", Value::List(notes_.begin(), notes_.end())}};
  }

private:
  [[nodiscard]] std::string missing_note(const registry::Signature& signature) const {
    for (const auto& [name, value] : inputs_.annotations) {
      const auto found = signature.notes.find(name);
      if (found == signature.notes.end() || found->second != value) return fmt::format("{}={}", name, value);
    }
    return {};
  }

  const VerifyInputs& inputs_;
  const std::vector<TrustedKey>& keys_;
  registry::Digest image_;
  std::vector<std::string> signed_by_;
  std::vector<std::string> notes_;
};

class Verify final : public Gate {
public:
  Sample sample(ReadSession& session, const Ask& ask) const override {
    return taken_by(session, [&] { return examine(session, ask); });
  }

  Verdict judge(const Ask&, std::span<const Sample> samples) const override {
    if (auto open = without_data(samples)) return *std::move(open);
    const Value& data = samples.back().data;
    const std::vector<std::string> names = texts_at(data, "signed_by");
    const std::string digest = text_at(data, "digest");
    const auto wanted = number_at(data, "wanted").value_or(1);
    if (std::ssize(names) >= wanted)
      return {.state = Verdict::State::pass,
              .detail = fmt::format("{} is signed by {}", digest, join(names, ", "))};
    return {.state = Verdict::State::fail,
            .detail = fmt::format("{} is signed by {} of the keys, wanted {}", digest, names.size(), wanted),
            .evidence = texts_at(data, "notes")};
  }

  ReadyRule rule(const Ask&) const override {
    return {.within = Milliseconds(60'000), .interval = Milliseconds(5'000), .consecutive = 1};
  }

private:
  Result<Value> examine(ReadSession& session, const Ask& ask) const {
    DEPLOYCTL_TRY(const VerifyInputs inputs, table_.decode(*ask.inputs));
    std::vector<TrustedKey> keys;
    for (const Value& file : inputs.keys) {
      DEPLOYCTL_TRY(TrustedKey key, read_key(session.ports.files, file));
      keys.push_back(std::move(key));
    }
    DEPLOYCTL_TRY(const registry::Reference image, registry::parse_reference(inputs.image));
    SessionClient client(session.connection, session.ports);
    DEPLOYCTL_TRY(const registry::Digest digest, pinned(client, image, session.stop));
    const registry::Access access = registry::pull_from(image.repository);
    DEPLOYCTL_TRY(const auto found, registry::signatures_of(*client, access, digest, session.stop));
    Examination examination(inputs, keys, digest);
    for (const registry::Signature& signature : found.signatures) examination.take(signature);
    for (const std::string& line : found.unreadable) examination.note(line);
    if (found.signatures.empty() && found.unreadable.empty())
      examination.note("no signature is kept with it");
    return examination.result();
  }

  Table<VerifyInputs> table_ = table();
};

} // namespace

Provider make_verify(const Surroundings& surroundings) {
  Provider provider;
  provider.description = {.name = "image.verify",
                          .summary = "Passes when an image is signed by the keys that are trusted (cosign).",
                          .fields = table().fields(),
                          .check = [](const Value& inputs) {
                            std::vector<InputProblem> problems;
                            check_reference(problems, inputs, "image");
                            const auto wanted = number_at(inputs, "signatures").value_or(1);
                            const auto keys = list_at(inputs, "keys").size();
                            if (keys > 0 && static_cast<std::size_t>(wanted) > keys)
                              problems.push_back(
                                  {.path = "signatures",
                                   .message = fmt::format("{} signatures of {} keys", wanted, keys),
                                   .help = "a key counts once"});
                            return problems;
                          }};
  return describe_gate(std::move(provider), surroundings, std::make_shared<const Verify>());
}

} // namespace deployctl::providers::image
