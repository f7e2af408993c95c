// The journal of one run: append-only, durable when append() returns, readable after a kill at any byte.
// Typed records and what they mean are the engine's; the bytes are journal_format.hpp.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "os/append_file.hpp"
#include "state/journal_format.hpp"

namespace deployctl::state {

// Thread-safe. After the first failed write it is broken: every later append gives that error again, for a
// file whose fsync failed cannot be trusted with a retry.
class JournalWriter {
public:
  // The file must not exist. Durable, its folder entry too, when this returns; reserves space, so that a full
  // disk is found before the first effect.
  static Result<std::unique_ptr<JournalWriter>> create(const std::string& path, const JournalHeader& header);
  // Goes on with the journal of a dead run. A torn tail is copied to "<path>.torn" and cut off. Refuses newer
  // formats.
  static Result<std::unique_ptr<JournalWriter>> resume(const std::string& path);
  // Over any file that already holds journal_start(); for tests that inject faults.
  JournalWriter(std::unique_ptr<os::AppendFile> file, Chain chain);

  // One write and one sync for all of them. A kill in between leaves any first part of them, the rest is a
  // torn tail.
  Status append(const std::vector<Record>& records);
  Status append(RecordType type, Value payload);
  // Room for this many more bytes, so that later appends find it on a full disk. A refusal of the disk breaks
  // nothing.
  Status reserve(std::uint64_t bytes);
  // Gives reserved space back. Appending afterwards is an error.
  Status finish();

  [[nodiscard]] std::optional<Error> broken() const;

private:
  mutable std::mutex mutex_;
  std::unique_ptr<os::AppendFile> file_; // guarded by mutex_, like the rest
  Chain chain_;
  std::optional<Error> broken_;
};

// not_found when there is no such file; config, naming the offset, when it is damaged.
Result<JournalContent> read_journal(const std::string& path);
// What a damaged one still tells.
Result<JournalContent> salvage_journal(const std::string& path);

} // namespace deployctl::state
