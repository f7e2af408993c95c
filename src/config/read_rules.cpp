#include "config/read_rules.hpp"

#include <utility>

#include <deployctl/units.hpp>

#include "config/freeze.hpp"

namespace deployctl::config {

namespace {

std::string text_or_empty(const Value& map, std::string_view name) {
  const auto* value = map.find(name);
  return value && value->text() ? *value->text() : std::string();
}

Value listed(const std::vector<std::string>& texts) {
  return Value::List(texts.begin(), texts.end());
}

Value moment_value(const FreezeMoment& moment) {
  if (moment.minute_of_week) return static_cast<std::int64_t>(*moment.minute_of_week);
  return moment.date;
}

} // namespace

std::vector<std::string> texts_of(const Value* list) {
  std::vector<std::string> texts;
  if (list && list->list())
    for (const auto& item : *list->list())
      if (const auto* text = item.text()) texts.push_back(*text);
  return texts;
}

std::optional<Allow> read_allow(const Value& allow) {
  if (!allow.map()) return std::nullopt;
  Allow out{.branches = texts_of(allow.find("branches")),
            .tags = texts_of(allow.find("tags")),
            .clean = std::nullopt};
  if (const auto* clean = allow.find("clean"); clean && clean->get<bool>()) out.clean = *clean->get<bool>();
  return out;
}

std::optional<ApprovalRule> read_approval(const Value& approval) {
  if (!approval.map()) return std::nullopt;
  ApprovalRule rule{.by = texts_of(approval.find("by")),
                    .self_counts = text_or_empty(approval, "self") == "allow",
                    .signers = text_or_empty(approval, "signers")};
  if (const auto* quorum = approval.find("quorum"); quorum && quorum->get<std::int64_t>())
    rule.quorum = static_cast<int>(*quorum->get<std::int64_t>());
  if (const auto expires = parse_duration(text_or_empty(approval, "expires"))) rule.expires = *expires;
  return rule;
}

std::vector<FreezeWindow> read_freeze(const Value& windows) {
  std::vector<FreezeWindow> all;
  if (!windows.list()) return all;
  for (const auto& written : *windows.list()) {
    if (!written.map()) continue;
    auto from = parse_freeze_moment(text_or_empty(written, "from"));
    auto to = parse_freeze_moment(text_or_empty(written, "to"));
    if (!from || !to) continue;
    auto& window = all.emplace_back(FreezeWindow{
        .from = *std::move(from), .to = *std::move(to), .reason = text_or_empty(written, "reason")});
    if (auto zone = text_or_empty(written, "zone"); !zone.empty()) window.zone = std::move(zone);
  }
  return all;
}

Value to_value(const Allow& allow) {
  Value::Map map{{"branches", listed(allow.branches)}, {"tags", listed(allow.tags)}};
  if (allow.clean) map["clean"] = *allow.clean;
  return map;
}

Value to_value(const ApprovalRule& rule) {
  return Value::Map{{"by", listed(rule.by)},
                    {"quorum", rule.quorum},
                    {"expires", format_duration(rule.expires)},
                    {"self", rule.self_counts ? "allow" : "deny"},
                    {"signers", rule.signers}};
}

Value to_value(const FreezeWindow& window) {
  return Value::Map{{"from", moment_value(window.from)},
                    {"to", moment_value(window.to)},
                    {"zone", window.zone},
                    {"reason", window.reason}};
}

} // namespace deployctl::config
