// One transfer of libcurl from begin to end, while somebody may stop it. Only for the clients of this layer.
#pragma once

#include <optional>
#include <stop_token>

namespace deployctl::net {

// Runs the one transfer of a CURLM* until it is done: its CURLcode, or nothing when it was stopped.
std::optional<int> perform(void* multi, const std::stop_token& stop);

} // namespace deployctl::net
