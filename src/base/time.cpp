#include "base/time.hpp"

#include <array>
#include <charconv>

#include <fmt/core.h>

namespace deployctl {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

tl::unexpected<Error> not_a_time(std::string_view text) {
  return fail(Cause::config, "'" + std::string(text) + "' is not a time", "write it as 2026-03-14T09:26:53Z");
}

// Reads fixed-width fields one after the other; any mismatch makes `good` false and stays so.
class Fields {
public:
  explicit Fields(std::string_view text) : rest_(text) {}

  int number(std::size_t width, int least, int most) {
    int value = 0;
    const std::string_view digits = rest_.substr(0, width);
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool all =
        digits.size() == width && code == std::errc() && end == digits.data() + width && digits[0] != '-';
    good_ = good_ && all && value >= least && value <= most;
    rest_.remove_prefix(digits.size());
    return value;
  }

  char one_of(std::string_view choices) {
    const char found = rest_.empty() ? '\0' : rest_.front();
    good_ = good_ && found != '\0' && choices.find(found) != std::string_view::npos;
    if (!rest_.empty()) rest_.remove_prefix(1);
    return found;
  }

  int optional_milliseconds() {
    if (!rest_.starts_with('.')) return 0;
    rest_.remove_prefix(1);
    const std::size_t count = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    good_ = good_ && count > 0;
    int value = 0;
    for (std::size_t i = 0; i < 3; ++i) value = value * 10 + (i < count ? rest_[i] - '0' : 0);
    rest_.remove_prefix(count);
    return value;
  }

  [[nodiscard]] bool good_to_the_end() const { return good_ && rest_.empty(); }

private:
  std::string_view rest_;
  bool good_ = true;
};

minutes parse_offset(Fields& fields) {
  const char sign = fields.one_of("Zz+-");
  if (sign != '+' && sign != '-') return minutes(0);
  const int hour = fields.number(2, 0, 23);
  fields.one_of(":");
  const minutes offset = hours(hour) + minutes(fields.number(2, 0, 59));
  return sign == '-' ? -offset : offset;
}

} // namespace

std::string format_time(WallTime time) {
  const auto instant = std::chrono::floor<Milliseconds>(time);
  const auto day = std::chrono::floor<days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<Milliseconds> clock(instant - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

// The system clock counts nanoseconds in 64 bits, which end in April 2262.
static constexpr int last_year = 2261;

Result<WallTime> parse_time(std::string_view text) {
  Fields fields(text);
  const std::chrono::year year(fields.number(4, 1970, last_year));
  fields.one_of("-");
  const std::chrono::month month(static_cast<unsigned>(fields.number(2, 1, 12)));
  fields.one_of("-");
  const std::chrono::day day(static_cast<unsigned>(fields.number(2, 1, 31)));
  fields.one_of("Tt ");
  Milliseconds clock = hours(fields.number(2, 0, 23));
  fields.one_of(":");
  clock += minutes(fields.number(2, 0, 59));
  fields.one_of(":");
  clock += seconds(fields.number(2, 0, 60)); // 60: a leap second, taken as the next second
  clock += Milliseconds(fields.optional_milliseconds());
  const minutes offset = parse_offset(fields);
  const std::chrono::year_month_day date(year, month, day);
  if (!fields.good_to_the_end() || !date.ok()) return not_a_time(text);
  return WallTime(std::chrono::sys_days(date)) + clock - offset;
}

std::string format_age(Milliseconds age) {
  struct Unit {
    Milliseconds length;
    std::string_view name;
  };
  static constexpr std::array<Unit, 4> units = {
      {{days(1), "d"}, {hours(1), "h"}, {minutes(1), "min"}, {seconds(1), "s"}}};
  for (std::size_t i = 0; i < units.size(); ++i) {
    const Unit& unit = units.at(i);
    if (age < unit.length) continue;
    std::string text = fmt::format("{} {}", age / unit.length, unit.name);
    if (i + 1 == units.size()) return text;
    const Unit& next = units.at(i + 1);
    const auto rest = age % unit.length / next.length;
    return rest == 0 ? text : fmt::format("{} {} {}", text, rest, next.name);
  }
  return "0 s";
}

} // namespace deployctl
