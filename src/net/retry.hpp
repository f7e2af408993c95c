// When to send a request again, and after how long. Pure: the caller waits and gives the randomness.
#pragma once

#include <chrono>
#include <optional>

#include <deployctl/ports/clock.hpp>
#include <deployctl/ports/http.hpp>

namespace deployctl::net {

struct RetryPolicy {
  int attempts = 4;        // in all, the first one included
  Milliseconds delay{200}; // before the second attempt; doubles each time
  Milliseconds max_delay{20'000};
  Milliseconds max_wait{60'000}; // a server that asks for longer is not waited for
};

// Whether the same request may succeed later: 408 425 429 500 502 503 504.
bool may_succeed_later(int status);

// What the server asks for in Retry-After, in seconds or as an HTTP date (RFC 9110 section 10.2.3); never
// negative.
std::optional<Milliseconds> retry_after(const HttpResponse& response,
                                        std::chrono::system_clock::time_point now);

// How long to wait after `attempt` attempts failed, or none when that was the last. `asked` is the server's
// wish, which is waited for in full, plus jitter; else the delay is a random part ("full jitter") of the
// doubled one, and never less than half of it. `randomness` is uniform in [0, 1).
std::optional<Milliseconds> next_delay(const RetryPolicy& policy, int attempt,
                                       std::optional<Milliseconds> asked, double randomness);

// Uniform in [0, 1).
double uniform(Random& random);

} // namespace deployctl::net
