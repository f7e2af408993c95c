#include "net/retry.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>

#include "base/integer.hpp"
#include "base/strings.hpp"
#include "net/http_date.hpp"

namespace deployctl::net {
namespace {

constexpr std::array<int, 7> temporary = {408, 425, 429, 500, 502, 503, 504};

} // namespace

bool may_succeed_later(int status) {
  return std::ranges::find(temporary, status) != temporary.end();
}

std::optional<Milliseconds> retry_after(const HttpResponse& response,
                                        std::chrono::system_clock::time_point now) {
  const auto header = response.headers.find("retry-after");
  if (header == response.headers.end()) return std::nullopt;
  const std::string_view text = trim(header->second);
  if (const auto seconds = parse_integer<std::int64_t>(text))
    return std::chrono::seconds(std::clamp<std::int64_t>(*seconds, 0, 366L * 86'400));
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  return std::max(Milliseconds(0), std::chrono::ceil<Milliseconds>(*date - now));
}

std::optional<Milliseconds> next_delay(const RetryPolicy& policy, int attempt,
                                       std::optional<Milliseconds> asked, double randomness) {
  if (attempt >= policy.attempts) return std::nullopt;
  const int doublings = std::clamp(attempt - 1, 0, 30);
  const double full = std::min(std::ldexp(static_cast<double>(policy.delay.count()), doublings),
                               static_cast<double>(policy.max_delay.count()));
  if (asked) {
    if (*asked > policy.max_wait) return std::nullopt;
    return *asked + Milliseconds(static_cast<std::int64_t>(full * randomness / 2));
  }
  return Milliseconds(static_cast<std::int64_t>(full / 2 + full * randomness / 2));
}

double uniform(Random& random) {
  std::array<std::byte, 8> bytes{};
  random.fill(bytes);
  std::uint64_t bits = 0;
  for (const std::byte byte : bytes) bits = (bits << 8U) | std::to_integer<std::uint64_t>(byte);
  return std::ldexp(static_cast<double>(bits >> 11U), -53);
}

} // namespace deployctl::net
