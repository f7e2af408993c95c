// The run functions of all commands, for the table. One file of this folder defines each.
#pragma once

#include "cli/command.hpp"

namespace deployctl::cli {

Result<ExitCode> run_abort(Invocation& invocation);
Result<ExitCode> run_apply(Invocation& invocation);
Result<ExitCode> run_approve(Invocation& invocation);
Result<ExitCode> run_complete(Invocation& invocation);
Result<ExitCode> run_completion(Invocation& invocation);
Result<ExitCode> run_diff(Invocation& invocation);
Result<ExitCode> run_explain(Invocation& invocation);
Result<ExitCode> run_graph(Invocation& invocation);
Result<ExitCode> run_help(Invocation& invocation);
Result<ExitCode> run_history(Invocation& invocation);
Result<ExitCode> run_init(Invocation& invocation);
Result<ExitCode> run_lock(Invocation& invocation);
Result<ExitCode> run_lock_list(Invocation& invocation);
Result<ExitCode> run_plan(Invocation& invocation);
Result<ExitCode> run_provider_list(Invocation& invocation);
Result<ExitCode> run_rehearse(Invocation& invocation);
Result<ExitCode> run_reindex(Invocation& invocation);
Result<ExitCode> run_resume(Invocation& invocation);
Result<ExitCode> run_rollback(Invocation& invocation);
Result<ExitCode> run_schema(Invocation& invocation);
Result<ExitCode> run_secrets_check(Invocation& invocation);
Result<ExitCode> run_show(Invocation& invocation);
Result<ExitCode> run_status(Invocation& invocation);
Result<ExitCode> run_steps(Invocation& invocation);
Result<ExitCode> run_unlock(Invocation& invocation);
Result<ExitCode> run_unquarantine(Invocation& invocation);
Result<ExitCode> run_validate(Invocation& invocation);
Result<ExitCode> run_version(Invocation& invocation);

} // namespace deployctl::cli
