#include "engine/apply.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/glob.hpp"
#include "base/time.hpp"
#include "base/ulid.hpp"
#include "engine/claim.hpp"
#include "engine/endings.hpp"
#include "engine/notices.hpp"
#include "engine/run.hpp"
#include "state/history.hpp"

namespace deployctl::engine {

namespace {

bool any_matches(const std::vector<std::string>& globs, const std::vector<std::string>& names) {
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return glob_matches(glob, name); });
  });
}

// `branches` and `tags` are alternatives; `clean` must hold besides.
Status allowed(const config::Pipeline& pipeline, const Source& source) {
  if (!pipeline.allow) return {};
  const config::Allow& allow = *pipeline.allow;
  if (allow.clean.value_or(false) && source.dirty)
    return fail(Cause::policy, fmt::format("'{}' allows a clean work tree only", pipeline.environment),
                "commit or stash your changes");
  if (allow.branches.empty() && allow.tags.empty()) return {};
  if (any_matches(allow.branches, {source.branch}) || any_matches(allow.tags, source.tags)) return {};
  return fail(Cause::policy,
              fmt::format("'{}' may not be deployed to from branch '{}'", pipeline.environment,
                          source.branch.empty() ? "(none)" : source.branch),
              "see `allow` of this environment");
}

Status not_quarantined(const Environment& environment, const config::Pipeline& pipeline,
                       const Source& source) {
  if (source.commit.empty()) return {};
  DEPLOYCTL_TRY(const auto release, environment.history.quarantined(pipeline.stack(), source.commit));
  if (!release) return {};
  return fail(Cause::superseded,
              fmt::format("release {} of this commit is quarantined: {}", release->number,
                          release->quarantine_reason),
              fmt::format("name it with 'deployctl rollback {} --to {}', or lift it with 'deployctl history "
                          "unquarantine {}'",
                          pipeline.environment, release->number, release->number));
}

Status still_fits(const plan::Plan& plan, const Undertaking& undertaking) {
  const auto stale = [](std::string message) {
    return fail(Cause::conflict, std::move(message), "make a new plan");
  };
  if (plan.content.pipeline_digest != undertaking.pipeline.digest)
    return stale("the pipeline was changed since the plan was made");
  const auto expires = parse_time(plan.envelope.expires_at);
  if (expires && undertaking.environment.ports.clock.wall() > *expires)
    return stale("the plan expired at " + plan.envelope.expires_at);
  const auto& live = undertaking.planning.live();
  const std::string live_id = live ? live->id : std::string();
  if (plan.content.base_release != live_id) return stale("another release went live since the plan was made");
  return {};
}

// Under the lock, before the first effect.
Status still_true(const plan::Plan& plan, const Undertaking& undertaking) {
  DEPLOYCTL_TRY(const auto cell, undertaking.planning.stack().cell().read());
  if (!cell.cell.pending_run.empty() || cell.cell.current_release != plan.content.base_release)
    return fail(Cause::conflict, "another run went on this stack since the plan was made", "make a new plan");
  DEPLOYCTL_TRY(const auto stale, check_still_true(plan, undertaking.planning.request()));
  if (stale.empty()) return {};
  Error error{.cause = Cause::conflict,
              .message = "the world was changed since the plan was made: " + plan::to_text(stale.front()),
              .help = "make a new plan"};
  for (const plan::Stale& each : stale) error.evidence.push_back(plan::to_text(each));
  return fail(std::move(error));
}

Ending refused_as_stale(const Error& error) {
  return refused(error.cause == Cause::conflict ? exit_code::stale : code_before_effects(error), error);
}

Approval ask(const Undertaking& undertaking, const plan::Plan& plan) {
  Environment& environment = undertaking.environment;
  if (!undertaking.asks) return {.granted = true, .by = environment.user_at_host, .how = "not needed"};
  environment.events.emit({.type = "approval_requested",
                           .message = "the plan waits for approval",
                           .fields = Value::Map{{"digest", plan.envelope.digest}}});
  Approval approval =
      environment.approve ? environment.approve(plan) : Approval{.reason = "nobody is there to ask"};
  environment.events.emit(
      {.type = approval.granted ? "approval_granted" : "approval_denied",
       .message = approval.granted ? "approved: " + approval.how : "not approved: " + approval.reason,
       .fields = Value::Map{{"by", approval.by}, {"how", approval.how}}});
  return approval;
}

