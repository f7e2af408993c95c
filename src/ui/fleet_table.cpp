#include "ui/fleet_table.hpp"

#include <array>

#include "base/strings.hpp"
#include "base/time.hpp"
#include "ui/table.hpp"

namespace deployctl::ui {
namespace {

constexpr int longest_cell = 44;

std::string age_text(const std::string& since, const std::string& now) {
  const auto from = parse_time(since);
  const auto to = parse_time(now);
  if (!from || !to) return "-";
  return format_age(std::chrono::duration_cast<Milliseconds>(*to - *from));
}

std::string now_text(const HostState& state) {
  if (state == HostState{}) return "-"; // its provider tells nothing of hosts
  const std::string name = state.now.empty() ? "nothing" : elide(one_line(state.now), longest_cell);
  if (state.is_memory) return name + " (from memory)";
  return state.condition.empty() ? name : name + "  " + elide(one_line(state.condition), longest_cell);
}

std::string change_text_of(const plan::FleetRow& row) {
  // In the order of enum Action.
  constexpr std::array<std::string_view, 6> words = {"= nothing to do", "+ create", "~ update",
                                                     "! replace",       "- remove", "> run"};
  if (!row.unreachable.empty()) return "UNREACHABLE";
  if (row.action != Action::none && !row.state.blocked.empty()) return "BLOCKED";
  return std::string(words.at(static_cast<std::size_t>(row.action)));
}

// "2", "1, 3", "2..5".
std::string batch_text(const std::vector<std::size_t>& waves) {
  if (waves.empty()) return "-";
  const bool runs = waves.size() > 2 && waves.back() - waves.front() + 1 == waves.size();
  if (runs) return std::to_string(waves.front()) + ".." + std::to_string(waves.back());
  std::vector<std::string> numbers;
  numbers.reserve(waves.size());
  for (const std::size_t wave : waves) numbers.push_back(std::to_string(wave));
  return join(numbers, ", ");
}

// What does not fit a cell: why a host is blocked or was not reached.
std::string reasons(const plan::FleetRow& row, const std::string& names, const Style& style) {
  std::string out;
  const auto line = [&](std::string_view what, const std::string& why) {
    out.append(wrap(style,
                    "    " + paint(style, Role::warning, "!") + " " + names + " " + std::string(what) + ": " +
                        one_line(why),
                    6) +
               "\n");
  };
  if (!row.unreachable.empty()) line("cannot be reached and counts as unreachable", row.unreachable);
  if (row.action != Action::none)
    for (const std::string& why : row.state.blocked) line("is blocked", why);
  return out;
}

} // namespace

std::string fleet_table(const plan::PlannedStep& step, const std::string& now, const Style& style,
                        const PlanDetail& detail) {
  if (!plan::has_states(step)) return {};
  std::vector<plan::FleetRow> rows = plan::fleet_of(step);
  if (!detail.all_hosts) rows = plan::collapsed(std::move(rows));
  Table table({"    host", "now", "since", "change", "batch"});
  std::string below;
  for (const plan::FleetRow& row : rows) {
    const std::string names = one_line(plan::host_names(row.hosts));
    table.add({"    " + names, now_text(row.state), age_text(row.state.since, now), change_text_of(row),
               batch_text(row.waves)});
    below.append(reasons(row, names, style));
  }
  return table.text(style) + below;
}

} // namespace deployctl::ui
