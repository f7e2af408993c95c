// Freeze windows as written: "fri 16:00" or "2026-12-24 18:00", in an IANA time zone. Whether it is frozen
// now is policy/freeze.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/deployment_rules.hpp"
#include "config/findings.hpp"
#include "config/spanned.hpp"

namespace deployctl::config {

std::optional<FreezeMoment> parse_freeze_moment(std::string_view text);

// Of one window: malformed moments, a weekday against a date, an end that is the beginning or before it, a
// zone that is not in `zones` (not looked up when there is no list).
void check_freeze(const Spanned& window, const std::vector<std::string>& zones, Findings& findings);

} // namespace deployctl::config
