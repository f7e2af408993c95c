#include "registry/fault.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "net/retry.hpp"
#include "net/status_cause.hpp"

namespace deployctl::registry {
namespace {

constexpr std::size_t longest_document = 64U << 10;
constexpr std::size_t longest_excerpt = 200;
constexpr std::size_t longest_message = 500;
constexpr std::array<int, 6> proxy_statuses = {499, 520, 521, 522, 523, 524};
constexpr std::array<std::string_view, 2> passing_codes = {"TOOMANYREQUESTS", "UNAVAILABLE"};
constexpr std::array<const char*, 4> id_headers = {"x-request-id", "x-amzn-requestid", "x-github-request-id",
                                                   "docker-distribution-request-id"};

struct Advice {
  int status;
  const char* help;
};

constexpr auto advices = std::to_array<Advice>({
    {401, "log in with 'docker login' or 'podman login'"},
    {403, "the credentials are known, but may not do this"},
    {405, "this registry does not offer it"},
});

std::string help_for(int status) {
  const auto* found = std::ranges::find(advices, status, &Advice::status);
  return found == advices.end() ? "" : found->help;
}

std::string one_line(std::string_view text, std::size_t most) {
  std::string line(trim(text.substr(0, most)));
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return line;
}

} // namespace

std::vector<Fault> read_faults(std::string_view body) {
  std::vector<Fault> faults;
  if (body.size() > longest_document) return faults;
  const auto document = parse_json(body, JsonMode::plain, {.bytes = longest_document, .depth = 32});
  if (!document) return faults;
  for (const Value& item : list_at(*document, "errors")) {
    Fault fault{.code = one_line(text_at(item, "code"), longest_message),
                .message = one_line(text_at(item, "message"), longest_message)};
    if (!fault.code.empty() || !fault.message.empty()) faults.push_back(std::move(fault));
  }
  for (const char* key : {"message", "details", "error_description", "error"})
    if (const std::string text = text_at(*document, key); faults.empty() && !text.empty())
      faults.push_back({.message = one_line(text, longest_message)});
  return faults;
}

bool has_code(const HttpResponse& response, std::string_view code) {
  const auto faults = read_faults(response.body);
  return std::ranges::find(faults, code, &Fault::code) != faults.end();
}

std::string header_of(const HttpResponse& response, const std::string& name) {
  const auto found = response.headers.find(name);
  return found == response.headers.end() ? "" : found->second;
}

std::string shown_url(std::string_view url) {
  return std::string(url.substr(0, url.find('?')));
}

Error error_of(const HttpRequest& request, const HttpResponse& response) {
  Error error{.cause = net::cause_of_status(response.status),
              .message = fmt::format("{} {}: {}", request.method, shown_url(request.url), response.status),
              .help = help_for(response.status),
              .retryable = may_succeed_later(response)};
  const auto faults = read_faults(response.body);
  for (const Fault& fault : faults)
    error.message += fmt::format(" {}{}{}", fault.code,
                                 fault.code.empty() || fault.message.empty() ? "" : ", ", fault.message);
  while (error.message.ends_with('.')) error.message.pop_back();
  if (faults.empty() && !trim(response.body).empty())
    error.evidence.push_back("the answer begins: " + one_line(response.body, longest_excerpt));
  for (const char* name : id_headers)
    if (const std::string id = header_of(response, name); !id.empty())
      error.evidence.push_back("request id " + one_line(id, longest_excerpt));
  return error;
}

bool may_succeed_later(const HttpResponse& response) {
  if (net::may_succeed_later(response.status)) return true;
  if (std::ranges::find(proxy_statuses, response.status) != proxy_statuses.end()) return true;
  return response.status >= 400 &&
         std::ranges::any_of(passing_codes, [&](std::string_view code) { return has_code(response, code); });
}

bool says_immutable(const HttpResponse& response) {
  if (response.status != 400 && response.status != 403 && response.status != 409 && response.status != 412)
    return false;
  if (has_code(response, "TAG_INVALID") || has_code(response, "PRECONDITION")) return true;
  return to_lower(response.body.substr(0, longest_document)).find("immutable") != std::string::npos;
}

} // namespace deployctl::registry
