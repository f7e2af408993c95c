#include "docker/fault.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/members.hpp"
#include "base/sanitize.hpp"
#include "base/strings.hpp"

namespace deployctl::docker {
namespace {

constexpr std::size_t longest_words = 1000;

struct Sign {
  std::string_view words; // lower case
  Cause cause;
  const char* help;
  bool passes = false; // the same request may succeed later
};

// The first that is found counts.
constexpr auto signs = std::to_array<Sign>({
    {"no space left on device", Cause::capacity, "free space where the engine keeps its data"},
    {"toomanyrequests", Cause::throttled, "log in to the registry, or wait", true},
    {"no matching manifest", Cause::image_arch, "build the image for the host's architecture too"},
    {"does not match the detected host platform", Cause::image_arch,
     "build the image for the host's architecture too"},
    {"exec format error", Cause::image_arch, "build the image for the host's architecture"},
    {"unauthorized", Cause::auth,
     "log in to the registry with 'docker login', or declare it under 'providers'"},
    {"no basic auth credentials", Cause::auth,
     "log in to the registry with 'docker login', or declare it under 'providers'"},
    {"pull access denied", Cause::auth,
     "log in to the registry with 'docker login', or declare it under 'providers'"},
    {"manifest unknown", Cause::image_missing, "has the image been pushed, and not been deleted since?"},
    {"name unknown", Cause::image_missing, "has the image been pushed, and not been deleted since?"},
    {"no such image", Cause::image_missing, ""},
    {"x509", Cause::tls, "the engine does not trust the registry's certificate: see its certs.d"},
    {"server gave http response to https client", Cause::tls,
     "the registry has no TLS: it must be among the engine's 'insecure-registries'"},
    {"port is already allocated", Cause::conflict, "something else on the host has that port"},
    {"address already in use", Cause::conflict, "something else on the host has that port"},
    {"executable file not found", Cause::not_found, "the image has no such program"},
    {"bind source path does not exist", Cause::not_found,
     "make the directory on the host first: the engine would make an empty one that belongs to root"},
    {"connection refused", Cause::network, "", true},
    {"no such host", Cause::network, "", true},
    {"i/o timeout", Cause::network, "", true},
    {"tls handshake timeout", Cause::network, "", true},
    {"connection reset by peer", Cause::network, "", true},
    {"unexpected eof", Cause::network, "", true},
});

struct StatusMeaning {
  int status;
  Cause cause;
};
constexpr auto status_meanings = std::to_array<StatusMeaning>({
    {400, Cause::config},
    {401, Cause::auth},
    {403, Cause::permission},
    {404, Cause::not_found},
    {409, Cause::conflict},
});

const Sign* sign_of(std::string_view words) {
  const std::string lower = to_lower(words);
  const auto* found = std::ranges::find_if(
      signs, [&](const Sign& sign) { return lower.find(sign.words) != std::string::npos; });
  return found == signs.end() ? nullptr : found;
}

Cause cause_of_status(int status) {
  const auto* found = std::ranges::find(status_meanings, status, &StatusMeaning::status);
  return found == status_meanings.end() ? Cause::command_failed : found->cause;
}

void sharpen(Error& error, std::string_view words) {
  const Sign* sign = sign_of(words);
  if (!sign) return;
  error.cause = sign->cause;
  error.help = sign->help;
  error.retryable = sign->passes;
}

// One line, as the engine wrote it.
std::string tidy(std::string_view words) {
  std::string line;
  for (const std::string_view part : split(words.substr(0, longest_words), '\n'))
    if (const auto text = trim(part); !text.empty()) line += (line.empty() ? "" : " ") + sanitize_line(text);
  while (line.ends_with('.')) line.pop_back();
  return line;
}

std::string words_of(const HttpResponse& response) {
  const auto document = parse_json(response.body, JsonMode::plain);
  if (document)
    if (const std::string message = text_at(*document, "message"); !message.empty()) return tidy(message);
  return tidy(response.body);
}

std::string path_of(std::string_view url) {
  const auto path = url.find('/', url.find("://") + 3);
  if (path == std::string_view::npos) return "/";
  std::string_view rest = url.substr(path, url.find('?') - path);
  if (rest.starts_with("/v1.")) rest = rest.substr(std::min(rest.find('/', 1), rest.size()));
  return std::string(rest);
}

} // namespace

Error error_of(const HttpRequest& request, const HttpResponse& response) {
  const std::string words = words_of(response);
  Error error{.cause = cause_of_status(response.status),
              .message =
                  fmt::format("{} {}: {} {}", request.method, path_of(request.url), response.status, words)};
  sharpen(error, words);
  return error;
}

Error error_of_words(std::string_view words) {
  Error error{.cause = Cause::command_failed, .message = tidy(words)};
  sharpen(error, words);
  return error;
}

Error unreachable(const std::string& socket, Error error) {
  if (error.cause != Cause::network) return error;
  error.message = fmt::format("the Docker engine does not answer at {}: {}", socket, error.message);
  if (error.help.empty())
    error.help = "is it installed and running there, and may you use its socket? 'providers: docker' says "
                 "where the socket is";
  return error;
}

} // namespace deployctl::docker
