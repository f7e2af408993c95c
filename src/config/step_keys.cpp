#include "config/step_keys.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include <deployctl/units.hpp>

#include "config/gate_rule.hpp"
#include "config/read_rules.hpp"

namespace deployctl::config {

namespace {

constexpr std::array<std::string_view, 6> kind_names = {"resource", "task", "artifact",
                                                        "data",     "gate", "notice"};

std::optional<Milliseconds> duration_of(const Value* value) {
  if (!value || !value->text()) return std::nullopt;
  const auto duration = parse_duration(*value->text());
  return duration ? std::optional(*duration) : std::nullopt;
}

std::optional<OnFailure> on_failure_of(const Value* value) {
  if (!value || !value->text()) return std::nullopt;
  return *value->text() == "stop" ? OnFailure::stop : OnFailure::rollback;
}

RetryRule retry_of(const Value& value) {
  RetryRule rule;
  const auto* attempts = value.get<std::int64_t>() ? &value : value.find("attempts");
  if (attempts && attempts->get<std::int64_t>())
    rule.attempts = static_cast<int>(*attempts->get<std::int64_t>());
  rule.delay = duration_of(value.find("delay")).value_or(rule.delay);
  rule.max_delay = duration_of(value.find("max_delay")).value_or(std::max(rule.delay, rule.max_delay));
  for (const auto& name : texts_of(value.find("on")))
    if (const auto cause = cause_from_text(name)) rule.on.push_back(*cause);
  return rule;
}

std::optional<Irreversible> irreversible_of(const Value* value) {
  if (!value || !value->find("why") || !value->find("why")->text()) return std::nullopt;
  const auto* older = value->find("older_code");
  const bool breaks = older && older->text() && *older->text() == "breaks";
  return Irreversible{.why = *value->find("why")->text(), .older_code_works = !breaks};
}

struct KeyOfKinds {
  std::string_view key;
  std::vector<Kind> kinds;
  std::string_view help;
};

const std::vector<KeyOfKinds>& keys_of_kinds() {
  using enum Kind;
  static const std::vector<KeyOfKinds> rows = {
      {"undo", {task}, "a resource is set back to what it was before; only a task needs to say how"},
      {"always", {task}, "only tasks are skipped when nothing changed"},
      {"sources", {task, artifact}, "a resource depends on its inputs alone"},
      {"irreversible", {task, resource}, "nothing would be taken back anyway"},
      {"expect", {gate}, "only gates judge"},
      {"unit", {gate}, "only gates judge"},
      {"for", {gate}, "only gates judge; for a bound of the step write `timeout`"},
      {"interval", {gate}, "only gates judge"},
      {"min_samples", {gate}, "only gates judge"},
      {"consecutive", {gate}, "only gates judge"},
      {"no_data", {gate}, "only gates judge"},
      {"on_error", {gate}, "only gates judge"},
      {"hold", {gate}, "only gates judge"},
  };
  return rows;
}

} // namespace

std::string_view kind_name(Kind kind) {
  return kind_names.at(static_cast<std::size_t>(kind));
}

void set_keys(Step& step, const Value& keys) {
  step.timeout = duration_of(keys.find("timeout"));
  step.on_failure = on_failure_of(keys.find("on_failure"));
  step.irreversible = irreversible_of(keys.find("irreversible"));
  step.sources = texts_of(keys.find("sources"));
  if (const auto* retry = keys.find("retry")) step.retry = retry_of(*retry);
  step.gate_rule = gate_rule_of(keys);
  if (const auto* approval = keys.find("approval")) step.approval = read_approval(*approval);
  const auto* always = keys.find("always");
  step.always = always && always->get<bool>() && *always->get<bool>();
}

void check_keys_of_kind(Kind kind, std::string_view action, const Spanned& written, Findings& findings) {
  for (const auto& row : keys_of_kinds()) {
    if (std::find(row.kinds.begin(), row.kinds.end(), kind) != row.kinds.end()) continue;
    if (const auto* entry = written.entry(row.key))
      findings.error("D0511", entry->key_span,
                     fmt::format("'{}' has no meaning for {} '{}'", row.key, kind_name(kind), action),
                     fmt::format("not for a {}", kind_name(kind)), std::string(row.help));
  }
}

} // namespace deployctl::config
