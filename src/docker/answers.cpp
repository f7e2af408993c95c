#include "docker/answers.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/members.hpp"

namespace deployctl::docker {
namespace {

const Value& member(const Value& value, std::string_view key) {
  static const Value nothing;
  const Value* found = value.find(key);
  return found ? *found : nothing;
}

int small_number(const Value& value, std::string_view key) {
  return static_cast<int>(number_at(value, key).value_or(0));
}

std::string without_slash(const std::string& name) {
  return name.starts_with('/') ? name.substr(1) : name;
}

std::string first_address(const Value& settings) {
  const Value& networks = member(settings, "Networks");
  if (networks.map())
    for (const auto& [name, network] : *networks.map())
      if (std::string address = text_at(network, "IPAddress"); !address.empty()) return address;
  return {};
}

std::vector<int> public_ports(const Value& row) {
  std::vector<int> ports;
  for (const Value& port : list_at(row, "Ports"))
    if (const int number = small_number(port, "PublicPort"); number != 0) ports.push_back(number);
  return ports;
}

Result<std::string> needed(const Value& answer, std::string_view key, std::string_view what) {
  std::string text = text_at(answer, key);
  if (text.empty())
    return fail(Cause::network, fmt::format("the engine's answer about {} has no '{}'", what, key));
  return text;
}

} // namespace

bool are_in(const Labels& wanted, const Labels& labels) {
  return std::ranges::all_of(wanted, [&](const auto& pair) {
    const auto found = labels.find(pair.first);
    return found != labels.end() && found->second == pair.second;
  });
}

bool is_active(const std::string& status) {
  return status == "running" || status == "restarting" || status == "paused";
}

Result<Image> read_image(const Value& answer) {
  DEPLOYCTL_TRY(std::string id, needed(answer, "Id", "an image"));
  return Image{.id = std::move(id),
               .repo_digests = texts_at(answer, "RepoDigests"),
               .platform = platform_of(text_at(answer, "Os"), text_at(answer, "Architecture")),
               .size = number_at(answer, "Size").value_or(0)};
}

std::vector<std::string> read_platforms(const Value& answer) {
  std::vector<std::string> platforms;
  for (const Value& one : list_at(answer, "Platforms"))
    if (std::string platform = platform_of(text_at(one, "os"), text_at(one, "architecture"));
        !platform.empty())
      platforms.push_back(std::move(platform));
  return platforms;
}

std::string platform_of(const std::string& system, const std::string& architecture) {
  return system.empty() || architecture.empty() ? std::string() : system + "/" + architecture;
}

Result<Container> read_container(const Value& answer) {
  DEPLOYCTL_TRY(std::string id, needed(answer, "Id", "a container"));
  const Value& state = member(answer, "State");
  DEPLOYCTL_TRY(std::string status, needed(state, "Status", "a container"));
  const Value& config = member(answer, "Config");
  const Value& host = member(answer, "HostConfig");
  return Container{.id = std::move(id),
                   .name = without_slash(text_at(answer, "Name")),
                   .image_id = text_at(answer, "Image"),
                   .image = text_at(config, "Image"),
                   .labels = text_map_at(config, "Labels"),
                   .status = std::move(status),
                   .exit_code = small_number(state, "ExitCode"),
                   .out_of_memory = flag_at(state, "OOMKilled"),
                   .error = text_at(state, "Error"),
                   .health = text_at(member(state, "Health"), "Status"),
                   .started_at = text_at(state, "StartedAt"),
                   .finished_at = text_at(state, "FinishedAt"),
                   .restarts = small_number(answer, "RestartCount"),
                   .restart_policy = text_at(member(host, "RestartPolicy"), "Name"),
                   .memory = number_at(host, "Memory").value_or(0),
                   .address = first_address(member(answer, "NetworkSettings"))};
}

Result<std::vector<ContainerLine>> read_containers(const Value& answer) {
  if (!answer.list()) return fail(Cause::network, "the engine's list of containers is no list");
  std::vector<ContainerLine> lines;
  for (const Value& row : *answer.list()) {
    DEPLOYCTL_TRY(std::string id, needed(row, "Id", "a container"));
    const std::vector<std::string> names = texts_at(row, "Names");
    lines.push_back({.id = std::move(id),
                     .name = names.empty() ? std::string() : without_slash(names.front()),
                     .status = text_at(row, "State"),
                     .labels = text_map_at(row, "Labels"),
                     .created = number_at(row, "Created").value_or(0),
                     .ports = public_ports(row)});
  }
  return lines;
}

Result<Network> read_network(const Value& answer) {
  DEPLOYCTL_TRY(std::string id, needed(answer, "Id", "a network"));
  return Network{.id = std::move(id),
                 .name = text_at(answer, "Name"),
                 .driver = text_at(answer, "Driver"),
                 .labels = text_map_at(answer, "Labels")};
}

Result<Volume> read_volume(const Value& answer) {
  DEPLOYCTL_TRY(std::string name, needed(answer, "Name", "a volume"));
  return Volume{.name = std::move(name),
                .driver = text_at(answer, "Driver"),
                .labels = text_map_at(answer, "Labels"),
                .options = text_map_at(answer, "Options")};
}

Result<std::string> read_id(const Value& answer) {
  return needed(answer, "Id", "what was created");
}

} // namespace deployctl::docker
