#include "base/body.hpp"

#include <algorithm>
#include <cstring>

#include "base/crypto.hpp"
#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/wiped_value.hpp"

namespace deployctl {
namespace {

// Collects bytes and remembers which secrets went in, so that the whole is as secret as its parts.
class Collector {
public:
  Collector() = default;
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;
  ~Collector() { ::explicit_bzero(bytes_.data(), bytes_.size()); }

  // The plain bytes of a text; when it is a secret, the whole becomes one.
  Result<std::string_view> open(const Text& text) {
    if (text.plain()) return *text.plain();
    const Secret& secret = *text.secret();
    if (!secret.is_resolved())
      return fail(Cause::internal, "the secret '" + secret.name() + "' has no value yet");
    parts_.insert(parts_.end(), secret.parts().begin(), secret.parts().end());
    has_secret_ = true;
    return secret.reveal();
  }

  void add(std::string_view bytes) { bytes_ += bytes; }

  [[nodiscard]] Text finish() const {
    return has_secret_ ? Text(Secret::composed(parts_).resolved_with(bytes_)) : Text(bytes_);
  }

private:
  std::string bytes_;
  std::vector<Secret::Part> parts_;
  bool has_secret_ = false;
};

} // namespace

Result<Text> join_text(const std::vector<Text>& parts) {
  Collector body;
  for (const Text& part : parts) {
    DEPLOYCTL_TRY(const std::string_view bytes, body.open(part));
    body.add(bytes);
  }
  return body.finish();
}

Result<Text> json_body(const Value& value) {
  Status status;
  for_each_unknown(value, [&status](const Unknown& unknown) {
    status = fail(Cause::internal,
                  "a body needs the output '" + unknown.output + "' of step '" + unknown.step + "'");
  });
  Collector body;
  const WipedValue revealed(map_secrets(value, [&](const Secret& secret) -> Value {
    const Result<std::string_view> bytes = body.open(secret);
    if (bytes) return *bytes;
    status = fail(bytes.error());
    return {};
  }));
  DEPLOYCTL_CHECK(std::move(status));
  body.add(to_json(*revealed, JsonMode::plain));
  return body.finish();
}

Result<Text> form_body(const std::vector<std::pair<std::string, Text>>& fields) {
  Collector body;
  for (const auto& [name, text] : fields) {
    DEPLOYCTL_TRY(const std::string_view bytes, body.open(text));
    if (&name != &fields.front().first) body.add("&");
    body.add(percent_encode(name));
    body.add("=");
    body.add(percent_encode(bytes));
  }
  return body.finish();
}

Result<Text> base64_text(const Text& text) {
  Collector body;
  DEPLOYCTL_TRY(const std::string_view bytes, body.open(text));
  body.add(to_base64(bytes));
  return body.finish();
}

Result<Text> base64_url_text(const Text& text) {
  Collector body;
  DEPLOYCTL_TRY(const std::string_view bytes, body.open(text));
  std::string encoded = to_base64(bytes);
  std::ranges::replace(encoded, '+', '-');
  std::ranges::replace(encoded, '/', '_');
  body.add(encoded);
  ::explicit_bzero(encoded.data(), encoded.size());
  return body.finish();
}

Result<Text> percent_encoded(const Text& text) {
  Collector body;
  DEPLOYCTL_TRY(const std::string_view bytes, body.open(text));
  body.add(percent_encode(bytes));
  return body.finish();
}

Result<std::string> body_sha256(const Text& body) {
  Collector opened;
  DEPLOYCTL_TRY(const std::string_view bytes, opened.open(body));
  return sha256_hex(bytes);
}

Result<Text> basic_authorization(const std::string& user, const Text& password) {
  DEPLOYCTL_TRY(const Text pair, join_text({user + ":", password}));
  DEPLOYCTL_TRY(const Text encoded, base64_text(pair));
  return join_text({"Basic ", encoded});
}

} // namespace deployctl
