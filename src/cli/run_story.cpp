#include "cli/run_story.hpp"

#include <algorithm>

#include "cli/journal_story.hpp"
#include "cli/record_view.hpp"
#include "state/journal.hpp"

namespace deployctl::cli {
namespace {

constexpr std::uint64_t longest_plan = 64U << 20; // bytes

// Kept as a blob before anything was changed.
void add_plan(const Records& records, const state::JournalContent& journal, ui::RunStory& story) {
  const auto begin = std::ranges::find(journal.records, state::RecordType::run_begin, &state::Record::type);
  const std::string digest = begin == journal.records.end() ? "" : RecordView(begin->payload).text("plan");
  if (digest.empty()) return;
  Result<plan::Plan> plan = records.state.blobs().read(digest, longest_plan).and_then([](const auto& text) {
    return plan::from_file(text);
  });
  if (plan)
    story.plan = *std::move(plan);
  else
    story.missing.push_back("the plan cannot be read: " + plan.error().message);
}

Error no_such_run(const std::string& name) {
  return {.cause = Cause::config,
          .message = name == last_run ? "no run of this pipeline is recorded here"
                                      : "there is no run '" + name + "' of this pipeline",
          .help = "'deployctl history ENV' lists the runs"};
}

Result<std::string> run_id(const Records& records, const std::string& name) {
  DEPLOYCTL_TRY(const std::vector<std::string> runs, records.state.journals());
  if (name == last_run && !runs.empty()) return runs.back();
  if (std::ranges::find(runs, name) == runs.end()) return fail(no_such_run(name));
  return name;
}

} // namespace

Result<ui::RunStory> named_story(Invocation& invocation, const Project& project, const std::string& name) {
  DEPLOYCTL_TRY(const std::optional<Records> records, find_records(invocation, project));
  if (!records) return fail(no_such_run(name));
  DEPLOYCTL_TRY(const std::string run, run_id(*records, name));
  const std::string path = records->state.journal_path(run);
  Result<state::JournalContent> journal = state::read_journal(path);
  const std::string damage = journal ? std::string() : journal.error().message;
  if (!journal) journal = state::salvage_journal(path);
  if (!journal) return fail(std::move(journal).error());
  ui::RunStory story = story_of(*journal);
  story.ending.log = path;
  if (!damage.empty()) story.missing.push_back(damage);
  add_plan(*records, *journal, story);
  return story;
}

} // namespace deployctl::cli
