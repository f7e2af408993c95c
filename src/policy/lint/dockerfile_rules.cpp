#include "policy/lint/dockerfile_rules.hpp"

#include <algorithm>
#include <string>

#include <fmt/core.h>

#include "base/source.hpp"
#include "base/strings.hpp"
#include "formats/dockerfile.hpp"
#include "policy/lint/assignments.hpp"
#include "policy/lint/build_context_rules.hpp"
#include "policy/lint/package_caches.hpp"
#include "policy/lint/randomness.hpp"

namespace deployctl::policy::lint {
namespace {

using formats::DockerAssignment;
using formats::Dockerfile;
using formats::DockerInstruction;
using formats::DockerStage;

constexpr std::size_t npos = std::string_view::npos;

class DockerfileCheck {
public:
  DockerfileCheck(const Dockerfile& file, std::string_view text, Findings& findings)
      : file_(file), text_(text), findings_(findings) {}

  void run() {
    if (file_.stages.empty()) return;
    for (std::size_t i = 0; i < file_.stages.size(); ++i) base(i);
    user();
    stages();
    for (const DockerInstruction& instruction : file_.instructions) variables(instruction);
  }

private:
  void base(std::size_t index) {
    const DockerStage& stage = file_.stages[index];
    if (!stage.base || stage.base->empty() || *stage.base == "scratch") return;
    if (file_.stage_named(*stage.base, index)) return;
    const std::string_view image = *stage.base;
    if (image.find('@') != npos) return;
    const std::string_view name = image.substr(image.rfind('/') + 1); // npos + 1 is the begin
    const std::size_t colon = name.find(':');
    const std::string_view tag = colon == npos ? std::string_view() : name.substr(colon + 1);
    if (!tag.empty() && tag != "latest") return;
    findings_.add(code::unpinned_base, place_of(stage.image),
                  fmt::format("the base '{}' may be another image tomorrow", image),
                  "name a version, and best its digest: name:tag@sha256:…");
  }

  // The last USER of a stage, or of the one that it is made from; none: that of an image we do not know.
  [[nodiscard]] const DockerInstruction* user_of(std::size_t index) const {
    const DockerStage& stage = file_.stages[index];
    for (std::size_t i = stage.end; i-- > stage.from;)
      if (file_.instructions[i].keyword == "USER") return &file_.instructions[i];
    const auto parent = stage.base ? file_.stage_named(*stage.base, index) : std::nullopt;
    return parent ? user_of(*parent) : nullptr;
  }

  [[nodiscard]] std::string root_image_of(std::size_t index) const {
    const DockerStage& stage = file_.stages[index];
    const auto parent = stage.base ? file_.stage_named(*stage.base, index) : std::nullopt;
    return parent ? root_image_of(*parent) : stage.base.value_or("");
  }

  void user() {
    const std::size_t last = file_.stages.size() - 1;
    const DockerInstruction* user = user_of(last);
    if (!user) {
      const std::string image = root_image_of(last);
      if (image.empty() || image.find("nonroot") != npos || image.find("rootless") != npos ||
          image.find("unprivileged") != npos)
        return;
      findings_.add(code::root_user, place_of(file_.stages[last].image),
                    "the container runs as root, unless the base image says otherwise",
                    "add 'USER name' behind the last step that needs root");
      return;
    }
    const std::string_view name = trim(user->arguments);
    const std::string_view plain = name.substr(0, name.find(':'));
    if (plain == "root" || plain == "0")
      findings_.add(code::root_user, {user->begin, user->end}, "the container runs as root",
                    "end with 'USER name' of somebody who may only do what the service does");
  }

  // Tools that build stay in an image of one stage, with their caches and their holes.
  void stages() {
    if (file_.stages.size() > 1) return;
    for (const DockerInstruction& instruction : file_.instructions) {
      if (instruction.keyword != "RUN") continue;
      const std::string_view tool = build_tool_in(instruction.arguments);
      if (tool.empty()) continue;
      findings_.add(code::single_stage, {instruction.begin, instruction.begin + 3},
                    fmt::format("'{}' builds in the image that is shipped", tool),
                    "build in a stage of its own and COPY --from it what runs");
      return;
    }
  }

  static std::string_view build_tool_in(std::string_view command) {
    for (const std::string_view tool :
         {"build-essential", "go build", "cargo build", "mvn package", "mvn -B package", "gradle build",
          "./gradlew", "npm run build", "yarn build", "pnpm build", "dotnet publish", "make install"})
      if (command.find(tool) != npos) return tool;
    return {};
  }

  void variables(const DockerInstruction& instruction) {
    if (instruction.keyword != "ENV" && instruction.keyword != "ARG") return;
    for (const DockerAssignment& each : formats::assignments_of(instruction)) {
      if (!is_secret_name(each.name)) continue;
      const std::string value = each.value.value_or("");
      const bool stands_there = !value.empty() && !is_reference(value) && !is_placeholder(value);
      const Findings::Place place{each.begin, std::max(each.end, each.begin + 1)};
      if (stands_there && looks_generated(value))
        findings_.add(
            code::secret_in_image, place, fmt::format("the value of '{}' is a part of the image", each.name),
            "take it from the environment when the container starts, or by RUN --mount=type=secret");
      else if (instruction.keyword == "ARG" || (stands_there && !is_path(value)))
        findings_.add(
            code::secret_argument, place,
            fmt::format("'{}' is kept in the image's history, for everybody who can pull it", each.name),
            "RUN --mount=type=secret,id=… gives it to one command and to nobody else");
    }
  }

  static bool is_secret_name(std::string_view name) {
    const std::string lower = to_lower(name);
    for (const std::string_view word : {"password", "passwd", "secret", "token", "api_key", "apikey",
                                        "private_key", "access_key", "credential"})
      if (lower.find(word) != npos) return names_a_secret(name);
    return false;
  }

  static bool is_path(std::string_view value) {
    return value.front() == '/' || value == "true" || value == "false";
  }

  const Dockerfile& file_;
  std::string_view text_;
  Findings& findings_;
};

// Settings of editors and grammars are called Dockerfile.something too: they begin no stage.
bool begins_a_stage(std::string_view text) {
  for (const std::string_view line : split(text, '\n'))
    if (equal_ignoring_case(trim(line).substr(0, 5), "from ")) return true;
  return false;
}

// What a program makes Dockerfiles from is none yet.
bool is_template(std::string_view text) {
  return text.find("{{") != npos || text.find("{%") != npos || text.find("<%") != npos;
}

// "line 3: what is wrong"
void add_unreadable(std::string_view text, const Error& error, Findings& findings) {
  const LineTable lines(text);
  const std::string_view message = error.message;
  const std::size_t colon = message.find(": ");
  std::size_t line = 0;
  for (const char c : message.substr(0, colon))
    if (c >= '0' && c <= '9') line = line * 10 + static_cast<std::size_t>(c - '0');
  const std::size_t begin = lines.line_begin(std::max<std::size_t>(line, 1));
  findings.add(code::dockerfile_unreadable, {begin, begin + lines.line(line).size()},
               std::string(colon == npos ? message : message.substr(colon + 2)));
}

} // namespace

void check_dockerfile(std::string_view text, const BuildContext* context, Findings& findings) {
  const auto file = formats::parse_dockerfile(text);
  if (!file) {
    if (begins_a_stage(text) && !is_template(text)) add_unreadable(text, file.error(), findings);
    return;
  }
  DockerfileCheck(*file, text, findings).run();
  check_package_caches(*file, text, findings);
  check_build_context(*file, context, findings);
}

} // namespace deployctl::policy::lint
