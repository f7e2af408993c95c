#include "engine/apply.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "base/time.hpp"
#include "base/ulid.hpp"
#include "engine/admission.hpp"
#include "engine/approvals.hpp"
#include "engine/claim.hpp"
#include "engine/endings.hpp"
#include "engine/notices.hpp"
#include "engine/run.hpp"
#include "plan/fleet.hpp"
#include "state/history.hpp"

namespace deployctl::engine {

namespace {

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
  Error error{.cause = Cause::conflict, .message = plan::to_text(stale.front()), .help = "make a new plan"};
  if (stale.size() == 1) return fail(std::move(error));
  error.message = fmt::format("{} things are not as they were when the plan was made", stale.size());
  for (const plan::Stale& each : stale) error.evidence.push_back(plan::to_text(each));
  return fail(std::move(error));
}

Ending refused_as_stale(const Error& error) {
  return refused(error.cause == Cause::conflict ? exit_code::stale : code_before_effects(error), error);
}

// Signatures of this plan's digest, and nothing else.
Result<Approval> signed_approval(const Undertaking& undertaking, const plan::Plan& plan) {
  DEPLOYCTL_TRY(const auto verdict,
                judge_approvals({undertaking.environment, undertaking.source, undertaking.planning.stack(),
                                 plan, *undertaking.planning.request().approval, approval_subject(plan),
                                 undertaking.options.approvals},
                                undertaking.environment.interrupts.wind_down));
  return Approval{.granted = verdict.granted,
                  .by = join(verdict.by, ", "),
                  .how = "signed",
                  .reason = verdict.reason,
                  .refused = refusal_lines(verdict)};
}

Result<Approval> decision(const Undertaking& undertaking, const plan::Plan& plan) {
  const auto& approve = undertaking.environment.approve;
  if (undertaking.planning.request().approval) {
    if (undertaking.environment.show) undertaking.environment.show(plan);
    return signed_approval(undertaking, plan);
  }
  return approve ? approve(plan) : Approval{.reason = "nobody is there to ask"};
}

Result<Approval> ask(const Undertaking& undertaking, const plan::Plan& plan) {
  Environment& environment = undertaking.environment;
  if (!undertaking.asks)
    return Approval{.granted = true, .by = environment.user_at_host, .how = "not needed"};
  environment.events.emit({.type = "approval_requested",
                           .message = "the plan waits for approval",
                           .fields = Value::Map{{"digest", plan.envelope.digest}}});
  DEPLOYCTL_TRY(Approval approval, decision(undertaking, plan));
  environment.events.emit({.type = approval.granted ? "approval_granted" : "approval_denied",
                           .message = approval.granted ? approval_words(approval.by, approval.how)
                                                       : "not approved: " + approval.reason,
                           .fields = Value::Map{{"by", approval.by}, {"how", approval.how}}});
  return approval;
}

Ending not_approved(const Undertaking& undertaking, const Approval& approval) {
  Error error{.cause = Cause::policy,
              .message = "not approved: " + (approval.reason.empty() ? "the answer was no" : approval.reason),
              .help = "answer the prompt, or give --yes",
              .evidence = approval.refused};
  if (undertaking.planning.request().approval)
    error.help = fmt::format("save the plan with 'deployctl plan {} -o FILE', have it signed with 'deployctl "
                             "approve FILE', then run 'deployctl apply FILE'",
                             undertaking.pipeline.environment);
  return refused(exit_code::not_approved, std::move(error));
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

// A saved plan says itself how it was made.
ApplyOptions as_planned(const plan::Plan& plan, const config::Pipeline& pipeline, ApplyOptions options) {
  options.prune = removes(plan, pipeline);
  options.from = plan.content.promoted_from;
  options.no_from = plan.content.no_from;
  for (const plan::PlannedStep& step : plan.content.steps)
    if (std::ranges::find(plan.content.built, step.id) != plan.content.built.end())
      options.made[step.id] = step.outputs;
  return options;
}

// A host that cannot take its change is found before any is touched.
Status nothing_is_blocked(const plan::Plan& plan) {
  const std::vector<plan::Blocked> blocked = plan::blocked_targets(plan.content);
  if (blocked.empty()) return {};
  const plan::Blocked& first = blocked.front();
  Error error{.cause = Cause::capacity,
              .message = fmt::format("'{}' on '{}' is blocked: {}", first.step, first.host, first.why),
              .help = "nothing was changed; mend the host, or take it out of the pipeline"};
  for (std::size_t i = 1; i < blocked.size(); ++i)
    error.evidence.push_back(
        fmt::format("also '{}' on '{}': {}", blocked[i].step, blocked[i].host, blocked[i].why));
  return fail(std::move(error));
}

} // namespace

Ending carry_out(const Undertaking& undertaking, const plan::Plan& plan) {
  Environment& environment = undertaking.environment;
  if (auto fits = still_fits(plan, undertaking); !fits) return refused_as_stale(fits.error());
  if (!plan.has_changes()) return {.outcome = Outcome::nothing_to_do};
  if (auto free = nothing_is_blocked(plan); !free) {
    if (undertaking.asks && environment.show) environment.show(plan);
    return refused(free.error());
  }
  const auto approval = ask(undertaking, plan);
  if (!approval) return refused(approval.error());
  if (!approval->granted) {
    Ending ending = not_approved(undertaking, *approval);
    // Who answers a prompt knows; who has to sign may not.
    if (undertaking.planning.request().approval)
      Notices({environment, undertaking.planning, undertaking.pipeline, plan}).waits(ending);
    return ending;
  }

  UlidSource ids(environment.ports.clock, environment.ports.random);
  const std::string run = undertaking.options.run_id.empty() ? ids.next() : undertaking.options.run_id;
  RunOrder order{environment, undertaking.pipeline, undertaking.source, undertaking.planning, plan, run,
                 ids.next()};
  std::optional<state::LockGuard> lock;
  if (undertaking.stacked) {
    Claim claimed = claim(environment, undertaking.planning.stack(), run, undertaking.options);
    if (auto* ending = std::get_if<Ending>(&claimed)) return std::move(*ending);
    lock.emplace(std::get<state::LockGuard>(std::move(claimed)));
    order.lock = &*lock;
    if (auto holds = still_true(plan, undertaking); !holds) return refused_as_stale(holds.error());
  }
  order.freeze_override = undertaking.options.override_freeze;
  auto begun = Run::begin(order, *approval);
  if (!begun) return refused_as_stale(begun.error());
  Notices notices({environment, undertaking.planning, undertaking.pipeline, plan, run, &(*begun)->journal()});
  notices.started();
  Ending ending = (*begun)->execute();
  notices.ended(ending);
  return ending;
}

Ending apply(Environment& environment, const config::Pipeline& pipeline, const Source& source,
             std::optional<plan::Plan> plan, const ApplyOptions& options) {
  ApplyOptions resuming = options;
  if (plan) resuming.plan_digest = plan->envelope.digest;
  if (auto pending = recover_pending(environment, pipeline, source, resuming)) return *std::move(pending);
  if (auto may = may_begin(environment, pipeline, source, options); !may) return refused(may.error());
  auto planning = Planning::open(environment, pipeline, source, "apply");
  if (!planning) return refused(planning.error());
  if (auto may = may_follow(environment, source, (*planning)->live()); !may) return refused(may.error());
  if (auto follows = (*planning)->follow(source, plan ? as_planned(*plan, pipeline, options) : options);
      !follows)
    return refused(follows.error());
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
  if (stacked) {
    if (auto pending = recover_pending(environment, pipeline, source, options)) return *std::move(pending);
    if (auto may = may_begin(environment, pipeline, source, options); !may) return refused(may.error());
    if (auto may = may_follow(environment, source, (*planning)->live()); !may) return refused(may.error());
  }
  return carry_out({environment, pipeline, source, **planning, options, stacked, stacked}, *made);
}

} // namespace deployctl::engine
