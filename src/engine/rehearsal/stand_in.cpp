#include "engine/rehearsal/stand_in.hpp"

#include <utility>

namespace deployctl::engine::rehearsal {

Value StandInWorld::at(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = things_.find(key);
  return found == things_.end() ? Value() : found->second;
}

void StandInWorld::put(const std::string& key, Value value) {
  const std::lock_guard lock(mutex_);
  things_[key] = std::move(value);
}

Status StandInWorld::may_do(const Intent& intent) const {
  if (intent.step != mishaps_.fail || !chosen(intent)) return {};
  return fail(Cause::command_failed, "fails, as rehearsed");
}

void StandInWorld::done(const Intent& intent) {
  if (intent.step != mishaps_.kill) return;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(killed_, true)) return;
  }
  throw Killed{};
}

// Without a seed every target; with one, about every second.
bool StandInWorld::chosen(const Intent& intent) const {
  if (mishaps_.seed == 0 || intent.target.empty()) return true;
  std::uint64_t mixed = mishaps_.seed;
  for (const char letter : intent.target)
    mixed = mixed * 1'099'511'628'211U + static_cast<unsigned char>(letter);
  return ((mixed >> 20U) & 1U) == 0;
}

} // namespace deployctl::engine::rehearsal
