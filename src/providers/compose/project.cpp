#include "providers/compose/project.hpp"

#include <stdexcept>

#include <fmt/core.h>

#include "base/field_diff.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "providers/compose/asking.hpp"
#include "providers/compose/inputs.hpp"
#include "providers/compose/looking.hpp"
#include "providers/compose/move.hpp"
#include "providers/compose/operations.hpp"
#include "providers/compose/plan.hpp"
#include "providers/compose/scripts.hpp"
#include "providers/compose/work.hpp"
#include "providers/host_script.hpp"
#include "providers/masked.hpp"

namespace deployctl::providers::compose {
namespace {

class ComposeConnection final : public Connection {
public:
  explicit ComposeConnection(std::string socket) : socket_(std::move(socket)) {}
  [[nodiscard]] const std::string& socket() const { return socket_; }

private:
  std::string socket_;
};

const std::string& socket_of(const Connection& connection) {
  const auto* found = dynamic_cast<const ComposeConnection*>(&connection);
  if (!found) throw std::logic_error("compose.project was given the connection of another provider");
  return found->socket();
}

Value outputs_of_project(const std::string& path, const std::string& release, const std::string& previous) {
  return Value::Map{{"release", last_part(release)}, {"path", path}, {"previous", last_part(previous)}};
}

Result<Look> look_for(ReadSession& session, const ProjectInputs& inputs, const Move& move) {
  LookWishes wishes{.project = inputs.name};
  for (const auto& [service, expected] : move.expected.services) wishes.images.push_back(expected.image);
  return look_at(session.ports.hosts, move.host, socket_of(session.connection), wishes, session.stop);
}

class Project final : public Resource {
public:
  std::vector<Result<Observation>> observe(ReadSession& session, std::span<const Ask> asks) const override {
    return observe_projects(session, asks, socket_of(session.connection));
  }

  Result<Change> plan(const Ask& ask, const Observation& seen, const Strategy&) const override {
    if (!ask.inputs) return plan_project_removal(ask.recorded, ask, seen);
    const Value desired = with_defaults(table_.fields(), *ask.inputs);
    DEPLOYCTL_TRY(const ProjectInputs inputs, table_.decode(desired));
    return plan_project(inputs, desired, ask, seen);
  }

  Result<Value> apply(WriteSession& session, const Change& change, const Stage& stage,
                      const Intent& intent) const override {
    DEPLOYCTL_TRY(const ProjectInputs inputs, table_.decode(change.desired));
    ProjectWork work(session, socket_of(session.connection), inputs, change, stage, intent);
    if (auto done = work.run(); !done) return fail(masked(std::move(done).error(), change.desired));
    const Move move = move_from(change.basis);
    return outputs_of_project(move.path, move.to, move.from);
  }

  Readiness ready(ReadSession& session, const Change& change, const Stage&) const override {
    const auto inputs = table_.decode(change.desired);
    if (!inputs) return {.state = Readiness::State::failed, .detail = inputs.error().message};
    const Move move = move_from(change.basis);
    const auto look = look_for(session, *inputs, move);
    if (!look) return {.state = Readiness::State::waiting, .detail = look.error().message};
    const Judgement judgement = judge(move.expected, look->containers, look->image_ids);
    Readiness readiness{.state = judgement.state, .detail = judgement.detail};
    if (judgement.state == Readiness::State::failed)
      readiness.evidence = last_words_of(session.ports.hosts, move.host, socket_of(session.connection),
                                         judgement.container, session.stop);
    return readiness;
  }

  Confirmation confirm(ReadSession& session, const Intent& intent) const override {
    const auto done = is_done(session, intent);
    if (!done) return {.state = Confirmation::State::unknown, .detail = done.error().message};
    if (!*done) return {.state = Confirmation::State::not_done};
    const Move move = move_from(intent.change.basis);
    return {.state = Confirmation::State::done, .outputs = outputs_of_project(move.path, move.to, move.from)};
  }

  Result<Change> revert(const Undo& undo, const Observation& seen) const override {
    const Value& inputs = undo.ask.inputs ? *undo.ask.inputs : undo.ask.recorded;
    return plan_project_revert(with_defaults(table_.fields(), inputs), undo, seen);
  }

