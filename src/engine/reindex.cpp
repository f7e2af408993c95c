#include "engine/reindex.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/json.hpp"
#include "engine/release_record.hpp"
#include "engine/run_history.hpp"
#include "state/audit.hpp"
#include "state/journal.hpp"

namespace deployctl::engine {

namespace {

constexpr std::size_t most_release_bytes = 256U << 20;

class Reindexing {
public:
  Reindexing(const state::LocalState& state, state::History& history) : state_(state), history_(history) {}

  Result<Reindexed> run();

private:
  Status add_run(const std::string& id);
  Status add_release(const RunEnd& end);
  Status enter_releases();
  Status enter_quarantines(const state::StackState& stack);
  Result<RunHistory> history_of(const std::string& id);
  void problem(const std::string& about, const Error& error) {
    report_.problems.push_back(about + ": " + error.message);
  }

  const state::LocalState& state_;
  state::History& history_;
  Reindexed report_;
  std::map<std::string, std::map<std::int64_t, state::Release>> releases_; // by stack, by number
};

// Damaged journals tell what stands before the damage.
Result<RunHistory> Reindexing::history_of(const std::string& id) {
  const std::string path = state_.journal_path(id);
  auto content = state::read_journal(path);
  if (!content) {
    problem("run " + id, content.error());
    content = state::salvage_journal(path);
  }
  if (!content) return fail(content.error());
  return read_history(*content);
}

Status Reindexing::add_run(const std::string& id) {
  const auto known = history_of(id);
  if (!known) {
    problem("run " + id, known.error());
    return {};
  }
  state::RunRecord run{.id = id,
                       .stack = known->header.stack,
                       .operation = known->begin.operation,
                       .started_at = known->header.created_at,
                       .journal = "runs/" + id + ".journal"};
  if (known->end) {
    run.ended_at = known->end->ended_at;
    run.exit_code = known->end->exit_code;
    run.outcome = known->end->outcome;
    run.summary = known->end->summary;
    DEPLOYCTL_CHECK(add_release(*known->end));
  }
  ++report_.runs;
  return history_.add_run(run);
}

Status Reindexing::add_release(const RunEnd& end) {
  if (end.record.empty()) return {};
  const auto document = state_.blobs().read(end.record, most_release_bytes);
  const auto release = document.and_then([](const std::string& text) {
    return parse_json(text, JsonMode::contract, {.bytes = most_release_bytes}).and_then(state::release_from);
  });
  if (release)
    releases_[release->stack()].emplace(release->number, *release);
  else
    problem("release " + end.release, release.error());
  return {};
}

// In the order they were made: going back quarantines the one that was live.
Status Reindexing::enter_releases() {
  for (const auto& [stack, releases] : releases_) {
    const state::Release* before = nullptr;
    for (const auto& [number, release] : releases) {
      DEPLOYCTL_CHECK(history_.add_release(release));
      ++report_.releases;
      if (before && release.operation == "rollback")
        DEPLOYCTL_CHECK(history_.set_quarantine(before->id, true, quarantine_reason(release)));
      before = &release;
    }
  }
  return {};
}

// What a person lifted after it was set.
Status Reindexing::enter_quarantines(const state::StackState& stack) {
  DEPLOYCTL_TRY(const auto entries, state::read_audit(stack.directory()));
  const auto& releases = releases_[stack.name()];
  for (const state::AuditEntry& entry : entries) {
    const Value* subject = entry.what == "unquarantine" ? entry.subject.find("release") : nullptr;
    if (!subject || !subject->text()) continue;
    const auto lifted = std::find_if(releases.begin(), releases.end(),
                                     [&](const auto& each) { return each.second.id == *subject->text(); });
    if (lifted == releases.end()) continue;
    const auto after = std::next(lifted);
    const bool set_later = after != releases.end() && after->second.created_at > entry.time;
    if (!set_later) DEPLOYCTL_CHECK(history_.set_quarantine(lifted->second.id, false, ""));
  }
  return {};
}

Result<Reindexed> Reindexing::run() {
  DEPLOYCTL_TRY(const std::vector<std::string> runs, state_.journals());
  for (const std::string& id : runs) DEPLOYCTL_CHECK(add_run(id));
  DEPLOYCTL_CHECK(enter_releases());
  DEPLOYCTL_TRY(const auto stacks, state_.stacks());
  for (const state::StackState& stack : stacks) DEPLOYCTL_CHECK(enter_quarantines(stack));
  return std::move(report_);
}

} // namespace

Result<Reindexed> reindex(const state::LocalState& state, state::History& history) {
  return Reindexing(state, history).run();
}

} // namespace deployctl::engine
