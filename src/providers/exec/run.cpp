#include "providers/exec/run.hpp"

#include "base/field_diff.hpp"
#include "providers/command.hpp"

namespace deployctl::providers::exec {
namespace {

struct RunInputs : CommandInputs {};

Table<RunInputs> table() {
  Table<RunInputs> result;
  add_command(result, "where deployctl runs");
  return result;
}

class Run final : public Task {
public:
  Result<Change> plan(const Ask& ask) const override {
    const Value desired = with_defaults(table_.fields(), *ask.inputs);
    DEPLOYCTL_TRY(const RunInputs inputs, table_.decode(desired));
    return command_change(inputs, desired);
  }

  Result<Value> apply(WriteSession& session, const Change& change, const Stage& stage,
                      const Intent& intent) const override {
    DEPLOYCTL_TRY(const RunInputs inputs, table_.decode(change.desired));
    ProcessRequest request = process(inputs, intent, stage.timeout);
    const bool is_script = inputs.command.empty();
    request.operation = is_script ? "script" : "command";
    request.argv = is_script ? std::vector<std::string>{"sh", "-ec", inputs.script} : inputs.command;
    request.output = &session.output;
    DEPLOYCTL_TRY(const CommandEnd end, run(session.ports.processes, request, session.stop));
    return command_result(end, change.desired, stage.timeout);
  }

  Confirmation confirm(ReadSession& session, const Intent& intent) const override {
    auto inputs = table_.decode(intent.change.desired);
    if (!inputs) return {.state = Confirmation::State::unknown, .detail = inputs.error().message};
    if (inputs->check.empty()) return unchecked(*inputs, "exec.run");
    // The check gets no secrets: they are resolved for what has an effect only.
    std::erase_if(inputs->env, [](const auto& variable) { return variable.second.secret() != nullptr; });
    inputs->input = {};
    ProcessRequest request = process(*inputs, intent, Milliseconds(60'000));
    request.operation = "check";
    request.argv = inputs->check;
    return checked(run(session.ports.processes, request, session.stop));
  }

  Diagnosis diagnose(ReadSession&, const Failure& failure) const override {
    return diagnose_command(failure);
  }

private:
  static ProcessRequest process(const RunInputs& inputs, const Intent& intent, Milliseconds timeout) {
    return {.environment = command_environment(inputs, intent),
            .inherit = {"PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR"},
            .directory = inputs.directory,
            .input = inputs.input,
            .timeout = timeout,
            .capture_limit = longest_output};
  }

  static Result<CommandEnd> run(Processes& processes, const ProcessRequest& request,
                                const std::stop_token& stop) {
    DEPLOYCTL_TRY(ProcessResult result, processes.run(request, stop));
    return CommandEnd{.exit_code = result.exit_code,
                      .timed_out = result.timed_out,
                      .cancelled = result.cancelled,
                      .out = std::move(result.out),
                      .err = std::move(result.err)};
  }

  Table<RunInputs> table_ = table();
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
      .operations = {{.name = "command",
                      .effect = Effect::write,
                      .protocol = Protocol::process,
                      .help = "Runs the command.",
                      .from_input = "command"},
                     {.name = "script",
                      .effect = Effect::write,
                      .protocol = Protocol::process,
                      .help = "Runs the script.",
                      .from_input = "script"},
                     {.name = "check",
                      .effect = Effect::read,
                      .protocol = Protocol::process,
                      .help = "Asks whether the work is done.",
                      .from_input = "check"}},
      .permissions = {"what the command needs, on the machine where deployctl runs"},
      .crash_class = command_crash_class,
      .check = check_command,
  };
  provider.verbs = std::make_shared<const Run>();
  return provider;
}

} // namespace deployctl::providers::exec
