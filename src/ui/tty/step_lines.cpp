#include "ui/tty/step_lines.hpp"

#include <algorithm>
#include <array>

#include "base/strings.hpp"
#include "base/time.hpp"
#include "base/utf8.hpp"
#include "ui/plan_steps.hpp"

namespace deployctl::ui::tty {
namespace {

using Facts = std::vector<std::string>;

std::string age_text(Instant age) {
  return format_age(std::chrono::duration_cast<Milliseconds>(age));
}

void add(Facts& facts, std::string fact) {
  if (!fact.empty()) facts.push_back(std::move(fact));
}

// "activate, 3 s of at most 60 s, status 502"
Facts activity_facts(const Activity& activity, Instant now) {
  if (activity.transfer && !activity.transfer->is_whole()) return {transfer_text(*activity.transfer, now)};
  Facts facts;
  add(facts, activity.what);
  if (activity.what.empty()) {
    add(facts, activity.detail);
    return facts;
  }
  const std::string limit = activity.limit ? " of at most " + format_age(*activity.limit) : std::string();
  add(facts, age_text(now - activity.since) + limit);
  add(facts, activity.detail);
  return facts;
}

bool has_names(const StepModel& step) {
  return !step.targets.empty() && !step.targets.front().name.empty();
}

std::string hosts_fact(const StepModel& step) {
  if (!has_names(step)) return {};
  const auto settled =
      std::ranges::count_if(step.targets, [](const TargetModel& target) { return is_over(target.standing); });
  return std::to_string(settled) + " of " + std::to_string(step.targets.size()) +
         (step.targets.size() == 1 ? " target" : " targets");
}

std::string wave_fact(const StepModel& step) {
  const auto has_begun = [](const TargetModel& target) { return target.begun; };
  if (step.waves < 2 || std::ranges::none_of(step.targets, has_begun)) return {};
  std::size_t wave = 0;
  for (const TargetModel& target : step.targets)
    if (target.begun) wave = std::max(wave, target.wave);
  return "wave " + std::to_string(wave + 1) + " of " + std::to_string(step.waves);
}

Facts working_facts(const StepModel& step, Instant now) {
  Facts facts;
  add(facts, wave_fact(step));
  add(facts, hosts_fact(step));
  const std::string usual = step.usual ? ", usually " + format_age(*step.usual) : std::string();
  add(facts, age_text(now - step.activity.since) + usual);
  if (!step.activity.what.empty()) add(facts, step.activity.what);
  if (!has_names(step) && !step.targets.empty()) {
    // The age is that of the step, which has just been said.
    const Activity& activity = step.targets.front().activity;
    const bool moves = activity.transfer && !activity.transfer->is_whole();
    if (moves) add(facts, transfer_text(*activity.transfer, now));
    if (activity.limit) add(facts, "at most " + format_age(*activity.limit));
    add(facts, activity.detail);
  }
  return facts;
}

Facts pending_facts(const StepModel& step, const RunModel& model) {
  std::vector<std::string> open;
  for (const std::string& need : step.needs) {
    const auto other = std::ranges::find(model.steps, need, &StepModel::id);
    if (other != model.steps.end() && !is_over(other->standing)) open.push_back(need);
  }
  return open.empty() ? Facts() : Facts{"after " + join(open, ", ")};
}

Facts step_facts(const StepModel& step, const RunModel& model, Instant now) {
  if (step.standing == Standing::pending) return pending_facts(step, model);
  if (step.standing == Standing::failed) return {step.why};
  if (!is_over(step.standing)) return working_facts(step, now);
  return step.took ? Facts{age_text(*step.took)} : Facts();
}

struct Group {
  const TargetModel* first;
  std::vector<std::string> names;
};

bool stands_alike(const TargetModel& left, const TargetModel& right) {
  return left.standing == right.standing && left.activity.what == right.activity.what &&
         left.activity.detail == right.activity.detail && !left.activity.transfer && !right.activity.transfer;
}

// What needs a look stands first; what has not begun last.
int place_of(Standing standing) {
  constexpr std::array<Standing, 10> order = {
      Standing::failed,   Standing::behind,  Standing::going_back, Standing::working,   Standing::waiting,
      Standing::reverted, Standing::stopped, Standing::changed,    Standing::unchanged, Standing::pending};
  return static_cast<int>(std::find(order.begin(), order.end(), standing) - order.begin());
}

std::vector<Group> groups_of(const StepModel& step) {
  std::vector<Group> groups;
  for (const TargetModel& target : step.targets) {
    const auto same =
        std::ranges::find_if(groups, [&](const Group& group) { return stands_alike(*group.first, target); });
    if (same == groups.end())
      groups.push_back({.first = &target, .names = {target.name}});
    else
      same->names.push_back(target.name);
  }
  std::ranges::stable_sort(groups, {}, [](const Group& group) { return place_of(group.first->standing); });
  return groups;
}

Line group_line(const Group& group, const Style& style, Instant now) {
  constexpr int indent = 4;
  const int room = text_room(indent, style);
  const std::string facts = join(activity_facts(group.first->activity, now), ", ");
  const int wanted = static_cast<int>(display_width(facts)) + 2;
  const std::string names =
      fitting_names(group.names, facts.empty() ? room : std::max(room - wanted, room / 3));
  return {.standing = group.first->standing,
          .indent = indent,
          .text = facts.empty() ? names : names + ": " + facts};
}

bool is_settled(Standing standing) {
  return standing == Standing::changed || standing == Standing::unchanged || standing == Standing::pending;
}

bool shows_targets(const StepModel& step) {
  return has_names(step) && (!is_over(step.standing) || step.standing == Standing::failed) &&
         step.standing != Standing::pending;
}

} // namespace

std::string fitting_names(const std::vector<std::string>& names, int cells) {
  for (std::size_t shown = names.size(); shown > 1; --shown) {
    std::string text = names_text(names, shown - 1);
    if (display_width(text) <= static_cast<std::size_t>(std::max(cells, 0))) return text;
  }
  return names.size() == 1 ? names.front()
                           : names.front() + " and " + std::to_string(names.size() - 1) + " more";
}

std::vector<Line> step_lines(const StepModel& step, const StepLook& look, Instant now) {
  const std::string facts = join(step_facts(step, look.model, now), ", ");
  const std::size_t used = display_width(step.id);
  std::string text = step.id;
  if (!facts.empty()) text.append(used < look.id_width ? look.id_width - used : 0, ' ').append("  " + facts);
  std::vector<Line> lines = {{.standing = step.standing, .text = std::move(text)}};
  if (!shows_targets(step)) return lines;
  for (const Group& group : groups_of(step)) {
    if (look.targets == TargetLines::first && lines.size() > 1) break;
    if (look.targets != TargetLines::all && is_settled(group.first->standing)) continue;
    lines.push_back(group_line(group, look.style, now));
  }
  return lines;
}

} // namespace deployctl::ui::tty
