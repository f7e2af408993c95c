#include "cli/going_back.hpp"

#include "cli/approve.hpp"
#include "cli/endings.hpp"
#include "cli/plan_subject.hpp"
#include "cli/records.hpp"
#include "cli/wiring.hpp"
#include "engine/approval_store.hpp"

namespace deployctl::cli {
namespace {

ExitCode refuse_as_stale(Invocation& invocation, const Error& error) {
  invocation.console.report(error);
  return ExitCode::stale_plan;
}

// A plan without a target release was made from the tree at the tag that gave it its version.
Result<std::optional<Checkout>> checkout_of(Invocation& invocation, const Project& project,
                                            const plan::Content& content) {
  if (!content.target_release.empty()) return std::nullopt;
  DEPLOYCTL_TRY(std::optional<Checkout> checkout, Checkout::at_tag(invocation, project, content.version));
  if (checkout && checkout->revision().commit == content.commit) return checkout;
  return fail(Cause::conflict,
              "the tag '" + content.version + "' is not at " + content.commit.substr(0, 12) +
                  " any more, where it was when the plan was made",
              "make a new plan");
}

} // namespace

Result<std::optional<Checkout>> tag_without_record(Invocation& invocation, const Project& project,
                                                   const std::string& stack, const std::string& to) {
  if (to.empty()) return std::nullopt;
  DEPLOYCTL_TRY(const std::optional<Records> records, find_records(invocation, project));
  if (records) {
    DEPLOYCTL_TRY(const auto known, records->history.find(stack, to));
    if (known) return std::nullopt;
  }
  return Checkout::at_tag(invocation, project, to);
}

Result<ExitCode> apply_saved_rollback(Invocation& invocation, const Project& project, plan::Plan plan) {
  const auto began = invocation.clock.boot();
  auto checkout = checkout_of(invocation, project, plan.content);
  if (!checkout && checkout.error().cause == Cause::conflict)
    return refuse_as_stale(invocation, checkout.error());
  if (!checkout) return fail(std::move(checkout).error());
  DEPLOYCTL_TRY(
      const std::unique_ptr<Wiring> wiring,
      Wiring::open(invocation, project, plan.content.environment, {}, *checkout ? &**checkout : nullptr));
  engine::ApplyOptions options = wiring->options();
  options.plan_digest = plan.envelope.digest;
  DEPLOYCTL_TRY(options.approvals, engine::approvals_text(approvals_file(invocation.line.argument(0))));
  const auto rollback = engine::saved_rollback(wiring->engine(), wiring->pipeline(), std::move(plan));
  if (!rollback && rollback.error().cause == Cause::conflict)
    return refuse_as_stale(invocation, rollback.error());
  if (!rollback) return fail(rollback.error());
  attend(invocation, *wiring);
  const engine::Ending ending =
      engine::apply_rollback(wiring->engine(), *rollback, wiring->source(), options);
  return conclude(invocation, *wiring, ending, began);
}

} // namespace deployctl::cli
