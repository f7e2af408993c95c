// What would happen to a service on one host, and how it goes back. Pure.
#pragma once

#include <string>

#include <deployctl/provider.hpp>

#include "providers/docker/service_inputs.hpp"

namespace deployctl::providers::docker {

inline constexpr const char* stage_pull = "pull";
inline constexpr const char* stage_start = "start"; // the new container runs, the old one too where both can
inline constexpr const char* stage_switch = "switch";       // the proxy leads requests to the new container
inline constexpr const char* stage_take_over = "take-over"; // the old one is retired
inline constexpr const char* stage_clean = "clean";
inline constexpr const char* stage_wake = "wake"; // what was live runs again, before the proxy leads to it
inline constexpr const char* stage_back = "back";
inline constexpr const char* stage_remove = "remove";

// What a change notes for its stages.
struct ServiceMove {
  std::string service;
  std::string to;            // the container that shall be live; empty: none
  std::string from;          // the one that is
  std::string configuration; // digest of what `to` is made of
  std::string restart;       // its restart policy, once it has taken over
  bool stop_first = false;   // `from` ends before `to` begins
  bool made_here = false;    // `from` was made by what is taken back
};
Value move_value(const ServiceMove& move, const Host& host);
ServiceMove move_from(const Value& basis);
Host host_of_move(const Value& basis);

Result<Change> plan_service(const ServiceInputs& inputs, const Value& desired, const Ask& ask,
                            const Observation& seen);
Result<Change> plan_service_removal(const Value& desired, const Ask& ask, const Observation& seen);
Result<Change> plan_service_revert(const ServiceInputs& inputs, const Value& desired, const Undo& undo,
                                   const Observation& seen);

} // namespace deployctl::providers::docker
