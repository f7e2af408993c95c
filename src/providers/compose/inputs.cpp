#include "providers/compose/inputs.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "base/members.hpp"
#include "base/pattern.hpp"
#include "base/strings.hpp"

namespace deployctl::providers::compose {
namespace {

constexpr std::size_t name_length = 12;
// They would change what Compose and the engine's client themselves do.
constexpr std::array<std::string_view, 4> reserved_beginnings = {"DEPLOYCTL_", "COMPOSE_", "DOCKER_", "LD_"};
constexpr std::array<std::string_view, 4> reserved_names = {"PATH", "HOME", "TMPDIR", "IFS"};

bool is_below(std::string_view name) {
  const auto parts = split(name, '/');
  return std::ranges::none_of(
      parts, [](std::string_view part) { return part.empty() || part == "." || part == ".."; });
}

void check_folder(const Value& inputs, std::vector<InputProblem>& problems) {
  const std::string path = text_at(inputs, "path");
  if (path.empty() || (path.size() > 1 && path.starts_with('/') && is_below(path.substr(1)))) return;
  problems.push_back({.path = "path",
                      .message = fmt::format("'{}' is not the absolute path of a folder", path),
                      .help = "from the root, without '.' or '..', and without a '/' at the end"});
}

const Value::Map* entries_in(const Value& inputs) {
  const Value* entries = inputs.find_path("source.entries");
  return entries ? entries->map() : nullptr;
}

void check_files(const Value& inputs, std::vector<InputProblem>& problems) {
  const std::vector<std::string> files = texts_at(inputs, "files");
  const Value::Map* entries = entries_in(inputs);
  for (const std::string& file : files) {
    if (!is_below(file))
      problems.push_back({.path = "files", .message = fmt::format("'{}' is not a file of the source", file)});
    else if (entries && !entries->contains(file))
      problems.push_back({.path = "files",
                          .message = fmt::format("the source has no '{}'", file),
                          .help = "files are named from the folder 'source'"});
  }
  if (!files.empty() && files.front().find('/') != std::string::npos)
    problems.push_back({.path = "files",
                        .message = fmt::format("'{}' does not lie in the source itself", files.front()),
                        .help = "Compose takes paths from the folder of the first file: make that 'source'"});
}

void check_variables(const Value& inputs, std::vector<InputProblem>& problems) {
  static const Pattern names = *Pattern::compile("[A-Za-z_][A-Za-z0-9_]*");
  for (const std::string& name : keys_at(inputs, "env")) {
    const bool is_reserved =
        std::ranges::find(reserved_names, std::string_view(name)) != reserved_names.end() ||
        std::ranges::any_of(reserved_beginnings,
                            [&](std::string_view beginning) { return name.starts_with(beginning); });
    if (names.matches(name) && !is_reserved) continue;
    problems.push_back({.path = "env." + name,
                        .message = fmt::format("'{}' cannot be the name of a variable here", name),
                        .help = "letters, digits and '_'; not what Compose and the shell read themselves"});
  }
  const Value::Map* entries = entries_in(inputs);
  if (entries && entries->contains(".env") && !keys_at(inputs, "env").empty())
    problems.push_back({.path = "env",
                        .message = "the source has a '.env' of its own",
                        .help = "leave out one of them: 'env' becomes that file"});
}

void check_own_names(const Value& inputs, std::vector<InputProblem>& problems) {
  const Value::Map* entries = entries_in(inputs);
  if (!entries) return;
  for (const auto& [name, entry] : *entries)
    if (name == "REVISION.json" || name.starts_with(".deployctl-"))
      problems.push_back({.path = "source",
                          .message = fmt::format("the source has '{}', which deployctl writes", name),
                          .help = "rename or leave out that file"});
}

void check_images(const Value& inputs, std::vector<InputProblem>& problems) {
  for (const auto& [service, image] : text_map_at(inputs, "images"))
    if (!image.starts_with("sha256:") && image.find("@sha256:") == std::string::npos)
      problems.push_back({.path = "images." + service,
                          .message = fmt::format("'{}' names no digest", image),
                          .help = "NAME@sha256:..., as ${steps.image.ref} is"});
}

void check_paths(const Value& inputs, std::vector<InputProblem>& problems) {
  const Value* persistent = inputs.find("persistent");
  if (!persistent || !persistent->map()) return;
  for (const auto& [service, paths] : *persistent->map())
    for (const std::string& path : texts_at(*persistent, service))
      if (!path.starts_with('/'))
        problems.push_back({.path = "persistent." + service,
                            .message = fmt::format("'{}' is not an absolute path in the container", path)});
}

void add_written(Value& to, const Value& from, const char* name) {
  if (const Value* found = from.find(name); found && !found->is_null()) to[name] = *found;
}

} // namespace

std::vector<InputProblem> check_project(const Value& inputs) {
  std::vector<InputProblem> problems;
  check_folder(inputs, problems);
  check_files(inputs, problems);
  check_variables(inputs, problems);
  check_own_names(inputs, problems);
  check_images(inputs, problems);
  check_paths(inputs, problems);
  return problems;
}

ProjectFiles files_of(const ProjectInputs& inputs) {
  ProjectFiles files{.project = inputs.name, .files = inputs.files, .profiles = inputs.profiles};
  files.files.emplace_back(images_file);
  return files;
}

std::string pinning_file(const std::map<std::string, std::string>& images, const std::string& version) {
  Value::Map services;
  for (const auto& [service, image] : images) services.emplace(service, Value::Map{{"image", image}});
  Value file = Value::Map{{"services", std::move(services)}};
  if (!version.empty()) file["version"] = version;
  return to_json(file, JsonMode::plain);
}

Value::Map tree_entries(const Value& source) {
  Value::Map result;
  const Value* entries = source.find("entries");
  if (!entries || !entries->map()) return result;
  for (const auto& [name, entry] : *entries->map()) {
    if (const Value* link = entry.find("link")) {
      result.emplace(name, Value::Map{{"link", *link}});
      continue;
    }
    const bool is_executable = (number_at(entry, "mode").value_or(0) & 0100) != 0;
    result.emplace(name,
                   Value::Map{{"mode", is_executable ? 0755 : 0644}, {"sha256", text_at(entry, "sha256")}});
  }
  return result;
}

Value with_versions(const Value& value) {
  return map_secrets(value, [](const Secret& secret) { return Value(secret.version()); });
}

Value configuration_of(const Value& desired) {
  Value configuration = Value::Map{};
  for (const char* name : {"name", "files", "profiles", "images", "env"})
    add_written(configuration, desired, name);
  if (const Value* source = desired.find("source"); source && source->map())
    configuration["tree"] = tree_entries(*source);
  return configuration;
}

std::string release_name(const Value& desired) {
  return sha256_hex(to_json(configuration_of(desired))).substr(0, name_length);
}

} // namespace deployctl::providers::compose
