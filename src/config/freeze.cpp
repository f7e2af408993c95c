#include "config/freeze.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <fmt/core.h>

#include "base/pattern.hpp"
#include "base/strings.hpp"

namespace deployctl::config {

namespace {

constexpr std::array<std::string_view, 7> weekdays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

const std::string* text_of(const Spanned* written) {
  return written && written->kind == Spanned::Kind::text ? &written->text : nullptr;
}

bool is_date(const std::string& year, const std::string& month, const std::string& day) {
  using namespace std::chrono;
  const auto number = [](const std::string& digits) { return static_cast<unsigned>(std::stoul(digits)); };
  return year_month_day{std::chrono::year(static_cast<int>(number(year))), std::chrono::month(number(month)),
                        std::chrono::day(number(day))}
      .ok();
}

std::optional<FreezeMoment> read_moment(const Spanned* written, Findings& findings) {
  const auto* text = text_of(written);
  if (!text) return std::nullopt;
  auto moment = parse_freeze_moment(*text);
  if (!moment)
    findings.error(
        "D0613", written->span, fmt::format("'{}' is no moment of a freeze", *text), "not a moment",
        "write a weekday and a time such as fri 16:00, or a date and a time such as 2026-12-24 18:00");
  return moment;
}

void check_zone(const Spanned* written, const std::vector<std::string>& zones, Findings& findings) {
  const auto* text = text_of(written);
  if (!text) return;
  static const auto form = Pattern::compile("[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}");
  const bool known = zones.empty() ? form && form->matches(*text)
                                   : std::find(zones.begin(), zones.end(), *text) != zones.end();
  if (!known)
    findings.error("D0611", written->span, fmt::format("unknown time zone '{}'", *text),
                   "not an IANA time zone",
                   similar_names(*text, zones).empty() ? "write an IANA name such as Europe/Berlin, or UTC"
                                                       : similar_help(*text, zones, "zone", "zones"));
}

} // namespace

std::optional<FreezeMoment> parse_freeze_moment(std::string_view text) {
  static const auto weekly =
      Pattern::compile("(mon|tue|wed|thu|fri|sat|sun) ([01][0-9]|2[0-3]):([0-5][0-9])");
  static const auto dated =
      Pattern::compile("([0-9]{4})-([0-9]{2})-([0-9]{2}) ([01][0-9]|2[0-3]):([0-5][0-9])");
  if (const auto groups = weekly->groups(text)) {
    const auto day = std::find(weekdays.begin(), weekdays.end(), groups->at(1)) - weekdays.begin();
    const int minute =
        static_cast<int>(day) * 24 * 60 + std::stoi(groups->at(2)) * 60 + std::stoi(groups->at(3));
    return FreezeMoment{.minute_of_week = minute};
  }
  const auto groups = dated->groups(text);
  if (!groups || !is_date(groups->at(1), groups->at(2), groups->at(3))) return std::nullopt;
  return FreezeMoment{.date = std::string(text)};
}

void check_freeze(const Spanned& window, const std::vector<std::string>& zones, Findings& findings) {
  check_zone(window.find("zone"), zones, findings);
  const auto* end = window.find("to");
  const auto from = read_moment(window.find("from"), findings);
  const auto to = read_moment(end, findings);
  if (!from || !to) return;
  if (*from == *to)
    findings.error("D0610", end->span, "the freeze ends when it begins", "the same moment",
                   "a window of a whole week cannot be written: remove the environment, or give it an end");
  else if (from->minute_of_week.has_value() != to->minute_of_week.has_value())
    findings.error("D0613", end->span, "the freeze mixes a weekday with a date", "not of the same kind",
                   "write both as weekdays or both as dates");
  else if (!from->minute_of_week && to->date < from->date)
    findings.error("D0610", end->span,
                   fmt::format("the freeze ends at {}, before it begins at {}", to->date, from->date),
                   "earlier than the beginning", "swap the two");
}

} // namespace deployctl::config
