#include "cli/build.hpp"

#include <array>

#include "cli/endings.hpp"
#include "engine/build.hpp"

namespace deployctl::cli {
namespace {

constexpr std::array<std::string_view, 4> plan_flags = {"build", "prune", "from", "no-from"};

Status check_source_of_artifacts(const Invocation& invocation, const Project& project,
                                 const config::Pipeline& pipeline) {
  const bool stays = invocation.line.has("no-from");
  const auto from = invocation.line.value("from");
  if (from && stays) return fail(Cause::config, "--from and --no-from contradict each other");
  if (from) DEPLOYCTL_CHECK(check_environment(project, *from));
  if (stays && invocation.line.value("no-from")->empty())
    return fail(Cause::config, "--no-from needs a reason, which is recorded");
  const std::string taken = from ? *from : stays ? std::string() : pipeline.from;
  if (invocation.line.has("build") && !taken.empty())
    return fail(Cause::config, "--build has nothing to make: the artifacts come from '" + taken + "'",
                "leave --build out, or make them here with --no-from WHY");
  return {};
}

} // namespace

Result<PlanOptions> plan_options(Invocation& invocation, const Project& project, Wiring& wiring) {
  DEPLOYCTL_CHECK(check_source_of_artifacts(invocation, project, wiring.pipeline()));
  PlanOptions result{.options = wiring.options(), .failed = std::nullopt};
  if (!invocation.line.has("build")) return result;
  const auto began = invocation.clock.boot();
  engine::Build build =
      engine::build_artifacts(wiring.engine(), wiring.pipeline(), wiring.source(), result.options);
  if (build.ending.exit_code != 0) result.failed = conclude(invocation, wiring, build.ending, began);
  result.options.made = std::move(build.outputs);
  return result;
}

Status refuse_plan_flags(const Invocation& invocation, const std::string& plan) {
  for (const std::string_view flag : plan_flags)
    if (invocation.line.has(flag))
      return fail(Cause::config, "--" + std::string(flag) + " cannot be added to '" + plan + "'",
                  "a saved plan is applied as it is: give it to 'plan' instead");
  return {};
}

} // namespace deployctl::cli
