// Virtual time: what happens next, in the order of time; what is due at the same moment comes in seeded
// order.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include <deployctl/strategy.hpp>

#include "engine/rehearsal/dice.hpp"

namespace deployctl::engine::rehearsal {

class Timeline {
public:
  explicit Timeline(std::uint64_t seed) : order_(seed) {}

  [[nodiscard]] Milliseconds now() const { return now_; }
  [[nodiscard]] std::size_t steps() const { return steps_; }

  void after(Milliseconds delay, std::function<void()> what) {
    events_.push({now_ + delay, order_.next(), std::move(what)});
  }

  // False: nothing is left.
  bool step() {
    if (events_.empty()) return false;
    const std::function<void()> what = events_.top().what;
    now_ = events_.top().at;
    events_.pop();
    ++steps_;
    what();
    return true;
  }

private:
  struct Event {
    Milliseconds at;
    std::uint64_t order;
    std::function<void()> what;

    friend bool operator<(const Event& left, const Event& right) {
      return left.at != right.at ? left.at > right.at : left.order > right.order;
    }
  };

  Dice order_;
  Milliseconds now_{0};
  std::size_t steps_ = 0;
  std::priority_queue<Event> events_;
};

} // namespace deployctl::engine::rehearsal
