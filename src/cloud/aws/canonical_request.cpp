#include "cloud/aws/canonical_request.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "base/body.hpp"
#include "base/encode.hpp"
#include "base/strings.hpp"

namespace deployctl::aws {
namespace {

// Rewritten on the way, or made by the transport: a signature over them would not hold.
constexpr std::array<std::string_view, 8> unsigned_headers = {
    "authorization", "connection",      "expect",          "transfer-encoding",
    "user-agent",    "x-amzn-trace-id", "amz-sdk-request", "amz-sdk-invocation-id"};

std::string reencoded(std::string_view text) {
  const auto plain = percent_decode(text);
  return percent_encode(plain ? std::string_view(*plain) : text);
}

std::string without_runs_of_blanks(std::string_view value) {
  std::string out;
  bool gap = false;
  for (const char c : trim(value)) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank) {
      if (gap) out += ' ';
      out += c;
    }
    gap = blank;
  }
  return out;
}

// RFC 3986 section 5.2.4 without empty segments; the last slash stays.
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..")
      kept.push_back(part);
    else if (!kept.empty())
      kept.pop_back();
  }
  std::string out;
  for (const std::string_view part : kept) (out += '/') += part;
  const bool folder = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
  if (out.empty() || folder) out += '/';
  return out;
}

const std::string& plain_or_nothing(const Text& text) {
  static const std::string nothing;
  return text.plain() ? *text.plain() : nothing;
}

} // namespace

std::string canonical_path(std::string_view path, PathRules rules) {
  std::string out = rules.normalize ? without_dot_segments(path) : std::string(path.empty() ? "/" : path);
  return rules.encode ? percent_encode(out, "/") : out;
}

CanonicalQuery canonical_query(std::string_view query) {
  CanonicalQuery items;
  for (const std::string_view part : split(query, '&')) {
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    items.emplace_back(reencoded(part.substr(0, equals)),
                       equals == std::string_view::npos ? "" : reencoded(part.substr(equals + 1)));
  }
  sort_query(items);
  return items;
}

void sort_query(CanonicalQuery& query) {
  std::ranges::stable_sort(query, [](const auto& left, const auto& right) {
    return std::tie(left.first, plain_or_nothing(left.second)) <
           std::tie(right.first, plain_or_nothing(right.second));
  });
}

Result<Text> query_text(const CanonicalQuery& query) {
  std::vector<Text> parts;
  for (const auto& [name, value] : query) {
    parts.emplace_back((parts.empty() ? "" : "&") + name + "=");
    parts.push_back(value);
  }
  return join_text(parts);
}

Result<CanonicalRequest> canonical_request(std::string_view method, const std::string& path,
                                           const CanonicalQuery& query, const std::vector<Header>& headers,
                                           const std::string& payload_hash) {
  std::map<std::string, std::vector<Text>> by_name;
  for (const auto& [name, value] : headers) {
    const std::string lower = to_lower(name);
    if (std::ranges::find(unsigned_headers, lower) != unsigned_headers.end()) continue;
    by_name[lower].push_back(value.plain() ? Text(without_runs_of_blanks(*value.plain())) : value);
  }
  DEPLOYCTL_TRY(const Text query_line, query_text(query));
  std::vector<Text> parts = {std::string(method) + "\n" + path + "\n", query_line, "\n"};
  CanonicalRequest made;
  for (const auto& [name, values] : by_name) {
    made.signed_headers += (made.signed_headers.empty() ? "" : ";") + name;
    for (std::size_t i = 0; i < values.size(); ++i) {
      parts.emplace_back(i == 0 ? name + ":" : ",");
      parts.push_back(values[i]);
    }
    parts.emplace_back("\n");
  }
  parts.emplace_back("\n" + made.signed_headers + "\n" + payload_hash);
  DEPLOYCTL_TRY(made.text, join_text(parts));
  return made;
}

} // namespace deployctl::aws
