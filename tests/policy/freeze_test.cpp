#include <catch2/catch.hpp>

#include <random>

#include "config/freeze.hpp"
#include "policy/freeze.hpp"
#include "policy/zone.hpp"

using namespace deployctl;
using namespace deployctl::policy;
using config::FreezeWindow;

namespace {

FreezeWindow window(const std::string& from, const std::string& to, const std::string& zone = "UTC",
                    const std::string& reason = {}) {
  return {.from = config::parse_freeze_moment(from).value(),
          .to = config::parse_freeze_moment(to).value(),
          .zone = zone,
          .reason = reason};
}

bool is_frozen(const std::vector<FreezeWindow>& windows, const std::string& time) {
  return frozen_at(windows, parse_time(time).value()).value().has_value();
}

std::string until(const std::vector<FreezeWindow>& windows, const std::string& time) {
  const auto frozen = frozen_at(windows, parse_time(time).value()).value();
  return frozen && frozen->until ? format_time(*frozen->until) : "";
}

// What a clock on the wall says, without thinking about changes of clocks.
bool wall_says_frozen(const FreezeWindow& window, LocalTime local) {
  constexpr std::int64_t week = std::int64_t{7} * 24 * 60;
  // 1970-01-01 was a Thursday.
  const std::int64_t minute =
      std::chrono::floor<std::chrono::minutes>(local.since_1970).count() + 3 * 24 * 60;
  const std::int64_t now = (minute % week + week) % week;
  const int from = *window.from.minute_of_week;
  const int to = *window.to.minute_of_week;
  return from < to ? from <= now && now < to : now >= from || now < to;
}

bool clocks_change_near(const Zone& zone, WallTime instant) {
  const auto offset = [&](WallTime time) {
    return zone.local(time).since_1970 - std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
  };
  constexpr std::chrono::hours near{3};
  return offset(instant - near) != offset(instant) || offset(instant + near) != offset(instant);
}

} // namespace

TEST_CASE("freeze: a weekend that wraps the week, in its own zone") {
  const std::vector<FreezeWindow> weekend{window("fri 16:00", "mon 08:00", "Asia/Taipei", "weekend")};
  CHECK_FALSE(is_frozen(weekend, "2026-11-20T07:59:59Z"));
  CHECK(is_frozen(weekend, "2026-11-20T08:00:00Z"));
  CHECK(is_frozen(weekend, "2026-11-22T23:59:59Z"));
  CHECK_FALSE(is_frozen(weekend, "2026-11-23T00:00:00Z"));
  const auto frozen = frozen_at(weekend, parse_time("2026-11-21T12:00:00Z").value()).value();
  REQUIRE(frozen);
  CHECK(to_text(*frozen) ==
        "frozen until 2026-11-23T00:00:00.000Z by 'fri 16:00 to mon 08:00 Asia/Taipei': weekend");
}

TEST_CASE("freeze: dates hold their first minute and not their last") {
  const std::vector<FreezeWindow> holidays{window("2026-12-24 18:00", "2027-01-02 08:00", "Europe/Berlin")};
  CHECK_FALSE(is_frozen(holidays, "2026-12-24T16:59:59Z"));
  CHECK(is_frozen(holidays, "2026-12-24T17:00:00Z"));
  CHECK(is_frozen(holidays, "2027-01-02T06:59:59Z"));
  CHECK_FALSE(is_frozen(holidays, "2027-01-02T07:00:00Z"));
  CHECK_FALSE(is_frozen(holidays, "2027-12-25T12:00:00Z"));
}

TEST_CASE("freeze: an hour that the clocks show twice is frozen twice") {
  // Berlin, 2026-10-25: 03:00 CEST becomes 02:00 CET.
  const std::vector<FreezeWindow> until_half_past{window("sun 01:00", "sun 02:30", "Europe/Berlin")};
  CHECK(is_frozen(until_half_past, "2026-10-25T00:45:00Z")); // 02:45, the first time
  CHECK(is_frozen(until_half_past, "2026-10-25T01:15:00Z")); // 02:15, the second time
  CHECK_FALSE(is_frozen(until_half_past, "2026-10-25T01:30:00Z"));
  const std::vector<FreezeWindow> from_half_past{window("sun 02:30", "sun 04:00", "Europe/Berlin")};
  CHECK(is_frozen(from_half_past, "2026-10-25T00:30:00Z"));
  CHECK(is_frozen(from_half_past, "2026-10-25T01:10:00Z")); // 02:10, the second time
}

TEST_CASE("freeze: a moment that the clocks leave out is the change itself") {
  // New York, 2026-03-08: 02:00 EST becomes 03:00 EDT.
  const std::vector<FreezeWindow> from_never{window("sun 02:30", "sun 05:00", "America/New_York")};
  CHECK_FALSE(is_frozen(from_never, "2026-03-08T06:59:59Z"));
  CHECK(is_frozen(from_never, "2026-03-08T07:00:00Z"));
  const std::vector<FreezeWindow> to_never{window("sat 20:00", "sun 02:30", "America/New_York")};
  CHECK(until(to_never, "2026-03-08T06:00:00Z") == "2026-03-08T07:00:00.000Z");
}

