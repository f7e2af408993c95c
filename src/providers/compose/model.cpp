#include "providers/compose/model.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "yaml/document.hpp"

namespace deployctl::providers::compose {
namespace {

constexpr int most_replicas = 10'000;
const Value absent;

// Scalars stay text: what a member means is decided where it is read.
Value value_of(const yaml::Node& node) {
  switch (node.kind) {
  case yaml::NodeKind::null:
    return {};
  case yaml::NodeKind::scalar:
    return node.text;
  case yaml::NodeKind::list: {
    Value::List all;
    for (const yaml::Node& item : node.items) all.push_back(value_of(item));
    return all;
  }
  case yaml::NodeKind::map: {
    Value::Map all;
    for (const yaml::Entry& entry : node.entries) all.insert_or_assign(entry.key, value_of(entry.value));
    return all;
  }
  }
  return {};
}

Result<Value> parsed(std::string_view text) {
  if (trim(text).starts_with('{')) return parse_json(text, JsonMode::plain);
  const yaml::ParseOutcome outcome = yaml::parse("the rendered project", std::string(text));
  if (outcome.document && !outcome.has_errors()) return value_of(outcome.document->root);
  const std::string why = outcome.diagnostics.empty() ? "it is empty" : outcome.diagnostics.front().message;
  return fail(Cause::command_failed, fmt::format("what Compose rendered cannot be read: {}", why));
}

const Value& member_of(const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  return found ? *found : absent;
}

// A scalar of either notation, as text.
std::string word_of(const Value& value) {
  if (value.text()) return *value.text();
  if (const auto* number = value.get<std::int64_t>()) return std::to_string(*number);
  if (const auto* truth = value.get<bool>()) return *truth ? "true" : "false";
  return {};
}

std::string word_at(const Value& value, std::string_view key) {
  return word_of(member_of(value, key));
}

bool is_true(const Value& value) {
  return word_of(value) == "true";
}

// Every text with one folder's name replaced: nothing said here depends on where it was rendered.
Value with_folder_as(const Value& value, const std::string& folder, std::string_view name) {
  if (value.text()) return replace_all(*value.text(), folder, name);
  if (const Value::List* list = value.list()) {
    Value::List all;
    for (const Value& item : *list) all.push_back(with_folder_as(item, folder, name));
    return all;
  }
  if (!value.map()) return value;
  Value::Map all;
  for (const auto& [key, item] : *value.map())
    all.insert_or_assign(replace_all(key, folder, name), with_folder_as(item, folder, name));
  return all;
}

Value without_place(const Value& value, const std::string& place) {
  const std::string above = place.substr(0, place.rfind('/') + 1);
  if (above.size() < 2) return value;
  const Value own = with_folder_as(value, place, ".");
  return with_folder_as(own, above.substr(0, above.size() - 1), "..");
}

// {NAME: value} or ["NAME=value"].
std::vector<std::string> names_in(const Value& environment) {
  std::vector<std::string> names;
  if (environment.map())
    for (const auto& [name, value] : *environment.map()) names.push_back(name);
  if (environment.list())
    for (const Value& line : *environment.list()) {
      const std::string text = word_of(line);
      names.push_back(text.substr(0, text.find('=')));
    }
  std::ranges::sort(names);
  return names;
}

bool is_path(std::string_view source) {
  return source.starts_with('/') || source.starts_with('.') || source.starts_with('~');
}

// "SOURCE:TARGET[:MODE]", or the target of an anonymous volume.
Mount short_mount(std::string_view written) {
  const std::vector<std::string_view> parts = split(written, ':');
  if (parts.size() == 1) return {.kind = "volume", .target = std::string(parts.front())};
  return {.kind = is_path(parts[0]) ? "bind" : "volume",
          .source = std::string(parts[0]),
          .target = std::string(parts[1])};
}

std::vector<Mount> mounts_in(const Value& service) {
  std::vector<Mount> mounts;
  for (const Value& written : list_at(service, "volumes"))
    mounts.push_back(written.map() ? Mount{.kind = word_at(written, "type"),
                                           .source = word_at(written, "source"),
                                           .target = word_at(written, "target")}
                                   : short_mount(word_of(written)));
  return mounts;
}

std::vector<std::string> ports_in(const Value& service) {
  std::vector<std::string> ports;
  for (const Value& written : list_at(service, "ports")) {
    if (!written.map()) {
      ports.push_back(word_of(written));
      continue;
    }
    const std::string address = word_at(written, "host_ip");
    const std::string protocol = word_at(written, "protocol");
    ports.push_back(fmt::format("{}{}:{}/{}", address.empty() ? "" : address + ":",
                                word_at(written, "published"), word_at(written, "target"),
                                protocol.empty() ? "tcp" : protocol));
  }
  return ports;
}

int replicas_of(const Value& service) {
  std::string written = word_at(member_of(service, "deploy"), "replicas");
  if (written.empty()) written = word_at(service, "scale");
  int count = 1;
  std::from_chars(written.data(), written.data() + written.size(), count);
  return std::clamp(count, 0, most_replicas);
}

bool is_checked(const Value& service) {
  const Value& check = member_of(service, "healthcheck");
  return check.map() && !is_true(member_of(check, "disable")) && !check.map()->empty();
}

ServiceModel service_in(const Value& service) {
  Value rest = service.map() ? service : Value(Value::Map{});
  rest.get<Value::Map>()->erase("image");
  return {.image = word_at(service, "image"),
          .is_built = !member_of(service, "build").is_null(),
          .environment = names_in(member_of(service, "environment")),
          .ports = ports_in(service),
          .mounts = mounts_in(service),
          .replicas = replicas_of(service),
          .is_checked = is_checked(service),
          .definition = sha256_hex(to_json(rest, JsonMode::plain))};
}

// Without profiles it always runs, otherwise when one of them was asked for.
bool is_wanted(const Value& service, const std::vector<std::string>& profiles) {
  const Value::List& own = list_at(service, "profiles");
  return own.empty() || std::ranges::any_of(own, [&](const Value& profile) {
           return std::ranges::find(profiles, word_of(profile)) != profiles.end();
         });
}

VolumeModel volume_in(const std::string& key, const Value& volume, const std::string& project) {
  const Value& external = member_of(volume, "external");
  VolumeModel model{.name = word_at(volume, "name"), .is_external = external.map() || is_true(external)};
  if (model.name.empty()) model.name = word_at(external, "name"); // as version 1 had it
  if (model.name.empty()) model.name = model.is_external ? key : project + "_" + key;
  if (const std::string driver = word_at(volume, "driver"); !driver.empty()) model.driver = driver;
  if (const Value& options = member_of(volume, "driver_opts"); options.map())
    for (const auto& [name, value] : *options.map()) model.options.emplace(name, word_of(value));
  return model;
}

} // namespace

Result<ProjectModel> read_model(std::string_view text, const Rendering& how) {
  DEPLOYCTL_TRY(const Value rendered, parsed(text));
  const Value project = without_place(rendered, how.place);
  const Value& services = member_of(project, "services");
  if (!services.map() || services.map()->empty()) return fail(Cause::config, "the project has no services");
  ProjectModel model;
  for (const auto& [name, service] : *services.map())
    if (is_wanted(service, how.profiles)) model.services.emplace(name, service_in(service));
  if (const Value& volumes = member_of(project, "volumes"); volumes.map())
    for (const auto& [key, volume] : *volumes.map())
      model.volumes.emplace(key, volume_in(key, volume, how.project));
  return model;
}

} // namespace deployctl::providers::compose
