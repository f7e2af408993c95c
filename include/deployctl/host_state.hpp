// How one target on a host stands, in words for people: what a provider puts into Observation::facts and what
// views, refusals and conflicts read there. Shown, never compared: what the drift fingerprint covers is
// Observation::managed.
#pragma once

#include <string>
#include <vector>

#include <deployctl/value.hpp>

namespace deployctl {

struct HostState {
  std::string now;                  // what runs there: a release's name; empty: nothing
  std::string since;                // RFC 3339, by the host's clock; empty: not known
  std::string changed_by;           // "run 01J...": who made it so; empty: not known
  std::string condition;            // "unit 'web.service' is failed"; empty: nothing to complain of
  std::string observed_at;          // RFC 3339, by this machine's clock
  bool is_memory = false;           // nobody looked: the last release record says so
  std::vector<std::string> blocked; // why nothing may be changed here; each one stops the whole run before
                                    // its first effect
  friend bool operator==(const HostState&, const HostState&) = default;
};

// Adds its members to a map of facts; what is empty is left out.
void add_state(Value& facts, const HostState& state);
// Facts without any of its members give an empty state: a provider need not know hosts.
HostState state_in(const Value& facts);

// "1.4.1 -> 1.4.2 by run 01J... at 2026-03-14T09:26:53.000Z"; empty when both say the same.
std::string state_difference(const HostState& before, const HostState& now);

} // namespace deployctl
