#include "engine/gate_jobs.hpp"

#include <array>

#include <fmt/core.h>

#include "base/field_diff.hpp"
#include "engine/connections.hpp"
#include "engine/gate_rules.hpp"
#include "engine/verbs.hpp"
#include "secrets/resolver.hpp"

namespace deployctl::engine {

namespace {

constexpr std::array<std::string_view, 4> verdict_names = {"pass", "fail", "inconclusive", "error"};

std::string_view name_of(Verdict::State state) {
  return verdict_names.at(static_cast<std::size_t>(state));
}

} // namespace

std::vector<config::GateUse> gates_of(const config::Step& step) {
  std::vector<config::GateUse> gates = step.gates;
  if (step.kind == Kind::gate && !step.action.empty())
    gates.insert(gates.begin(),
                 {step.id, step.action, step.instance, step.inputs, step.gate_rule, step.span});
  return gates;
}

GateJudged GateJobs::judge(const JudgeGate& job, const std::stop_token& stop) {
  const RunStep& step = deployment_.steps.at(job.id.step);
  const config::GateUse gate = gates_of(*step.step).at(job.id.gate);
  const Provider* provider = find_provider(environment_.catalog, gate.action);
  const Gate* verb = provider ? verbs<Gate>(*provider) : nullptr;
  if (!verb) return broken(job.id, {.message = fmt::format("'{}' is not a gate", gate.action)});
  auto connection = deployment_.request.connections.get(*provider, gate.instance, stop);
  if (!connection) return broken(job.id, connection.error());
  auto asked = ask(step, gate, *provider, stop);
  if (!asked) return broken(job.id, asked.error());

  ReadAccess access(*provider, **connection, environment_.ports, {*asked->inputs}, stop);
  Sample sample = verb->sample(access.session(), *asked);
  Samples samples;
  {
    const std::lock_guard lock(mutex_);
    Samples& kept = samples_[{job.id.step, job.id.gate}];
    if (job.first) kept.clear();
    kept.push_back(std::move(sample));
    samples = kept;
  }
  Verdict verdict = ruled(gate.rule, samples, verb->judge(*asked, samples));
  if (verdict.state == Verdict::State::inconclusive) say_open(step, gate, verdict);
  verdict.detail = fmt::format("gate '{}': {}", gate.name, verdict.detail);
  return {job.id, std::move(verdict), pace_of(gate.rule, verb->rule(*asked)), gate.rule.lasts,
          gate.rule.on_error == config::GateRule::Otherwise::wait};
}

Result<Ask> GateJobs::ask(const RunStep& step, const config::GateUse& gate, const Provider& provider,
                          const std::stop_token& stop) const {
  DEPLOYCTL_TRY(const Value known, config::resolve(gate.inputs, deployment_.outputs.lookup()));
  DEPLOYCTL_TRY(Value inputs,
                environment_.resolver.resolve(with_defaults(provider.description.fields, known), stop));
  return Ask{.step = step.approved.id, .inputs = std::move(inputs), .release = deployment_.release};
}

GateJudged GateJobs::broken(const GateId& id, const Error& error) const {
  return {id, {Verdict::State::error, error.message, error.evidence}, {}};
}

void GateJobs::say_open(const RunStep& step, const config::GateUse& gate, const Verdict& verdict) {
  environment_.events.emit({.type = "waiting",
                            .level = Level::debug,
                            .message = fmt::format("{}: {}", gate.name, verdict.detail),
                            .step = step.approved.id,
                            .fields = Value::Map{{"gate", gate.name}}});
}

GateRecord gate_record(const RunStep& step, const GateEnded& ended) {
  const std::vector<config::GateUse> gates = gates_of(*step.step);
  return {.step = step.approved.id,
          .gate = gates.at(ended.id.gate).name,
          .place = ended.place,
          .verdict = std::string(name_of(ended.verdict.state)),
          .detail = ended.verdict.detail,
          .evidence = ended.verdict.evidence};
}

} // namespace deployctl::engine
