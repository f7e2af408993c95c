#include "config/digest.hpp"

#include <utility>

#include <deployctl/units.hpp>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "config/gate_rule.hpp"
#include "config/read_rules.hpp"
#include "config/step_keys.hpp"
#include "config/strategy.hpp"

namespace deployctl::config {

namespace {

Value texts(const std::vector<std::string>& names) {
  Value::List list;
  for (const auto& name : names) list.emplace_back(name);
  return list;
}

template <class T, class F>
Value listed(const std::vector<T>& all, F&& one) {
  Value::List list;
  for (const auto& item : all) list.push_back(one(item));
  return list;
}

Value host_value(const Host& host) {
  Value::Map map{{"name", host.name}, {"address", host.address}, {"port", host.port}, {"user", host.user}};
  if (!host.vars.is_null()) map["vars"] = host.vars;
  return map;
}

Value strategy_value(const Strategy& strategy) {
  Value::Map map{{"kind", strategy_name(strategy.kind)}, {"max_failures", strategy.max_failures}};
  if (!strategy.batch.empty())
    map["batch"] = listed(strategy.batch, [](const Amount& a) { return Value(format_amount(a)); });
  if (!strategy.weights.empty())
    map["weights"] = listed(strategy.weights, [](int weight) { return Value(weight); });
  if (strategy.canary_hosts) map["canary_hosts"] = format_amount(*strategy.canary_hosts);
  if (strategy.pause.count() > 0) map["pause"] = format_duration(strategy.pause);
  if (strategy.bake.count() > 0) map["bake"] = format_duration(strategy.bake);
  if (strategy.min_healthy.count() > 0) map["min_healthy"] = format_duration(strategy.min_healthy);
  if (strategy.max_unavailable) map["max_unavailable"] = format_amount(*strategy.max_unavailable);
  if (strategy.skip_unreachable) map["skip_unreachable"] = *strategy.skip_unreachable;
  if (strategy.on_abort == OnAbort::revert_wave) map["on_abort"] = "revert_wave";
  if (strategy.on_abort == OnAbort::stop) map["on_abort"] = "stop";
  return map;
}

Value gate_value(const GateUse& gate) {
  Value::Map map{
      {"name", gate.name}, {"action", gate.action}, {"instance", gate.instance}, {"inputs", gate.inputs}};
  if (Value rule = gate_rule_value(gate.rule); !rule.is_null()) map["rule"] = std::move(rule);
  return map;
}

Value retry_value(const RetryRule& retry) {
  Value::Map map{{"attempts", retry.attempts},
                 {"delay", format_duration(retry.delay)},
                 {"max_delay", format_duration(retry.max_delay)}};
  map["on"] = listed(retry.on, [](Cause cause) { return Value(to_text(cause)); });
  return map;
}

std::string_view on_failure_text(OnFailure rule) {
  return rule == OnFailure::stop ? "stop" : "rollback";
}

Value step_value(const Step& step) {
  Value::Map map{{"id", step.id},
                 {"action", step.action},
                 {"kind", kind_name(step.kind)},
                 {"instance", step.instance},
                 {"inputs", step.inputs}};
  if (!step.hosts.empty()) map["hosts"] = listed(step.hosts, host_value);
  if (!step.needs.empty()) map["needs"] = texts(step.needs);
  if (!step.sources.empty()) map["sources"] = texts(step.sources);
  if (!step.gates.empty()) map["gates"] = listed(step.gates, gate_value);
  if (Value rule = gate_rule_value(step.gate_rule); !rule.is_null()) map["gate_rule"] = std::move(rule);
  if (!step.results.empty()) map["results"] = texts(step.results);
  if (step.timeout) map["timeout"] = format_duration(*step.timeout);
  if (step.retry.attempts > 1) map["retry"] = retry_value(step.retry);
  if (step.approval) map["approval"] = to_value(*step.approval);
  if (step.on_failure) map["on_failure"] = on_failure_text(*step.on_failure);
  if (step.irreversible)
    map["irreversible"] = Value::Map{{"why", step.irreversible->why},
                                     {"older_code_works", step.irreversible->older_code_works}};
  if (step.undo) map["undo"] = *step.undo;
  if (step.always) map["always"] = true;
  map["strategy"] = strategy_value(step.strategy);
  return map;
}

Value roles_value(const Pipeline& pipeline) {
  Value::Map roles;
  for (const auto& [role, hosts] : pipeline.hosts) roles[role] = listed(hosts, host_value);
  return roles;
}

} // namespace

Value pipeline_value(const Pipeline& pipeline) {
  Value::Map map{{"project", pipeline.project},
                 {"environment", pipeline.environment},
                 {"protected", pipeline.is_protected},
                 {"hosts", roles_value(pipeline)},
                 {"steps", listed(pipeline.steps, step_value)},
                 {"finally", listed(pipeline.finally, step_value)},
                 {"on_failure", on_failure_text(pipeline.on_failure)},
                 {"release_version", pipeline.release_version}};
  if (!pipeline.from.empty()) map["from"] = pipeline.from;
  if (pipeline.allow) map["allow"] = to_value(*pipeline.allow);
  if (pipeline.approval) map["approval"] = to_value(*pipeline.approval);
  if (!pipeline.freeze.empty())
    map["freeze"] = listed(pipeline.freeze, [](const FreezeWindow& window) { return to_value(window); });
  map["absent"] = listed(pipeline.absent, [](const AbsentStep& step) {
    return Value(Value::Map{{"id", step.id}, {"why", step.why}});
  });
  map["secrets"] = listed(pipeline.secrets, [](const SecretDeclaration& secret) {
    return Value(Value::Map{{"name", secret.name}, {"reference", secret.reference}});
  });
  map["instances"] = listed(pipeline.instances, [](const ProviderInstance& instance) {
    return Value(Value::Map{{"name", instance.name}, {"settings", instance.settings}});
  });
  return map;
}

// Left out: what only names or explains, and differs between runs of one pipeline.
std::string digest_of(const Pipeline& pipeline) {
  Value value = pipeline_value(pipeline);
  for (const char* name : {"release_version", "absent"}) value.get<Value::Map>()->erase(name);
  return Sha256().update(to_json(value)).finish().hex();
}

} // namespace deployctl::config
