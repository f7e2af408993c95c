#include "providers/compose/guards.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/strings.hpp"

namespace deployctl::providers::compose {
namespace {

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

bool lies_on(std::string_view path, std::string_view target) {
  return path == target ||
         (path.starts_with(target) && (target.ends_with('/') || path.substr(target.size()).starts_with('/')));
}

// The mount nearest to the path; nullptr: it is in the container itself.
const Mount* mount_of(const std::vector<Mount>& mounts, const std::string& path) {
  const Mount* nearest = nullptr;
  for (const Mount& mount : mounts)
    if (lies_on(path, mount.target) && (!nearest || mount.target.size() > nearest->target.size()))
      nearest = &mount;
  return nearest;
}

std::string options_text(const std::map<std::string, std::string>& options) {
  std::string text;
  for (const auto& [name, value] : options)
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", name, value);
  return text.empty() ? "no options" : text;
}

Status check_volume(const std::string& key, const VolumeModel& wanted, const Volume& now) {
  if (wanted.is_external || (wanted.driver == now.driver && wanted.options == now.options)) return {};
  return fail(
      Cause::conflict,
      fmt::format("the volume '{}' is {} with {}, the file says {} with {}", now.name, now.driver,
                  options_text(now.options), wanted.driver, options_text(wanted.options)),
      fmt::format("nothing removes a volume here: give '{}' another name in the file and move the data, "
                  "or take the change back",
                  key));
}

Status check_volumes(const ProjectModel& model, const Standing& now) {
  for (const auto& [key, wanted] : model.volumes)
    for (const Volume& volume : now.volumes)
      if (volume.name == wanted.name) DEPLOYCTL_CHECK(check_volume(key, wanted, volume));
  return {};
}

// Of "./conf/nginx.conf": whether the tree has that file, or something below that folder.
bool is_brought(const Value::Map& entries, std::string_view source) {
  const std::string name(source.substr(2));
  if (name.empty() || entries.contains(name)) return true;
  const auto below = entries.lower_bound(name + "/");
  return below != entries.end() && below->first.starts_with(name + "/");
}

Status check_folders(const ProjectInputs& inputs, const ProjectModel& model) {
  const Value::Map entries = tree_entries(inputs.source);
  for (const auto& [name, service] : model.services)
    for (const Mount& mount : service.mounts) {
      const bool is_in_release = mount.source == "." || mount.source.starts_with("./");
      if (mount.kind != "bind" || mount.source.starts_with('/')) continue;
      if (mount.source == "." || (is_in_release && is_brought(entries, mount.source))) continue;
      if (mount.source == "./.env" && !inputs.env.empty()) continue;
      return fail(Cause::config,
                  fmt::format("service '{}' mounts '{}', which the source does not have", name, mount.source),
                  "each release is a folder of its own, so what is written there would stay behind: use a "
                  "named volume or an absolute path, or put the file into the source");
    }
  return {};
}

// Where the data of a path is kept: "the volume 'data'", "'/srv/data' of the host".
std::string place_text(const Mount& mount) {
  return mount.kind == "bind" ? fmt::format("'{}' of the host", mount.source)
                              : fmt::format("the volume '{}'", mount.source);
}

Status check_wanted_path(const std::string& service, const ServiceModel& wanted, const std::string& path) {
  const Mount* mount = mount_of(wanted.mounts, path);
  const bool is_kept = mount && mount->kind != "tmpfs" && !mount->source.empty() &&
                       !(mount->kind == "bind" && mount->source.starts_with('.'));
  if (is_kept) return {};
  return fail(
      Cause::config,
      fmt::format("'{}' of service '{}' is not on a volume: it is lost with the container", path, service),
      "give it a named volume, or a folder of the host by its absolute path");
}

// As the engine will call it, to be compared with what it calls it now.
Mount in_engine(const ProjectModel& model, Mount mount) {
  if (mount.kind != "volume") return mount;
  if (const auto found = model.volumes.find(mount.source); found != model.volumes.end())
    mount.source = found->second.name;
  return mount;
}

Status check_running_path(const ProjectModel& model, const std::string& service, const std::string& path,
                          const Container& container) {
  const Mount* now = mount_of(container.mounts, path);
  if (!now)
    return fail(Cause::config,
                fmt::format("'{}' keeps '{}' in the container itself: replacing it loses what is there",
                            container.name, path),
                "copy it to the volume by hand (docker cp), then remove the container");
  const Mount wanted = in_engine(model, *mount_of(model.services.at(service).mounts, path));
  if (wanted.kind == now->kind && wanted.source == now->source) return {};
  return fail(Cause::config,
              fmt::format("'{}' keeps '{}' on {}, the file says {}", container.name, path, place_text(*now),
                          place_text(wanted)),
              "what is there would stay behind: copy it by hand and remove the container, or keep the place");
}

Status check_persistent(const ProjectInputs& inputs, const ProjectModel& model, const Standing& now) {
  for (const auto& [service, paths] : inputs.persistent) {
    const auto wanted = model.services.find(service);
    if (wanted == model.services.end())
      return fail(Cause::config, fmt::format("the project has no service '{}'", service),
                  "'persistent' names services of the Compose file");
    for (const std::string& path : paths) {
      DEPLOYCTL_CHECK(check_wanted_path(service, wanted->second, path));
      for (const Container& container : now.containers)
        if (container.service == service && !container.is_one_off)
          DEPLOYCTL_CHECK(check_running_path(model, service, path, container));
    }
  }
  return {};
}

bool is_pinned(std::string_view image) {
  return image.starts_with("sha256:") || image.find("@sha256:") != std::string_view::npos;
}

Status check_images(const ProjectInputs& inputs, const ProjectModel& model) {
  for (const auto& [service, image] : inputs.images.value_or(std::map<std::string, std::string>()))
    if (!model.services.contains(service))
      return fail(Cause::config, fmt::format("the project has no service '{}'", service),
                  "'images' names services of the Compose file");
  std::map<std::string, std::string> images;
  for (const auto& [name, service] : model.services) images.emplace(name, service.image);
  return check_pinned(inputs, images, Moment::plan);
}

// Somebody else's project of the same name, or ours from another folder.
Status check_folder_of_containers(const ProjectInputs& inputs, const Standing& now) {
  const std::string root = now.root.empty() ? inputs.path : now.root;
  for (const Container& container : now.containers)
    if (!container.folder.empty() && !container.folder.starts_with(inputs.path + "/releases/") &&
        !container.folder.starts_with(root + "/releases/"))
      return fail(Cause::conflict,
                  fmt::format("'{}' belongs to the project '{}' in '{}'", container.name, inputs.name,
                              container.folder),
                  "end that project there (docker compose down, without -v), or give this one another name");
  return {};
}

} // namespace

Status check_pinned(const ProjectInputs& inputs, const std::map<std::string, std::string>& images,
                    Moment moment) {
  if (moment == Moment::plan && inputs.images.has_value()) return {};
  for (const auto& [name, image] : images) {
    if (is_pinned(image) || contains(inputs.unpinned, name)) continue;
    if (image.empty())
      return fail(Cause::config, fmt::format("service '{}' is built from sources on the host", name),
                  "build it with image.build and name it in 'images'");
    return fail(Cause::config, fmt::format("the image '{}' of service '{}' names no digest", image, name),
                "write NAME@sha256:... in the file or in 'images', or name the service in 'unpinned'");
  }
  return {};
}

Status check_guards(const ProjectInputs& inputs, const ProjectModel& model, const Standing& now) {
  DEPLOYCTL_CHECK(check_folder_of_containers(inputs, now));
  DEPLOYCTL_CHECK(check_images(inputs, model));
  DEPLOYCTL_CHECK(check_volumes(model, now));
  DEPLOYCTL_CHECK(check_folders(inputs, model));
  return check_persistent(inputs, model, now);
}

} // namespace deployctl::providers::compose
