#include <catch2/catch.hpp>

#include "base/time.hpp"
#include "net/retry.hpp"

using namespace deployctl;
using namespace deployctl::net;

TEST_CASE("retry: delays double, stay between half and the whole, and end") {
  const RetryPolicy policy{.attempts = 5, .delay = Milliseconds(100), .max_delay = Milliseconds(300)};
  CHECK(next_delay(policy, 1, {}, 0.0) == Milliseconds(50));
  CHECK(next_delay(policy, 1, {}, 0.999) == Milliseconds(99));
  CHECK(next_delay(policy, 2, {}, 0.5) == Milliseconds(150));
  CHECK(next_delay(policy, 4, {}, 0.0) == Milliseconds(150)); // capped at 300
  CHECK_FALSE(next_delay(policy, 5, {}, 0.0));
}

TEST_CASE("retry: a server's wish is honoured unless it is too long") {
  const RetryPolicy policy{.attempts = 3, .delay = Milliseconds(100), .max_wait = Milliseconds(5'000)};
  CHECK(next_delay(policy, 1, Milliseconds(2'000), 0.0) == Milliseconds(2'000));
  CHECK(next_delay(policy, 1, Milliseconds(2'000), 0.9) > Milliseconds(2'000));
  CHECK_FALSE(next_delay(policy, 1, Milliseconds(5'001), 0.0));
}

TEST_CASE("retry: Retry-After in seconds, as a date, and nonsense") {
  const auto now = *parse_time("1994-11-06T08:49:30Z");
  const auto read = [&](const char* value) {
    return retry_after(HttpResponse{.headers = {{"retry-after", value}}}, now);
  };
  CHECK(read("120") == Milliseconds(120'000));
  CHECK(read("Sun, 06 Nov 1994 08:49:37 GMT") == Milliseconds(7'000));
  CHECK(read("Sun, 06 Nov 1994 08:49:07 GMT") == Milliseconds(0));
  CHECK(read("-5") == Milliseconds(0));
  CHECK_FALSE(read("soon"));
  CHECK_FALSE(read("Sun, 36 Nov 1994 08:49:37 GMT"));
  CHECK_FALSE(read("999999999999999999999999"));
  CHECK_FALSE(retry_after(HttpResponse{}, now));
}

TEST_CASE("retry: only statuses that may change are tried again") {
  CHECK(may_succeed_later(503));
  CHECK(may_succeed_later(429));
  CHECK_FALSE(may_succeed_later(404));
  CHECK_FALSE(may_succeed_later(501));
}
