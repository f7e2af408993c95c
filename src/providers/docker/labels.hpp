// The labels of what deployctl makes in an engine: whose it is and which attempt made it. What does not have
// them is never touched.
#pragma once

namespace deployctl::providers::docker {

inline constexpr const char* stack_label = "deployctl.stack"; // "project/environment"
inline constexpr const char* step_label = "deployctl.step";
inline constexpr const char* kind_label = "deployctl.kind";     // "task", "service"
inline constexpr const char* target_label = "deployctl.target"; // the host, as the plan calls it
inline constexpr const char* run_label = "deployctl.run";
inline constexpr const char* release_label = "deployctl.release";
inline constexpr const char* key_label = "deployctl.key"; // the idempotency key of the attempt

// Of services:
inline constexpr const char* service_label = "deployctl.service";             // its name
inline constexpr const char* configuration_label = "deployctl.configuration"; // digest of what it was made of
inline constexpr const char* inputs_label = "deployctl.inputs"; // what it was made of, without secrets
inline constexpr const char* port_label = "deployctl.port";     // on which it listens

} // namespace deployctl::providers::docker
