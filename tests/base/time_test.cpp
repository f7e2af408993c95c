#include "base/time.hpp"

#include <set>
#include <thread>

#include <catch2/catch.hpp>

#include "base/system_clock.hpp"
#include "base/ulid.hpp"

using namespace deployctl;

namespace {

class FixedClock final : public Clock {
public:
  [[nodiscard]] std::chrono::system_clock::time_point wall() const override { return WallTime(now); }
  [[nodiscard]] std::chrono::nanoseconds boot() const override { return now; }
  Milliseconds now{0};
};

class CountingRandom final : public Random {
public:
  void fill(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = std::byte{value};
  }
  std::uint8_t value = 0;
};

} // namespace

TEST_CASE("time: RFC 3339 in milliseconds, UTC") {
  const WallTime time = parse_time("2026-03-14T09:26:53.589Z").value();
  CHECK(format_time(time) == "2026-03-14T09:26:53.589Z");
  CHECK(format_time(WallTime(Milliseconds(0))) == "1970-01-01T00:00:00.000Z");
  CHECK(parse_time("2026-03-14T17:26:53.5894+08:00").value() == time);
  CHECK(parse_time("2026-03-14t09:26:53z").value() == time - Milliseconds(589));
  CHECK(format_time(parse_time("2024-02-29T23:59:60Z").value()) == "2024-03-01T00:00:00.000Z");
}

TEST_CASE("time: what is no time is refused") {
  for (const char* text :
       {"", "2026-03-14", "2026-02-30T00:00:00Z", "2026-03-14T24:00:00Z", "2026-03-14T09:26:53",
        "2026-03-14T09:26:53.Z", "2026-03-14T09:26:53Zx", "2026-3-14T09:26:53Z", "2262-01-01T00:00:00Z",
        "2026-03-14T09:26:53+8:00", "-026-03-14T09:26:53Z"}) {
    INFO(text);
    CHECK_FALSE(parse_time(text));
  }
}

TEST_CASE("time: ages in the two largest units") {
  using namespace std::chrono_literals;
  CHECK(format_age(76h) == "3 d 4 h");
  CHECK(format_age(72h) == "3 d");
  CHECK(format_age(125s) == "2 min 5 s");
  CHECK(format_age(12'900ms) == "12 s");
  CHECK(format_age(400ms) == "0 s");
  CHECK(format_age(-5s) == "0 s");
  CHECK(format_age(24h + 59min) == "1 d");
}

TEST_CASE("ulid: encodes time and randomness, and rises within a millisecond") {
  FixedClock clock;
  CountingRandom random;
  clock.now = Milliseconds(1469918176385); // the time of the specification's example: 01ARYZ6S41
  UlidSource source(clock, random);
  CHECK(source.next() == "01ARYZ6S410000000000000000");
  CHECK(source.next() == "01ARYZ6S410000000000000001");
  clock.now -= Milliseconds(5); // the clock steps back, the ids do not
  CHECK(source.next() == "01ARYZ6S410000000000000002");
  clock.now += Milliseconds(6);
  random.value = 0xFF;
  const std::string last = source.next();
  CHECK(last == "01ARYZ6S42ZZZZZZZZZZZZZZZZ");
  CHECK(source.next() > last); // the random part overflowed into the time
}

TEST_CASE("ulid: many threads get different ids") {
  const SystemClock clock;
  SystemRandom random;
  UlidSource source(clock, random);
  std::mutex mutex;
  std::set<std::string> ids;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int n = 0; n < 100; ++n) {
          const std::string id = source.next();
          const std::lock_guard guard(mutex);
          ids.insert(id);
        }
      });
  }
  CHECK(ids.size() == 400);
  for (const std::string& id : ids) CHECK(is_ulid(id));
}

TEST_CASE("ulid: only its own alphabet") {
  CHECK_FALSE(is_ulid("81ARYZ6S410000000000000000"));
  CHECK_FALSE(is_ulid("01ARYZ6S41000000000000000"));
  CHECK_FALSE(is_ulid("01ARYZ6S41000000000000000I"));
  CHECK_FALSE(is_ulid(""));
}
