#include "providers/image/build_commands.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/strings.hpp"

namespace deployctl::providers::image {
namespace {

using Words = std::vector<std::string>;

struct ToolRow {
  BuildTool tool;
  std::string_view name;
  const char* program;
  const char* probe;
  bool timestamp; // takes the time as a flag; else by SOURCE_DATE_EPOCH
};
// With buildx there is also docker, without it the classic builder.
constexpr std::array<ToolRow, 4> rows = {
    ToolRow{BuildTool::buildx, "buildx", "docker", "buildx version", false},
    ToolRow{BuildTool::docker, "docker", "docker", "version --format {{.Server.Version}}", false},
    ToolRow{BuildTool::buildah, "buildah", "buildah", "version", true},
    ToolRow{BuildTool::podman, "podman", "podman", "version", true}};

const ToolRow& row_of(BuildTool tool) {
  return *std::ranges::find(rows, tool, &ToolRow::tool);
}

void add(Words& words, std::initializer_list<std::string> more) {
  words.insert(words.end(), more);
}

std::string dockerfile_of(const BuildWishes& wishes) {
  if (!wishes.dockerfile.empty()) return wishes.dockerfile;
  return wishes.context == "." ? "Dockerfile" : wishes.context + "/Dockerfile";
}

// What all of them call the same.
void add_wishes(Words& words, const ToolRow& row, const BuildWishes& wishes) {
  add(words, {"--file", dockerfile_of(wishes)});
  if (!wishes.target.empty()) add(words, {"--target", wishes.target});
  if (!wishes.platforms.empty()) add(words, {"--platform", join(wishes.platforms, ",")});
  for (const auto& [name, value] : wishes.arguments)
    add(words, {"--build-arg", fmt::format("{}={}", name, value)});
  for (const auto& [name, value] : wishes.labels) add(words, {"--label", fmt::format("{}={}", name, value)});
  if (row.timestamp) add(words, {"--timestamp", std::to_string(wishes.epoch)});
}

BuildCommand command(Words argv, const BuildWishes& wishes) {
  return {.argv = std::move(argv), .environment = {{"SOURCE_DATE_EPOCH", std::to_string(wishes.epoch)}}};
}

// The one that builds: secrets reach it by its environment, and no image, archive or list of processes has
// them.
BuildCommand build_command(Words argv, const BuildWishes& wishes) {
  BuildCommand build = command({}, wishes);
  for (const auto& [id, value] : wishes.secrets) {
    const std::string variable = fmt::format("DEPLOYCTL_SECRET_{}", build.environment.size());
    add(argv, {"--secret", fmt::format("id={},env={}", id, variable)});
    build.environment.emplace(variable, value);
  }
  argv.push_back(wishes.context);
  build.argv = std::move(argv);
  return build;
}

// One image and nothing beside it: services that run functions refuse an index with notes on its making.
Words start_of_buildx(const BuildWishes& wishes, const ToolRow& row) {
  Words build = {"docker", "buildx", "build", "--progress", "plain", "--provenance", "false"};
  add_wishes(build, row, wishes);
  return build;
}

std::vector<BuildCommand> with_buildx(const ToolRow& row, const BuildWishes& wishes,
                                      const std::string& archive) {
  Words build = start_of_buildx(wishes, row);
  add(build, {"--output", "type=oci,rewrite-timestamp=true,dest=" + archive});
  return {build_command(std::move(build), wishes)};
}

Words build_into_store(const ToolRow& row, const BuildWishes& wishes, const std::string& name) {
  Words build = {row.program, "build"};
  // Docker's form keeps HEALTHCHECK, which OCI's has no place for.
  if (row.tool != BuildTool::docker) add(build, {"--format", "docker", "--layers"});
  add(build, {"--tag", name});
  add_wishes(build, row, wishes);
  return build;
}

std::vector<BuildCommand> with_store(const ToolRow& row, const BuildWishes& wishes, const std::string& name,
                                     const std::string& archive) {
  Words build = build_into_store(row, wishes, name);
  Words save = {row.program, "save", "--output", archive, name};
  if (row.tool == BuildTool::buildah) save = {"buildah", "push", name, "docker-archive:" + archive};
  Words forget = {row.program, "rmi", name};
  return {build_command(std::move(build), wishes), command(std::move(save), wishes),
          BuildCommand{.argv = std::move(forget), .environment = {}, .last_resort = true}};
}

// Cause::config when the tool cannot do what is wished.
Status check_tool(const ToolRow& row, const BuildWishes& wishes, bool several_platforms) {
  if (row.tool == BuildTool::docker && !wishes.secrets.empty())
    return fail(Cause::config, "docker without buildx builds without secrets",
                "install docker's buildx, buildah or podman");
  if (wishes.platforms.size() > 1 && !several_platforms)
    return fail(
        Cause::config,
        fmt::format("{} builds for one platform at once, wanted {}", row.name, wishes.platforms.size()),
        row.tool == BuildTool::buildx
            ? "write 'repository': a store here keeps one platform"
            : "install docker's buildx, or build each platform in a step of its own");
  return {};
}

} // namespace

std::string_view name_of(BuildTool tool) {
  return row_of(tool).name;
}

std::optional<BuildTool> build_tool(std::string_view name) {
  const auto found = std::ranges::find(rows, name, &ToolRow::name);
  return found == rows.end() ? std::nullopt : std::optional(found->tool);
}

const std::vector<BuildTool>& build_tools() {
  static const std::vector<BuildTool> all = {BuildTool::buildx, BuildTool::docker, BuildTool::buildah,
                                             BuildTool::podman};
  return all;
}

std::vector<std::string> probe_command(BuildTool tool) {
  const ToolRow& row = row_of(tool);
  Words words = {row.program};
  for (const std::string_view word : split(row.probe, ' ')) words.emplace_back(word);
  return words;
}

Result<std::vector<BuildCommand>> build_commands(BuildTool tool, const BuildWishes& wishes,
                                                 const std::string& name, const std::string& archive) {
  const ToolRow& row = row_of(tool);
  DEPLOYCTL_CHECK(check_tool(row, wishes, tool == BuildTool::buildx));
  return tool == BuildTool::buildx ? with_buildx(row, wishes, archive)
                                   : with_store(row, wishes, name, archive);
}

Result<BuildCommand> kept_build(BuildTool tool, const BuildWishes& wishes, const std::string& name,
                                const std::string& id_file) {
  const ToolRow& row = row_of(tool);
  DEPLOYCTL_CHECK(check_tool(row, wishes, false));
  const bool is_buildx = tool == BuildTool::buildx;
  Words build = is_buildx ? start_of_buildx(wishes, row) : build_into_store(row, wishes, name);
  if (is_buildx) add(build, {"--load", "--tag", name});
  add(build, {"--iidfile", id_file});
  return build_command(std::move(build), wishes);
}

std::vector<std::string> find_command(BuildTool tool, const std::string& source_tag) {
  return {row_of(tool).program, "images",
          "--no-trunc",         "--quiet",
          "--filter",           fmt::format("label={}={}", source_label, source_tag)};
}

} // namespace deployctl::providers::image
