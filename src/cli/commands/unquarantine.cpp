#include "base/time.hpp"
#include "cli/commands/run.hpp"
#include "cli/records.hpp"
#include "cli/this_process.hpp"
#include "state/audit.hpp"

namespace deployctl::cli {

Result<ExitCode> run_unquarantine(Invocation& invocation) {
  const std::string reason = invocation.line.value("reason").value_or("");
  if (reason.empty()) return fail(Cause::config, "say why: --reason WHY", "it is kept in the audit log");
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  DEPLOYCTL_TRY(const std::string environment, chosen_environment(invocation, project));
  const std::string stack = project.stack(environment);
  DEPLOYCTL_TRY(std::optional<Records> records, find_records(invocation, project));
  if (!records) return fail(Cause::not_found, "nothing was released to '" + stack + "' from here yet");
  DEPLOYCTL_TRY(const state::Release release, named_release(*records, stack, invocation.line.argument(0)));
  const std::string title = release_title(release);
  if (!release.quarantined) return fail(Cause::config, title + " is not quarantined");
  DEPLOYCTL_CHECK(records->history.set_quarantine(release.id, false, ""));
  DEPLOYCTL_TRY(const state::StackState opened, records->state.stack(stack));
  DEPLOYCTL_CHECK(state::append_audit(opened.directory(), {.time = format_time(invocation.clock.wall()),
                                                           .user = user_at_host(invocation),
                                                           .what = "unquarantine",
                                                           .reason = reason,
                                                           .subject = Value::Map{{"release", release.id}}}));
  invocation.console.answer(title + " of " + stack + " may be applied again.\n",
                            Value::Map{{"stack", stack}, {"release", release.id}});
  return ExitCode::done;
}

} // namespace deployctl::cli
