#include "providers/host/run.hpp"

#include "base/field_diff.hpp"
#include "providers/command.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::host {
namespace {

struct RunInputs : CommandInputs {
  std::string on;
  std::vector<std::string> hosts;
};

Table<RunInputs> table() {
  Table<RunInputs> result;
  add_command(result, "on the host");
  result
      .add(&RunInputs::on, {.name = "on",
                            .type = FieldType::choice,
                            .help = "Whether the command runs on each host or on the first one only.",
                            .example = "first",
                            .fallback = "each",
                            .choices = {"each", "first"}})
      .add(&RunInputs::hosts, {.name = "hosts",
                               .type = FieldType::hosts,
                               .help = "The role or the hosts; may be left out when there is one role.",
                               .example = "web",
                               .managed = false});
  return result;
}

std::vector<InputProblem> check_inputs(const Value& inputs) {
  std::vector<InputProblem> problems = check_command(inputs);
  const Value* directory = inputs.find("directory");
  if (directory && directory->text() && !directory->text()->starts_with('/'))
    problems.push_back({.path = "directory",
                        .message = "a directory on a host is an absolute path",
                        .help = "for example /srv/app"});
  return problems;
}

class Run final : public Task {
public:
  Result<Change> plan(const Ask& ask) const override {
    const Value desired = with_defaults(table_.fields(), *ask.inputs);
    DEPLOYCTL_TRY(const RunInputs inputs, table_.decode(desired));
    const bool other =
        inputs.on == "first" && !inputs.hosts.empty() && inputs.hosts.front() != ask.target.name;
    if (other) return Change{.summary = "runs on " + inputs.hosts.front()};
    return command_change(inputs, desired);
  }

  Result<Value> apply(WriteSession& session, const Change& change, const Stage& stage,
                      const Intent& intent) const override {
    DEPLOYCTL_TRY(const RunInputs inputs, table_.decode(change.desired));
    HostCommand command = host_command(inputs, intent, stage.timeout);
    const bool is_script = inputs.command.empty();
    command.operation = is_script ? "script" : "command";
    command.script = is_script ? run_script_in_directory : run_in_directory;
    command.arguments = is_script ? std::vector{inputs.script} : inputs.command;
    command.output = &session.output;
    DEPLOYCTL_TRY(const CommandEnd end, run(session.ports.hosts, intent.ask, command, session.stop));
    return command_result(end, change.desired, stage.timeout);
  }

  Confirmation confirm(ReadSession& session, const Intent& intent) const override {
    return confirm_command(table_.decode(intent.change.desired), "host.run",
                           [&](const CommandInputs& inputs) {
                             HostCommand command = host_command(inputs, intent, check_limit);
                             command.operation = "check";
                             command.script = run_in_directory;
                             command.arguments = inputs.check;
                             return run(session.ports.hosts, intent.ask, command, session.stop);
                           });
  }

  Diagnosis diagnose(ReadSession&, const Failure& failure) const override {
    return diagnose_command(failure);
  }

private:
  static HostCommand host_command(const CommandInputs& inputs, const Intent& intent, Milliseconds timeout) {
    HostCommand command{.environment = command_environment(inputs, intent),
                        .input = inputs.input,
                        .timeout = timeout,
                        .capture_limit = longest_output};
    command.environment.insert_or_assign("DEPLOYCTL_DIRECTORY", inputs.directory);
    return command;
  }

  static Result<CommandEnd> run(Hosts& hosts, const Ask& ask, const HostCommand& command,
                                const std::stop_token& stop) {
    DEPLOYCTL_TRY(const Host host, host_of(ask));
    return end_of(hosts.run(host, command, stop));
  }

  Table<RunInputs> table_ = table();
};

} // namespace

Provider make_run() {
  Provider provider;
  provider.description = {
      .name = "host.run",
      .summary = "Runs a command on hosts.",
      .kind = Kind::task,
      .fields = table().fields(),
      .groups = {command_group()},
      .outputs = command_outputs(),
      .operations = command_operations(Protocol::host, run_in_directory, run_script_in_directory),
      .strategies = {StrategyKind::rolling, StrategyKind::canary, StrategyKind::all_at_once},
      .on_hosts = true,
      .permissions = {"log in to the host", "what the command needs there"},
      .crash_class = command_crash_class,
      .check = check_inputs,
  };
  provider.verbs = std::make_shared<const Run>();
  return provider;
}

} // namespace deployctl::providers::host
