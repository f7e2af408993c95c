#include "state/lock.hpp"
#include "cli/commands/run.hpp"
#include "cli/records.hpp"
#include "cli/this_process.hpp"
#include "ui/table.hpp"

namespace deployctl::cli {
namespace {

struct LockPlace {
  state::LocalState state;
  state::StackState stack;
};

Result<LockPlace> lock_place(Invocation& invocation) {
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  const std::string environment = invocation.line.argument(0);
  DEPLOYCTL_CHECK(check_environment(project, environment));
  DEPLOYCTL_TRY(state::LocalState state, state::LocalState::open(project.directory, invocation.random));
  DEPLOYCTL_TRY(state::StackState stack, state.stack(project.stack(environment)));
  return LockPlace{std::move(state), std::move(stack)};
}

Result<std::string> wanted_reason(const Invocation& invocation, std::string_view flag) {
  const std::string reason = invocation.line.value(flag).value_or("");
  if (reason.empty())
    return fail(Cause::config, "say why: --" + std::string(flag) + " WHY",
                "whoever meets the lock will read it");
  return reason;
}

} // namespace

Result<ExitCode> run_lock(Invocation& invocation) {
  DEPLOYCTL_TRY(const std::string why, wanted_reason(invocation, "message"));
  DEPLOYCTL_TRY(const LockPlace place, lock_place(invocation));
  state::Holder holder = holder_of(invocation, "");
  holder.kind = state::HolderKind::manual;
  holder.message = why;
  DEPLOYCTL_TRY(const std::optional<state::Held> held, state::lock_manually(place.stack, holder));
  if (held) {
    invocation.console.report(state::held_error(place.stack.name(), *held));
    return ExitCode::lock_held;
  }
  invocation.console.answer("Locked " + place.stack.name() + ": " + why + "\nNext: deployctl unlock " +
                                invocation.line.argument(0) + " --reason WHY\n",
                            Value::Map{{"stack", place.stack.name()}, {"holder", state::to_value(holder)}});
  return ExitCode::done;
}

Result<ExitCode> run_unlock(Invocation& invocation) {
  DEPLOYCTL_TRY(const std::string why, wanted_reason(invocation, "reason"));
  DEPLOYCTL_TRY(const LockPlace place, lock_place(invocation));
  const std::string user = user_at_host(invocation);
  Result<std::optional<state::Holder>> removed = state::unlock(place.stack, user, why, invocation.clock);
  if (!removed) {
    invocation.console.report(removed.error());
    return removed.error().cause == Cause::conflict ? ExitCode::lock_held
                                                    : exit_code_of(removed.error().cause);
  }
  const std::string what =
      *removed ? "Removed the lock of " + state::describe(**removed) : place.stack.name() + " was not locked";
  invocation.console.answer(what + "\n",
                            Value::Map{{"stack", place.stack.name()},
                                       {"removed", *removed ? state::to_value(**removed) : Value()}});
  return ExitCode::done;
}

Result<ExitCode> run_lock_list(Invocation& invocation) {
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  ui::Table table({"STACK", "HELD BY", "WHY"});
  Value::List locks;
  Result<state::LocalState> state = state::LocalState::find(project.directory, invocation.random);
  if (!state && state.error().cause != Cause::not_found) return fail(std::move(state).error());
  if (state) {
    DEPLOYCTL_TRY(const std::vector<state::StackState> stacks, state->stacks());
    for (const state::StackState& stack : stacks) {
      DEPLOYCTL_TRY(const state::VersionedCell cell, stack.cell().read());
      if (!cell.cell.holder) continue;
      table.add({stack.name(), state::describe(*cell.cell.holder), cell.cell.holder->message});
      locks.push_back(Value::Map{{"stack", stack.name()}, {"holder", state::to_value(*cell.cell.holder)}});
    }
  }
  const std::string text = locks.empty() ? "No lock is held.\n" : table.text(invocation.console.out_style());
  invocation.console.answer(text, Value::Map{{"locks", std::move(locks)}});
  return ExitCode::done;
}

} // namespace deployctl::cli
