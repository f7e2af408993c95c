#include "config/gate_rule.hpp"

#include <string_view>

#include <deployctl/units.hpp>

namespace deployctl::config {

namespace {

std::optional<Milliseconds> duration_at(const Value& keys, std::string_view key) {
  const Value* written = keys.find(key);
  if (!written || !written->text()) return std::nullopt;
  const auto duration = parse_duration(*written->text());
  return duration ? std::optional(*duration) : std::nullopt;
}

std::optional<int> count_at(const Value& keys, std::string_view key) {
  const Value* written = keys.find(key);
  const auto* count = written ? written->get<std::int64_t>() : nullptr;
  return count ? std::optional(static_cast<int>(*count)) : std::nullopt;
}

GateRule::Otherwise otherwise_at(const Value& keys, std::string_view key, GateRule::Otherwise unwritten) {
  const Value* written = keys.find(key);
  if (!written || !written->text()) return unwritten;
  return *written->text() == "wait" ? GateRule::Otherwise::wait : GateRule::Otherwise::fail;
}

std::string_view text_of(GateRule::Otherwise otherwise) {
  return otherwise == GateRule::Otherwise::wait ? "wait" : "fail";
}

} // namespace

GateRule gate_rule_of(const Value& keys) {
  GateRule rule;
  rule.lasts = duration_at(keys, "for").value_or(rule.lasts);
  rule.interval = duration_at(keys, "interval");
  rule.min_samples = count_at(keys, "min_samples").value_or(rule.min_samples);
  rule.consecutive = count_at(keys, "consecutive");
  rule.no_data = otherwise_at(keys, "no_data", rule.no_data);
  rule.on_error = otherwise_at(keys, "on_error", rule.on_error);
  rule.hold = duration_at(keys, "hold").value_or(rule.hold);
  return rule;
}

Value gate_rule_value(const GateRule& rule) {
  const GateRule unwritten;
  Value::Map map;
  if (rule.lasts != unwritten.lasts) map["for"] = format_duration(rule.lasts);
  if (rule.interval) map["interval"] = format_duration(*rule.interval);
  if (rule.min_samples != unwritten.min_samples) map["min_samples"] = rule.min_samples;
  if (rule.consecutive) map["consecutive"] = *rule.consecutive;
  if (rule.no_data != unwritten.no_data) map["no_data"] = text_of(rule.no_data);
  if (rule.on_error != unwritten.on_error) map["on_error"] = text_of(rule.on_error);
  if (rule.hold != unwritten.hold) map["hold"] = format_duration(rule.hold);
  return map.empty() ? Value() : Value(std::move(map));
}

} // namespace deployctl::config
