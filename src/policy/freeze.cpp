#include "policy/freeze.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/core.h>

#include "policy/zone.hpp"

namespace deployctl::policy {

namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int minutes_of_day = 24 * 60;
constexpr std::size_t most_windows_in_a_row = 400; // a year of weekends and days between them

struct Interval {
  WallTime from;
  WallTime to;

  [[nodiscard]] bool holds(WallTime instant) const { return from <= instant && instant < to; }
};

// "2026-12-24 18:00", checked when it was read.
LocalTime moment_of(const std::string& date) {
  const auto number = [&](std::size_t at, std::size_t count) { return std::stoi(date.substr(at, count)); };
  const std::chrono::year_month_day day{std::chrono::year(number(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  const auto time = std::chrono::sys_days(day) + std::chrono::hours(number(11, 2)) + minutes(number(14, 2));
  return {time.time_since_epoch()};
}

// The Monday 00:00 at or before it.
LocalTime start_of_week(LocalTime local) {
  const auto day = std::chrono::floor<days>(local.since_1970);
  const auto weekday = std::chrono::weekday(std::chrono::sys_days(day)).iso_encoding() - 1;
  return {day - days(weekday)};
}

std::optional<Interval> weekly(const config::FreezeWindow& window, const Zone& zone, WallTime instant) {
  const LocalTime monday = start_of_week(zone.local(instant));
  const minutes from(*window.from.minute_of_week);
  minutes length = minutes(*window.to.minute_of_week) - from;
  if (length.count() <= 0) length += days(7);
  for (const int week : {-1, 0, 1}) { // the next one too: clocks may go back over midnight
    const seconds begin = monday.since_1970 + days(7 * week) + from;
    const Interval interval{zone.earliest({begin}), zone.latest({begin + length})};
    if (interval.holds(instant)) return interval;
  }
  return std::nullopt;
}

std::optional<Interval> holding(const config::FreezeWindow& window, const Zone& zone, WallTime instant) {
  if (window.from.minute_of_week) return weekly(window, zone, instant);
  const Interval interval{zone.earliest(moment_of(window.from.date)), zone.latest(moment_of(window.to.date))};
  return interval.holds(instant) ? std::optional(interval) : std::nullopt;
}

std::string moment_text(const config::FreezeMoment& moment) {
  constexpr std::array<std::string_view, 7> weekdays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  if (!moment.minute_of_week) return moment.date;
  const int minute = *moment.minute_of_week;
  return fmt::format("{} {:02}:{:02}", weekdays.at(static_cast<std::size_t>(minute / minutes_of_day)),
                     minute % minutes_of_day / 60, minute % 60);
}

struct Held {
  const config::FreezeWindow* window = nullptr;
  WallTime to;
};

// The window that lasts longest of those the instant is in.
Result<std::optional<Held>> longest_at(const std::vector<config::FreezeWindow>& windows, WallTime instant) {
  std::optional<Held> longest;
  for (const config::FreezeWindow& window : windows) {
    DEPLOYCTL_TRY(const Zone zone, Zone::find(window.zone));
    const auto interval = holding(window, zone, instant);
    if (interval && (!longest || interval->to > longest->to)) longest = Held{&window, interval->to};
  }
  return longest;
}

} // namespace

Result<std::optional<Frozen>> frozen_at(const std::vector<config::FreezeWindow>& windows, WallTime instant) {
  DEPLOYCTL_TRY(auto held, longest_at(windows, instant));
  if (!held) return std::nullopt;
  const config::FreezeWindow& first = *held->window;
  Frozen frozen{.until = std::nullopt,
                .window =
                    fmt::format("{} to {} {}", moment_text(first.from), moment_text(first.to), first.zone),
                .reason = first.reason};
  for (std::size_t i = 0; i < most_windows_in_a_row; ++i) {
    const WallTime end = held->to;
    DEPLOYCTL_TRY(held, longest_at(windows, end));
    if (held) continue;
    frozen.until = end;
    return frozen;
  }
  return frozen;
}

std::string to_text(const Frozen& frozen) {
  return fmt::format("frozen {} by '{}'{}",
                     frozen.until ? "until " + format_time(*frozen.until) : std::string("without an end"),
                     frozen.window, frozen.reason.empty() ? "" : ": " + frozen.reason);
}

} // namespace deployctl::policy
