#include "cloud/aws/sigv4.hpp"

#include <fmt/core.h>

#include "base/body.hpp"
#include "base/crypto.hpp"
#include "base/encode.hpp"

namespace deployctl::aws {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::size_t most_keys = 64; // a run talks to a few services in a few regions

// What both forms have in common: one reading of the clock, and what the key is for.
struct Moment {
  std::string time;
  std::string day;
  std::string scope; // "20150830/us-east-1/service/aws4_request"
};

Moment moment_of(const Signing& signing) {
  Moment moment{.time = basic_time(signing.time)};
  moment.day = moment.time.substr(0, 8);
  moment.scope =
      fmt::format("{}/{}/{}/aws4_request", moment.day, signing.scope.region, signing.scope.service);
  return moment;
}

Result<Secret> derived_key(const Credentials& credentials, const std::string& day,
                           const SigningScope& scope) {
  DEPLOYCTL_TRY(const Text start, join_text({"AWS4", credentials.secret_access_key}));
  Secret key = *start.secret();
  for (const std::string& message : {day, scope.region, scope.service, std::string("aws4_request")})
    key = derive_key(key, message);
  return key;
}

Status finish(Signed& made, const Signing& signing, const Moment& moment) {
  DEPLOYCTL_TRY(const std::string hash, body_sha256(made.canonical.text));
  made.string_to_sign = fmt::format("{}\n{}\n{}\n{}", algorithm, moment.time, moment.scope, hash);
  SigningKeys fresh;
  SigningKeys& keys = signing.keys ? *signing.keys : fresh;
  DEPLOYCTL_TRY(const Secret key, keys.key(signing.credentials, moment.day, signing.scope));
  made.signature = hmac_sha256(key, made.string_to_sign).hex();
  return {};
}

} // namespace

Result<Secret> SigningKeys::key(const Credentials& credentials, const std::string& day,
                                const SigningScope& scope) {
  const std::string name =
      fmt::format("{}/{}/{}/{}", credentials.access_key_id, day, scope.region, scope.service);
  const std::lock_guard lock(mutex_);
  if (const auto known = keys_.find(name); known != keys_.end()) return known->second;
  DEPLOYCTL_TRY(const Secret key, derived_key(credentials, day, scope));
  if (keys_.size() >= most_keys) keys_.clear();
  keys_.emplace(name, key);
  return key;
}

Result<Signed> sign_headers(const SignableRequest& request, const Signing& signing) {
  const Moment moment = moment_of(signing);
  const auto& token = signing.credentials.session_token;
  Signed made;
  made.headers.emplace_back("X-Amz-Date", moment.time);
  if (signing.with_payload_hash) made.headers.emplace_back("X-Amz-Content-Sha256", request.payload_hash);
  if (token && signing.token_is_signed) made.headers.emplace_back("X-Amz-Security-Token", *token);
  std::vector<Header> headers = request.headers;
  headers.insert(headers.end(), made.headers.begin(), made.headers.end());
  DEPLOYCTL_TRY(made.canonical,
                canonical_request(request.method, canonical_path(request.path, signing.path),
                                  canonical_query(request.query), headers, request.payload_hash));
  DEPLOYCTL_CHECK(finish(made, signing, moment));
  if (token && !signing.token_is_signed) made.headers.emplace_back("X-Amz-Security-Token", *token);
  made.headers.emplace_back("Authorization",
                            fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", algorithm,
                                        signing.credentials.access_key_id, moment.scope,
                                        made.canonical.signed_headers, made.signature));
  return made;
}

Result<Signed> sign_query(const SignableRequest& request, const Signing& signing,
                          std::chrono::seconds valid) {
  const Moment moment = moment_of(signing);
  const auto& token = signing.credentials.session_token;
  Signed made;
  const std::string path = canonical_path(request.path, signing.path);
  // The signed headers are a part of the query that is signed.
  DEPLOYCTL_TRY(const CanonicalRequest names,
                canonical_request(request.method, path, {}, request.headers, request.payload_hash));
  CanonicalQuery query = canonical_query(request.query);
  const auto add = [&query](const std::string& name, const std::string& value) {
    query.emplace_back(name, percent_encode(value));
  };
  add("X-Amz-Algorithm", std::string(algorithm));
  add("X-Amz-Credential", signing.credentials.access_key_id + "/" + moment.scope);
  add("X-Amz-Date", moment.time);
  add("X-Amz-Expires", std::to_string(valid.count()));
  add("X-Amz-SignedHeaders", names.signed_headers);
  Text encoded_token;
  if (token) {
    DEPLOYCTL_TRY(encoded_token, percent_encoded(*token));
  }
  const auto add_token = [&] { query.emplace_back("X-Amz-Security-Token", encoded_token); };
  if (token && signing.token_is_signed) add_token();
  sort_query(query);
  DEPLOYCTL_TRY(made.canonical,
                canonical_request(request.method, path, query, request.headers, request.payload_hash));
  DEPLOYCTL_CHECK(finish(made, signing, moment));
  if (token && !signing.token_is_signed) add_token();
  add("X-Amz-Signature", made.signature);
  DEPLOYCTL_TRY(made.query, query_text(query));
  return made;
}

std::string basic_time(WallTime time) {
  std::string text;
  for (const char c : format_time(time).substr(0, 19)) // "2015-08-30T12:36:00"
    if (c != '-' && c != ':') text += c;
  return text + "Z";
}

} // namespace deployctl::aws
