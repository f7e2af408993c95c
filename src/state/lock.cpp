#include "state/lock.hpp"

#include <mutex>
#include <utility>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "base/time.hpp"
#include "os/file_lock.hpp"
#include "state/audit.hpp"
#include "state/lease_driver.hpp"
#include "state/local_state.hpp"

namespace deployctl::state {

struct LockGuard::Hold {
  Hold(CellFile file, os::FileLock flock, const std::string& token);

  CellFile cell;
  os::FileLock lock;
  std::mutex mutex;
  LeaseDriver driver; // guarded by mutex
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

os::Life life_seen(const Holder& holder) {
  return is_gone(holder) ? os::Life::dead : os::life_of(holder.process);
}

struct Claim {
  std::optional<Held> held; // why not
  std::optional<Holder> took_over;
};

// Puts `holder` into the cell unless someone who is not gone is there. `replace_manual`: `lock` given twice.
Result<Claim> claim(LeaseDriver& driver, const Holder& holder, bool replace_manual) {
  const auto answers = driver.ask(lease::Acquire{holder, std::nullopt, replace_manual});
  if (const auto* granted = told<lease::Granted>(answers)) return Claim{std::nullopt, granted->took_over};
  const auto* refused = told<lease::Refused>(answers);
  if (refused && refused->holder) return Claim{held_by(*refused->holder), std::nullopt};
  if (refused && refused->error) return fail(*refused->error);
  return fail(Cause::internal, "the lock was neither granted nor refused");
}

Result<Held> holder_now(const CellFile& cell) {
  DEPLOYCTL_TRY(const VersionedCell current, cell.read());
  // It has the flock and has not written its name yet.
  if (!current.cell.holder) return Held{.life = os::Life::alive};
  return held_by(*current.cell.holder);
}

// What the last look at the cell showed.
Error lost_error(const Lease& lease) {
  const Cell& now = lease.last_seen().cell;
  const std::string state = now.holder ? "is held by " + describe(*now.holder) : "was removed";
  return {.cause = Cause::conflict,
          .message = fmt::format("the lock of '{}' {}: epoch {}, ours is {}", now.stack, state, now.epoch,
                                 lease.epoch())};
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

LockGuard::Hold::Hold(CellFile file, os::FileLock flock, const std::string& token)
    : cell(std::move(file)), lock(std::move(flock)), driver(cell, token, life_seen) {}

LockGuard::LockGuard(std::unique_ptr<Hold> hold) : hold_(std::move(hold)) {}
LockGuard::LockGuard(LockGuard&&) noexcept = default;

LockGuard::~LockGuard() {
  // What fails here leaves a holder whose process ends: the next run takes over from it.
  if (hold_) (void)release();
}

std::int64_t LockGuard::epoch() const {
  return hold_->driver.lease().epoch();
}

const std::optional<Holder>& LockGuard::took_over() const {
  return hold_->took_over;
}

Status LockGuard::check() const {
  const std::lock_guard guard(hold_->mutex);
  const auto answers = hold_->driver.ask(lease::Check{});
  if (told<lease::Confirmed>(answers)) return {};
  return fail(lost_error(hold_->driver.lease()));
}

Result<Cell> LockGuard::amend(const Amendment& amendment) {
  const std::lock_guard guard(hold_->mutex);
  const auto answers = hold_->driver.ask(lease::Amend{amendment});
  if (const auto* amended = told<lease::Amended>(answers)) return amended->cell;
  if (told<lease::Lost>(answers)) return fail(lost_error(hold_->driver.lease()));
  const auto* failed = told<lease::NotAmended>(answers);
  if (failed) return fail(failed->error);
  return fail(Cause::internal, "the cell was neither written nor refused");
}

Status LockGuard::release() {
  if (!hold_) return {};
  const std::unique_ptr<Hold> hold = std::move(hold_);
  if (!hold->driver.lease().held()) return fail(lost_error(hold->driver.lease()));
  const auto answers = hold->driver.ask(lease::Release{});
  if (told<lease::Lost>(answers)) return fail(lost_error(hold->driver.lease()));
  if (const auto* failed = told<lease::NotAmended>(answers)) return fail(failed->error);
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
  auto hold = std::make_unique<LockGuard::Hold>(cell, *std::move(lock), stack.new_token());
  DEPLOYCTL_TRY(Claim claimed, claim(hold->driver, holder, false));
  if (claimed.held) return *std::move(claimed.held);
  hold->took_over = std::move(claimed.took_over);
  return LockGuard(std::move(hold));
}

Result<std::optional<Held>> lock_manually(const StackState& stack, Holder holder) {
  holder.kind = HolderKind::manual;
  const CellFile cell = stack.cell();
  DEPLOYCTL_TRY(const std::optional<os::FileLock> lock, os::FileLock::try_acquire(lock_path(stack)));
  if (!lock) {
    DEPLOYCTL_TRY(Held held, holder_now(cell));
    return held;
  }
  LeaseDriver driver(cell, stack.new_token(), life_seen);
  DEPLOYCTL_TRY(Claim claimed, claim(driver, holder, true));
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
