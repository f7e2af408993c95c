#include "base/json.hpp"
#include "base/members.hpp"
#include "registry/manifest.hpp"

namespace deployctl::registry {
namespace {

constexpr std::size_t largest_config = 4U << 20;

} // namespace

bool ImageConfig::runs_as_root() const {
  const std::string name = user.substr(0, user.find(':'));
  return name.empty() || name == "0" || name == "root";
}

Result<ImageConfig> parse_image_config(std::string_view bytes) {
  DEPLOYCTL_TRY(const Value document,
                parse_json(bytes, JsonMode::plain, {.bytes = largest_config, .depth = 32}));
  if (!document.map()) return fail(Cause::config, "the configuration of the image is not a JSON object");
  static const Value nothing = Value::Map{};
  const Value* found = document.find("config");
  const Value& inner = found && found->map() ? *found : nothing;
  ImageConfig config{.platform = {.os = text_at(document, "os"),
                                  .architecture = text_at(document, "architecture"),
                                  .variant = text_at(document, "variant"),
                                  .os_version = text_at(document, "os.version")},
                     .created = text_at(document, "created"),
                     .user = text_at(inner, "User"),
                     .entrypoint = texts_at(inner, "Entrypoint"),
                     .command = texts_at(inner, "Cmd"),
                     .exposed_ports = keys_at(inner, "ExposedPorts"),
                     .volumes = keys_at(inner, "Volumes"),
                     .labels = text_map_at(inner, "Labels"),
                     .has_health_check = inner.find("Healthcheck") != nullptr};
  if (const Value* root = document.find("rootfs")) {
    for (const std::string& text : texts_at(*root, "diff_ids")) {
      DEPLOYCTL_TRY(Digest diff_id, Digest::parse(text));
      config.diff_ids.push_back(std::move(diff_id));
    }
  }
  return config;
}

} // namespace deployctl::registry
