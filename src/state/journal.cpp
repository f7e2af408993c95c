#include "state/journal.hpp"

#include <fmt/core.h>

#include "os/files.hpp"

namespace deployctl::state {
namespace {

constexpr std::size_t journal_limit = 1U << 30; // bytes read into memory

Result<std::string> read_bytes(const std::string& path) {
  return os::read_file(path, journal_limit);
}

Error naming(const std::string& path, Error error) {
  return std::move(error).in(fmt::format("while reading the journal '{}'", path));
}

} // namespace

JournalWriter::JournalWriter(std::unique_ptr<os::AppendFile> file, Chain chain)
    : file_(std::move(file)), chain_(chain) {}

Result<std::unique_ptr<JournalWriter>> JournalWriter::create(const std::string& path,
                                                             const JournalHeader& header) {
  Chain chain{};
  const std::string start = journal_start(header, chain);
  DEPLOYCTL_TRY(std::unique_ptr<os::AppendFile> file, os::create_append_file(path, start));
  return std::make_unique<JournalWriter>(std::move(file), chain);
}

Result<std::unique_ptr<JournalWriter>> JournalWriter::resume(const std::string& path) {
  DEPLOYCTL_TRY(const std::string bytes, read_bytes(path));
  const auto content = decode_journal(bytes);
  if (!content) return fail(naming(path, content.error()));
  if (content->newer)
    return fail(Cause::conflict,
                fmt::format("the journal '{}' was written by version {}, which knows more records", path,
                            content->header.tool),
                "resume it with that version or a newer one");
  if (content->torn)
    DEPLOYCTL_CHECK(
        os::atomic_write(path + ".torn", bytes.substr(content->torn->offset, content->torn->bytes), 0600));
  DEPLOYCTL_TRY(std::unique_ptr<os::AppendFile> file, os::continue_append_file(path, content->end));
  return std::make_unique<JournalWriter>(std::move(file), content->chain);
}

Status JournalWriter::append(const std::vector<Record>& records) {
  const std::lock_guard lock(mutex_);
  if (broken_) return fail(*broken_);
  if (!file_) return fail(Cause::internal, "the journal is finished");
  Chain chain = chain_;
  DEPLOYCTL_TRY(const std::string bytes, encode_frames(records, chain));
  Status written = file_->append(bytes);
  if (written) written = file_->sync();
  if (!written) {
    broken_ = std::move(written).error().in("while writing the journal");
    return fail(*broken_);
  }
  chain_ = chain;
  return {};
}

Status JournalWriter::append(RecordType type, Value payload) {
  return append(std::vector<Record>{Record{type, std::move(payload)}});
}

Status JournalWriter::reserve(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  if (broken_) return fail(*broken_);
  if (!file_) return fail(Cause::internal, "the journal is finished");
  Status reserved = file_->reserve(bytes);
  if (reserved) return {};
  Error error = std::move(reserved).error().in("while making room in the journal");
  if (error.cause != Cause::capacity) broken_ = error;
  return fail(std::move(error));
}

Status JournalWriter::finish() {
  const std::lock_guard lock(mutex_);
  if (broken_) return fail(*broken_);
  if (!file_) return {};
  const std::unique_ptr<os::AppendFile> file = std::move(file_);
  return file->finish();
}

std::optional<Error> JournalWriter::broken() const {
  const std::lock_guard lock(mutex_);
  return broken_;
}

Result<JournalContent> salvage_journal(const std::string& path) {
  DEPLOYCTL_TRY(const std::string bytes, read_bytes(path));
  return salvage_journal_bytes(bytes);
}

Result<JournalContent> read_journal(const std::string& path) {
  DEPLOYCTL_TRY(const std::string bytes, read_bytes(path));
  return decode_journal(bytes).map_error([&](Error error) { return naming(path, std::move(error)); });
}

} // namespace deployctl::state
