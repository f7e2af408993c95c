#include "state/lock.hpp"

#include <fmt/core.h>

#include "base/strings.hpp"
#include "base/time.hpp"
#include "os/file_lock.hpp"
#include "state/audit.hpp"
#include "state/local_state.hpp"

namespace deployctl::state {

struct LockGuard::Hold {
  CellFile cell;
  os::FileLock lock;
  Holder holder;
  std::int64_t epoch = 0;
  std::optional<Holder> took_over;
};

namespace {

constexpr Milliseconds unlock_patience{2'000}; // an acquire that is about to fail has the flock for a moment

std::string lock_path(const StackState& stack) {
  return stack.directory() + "/lock";
}

// With the flock in hand: may the cell's holder be replaced? Its death is proven by its process, or by the
// flock alone when the holder ran under this very kernel (another container, where its pid means nothing).
bool is_gone(const Holder& holder) {
  const os::Life life = os::life_of(holder.process);
  if (life != os::Life::unknown) return life == os::Life::dead;
  const auto self = os::this_process();
  return self && !holder.process.boot_id.empty() && holder.process.boot_id == self->boot_id;
}

Held held_by(const Holder& holder) {
  return {.holder = holder, .life = os::life_of(holder.process)};
}

struct Claim {
  std::optional<Held> held; // why not
  std::optional<Holder> took_over;
  std::int64_t epoch = 0;
};

// Puts `holder` into the cell unless someone who is not gone is there. `replace_manual`: `lock` given twice.
Result<Claim> claim(const CellFile& cell, const Holder& holder, bool replace_manual) {
  Claim out;
  const auto updated = update_cell(cell, [&](Cell& current) -> Status {
    out = {};
    if (current.holder) {
      const bool manual = current.holder->kind == HolderKind::manual;
      if (manual ? !replace_manual : !is_gone(*current.holder)) {
        out.held = held_by(*current.holder);
        return fail(Cause::conflict, "held");
      }
      if (!manual) out.took_over = current.holder;
    }
    current.holder = holder;
    out.epoch = ++current.epoch;
    return {};
  });
  if (!updated && !out.held) return fail(updated.error());
  return out;
}

Result<Held> holder_now(const CellFile& cell) {
  DEPLOYCTL_TRY(const VersionedCell current, cell.read());
  // It has the flock and has not written its name yet.
  if (!current.cell.holder) return Held{.life = os::Life::alive};
  return held_by(*current.cell.holder);
}

Status record(const StackState& stack, const char* what, const std::string& user, const std::string& time,
              const std::string& reason, const Holder& holder) {
  return append_audit(
      stack.directory(),
      {.time = time, .user = user, .what = what, .reason = reason, .subject = to_value(holder)});
}

} // namespace

Error held_error(const std::string& stack, const Held& held) {
  const std::string environment = stack.substr(stack.find('/') + 1);
  const std::string unlock = fmt::format("`deployctl unlock {} --reason WHY`", environment);
  Error error{.cause = Cause::conflict,
              .message = fmt::format("the lock of '{}' is held by {}", stack, describe(held.holder))};
  if (held.holder.kind == HolderKind::manual)
    error.help = fmt::format("a manual lock stays until {}", unlock);
  else if (held.life == os::Life::alive)
    error.help = "its process is alive; wait for it, for example with --lock-wait 10m";
  else
    error.help =
        fmt::format("whether it still runs cannot be seen from this machine; if it does not: {}", unlock);
  return error;
}

LockGuard::LockGuard(std::unique_ptr<Hold> hold) : hold_(std::move(hold)) {}
LockGuard::LockGuard(LockGuard&&) noexcept = default;

LockGuard::~LockGuard() {
  // What fails here leaves a holder whose process ends: the next run takes over from it.
  if (hold_) (void)release();
}

std::int64_t LockGuard::epoch() const {
  return hold_->epoch;
}

const std::optional<Holder>& LockGuard::took_over() const {
  return hold_->took_over;
}

Status LockGuard::check() const {
  DEPLOYCTL_TRY(const VersionedCell current, hold_->cell.read());
  if (current.cell.holder == hold_->holder && current.cell.epoch == hold_->epoch) return {};
  const std::string now =
      current.cell.holder ? "is held by " + describe(*current.cell.holder) : "was removed";
  return fail(Cause::conflict, fmt::format("the lock of '{}' {}: epoch {}, ours is {}", current.cell.stack,
                                           now, current.cell.epoch, hold_->epoch));
}

Status LockGuard::release() {
  if (!hold_) return {};
  const std::unique_ptr<Hold> hold = std::move(hold_);
  const auto updated = update_cell(hold->cell, [&](Cell& current) -> Status {
    if (current.holder != hold->holder || current.epoch != hold->epoch)
      return fail(Cause::conflict, fmt::format("the lock of '{}' was taken by someone else", current.stack));
    current.holder.reset();
    return {};
  });
  if (!updated) return fail(updated.error());
  return {};
}

Result<Acquired> acquire(const StackState& stack, const Holder& holder, Clock& clock,
                         std::optional<Milliseconds> wait, const std::stop_token& stop) {
  const CellFile cell = stack.cell();
  DEPLOYCTL_TRY(const VersionedCell before, cell.read());
  if (before.cell.holder && before.cell.holder->kind == HolderKind::manual)
    return held_by(*before.cell.holder);
  DEPLOYCTL_TRY(std::optional<os::FileLock> lock,
                wait ? os::FileLock::acquire(lock_path(stack), clock, *wait, stop)
                     : os::FileLock::try_acquire(lock_path(stack)));
  if (!lock) {
    DEPLOYCTL_TRY(Held held, holder_now(cell));
    return held;
  }
  DEPLOYCTL_TRY(Claim claimed, claim(cell, holder, false));
  if (claimed.held) return *std::move(claimed.held);
  return LockGuard(std::make_unique<LockGuard::Hold>(
      LockGuard::Hold{cell, *std::move(lock), holder, claimed.epoch, std::move(claimed.took_over)}));
}

Result<std::optional<Held>> lock_manually(const StackState& stack, Holder holder) {
  holder.kind = HolderKind::manual;
  const CellFile cell = stack.cell();
  DEPLOYCTL_TRY(const std::optional<os::FileLock> lock, os::FileLock::try_acquire(lock_path(stack)));
  if (!lock) {
    DEPLOYCTL_TRY(Held held, holder_now(cell));
    return held;
  }
  DEPLOYCTL_TRY(Claim claimed, claim(cell, holder, true));
  if (claimed.held) return std::move(claimed.held);
  DEPLOYCTL_CHECK(record(stack, "lock", holder.process.user + "@" + holder.process.host, holder.since,
                         holder.message, holder));
  return std::nullopt;
}

Result<std::optional<Holder>> unlock(const StackState& stack, const std::string& user,
                                     const std::string& reason, Clock& clock) {
  const CellFile cell = stack.cell();
  DEPLOYCTL_TRY(const std::optional<os::FileLock> lock,
                os::FileLock::acquire(lock_path(stack), clock, unlock_patience));
  if (!lock) {
    DEPLOYCTL_TRY(const Held held, holder_now(cell));
    return fail(held_error(stack.name(), {.holder = held.holder, .life = os::Life::alive}));
  }
  std::optional<Holder> removed;
  DEPLOYCTL_TRY(const Cell updated, update_cell(cell, [&](Cell& current) -> Status {
                  removed = current.holder;
                  if (!removed) return {};
                  if (removed->kind == HolderKind::run && os::life_of(removed->process) == os::Life::alive)
                    return fail(held_error(stack.name(), held_by(*removed)));
                  current.holder.reset();
                  ++current.epoch; // fences off a holder that turns out to be alive elsewhere
                  return {};
                }));
  if (removed) DEPLOYCTL_CHECK(record(stack, "unlock", user, format_time(clock.wall()), reason, *removed));
  return removed;
}

} // namespace deployctl::state
