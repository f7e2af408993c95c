#include "ui/plan_view.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/strings.hpp"
#include "plan/risk.hpp"
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

std::string header_line(std::string_view label, const std::string& value, const Style& style) {
  constexpr std::size_t column = 12;
  if (value.empty()) return {};
  std::string out = "  " + std::string(label);
  out.append(out.size() < column ? column - out.size() : 1, ' ');
  return wrap(style, out + value, static_cast<int>(column)) + "\n";
}

std::string version_text(const PlanSubject& subject) {
  const std::string& next = subject.plan.content.version;
  const std::string name = next.empty() ? "unnamed" : next;
  if (subject.live_version.empty() && subject.live_since.empty()) return name + " (nothing is live yet)";
  const std::string since = subject.live_since.empty() ? "" : " (live since " + subject.live_since + ")";
  if (next == subject.live_version) return name + since;
  return (subject.live_version.empty() ? "unnamed" : subject.live_version) + " -> " + name + since;
}

// Whose signatures it needs, and by which file they are judged.
std::string approval_text(const plan::Content& content) {
  if (!content.approval) return {};
  const config::ApprovalRule& rule = content.approval->rule;
  return std::to_string(rule.quorum) + " signed by " + join(rule.by, ", ") + " (" + rule.signers +
         " of commit " + content.approval->signers_commit.substr(0, 12) +
         (content.approval->of_live ? ", which is live)" : ", which is deployed: there is no release yet)");
}

std::string artifacts_text(const plan::Content& content) {
  if (!content.no_from.empty()) return "made here, not taken over: " + one_line(content.no_from);
  if (content.promoted_from.empty()) return {};
  return "proven in " + content.promoted_from + ", release " + content.promoted_release;
}

std::string header(const PlanSubject& subject, const Style& style) {
  const plan::Content& content = subject.plan.content;
  const std::vector<std::string> names = servers(content);
  std::string commit = content.commit.empty() ? std::string() : content.commit.substr(0, 12);
  if (content.dirty) commit += " and uncommitted changes";
  std::string out =
      paint(style, Role::strong, content.operation + " " + content.project + "/" + content.environment);
  out.append(content.is_protected ? " (protected)\n" : "\n");
  out.append(header_line("servers", names.empty() ? "none" : names_text(names, servers_shown), style));
  out.append(header_line("version", version_text(subject), style));
  if (!content.target_release.empty())
    out.append(header_line("back to", "release " + content.target_release, style));
  out.append(header_line("approval", approval_text(content), style));
  out.append(header_line("artifacts", artifacts_text(content), style));
  return out + header_line("commit", commit, style);
}

// How each kind of risk reads behind the step's name, in the order of plan::RiskKind.
constexpr std::array<std::string_view, 9> risk_phrases = {
    "is irreversible",
    "is gone back over, and older code does not work with what it did",
    "is removed",
    "is replaced, not updated in place",
    "cannot be undone",
    "can be undone partly",
    "has a downtime",
    "was rotated since the live release",
    "keeps today's value: that of the older release is not in its store"};

std::string risk_line(const plan::Risk& risk, const Style& style) {
  const bool is_secret =
      risk.kind == plan::RiskKind::secret_rotated || risk.kind == plan::RiskKind::secret_kept;
  std::string out =
      "  " + paint(style, Role::warning, "!") + " " + (is_secret ? "secret " : "") + risk.subject;
  if (!risk.targets.empty()) out.append(" on " + names_text(risk.targets, 4));
  out.append(" ").append(risk_phrases.at(static_cast<std::size_t>(risk.kind)));
  if (!risk.why.empty()) out.append(": " + one_line(risk.why));
  return wrap(style, out, 4) + "\n";
}

std::string risk_lines(const plan::Content& content, const Style& style) {
  std::string out;
  for (const plan::Risk& risk : plan::risks(content)) out.append(risk_line(risk, style));
  return out.empty() ? out : "\n" + paint(style, Role::strong, "Risks") + "\n" + out;
}

std::string step_blocks(const plan::Plan& plan, const Style& style, const PlanDetail& detail) {
  const plan::Content& content = plan.content;
  std::string out = "\n" + paint(style, Role::strong, "Steps") + "\n";
  for (const std::size_t index : plan::display_order(content)) {
    const plan::PlannedStep& step = content.steps[index];
    if (step.status == plan::StepStatus::unchanged || step.status == plan::StepStatus::gone) continue;
    out.append(step_block(step, plan.envelope.created_at, style, detail));
  }
  return out;
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

// "Ann <ann@example.com>": the name is enough in a list.
std::string author_name(const std::string& author) {
  return author.substr(0, author.find(" <"));
}

std::string commit_lines(const plan::Content& content, const Style& style) {
  if (content.commits.empty()) return {};
  const auto total = static_cast<std::size_t>(std::max(content.commits_total, 0));
  std::string out = "\n" + paint(style, Role::strong, "Commits") + "\n";
  for (const plan::Commit& commit : content.commits)
    out.append(elide("  " + commit.sha.substr(0, 10) + "  " + commit.title + "  (" +
                         author_name(commit.author) + ")",
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
      header(subject, style) + risk_lines(content, style) + step_blocks(subject.plan, style, detail);
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
  Value document = presentable(plan::to_value(plan));
  document["counts"] = std::move(numbers);
  document["changes"] = plan.has_changes();
  return document;
}

} // namespace deployctl::ui
