#include "state/cell.hpp"

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "base/system_clock.hpp"
#include "os/file_lock.hpp"
#include "os/files.hpp"
#include "state/fields.hpp"

namespace deployctl::state {
namespace {

constexpr int cell_format = 1;
constexpr int attempts = 16;
constexpr Milliseconds patience{10'000}; // for another writer, who needs microseconds

struct StoredCell {
  std::string bytes; // empty: there is none
  std::string version;
};

Result<StoredCell> read_stored(const std::string& path) {
  auto bytes = os::read_file(path, cell_limit);
  if (!bytes && bytes.error().cause == Cause::not_found) return StoredCell{};
  if (!bytes) return fail(std::move(bytes).error());
  return StoredCell{.bytes = *bytes, .version = sha256_hex(*bytes)};
}

Result<os::FileLock> lock_for_writing(const std::string& path) {
  // Waiting for another process happens in real time, whatever clock the caller has.
  const SystemClock clock;
  DEPLOYCTL_TRY(std::optional<os::FileLock> lock, os::FileLock::acquire(path, clock, patience));
  if (!lock)
    return fail(Cause::conflict,
                fmt::format("'{}' was locked for more than {} s", path, patience.count() / 1000));
  return *std::move(lock);
}

} // namespace

Value to_value(const Cell& cell) {
  return Value::Map{{"format", cell.format},
                    {"stack", cell.stack},
                    {"epoch", cell.epoch},
                    {"holder", cell.holder ? to_value(*cell.holder) : Value()},
                    {"nonce", cell.nonce},
                    {"current_release", cell.current_release},
                    {"release_number", cell.release_number},
                    {"pending_run", cell.pending_run}};
}

Result<Cell> cell_from(const Value& value) {
  DEPLOYCTL_CHECK(check_format(value, "cell", cell_format));
  Cell cell;
  Value holder;
  Fields fields(value, "cell");
  fields.read("format", cell.format)
      .read("stack", cell.stack)
      .read("epoch", cell.epoch)
      .read("holder", holder);
  fields.read("nonce", cell.nonce).read("current_release", cell.current_release);
  fields.read("release_number", cell.release_number).read("pending_run", cell.pending_run);
  DEPLOYCTL_CHECK(fields.finish());
  if (!holder.is_null()) {
    DEPLOYCTL_TRY(cell.holder, holder_from(holder));
  }
  return cell;
}

CellFile::CellFile(std::string directory, std::string stack, Random& random)
    : directory_(std::move(directory)), stack_(std::move(stack)), random_(&random) {}

std::string CellFile::path() const {
  return directory_ + "/cell.json";
}

Result<VersionedCell> CellFile::read() const {
  DEPLOYCTL_TRY(const StoredCell stored, read_stored(path()));
  if (stored.version.empty()) return VersionedCell{.cell = {.stack = stack_}, .version = {}};
  auto cell = parse_json(stored.bytes, JsonMode::contract).and_then(cell_from);
  if (!cell) return fail(std::move(cell).error().in(fmt::format("while reading '{}'", path())));
  if (cell->stack != stack_)
    return fail(Cause::conflict,
                fmt::format("'{}' is the cell of '{}' but '{}' was expected", path(), cell->stack, stack_),
                "a state folder was copied or renamed; put the folder of this stack back");
  return VersionedCell{.cell = *std::move(cell), .version = stored.version};
}

Result<CasResult> CellFile::cas(const Cell& cell, const std::string& expected) const {
  Cell written = cell;
  written.nonce = random_hex(*random_, 16);
  DEPLOYCTL_TRY(const Swapped swapped, swap(written, expected));
  return swapped.result;
}

Result<Swapped> CellFile::swap(const Cell& cell, const std::string& expected) const {
  Cell written = cell;
  written.stack = stack_;
  const std::string bytes = to_pretty_json(to_value(written));
  if (bytes.size() > cell_limit)
    return fail(Cause::capacity, fmt::format("the cell of '{}' would be {} bytes, more than {}", stack_,
                                             bytes.size(), cell_limit));
  DEPLOYCTL_TRY(const os::FileLock lock, lock_for_writing(directory_ + "/cell.lock"));
  DEPLOYCTL_TRY(const StoredCell stored, read_stored(path()));
  if (stored.version != expected) return Swapped{CasResult::conflict, {}};
  DEPLOYCTL_CHECK(os::atomic_write(path(), bytes, 0600));
  return Swapped{CasResult::ok, sha256_hex(bytes)};
}

Result<Cell> update_cell(const CellFile& file, const std::function<Status(Cell&)>& change) {
  for (int attempt = 0; attempt < attempts; ++attempt) {
    DEPLOYCTL_TRY(VersionedCell current, file.read());
    DEPLOYCTL_CHECK(change(current.cell));
    DEPLOYCTL_TRY(const CasResult result, file.cas(current.cell, current.version));
    if (result == CasResult::ok) return current.cell;
  }
  return fail(Cause::conflict,
              fmt::format("'{}' changed {} times while it was updated", file.path(), attempts));
}

} // namespace deployctl::state
