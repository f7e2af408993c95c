#include "ui/github/github_renderer.hpp"

#include "ui/event_fields.hpp"

namespace deployctl::ui::github {

void GithubRenderer::keep_output(const Event& event) {
  Output& output = output_[event.step];
  output.lines += event_line(event, settings_.style);
  if (++output.count >= most_lines_kept) flush(event.step, "output");
}

void GithubRenderer::flush(const std::string& step, std::string_view how) {
  const auto found = output_.find(step);
  if (found == output_.end()) return;
  const std::string title = step + ": " + std::string(how);
  log_.write(command("group", title) + fenced(inert(found->second.lines), settings_.token()) +
             command("endgroup", ""));
  output_.erase(found);
}

void GithubRenderer::flush_all(std::string_view how) {
  while (!output_.empty()) flush(std::string(output_.begin()->first), how);
}

void GithubRenderer::annotate_failure(const Event& event) {
  const auto place = places_.find(event.step);
  log_.write(annotations_.add({.title = event.step + " failed",
                               .message = event.message,
                               .place = place == places_.end() ? Place() : place->second}));
}

void GithubRenderer::show(const Event& event) {
  page_.apply(event, clock_.boot());
  if (event.type == "step_output") {
    keep_output(event);
    return;
  }
  if (event.type == "step_finished") flush(event.step, "output");
  // A log that stands still says nothing: what came so far is shown with the heartbeat.
  if (event.type == "heartbeat") flush_all("output so far");
  if (event.type == "summary") flush_all("output");
  plain_.show(event);
  if (event.type == "step_finished" && event.level == Level::error) annotate_failure(event);
  if (event.type != "summary") return;
  if (settings_.summary) settings_.summary(page_.markdown());
  if (settings_.outputs) settings_.outputs(page_.outputs("deployctl_" + settings_.token()));
}

} // namespace deployctl::ui::github
