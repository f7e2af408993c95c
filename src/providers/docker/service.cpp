#include "providers/docker/service.hpp"

#include "base/field_diff.hpp"
#include "base/members.hpp"
#include "providers/docker/container_action.hpp"
#include "providers/docker/host_outlook.hpp"
#include "providers/docker/proxy_inputs.hpp"
#include "providers/docker/service_confirm.hpp"
#include "providers/docker/service_inputs.hpp"
#include "providers/docker/service_plan.hpp"
#include "providers/docker/service_readiness.hpp"
#include "providers/docker/service_state.hpp"
#include "providers/docker/service_work.hpp"
#include "providers/host_script.hpp"
#include "providers/masked.hpp"

namespace deployctl::providers::docker {
namespace {

using deployctl::docker::Call;

std::vector<Operation> further_operations() {
  std::vector<Operation> all = proxy_operations();
  all.push_back(host_outlook_operation());
  all.push_back({.name = "health",
                 .effect = Effect::read,
                 .protocol = Protocol::http,
                 .help = "Asks whether the container is healthy.",
                 .method = "GET",
                 .path = ".*"});
  return all;
}

Value desired_of(const Value& inputs) {
  return with_defaults(service_table().fields(), inputs);
}

// What is gone back to tells its health as its own release asked for it.
Value with_former_health(Value wanted, const Value& recorded) {
  if (!recorded.map() || !wanted.map()) return wanted;
  wanted.get<Value::Map>()->erase("health");
  if (const Value* former = recorded.find("health"); former && !former->is_null()) wanted["health"] = *former;
  return wanted;
}

class Service final : public Resource {
public:
  std::vector<Result<Observation>> observe(ReadSession& session, std::span<const Ask> asks) const override {
    return observe_services(session, asks);
  }

  Result<Change> plan(const Ask& ask, const Observation& seen, const Strategy&) const override {
    const Value desired = desired_of(ask.inputs ? *ask.inputs : ask.recorded);
    if (!ask.inputs) return plan_service_removal(desired, ask, seen);
    DEPLOYCTL_TRY(const ServiceInputs inputs, service_table().decode(desired));
    return plan_service(inputs, desired, ask, seen);
  }

  Result<Value> apply(WriteSession& session, const Change& change, const Stage& stage,
                      const Intent& intent) const override {
    DEPLOYCTL_TRY(const ServiceInputs inputs, service_table().decode(change.desired));
    DEPLOYCTL_TRY(const Host host, host_of(intent.ask));
    DEPLOYCTL_TRY(const Engine engine, engine_of(session.connection, session.ports, host, session.stop));
    if (auto done = ServiceWork(session, engine, inputs, intent).run(stage.name); !done)
      return fail(masked(std::move(done).error(), change.desired));
    return service_outputs(move_from(change.basis).to, inputs.image);
  }

  Readiness ready(ReadSession& session, const Change& change, const Stage& stage) const override {
    const auto inputs = service_table().decode(change.desired);
    if (!inputs) return {.state = Readiness::State::failed, .detail = inputs.error().message};
    return service_readiness(session, *inputs, change, stage);
  }

  Confirmation confirm(ReadSession& session, const Intent& intent) const override {
    const auto host = host_of(intent.ask);
    if (!host) return {.state = Confirmation::State::unknown, .detail = host.error().message};
    const auto engine = engine_of(session.connection, session.ports, *host, session.stop);
    if (!engine) return {.state = Confirmation::State::unknown, .detail = engine.error().message};
    const auto inputs = service_table().decode(intent.change.desired);
    if (!inputs) return {.state = Confirmation::State::unknown, .detail = inputs.error().message};
    return confirm_service(session, *engine, *inputs, intent);
  }

  Result<Change> revert(const Undo& undo, const Observation& seen) const override {
    const Value wanted = undo.ask.inputs ? *undo.ask.inputs : undo.ask.recorded;
    const Value desired = desired_of(with_former_health(wanted, undo.ask.recorded));
    DEPLOYCTL_TRY(const ServiceInputs inputs, service_table().decode(desired));
    return plan_service_revert(inputs, desired, undo, seen);
  }

  Diagnosis diagnose(ReadSession& session, const Failure& failure) const override {
    return diagnose_service(session, failure);
  }

  Value outputs(const Ask& ask, const Observation& seen) const override {
    return service_outputs(text_at(seen.facts, "container"),
                           text_at(ask.inputs ? *ask.inputs : ask.recorded, "image"));
  }
};

} // namespace

Provider make_service(const Surroundings& surroundings) {
  Provider provider =
      container_action(surroundings, {Call::info, Call::inspect_distribution, Call::update_container});
  Description& description = provider.description;
  description.name = "docker.service";
  description.summary = "Keeps a container running on hosts, and replaces it without losing the way back.";
  description.kind = Kind::resource;
  description.fields = service_table().fields();
  description.outputs = {{.name = "container", .help = "Name of the container that is live."},
                         {.name = "image", .help = "The image that it was made of."}};
  for (Operation& row : further_operations()) description.operations.push_back(std::move(row));
  description.default_timeout = Milliseconds(3'600'000);
  description.permissions.insert(
      description.permissions.end(),
      {"here, or the host: reach `health.http`",
       "with `proxy`: Caddy's admin API, HAProxy's socket with 'level admin', or writing nginx's file "
       "and signalling its master"});
  description.crash_class = [](const Value&) { return CrashClass::declarative; };
  description.check = check_service;
  provider.verbs = std::make_shared<const Service>();
  return provider;
}

} // namespace deployctl::providers::docker
