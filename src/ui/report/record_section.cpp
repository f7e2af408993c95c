#include "ui/report/html.hpp"
#include "ui/report/parts.hpp"

namespace deployctl::ui::report {
namespace {

std::string place_of(const StoryLine& line) {
  if (line.step.empty()) return {};
  return element("strong", "", escaped(line.target.empty() ? line.step : line.step + "@" + line.target)) +
         " ";
}

// The time of day alone on the day on which the run began: the lines of most runs.
std::string clock_text(const std::optional<WallTime>& at, const std::optional<WallTime>& began) {
  if (!at) return {};
  const std::string exact = format_time(*at);
  const std::size_t day = 10;
  if (!began || format_time(*began).compare(0, day, exact, 0, day) != 0) return moment(at);
  return "<time datetime=\"" + exact + "\">" + exact.substr(day + 1, 12) + "</time>";
}

} // namespace

std::string gates_section(const RunStory& story) {
  std::string out;
  for (const StoryGate& gate : story.gates) {
    const bool passed = gate.verdict == "pass";
    const std::string title = gate.step + ", " + gate.gate + (gate.place.empty() ? "" : " " + gate.place);
    out += element("h3", "",
                   escaped(title) + ": " + element("span", passed ? "good" : "bad", escaped(gate.verdict))) +
           "\n";
    if (!gate.detail.empty()) out += element("p", "", escaped(gate.detail)) + "\n";
    out += evidence_block(gate.evidence);
  }
  return section("Gates", out);
}

std::string approvals_section(const RunStory& story) {
  std::string rows;
  for (const StoryApproval& approval : story.approvals)
    rows += "<tr>" + element("td", "", escaped(approval.step.empty() ? "the plan" : approval.step)) +
            element("td", "", escaped(approval.by)) + element("td", "", escaped(approval.how)) +
            element("td", "digest", escaped(approval.digest)) + element("td", "", moment(approval.at)) +
            "</tr>\n";
  if (rows.empty()) return {};
  return section("Approvals",
                 "<table class=\"stack\">\n<thead><tr><th>of</th><th>by</th><th>how</th><th>digest</th>"
                 "<th>when</th></tr></thead>\n<tbody>\n" +
                     rows + "</tbody></table>\n");
}

std::string record_section(const RunStory& story) {
  std::string rows;
  for (const StoryLine& line : story.lines)
    rows += "<tr>" + element("td", "", clock_text(line.at, story.began)) +
            element("td", tone_class(line.tone),
                    place_of(line) + escaped(line.text) + evidence_block(line.evidence)) +
            "</tr>\n";
  if (rows.empty()) return {};
  return section("Record", "<table class=\"log stack\">\n<tbody>\n" + rows + "</tbody></table>\n");
}

} // namespace deployctl::ui::report