  Diagnosis diagnose(ReadSession& session, const Failure& failure) const override {
    Diagnosis as_it_was{.cause = failure.error.cause};
    if (failure.error.cause != Cause::probe_failing) return as_it_was;
    const auto inputs = table_.decode(failure.intent.change.desired);
    if (!inputs) return as_it_was;
    const Move move = move_from(failure.intent.change.basis);
    const auto look = look_for(session, *inputs, move);
    if (!look) return as_it_was;
    const Judgement judgement = judge(move.expected, look->containers, look->image_ids);
    if (judgement.state != Readiness::State::failed) return as_it_was;
    return {.cause = judgement.cause,
            .summary = judgement.detail,
            .evidence = last_words_of(session.ports.hosts, move.host, socket_of(session.connection),
                                      judgement.container, session.stop)};
  }

  Value outputs(const Ask& ask, const Observation& seen) const override {
    return outputs_of_project(text_at(ask.inputs ? *ask.inputs : ask.recorded, "path"),
                              text_at(seen.managed, "release"), "");
  }

private:
  // Whether a stage's effect is there. What cannot be seen was not done: every stage may be done twice.
  Result<bool> is_done(ReadSession& session, const Intent& intent) const {
    const Move move = move_from(intent.change.basis);
    if (intent.stage == stage_upload) return is_uploaded(session, move);
    const bool is_mended = move.from == move.to; // nothing but the containers tells
    const bool changes = intent.stage == stage_up || intent.stage == stage_record ||
                         intent.stage == stage_back || intent.stage == stage_remove;
    if (!changes || is_mended) return false;
    Ask ask = intent.ask; // without inputs nothing is rendered
    ask.inputs.reset();
    ask.recorded = intent.change.desired;
    DEPLOYCTL_TRY(
        const Observation seen,
        std::move(observe_projects(session, std::span(&ask, 1), socket_of(session.connection)).at(0)));
    const bool is_up = text_at(seen.facts, "up") == move.to;
    const bool is_live = text_at(seen.managed, "release") == move.to;
    return intent.stage == stage_up ? is_up : is_up && is_live;
  }

  static Result<bool> is_uploaded(ReadSession& session, const Move& move) {
    const HostCommand command{
        .operation = "present", .script = present_script, .arguments = {"", move.path, last_part(move.to)}};
    DEPLOYCTL_TRY(const HostResult result, run_script(session.ports.hosts, move.host, command,
                                                      "cannot look for the release", session.stop));
    return trim(result.out) == "present";
  }

  Table<ProjectInputs> table_ = project_table();
};

Result<std::unique_ptr<Connection>> connected(const InstanceSettings& instance, const Ports&,
                                              const std::stop_token&) {
  return std::make_unique<ComposeConnection>(text_at(instance.settings, "socket"));
}

} // namespace

Provider make_project() {
  Provider provider;
  provider.description = {
      .name = "compose.project",
      .summary = "Runs a Compose project on hosts, proves it, and goes back to the files before.",
      .kind = Kind::resource,
      .fields = project_fields(),
      .outputs = {{.name = "release", .help = "Name of the live release's folder."},
                  {.name = "path",
                   .type = FieldType::path,
                   .help = "The folder that holds releases/ and current."},
                  {.name = "previous",
                   .help = "Name of the release that was live before; empty if there was none."}},
      .operations = project_operations(),
      .strategies = {StrategyKind::rolling, StrategyKind::canary, StrategyKind::all_at_once},
      .on_hosts = true,
      .default_timeout = Milliseconds(3'600'000),
      .permissions = {"ssh: log in", "write into `path`",
                      "use the socket of the container engine, which is as much as root",
                      "registry: pull the images, by the login that the host has"},
      .crash_class = [](const Value&) { return CrashClass::declarative; },
      .check = check_project,
  };
  provider.verbs = std::make_shared<const Project>();
  provider.instance_fields = {{.name = "socket",
                               .type = FieldType::path,
                               .help = "The unix socket on which the engine of a host answers; the engine's "
                                       "client finds it itself when this is left out.",
                               .example = "/run/user/1000/docker.sock"}};
  provider.connect = connected;
  return provider;
}

} // namespace deployctl::providers::compose
