// A state folder of its own for one test case, with one stack in it.
#pragma once

#include "base/system_clock.hpp"
#include "os/scratch.hpp"
#include "state/local_state.hpp"
#include "state/lock.hpp"

namespace deployctl::test {

struct StackFolder {
  Scratch scratch;
  SystemRandom random;
  SystemClock clock;
  state::LocalState local = state::LocalState::open(scratch.path(), random).value();
  state::StackState stack = local.stack("hello/production").value();

  [[nodiscard]] state::Cell cell() const { return stack.cell().read().value().cell; }
};

inline state::Holder holder(const std::string& run = "01J0000000000000000000RUN1") {
  return state::this_process(run, "apply production", "2026-03-14T09:26:53.589Z", {});
}

} // namespace deployctl::test
