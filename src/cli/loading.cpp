#include "cli/loading.hpp"

#include "cli/guardrails.hpp"
#include "engine/file_inputs.hpp"

namespace deployctl::cli {
namespace {

providers::Surroundings surroundings_of(Invocation& invocation, const RunFacts& run) {
  return {.environment = invocation.environment,
          .learn = [&redactions = invocation.redactions](const Secret& secret) { redactions.add(secret); },
          .host_way = run.host_way};
}

} // namespace

Result<Loaded> load_environment(Invocation& invocation, const Project& project,
                                const std::string& environment, const RunFacts& run) {
  DEPLOYCTL_CHECK(check_environment(project, environment));
  Loaded loaded{.catalog = invocation.machine.catalog(surroundings_of(invocation, run)),
                .pipeline = {},
                .surroundings = {}};
  const Checkout* checkout = run.checkout;
  DEPLOYCTL_TRY(loaded.surroundings,
                survey(invocation, checkout ? checkout->origin() : project.directory, run.run_id, run.live,
                       checkout ? &checkout->revision() : nullptr));
  const engine::LocalFiles files(project.directory);
  const config::Probes probes{.files = files, .zones = time_zones};
  config::Outcome outcome = config::load({.document = project.document,
                                          .facts = loaded.surroundings.facts,
                                          .catalog = loaded.catalog,
                                          .probes = probes},
                                         environment);
  DEPLOYCTL_TRY(const policy::lint::LintReport guardrails, lint_pipeline(project.document, environment));
  DEPLOYCTL_CHECK(report_mistakes(invocation, project, outcome.diagnostics, guardrails));
  if (!outcome.pipeline) return fail(Cause::internal, "the pipeline has no mistake and could not be loaded");
  loaded.pipeline = *std::move(outcome.pipeline);
  return loaded;
}

} // namespace deployctl::cli
