#include "registry/host_memory.hpp"

#include <algorithm>

namespace deployctl::registry {

std::optional<Challenge> HostMemory::challenge() const {
  const std::lock_guard lock(mutex_);
  return challenge_;
}

void HostMemory::learn_challenge(const Challenge& challenge) {
  const std::lock_guard lock(mutex_);
  challenge_ = challenge;
}

TokenSlot& HostMemory::slot(const std::string& key) {
  const std::lock_guard lock(mutex_);
  auto& slot = slots_[key];
  if (!slot) slot = std::make_unique<TokenSlot>();
  return *slot;
}

BootTime HostMemory::quiet_until() const {
  const std::lock_guard lock(mutex_);
  return quiet_until_;
}

void HostMemory::be_quiet_until(BootTime time) {
  const std::lock_guard lock(mutex_);
  quiet_until_ = std::max(quiet_until_, time);
}

std::uint64_t HostMemory::largest_body() const {
  const std::lock_guard lock(mutex_);
  return largest_body_;
}

void HostMemory::learn_largest_body(std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  largest_body_ = largest_body_ == 0 ? size : std::min(largest_body_, size);
}

bool HostMemory::lacks_referrers() const {
  const std::lock_guard lock(mutex_);
  return lacks_referrers_;
}

void HostMemory::learn_no_referrers() {
  const std::lock_guard lock(mutex_);
  lacks_referrers_ = true;
}

HostMemory& RegistryMemory::host(const std::string& host) {
  const std::lock_guard lock(mutex_);
  auto& memory = hosts_[host];
  if (!memory) memory = std::make_unique<HostMemory>();
  return *memory;
}

} // namespace deployctl::registry
