#include "registry/digest.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/crypto_sha512.hpp"
#include "base/encode.hpp"
#include "base/strings.hpp"

namespace deployctl::registry {
namespace {

constexpr std::size_t longest_digest = 255;

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// [a-z0-9]+ with single separators out of "+._-" between
bool is_algorithm(std::string_view text) {
  bool separated = true;
  for (const char c : text) {
    const bool separator = std::string_view("+._-").find(c) != std::string_view::npos;
    if (separator ? separated : !is_lower_or_digit(c)) return false;
    separated = separator;
  }
  return !separated;
}

bool is_encoded(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || c == '=' || c == '_' || c == '-';
  });
}

bool is_hash(std::string_view text, std::size_t length) {
  return text.size() == length && is_lower_hex(text);
}

tl::unexpected<Error> differs(const Digest& expected, std::string_view found) {
  return fail(Cause::conflict, fmt::format("the bytes of {} have digest {}", expected.text(), found),
              "they were damaged on the way, or the server answers with something else");
}

} // namespace

Result<Digest> Digest::parse(std::string_view text) {
  const auto colon = text.find(':');
  const auto refuse = [&] {
    return fail(Cause::config, fmt::format("'{}' is not a digest", text.substr(0, longest_digest)),
                "write one as sha256: and 64 hexadecimal characters");
  };
  if (text.size() > longest_digest || colon == std::string_view::npos) return refuse();
  Digest digest{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
  if (!is_algorithm(digest.algorithm) || !is_encoded(digest.encoded)) return refuse();
  if (digest.algorithm == "sha256" && !is_hash(digest.encoded, 64)) return refuse();
  if (digest.algorithm == "sha512" && !is_hash(digest.encoded, 128)) return refuse();
  return digest;
}

Digest Digest::of(std::string_view bytes) {
  return {"sha256", sha256_hex(bytes)};
}

Status check_digest(const Digest& expected, std::string_view bytes) {
  if (expected.algorithm != "sha256" && expected.algorithm != "sha512")
    return fail(Cause::config, fmt::format("cannot check {}: its algorithm is not known", expected.text()));
  const Digest found =
      expected.algorithm == "sha256" ? Digest::of(bytes) : Digest{"sha512", to_hex(sha512(bytes))};
  if (found != expected) return differs(expected, found.text());
  return {};
}

Status DigestCheck::take(std::string_view bytes) {
  if (bytes.size() > size_ - count_)
    return fail(Cause::conflict, fmt::format("{} has more than its {} bytes", expected_.text(), size_));
  count_ += bytes.size();
  hash_.update(bytes);
  return {};
}

Status DigestCheck::finish() {
  if (count_ != size_)
    return fail(Cause::conflict, fmt::format("{} has {} bytes, not {}", expected_.text(), count_, size_));
  if (expected_.algorithm != "sha256")
    return fail(Cause::config, fmt::format("cannot check {} while it streams", expected_.text()));
  const std::string found = "sha256:" + hash_.finish().hex();
  if (found != expected_.text()) return differs(expected_, found);
  return {};
}

} // namespace deployctl::registry
