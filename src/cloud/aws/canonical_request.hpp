// The one form of a request that both sides of Signature Version 4 hash. Pure. The signature over it is
// sigv4.hpp.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/text.hpp>

namespace deployctl::aws {

using Header = std::pair<std::string, Text>;

// How a service wants its paths read. S3 takes them as they are sent, all others normalised and encoded once
// more.
struct PathRules {
  bool normalize = true;
  bool encode = true;
};

// Names and values percent-encoded, sorted by name and then by plain value. A secret value stands encoded.
using CanonicalQuery = std::vector<std::pair<std::string, Text>>;

struct CanonicalRequest {
  Text text; // secret as soon as a header or a query value is
  std::string signed_headers;
};

std::string canonical_path(std::string_view path, PathRules rules);
// Of the query as it is sent, without '?'. A value without '=' gets one; what is not percent-encoded is.
CanonicalQuery canonical_query(std::string_view query);
void sort_query(CanonicalQuery& query);
// "a=1&b=2"
Result<Text> query_text(const CanonicalQuery& query);

// `path` is canonical already. Headers that proxies and libraries change are left out; values of the others
// lose their outer blanks and runs of inner ones, except of secrets, which stand as they are.
Result<CanonicalRequest> canonical_request(std::string_view method, const std::string& path,
                                           const CanonicalQuery& query, const std::vector<Header>& headers,
                                           const std::string& payload_hash);

} // namespace deployctl::aws
