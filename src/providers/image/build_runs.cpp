#include "providers/image/build_runs.hpp"

#include <fmt/core.h>

#include "base/sanitize.hpp"
#include "base/strings.hpp"

namespace deployctl::providers::image {
namespace {

constexpr Milliseconds probe_limit{20'000};
constexpr Milliseconds build_limit{3'600'000};

std::vector<std::string> inherited() {
  return {"PATH",
          "HOME",
          "USER",
          "LANG",
          "TMPDIR",
          "XDG_RUNTIME_DIR",
          "XDG_CONFIG_HOME",
          "DOCKER_HOST",
          "DOCKER_CONFIG",
          "DOCKER_CONTEXT",
          "BUILDX_BUILDER",
          "BUILDAH_ISOLATION",
          "STORAGE_DRIVER",
          "CONTAINERS_STORAGE_CONF",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY"};
}

Error failure_of(const std::vector<std::string>& argv, const ProcessResult& done) {
  const std::string said = done.err.empty() ? done.out : done.err;
  return {.cause = done.timed_out ? Cause::timeout : Cause::command_failed,
          .message = fmt::format("'{} {}' ended with code {}", argv.front(), argv.at(1), done.exit_code),
          .evidence = last_lines(said, 10)};
}

} // namespace

Result<BuildTool> BuildRuns::choose(const std::string& wanted) {
  for (const BuildTool tool : build_tools()) {
    if (wanted != "auto" && wanted != name_of(tool)) continue;
    const auto done = run({.argv = probe_command(tool)}, "probe", probe_limit);
    if (!done && done.error().cause == Cause::cancelled) return fail(done.error());
    if (done && done->exit_code == 0) return tool;
  }
  return fail(Cause::not_found,
              wanted == "auto" ? "nothing that builds images works on this machine"
                               : fmt::format("'{}' does not work on this machine", wanted),
              "install docker with buildx, buildah or podman; image.assemble needs none of them");
}

Status BuildRuns::build(const std::vector<BuildCommand>& commands) {
  Status outcome;
  for (const BuildCommand& command : commands) {
    if (!outcome && !command.last_resort) continue;
    const auto done = run(command, "build", build_limit);
    if (command.last_resort) continue; // it only tidies up
    if (!done)
      outcome = fail(done.error());
    else if (done->exit_code != 0)
      outcome = fail(failure_of(command.argv, *done));
  }
  return outcome;
}

Result<std::optional<registry::Digest>> BuildRuns::find(BuildTool tool, const std::string& source_tag) {
  const BuildCommand command{.argv = find_command(tool, source_tag)};
  DEPLOYCTL_TRY(const ProcessResult done, run(command, "find_image", probe_limit));
  if (done.exit_code != 0) return fail(failure_of(command.argv, done));
  const std::string_view newest = split(done.out, '\n').front();
  if (newest.empty()) return std::optional<registry::Digest>();
  DEPLOYCTL_TRY(registry::Digest found, registry::Digest::parse(trim(newest)));
  return std::optional(std::move(found));
}

Result<ProcessResult> BuildRuns::run(const BuildCommand& command, const char* operation, Milliseconds limit) {
  ProcessRequest request{.operation = operation,
                         .argv = command.argv,
                         .environment = command.environment,
                         .inherit = inherited(),
                         .timeout = limit};
  if (std::string_view(operation) == "build") request.output = output_;
  DEPLOYCTL_TRY(ProcessResult done, ports_.processes.run(request, stop_));
  if (done.cancelled) return fail(Cause::cancelled, "stopped while the image was built");
  return done;
}

std::vector<Operation> build_operations() {
  return {
      {.name = "probe",
       .effect = Effect::read,
       .protocol = Protocol::process,
       .help = "Asks whether a tool that builds images works here.",
       .path = R"((docker|buildah|podman)(\nbuildx)?\nversion(\n--format\n\{\{\.Server\.Version\}\})?)"},
      {.name = "find_image",
       .effect = Effect::read,
       .protocol = Protocol::process,
       .help = "Asks whether the tool's own store has an image of the same sources.",
       .path =
           R"((docker|buildah|podman)\nimages\n--no-trunc\n--quiet\n--filter\nlabel=io\.deployctl\.source=src-[0-9a-f]+)"},
      {.name = "build",
       .effect = Effect::write,
       .protocol = Protocol::process,
       .help = "Builds an image with docker, buildah or podman.",
       .any_argv = true}};
}

} // namespace deployctl::providers::image
