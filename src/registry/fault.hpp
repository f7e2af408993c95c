// What a registry says when it refuses: its error document, or whatever else the body is, as an Error that
// names the request. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <deployctl/ports/http.hpp>

namespace deployctl::registry {

struct Fault {
  std::string code; // "MANIFEST_UNKNOWN"
  std::string message;
};

std::vector<Fault> read_faults(std::string_view body); // empty: it is no such document
bool has_code(const HttpResponse& response, std::string_view code);

// "GET https://ghcr.io/v2/a/manifests/1: 404 MANIFEST_UNKNOWN, manifest unknown". The query is left out: it
// may hold credentials. Evidence: the request's id and, when the body is no error document, its beginning.
Error error_of(const HttpRequest& request, const HttpResponse& response);

// 408 429 500 502 503 504, 499 and 520 to 524 of proxies, and the codes that say so.
bool may_succeed_later(const HttpResponse& response);
// Whether a server refused because a tag must never move: each says it in its own way.
bool says_immutable(const HttpResponse& response);

std::string header_of(const HttpResponse& response, const std::string& name); // the first one, or empty
// The URL without its query.
std::string shown_url(std::string_view url);

} // namespace deployctl::registry
