// What outlives a controller: journals, the stack's cell, releases. In memory, shared by the controllers of
// one simulation.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "state/cell.hpp"
#include "state/journal_format.hpp"

namespace deployctl::engine::rehearsal {

struct StoredJournal {
  state::JournalHeader header;
  std::vector<state::Record> records;
  std::int64_t epoch = 0;                                 // of the last one that opened it
  std::set<std::pair<std::string, std::int64_t>> intents; // durable: key and attempt
};

struct Store {
  state::Cell cell;
  std::uint64_t version = 0;                     // of the cell
  std::map<std::string, StoredJournal> journals; // by run
  std::map<std::string, int> releases;           // exit code of their run, by id
  std::set<std::string> ended;                   // runs that are not pending any more
};

} // namespace deployctl::engine::rehearsal
