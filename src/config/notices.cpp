#include "config/notices.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/core.h>

#include "base/field_diff.hpp"
#include "config/action_inputs.hpp"
#include "config/language.hpp"
#include "config/outline.hpp"

namespace deployctl::config {

namespace {

class NoticeReader {
public:
  NoticeReader(const ActionReading& inputs, const yaml::Node& node) : inputs_(inputs), node_(node) {}

  // None where another environment is meant, or where no action is named.
  std::optional<NoticeUse> read() {
    const auto* uses = node_.find("uses");
    if (!uses || !uses->is_scalar()) return std::nullopt;
    const auto chosen = choose_action(uses->text, uses->span, inputs_.catalog, inputs_.findings);
    if (chosen.kind && *chosen.kind != Kind::notice) {
      inputs_.findings.error("D0509", uses->span, fmt::format("action '{}' is no notice", uses->text),
                             "sends nothing", "choose an action that sends, such as slack.message");
      return std::nullopt;
    }
    const bool here = is_here();
    if (!here && inputs_.knowledge == Knowledge::strict) return std::nullopt;
    NoticeUse notice = read_use(uses->text, chosen.provider, uses->span);
    return here && chosen.provider ? std::optional(std::move(notice)) : std::nullopt;
  }

private:
  NoticeUse read_use(const std::string& action, const Provider* provider, Span span) {
    const Where where{.noun = "notice", .name = action};
    NoticeUse notice{.action = action, .span = span};
    notice.inputs = read_action_inputs({.provider = provider,
                                        .with = node_.find("with"),
                                        .around = span,
                                        .names = names(roots::fixed | roots::secrets | event_root),
                                        .where = where},
                                       inputs_.reader, inputs_.probes, inputs_.findings, inputs_.knowledge)
                        .value;
    notice.events = events(where);
    if (provider) notice.instance = inputs_.instances.choose(provider->description, nullptr, span);
    return notice;
  }

  [[nodiscard]] Names names(unsigned allowed) const {
    return inputs_.scope.names({.allowed = allowed, .knowledge = inputs_.knowledge});
  }

  // Null when it is not written.
  Value key(std::string_view name, const Where& around) {
    const auto* node = node_.find(name);
    if (!node || node->is_null()) return {};
    const Field* field = find_field(notice_fields(), name);
    ShapeContext context{.findings = inputs_.findings};
    return shape(*field, inputs_.reader.read(*node, field, names(roots::fixed)),
                 Where{.around = &around, .name = name}, context);
  }

  std::vector<std::string> events(const Where& where) {
    const Value written = key("events", where);
    if (!written.list()) return {"succeeded", "failed", "rolled_back"};
    std::vector<std::string> names;
    for (const Value& each : *written.list())
      if (each.text()) names.push_back(*each.text());
    return names;
  }

  [[nodiscard]] bool is_here() const {
    const auto* environments = node_.find("environments");
    if (!environments || !environments->is_list()) return true;
    return std::ranges::any_of(environments->items,
                               [&](const yaml::Node& each) { return each.text == inputs_.environment; });
  }

  const ActionReading& inputs_;
  const yaml::Node& node_;
};

} // namespace

std::vector<NoticeUse> read_notices(const ActionReading& inputs) {
  std::vector<NoticeUse> notices;
  const auto* notify = inputs.merged.find("notify");
  if (!notify || !notify->is_list()) return notices;
  for (const auto& node : notify->items)
    if (auto notice = NoticeReader(inputs, node).read()) notices.push_back(*std::move(notice));
  return notices;
}

} // namespace deployctl::config
