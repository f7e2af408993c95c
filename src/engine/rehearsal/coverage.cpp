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
  std::string_view records;
  std::string_view faults;
  std::string_view classes;
  std::string_view why;
};

constexpr std::string_view of_controllers = " crash second jump pause disk swap int abandon host drift late ";
constexpr std::string_view of_requests = " slow lost twice refused failed ";
constexpr std::string_view of_stages = " slow lost twice refused failed unready ";
constexpr std::string_view of_steps = " slow lost twice refused failed unready gate frozen unapproved ";

constexpr std::array argued_table = {
    Argued{"", of_steps, "r", "a fault of a stage or a step has that one's class"},
    Argued{"", " twice ", "x", "what cannot be found again is not sent again by any transport"},
    Argued{"", " unready ", "ox", "only resources are waited for"},
    Argued{" header run_begin approval blobs signal lease_lost run_end committed ", of_controllers, "odkmx",
           "a record of the run"},
    Argued{" intent outcome gate step_done compensate_begin ", of_controllers, "r", "a record of a step"},
    Argued{" remote_id ", of_controllers, "odxr", "only keyed and marked work names its operation"},
    Argued{" undo ready ", of_controllers, "oxr",
           "only resources keep what takes them back, or are waited for"},
    Argued{" compensate_end ", of_controllers, "or", "without an effect there is nothing to take back"},
    Argued{" approval ", "", "", "in the middle of one write with run_begin"},
    Argued{" header blobs ", " disk ", "", "one write with run_begin"},
    Argued{" header run_end committed ", " int abandon ", "", "nothing is under way"},
    Argued{" header run_end committed ", of_steps, "", "nothing is under way"},
    Argued{" run_begin blobs ", of_stages, "", "an intent comes first"},
    Argued{" run_begin blobs ", " gate ", "dkmx", "an intent comes first"},
    Argued{" lease_lost ", of_requests, "", "nothing starts without the lock"},
    Argued{
        " run_begin intent remote_id undo outcome ready gate step_done decision approval signal lease_lost "
        "compensate_begin compensate_end blobs run_end committed ",
        " late ", "", "who has just taken the lock has no record yet"},
};

const Argued* argued(const state::RecordTypeInfo& record, const FaultInfo& fault, std::size_t crash_class) {
  const std::string name = fmt::format(" {} ", fault.name);
  const std::string behind = fmt::format(" {} ", record.name);
  const auto fits = [&](const Argued& each) {
    return (each.records.empty() || each.records.find(behind) != std::string_view::npos) &&
           (each.faults.empty() || each.faults.find(name) != std::string_view::npos) &&
           (each.classes.empty() || each.classes.find(letters[crash_class]) != std::string_view::npos);
  };
  const auto found = std::find_if(argued_table.begin(), argued_table.end(), fits);
  return found == argued_table.end() ? nullptr : &*found;
}

template <class Visit>
void each_cell(const Visit& visit) {
  for (const auto& record : state::record_types)
    for (const FaultInfo& fault : fault_table)
      for (std::size_t each = 0; each < Coverage::classes; ++each)
        visit(Cell{record.type, fault.kind, each}, argued(record, fault, each) != nullptr);
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
    out += fmt::format(" {}x{}x {}: {}\n", each.records.empty() ? " any " : each.records,
                       each.faults.empty() ? " any " : each.faults,
                       each.classes.empty() ? "any" : each.classes, each.why);
  return out;
}

std::string to_text(const Cell& cell) {
  return fmt::format("{} x {} x {}", state::find_record_type(cell.record)->name, to_text(cell.fault),
                     class_names.at(cell.crash_class));
}

std::vector<Cell> Coverage::cells() {
  std::vector<Cell> out;
  each_cell([&](const Cell& cell, bool impossible) {
    if (!impossible) out.push_back(cell);
  });
  return out;
}

std::vector<Cell> Coverage::holes() const {
  std::vector<Cell> out;
  each_cell([&](const Cell& cell, bool impossible) {
    if (!impossible && !seen(cell)) out.push_back(cell);
  });
  return out;
}

std::vector<Cell> Coverage::surprises() const {
  std::vector<Cell> out;
  each_cell([&](const Cell& cell, bool impossible) {
    if (impossible && seen(cell)) out.push_back(cell);
  });
  return out;
}

} // namespace deployctl::engine::rehearsal