Ending not_approved(const Approval& approval) {
  return refused(
      exit_code::not_approved,
      {.cause = Cause::policy,
       .message = "not approved: " + (approval.reason.empty() ? "the answer was no" : approval.reason),
       .help = "answer the prompt, or give --yes"});
}

// A saved plan that removes things was made with `--prune`.
bool removes(const plan::Plan& plan, const config::Pipeline& pipeline) {
  return std::any_of(plan.content.steps.begin(), plan.content.steps.end(),
                     [&](const plan::PlannedStep& step) {
                       const auto same = [&](const config::Step& written) { return written.id == step.id; };
                       return step.status != plan::StepStatus::gone &&
                              std::none_of(pipeline.steps.begin(), pipeline.steps.end(), same);
                     });
}

} // namespace

Ending carry_out(const Undertaking& undertaking, const plan::Plan& plan) {
  Environment& environment = undertaking.environment;
  if (auto fits = still_fits(plan, undertaking); !fits) return refused_as_stale(fits.error());
  if (!plan.has_changes()) return {.outcome = Outcome::nothing_to_do};
  const Approval approval = ask(undertaking, plan);
  if (!approval.granted) return not_approved(approval);

  UlidSource ids(environment.ports.clock, environment.ports.random);
  const std::string run = undertaking.options.run_id.empty() ? ids.next() : undertaking.options.run_id;
  RunOrder order{
      environment, undertaking.pipeline, undertaking.source, undertaking.planning, plan, run, ids.next(),
      0,           undertaking.stacked};
  std::optional<state::LockGuard> lock;
  if (undertaking.stacked) {
    Claim claimed = claim(environment, undertaking.planning.stack(), run, undertaking.options);
    if (auto* ending = std::get_if<Ending>(&claimed)) return std::move(*ending);
    lock.emplace(std::get<state::LockGuard>(std::move(claimed)));
    order.epoch = lock->epoch();
    if (auto holds = still_true(plan, undertaking); !holds) return refused_as_stale(holds.error());
  }
  auto begun = Run::begin(order, approval);
  if (!begun) return refused_as_stale(begun.error());
  Notices notices(environment, undertaking.planning, undertaking.pipeline);
  notices.send("started", {.run = run});
  Ending ending = (*begun)->execute();
  notices.send(result_of(ending), ending);
  return ending;
}

Ending apply(Environment& environment, const config::Pipeline& pipeline, const Source& source,
             std::optional<plan::Plan> plan, const ApplyOptions& options) {
  ApplyOptions resuming = options;
  if (plan) resuming.plan_digest = plan->envelope.digest;
  if (auto pending = recover_pending(environment, pipeline, source, resuming)) return *std::move(pending);
  if (auto may = allowed(pipeline, source); !may) return refused(may.error());
  if (auto free = not_quarantined(environment, pipeline, source); !free) return refused(free.error());
  auto planning = Planning::open(environment, pipeline, source, "apply");
  if (!planning) return refused(planning.error());
  if (options.prune || (plan && removes(*plan, pipeline))) (*planning)->prune();
  if (!plan) {
    auto made = make_plan((*planning)->request());
    if (!made) return refused(made.error());
    plan = *std::move(made);
  }
  return carry_out({environment, pipeline, source, **planning, options}, *plan);
}

Ending run_steps(Environment& environment, const config::Pipeline& pipeline, const Source& source,
                 const std::vector<std::string>& steps, const ApplyOptions& options) {
  auto planning = Planning::open(environment, pipeline, source, "run");
  if (!planning) return refused(planning.error());
  (*planning)->request().only = steps;
  auto made = make_plan((*planning)->request());
  if (!made) return refused(made.error());
  const auto changes_resource = [](const plan::PlannedStep& step) {
    return step.kind == Kind::resource && step.status != plan::StepStatus::unchanged &&
           step.status != plan::StepStatus::gone;
  };
  const bool stacked = std::any_of(made->content.steps.begin(), made->content.steps.end(), changes_resource);
  if (stacked)
    if (auto pending = recover_pending(environment, pipeline, source, options)) return *std::move(pending);
  return carry_out({environment, pipeline, source, **planning, options, stacked, stacked}, *made);
}

} // namespace deployctl::engine
