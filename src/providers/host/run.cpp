#include "providers/host/run.hpp"

#include "base/field_diff.hpp"
#include "base/members.hpp"
#include "providers/command.hpp"
#include "providers/host/detached.hpp"
#include "providers/host_script.hpp"
#include "ssh/script_failure.hpp"

namespace deployctl::providers::host {
namespace {

struct RunInputs : CommandInputs {
  std::string on;
  std::string on_disconnect;
  std::vector<std::string> hosts;
};

constexpr const char* detach = "detach";

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
      .add(&RunInputs::on_disconnect,
           {.name = "on_disconnect",
            .type = FieldType::choice,
            .help = "What becomes of the command when the connection or deployctl is lost: it is ended, or "
                    "goes on and its result is taken over.",
            .example = detach,
            .fallback = "kill",
            .managed = false,
            .choices = {"kill", detach}})
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

std::vector<Operation> operations() {
  std::vector<Operation> all = command_operations(Protocol::host, run_in_directory, run_script_in_directory);
  for (Operation& operation : detached_operations()) all.push_back(std::move(operation));
  return all;
}

// The host's ledger knows what became of a command that was not to be cut off.
CrashClass crash_class(const Value& inputs) {
  const CrashClass own = command_crash_class(inputs);
  return text_at(inputs, "on_disconnect") == detach && own == CrashClass::opaque ? CrashClass::marked : own;
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
    DEPLOYCTL_TRY(const Host host, host_of(intent.ask));
    const auto run_it = [&] {
      if (inputs.on_disconnect == detach) return run_detached(session, host, command, intent, is_script);
      return run(session.ports.hosts, intent.ask, command, session.stop);
    };
    DEPLOYCTL_TRY(const CommandEnd end, run_it());
    return command_result(end, change.desired, stage.timeout);
  }

  Confirmation confirm(ReadSession& session, const Intent& intent) const override {
    const auto decoded = table_.decode(intent.change.desired);
    if (const auto host = host_of(intent.ask); decoded && host && decoded->on_disconnect == detach) {
      Confirmation known = confirm_detached(session, *host, intent);
      if (known.state != Confirmation::State::not_done || decoded->check.empty()) return known;
    }
    return confirm_command(decoded, "host.run", [&](const CommandInputs& inputs) {
      HostCommand command = host_command(inputs, intent, check_limit);
      command.operation = "check";
      command.script = run_in_directory;
      command.arguments = inputs.check;
      return run(session.ports.hosts, intent.ask, command, session.stop);
    });
  }

  Diagnosis diagnose(ReadSession&, const Failure& failure) const override {
    Diagnosis diagnosis = diagnose_command(failure);
    if (diagnosis.cause == Cause::command_failed && !failure.error.evidence.empty())
      diagnosis.cause = ssh::cause_of_words(failure.error.evidence.back()).value_or(diagnosis.cause);
    return diagnosis;
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
      .operations = operations(),
      .strategies = {StrategyKind::rolling, StrategyKind::canary, StrategyKind::all_at_once},
      .on_hosts = true,
      .permissions = {"ssh: log in", "run `command`", "run `script`"},
      .crash_class = crash_class,
      .check = check_inputs,
  };
  provider.verbs = std::make_shared<const Run>();
  return provider;
}

} // namespace deployctl::providers::host
