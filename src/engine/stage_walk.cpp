#include "engine/stage_walk.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include <deployctl/units.hpp>

namespace deployctl::engine {

namespace {

// splitmix64: enough to spread retries, and the same on every machine.
std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

Error not_ready_in_time(const Stage& stage, const Readiness& readiness) {
  return {.cause = Cause::probe_failing,
          .message = fmt::format("not ready within {}: {}", format_duration(stage.ready->within),
                                 readiness.detail.empty() ? "no answer" : readiness.detail),
          .evidence = readiness.evidence};
}

} // namespace

Error never_ready(const Readiness& readiness) {
  return {.cause = Cause::probe_failing, .message = readiness.detail, .evidence = readiness.evidence};
}

StageWalk::StageWalk(std::vector<Stage> stages, WalkRules rules, Progress progress)
    : stages_(std::move(stages)), rules_(std::move(rules)), index_(std::min(progress.done, stages_.size())),
      polling_(progress.applied && index_ < stages_.size() && stages_[index_].ready.has_value()) {}

Milliseconds StageWalk::limit() const {
  const Milliseconds own = at_end() ? Milliseconds{0} : stages_[index_].timeout;
  return rules_.timeout ? std::max(*rules_.timeout - spent_, Milliseconds{1}) : own;
}

Error StageWalk::out_of_time() const {
  return {.cause = Cause::timeout,
          .message = fmt::format("did not end within {}", format_duration(*rules_.timeout))};
}

StageWalk::Next StageWalk::proceed() const {
  if (at_end()) return {.kind = Next::Kind::finished};
  if (rules_.timeout && spent_ >= *rules_.timeout)
    return {.kind = Next::Kind::failed, .error = out_of_time()};
  return {.kind = polling_ ? Next::Kind::poll : Next::Kind::run};
}

StageWalk::Next StageWalk::stage_done(const std::optional<Error>& error, Milliseconds now) {
  if (error) return retry_or_fail(*error);
  if (!stages_.at(index_).ready) return pass(now);
  polling_ = true;
  streak_ = 0;
  polling_since_ = now;
  return {.kind = Next::Kind::poll};
}

StageWalk::Next StageWalk::ready_done(const Readiness& readiness, Milliseconds now,
                                      const std::optional<Error>& diagnosed) {
  const Stage& stage = stages_.at(index_);
  if (!polling_since_) polling_since_ = begun_at_ = now; // resumed: the limit counts from the first answer
  const bool late = now - *polling_since_ >= stage.ready->within;
  if (readiness.state == Readiness::State::ready) {
    if (streak_++ == 0) ready_since_ = now;
    if (streak_ >= stage.ready->consecutive && now - ready_since_ >= rules_.min_healthy) return pass(now);
    return {.kind = Next::Kind::wait, .delay = stage.ready->interval};
  }
  streak_ = 0;
  if (rules_.timeout && spent_ + (now - begun_at_) >= *rules_.timeout)
    return {.kind = Next::Kind::failed, .error = out_of_time()};
  if (readiness.state == Readiness::State::failed)
    return {.kind = Next::Kind::failed, .error = diagnosed ? diagnosed : never_ready(readiness)};
  if (late) return {.kind = Next::Kind::failed, .error = not_ready_in_time(stage, readiness)};
  return {.kind = Next::Kind::wait, .delay = stage.ready->interval};
}

StageWalk::Next StageWalk::pass(Milliseconds now) {
  spent_ += now - begun_at_;
  ++index_;
  attempt_ = 1;
  polling_ = false;
  polling_since_.reset();
  return {.kind = Next::Kind::passed};
}

StageWalk::Next StageWalk::retry_or_fail(const Error& error) {
  if (!may_repeat(error)) return {.kind = Next::Kind::failed, .error = error};
  const Milliseconds delay = backoff();
  ++attempt_;
  spent_ = Milliseconds{0};
  return {.kind = Next::Kind::wait, .delay = delay};
}

bool StageWalk::may_repeat(const Error& error) const {
  if (!rules_.may_retry || attempt_ >= rules_.retry.attempts) return false;
  const auto& on = rules_.retry.on;
  return on.empty() ? error.retryable : std::find(on.begin(), on.end(), error.cause) != on.end();
}

// Doubles up to max_delay; a quarter of it is jitter, so that many targets do not come back at once.
Milliseconds StageWalk::backoff() const {
  const auto doublings = std::min(attempt_ - 1, 20);
  const auto full =
      std::min<std::int64_t>(rules_.retry.delay.count() << doublings, rules_.retry.max_delay.count());
  const auto jitter = static_cast<std::uint64_t>(std::max<std::int64_t>(full / 4, 0));
  const auto cut = jitter == 0 ? 0 : mix(rules_.seed + static_cast<std::uint64_t>(attempt_)) % jitter;
  return Milliseconds{full - static_cast<std::int64_t>(cut)};
}

} // namespace deployctl::engine
