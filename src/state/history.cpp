#include "state/history.hpp"

#include <algorithm>
#include <limits>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/strings.hpp"
#include "base/ulid.hpp"
#include "state/database.hpp"
#include "state/history_schema.hpp"

namespace deployctl::state {
namespace {

constexpr std::string_view line_columns =
    "id, number, version, commit_sha, dirty, created_at, created_by, run, operation, outcome, "
    "rolled_back_to, quarantined, quarantine_reason";
constexpr std::string_view run_columns =
    "id, stack, operation, started_at, ended_at, exit_code, outcome, journal, summary";
constexpr std::size_t shortest_commit = 7;
constexpr JsonLimits document_limits{.bytes = 256U << 20};

Result<ReleaseLine> line_from(const Row& row) {
  ReleaseLine line{.id = row.text(0),
                   .number = row.integer(1),
                   .version = row.text(2),
                   .commit = row.text(3),
                   .dirty = row.integer(4) != 0,
                   .created_at = row.text(5),
                   .created_by = row.text(6),
                   .run = row.text(7),
                   .operation = row.text(8),
                   .rolled_back_to = row.text(10),
                   .quarantined = row.integer(11) != 0,
                   .quarantine_reason = row.text(12)};
  DEPLOYCTL_TRY(line.outcome, release_outcome_from(row.text(9)));
  return line;
}

Result<RunRecord> run_from(const Row& row) {
  RunRecord run{.id = row.text(0),
                .stack = row.text(1),
                .operation = row.text(2),
                .started_at = row.text(3),
                .ended_at = row.text(4),
                .outcome = row.text(6),
                .journal = row.text(7)};
  if (!row.is_null(5)) run.exit_code = static_cast<int>(row.integer(5));
  DEPLOYCTL_TRY(run.summary, parse_json(row.text(8), JsonMode::contract, document_limits));
  return run;
}

// The newest release for which `condition` holds, as its document with the quarantine of its row.
Result<std::optional<Release>> newest(Database& database, std::string_view condition,
                                      const std::vector<Parameter>& parameters) {
  std::optional<Release> found;
  const std::string sql = fmt::format("SELECT document, quarantined, quarantine_reason FROM releases JOIN "
                                      "release_documents USING (id) WHERE {} "
                                      "ORDER BY number DESC LIMIT 1",
                                      condition);
  DEPLOYCTL_CHECK(database.query(sql, parameters, [&](const Row& row) -> Status {
    DEPLOYCTL_TRY(const Value document, parse_json(row.text(0), JsonMode::contract, document_limits));
    DEPLOYCTL_TRY(found, release_from(document));
    found->quarantined = row.integer(1) != 0;
    found->quarantine_reason = row.text(2);
    return {};
  }));
  return found;
}

Result<std::vector<RunRecord>> select_runs(Database& database, std::string_view condition,
                                           const std::string& text, int limit) {
  std::vector<RunRecord> runs;
  const std::string sql =
      fmt::format("SELECT {} FROM runs WHERE {} ORDER BY id DESC LIMIT ?2", run_columns, condition);
  DEPLOYCTL_CHECK(database.query(sql, {text, std::int64_t{limit}}, [&](const Row& row) -> Status {
    DEPLOYCTL_TRY(RunRecord run, run_from(row));
    runs.push_back(std::move(run));
    return {};
  }));
  return runs;
}

// The one released commit that begins with `prefix`; none when there is none.
Result<std::optional<std::string>> commit_of(Database& database, const std::string& stack,
                                             const std::string& prefix) {
  std::vector<std::string> commits;
  DEPLOYCTL_CHECK(database.query(
      "SELECT DISTINCT commit_sha FROM releases WHERE stack = ?1 AND substr(commit_sha, 1, length(?2)) = ?2",
      {stack, prefix}, [&](const Row& row) -> Status {
        commits.push_back(row.text(0));
        return {};
      }));
  if (commits.size() > 1)
    return fail(Cause::config, fmt::format("'{}' begins {} released commits", prefix, commits.size()),
                "write more of it");
  if (commits.empty()) return std::nullopt;
  return std::move(commits.front());
}

Parameter exit_parameter(const RunRecord& run) {
  if (run.exit_code) return std::int64_t{*run.exit_code};
  return nullptr;
}

std::optional<std::int64_t> number_from(std::string_view text) {
  if (text.empty() || text.size() > 18 ||
      !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  return std::stoll(std::string(text));
}

Parameter flag(bool value) {
  return std::int64_t{value ? 1 : 0};
}

} // namespace

History::History(std::unique_ptr<Database> database) : database_(std::move(database)) {}
History::History(History&&) noexcept = default;
History::~History() = default;

Result<History> History::open(const std::string& path) {
  DEPLOYCTL_TRY(std::unique_ptr<Database> database, Database::open(path, history_migrations));
  return History(std::move(database));
}

Status History::add_release(const Release& release) {
  const std::string sql =
      fmt::format("INSERT INTO releases ({}, stack) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
                  "?9, ?10, ?11, ?12, ?13, ?14)",
                  line_columns);
  const Command row{sql,
                    {release.id, release.number, release.version, release.commit, flag(release.dirty),
                     release.created_at, release.created_by, release.run, release.operation,
                     std::string(to_text(release.outcome)), release.rolled_back_to, flag(release.quarantined),
                     release.quarantine_reason, release.stack()}};
  const Command document{"INSERT INTO release_documents VALUES (?1, ?2)",
                         {release.id, to_json(to_value(release))}};
  return database_->change_all({row, document}).map_error([&](Error error) {
    return std::move(error).in(
        fmt::format("while recording release {} of '{}' ({})", release.number, release.stack(), release.id));
  });
}

Result<std::vector<ReleaseLine>> History::releases(const std::string& stack, int limit) const {
  std::vector<ReleaseLine> lines;
  const std::string sql =
      fmt::format("SELECT {} FROM releases WHERE stack = ?1 ORDER BY number DESC LIMIT ?2", line_columns);
  DEPLOYCTL_CHECK(database_->query(sql, {stack, std::int64_t{limit}}, [&](const Row& row) -> Status {
    DEPLOYCTL_TRY(ReleaseLine line, line_from(row));
    lines.push_back(std::move(line));
    return {};
  }));
  return lines;
}

Result<std::optional<Release>> History::release(const std::string& id) const {
  return newest(*database_, "id = ?1", {id});
}

Result<std::optional<Release>> History::find(const std::string& stack, std::string_view selector) const {
  const std::string text(selector);
  if (is_ulid(selector)) return newest(*database_, "stack = ?1 AND id = ?2", {stack, text});
  if (const auto number = number_from(selector)) {
    DEPLOYCTL_TRY(std::optional<Release> found,
                  newest(*database_, "stack = ?1 AND number = ?2", {stack, *number}));
    if (found) return found;
  }
  const std::string bare = text.starts_with('v') ? text.substr(1) : text;
  DEPLOYCTL_TRY(std::optional<Release> found, newest(*database_, "stack = ?1 AND version IN (?2, ?3, ?4)",
                                                     {stack, text, bare, "v" + bare}));
  if (found || text.size() < shortest_commit || !is_lower_hex(text)) return found;

  DEPLOYCTL_TRY(const std::optional<std::string> commit, commit_of(*database_, stack, text));
  if (!commit) return std::nullopt;
  return newest(*database_, "stack = ?1 AND commit_sha = ?2", {stack, *commit});
}

Result<std::optional<Release>> History::latest_good(const std::string& stack,
                                                    const std::string& before) const {
  std::int64_t limit = std::numeric_limits<std::int64_t>::max();
  if (!before.empty()) {
    DEPLOYCTL_TRY(const std::optional<Release> newer, release(before));
    if (!newer) return fail(Cause::not_found, fmt::format("there is no release {}", before));
    limit = newer->number;
  }
  return newest(*database_, "stack = ?1 AND number < ?2 AND outcome = 'good' AND quarantined = 0",
                {stack, limit});
}

Result<std::optional<Release>> History::quarantined(const std::string& stack,
                                                    const std::string& commit) const {
  if (commit.empty()) return std::nullopt;
  DEPLOYCTL_TRY(std::optional<Release> found,
                newest(*database_, "stack = ?1 AND commit_sha = ?2", {stack, commit}));
  if (found && !found->quarantined) found.reset();
  return found;
}

Status History::set_quarantine(const std::string& id, bool quarantined, const std::string& reason) {
  DEPLOYCTL_TRY(
      const int changed,
      database_->change("UPDATE releases SET quarantined = ?2, quarantine_reason = ?3 WHERE id = ?1",
                        {id, flag(quarantined), reason}));
  if (changed == 0) return fail(Cause::not_found, fmt::format("there is no release {}", id));
  return {};
}

Status History::add_run(const RunRecord& run) {
  const std::string sql = fmt::format(
      "INSERT OR REPLACE INTO runs ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", run_columns);
  const auto added =
      database_->change(sql, {run.id, run.stack, run.operation, run.started_at, run.ended_at,
                              exit_parameter(run), run.outcome, run.journal, to_json(run.summary)});
  if (!added) return fail(added.error());
  return {};
}

Status History::finish_run(const RunRecord& run) {
  DEPLOYCTL_TRY(const int changed,
                database_->change(
                    "UPDATE runs SET ended_at = ?2, exit_code = ?3, outcome = ?4, summary = ?5 WHERE id = ?1",
                    {run.id, run.ended_at, exit_parameter(run), run.outcome, to_json(run.summary)}));
  if (changed == 0) return fail(Cause::not_found, fmt::format("there is no run {}", run.id));
  return {};
}

Result<std::optional<RunRecord>> History::run(const std::string& id) const {
  DEPLOYCTL_TRY(std::vector<RunRecord> found, select_runs(*database_, "id = ?1", id, 1));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Result<std::vector<RunRecord>> History::runs(const std::string& stack, int limit) const {
  return select_runs(*database_, "stack = ?1", stack, limit);
}

} // namespace deployctl::state
