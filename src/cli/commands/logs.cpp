#include <algorithm>
#include <set>

#include "base/strings.hpp"
#include "cli/commands/telling.hpp"
#include "cli/run_story.hpp"

namespace deployctl::cli {
namespace {

// A step that the run knew, also one that it never reached.
Status check_step(const ui::RunStory& story, const std::string& step) {
  std::set<std::string> known;
  for (const ui::StoryLine& line : story.lines)
    if (!line.step.empty()) known.insert(line.step);
  if (story.plan)
    for (const plan::PlannedStep& planned : story.plan->content.steps) known.insert(planned.id);
  if (step.empty() || known.contains(step)) return {};
  const std::vector<std::string> names(known.begin(), known.end());
  const std::vector<std::string> similar = similar_names(step, names);
  return fail(Cause::config, "run " + story.run + " has no step '" + step + "'",
              similar.empty() ? "it has " + join(names, ", ") : "similar names: " + join(similar, ", "));
}

} // namespace

Result<ExitCode> run_logs(Invocation& invocation) {
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  DEPLOYCTL_TRY(const ui::RunStory story, named_story(invocation, project, invocation.line.argument(0)));
  const std::string step = invocation.line.argument(1);
  DEPLOYCTL_CHECK(check_step(story, step));
  std::string text = ui::story_text(story, step, invocation.console.out_style());
  if (text.empty()) text = "Nothing was recorded about " + step + " in run " + story.run + ".\n";
  invocation.console.answer(text, ui::story_document(story, step));
  return ExitCode::done;
}

} // namespace deployctl::cli
