// The lock of a stack on this machine: flock on a file that is never deleted, and the holder in the stack's
// cell, by the protocol of lease.hpp. A dead run never blocks: its flock is gone, and proof of death (pid,
// start time, boot) lets the next one take over.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>

#include <deployctl/ports/clock.hpp>
#include <deployctl/strategy.hpp>

#include "state/cell.hpp"
#include "state/lease_types.hpp"

namespace deployctl::state {

class StackState;

struct Held {
  Holder holder;
  os::Life life = os::Life::unknown; // of its process; a manual lock needs none
};

// "the lock of 'hello/production' is held by run … ", with the way out as help. Cause::conflict.
Error held_error(const std::string& stack, const Held& held);

// Owns the lock; gives it back at the end of its life.
class LockGuard {
public:
  LockGuard(LockGuard&&) noexcept;
  LockGuard& operator=(LockGuard&&) = delete;
  ~LockGuard();

  [[nodiscard]] std::int64_t epoch() const;
  // The dead run this one took over from.
  [[nodiscard]] const std::optional<Holder>& took_over() const;
  // Clears the holder, then frees the lock; says what went wrong, which the destructor cannot.
  Status release();
  // Whether the cell still names this holder and epoch; conflict, naming the new one, when not.
  [[nodiscard]] Status check() const;
  // Changes the cell, durably, if it is still ours; the cell as it is then. Conflict when it is not: nothing
  // was changed.
  Result<Cell> amend(const Amendment& amendment);

  struct Hold; // lock.cpp's own
  explicit LockGuard(std::unique_ptr<Hold> hold);

private:
  std::unique_ptr<Hold> hold_;
};

using Acquired = std::variant<LockGuard, Held>;

// `wait` none: answer at once (policies `fail` and `skip` differ only in what the caller does with Held). A
// manual lock is never waited for.
Result<Acquired> acquire(const StackState& stack, const Holder& holder, Clock& clock,
                         std::optional<Milliseconds> wait, const std::stop_token& stop);

// `lock ENV -m WHY`: stays without a process. Held when someone has it; locking twice replaces the message.
Result<std::optional<Held>> lock_manually(const StackState& stack, Holder holder);
// `unlock ENV --reason WHY`: removes a manual lock, or one whose run is not alive; conflict when it is. The
// holder that was removed, none when it was free already. Both are written to the stack's audit log.
Result<std::optional<Holder>> unlock(const StackState& stack, const std::string& user,
                                     const std::string& reason, Clock& clock);

} // namespace deployctl::state
