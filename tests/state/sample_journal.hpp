// A small journal in memory, with what each of its appends holds.
#pragma once

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "state/journal_frame.hpp"

namespace deployctl::test {

struct SampleJournal {
  std::string bytes;
  std::vector<std::vector<state::Record>> appends;
  std::vector<std::uint64_t> ends; // ends[i]: where the file ends after i appends
};

inline state::JournalHeader sample_header() {
  return {.run = "01J0000000000000000000RUN1",
          .stack = "hello/production",
          .tool = "0.1.0",
          .plan_digest = std::string(64, 'a'),
          .epoch = 7,
          .created_at = "2026-03-14T09:26:53.589Z"};
}

inline SampleJournal sample_journal() {
  using state::RecordType;
  SampleJournal out;
  out.appends = {
      {{RecordType::run_begin, Value::Map{{"who", "ann@laptop"}}}},
      {{RecordType::intent, Value::Map{{"step", "web"}, {"attempt", 1}}}},
      {{RecordType::outcome, Value::Map{{"ok", true}, {"outputs", Value::Map{{"id", "x\"\n"}}}}},
       {RecordType::step_done, Value::Map{{"step", "web"}}},
       {RecordType::intent, Value::Map{{"step", "next"}}}},
      {{RecordType::run_end, Value::Map{{"exit", 0}}}},
  };
  state::Chain chain{};
  out.bytes = state::journal_start(sample_header(), chain);
  out.ends.push_back(out.bytes.size());
  for (const auto& append : out.appends) {
    out.bytes += state::encode_frames(append, chain).value();
    out.ends.push_back(out.bytes.size());
  }
  return out;
}

// The records of the first `count` appends.
inline std::vector<state::Record> records_of(const SampleJournal& journal, std::size_t count) {
  std::vector<state::Record> out;
  for (std::size_t i = 0; i < count; ++i)
    out.insert(out.end(), journal.appends.at(i).begin(), journal.appends.at(i).end());
  return out;
}

inline bool same(const std::vector<state::Record>& left, const std::vector<state::Record>& right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i)
    if (left[i].type != right[i].type || !(left[i].payload == right[i].payload)) return false;
  return true;
}

// Whether `part` is what `whole` begins with.
inline bool is_beginning(const std::vector<state::Record>& part, const std::vector<state::Record>& whole) {
  return part.size() <= whole.size() &&
         same(part, {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(part.size())});
}

} // namespace deployctl::test
