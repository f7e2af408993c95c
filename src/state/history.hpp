// The queryable history of all stacks of a pipeline: releases and runs in one SQLite file. The truth of a run
// is its journal, of what is live the stack's cell. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

#include "state/release.hpp"

namespace deployctl::state {

class Database;

// A release without its steps: a row of `history`.
struct ReleaseLine {
  std::string id;
  std::int64_t number = 0;
  std::string version;
  std::string commit;
  bool dirty = false;
  std::string created_at;
  std::string created_by;
  std::string run;
  std::string operation;
  ReleaseOutcome outcome = ReleaseOutcome::good;
  std::string rolled_back_to;
  bool quarantined = false;
  std::string quarantine_reason;
};

struct RunRecord {
  std::string id; // ULID
  std::string stack;
  std::string operation;  // "apply" | "rollback" | "run"
  std::string started_at; // RFC 3339, UTC
  std::string ended_at;   // empty while it has not ended
  std::optional<int> exit_code;
  std::string outcome; // "succeeded" | "failed" | "rolled_back" | ...; empty while it has not ended
  std::string journal; // path relative to .deployctl
  Value summary;
};

class History {
public:
  // Creates or migrates the file. Cause::config when a newer version wrote it.
  static Result<History> open(const std::string& path);
  History(History&&) noexcept;
  ~History();

  Status add_release(const Release& release); // conflict when id, or number within the stack, is taken
  [[nodiscard]] Result<std::vector<ReleaseLine>> releases(const std::string& stack,
                                                          int limit) const; // newest first
  // By id, number, version (with or without 'v') or a commit's prefix of 7 or more; the newest that fits,
  // tried in that order. none when nothing does; config when a prefix fits several commits.
  [[nodiscard]] Result<std::optional<Release>> find(const std::string& stack,
                                                    std::string_view selector) const;
  [[nodiscard]] Result<std::optional<Release>> release(const std::string& id) const;
  // The newest good release that is not quarantined, older than `before` (an id) if that is given.
  [[nodiscard]] Result<std::optional<Release>> latest_good(const std::string& stack,
                                                           const std::string& before = {}) const;
  // The quarantined release of this commit, if the newest of that commit is: `apply` of it is refused.
  [[nodiscard]] Result<std::optional<Release>> quarantined(const std::string& stack,
                                                           const std::string& commit) const;
  Status set_quarantine(const std::string& id, bool quarantined, const std::string& reason); // not_found

  Status add_run(const RunRecord& run);    // again with the same id: replaced
  Status finish_run(const RunRecord& run); // ended_at, exit_code, outcome, summary; not_found
  [[nodiscard]] Result<std::optional<RunRecord>> run(const std::string& id) const;
  [[nodiscard]] Result<std::vector<RunRecord>> runs(const std::string& stack,
                                                    int limit) const; // newest first

private:
  explicit History(std::unique_ptr<Database> database);

  std::unique_ptr<Database> database_;
};

} // namespace deployctl::state
