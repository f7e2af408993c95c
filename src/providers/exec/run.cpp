#include "providers/exec/run.hpp"

#include "base/field_diff.hpp"
#include "providers/command.hpp"

namespace deployctl::providers::exec {
namespace {

Table<CommandInputs> table() {
  Table<CommandInputs> result;
  add_command(result, "where deployctl runs");
  return result;
}

class Run final : public Task {
public:
  Result<Change> plan(const Ask& ask) const override {
    const Value desired = with_defaults(table_.fields(), *ask.inputs);
    DEPLOYCTL_TRY(const CommandInputs inputs, table_.decode(desired));
    return command_change(inputs, desired);
  }

  Result<Value> apply(WriteSession& session, const Change& change, const Stage& stage,
                      const Intent& intent) const override {
    DEPLOYCTL_TRY(const CommandInputs inputs, table_.decode(change.desired));
    ProcessRequest request = process(inputs, intent, stage.timeout);
    const bool is_script = inputs.command.empty();
    request.operation = is_script ? "script" : "command";
    request.argv = is_script ? std::vector<std::string>{"sh", "-ec", inputs.script} : inputs.command;
    request.output = &session.output;
    DEPLOYCTL_TRY(const CommandEnd end, end_of(session.ports.processes.run(request, session.stop)));
    return command_result(end, change.desired, stage.timeout);
  }

  Confirmation confirm(ReadSession& session, const Intent& intent) const override {
    return confirm_command(table_.decode(intent.change.desired), "exec.run",
                           [&](const CommandInputs& inputs) {
                             ProcessRequest request = process(inputs, intent, check_limit);
                             request.operation = "check";
                             request.argv = inputs.check;
                             return end_of(session.ports.processes.run(request, session.stop));
                           });
  }

  Diagnosis diagnose(ReadSession&, const Failure& failure) const override {
    return diagnose_command(failure);
  }

private:
  static ProcessRequest process(const CommandInputs& inputs, const Intent& intent, Milliseconds timeout) {
    return {.environment = command_environment(inputs, intent),
            .inherit = {"PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR"},
            .directory = inputs.directory,
            .input = inputs.input,
            .timeout = timeout,
            .capture_limit = longest_output};
  }

  Table<CommandInputs> table_ = table();
};

} // namespace

Provider make_run() {
  Provider provider;
  provider.description = {
      .name = "exec.run",
      .summary = "Runs a command where deployctl runs.",
      .kind = Kind::task,
      .fields = table().fields(),
      .groups = {command_group()},
      .outputs = command_outputs(),
      .operations = command_operations(Protocol::process),
      .permissions = {"run `command`", "run `script`"},
      .crash_class = command_crash_class,
      .check = check_command,
  };
  provider.verbs = std::make_shared<const Run>();
  return provider;
}

} // namespace deployctl::providers::exec