TEST_CASE("freeze: dates beyond what a clock can count to are far away, not wrong") {
  const std::vector<FreezeWindow> forever{window("1600-01-01 00:00", "9999-12-31 00:00", "Europe/Berlin")};
  CHECK(is_frozen(forever, "2026-11-20T16:00:00Z"));
  CHECK_FALSE(is_frozen({window("9000-01-01 00:00", "9999-12-31 00:00")}, "2026-11-20T16:00:00Z"));
}

TEST_CASE("freeze: windows that follow each other end together, and those without an end say so") {
  const std::vector<FreezeWindow> chain{window("fri 16:00", "mon 08:00"), window("mon 07:00", "mon 12:00"),
                                        window("2026-11-23 12:00", "2026-11-24 12:00")};
  CHECK(until(chain, "2026-11-20T16:00:00Z") == "2026-11-24T12:00:00.000Z");
  const std::vector<FreezeWindow> always{window("mon 00:00", "fri 00:00"), window("fri 00:00", "mon 00:00")};
  const auto frozen = frozen_at(always, parse_time("2026-11-20T16:00:00Z").value()).value();
  REQUIRE(frozen);
  CHECK_FALSE(frozen->until);
  CHECK(to_text(*frozen).find("without an end") != std::string::npos);
}

TEST_CASE("freeze: without windows nothing is frozen; with an unknown zone nobody may deploy") {
  CHECK_FALSE(is_frozen({}, "2026-11-20T16:00:00Z"));
  for (const std::string zone : {"Europe/Nowhere", "../etc/passwd", ""}) {
    const auto unknown = frozen_at({window("fri 16:00", "mon 08:00", zone)}, WallTime{});
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().cause == Cause::config);
  }
}

TEST_CASE("freeze: always what the clock on the wall says, and more only where the clocks change") {
  const std::vector<std::string> zones = {
      "UTC",          "Europe/Berlin",       "America/New_York", "Asia/Taipei",
      "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham",  "Antarctica/Troll",
      "Africa/Cairo", "America/Santiago"};
  std::mt19937_64 random(20261122);
  const auto below = [&](std::int64_t count) {
    return std::uniform_int_distribution<std::int64_t>(0, count - 1)(random);
  };
  const std::int64_t first =
      parse_time("2020-01-01T00:00:00Z").value().time_since_epoch() / std::chrono::seconds(1);
  int near_a_change = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string& name = zones[static_cast<std::size_t>(below(static_cast<std::int64_t>(zones.size())))];
    const Zone zone = Zone::find(name).value();
    FreezeWindow any{.zone = name};
    any.from.minute_of_week = static_cast<int>(below(7 * 24 * 60));
    any.to.minute_of_week = static_cast<int>(below(7 * 24 * 60));
    if (any.from == any.to) continue;
    const WallTime instant{std::chrono::seconds(first + below(std::int64_t{10} * 366 * 86'400))};
    const auto frozen = frozen_at({any}, instant).value();
    INFO(name << " " << *any.from.minute_of_week << " " << *any.to.minute_of_week << " "
              << format_time(instant));
    if (wall_says_frozen(any, zone.local(instant))) CHECK(frozen);
    if (!frozen) continue;
    const bool exact = wall_says_frozen(any, zone.local(instant));
    if (!exact) CHECK(clocks_change_near(zone, instant));
    near_a_change += exact ? 0 : 1;
    REQUIRE(frozen->until);
    CHECK(*frozen->until > instant);
    CHECK_FALSE(frozen_at({any}, *frozen->until).value());
    CHECK(frozen_at({any}, *frozen->until - std::chrono::seconds(1)).value());
  }
  CHECK(near_a_change < 200);
}

TEST_CASE("freeze: around every change of clocks in ten years, minute by minute") {
  for (const std::string name :
       {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago"}) {
    const Zone zone = Zone::find(name).value();
    WallTime hour = parse_time("2020-01-01T00:00:00Z").value();
    for (int i = 0; i < 10 * 366 * 24; ++i, hour += std::chrono::hours(1)) {
      const auto offset = [&](WallTime time) {
        return zone.local(time).since_1970 - time.time_since_epoch();
      };
      if (offset(hour) == offset(hour + std::chrono::hours(1))) continue;
      for (int from = 0; from < 7 * 24 * 60; from += 24 * 60 / 4) {
        FreezeWindow any{.zone = name};
        any.from.minute_of_week = from;
        any.to.minute_of_week = (from + 25 * 60 + 30) % (7 * 24 * 60);
        for (int minute = -180; minute < 240; minute += 10) {
          const WallTime instant = hour + std::chrono::minutes(minute);
          if (wall_says_frozen(any, zone.local(instant)) && !frozen_at({any}, instant).value())
            FAIL_CHECK(name << " " << from << " " << format_time(instant));
        }
      }
    }
  }
}
