#include "plan/fleet.hpp"

#include <algorithm>
#include <optional>

#include "base/integer.hpp"
#include "base/strings.hpp"

namespace deployctl::plan {
namespace {

bool stands_alike(const FleetRow& left, const FleetRow& right) {
  // To the minute: hosts that were changed in one wave show one row.
  const auto minute = [](const std::string& time) { return std::string_view(time).substr(0, 16); };
  return left.state.now == right.state.now && minute(left.state.since) == minute(right.state.since) &&
         left.state.condition == right.state.condition && left.state.is_memory == right.state.is_memory &&
         left.state.blocked == right.state.blocked && left.action == right.action &&
         left.summary == right.summary && left.unreachable == right.unreachable;
}

// A name as text, number, text: "web-04.example.com" -> "web-", "04", ".example.com".
struct Numbered {
  std::string_view before;
  std::string_view digits;
  std::string_view after;
};

// All ways to see one of the name's numbers as the one that runs.
std::vector<Numbered> numbers_in(std::string_view name) {
  std::vector<Numbered> found;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!is_digit(name[i])) continue;
    const std::size_t begin = i;
    while (i < name.size() && is_digit(name[i])) ++i;
    found.push_back({name.substr(0, begin), name.substr(begin, i - begin), name.substr(i)});
  }
  return found;
}

// Whether `next` is `here` with the same number one higher.
bool follows(const Numbered& here, std::string_view next) {
  const auto value = parse_integer<std::uint64_t>(here.digits);
  if (!value) return false;
  std::string digits = std::to_string(*value + 1);
  if (digits.size() < here.digits.size()) digits.insert(0, here.digits.size() - digits.size(), '0');
  return next == std::string(here.before) + digits + std::string(here.after);
}

// The number of `name` in the same place as `like` has it.
Numbered same_place(const Numbered& like, std::string_view name) {
  const std::size_t length = name.size() - like.before.size() - like.after.size();
  return {name.substr(0, like.before.size()), name.substr(like.before.size(), length),
          name.substr(name.size() - like.after.size())};
}

// How many names, from the first on, are one run of the number in `first`.
std::size_t run_length(const Numbered& first, std::span<const std::string> names) {
  Numbered here = first;
  std::size_t length = 1;
  while (length < names.size() && follows(here, names[length])) here = same_place(first, names[length++]);
  return length;
}

} // namespace

std::vector<FleetRow> fleet_of(const PlannedStep& step) {
  std::vector<FleetRow> rows;
  for (const PlannedTarget& target : step.targets)
    rows.push_back({.hosts = {target.target.name},
                    .state = state_in(target.facts),
                    .action = target.change.action,
                    .summary = target.change.summary,
                    .waves = {},
                    .unreachable = target.unreachable});
  for (std::size_t wave = 0; wave < step.waves.size(); ++wave)
    for (const std::size_t index : step.waves[wave])
      if (index < rows.size()) rows[index].waves.push_back(wave + 1);
  return rows;
}

std::vector<FleetRow> collapsed(std::vector<FleetRow> rows) {
  std::vector<FleetRow> result;
  for (FleetRow& row : rows) {
    const auto same =
        std::ranges::find_if(result, [&](const FleetRow& other) { return stands_alike(other, row); });
    if (same == result.end()) {
      result.push_back(std::move(row));
      continue;
    }
    same->hosts.insert(same->hosts.end(), row.hosts.begin(), row.hosts.end());
    same->waves.insert(same->waves.end(), row.waves.begin(), row.waves.end());
    std::ranges::sort(same->waves);
    same->waves.erase(std::unique(same->waves.begin(), same->waves.end()), same->waves.end());
  }
  return result;
}

bool has_states(const PlannedStep& step) {
  return std::ranges::any_of(step.targets, [](const PlannedTarget& target) {
    return target.target.host && state_in(target.facts) != HostState{};
  });
}

std::string host_names(const std::vector<std::string>& names) {
  constexpr std::size_t shortest_run = 3;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < names.size();) {
    const std::span<const std::string> rest = std::span(names).subspan(i);
    std::size_t best = 1;
    std::string text = names[i];
    for (const Numbered& number : numbers_in(names[i]))
      if (const std::size_t length = run_length(number, rest); length >= shortest_run && length > best) {
        best = length;
        const Numbered last = same_place(number, rest[length - 1]);
        text = std::string(number.before) + std::string(number.digits) + ".." + std::string(last.digits) +
               std::string(number.after);
      }
    parts.push_back(std::move(text));
    i += best;
  }
  return join(parts, ", ");
}

std::vector<Blocked> blocked_targets(const Content& content) {
  std::vector<Blocked> blocked;
  for (const PlannedStep& step : content.steps)
    for (const PlannedTarget& target : step.targets) {
      if (target.change.action == Action::none) continue;
      for (const std::string& why : state_in(target.facts).blocked)
        blocked.push_back({.step = step.id, .host = target.target.name, .why = why});
    }
  return blocked;
}

} // namespace deployctl::plan
