#include "ssh/runtime_directory.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/strings.hpp"
#include "base/variables.hpp"

namespace deployctl::ssh {
namespace {

constexpr std::string_view prefix = "dctl-";
constexpr std::size_t random_part = 6; // of TemporaryDirectory
constexpr std::size_t name_length = 12;

// "<parent>/dctl-XXXXXX/<12 characters>"
std::size_t socket_length(std::string_view parent) {
  return parent.size() + 1 + prefix.size() + random_part + 1 + name_length;
}

// ssh expands '%' and '~' in a socket's path, and its shell would expand more.
bool is_literal_to_ssh(std::string_view path) {
  constexpr std::string_view marks = "/._-+";
  return std::all_of(path.begin(), path.end(), [marks](char byte) {
    return is_letter_or_digit(byte) || marks.find(byte) != std::string_view::npos;
  });
}

} // namespace

Result<RuntimeDirectory> RuntimeDirectory::create(const std::vector<std::string>& parents) {
  Error refused{.cause = Cause::config,
                .message = "no directory for the sockets of SSH connections",
                .help = "set XDG_RUNTIME_DIR or TMPDIR to a directory with a short path"};
  for (const std::string& parent : parents) {
    if (!is_literal_to_ssh(parent)) {
      refused.evidence.push_back(fmt::format("'{}' holds characters that ssh would expand", parent));
      continue;
    }
    if (const std::size_t length = socket_length(parent); length > longest_control_path) {
      refused.evidence.push_back(fmt::format("'{}' gives a socket path of {} characters, {} are the most",
                                             parent, length, longest_control_path));
      continue;
    }
    auto directory = os::TemporaryDirectory::create(parent, std::string(prefix));
    if (directory) return RuntimeDirectory(*std::move(directory));
    refused.evidence.push_back(directory.error().message);
  }
  return fail(std::move(refused));
}

std::string RuntimeDirectory::socket(std::string_view identity) const {
  return path() + "/" + sha256_hex(identity).substr(0, name_length);
}

std::vector<std::string> runtime_parents(const os::Environment& environment) {
  std::vector<std::string> parents;
  for (const char* const name : {"XDG_RUNTIME_DIR", "TMPDIR"}) {
    const std::string* found = find_variable(environment, name);
    if (found && found->starts_with('/')) parents.push_back(*found);
  }
  parents.emplace_back("/tmp");
  return parents;
}

} // namespace deployctl::ssh
