#include "ssh/slots.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace deployctl::ssh {

std::shared_ptr<Slots> Slots::create(std::size_t places, std::string subject) {
  return std::shared_ptr<Slots>(new Slots(places, std::move(subject)));
}

Result<Slots::Place> Slots::take(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, std::move(stop), [this] { return taken_ < places_; }))
    return fail(Cause::cancelled, fmt::format("stopped waiting for {}", subject_));
  ++taken_;
  return Place(shared_from_this());
}

bool Slots::lower() {
  const std::scoped_lock lock(mutex_);
  if (taken_ <= 1) return false;
  places_ = std::min(places_, taken_ - 1);
  return true;
}

void Slots::give_back() {
  const std::scoped_lock lock(mutex_);
  --taken_;
  changed_.notify_one();
}

} // namespace deployctl::ssh
