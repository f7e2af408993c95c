#include "ui/plan_steps.hpp"

#include <algorithm>
#include <array>

#include "base/strings.hpp"
#include "base/utf8.hpp"
#include "ui/fleet_table.hpp"
#include "ui/value_text.hpp"

namespace deployctl::ui {
namespace {

struct ActionLook {
  std::string_view sign;
  std::string_view word;
  Role role;
};

// In the order of enum Action.
constexpr std::array<ActionLook, 6> looks = {{
    {" ", "unchanged", Role::faint},
    {"+", "create", Role::create},
    {"~", "update", Role::update},
    {"!", "replace", Role::remove},
    {"-", "remove", Role::remove},
    {">", "run", Role::run},
}};

const ActionLook& look_of(Action action) {
  return looks.at(static_cast<std::size_t>(action));
}

// Targets whose change reads the same are shown once.
struct TargetGroup {
  std::vector<std::string> names;
  const Change* change;
};

bool reads_alike(const Change& left, const Change& right) {
  const auto same_field = [](const FieldChange& a, const FieldChange& b) {
    return a.path == b.path && a.before == b.before && a.after == b.after;
  };
  return left.action == right.action && left.summary == right.summary && left.downtime == right.downtime &&
         std::equal(left.fields.begin(), left.fields.end(), right.fields.begin(), right.fields.end(),
                    same_field);
}

std::vector<TargetGroup> grouped_targets(const plan::PlannedStep& step) {
  std::vector<TargetGroup> groups;
  for (const plan::PlannedTarget& planned : step.targets) {
    if (planned.change.action == Action::none) continue;
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const TargetGroup& group) {
      return reads_alike(*group.change, planned.change);
    });
    if (same == groups.end()) {
      groups.push_back({.names = {planned.target.name}, .change = &planned.change});
    } else {
      same->names.push_back(planned.target.name);
    }
  }
  return groups;
}

std::size_t path_width(const std::vector<FieldChange>& fields, std::size_t shown) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < std::min(shown, fields.size()); ++i)
    width = std::max(width, display_width(fields[i].path));
  return std::min<std::size_t>(width, 32);
}

std::string field_lines(const Change& change, const Style& style, const PlanDetail& detail) {
  std::string out;
  const std::size_t width = path_width(change.fields, detail.fields_shown);
  for (std::size_t i = 0; i < std::min(detail.fields_shown, change.fields.size()); ++i) {
    const FieldChange& field = change.fields[i];
    const std::size_t used = display_width(field.path);
    out.append("      ").append(field.path).append(width > used ? width - used : 0, ' ').append("  ");
    out.append(change_text(field, style, style.width - 8 - static_cast<int>(std::max(width, used))));
    if (field.forces_replacement) out.append(paint(style, Role::remove, "  forces replacement"));
    out.append("\n");
  }
  if (change.fields.size() > detail.fields_shown)
    out.append("      and " + std::to_string(change.fields.size() - detail.fields_shown) + " more fields\n");
  return out;
}

// Which targets, and what happens to them where the headline does not say it.
std::string targets_line(const TargetGroup& group, bool is_only, const Style& style) {
  std::string out = "    on " + names_text(group.names, 8);
  if (!is_only) out.append(": ").append(look_of(group.change->action).word);
  return wrap(style, out, 7) + "\n";
}

std::string change_lines(const Change& change, const Style& style, const PlanDetail& detail) {
  std::string out;
  if (!change.summary.empty()) out.append(wrap(style, "      " + one_line(change.summary), 6) + "\n");
  out.append(field_lines(change, style, detail));
  if (!change.downtime.empty())
    out.append(wrap(style, "      downtime: " + one_line(change.downtime), 8) + "\n");
  return out;
}

std::string waves_line(const plan::PlannedStep& step, const Style& style) {
  if (step.waves.size() < 2 && step.targets.size() < 2) return {};
  std::string out;
  for (std::size_t i = 0; i < step.waves.size(); ++i) {
    std::vector<std::string> names;
    for (const std::size_t index : step.waves[i]) names.push_back(step.targets.at(index).target.name);
    out.append(out.empty() ? "waves: " : "; ").append(std::to_string(i + 1) + ". " + names_text(names, 8));
  }
  return out.empty() ? out : wrap(style, "      " + out, 8) + "\n";
}

std::string unknown_lines(const plan::PlannedStep& step) {
  std::vector<std::string> waits;
  for (const Unknown& unknown : step.unknown)
    if (std::find(waits.begin(), waits.end(), unknown.step) == waits.end()) waits.push_back(unknown.step);
  return waits.empty() ? std::string() : "      some inputs are known after " + join(waits, ", ") + "\n";
}

std::string headline(const plan::PlannedStep& step, const Style& style) {
  const bool deferred = step.status == plan::StepStatus::deferred;
  const Action action = step.status == plan::StepStatus::run ? Action::run : plan::strongest_action(step);
  const ActionLook& look = look_of(action);
  std::string out =
      "  " + paint(style, look.role, deferred ? "?" : look.sign) + " " + paint(style, Role::strong, step.id);
  if (!step.action.empty()) out.append(" (" + step.action + ")");
  out.append(": ").append(deferred ? "deferred, planned at its turn" : look.word);
  if (!step.why.empty()) out.append(", " + step.why);
  return wrap(style, out, 6) + "\n";
}

} // namespace

std::string names_text(const std::vector<std::string>& names, std::size_t shown) {
  const std::size_t count = names.size() <= shown + 1 ? names.size() : shown;
  std::string out = join({names.begin(), names.begin() + static_cast<std::ptrdiff_t>(count)}, ", ");
  if (count < names.size()) out.append(" and " + std::to_string(names.size() - count) + " more");
  return out;
}

std::string step_block(const plan::PlannedStep& step, const std::string& made_at, const Style& style,
                       const PlanDetail& detail) {
  std::string out = headline(step, style) + fleet_table(step, made_at, style, detail);
  const std::vector<TargetGroup> groups = grouped_targets(step);
  const bool named = !groups.empty() && !groups.front().names.front().empty();
  for (const TargetGroup& group : groups) {
    if (named) out.append(targets_line(group, groups.size() == 1, style));
    out.append(change_lines(*group.change, style, detail));
  }
  return out + unknown_lines(step) + waves_line(step, style);
}

} // namespace deployctl::ui
