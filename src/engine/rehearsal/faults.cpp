#include "engine/rehearsal/faults.hpp"

#include <algorithm>

namespace deployctl::engine::rehearsal {

namespace {

const FaultInfo& info(FaultKind kind) {
  return fault_table.at(static_cast<std::size_t>(kind));
}

} // namespace

std::string_view to_text(FaultKind kind) {
  return info(kind).name;
}

std::vector<Fault>::const_iterator FaultPlan::find(FaultKind kind, std::size_t crash_class) const {
  return std::find_if(faults_.begin(), faults_.end(), [&](const Fault& fault) {
    return fault.kind == kind && fault.from <= points_ && fault.behind.value_or(record_) == record_ &&
           fault.of.value_or(crash_class) == crash_class && in_turn(fault);
  });
}

bool FaultPlan::due(FaultKind kind, std::size_t crash_class) const {
  return find(kind, crash_class) != faults_.end();
}

bool FaultPlan::strikes(FaultKind kind, std::size_t crash_class) {
  const auto found = find(kind, crash_class);
  if (found == faults_.end()) return false;
  faults_.erase(found);
  return true;
}

bool FaultPlan::holds(Struck struck, std::size_t crash_class, const std::string& who) {
  const auto waits = [&](const Fault& fault) {
    const bool here = fault.of.value_or(crash_class) == crash_class;
    const bool behind = fault.behind.value_or(record_) == record_;
    if (info(fault.kind).struck != struck || !fault.behind || !(fault.early || in_turn(fault))) return false;
    return struck == Struck::swap ? !here || !behind : here && !behind;
  };
  if (std::none_of(faults_.begin(), faults_.end(), waits)) return false;
  if (held_.empty()) held_ = who;
  return held_ == who && patience_-- > 0;
}

} // namespace deployctl::engine::rehearsal
