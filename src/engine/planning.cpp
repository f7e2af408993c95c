#include "engine/planning.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "engine/admission.hpp"
#include "engine/approvals.hpp"
#include "engine/promotion.hpp"
#include "engine/told_instances.hpp"
#include "secrets/resolver.hpp"
#include "state/history.hpp"

namespace deployctl::engine {

Planning::Planning(Environment& environment, const config::Pipeline& pipeline, const Source& source,
                   state::StackState stack)
    : environment_(environment), stack_(std::move(stack)),
      connections_(environment.ports, told_instances(pipeline), resolved_by(environment.resolver)),
      request_{pipeline, environment.catalog, connections_, *source.files, environment.events} {
  request_.with_versions = [&environment](const Value& value, const std::stop_token& stop) {
    return environment.resolver.with_versions(value, stop);
  };
  request_.sources_hash = source.sources_hash;
  request_.tool = environment.tool;
  request_.version = source.version;
  request_.commit = source.commit;
  request_.dirty = source.dirty;
  request_.created_by = environment.user_at_host;
  request_.author = source.planner;
  request_.parallel = environment.parallel;
  request_.stop = environment.interrupts.wind_down;
}

Result<std::unique_ptr<Planning>> Planning::open(Environment& environment, const config::Pipeline& pipeline,
                                                 const Source& source, std::string operation) {
  DEPLOYCTL_TRY(state::StackState stack, environment.state.stack(pipeline.stack()));
  std::unique_ptr<Planning> planning(new Planning(environment, pipeline, source, std::move(stack)));
  planning->request_.operation = std::move(operation);
  DEPLOYCTL_CHECK(planning->read_records(source));
  planning->request_.approval = approval_needed(pipeline.approval, source, planning->live_);
  DEPLOYCTL_TRY(planning->request_.secret_versions,
                environment.resolver.versions(environment.interrupts.wind_down));
  return planning;
}

Status Planning::read_records(const Source& source) {
  DEPLOYCTL_TRY(const state::VersionedCell cell, stack_.cell().read());
  request_.epoch = cell.cell.epoch;
  if (cell.cell.current_release.empty()) return {};
  DEPLOYCTL_TRY(live_, environment_.history.release(cell.cell.current_release));
  if (!live_)
    return fail(Cause::not_found,
                fmt::format("the record of the live release {} of '{}' is missing", cell.cell.current_release,
                            stack_.name()),
                "run 'deployctl history reindex'");
  request_.live = &*live_;
  if (source.commits_since)
    std::tie(request_.commits, request_.commits_total) = source.commits_since(live_->commit);
  return {};
}

Status Planning::follow(const Source& source, const ApplyOptions& options) {
  request_.prune = options.prune;
  request_.no_from = options.no_from;
  for (const auto& [step, outputs] : options.made)
    request_.settled[step] = {.outputs = outputs, .why = "done for this plan", .here = true};
  const std::string& written = request_.pipeline.from;
  if (!options.no_from.empty() && written.empty())
    return fail(Cause::config,
                fmt::format("'{}' takes its artifacts from nowhere else", request_.pipeline.environment),
                "leave --no-from out");
  const std::string& from = options.from.empty() ? written : options.from;
  return from.empty() || !options.no_from.empty() ? Status() : promote(source, from);
}

Status Planning::promote(const Source& source, const std::string& from) {
  DEPLOYCTL_TRY(const Promotion promotion,
                find_promotion(environment_.history, request_.pipeline, source, from));
  if (promotion.release.empty()) return {}; // the pipeline has no artifact
  request_.promoted_from = from;
  request_.promoted_release = promotion.release;
  for (const auto& [step, settled] : promotion.settled) request_.settled[step] = settled;
  return {};
}

Result<plan::Plan> plan_apply(Environment& environment, const config::Pipeline& pipeline,
                              const Source& source, const ApplyOptions& options) {
  DEPLOYCTL_TRY(const auto planning, Planning::open(environment, pipeline, source, "apply"));
  DEPLOYCTL_CHECK(planning->follow(source, options));
  warn_of_rules(environment, pipeline, source, planning->live());
  return make_plan(planning->request());
}

} // namespace deployctl::engine
