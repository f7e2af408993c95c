#include "providers/docker/task.hpp"

#include "base/field_diff.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "providers/command.hpp"
#include "providers/docker/container_action.hpp"
#include "providers/docker/task_confirm.hpp"
#include "providers/docker/task_run.hpp"
#include "providers/host_script.hpp"
#include "providers/masked.hpp"

namespace deployctl::providers::docker {
namespace {

using deployctl::docker::Call;

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
  Provider provider = container_action(surroundings, {Call::kill_container});
  Description& description = provider.description;
  description.name = "docker.task";
  description.summary = "Runs a command once in a container and waits for its end.";
  description.kind = Kind::task;
  description.fields = task_table().fields();
  description.outputs = command_outputs();
  description.crash_class = crash_class;
  description.check = check_task;
  provider.verbs = std::make_shared<const RunTask>();
  return provider;
}

} // namespace deployctl::providers::docker
