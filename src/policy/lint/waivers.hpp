// "# deployctl: allow RULE why": a finding that somebody has looked at. On the line itself or alone on the
// line above; the reason is not optional.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <deployctl/diagnostic.hpp>

#include "base/source.hpp"

namespace deployctl::policy::lint {

struct Waived {
  Diagnostic finding;
  std::string why;
  bool by_policy = false; // else by a comment where it stands
};

struct Settled {
  std::vector<Diagnostic> findings; // that stand, with those about waivers themselves
  std::vector<Waived> waived;
};

// Findings of one file against the waivers written in it.
Settled settle(std::string_view text, std::uint32_t source, std::vector<Diagnostic> findings);

} // namespace deployctl::policy::lint
