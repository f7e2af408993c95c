#include "ui/report/page.hpp"

#include "base/strings.hpp"
#include "ui/plan_steps.hpp"
#include "ui/report/html.hpp"
#include "ui/report/parts.hpp"

namespace deployctl::ui::report {
namespace {

std::string_view outcome_class(const RunStory& story) {
  if (!story.is_over) return "warning";
  return story.ending.exit_code == 0 ? "good" : "bad";
}

// "rolled back"
std::string outcome_words(const RunStory& story) {
  return story.is_over ? replace_all(story.ending.outcome, "_", " ") : std::string("not ended");
}

std::string fact_html(std::string_view name, const std::string& html) {
  if (html.empty()) return {};
  return "<div>" + element("dt", "", name) + element("dd", "", html) + "</div>\n";
}

std::string fact(std::string_view name, const std::string& value) {
  return fact_html(name, escaped(value));
}

std::string commit_text(const RunStory& story) {
  if (!story.plan || story.plan->content.commit.empty()) return {};
  return story.plan->content.commit.substr(0, 12) +
         (story.plan->content.dirty ? " and uncommitted changes" : "");
}

std::string facts(const RunStory& story) {
  std::string out = fact("release", story.ending.release);
  out += fact("commit", commit_text(story)) + fact("by", story.by);
  out += fact_html("began", moment(story.began));
  out += fact_html(story.is_over ? "ended" : "last written", moment(story.ended));
  out += fact("took", story.began && story.ended ? elapsed_text(story.ending.elapsed) : std::string());
  out += fact("run", story.run) + fact("plan", story.plan_digest) + fact("pipeline", story.pipeline_digest);
  return "<dl class=\"facts\">\n" + out + "</dl>\n";
}

std::string header(const RunStory& story) {
  const Ending& ending = story.ending;
  const std::string badge =
      element("strong", "badge " + std::string(outcome_class(story)), escaped(outcome_words(story)));
  return "<header>\n" + element("p", "kind", escaped(story.operation)) + "\n" +
         element("h1", "", escaped(ending.subject)) + "\n" +
         element("p", "outcome",
                 badge + " " + escaped(ending.subject + " " + outcome_sentence(ending.outcome))) +
         "\n" + facts(story) + "</header>\n";
}

std::string error_part(const std::optional<Error>& error) {
  if (!error) return {};
  std::string out =
      element("p", "bad",
              element("strong", "", escaped(to_text(error->cause))) + ": " + escaped(error->message)) +
      "\n" + evidence_block(error->evidence);
  if (!error->help.empty()) out += element("p", "help", "help: " + escaped(error->help)) + "\n";
  return out;
}

std::string world_part(const Ending& ending) {
  std::string rows;
  for (const EndingLine& line : ending.world) {
    const std::string where = line.target.empty() ? line.step : line.step + " on " + line.target;
    rows += "<tr>" + element("td", "state " + escaped(line.kind), escaped(line.kind)) +
            element("td", "", escaped(where)) + element("td", "", escaped(line.detail)) + "</tr>\n";
  }
  if (rows.empty()) return {};
  return "<table>\n<thead><tr><th>state</th><th>what</th><th></th></tr></thead>\n<tbody>\n" + rows +
         "</tbody></table>\n";
}

std::string ending_section(const RunStory& story) {
  const Ending& ending = story.ending;
  std::string out = error_part(ending.error) + world_part(ending);
  if (!ending.not_started.empty())
    out += element("p", "", "not started: " + escaped(join(ending.not_started, ", "))) + "\n";
  if (!ending.next_command.empty())
    out += element("p", "", "next: " + element("code", "", escaped(ending.next_command))) + "\n";
  for (const std::string& missing : story.missing) out += element("p", "warning", escaped(missing)) + "\n";
  return section("The world now", out);
}

std::string footer(const RunStory& story) {
  return element("footer", "",
                 "deployctl " + escaped(story.tool) + ", from " + escaped(story.ending.log) +
                     ". Secrets are references here; their values were never recorded.") +
         "\n";
}

} // namespace

std::string_view tone_class(Tone tone) {
  switch (tone) {
  case Tone::good:
    return "good";
  case Tone::bad:
    return "bad";
  case Tone::warning:
    return "warning";
  case Tone::plain:
    break;
  }
  return {};
}

std::string moment(const std::optional<WallTime>& at) {
  if (!at) return {};
  const std::string exact = format_time(*at);
  return "<time datetime=\"" + exact + "\">" + exact.substr(0, 10) + " " + exact.substr(11, 8) +
         " UTC</time>";
}

std::string evidence_block(const std::vector<std::string>& evidence) {
  if (evidence.empty()) return {};
  std::string lines;
  for (const std::string& line : evidence) lines += escaped(line) + "\n";
  return element("pre", "evidence", lines) + "\n";
}

// The policy forbids what the page does not need: scripts, and loading anything.
std::string page(const RunStory& story) {
  std::string out = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta name=\"color-scheme\" content=\"light dark\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" "
         "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n";
  out += element("title", "", escaped(story.ending.subject + ": " + outcome_words(story))) + "\n";
  out.append("<style>\n").append(style_sheet()).append("</style>\n</head>\n<body>\n<main>\n");
  out += header(story) + ending_section(story) + timeline(story) + plan_section(story) + gates_section(story);
  out += approvals_section(story) + commits_section(story) + secrets_section(story) + record_section(story);
  return out + "</main>\n" + footer(story) + "</body>\n</html>\n";
}

} // namespace deployctl::ui::report
