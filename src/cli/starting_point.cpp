#include "cli/starting_point.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

#include "base/strings.hpp"
#include "formats/dockerfile.hpp"
#include "os/files.hpp"
#include "os/processes.hpp"

namespace deployctl::cli {
namespace {

constexpr std::size_t longest_name = 40;
constexpr std::size_t longest_dockerfile = std::size_t{1} << 20;
constexpr Milliseconds git_time{10'000};

struct HostedRegistry {
  std::string_view git;
  std::string_view registry;
};

// Forges that have a registry for every repository, under its path.
constexpr std::array<HostedRegistry, 2> registries = {
    {{"github.com", "ghcr.io"}, {"gitlab.com", "registry.gitlab.com"}}};

std::string first_there(const std::string& directory, std::initializer_list<const char*> names,
                        bool (*fits)(const std::filesystem::path&)) {
  for (const char* name : names)
    if (fits(std::filesystem::path(directory) / name)) return name;
  return {};
}

bool is_folder(const std::filesystem::path& path) {
  return std::filesystem::is_directory(path);
}
bool is_file(const std::filesystem::path& path) {
  return std::filesystem::is_regular_file(path);
}

// A folder of its own goes first: it can be a release as it is.
void find_compose(const std::string& directory, StartingPoint& found) {
  for (const char* folder : {"compose", "docker", "deploy", ""}) {
    found.compose =
        first_there((std::filesystem::path(directory) / folder).string(),
                    {"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"}, is_file);
    if (found.compose.empty()) continue;
    found.compose_folder = folder;
    return;
  }
}

// The first port that the last stage exposes: "8000", "8000/tcp".
int exposed_port(const std::string& text, int otherwise) {
  const Result<formats::Dockerfile> dockerfile = formats::parse_dockerfile(text);
  if (!dockerfile || dockerfile->stages.empty()) return otherwise;
  const formats::DockerStage& last = dockerfile->stages.back();
  for (std::size_t i = last.from; i < last.end; ++i) {
    const formats::DockerInstruction& instruction = dockerfile->instructions[i];
    if (instruction.keyword != "EXPOSE") continue;
    int port = 0;
    const std::string& said = instruction.arguments;
    const auto [end, code] = std::from_chars(said.data(), said.data() + said.size(), port);
    if (code == std::errc() && port > 0 && port < 65536) return port;
  }
  return otherwise;
}

std::string remote_url(const Invocation& invocation, const std::string& directory) {
  os::LocalProcesses processes(invocation.clock, directory, invocation.environment);
  const auto ran = processes.run({.operation = "remote",
                                  .argv = {"git", "config", "--get", "remote.origin.url"},
                                  .environment = {},
                                  .inherit = {"PATH", "HOME"},
                                  .timeout = git_time},
                                 {});
  return ran && ran->exit_code == 0 ? std::string(trim(ran->out)) : std::string();
}

std::string image_of(const RemotePath& remote) {
  const auto found = std::ranges::find(registries, remote.host, &HostedRegistry::git);
  if (found == registries.end() || remote.path.empty()) return {};
  return std::string(found->registry) + "/" + to_lower(remote.path);
}

} // namespace

std::string project_name(const std::string& text) {
  std::string name = to_lower(text);
  std::replace_if(
      name.begin(), name.end(),
      [](char letter) { return !(letter >= 'a' && letter <= 'z') && !(letter >= '0' && letter <= '9'); },
      '-');
  name.erase(0, std::min(name.find_first_of("abcdefghijklmnopqrstuvwxyz"), name.size()));
  return name.empty() ? "app" : name.substr(0, longest_name);
}

// A URL may hold a password before its '@': nothing of that part is kept.
RemotePath remote_path(const std::string& url) {
  const std::size_t scheme = url.find("://");
  std::string rest = scheme == std::string::npos ? url : url.substr(scheme + 3);
  if (const std::size_t at = rest.find('@'); at != std::string::npos) rest.erase(0, at + 1);
  const std::size_t cut = rest.find_first_of(scheme == std::string::npos ? ":" : "/");
  if (cut == std::string::npos) return {};
  std::string host = rest.substr(0, rest.find_first_of(":/"));
  std::string path = rest.substr(cut + 1);
  if (path.ends_with("/")) path.pop_back();
  if (path.ends_with(".git")) path.erase(path.size() - 4);
  return {.host = to_lower(host), .path = std::move(path)};
}

StartingPoint look_around(const Invocation& invocation, const std::string& directory) {
  StartingPoint found;
  const RemotePath remote = remote_path(remote_url(invocation, directory));
  const std::string folder = std::filesystem::path(directory).filename().string();
  found.project = project_name(remote.path.empty() ? folder : remote.path.substr(remote.path.rfind('/') + 1));
  found.source = first_there(directory, {"app", "dist", "public", "build", "src"}, is_folder);
  find_compose(directory, found);
  found.image = image_of(remote);
  const std::string dockerfile = (std::filesystem::path(directory) / "Dockerfile").string();
  if (const Result<std::string> text = os::read_file(dockerfile, longest_dockerfile)) {
    found.dockerfile = true;
    found.port = exposed_port(*text, found.port);
  }
  return found;
}

} // namespace deployctl::cli
