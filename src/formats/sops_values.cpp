#include "formats/sops_values.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/crypto_seal.hpp"
#include "base/crypto_sha512.hpp"
#include "base/encode.hpp"
#include "base/pattern.hpp"
#include "base/strings.hpp"
#include "base/wiped.hpp"
#include "formats/sops.hpp"

namespace deployctl::formats {
namespace {

constexpr std::string_view sealed_prefix = "ENC[AES256_GCM,";
constexpr std::array<std::string_view, 6> value_types = {"str", "int", "float", "bool", "bytes", "time"};

// What the code of a file begins with when it covers encrypted values only, so that the two kinds differ.
constexpr std::array<unsigned char, 32> only_encrypted_start = {
    0x8a, 0x3f, 0xd2, 0xad, 0x54, 0xce, 0x66, 0x52, 0x7b, 0x10, 0x34, 0xf3, 0xd1, 0x47, 0xbe, 0x0b,
    0x0b, 0x97, 0x5b, 0x3b, 0xf4, 0x4f, 0x72, 0xc6, 0xfd, 0xad, 0xec, 0x81, 0x76, 0xf2, 0x7d, 0x69};

struct SealedText {
  std::string bytes;
  std::string nonce;
  std::string tag;
  std::string type;
};

// "name:content" up to the next comma.
std::optional<std::string_view> take_part(std::string_view& rest, std::string_view name) {
  const std::size_t end = std::min(rest.find(','), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  if (!part.starts_with(name) || part.substr(name.size(), 1) != ":") return std::nullopt;
  return part.substr(name.size() + 1);
}

// ENC[AES256_GCM,data:...,iv:...,tag:...,type:str]
std::optional<SealedText> parse_sealed(std::string_view text) {
  if (!text.starts_with(sealed_prefix) || !text.ends_with(']')) return std::nullopt;
  std::string_view rest = text.substr(sealed_prefix.size(), text.size() - sealed_prefix.size() - 1);
  const auto data = take_part(rest, "data");
  const auto nonce = take_part(rest, "iv");
  const auto tag = take_part(rest, "tag");
  const auto type = take_part(rest, "type");
  if (!data || !nonce || !tag || !type || !rest.empty()) return std::nullopt;
  auto bytes = from_base64(*data);
  auto nonce_bytes = from_base64(*nonce);
  auto tag_bytes = from_base64(*tag);
  if (!bytes || !nonce_bytes || !tag_bytes) return std::nullopt;
  return SealedText{*std::move(bytes), *std::move(nonce_bytes), *std::move(tag_bytes), std::string(*type)};
}

// Whether the keys above a value say that it is encrypted.
class Judge {
public:
  static Result<Judge> make(const SopsRule& rule) {
    Judge judge;
    judge.kind_ = rule.kind;
    judge.suffix_ = rule.expression;
    if (judge.by_pattern()) {
      auto pattern = Pattern::compile(rule.expression);
      if (!pattern) return fail(std::move(pattern).error());
      judge.pattern_ = *std::move(pattern);
    }
    return judge;
  }

  [[nodiscard]] bool encrypted(const std::vector<std::string_view>& keys) const {
    const bool hit = std::any_of(keys.begin(), keys.end(), [&](std::string_view key) {
      return pattern_ ? pattern_->found_in(key) : key.ends_with(suffix_);
    });
    const bool means_encrypted =
        kind_ == SopsRule::Kind::encrypted_suffix || kind_ == SopsRule::Kind::encrypted_regex;
    return hit == means_encrypted;
  }

private:
  [[nodiscard]] bool by_pattern() const {
    return kind_ == SopsRule::Kind::encrypted_regex || kind_ == SopsRule::Kind::unencrypted_regex;
  }

  SopsRule::Kind kind_ = SopsRule::Kind::unencrypted_suffix;
  std::string suffix_;
  std::optional<Pattern> pattern_;
};

std::size_t room_for(const SopsNode& node) {
  std::size_t size = node.text.size() + 1;
  for (const SopsMember& member : node.members) size += room_for(member.value);
  return size;
}

} // namespace

class SopsOpener {
public:
  SopsOpener(const SopsFile& file, const Secret& data_key, Judge judge)
      : file_(file), key_(data_key), judge_(std::move(judge)) {}

  Result<SopsValues> open() {
    plain_->reserve(room_for(file_.data) + only_encrypted_start.size());
    authenticated_->reserve(plain_->capacity());
    if (file_.metadata.only_encrypted_authenticated)
      authenticated_->append(reinterpret_cast<const char*>(only_encrypted_start.data()),
                             only_encrypted_start.size());
    DEPLOYCTL_CHECK(walk(file_.data));
    DEPLOYCTL_CHECK(check_code());
    values_.plain_ = std::make_shared<const SecretBytes>(*plain_);
    return std::move(values_);
  }

private:
  Status walk(const SopsNode& node) {
    for (const SopsMember& member : node.members) {
      // A list's numbers are no keys.
      if (node.kind == SopsNode::Kind::map) keys_.push_back(member.key);
      Status done = member.value.is_leaf() ? leaf(member.value) : walk(member.value);
      if (!done) return done;
      if (node.kind == SopsNode::Kind::map) keys_.pop_back();
    }
    return {};
  }

