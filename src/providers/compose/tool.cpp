#include "providers/compose/tool.hpp"

#include "base/members.hpp"
#include "base/pattern.hpp"
#include "base/strings.hpp"

namespace deployctl::providers::compose {
namespace {

std::vector<std::string> begun(const Tool& tool, const ProjectFiles& project) {
  std::vector<std::string> line = tool.program;
  line.insert(line.end(), {"--project-name", project.project});
  const std::vector<std::string> files = file_arguments(project);
  line.insert(line.end(), files.begin(), files.end());
  return line;
}

// Compose counts whole seconds.
std::string seconds_of(Milliseconds time) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count());
}

} // namespace

std::optional<Tool> read_tool(std::string_view told) {
  static const Pattern form =
      *Pattern::compile(R"((plugin|program) .*?v?([0-9]+\.[0-9]+(?:\.[0-9]+)?[0-9A-Za-z.+~-]*).*)");
  const auto groups = form.groups(trim(told));
  if (!groups) return std::nullopt;
  Tool tool{.version = groups->at(2)};
  if (groups->at(1) == "plugin")
    tool.program = {"docker", "compose"};
  else
    tool.program = {"docker-compose"};
  return tool;
}

Value tool_value(const Tool& tool) {
  return Value::Map{{"program", Value::List(tool.program.begin(), tool.program.end())},
                    {"version", tool.version}};
}

Tool tool_from(const Value& value) {
  return {.program = texts_at(value, "program"), .version = text_at(value, "version")};
}

std::vector<std::string> file_arguments(const ProjectFiles& project) {
  std::vector<std::string> line;
  for (const std::string& file : project.files) line.insert(line.end(), {"--file", file});
  for (const std::string& profile : project.profiles) line.insert(line.end(), {"--profile", profile});
  return line;
}

std::vector<std::string> check_command(const Tool& tool, const ProjectFiles& project) {
  std::vector<std::string> line = begun(tool, project);
  line.insert(line.end(), {"config", "--quiet"});
  return line;
}

std::vector<std::string> up_command(const Tool& tool, const ProjectFiles& project, const UpWishes& wishes) {
  std::vector<std::string> line = begun(tool, project);
  line.insert(line.end(), {"up", "--detach", "--no-build", "--timeout", seconds_of(wishes.grace)});
  if (wishes.removes_orphans) line.emplace_back("--remove-orphans");
  return line;
}

std::vector<std::string> remove_command(const Tool& tool, const ProjectFiles& project,
                                        const std::vector<std::string>& services) {
  std::vector<std::string> line = begun(tool, project);
  line.insert(line.end(), {"rm", "--stop", "--force"}); // the question it would ask is about containers
  line.insert(line.end(), services.begin(), services.end());
  return line;
}

std::vector<std::string> down_command(const Tool& tool, const ProjectFiles& project, Milliseconds grace) {
  std::vector<std::string> line = begun(tool, project);
  line.insert(line.end(), {"down", "--timeout", seconds_of(grace)});
  return line;
}

} // namespace deployctl::providers::compose
