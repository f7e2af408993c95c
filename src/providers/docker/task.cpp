#include "providers/docker/task.hpp"

#include "base/engine_settings.hpp"
#include "base/field_diff.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "providers/command.hpp"
#include "providers/declared_registries.hpp"
#include "providers/docker/engine_access.hpp"
#include "providers/docker/task_confirm.hpp"
#include "providers/docker/task_run.hpp"
#include "providers/host_script.hpp"
#include "providers/masked.hpp"

namespace deployctl::providers::docker {
namespace {

using deployctl::docker::Call;

std::vector<Operation> operations() {
  std::vector<Operation> all = deployctl::docker::operations(
      {Call::version, Call::inspect_image, Call::pull_image, Call::load_image, Call::list_containers,
       Call::inspect_container, Call::container_logs, Call::create_container, Call::start_container,
       Call::wait_container, Call::stop_container, Call::kill_container, Call::remove_container});
  all.push_back(credential_helper_operation());
  all.push_back(engine_access_operation());
  return all;
}

// The engine knows by the label what became of a container.
CrashClass crash_class(const Value& inputs) {
  return text_at(inputs, "effect") == "none" ? CrashClass::observe : CrashClass::marked;
}

class RunTask final : public Task {
public:
  Result<Change> plan(const Ask& ask) const override {
    DEPLOYCTL_CHECK(host_of(ask));
    const Value desired = with_defaults(task_table().fields(), *ask.inputs);
    DEPLOYCTL_TRY(const TaskInputs inputs, task_table().decode(desired));
    const bool other =
        inputs.on == "first" && !inputs.hosts.empty() && inputs.hosts.front() != ask.target.name;
    if (other) return Change{.summary = "runs on " + inputs.hosts.front()};
    Change change = command_change({.command = inputs.command, .effect = inputs.effect}, desired);
    if (inputs.command.empty()) change.summary = "what the image runs";
    return change;
  }

  Result<Value> apply(WriteSession& session, const Change& change, const Stage& stage,
                      const Intent& intent) const override {
    DEPLOYCTL_TRY(const TaskInputs inputs, task_table().decode(change.desired));
    DEPLOYCTL_TRY(const Host host, host_of(intent.ask));
    DEPLOYCTL_TRY(const Engine engine, engine_of(session.connection, session.ports, host, session.stop));
    TaskRun run(session, engine, {.inputs = inputs, .intent = intent, .timeout = stage.timeout});
    auto end = run.to_end();
    if (!end) return fail(masked(std::move(end).error(), change.desired));
    return command_result(*end, change.desired, stage.timeout);
  }

  Confirmation confirm(ReadSession& session, const Intent& intent) const override {
    const auto unknown = [](const Error& error) {
      return Confirmation{.state = Confirmation::State::unknown, .detail = error.message};
    };
    const auto host = host_of(intent.ask);
    if (!host) return unknown(host.error());
    const auto engine = engine_of(session.connection, session.ports, *host, session.stop);
    if (!engine) return unknown(engine.error());
    return confirm_task(session, *engine, intent);
  }

  // Exit codes mean what they do for commands, but the engine itself says when memory was the matter.
  Diagnosis diagnose(ReadSession&, const Failure& failure) const override {
    Diagnosis diagnosis = diagnose_command(failure);
    if (failure.error.cause != Cause::command_failed || diagnosis.cause != Cause::out_of_memory)
      return diagnosis;
    diagnosis.cause = Cause::command_failed;
    diagnosis.summary = "the container was killed (exit 137), and not by the limit of its memory";
    return diagnosis;
  }
};

} // namespace

Provider make_task(const Surroundings& surroundings) {
  Provider provider;
  provider.description = {
      .name = "docker.task",
      .summary = "Runs a command once in a container and waits for its end.",
      .kind = Kind::task,
      .fields = task_table().fields(),
      .outputs = command_outputs(),
      .operations = operations(),
      .strategies = {StrategyKind::rolling, StrategyKind::canary, StrategyKind::all_at_once},
      .on_hosts = true,
      .permissions = {"use the socket of the container engine, which is as much as root",
                      "registry: pull `image`"},
      .crash_class = crash_class,
      .check = check_task,
  };
  provider.verbs = std::make_shared<const RunTask>();
  provider.instance_fields = engine_settings().fields();
  provider.connect = connector(surroundings);
  return provider;
}

} // namespace deployctl::providers::docker
