// The Compose that a host has, and the command lines it is given. Pure: nothing here runs anything. No
// command line ever says `--volumes`, `--yes` or `--renew-anon-volumes`: those remove data.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/strategy.hpp>
#include <deployctl/value.hpp>

namespace deployctl::providers::compose {

struct Tool {
  std::vector<std::string> program; // ["docker", "compose"] or ["docker-compose"]
  std::string version;              // "2.17.2"

  [[nodiscard]] bool is_first() const { return version.starts_with("1."); } // end of life, and still on hosts
  friend bool operator==(const Tool&, const Tool&) = default;
};

// "plugin Docker Compose version v2.17.2" or "program docker-compose version 1.29.2, build unknown": how it
// is called, and the first line that its `version` says. Nothing when that names no version.
std::optional<Tool> read_tool(std::string_view told);
Value tool_value(const Tool& tool);
Tool tool_from(const Value& value);

// Which project a command line is about; the files are named from the folder in which it runs.
struct ProjectFiles {
  std::string project;
  std::vector<std::string> files;
  std::vector<std::string> profiles;
};

// What stands between the program and its command, without the project's name.
std::vector<std::string> file_arguments(const ProjectFiles& project);
std::vector<std::string> check_command(const Tool& tool, const ProjectFiles& project);
struct UpWishes {
  Milliseconds grace{10'000};
  bool removes_orphans = false;
};
std::vector<std::string> up_command(const Tool& tool, const ProjectFiles& project, const UpWishes& wishes);
// Ends and removes the containers of some services.
std::vector<std::string> remove_command(const Tool& tool, const ProjectFiles& project,
                                        const std::vector<std::string>& services);
// Ends and removes the containers and networks of the project; its volumes stay.
std::vector<std::string> down_command(const Tool& tool, const ProjectFiles& project, Milliseconds grace);

} // namespace deployctl::providers::compose
