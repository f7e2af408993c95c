// Text that holds secrets, made for a request's body or a header. The result is secret as soon as one part
// is, so it can be sent but not printed. Unresolved secrets are errors (internal): they have no bytes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/text.hpp>
#include <deployctl/value.hpp>

namespace deployctl {

Result<Text> join_text(const std::vector<Text>& parts);
// Plain JSON with the bytes of every secret put in. An Unknown leaf is an error.
Result<Text> json_body(const Value& value);
// application/x-www-form-urlencoded
Result<Text> form_body(const std::vector<std::pair<std::string, Text>>& fields);
// "Basic <base64 of user:password>" (RFC 7617)
Result<Text> basic_authorization(const std::string& user, const Text& password);
Result<Text> base64_text(const Text& text);
Result<Text> base64_url_text(const Text& text); // in the alphabet of URLs, padded: RFC 4648 section 5
// RFC 3986, for a query.
Result<Text> percent_encoded(const Text& text);
// SHA-256 in hex of the bytes that would be sent.
Result<std::string> body_sha256(const Text& body);

} // namespace deployctl
