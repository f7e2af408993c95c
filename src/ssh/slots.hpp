// A limited number of places; who finds none waits for one. For sessions over one connection and for logins
// at one address.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>

#include <deployctl/result.hpp>

namespace deployctl::ssh {

class Slots : public std::enable_shared_from_this<Slots> {
public:
  class Place { // given back at its end
  public:
    Place() = default;
    explicit Place(std::shared_ptr<Slots> slots) : slots_(std::move(slots)) {}
    Place(Place&&) noexcept = default;
    Place& operator=(Place&& other) noexcept {
      std::swap(slots_, other.slots_); // the other one gives ours back
      return *this;
    }
    ~Place() {
      if (slots_) slots_->give_back();
    }

  private:
    std::shared_ptr<Slots> slots_;
  };

  // `subject` completes "stopped waiting for ...".
  static std::shared_ptr<Slots> create(std::size_t places, std::string subject);

  // Waits until there is one; cancelled by the stop.
  Result<Place> take(std::stop_token stop);
  // There are only as many as are taken now, without the caller's own: the other side refused it. False when
  // the caller's is the only one, so that waiting would not help.
  bool lower();

private:
  Slots(std::size_t places, std::string subject) : places_(places), subject_(std::move(subject)) {}
  void give_back();

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t places_;
  std::size_t taken_ = 0;
  std::string subject_;
};

} // namespace deployctl::ssh
