#include "config/steps.hpp"

#include <utility>

#include <fmt/core.h>

#include "base/field_diff.hpp"
#include "config/action_inputs.hpp"
#include "config/language.hpp"
#include "config/step_keys.hpp"
#include "config/strategy.hpp"

namespace deployctl::config {

struct StepReader::Keys {
  Spanned written; // without `with` and `undo`
  Value values;
};

namespace {

const std::vector<Field>& fields_of(const StepInstance& instance) {
  return instance.step->is_finally ? finally_fields() : step_fields();
}

Where where_of(const StepInstance& instance) {
  return {.noun = "step", .name = instance.step->name};
}

const Field* hosts_field(const Description& action) {
  for (const auto& field : action.fields)
    if (field.type == FieldType::hosts) return &field;
  return nullptr;
}

} // namespace

Reach StepReader::reach_of(const StepInstance& instance, std::size_t index, bool may_use_itself) const {
  Reach reach{.allowed = roots::input,
              .each = instance.each,
              .steps = inputs_.links.names(index, may_use_itself),
              .knowledge = inputs_.knowledge};
  if (!instance.each) reach.allowed &= ~roots::each;
  return reach;
}

StepReader::Keys StepReader::read_keys(const StepInstance& instance, const Reach& reach) const {
  const auto& node = instance.step->entry->value;
  Keys keys{.written = {.kind = Spanned::Kind::map, .span = instance.step->entry->key_span}};
  auto fixed = reach;
  fixed.allowed = roots::fixed | (reach.allowed & roots::each);
  const auto names = inputs_.scope.names(fixed);
  for (const auto& entry : node.entries) {
    if (entry.key == "with" || entry.key == "undo") continue;
    keys.written.entries.push_back(
        {entry.key, entry.key_span,
         inputs_.reader.read(entry.value, find_field(fields_of(instance), entry.key), names)});
  }
  ShapeContext context{.findings = inputs_.findings};
  keys.values = shape_members(fields_of(instance), {}, keys.written, where_of(instance), context);
  return keys;
}

// The host list of an action on hosts that names none: the only role there is.
std::optional<SpannedEntry> StepReader::only_role(const StepInstance& instance) {
  const auto& step = *instance.step;
  const auto* with = step.entry->value.find("with");
  const auto* field = step.provider ? hosts_field(step.provider->description) : nullptr;
  if (!field || !step.provider->description.on_hosts ||
      (with && (with->is_scalar() || with->find(field->name))))
    return std::nullopt;
  const auto span = step.entry->key_span;
  const auto& roles = inputs_.roles.names();
  SpannedEntry entry{field->name, span, {.kind = Spanned::Kind::later, .span = span}};
  if (roles.size() == 1) {
    entry.value = {.kind = Spanned::Kind::text, .plain = true, .text = roles.front(), .span = span};
  } else if (roles.empty()) {
    inputs_.findings.error(
        "D0605", span,
        fmt::format("step '{}' works on hosts, and environment '{}' has none", step.name,
                    inputs_.environment),
        "on which hosts?",
        fmt::format("declare them: environments: {{ {}: {{ hosts: {{ web: [deploy@host] }} }} }}",
                    inputs_.environment));
  } else {
    inputs_.findings.error(
        "D0605", span, fmt::format("step '{}' does not say on which hosts", step.name), "on which hosts?",
        fmt::format("environment '{}' has several roles: write with: {{ {}: … }} with one of {}",
                    inputs_.environment, field->name, quoted_list(roles)));
  }
  return entry;
}

// Before the other inputs, which may use ${host.name}.
std::vector<Host> StepReader::hosts_of(const StepInstance& instance, const Reach& reach,
                                       const SpannedEntry* filled) const {
  const auto* provider = instance.step->provider;
  const auto* field =
      provider && provider->description.on_hosts ? hosts_field(provider->description) : nullptr;
  if (!field) return {};
  const auto* with = instance.step->entry->value.find("with");
  const auto* node = with ? with->find(field->name) : nullptr;
  if (!node && !filled) return {};
  auto known = reach; // targets are counted before anything runs
  known.allowed = roots::fixed | (reach.allowed & roots::each);
  const auto written = node ? inputs_.reader.read(*node, field, inputs_.scope.names(known)) : filled->value;
  return inputs_.roles.resolve(written, inputs_.environment, inputs_.findings).value_or(std::vector<Host>{});
}

ReadInputs StepReader::read_with(const Step& step, const StepInstance& instance, const WithPart& part) const {
  auto reach = part.reach;
  if (instance.step->provider && instance.step->provider->description.on_hosts) {
    reach.allowed |= roots::host;
    reach.on_hosts = &step.hosts;
  }
  return read_action_inputs({.provider = instance.step->provider,
                             .with = part.node,
                             .around = instance.step->entry->key_span,
                             .names = inputs_.scope.names(reach),
                             .where = part.where,
                             .hosts =
                                 [&](const Spanned& written) {
                                   return inputs_.roles.resolve(written, inputs_.environment,
                                                                inputs_.findings);
                                 },
                             .filled = part.filled},
                            inputs_.reader, inputs_.probes, inputs_.findings, inputs_.knowledge);
}

void StepReader::read_inputs(Step& step, const StepInstance& instance, std::size_t index) {
  const auto filled = only_role(instance);
  const auto reach = reach_of(instance, index, false);
  step.hosts = hosts_of(instance, reach, filled ? &*filled : nullptr);
  const auto where = where_of(instance);
  auto read = read_with(step, instance,
                        {.node = instance.step->entry->value.find("with"),
                         .reach = reach,
                         .where = where,
                         .filled = filled ? &*filled : nullptr});
  step.inputs = std::move(read.value);
  step.input_spans = std::move(read.spans);
}

void StepReader::read_undo(Step& step, const StepInstance& instance, std::size_t index) {
  const auto* undo = instance.step->entry->value.find("undo");
  if (!undo || undo->is_null()) return;
  const auto around = where_of(instance);
  const Where where{.around = &around, .name = "undo"};
  step.undo =
      read_with(step, instance, {.node = undo, .reach = reach_of(instance, index, true), .where = where})
          .value;
}

void StepReader::read_strategy_of(Step& step, const Keys& keys, const StepInstance& instance) {
  const auto* provider = instance.step->provider;
  if (provider) step.strategy = default_strategy(provider->description);
  const auto* written = keys.written.find("strategy");
  if (!written) return;
  const auto around = where_of(instance);
  const auto strategy =
      read_strategy(*written, Where{.around = &around, .name = "strategy"}, inputs_.findings);
  if (!strategy) return;
  step.strategy = *strategy;
  if (provider) check_accepted(*strategy, *written, provider->description, inputs_.findings);
}

void StepReader::read_gates(Step& step, const StepInstance& instance, std::size_t index) {
  const auto* gates = instance.step->entry->value.find("gates");
  if (!gates) return;
  const auto reach = reach_of(instance, index, true);
  for (const auto& name : gates->items)
    if (auto gate = inputs_.gates.use(name, instance.step->name, reach))
      step.gates.push_back(*std::move(gate));
}

void StepReader::check_kind(const StepInstance& instance, const Keys& keys) {
  const auto& step = *instance.step;
  if (step.uses.empty()) {
    if (!keys.written.entry("gates") && !keys.written.entry("uses"))
      inputs_.findings.error(
          "D0506", step.entry->key_span, fmt::format("step '{}' has neither 'uses' nor 'gates'", step.name),
          "does nothing", "name an action with `uses`, or the gates it judges with `gates`");
    else if (const auto* with = step.entry->value.entry("with"); with && !keys.written.entry("uses"))
      inputs_.findings.error("D0506", with->key_span,
                             fmt::format("step '{}' has 'with' but no 'uses'", step.name), "inputs of what?",
                             "name the action with `uses`");
    return;
  }
  if (!step.kind) return;
  const auto* uses = keys.written.find("uses");
  if (*step.kind == Kind::notice)
    inputs_.findings.error("D0509", uses->span, fmt::format("action '{}' is a notice, not a step", step.uses),
                           "sends a notice", "notices stand under `notify`");
  Spanned with_undo = keys.written;
  if (const auto* undo = step.entry->value.entry("undo"))
    with_undo.entries.push_back({"undo", undo->key_span, {}});
  check_keys_of_kind(*step.kind, step.uses, with_undo, inputs_.findings);
}

void StepReader::check_retry(const Step& step, const StepInstance& instance, const Keys& keys) {
  const auto* provider = instance.step->provider;
  const auto* retry = keys.written.entry("retry");
  if (!provider || !retry || step.retry.attempts <= 1 || !step.retry.on.empty()) return;
  const auto& crash_class = provider->description.crash_class;
  if (!crash_class || crash_class(step.inputs) != CrashClass::opaque) return;
  inputs_.findings.error(
      "D0513", retry->key_span, fmt::format("step '{}' cannot be tried again blindly", instance.step->name),
      "which failures?",
      "whether its effect happened is not known after a failure: name the causes that are safe, "
      "retry: { attempts: 3, on: [network] }");
}

Step StepReader::read(std::size_t index) {
  const auto& instance = inputs_.outline.instances()[index];
  const auto& outline = *instance.step;
  Step step{.id = instance.id,
            .action = outline.uses,
            .kind = outline.kind.value_or(Kind::gate),
            .inputs = Value::Map{},
            .results = outline.results,
            .span = outline.entry->key_span};
  const auto errors = inputs_.findings.errors();
  const auto keys = read_keys(instance, reach_of(instance, index, false));
  set_keys(step, keys.values);
  check_kind(instance, keys);
  if (!outline.uses.empty()) read_inputs(step, instance, index);
  read_undo(step, instance, index);
  read_strategy_of(step, keys, instance);
  read_gates(step, instance, index);
  if (const auto* needs = outline.entry->value.find("needs")) inputs_.links.need(*needs, index);
  const auto* written = keys.written.find("provider");
  const auto* name = keys.values.find("provider");
  if (outline.provider)
    step.instance = inputs_.instances.choose(outline.provider->description, name ? name->text() : nullptr,
                                             written ? written->span : outline.entry->key_span);
  if (inputs_.findings.errors() == errors) check_retry(step, instance, keys);
  return step;
}

void StepReader::link_absent(std::size_t index) {
  const auto& node = inputs_.outline.instances()[index].step->entry->value;
  if (const auto* needs = node.find("needs")) inputs_.links.need(*needs, index);
  inputs_.links.need_references(node, index);
}

} // namespace deployctl::config
