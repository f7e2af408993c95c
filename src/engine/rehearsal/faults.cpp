#include "engine/rehearsal/faults.hpp"

#include <algorithm>

namespace deployctl::engine::rehearsal {

std::string_view to_text(FaultKind kind) {
  return fault_table.at(static_cast<std::size_t>(kind)).name;
}

bool FaultPlan::strikes(FaultKind kind) {
  const auto due = [&](const Fault& fault) {
    return fault.kind == kind && fault.from <= points_ && fault.behind.value_or(record_) == record_;
  };
  const auto found = std::find_if(faults_.begin(), faults_.end(), due);
  if (found == faults_.end()) return false;
  faults_.erase(found);
  return true;
}

} // namespace deployctl::engine::rehearsal
