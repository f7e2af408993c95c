// The one compare-and-swap cell of a stack: all that two runs must agree on. Everything else is immutable or
// a copy. Two calls, read and cas, so that later backends (git, s3) can be the same thing elsewhere.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <deployctl/ports/clock.hpp>
#include <deployctl/result.hpp>

#include "state/holder.hpp"

namespace deployctl::state {

struct Cell {
  int format = 1;
  std::string stack;      // "hello/production"
  std::int64_t epoch = 0; // rises with every new holder; a lower one is fenced off
  std::optional<Holder> holder;
  std::string nonce;               // random, new with every write: tells our write from an equal one
  std::string current_release;     // ULID; empty: nothing was released yet
  std::int64_t release_number = 0; // of current_release; the next one is this + 1
  std::string pending_run;         // ULID of a run that has begun and is not committed; empty: none

  friend bool operator==(const Cell&, const Cell&) = default;
};

Value to_value(const Cell& cell);
Result<Cell> cell_from(const Value& value); // newer formats refused

struct VersionedCell {
  Cell cell;
  std::string version; // opaque; empty: there is no cell yet
};

// unknown: no answer came; it may or may not have happened.
enum class CasResult { ok, conflict, unknown };

struct Swapped {
  CasResult result = CasResult::unknown;
  std::string version; // of what was written, when ok
};

inline constexpr std::size_t cell_limit = 64U << 10; // bytes of its JSON

// Where a stack's cell is kept. After an error of `swap` it may have been written: it is like unknown.
class CellStore {
public:
  virtual ~CellStore() = default;
  [[nodiscard]] virtual Result<VersionedCell> read() const = 0;
  // Writes `cell`, nonce and all, if the version is still `expected`; durable when ok.
  [[nodiscard]] virtual Result<Swapped> swap(const Cell& cell, const std::string& expected) const = 0;
};

class CellFile final : public CellStore {
public:
  CellFile(std::string directory, std::string stack, Random& random);

  [[nodiscard]] std::string path() const;

  // A stack that was never used has an empty cell with version "". Conflict when the file is another stack's.
  [[nodiscard]] Result<VersionedCell> read() const override;
  [[nodiscard]] Result<Swapped> swap(const Cell& cell, const std::string& expected) const override;
  // The same with a new nonce.
  [[nodiscard]] Result<CasResult> cas(const Cell& cell, const std::string& expected) const;

private:
  std::string directory_;
  std::string stack_;
  Random* random_; // not owned; a pointer, so that guards of locks can move
};

// Reads, changes and swaps until it fits, at most 16 times. `change` may refuse with an error.
Result<Cell> update_cell(const CellFile& file, const std::function<Status(Cell&)>& change);

} // namespace deployctl::state
