// The same work on many things, a few at once. Ends at the first failure; the rest is stopped.
#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>

#include <deployctl/result.hpp>

namespace deployctl::registry {

using Job = std::function<Status(std::size_t index, const std::stop_token& stop)>;

// `at_once` threads at most; in order of index. The first failure that is not a mere consequence of stopping.
Status for_all(std::size_t count, std::size_t at_once, const Job& job, const std::stop_token& stop);

} // namespace deployctl::registry
