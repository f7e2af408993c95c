// What was learned about one registry while a run talked to it: how it wants to be shown credentials, tokens,
// when it wants to be left alone, what it does not offer. Thread-safe; outlives the clients that use it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <deployctl/secret.hpp>

#include "registry/challenge.hpp"

namespace deployctl::registry {

using BootTime = std::chrono::nanoseconds; // of Clock::boot

struct Token {
  Secret text;
  BootTime fetched{0};
  BootTime until{0};
  BootTime lifetime{0};
};

// One token of one scope set. Its lock is held while it is fetched: whoever comes meanwhile gets the same.
struct TokenSlot {
  std::mutex mutex;
  std::optional<Token> token;
};

class HostMemory {
public:
  [[nodiscard]] std::optional<Challenge> challenge() const;
  void learn_challenge(const Challenge& challenge);

  TokenSlot& slot(const std::string& key);

  [[nodiscard]] BootTime quiet_until() const;
  void be_quiet_until(BootTime time); // the later one counts

  // Sizes above which one body was refused; 0: none was.
  [[nodiscard]] std::uint64_t largest_body() const;
  void learn_largest_body(std::uint64_t size);

  [[nodiscard]] bool lacks_referrers() const;
  void learn_no_referrers();

private:
  mutable std::mutex mutex_; // guards all that follows
  std::optional<Challenge> challenge_;
  std::map<std::string, std::unique_ptr<TokenSlot>> slots_;
  BootTime quiet_until_{0};
  std::uint64_t largest_body_ = 0;
  bool lacks_referrers_ = false;
};

// All hosts of a run.
class RegistryMemory {
public:
  HostMemory& host(const std::string& host);

private:
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<HostMemory>> hosts_;
};

} // namespace deployctl::registry
