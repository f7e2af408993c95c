#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/core.h>

#include "base/time.hpp"
#include "base/ulid.hpp"
#include "base/variables.hpp"
#include "cli/commands/run.hpp"
#include "cli/plan_subject.hpp"
#include "cli/wiring.hpp"
#include "engine/approval_store.hpp"
#include "engine/approvals.hpp"
#include "engine/run_history.hpp"
#include "engine/signatures.hpp"
#include "os/files.hpp"
#include "state/journal.hpp"
#include "ui/plan_view.hpp"

namespace deployctl::cli {
namespace {

constexpr std::size_t largest_plan = std::size_t{256} << 20;
constexpr std::array<std::string_view, 3> usual_keys = {"id_ed25519", "id_ecdsa", "id_rsa"};

Result<std::string> chosen_key(const Invocation& invocation) {
  if (const auto given = invocation.line.value("key")) {
    if (std::filesystem::is_regular_file(*given)) return std::filesystem::absolute(*given).string();
    return fail(Cause::config, "there is no key '" + *given + "'");
  }
  const std::string folder = variable_or_empty(invocation.environment, "HOME") + "/.ssh/";
  for (const std::string_view name : usual_keys)
    if (std::filesystem::is_regular_file(folder + std::string(name))) return folder + std::string(name);
  return fail(Cause::config, "no key to sign with is in " + folder, "name one: --key FILE");
}

Result<policy::SignedStatement> signed_statement(Invocation& invocation, policy::ApprovalSubject subject,
                                                 Milliseconds counts_for) {
  DEPLOYCTL_TRY(const std::string key, chosen_key(invocation));
  const WallTime now = invocation.clock.wall();
  const bool denies = invocation.line.has("deny");
  policy::SignedStatement approval{
      .statement = {.subject = std::move(subject),
                    .decision = denies ? policy::Decision::deny : policy::Decision::approve,
                    .signed_at = format_time(now),
                    .expires_at = format_time(now + counts_for)},
      .signature = {}};
  os::LocalProcesses processes(invocation.clock, std::filesystem::current_path().string(),
                               invocation.environment);
  DEPLOYCTL_TRY(approval.signature, engine::sign(processes, key, approval.statement, {}));
  return approval;
}

Value document_of(const policy::ApprovalStatement& statement) {
  return Value::Map{{"digest", statement.subject.digest},
                    {"run", statement.subject.run},
                    {"step", statement.subject.step},
                    {"expires_at", statement.expires_at}};
}

std::string verb(const Invocation& invocation) {
  return invocation.line.has("deny") ? "Denied" : "Approved";
}

// Exit 7: what is altered or over is not worth a signature.
Result<plan::Plan> plan_to_sign(const Invocation& invocation, const std::string& file) {
  DEPLOYCTL_TRY(const std::string text, os::read_file(file, largest_plan));
  DEPLOYCTL_TRY(plan::Plan plan, plan::from_file(text));
  const auto expires = parse_time(plan.envelope.expires_at);
  if (!expires || *expires <= invocation.clock.wall())
    return fail(Cause::conflict, "the plan expired at " + plan.envelope.expires_at, "make a new plan");
  if (!plan.content.approval)
    return fail(Cause::config, "'" + file + "' needs no signature: '" + plan.content.environment +
                                   "' names nobody under 'approval'");
  return plan;
}

Result<ExitCode> approve_plan(Invocation& invocation, const std::string& file) {
  const auto plan = plan_to_sign(invocation, file);
  if (!plan && plan.error().cause == Cause::conflict) {
    invocation.console.report(plan.error());
    return ExitCode::stale_plan;
  }
  if (!plan) return fail(plan.error());
  invocation.console.note(ui::plan_text({.plan = *plan, .file = file}, invocation.console.err_style()));
  DEPLOYCTL_TRY(const auto approval, signed_statement(invocation, engine::approval_subject(*plan),
                                                      plan->content.approval->rule.expires));
  DEPLOYCTL_CHECK(engine::add_approval(approvals_file(file), approval));
  invocation.console.answer(verb(invocation) + " in " + approvals_file(file) +
                                ". To apply the plan: deployctl apply " + file + "\n",
                            document_of(approval.statement));
  return ExitCode::done;
}

struct WaitingRun {
  engine::RunHistory history;
  plan::Plan plan;
};

Result<WaitingRun> read_run(const state::LocalState& state, const std::string& run) {
  DEPLOYCTL_TRY(const auto journal, state::read_journal(state.journal_path(run)));
  WaitingRun waiting;
  DEPLOYCTL_TRY(waiting.history, engine::read_history(journal));
  DEPLOYCTL_TRY(const std::string text, state.blobs().read(waiting.history.begin.plan, largest_plan));
  DEPLOYCTL_TRY(waiting.plan, plan::from_file(text));
  return waiting;
}

// Steps that the run waits at for signatures which nobody gave yet.
std::vector<const config::Step*> waiting_steps(const config::Pipeline& pipeline,
                                               const engine::RunHistory& history) {
  std::vector<const config::Step*> waiting;
  for (const config::Step& step : pipeline.steps) {
    const auto given = [&](const engine::ApprovalRecord& approval) { return approval.step == step.id; };
    const bool parked =
        std::find(history.parked.begin(), history.parked.end(), step.id) != history.parked.end();
    if (parked && step.approval && step.approval->is_signed() &&
        std::none_of(history.approvals.begin(), history.approvals.end(), given))
      waiting.push_back(&step);
  }
  return waiting;
}

Result<ExitCode> approve_run(Invocation& invocation, const std::string& run) {
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  DEPLOYCTL_TRY(const auto state, state::LocalState::find(project.directory, invocation.random));
  DEPLOYCTL_TRY(const WaitingRun waiting, read_run(state, run));
  DEPLOYCTL_TRY(const auto wiring, Wiring::open(invocation, project, waiting.plan.content.environment));
  const auto steps = waiting_steps(wiring->pipeline(), waiting.history);
  if (steps.empty() || waiting.history.end)
    return fail(Cause::config, "run " + run + " does not wait for a signature");
  DEPLOYCTL_TRY(const state::StackState stack, state.stack(wiring->pipeline().stack()));
  for (const config::Step* step : steps) {
    DEPLOYCTL_TRY(const auto approval,
                  signed_statement(invocation, engine::approval_subject(waiting.plan, run, step->id),
                                   step->approval->expires));
    DEPLOYCTL_CHECK(engine::keep_approval(stack.directory(), invocation.clock, approval));
    invocation.console.answer(fmt::format("{0} step '{1}' of run {2}. To go on: deployctl resume {2}\n",
                                          verb(invocation), step->id, run),
                              document_of(approval.statement));
  }
  return ExitCode::done;
}

} // namespace

Result<ExitCode> run_approve(Invocation& invocation) {
  const std::string subject = invocation.line.argument(0);
  if (std::filesystem::is_regular_file(subject)) return approve_plan(invocation, subject);
  if (is_ulid(subject)) return approve_run(invocation, subject);
  return fail(Cause::config, "there is no plan file and no run '" + subject + "'");
}

} // namespace deployctl::cli
