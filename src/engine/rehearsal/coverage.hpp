// Which faults have struck behind which journal record, by crash class: what a number of seeds has tried.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <deployctl/intent.hpp>

#include "engine/rehearsal/faults.hpp"
#include "state/journal_format.hpp"

namespace deployctl::engine::rehearsal {

struct Cell {
  state::RecordType record = state::RecordType::header;
  FaultKind fault = FaultKind::crash;
  std::size_t crash_class = 0;
};

std::string to_text(const Cell& cell); // "undo x crash x observe"

class Coverage {
public:
  static constexpr std::size_t classes = 6; // the five crash classes, and records of no step
  static constexpr std::size_t of_the_run = 5;
  static std::string_view class_name(std::size_t crash_class);

  void add(state::RecordType record, FaultKind fault, std::size_t crash_class) {
    ++counts_.at(static_cast<std::size_t>(record)).at(static_cast<std::size_t>(fault)).at(crash_class);
  }
  void add(const Coverage& other);
  [[nodiscard]] bool seen(const Cell& cell) const {
    return count(cell.record, cell.fault, cell.crash_class) > 0;
  }
  [[nodiscard]] std::uint64_t count(state::RecordType record, FaultKind fault,
                                    std::size_t crash_class) const {
    return counts_.at(static_cast<std::size_t>(record)).at(static_cast<std::size_t>(fault)).at(crash_class);
  }

  // A table of record types by faults; a cell names the classes seen, '-' stands for one argued impossible.
  [[nodiscard]] std::string text() const;
  // All that nobody argued impossible, in the order of the table.
  static std::vector<Cell> cells();
  // Neither seen nor argued impossible.
  [[nodiscard]] std::vector<Cell> holes() const;
  // Argued impossible, and seen.
  [[nodiscard]] std::vector<Cell> surprises() const;

private:
  using Row = std::array<std::array<std::uint64_t, classes>, fault_table.size()>;
  std::array<Row, state::record_types.size()> counts_{};
};

} // namespace deployctl::engine::rehearsal