  Status leaf(const SopsNode& node) {
    const bool encrypted = judge_.encrypted(keys_);
    SopsValues::Place place{.begin = plain_->size(), .boolean = node.kind == SopsNode::Kind::boolean};
    if (encrypted) {
      DEPLOYCTL_CHECK(unseal(node, place));
    } else {
      *plain_ += node.text;
    }
    place.size = plain_->size() - place.begin;
    if (encrypted || !file_.metadata.only_encrypted_authenticated)
      authenticated_->append(*plain_, place.begin, place.size);
    values_.places_.emplace(&node, place);
    return {};
  }

  Status unseal(const SopsNode& node, SopsValues::Place& place) {
    if (node.kind == SopsNode::Kind::text && node.text.empty()) return {}; // stays what it is
    const auto sealed = parse_sealed(node.text);
    if (!sealed || node.kind != SopsNode::Kind::text)
      return fail(Cause::config, fmt::format("the value at '#/{}' should be encrypted and is not", shown()),
                  "encrypt it with sops edit, or sops encrypt --in-place");
    if (std::find(value_types.begin(), value_types.end(), sealed->type) == value_types.end())
      return fail(Cause::config,
                  fmt::format("the value at '#/{}' has the unknown type '{}'", shown(), sealed->type));
    if (!open_sealed(
            Cipher::aes_256_gcm, key_,
            {.nonce = sealed->nonce, .bytes = sealed->bytes, .tag = sealed->tag, .additional = additional()},
            *plain_))
      return fail(Cause::config,
                  fmt::format("the value at '#/{}' was altered, or moved there from elsewhere", shown()));
    place.boolean = sealed->type == "bool";
    return {};
  }

  [[nodiscard]] std::string shown() const {
    std::string out;
    for (const std::string_view key : keys_) out += (out.empty() ? "" : "/") + std::string(key);
    return out;
  }

  [[nodiscard]] std::string additional() const {
    std::string out;
    for (const std::string_view key : keys_) out += std::string(key) + ':';
    return out;
  }

  Status check_code() {
    const auto sealed = parse_sealed(file_.metadata.code);
    Wiped code;
    if (!sealed || !open_sealed(Cipher::aes_256_gcm, key_,
                                {.nonce = sealed->nonce,
                                 .bytes = sealed->bytes,
                                 .tag = sealed->tag,
                                 .additional = file_.metadata.last_modified},
                                *code))
      return fail(Cause::config, "its authentication code (sops.mac) or sops.lastmodified was altered");
    if (equal_in_constant_time(to_lower(*code), to_hex(sha512(*authenticated_)))) return {};
    return fail(Cause::config,
                "its authentication code (sops.mac) does not fit: values were added, removed, reordered or "
                "altered without sops",
                "undo the change, or check every value and run sops --ignore-mac edit");
  }

  const SopsFile& file_;
  const Secret& key_;
  Judge judge_;
  SopsValues values_;
  Wiped plain_;
  Wiped authenticated_;
  std::vector<std::string_view> keys_;
};

Result<SopsValues> SopsValues::open(const SopsFile& file, const Secret& data_key) {
  DEPLOYCTL_TRY(Judge judge, Judge::make(file.metadata.rule));
  return SopsOpener(file, data_key, std::move(judge)).open();
}

SopsValues SopsValues::take(SopsNode& data) {
  SopsValues values;
  Wiped plain;
  plain->reserve(room_for(data));
  values.take_texts(data, *plain);
  values.plain_ = std::make_shared<const SecretBytes>(*plain);
  return values;
}

// Depth is bounded by the parser's limit.
void SopsValues::take_texts(SopsNode& node, std::string& plain) { // NOLINT(misc-no-recursion)
  for (SopsMember& member : node.members) {
    if (!member.value.is_leaf()) {
      take_texts(member.value, plain);
      continue;
    }
    std::string& text = member.value.text;
    places_.emplace(&member.value, Place{.begin = plain.size(),
                                         .size = text.size(),
                                         .boolean = member.value.kind == SopsNode::Kind::boolean});
    plain += text;
    ::explicit_bzero(text.data(), text.size());
    text.clear();
  }
}

std::string SopsValues::text_of(const SopsNode& leaf) const {
  const auto found = places_.find(&leaf);
  if (found == places_.end()) return {};
  const auto& [begin, size, boolean] = found->second;
  std::string text(plain_->view().substr(begin, size));
  return boolean ? to_lower(text) : text;
}

} // namespace deployctl::formats
