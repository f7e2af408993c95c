// AWS Signature Version 4 as a pure function: clock, credentials and request are values. Both forms: headers
// for calls, a query for links. Not the sending of anything, and no chunked payloads.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "cloud/aws/canonical_request.hpp"
#include "cloud/aws/credentials.hpp"

namespace deployctl::aws {

struct SigningScope {
  std::string region;
  std::string service; // the signing name: "secretsmanager"
};

// Signing keys by access key, day, region and service: four keyed hashes are saved for each request of a day.
// Thread-safe. An access key id names one secret for ever, so it stands for it.
class SigningKeys {
public:
  Result<Secret> key(const Credentials& credentials, const std::string& day, const SigningScope& scope);

private:
  std::mutex mutex_;
  std::map<std::string, Secret> keys_;
};

struct Signing {
  const Credentials& credentials;
  SigningScope scope;
  WallTime time; // corrected for skew
  PathRules path;
  bool token_is_signed = true;    // false: the session token is added behind the signature
  bool with_payload_hash = false; // S3 demands the header x-amz-content-sha256
  SigningKeys* keys = nullptr;    // null: the key is derived anew
};

inline constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD"; // https only

struct SignableRequest {
  std::string method;
  std::string path;            // as it is sent
  std::string query;           // as it is sent, without '?'
  std::vector<Header> headers; // with Host
  std::string payload_hash;    // base/body.hpp: body_sha256; or `unsigned_payload`
};

struct Signed {
  std::vector<Header> headers; // sign_headers: what to add
  Text query;                  // sign_query: the whole query to send
  CanonicalRequest canonical;  // this and the next two: for finding out why a service disagrees
  std::string string_to_sign;
  std::string signature;
};

Result<Signed> sign_headers(const SignableRequest& request, const Signing& signing);
Result<Signed> sign_query(const SignableRequest& request, const Signing& signing, std::chrono::seconds valid);

std::string basic_time(WallTime time); // "20150830T123600Z"

} // namespace deployctl::aws
