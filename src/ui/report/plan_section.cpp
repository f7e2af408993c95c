#include <array>

#include "base/strings.hpp"
#include "plan/risk.hpp"
#include "ui/plan_steps.hpp"
#include "ui/plan_view.hpp"
#include "ui/report/html.hpp"
#include "ui/report/parts.hpp"
#include "ui/value_text.hpp"

namespace deployctl::ui::report {
namespace {

constexpr std::array<std::string_view, 6> action_words = {"unchanged", "create", "update",
                                                          "replace",   "remove", "run"};
constexpr std::size_t commit_letters = 10;

std::string_view word_of(const plan::PlannedStep& step) {
  switch (step.status) {
  case plan::StepStatus::deferred:
    return "planned at its turn";
  case plan::StepStatus::gone:
    return "no longer in the file";
  case plan::StepStatus::run:
    return "run";
  default:
    return action_words.at(static_cast<std::size_t>(plan::strongest_action(step)));
  }
}

std::string field_row(const FieldChange& field) {
  return "<tr>" + element("td", "path", escaped(field.path)) +
         element("td", "", element("code", "", escaped(value_text(field.before)))) +
         element("td", "", element("code", "", escaped(value_text(field.after)))) + "</tr>\n";
}

// Targets whose change reads the same share one table.
struct Group {
  std::vector<std::string> names;
  std::string body;
};

std::string change_body(const Change& change) {
  std::string out;
  if (!change.summary.empty()) out += element("p", "", escaped(change.summary)) + "\n";
  if (!change.downtime.empty())
    out += element("p", "warning", "downtime: " + escaped(change.downtime)) + "\n";
  std::string rows;
  for (const FieldChange& field : change.fields) rows += field_row(field);
  if (rows.empty()) return out;
  return out + "<table>\n<thead><tr><th>field</th><th>before</th><th>after</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody></table>\n";
}

std::vector<Group> groups_of(const plan::PlannedStep& step) {
  std::vector<Group> groups;
  for (const plan::PlannedTarget& planned : step.targets) {
    if (planned.change.action == Action::none) continue;
    const std::string body = change_body(planned.change);
    if (groups.empty() || groups.back().body != body) groups.push_back({{}, body});
    if (!planned.target.name.empty()) groups.back().names.push_back(planned.target.name);
  }
  return groups;
}

std::string step_part(const plan::PlannedStep& step) {
  std::string out = element("h3", "",
                            escaped(step.id) + " <span class=\"why\">" + escaped(step.action) + ": " +
                                std::string(word_of(step)) + "</span>") +
                    "\n";
  if (!step.why.empty()) out += element("p", "why", escaped(step.why)) + "\n";
  for (const Group& group : groups_of(step)) {
    if (!group.names.empty()) out += element("p", "", "on " + escaped(join(group.names, ", "))) + "\n";
    out += group.body;
  }
  return out;
}

std::string risk_part(const plan::Content& content) {
  std::string items;
  for (const plan::Risk& risk : plan::risks(content)) {
    std::string text = risk.subject + ": " + std::string(plan::to_text(risk.kind));
    if (!risk.targets.empty()) text += " on " + join(risk.targets, ", ");
    if (!risk.why.empty()) text += ", " + risk.why;
    items += element("li", "warning", escaped(text)) + "\n";
  }
  return items.empty() ? items : element("h3", "", "Risks") + "\n<ul>\n" + items + "</ul>\n";
}

std::string cells(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += element("td", "", escaped(text));
  return "<tr>" + out + "</tr>\n";
}

} // namespace

std::string plan_section(const RunStory& story) {
  if (!story.plan) return {};
  const plan::Content& content = story.plan->content;
  std::string out = element("p", "", escaped(plan_totals(plan::count(content)))) + "\n" + risk_part(content);
  std::vector<std::string> unchanged;
  for (const std::size_t index : plan::display_order(content)) {
    const plan::PlannedStep& step = content.steps[index];
    if (step.status == plan::StepStatus::unchanged)
      unchanged.push_back(step.id);
    else
      out += step_part(step);
  }
  if (!unchanged.empty()) out += element("p", "why", "unchanged: " + escaped(join(unchanged, ", "))) + "\n";
  return section("Plan", out);
}

std::string commits_section(const RunStory& story) {
  if (!story.plan) return {};
  const plan::Content& content = story.plan->content;
  std::string rows;
  for (const plan::Commit& commit : content.commits)
    rows += cells({commit.sha.substr(0, commit_letters), commit.title, commit.author});
  if (rows.empty()) return {};
  std::string out = "<table class=\"stack\">\n<tbody>\n" + rows + "</tbody></table>\n";
  const auto shown = static_cast<int>(content.commits.size());
  if (content.commits_total > shown)
    out += element("p", "why", "and " + std::to_string(content.commits_total - shown) + " more") + "\n";
  return section("Commits", out);
}

std::string secrets_section(const RunStory& story) {
  if (!story.plan) return {};
  std::string rows;
  for (const plan::PlannedSecret& secret : story.plan->content.secrets)
    rows += cells({secret.name, secret.reference, secret.change});
  if (rows.empty()) return {};
  return section("Secrets",
                 "<table class=\"stack\">\n<thead><tr><th>name</th><th>reference</th><th>since the live "
                 "release</th></tr></thead>\n<tbody>\n" +
                     rows + "</tbody></table>\n");
}

} // namespace deployctl::ui::report
