#include "registry/image_wishes.hpp"

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/members.hpp"

namespace deployctl::registry {
namespace {

constexpr std::size_t largest_config = 4U << 20;

Value list_of(const std::vector<std::string>& texts) {
  return Value::List(texts.begin(), texts.end());
}

Value new_config(const Platform& platform) {
  Value::Map config{{"architecture", platform.architecture}, {"os", platform.os}};
  if (!platform.variant.empty()) config["variant"] = platform.variant;
  return config;
}

// "NAME=value" in the order of the base, new ones behind them by name.
Value merged_env(const Value& inner, std::map<std::string, std::string> wishes) {
  Value::List all;
  for (const std::string& text : texts_at(inner, "Env")) {
    const std::string name = text.substr(0, text.find('='));
    const auto wished = wishes.find(name);
    all.emplace_back(wished == wishes.end() ? text : fmt::format("{}={}", name, wished->second));
    if (wished != wishes.end()) wishes.erase(wished);
  }
  for (const auto& [name, value] : wishes) all.emplace_back(fmt::format("{}={}", name, value));
  return all;
}

void put_wishes(Value& inner, const ImageWishes& wishes) {
  if (!wishes.env.empty()) inner["Env"] = merged_env(inner, wishes.env);
  if (!wishes.entrypoint.empty()) {
    inner["Entrypoint"] = list_of(wishes.entrypoint);
    inner.get<Value::Map>()->erase("Cmd"); // that of the base was for its own entry point
  }
  if (!wishes.command.empty()) inner["Cmd"] = list_of(wishes.command);
  if (!wishes.user.empty()) inner["User"] = wishes.user;
  if (!wishes.directory.empty()) inner["WorkingDir"] = wishes.directory;
  for (const auto& [name, value] : wishes.labels) inner["Labels"][name] = value;
  for (const std::string& port : wishes.ports)
    inner["ExposedPorts"][port.find('/') == std::string::npos ? port + "/tcp" : port] = Value::Map{};
}

// The members that hold maps, as maps: others write null there.
void make_map(Value& parent, const char* key) {
  const Value* found = parent.find(key);
  if (!found || !found->map()) parent[key] = Value::Map{};
}

} // namespace

Result<std::string> wished_config(const std::string& base, const ImageWishes& wishes, const Digest& diff_id) {
  Value document = new_config(wishes.platform);
  if (!base.empty()) {
    DEPLOYCTL_CHECK(parse_image_config(base)); // also says what is wrong with it
    DEPLOYCTL_TRY(document, parse_json(base, JsonMode::plain, {.bytes = largest_config, .depth = 32}));
  }
  for (const char* key : {"config", "rootfs"}) make_map(document, key);
  if (!wishes.labels.empty()) make_map(document["config"], "Labels");
  if (!wishes.ports.empty()) make_map(document["config"], "ExposedPorts");
  put_wishes(document["config"], wishes);
  Value::List diff_ids = list_at(document["rootfs"], "diff_ids");
  diff_ids.emplace_back(diff_id.text());
  document["rootfs"] = Value::Map{{"type", "layers"}, {"diff_ids", std::move(diff_ids)}};
  Value::List history = list_at(document, "history");
  history.emplace_back(Value::Map{{"created", wishes.created}, {"created_by", wishes.note}});
  document["history"] = std::move(history);
  document["created"] = wishes.created;
  for (const char* key : {"container", "container_config", "docker_version", "id", "parent"})
    document.get<Value::Map>()->erase(key); // of the machine that made the base
  return to_json(document, JsonMode::plain);
}

} // namespace deployctl::registry
