// The tables of history.db, as the steps that made them. A step that was released is never edited; a change
// is a new one. Documents stand apart from the rows, so that a list of releases does not read them.
#pragma once

#include <array>
#include <string_view>

namespace deployctl::state {

inline constexpr std::array<std::string_view, 1> history_migrations = {R"sql(
  CREATE TABLE releases (
    id TEXT PRIMARY KEY, stack TEXT NOT NULL, number INTEGER NOT NULL, version TEXT NOT NULL, commit_sha TEXT NOT NULL,
    dirty INTEGER NOT NULL, created_at TEXT NOT NULL, created_by TEXT NOT NULL, run TEXT NOT NULL, operation TEXT NOT NULL,
    outcome TEXT NOT NULL, rolled_back_to TEXT NOT NULL, quarantined INTEGER NOT NULL, quarantine_reason TEXT NOT NULL,
    UNIQUE (stack, number));
  CREATE TABLE release_documents (id TEXT PRIMARY KEY REFERENCES releases (id), document TEXT NOT NULL);
  CREATE INDEX releases_by_commit ON releases (stack, commit_sha);
  CREATE TABLE runs (
    id TEXT PRIMARY KEY, stack TEXT NOT NULL, operation TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT NOT NULL,
    exit_code INTEGER, outcome TEXT NOT NULL, journal TEXT NOT NULL, summary TEXT NOT NULL);
  CREATE INDEX runs_by_stack ON runs (stack, id))sql"};

} // namespace deployctl::state
