// The bytes of a journal: record types, frames and what reading them finds. Pure; docs/journal-format.md is
// its text. Writing durably is journal.hpp; what a run's records mean is the engine's.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

namespace deployctl::state {

// Numbers are on disk: never reused, at most 127.
enum class RecordType : std::uint8_t {
  header = 0,
  run_begin = 1,
  intent = 2,
  remote_id = 3,
  undo = 4,
  outcome = 5,
  ready = 6,
  gate = 7,
  step_done = 8,
  decision = 9,
  approval = 10,
  signal = 11,
  lease_lost = 12,
  compensate_begin = 13,
  compensate_end = 14,
  blobs = 15,
  run_end = 16,
  committed = 17,
};

struct RecordTypeInfo {
  RecordType type;
  std::string_view name;
  std::string_view help;
};

inline constexpr std::array<RecordTypeInfo, 18> record_types = {{
    {RecordType::header, "header", "first record: format, run, stack, tool, plan digest, epoch"},
    {RecordType::run_begin, "run_begin", "the run is durable: plan, who, from where; effects may follow"},
    {RecordType::intent, "intent", "one stage on one target is about to have an effect"},
    {RecordType::remote_id, "remote_id", "the target named its operation"},
    {RecordType::undo, "undo", "what takes the effect back"},
    {RecordType::outcome, "outcome", "how a stage on a target ended, with its outputs or its error"},
    {RecordType::ready, "ready", "a target became ready, or did not in time"},
    {RecordType::gate, "gate", "a gate's verdict with its evidence"},
    {RecordType::step_done, "step_done", "a step ended, with its outputs"},
    {RecordType::decision, "decision", "a person, or a rule in their place, decided how to go on"},
    {RecordType::approval, "approval", "who approved which digest, and how"},
    {RecordType::signal, "signal", "an interrupt arrived"},
    {RecordType::lease_lost, "lease_lost", "the lock is no longer ours; nothing new starts"},
    {RecordType::compensate_begin, "compensate_begin", "taking back what this run changed begins"},
    {RecordType::compensate_end, "compensate_end", "what was taken back and what was not"},
    {RecordType::blobs, "blobs", "digests of the files this run needs, all stored"},
    {RecordType::run_end, "run_end", "outcome and exit code of the run"},
    {RecordType::committed, "committed", "the stack's cell names the result; nothing is pending"},
}};

// nullptr for a number of a newer version.
const RecordTypeInfo* find_record_type(RecordType type);

struct Record {
  RecordType type = RecordType::header;
  Value payload; // a map; references and fingerprints, never the bytes of a secret
};

// What the first record holds.
struct JournalHeader {
  int format = 1;
  std::string run;         // ULID
  std::string stack;       // "hello/production"
  std::string tool;        // version that writes it
  std::string plan_digest; // empty for a run without a plan
  std::int64_t epoch = 0;  // of the stack's cell
  std::string created_at;  // RFC 3339, UTC
};

Value to_value(const JournalHeader& header);
Result<JournalHeader> journal_header_from(const Value& value);

inline constexpr int journal_format = 1;
inline constexpr std::size_t frame_limit = 16U << 20; // bytes of one payload

// The hash chain over all frames so far; the next frame continues it.
using Chain = std::array<unsigned char, 32>;

std::string journal_start(const JournalHeader& header, Chain& chain);
// The frames of one append, in order; advances `chain`. Cause::config when a payload is no map or too large.
Result<std::string> encode_frames(const std::vector<Record>& records, Chain& chain);

struct TornTail {
  std::uint64_t offset = 0; // where the last complete record ends
  std::uint64_t bytes = 0;  // from there to the last byte that is not zero
};

struct JournalContent {
  JournalHeader header;
  std::vector<Record> records;  // without the header
  std::optional<TornTail> torn; // a write that did not complete; none: the end is clean
  bool newer = false;           // of a newer format or with unknown record types: may be shown, not resumed
  std::uint64_t end = 0;        // one past the last complete frame
  Chain chain{};
};

// Cause::config, naming the offset, when bytes that were durable once are not what was written.
Result<JournalContent> decode_journal(std::string_view bytes);
// The records before the damage; for people to read, never to go on from.
Result<JournalContent> salvage_journal_bytes(std::string_view bytes);

} // namespace deployctl::state
