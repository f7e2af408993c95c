// The commands that build an image with the tool of this machine, and lay it down as an archive: values, so
// that they can be tested and shown. Running them is build.cpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/text.hpp>

namespace deployctl::providers::image {

inline constexpr const char* source_label = "io.deployctl.source";

enum class BuildTool { buildx, docker, buildah, podman };

std::string_view name_of(BuildTool tool);
std::optional<BuildTool> build_tool(std::string_view name);
// In the order in which they are looked for: the one that can do most first.
const std::vector<BuildTool>& build_tools();
// Ends with 0 where the tool is there and works.
std::vector<std::string> probe_command(BuildTool tool);

struct BuildWishes {
  std::string context;                // below the pipeline's folder
  std::string dockerfile;             // the same; empty: that of the context
  std::string target;                 // a stage of it; empty: the last
  std::vector<std::string> platforms; // empty: that of the machine
  std::map<std::string, std::string> arguments;
  std::map<std::string, std::string> labels;
  std::map<std::string, Text> secrets; // by the id under which a RUN mounts one
  std::int64_t epoch = 0;              // seconds since 1970: the time that files and image get
};

struct BuildCommand {
  std::vector<std::string> argv;
  std::map<std::string, Text> environment;
  bool last_resort = false; // cleans up: runs also after a failure, and its own is none
};

// They end with the image in the file `archive`; meanwhile it is called `name` in the tool's own store.
// Cause::config when the tool cannot do what is wished.
Result<std::vector<BuildCommand>> build_commands(BuildTool tool, const BuildWishes& wishes,
                                                 const std::string& name, const std::string& archive);

// The one command of a build whose image stays in the tool's own store, called `name`; its id is written to
// the file `id_file`. Errors as above.
Result<BuildCommand> kept_build(BuildTool tool, const BuildWishes& wishes, const std::string& name,
                                const std::string& id_file);
// Lists the ids of the images there that have this label of their sources, the newest first.
std::vector<std::string> find_command(BuildTool tool, const std::string& source_tag);

} // namespace deployctl::providers::image
