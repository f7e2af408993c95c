#include <algorithm>
#include <cstring>

#include <fmt/core.h>

#include "base/shell_word.hpp"
#include "os/child.hpp"

namespace deployctl::os {
namespace {

bool is_entry_of(const std::string& entry, std::string_view name) {
  return entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name);
}

} // namespace

ChildEnvironment::~ChildEnvironment() {
  for (std::string& entry : entries_) ::explicit_bzero(entry.data(), entry.size());
}

Status ChildEnvironment::set(const std::string& name, const Text& value) {
  if (!is_variable_name(name))
    return fail(Cause::config, fmt::format("'{}' is not a name of an environment variable", name));
  if (value.secret() && !value.secret()->is_resolved())
    return fail(Cause::internal,
                fmt::format("the secret '{}' for '{}' has no value yet", value.secret()->name(), name));
  const std::string_view bytes = value.plain() ? std::string_view(*value.plain()) : value.secret()->reveal();
  if (bytes.find('\0') != std::string_view::npos)
    return fail(Cause::config, fmt::format("the value of '{}' holds a zero byte", name));
  std::string entry;
  entry.reserve(name.size() + 1 + bytes.size()); // one allocation: no copy of the value stays behind
  entry.append(name).append("=").append(bytes);
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&name](const std::string& other) { return is_entry_of(other, name); });
  if (found == entries_.end()) {
    entries_.push_back(std::move(entry));
  } else {
    ::explicit_bzero(found->data(), found->size());
    *found = std::move(entry);
  }
  return {};
}

std::optional<std::string> ChildEnvironment::find(std::string_view name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [name](const std::string& entry) { return is_entry_of(entry, name); });
  if (found == entries_.end()) return std::nullopt;
  return found->substr(name.size() + 1);
}

std::vector<char*> ChildEnvironment::pointers() {
  std::vector<char*> out;
  for (std::string& entry : entries_) out.push_back(entry.data());
  out.push_back(nullptr);
  return out;
}

} // namespace deployctl::os
