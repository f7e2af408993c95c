#include "ui/github/job_summary.hpp"

#include <algorithm>
#include <array>

#include "base/strings.hpp"
#include "base/time.hpp"
#include "ui/event_fields.hpp"
#include "ui/style.hpp"

namespace deployctl::ui::github {
namespace {

// The runner refuses pages over 1 MiB as a whole.
constexpr std::size_t longest_page = 900U << 10;
constexpr std::size_t longest_cell = 300;

constexpr std::array<std::string_view, 6> changes = {"create", "update", "replace",
                                                     "remove", "run",    "deferred"};

// Text in a table's cell: neither markup nor the end of the cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char letter : elide(one_line(text), static_cast<int>(longest_cell))) {
    if (std::string_view("\\`*_{}[]<>#|!~&@").find(letter) != std::string_view::npos) out.push_back('\\');
    out.push_back(letter);
  }
  return out;
}

std::string age_text(std::chrono::nanoseconds age) {
  return format_age(std::chrono::duration_cast<Milliseconds>(age));
}

// A fence longer than any run of backquotes inside.
std::string code_block(const std::string& text) {
  std::size_t longest = 2;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_not_of('`', at), text.size());
    longest = std::max(longest, end - at);
    at = end + 1;
  }
  const std::string fence(longest + 1, '`');
  return fence + "text\n" + text + (text.ends_with('\n') ? "" : "\n") + fence + "\n";
}

std::string one_output(std::string_view name, const std::string& value, const std::string& delimiter) {
  return std::string(name) + "<<" + delimiter + "\n" + one_line(value) + "\n" + delimiter + "\n";
}

} // namespace

JobSummary::Row& JobSummary::row(const std::string& step) {
  const auto known = std::ranges::find(rows_, step, &Row::step);
  if (known != rows_.end()) return *known;
  rows_.push_back({.step = step, .result = "not started"});
  return rows_.back();
}

void JobSummary::apply(const Event& event, std::chrono::nanoseconds now) {
  if (event.type == "plan_summary") {
    digest_ = text_field(event.fields, "digest");
    if (!outcome_.empty()) return;
    changed_ = std::ranges::any_of(
        changes, [&](std::string_view name) { return count_field(event.fields, name) > 0; });
  } else if (event.type == "run_started") {
    stack_ = text_field(event.fields, "stack");
    const Value* steps = event.fields.find("steps");
    if (!steps || !steps->list()) return;
    for (const Value& step : *steps->list()) row(text_field(step, "step"));
  } else if (event.type == "step_started") {
    row(event.step).began = now;
  } else if (event.type == "step_finished") {
    Row& ended = row(event.step);
    ended.result = text_field(event.fields, "result");
    if (ended.result == "failed") ended.detail = event.message;
    if (ended.began.count() > 0) ended.took = now - ended.began;
  } else if (event.type == "summary") {
    finish(event);
  }
}

void JobSummary::finish(const Event& summary) {
  outcome_ = text_field(summary.fields, "outcome");
  if (outcome_.empty()) outcome_ = text_field(summary.fields, "exit_reason");
  release_ = text_field(summary.fields, "release");
  next_command_ = text_field(summary.fields, "next_command");
  if (const Value* message = summary.fields.find_path("error.message"); message && message->text())
    error_ = *message->text();
  if (const Value* digest = summary.fields.find_path("plan.envelope.digest"); digest && digest->text())
    digest_ = *digest->text();
  const Value* world = summary.fields.find("world");
  if (!world || !world->list()) return;
  changed_ = false;
  for (const Value& line : *world->list()) {
    const std::string state = text_field(line, "state");
    const std::string target = text_field(line, "target");
    const std::string detail = text_field(line, "detail");
    changed_ = changed_ || state == "changed" || state == "remaining" || state == "unknown";
    world_.push_back("**" + cell(state) + "** " + cell(text_field(line, "step")) +
                     (target.empty() ? "" : " on " + cell(target)) +
                     (detail.empty() ? "" : ": " + cell(detail)));
  }
}

std::string JobSummary::heading() const {
  std::string out = "## " + (stack_.empty() ? std::string("deployctl") : cell(stack_));
  if (!outcome_.empty()) out += ": " + cell(replace_all(outcome_, "_", " "));
  out += "\n\n";
  if (!error_.empty()) out += cell(error_) + "\n\n";
  if (!next_command_.empty()) out += "Next: `" + replace_all(one_line(next_command_), "`", "'") + "`\n\n";
  return out;
}

std::string JobSummary::steps_table() const {
  if (rows_.empty()) return {};
  std::string out = "| step | result | time | |\n|---|---|---|---|\n";
  for (const Row& each : rows_)
    out += "| " + cell(each.step) + " | " + cell(each.result) + " | " +
           (each.took.count() > 0 ? age_text(each.took) : "") + " | " + cell(each.detail) + " |\n";
  return out + "\n";
}

std::string JobSummary::world_list() const {
  std::string out;
  for (const std::string& line : world_) out += "- " + line + "\n";
  return out.empty() ? out : out + "\n";
}

std::string JobSummary::markdown() const {
  std::string out = heading() + steps_table() + world_list();
  if (!plan_.empty()) out += "<details><summary>Plan</summary>\n\n" + code_block(plan_) + "\n</details>\n";
  if (out.size() <= longest_page) return out;
  // Without what would make it too long, and said so.
  out = heading() + steps_table();
  const std::string note = "\nThe rest is too long for this page; the log has it.\n";
  if (out.size() > longest_page) out.resize(out.rfind('\n', longest_page) + 1);
  return out + note;
}

std::string JobSummary::outputs(const std::string& delimiter) const {
  return one_output("release", release_, delimiter) + one_output("plan-digest", digest_, delimiter) +
         one_output("changed", changed_ ? "true" : "false", delimiter) +
         one_output("outcome", outcome_, delimiter);
}

} // namespace deployctl::ui::github
