#include "engine/rehearsal/coverage.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace deployctl::engine::rehearsal {

namespace {

constexpr std::array<std::string_view, Coverage::classes> class_names = {"observe", "declarative", "keyed",
                                                                         "marked",  "opaque",      "run"};
constexpr std::string_view letters = "odkmxr";

// What cannot happen, and why. Empty records, faults or classes: all of them.
struct Argued {
  std::string_view record;
  std::string_view faults;
  std::string_view classes;
  std::string_view why;
};

constexpr std::array argued_table = {
    Argued{"", " slow lost twice refused failed unready gate frozen unapproved ", "r",
           "a fault of a stage or a step has that one's class"},
    Argued{"", " twice ", "x", "what cannot be found again is not sent again by any transport"},
    Argued{"", " unready ", "ox", "only resources are waited for"},
    Argued{"header", "", "odkmx", "no stage has begun"},
    Argued{"header", " slow lost twice refused failed unready gate frozen unapproved disk ", "",
           "no stage has begun; the header is one write with run_begin"},
    Argued{"approval", "", "", "one write with run_begin"},
    Argued{"blobs", "", "", "one write with run_begin"},
    Argued{"run_begin", "", "odkmx", "a record of the run"},
    Argued{"run_begin", " slow lost twice refused failed unready ", "", "an intent comes first"},
    Argued{"signal", "", "odkmx", "a record of the run"},
    Argued{"signal", " frozen unapproved ", "", "no leave is asked for once nothing starts"},
    Argued{"lease_lost", "", "odkmx", "a record of the run"},
    Argued{"lease_lost", " slow lost twice refused failed gate unready frozen unapproved ", "",
           "nothing starts without the lock"},
    Argued{"run_end", "", "odkmx", "a record of the run"},
    Argued{"run_end", " slow lost twice refused failed unready gate frozen unapproved ", "",
           "nothing runs any more"},
    Argued{"committed", "", "odkmx", "a record of the run"},
    Argued{"committed", " slow lost twice refused failed unready gate frozen unapproved ", "",
           "nothing runs any more"},
    Argued{"remote_id", "", "odxr", "only keyed and marked work names its operation"},
    Argued{"undo", "", "oxr", "only resources keep what takes them back"},
    Argued{"ready", "", "oxr", "only resources are waited for"},
    Argued{"compensate_end", "", "or", "without an effect there is nothing to take back"},
    Argued{"intent", "", "r", "a record of a stage"},
    Argued{"outcome", "", "r", "a record of a stage"},
    Argued{"gate", "", "r", "a record of a step"},
    Argued{"step_done", "", "r", "a record of a step"},
    Argued{"compensate_begin", "", "r", "a record of a step"},
};

const Argued* argued(const state::RecordTypeInfo& record, const FaultInfo& fault, std::size_t crash_class) {
  const std::string name = fmt::format(" {} ", fault.name);
  const auto fits = [&](const Argued& each) {
    return (each.record.empty() || each.record == record.name) &&
           (each.faults.empty() || each.faults.find(name) != std::string_view::npos) &&
           (each.classes.empty() || each.classes.find(letters[crash_class]) != std::string_view::npos);
  };
  const auto found = std::find_if(argued_table.begin(), argued_table.end(), fits);
  return found == argued_table.end() ? nullptr : &*found;
}

} // namespace

std::string_view Coverage::class_name(std::size_t crash_class) {
  return class_names.at(crash_class);
}

void Coverage::add(const Coverage& other) {
  for (std::size_t record = 0; record < counts_.size(); ++record)
    for (std::size_t fault = 0; fault < fault_table.size(); ++fault)
      for (std::size_t each = 0; each < classes; ++each)
        counts_[record][fault][each] += other.counts_[record][fault][each];
}

std::string Coverage::text() const {
  std::string out = fmt::format("{:<17}", "");
  for (const FaultInfo& fault : fault_table) out += fmt::format("{:<11}", fault.name);
  for (const auto& record : state::record_types) {
    out += fmt::format("\n{:<17}", record.name);
    for (const FaultInfo& fault : fault_table) {
      std::string cell;
      for (std::size_t each = 0; each < classes; ++each) {
        if (count(record.type, fault.kind, each) > 0)
          cell += letters[each];
        else if (!argued(record, fault, each))
          cell += '?';
      }
      out += fmt::format("{:<11}", cell.empty() ? "-" : cell);
    }
  }
  out += "\n\no observe, d declarative, k keyed, m marked, x opaque, r the run; - impossible:\n";
  for (const Argued& each : argued_table)
    out += fmt::format("  {}{}{}: {}\n", each.record.empty() ? "any" : each.record,
                       each.faults.empty() ? "" : " x", each.faults, each.why);
  return out;
}

std::vector<std::string> Coverage::holes() const {
  std::vector<std::string> out;
  for (const auto& record : state::record_types)
    for (const FaultInfo& fault : fault_table)
      for (std::size_t each = 0; each < classes; ++each)
        if (count(record.type, fault.kind, each) == 0 && !argued(record, fault, each))
          out.push_back(fmt::format("{} x {} x {}", record.name, fault.name, class_names[each]));
  return out;
}

} // namespace deployctl::engine::rehearsal
