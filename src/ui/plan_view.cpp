#include "ui/plan_view.hpp"

#include <algorithm>
#include <set>

#include "base/strings.hpp"
#include "ui/plan_steps.hpp"
#include "ui/value_text.hpp"

namespace deployctl::ui {
namespace {

constexpr std::size_t servers_shown = 12;

std::vector<std::string> servers(const plan::Content& content) {
  std::vector<std::string> names;
  std::set<std::string, std::less<>> seen;
  for (const plan::PlannedStep& step : content.steps)
    for (const plan::PlannedTarget& planned : step.targets)
      if (planned.target.host && seen.insert(planned.target.name).second)
        names.push_back(planned.target.name);
  return names;
}

std::string header_line(std::string_view label, const std::string& value) {
  if (value.empty()) return {};
  std::string out = "  " + std::string(label);
  return out.append(out.size() < 12 ? 12 - out.size() : 1, ' ') + value + "\n";
}

std::string version_text(const PlanSubject& subject) {
  const std::string& next = subject.plan.content.version;
  if (subject.live_version.empty()) return (next.empty() ? "unnamed" : next) + " (nothing is live yet)";
  const std::string since = subject.live_since.empty() ? "" : " (live since " + subject.live_since + ")";
  return subject.live_version + " -> " + (next.empty() ? "unnamed" : next) + since;
}

std::string header(const PlanSubject& subject, const Style& style) {
  const plan::Content& content = subject.plan.content;
  const std::vector<std::string> names = servers(content);
  std::string commit = content.commit.empty() ? std::string() : content.commit.substr(0, 12);
  if (content.dirty) commit += " and uncommitted changes";
  std::string out =
      paint(style, Role::strong, content.operation + " " + content.project + "/" + content.environment);
  out.append(content.is_protected ? " (protected)\n" : "\n");
  out.append(header_line("servers", names.empty() ? "none" : names_text(names, servers_shown)));
  out.append(header_line("version", version_text(subject)));
  if (!content.target_release.empty())
    out.append(header_line("back to", "release " + content.target_release));
  return out + header_line("commit", commit);
}

std::string risk_line(const Style& style, std::string_view subject, const std::string& text) {
  return wrap(style, "  " + paint(style, Role::warning, "!") + " " + std::string(subject) + ": " + text, 4) +
         "\n";
}

// Everything that forces or forbids something about this step, one line each.
std::string step_risks(const plan::PlannedStep& step, const Style& style) {
  std::string out;
  const Action action = strongest_action(step);
  if (action == Action::replace) out.append(risk_line(style, step.id, "is replaced, not updated in place"));
  if (action == Action::remove) out.append(risk_line(style, step.id, "is removed"));
  if (!step.irreversible.empty())
    out.append(risk_line(style, step.id,
                         "irreversible, " + step.irreversible +
                             (step.older_code_works ? "" : "; older code does not work with it")));
  std::set<std::string> reasons;
  for (const plan::PlannedTarget& planned : step.targets)
    if (planned.change.undoable != Undoable::yes && !planned.change.undoable_why.empty())
      reasons.insert(planned.change.undoable_why);
  for (const std::string& reason : reasons)
    out.append(risk_line(style, step.id, "cannot be undone, " + reason));
  return out;
}

std::string risks(const plan::Content& content, const Style& style) {
  std::string out;
  for (const plan::PlannedStep* step : steps_by_risk(content)) out.append(step_risks(*step, style));
  for (const plan::PlannedSecret& secret : content.secrets)
    if (secret.change == "rotated")
      out.append(risk_line(style, "secret " + secret.name, "rotated since the live release"));
  return out.empty() ? out : "\n" + paint(style, Role::strong, "Risks") + "\n" + out;
}

std::string gone_lines(const plan::Content& content) {
  std::string out;
  for (const plan::PlannedStep& step : content.steps)
    if (step.status == plan::StepStatus::gone)
      out.append("  . " + step.id + " (" + step.action + "): no longer in the file; left as it is\n");
  return out;
}

std::string unchanged_lines(const plan::Content& content, const Style& style) {
  std::vector<std::string> names;
  for (const plan::PlannedStep& step : content.steps)
    if (step.status == plan::StepStatus::unchanged) names.push_back(step.id);
  return names.empty() ? std::string() : wrap(style, "  unchanged: " + join(names, ", "), 4) + "\n";
}

std::string commit_lines(const plan::Content& content, const Style& style) {
  if (content.commits.empty()) return {};
  const auto total = static_cast<std::size_t>(std::max(content.commits_total, 0));
  std::string out = "\n" + paint(style, Role::strong, "Commits") + "\n";
  for (const plan::Commit& commit : content.commits)
    out.append(elide("  " + commit.sha.substr(0, 10) + "  " + commit.title + "  (" + commit.author + ")",
                     style.width))
        .append("\n");
  if (total > content.commits.size())
    out.append("  and " + std::to_string(total - content.commits.size()) + " more\n");
  return out;
}

std::string part(int count, std::string_view words) {
  return ", " + std::to_string(count) + std::string(words);
}

} // namespace

std::string plan_totals(const plan::Counts& counts) {
  std::string out =
      "Plan: " + std::to_string(counts.update) + " to update" + part(counts.create, " to create");
  if (counts.replace > 0) out.append(part(counts.replace, " to replace"));
  out.append(part(counts.remove, " to remove"));
  if (counts.run > 0) out.append(part(counts.run, " to run"));
  if (counts.deferred > 0) out.append(part(counts.deferred, " deferred"));
  return out + part(counts.unchanged, " unchanged.");
}

std::string no_changes_sentence(const PlanSubject& subject) {
  const plan::Content& content = subject.plan.content;
  const std::size_t hosts = servers(content).size();
  const std::size_t steps = content.steps.size();
  std::string out =
      "No changes: " + std::to_string(steps) + (steps == 1 ? " step" : " steps") + " of " + subject.file;
  if (!content.commit.empty()) out.append(" at " + content.commit.substr(0, 12));
  out.append(" compared with " + content.project + "/" + content.environment);
  if (hosts > 0) out.append(" on " + std::to_string(hosts) + (hosts == 1 ? " server" : " servers"));
  return out.append(" at " + subject.plan.envelope.created_at + "; everything is as wanted.");
}

std::string plan_text(const PlanSubject& subject, const Style& style, const PlanDetail& detail) {
  const plan::Content& content = subject.plan.content;
  if (!subject.plan.has_changes())
    return wrap(style, no_changes_sentence(subject), 0) + "\n" + gone_lines(content);
  std::string out =
      header(subject, style) + risks(content, style) + "\n" + paint(style, Role::strong, "Steps") + "\n";
  for (const plan::PlannedStep* step : steps_by_risk(content)) out.append(step_block(*step, style, detail));
  out.append(gone_lines(content));
  if (detail.unchanged_steps) out.append(unchanged_lines(content, style));
  return out + commit_lines(content, style) + "\n" + plan_totals(plan::count(content)) + "\n";
}

Value plan_document(const plan::Plan& plan) {
  const plan::Counts counts = plan::count(plan.content);
  Value numbers =
      Value::Map{{"create", counts.create},    {"update", counts.update}, {"replace", counts.replace},
                 {"remove", counts.remove},    {"run", counts.run},       {"unchanged", counts.unchanged},
                 {"deferred", counts.deferred}};
  return Value::Map{{"format", 1},
                    {"plan", presentable(plan::to_value(plan))},
                    {"counts", std::move(numbers)},
                    {"changes", plan.has_changes()}};
}

} // namespace deployctl::ui
