#include "policy/zone.hpp"

#include <stdexcept>

#include <date/tz.h>
#include <fmt/core.h>

namespace deployctl::policy {

namespace {

// A date that the clock of this machine cannot count to is as far away as it can.
WallTime instant(date::sys_seconds time) {
  const auto seconds = [](WallTime limit) { return std::chrono::floor<std::chrono::seconds>(limit); };
  if (time >= seconds(WallTime::max())) return WallTime::max();
  if (time <= seconds(WallTime::min())) return WallTime::min();
  return std::chrono::time_point_cast<WallTime::duration>(time);
}

// Where the clocks are put forward or back: one of two offsets, or the change itself.
WallTime resolved(const date::time_zone& zone, LocalTime local, bool late) {
  const date::local_seconds time(local.since_1970);
  const date::local_info info = zone.get_info(time);
  if (info.result == date::local_info::nonexistent) return instant(info.first.end);
  const bool second = late && info.result == date::local_info::ambiguous;
  return instant(date::sys_seconds(time.time_since_epoch() - (second ? info.second : info.first).offset));
}

} // namespace

Result<Zone> Zone::find(std::string_view name) {
  try {
    return Zone(*date::locate_zone(name));
  } catch (const std::runtime_error& unknown) {
    return fail(Cause::config, fmt::format("time zone '{}' cannot be read: {}", name, unknown.what()),
                "install the time zone data of your distribution (tzdata)");
  }
}

LocalTime Zone::local(WallTime instant) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(instant);
  return {zone_->to_local(seconds).time_since_epoch()};
}

WallTime Zone::earliest(LocalTime local) const {
  return resolved(*zone_, local, false);
}

WallTime Zone::latest(LocalTime local) const {
  return resolved(*zone_, local, true);
}

} // namespace deployctl::policy
