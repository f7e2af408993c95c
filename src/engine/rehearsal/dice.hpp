// Choices of a simulation: the same seed gives the same ones on every machine. Not for secrets.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace deployctl::engine::rehearsal {

class Dice {
public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() { // splitmix64
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
  }

  int below(int limit) { return static_cast<int>(next() % static_cast<std::uint64_t>(limit)); }
  int between(int least, int most) { return least + below(most - least + 1); }
  bool one_in(int count) { return below(count) == 0; }
  std::size_t index(std::size_t size) { return static_cast<std::size_t>(next() % size); }

  template <class T, std::size_t N>
  const T& pick(const std::array<T, N>& from) {
    return from.at(index(N));
  }

private:
  std::uint64_t state_;
};

} // namespace deployctl::engine::rehearsal
