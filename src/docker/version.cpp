#include "docker/version.hpp"

#include <algorithm>
#include <optional>

#include <fmt/core.h>

#include "base/integer.hpp"
#include "base/members.hpp"
#include "docker/answers.hpp"

namespace deployctl::docker {
namespace {

constexpr std::string_view major = "1.";

std::optional<int> minor_of(std::string_view version) {
  if (!version.starts_with(major)) return std::nullopt;
  return parse_integer<int>(version.substr(major.size()));
}

} // namespace

ServerVersion read_version(const Value& answer) {
  return {.version = text_at(answer, "Version"),
          .api = text_at(answer, "ApiVersion"),
          .oldest_api = text_at(answer, "MinAPIVersion"),
          .platform = platform_of(text_at(answer, "Os"), text_at(answer, "Arch"))};
}

Result<std::string> common_version(const ServerVersion& server) {
  const auto newest = minor_of(server.api);
  if (!newest)
    return fail(Cause::not_found, fmt::format("the engine says that its API has version '{}'", server.api),
                "is it a Docker engine that answers there?");
  if (*newest < oldest_minor)
    return fail(Cause::not_found,
                fmt::format("Docker {} is too old: its API has version {}, 1.{} is needed", server.version,
                            server.api, oldest_minor),
                "install Docker 19.03 or later on the host");
  if (const auto oldest = minor_of(server.oldest_api); oldest && *oldest > newest_minor)
    return fail(
        Cause::not_found,
        fmt::format("Docker {} is too new: the oldest version of its API is {}, this deployctl knows 1.{}",
                    server.version, server.oldest_api, newest_minor),
        "use a newer deployctl");
  return fmt::format("{}{}", major, std::min(*newest, newest_minor));
}

} // namespace deployctl::docker
