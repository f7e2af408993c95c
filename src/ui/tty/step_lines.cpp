#include "ui/tty/step_lines.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

#include "base/strings.hpp"
#include "base/time.hpp"
#include "base/utf8.hpp"
#include "ui/plan_steps.hpp"
#include "ui/tty/facts.hpp"

namespace deployctl::ui::tty {
namespace {

std::string age_text(Instant age) {
  return format_age(std::chrono::duration_cast<Milliseconds>(age));
}

bool is_moving(const Activity& activity) {
  return activity.transfer && !activity.transfer->is_whole();
}

// "activate, 3 s of at most 60 s, status 502"
Facts activity_facts(const Activity& activity, Instant now) {
  if (is_moving(activity)) return transfer_facts(*activity.transfer, now);
  if (activity.what.empty()) return {{.text = activity.detail}};
  Facts facts = {{.text = activity.what}, {.text = age_text(now - activity.since), .rank = 2}};
  if (activity.limit)
    facts.push_back({.text = "of at most " + format_age(*activity.limit), .rank = 3, .joint = " "});
  facts.push_back({.text = activity.detail, .rank = 1});
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
  Facts facts = {{.text = wave_fact(step), .rank = 3},
                 {.text = hosts_fact(step), .rank = 1},
                 {.text = age_text(now - step.activity.since), .rank = 2}};
  if (step.usual) facts.push_back({.text = "usually " + format_age(*step.usual), .rank = 5});
  facts.push_back({.text = step.activity.what});
  if (has_names(step) || step.targets.empty()) return facts;
  // The age is that of the step, which has just been said.
  const Activity& activity = step.targets.front().activity;
  if (is_moving(activity))
    std::ranges::copy(transfer_facts(*activity.transfer, now), std::back_inserter(facts));
  if (activity.limit) facts.push_back({.text = "at most " + format_age(*activity.limit), .rank = 4});
  facts.push_back({.text = activity.detail, .rank = 1});
  return facts;
}

Facts pending_facts(const StepModel& step, const RunModel& model) {
  std::vector<std::string> open;
  for (const std::string& need : step.needs) {
    const auto other = std::ranges::find(model.steps, need, &StepModel::id);
    if (other != model.steps.end() && !is_over(other->standing)) open.push_back(need);
  }
  return open.empty() ? Facts() : Facts{{.text = "after " + join(open, ", ")}};
}

Facts step_facts(const StepModel& step, const RunModel& model, Instant now) {
  if (step.standing == Standing::left_out) return {};
  if (step.standing == Standing::pending) return pending_facts(step, model);
  if (step.standing == Standing::failed) return {{.text = step.why}};
  if (!is_over(step.standing)) return working_facts(step, now);
  return step.took ? Facts{{.text = age_text(*step.took)}} : Facts();
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
  constexpr std::array<Standing, 11> order = {Standing::failed,   Standing::behind,  Standing::going_back,
                                              Standing::working,  Standing::waiting, Standing::reverted,
                                              Standing::stopped,  Standing::changed, Standing::unchanged,
                                              Standing::left_out, Standing::pending};
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

constexpr int target_indent = 4;

// Facts give way before the first name does.
Line group_line(const Group& group, const Style& style, Instant now) {
  const int room = text_room(target_indent, style);
  const Facts facts = activity_facts(group.first->activity, now);
  const int wanted = facts_width(facts);
  Line line{.standing = group.first->standing, .indent = target_indent};
  line.text = fitting_names(group.names, wanted == 0 ? room : std::max(room - wanted - 2, room / 3));
  const int used = static_cast<int>(display_width(line.text)) + 2;
  if (wanted > 0) line.text += ": " + fitting_facts(facts, room - used);
  return line;
}

// All that are left, by name alone.
Line rest_line(std::span<const Group> groups, const Style& style) {
  std::vector<std::string> names;
  for (const Group& group : groups) names.insert(names.end(), group.names.begin(), group.names.end());
  return {.standing = groups.front().first->standing,
          .indent = target_indent,
          .text = fitting_names(names, text_room(target_indent, style))};
}

bool is_settled(Standing standing) {
  return standing == Standing::changed || standing == Standing::unchanged || standing == Standing::pending ||
         standing == Standing::left_out;
}

std::string step_text(const StepModel& step, const StepLook& look, Instant now) {
  const Facts facts = step_facts(step, look.model, now);
  if (facts_width(facts) == 0) return step.id;
  const std::size_t used = display_width(step.id);
  const std::string text = step.id + std::string(used < look.id_width ? look.id_width - used : 0, ' ') + "  ";
  return text + fitting_facts(facts, text_room(0, look.style) - static_cast<int>(display_width(text)));
}

bool shows_targets(const StepModel& step) {
  if (!has_names(step) || step.standing == Standing::pending || step.standing == Standing::left_out)
    return false;
  return !is_over(step.standing) || step.standing == Standing::failed;
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
  std::vector<Line> lines = {{.standing = step.standing, .text = step_text(step, look, now)}};
  if (!shows_targets(step)) return lines;
  std::vector<Group> groups = groups_of(step);
  if (!look.settled_targets)
    std::erase_if(groups, [](const Group& group) { return is_settled(group.first->standing); });
  for (std::size_t i = 0; i < groups.size() && i < look.most_lines; ++i) {
    const bool is_rest = i > 0 && i + 1 == look.most_lines && i + 1 < groups.size();
    lines.push_back(is_rest ? rest_line(std::span(groups).subspan(i), look.style)
                            : group_line(groups[i], look.style, now));
  }
  return lines;
}

} // namespace deployctl::ui::tty
