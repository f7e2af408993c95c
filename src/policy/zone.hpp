// A time zone with its daylight saving; the one wrapper of the date library. Moments that a change of clocks
// doubles or leaves out have an earliest and a latest instant. For policy; measuring time is ports/clock.hpp.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>

#include "base/time.hpp"

namespace date {
class time_zone;
}

namespace deployctl::policy {

// What a clock on the wall there shows, as if its day were one of UTC.
struct LocalTime {
  std::chrono::seconds since_1970{0};

  friend auto operator<=>(const LocalTime&, const LocalTime&) = default;
};

class Zone {
public:
  // Cause::config when this machine's time zone data has no such zone.
  static Result<Zone> find(std::string_view name);

  [[nodiscard]] LocalTime local(WallTime instant) const;
  // Equal but where the clocks change: a moment shown twice has two, one never shown stands for the change.
  [[nodiscard]] WallTime earliest(LocalTime local) const;
  [[nodiscard]] WallTime latest(LocalTime local) const;

private:
  explicit Zone(const date::time_zone& zone) : zone_(&zone) {}

  const date::time_zone* zone_; // lives as long as the process
};

} // namespace deployctl::policy
