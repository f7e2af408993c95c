#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "state/lease.hpp"

namespace deployctl::state {

namespace {

// Only we write these names, so whoever holds the cell now found them there.
bool shows(const Cell& cell, const Amendment& amendment) {
  if (amendment.current_release && !amendment.current_release->empty())
    return cell.current_release == *amendment.current_release;
  return amendment.pending_run && !amendment.pending_run->empty() &&
         cell.pending_run == *amendment.pending_run;
}

} // namespace

// What the cell that was read means for the task.
void Lease::judge() {
  if (task_->sent && known_.cell.nonce == task_->swap.cell.nonce)
    complete();
  else if (task_->problem)
    give_up(Error(*task_->problem));
  else if (task_->kind == Kind::acquire)
    judge_acquire();
  else
    judge_held();
}

void Lease::judge_acquire() {
  const std::optional<Holder> there = known_.cell.holder;
  if (there && there->kind == HolderKind::run)
    watch(*there);
  else if (there && !task_->acquire.replace_manual)
    refuse(there, std::nullopt);
  else
    take(std::nullopt);
}

void Lease::judge_held() {
  const Cell cell = known_.cell;
  if (is_ours(cell)) {
    if (task_->kind == Kind::check) {
      say(lease::Confirmed{});
      finish_task();
    } else if (task_->sent && known_.version == task_->swap.expected) {
      send_again();
    } else {
      send(wanted(cell));
    }
    return;
  }
  if (task_->kind == Kind::amend && task_->sent && shows(cell, task_->amendment)) {
    say(lease::Amended{task_->amendment, cell});
    task_.reset();
  }
  lose();
}

// A run holds the cell: until it is dead, or its lease is over, or nobody wants to wait for it.
void Lease::watch(const Holder& holder) {
  if (watched_.version != known_.version)
    watched_ = {.version = known_.version, .since = now_, .told = watched_.told};
  if (!watched_.life) {
    question_ = next_ticket();
    say(lease::AskLife{question_, holder});
    return;
  }
  const Milliseconds patience = holder.lease + holder.lease / 5;
  const Milliseconds watched_for = now_ - watched_.since;
  const bool expired = holder.lease.count() > 0 && watched_for >= patience;
  if (*watched_.life == os::Life::dead || expired) {
    take(holder);
    return;
  }
  if (!task_->until || now_ >= *task_->until) {
    refuse(holder, std::nullopt);
    return;
  }
  if (!std::exchange(watched_.told, true)) say(lease::Waiting{holder});
  Milliseconds nap = std::min(terms_.poll, *task_->until - now_);
  if (holder.lease.count() > 0) nap = std::min(nap, patience - watched_for);
  question_ = start_timer(nap);
}

void Lease::take(std::optional<Holder> from) {
  if (task_->sent && known_.version == task_->swap.expected) {
    send_again();
    return;
  }
  task_->took_over = std::move(from);
  send(wanted(known_.cell));
}

Cell Lease::wanted(const Cell& base) const {
  Cell cell = base;
  switch (task_->kind) {
  case Kind::acquire:
    cell.holder = holder_;
    ++cell.epoch;
    break;
  case Kind::amend:
    cell.pending_run = task_->amendment.pending_run.value_or(cell.pending_run);
    cell.current_release = task_->amendment.current_release.value_or(cell.current_release);
    cell.release_number = task_->amendment.release_number.value_or(cell.release_number);
    break;
  case Kind::release:
    cell.holder.reset();
    break;
  case Kind::renew:
  case Kind::check:
    break;
  }
  return cell;
}

// The task's swap is in the cell.
void Lease::complete() {
  const Task task = *task_;
  switch (task.kind) {
  case Kind::acquire:
    phase_ = Phase::held;
    epoch_ = known_.cell.epoch;
    renewed_at(task.sent_at);
    say(lease::Granted{epoch_, task.took_over, known_.cell});
    break;
  case Kind::amend:
    if (held()) renewed_at(task.sent_at);
    say(lease::Amended{task.amendment, known_.cell});
    break;
  case Kind::release:
    end(Phase::released);
    say(lease::Released{});
    break;
  case Kind::renew:
  case Kind::check:
    renewed_at(task.sent_at);
    say(lease::Renewed{});
  }
  finish_task();
}

void Lease::renewed_at(Milliseconds sent_at) {
  renewed_ = sent_at;
  if (terms_.ttl.count() == 0) return;
  renewal_ = start_timer(sent_at + terms_.renew_every - now_);
  fence_ = start_timer(sent_at + terms_.fence_after - now_);
}

void Lease::finish_task() {
  task_.reset();
  begin_next();
}

void Lease::end(Phase phase) {
  phase_ = phase;
  question_ = renewal_ = fence_ = 0;
}

void Lease::refuse(std::optional<Holder> holder, std::optional<Error> error) {
  question_ = 0;
  say(lease::Refused{std::move(holder), std::move(error)});
  finish_task();
}

void Lease::lose() {
  const VersionedCell now = known_;
  end(Phase::lost);
  say(lease::Lost{now.cell.holder, now.cell.epoch});
  if (task_) queue_.push_front(*task_);
  task_.reset();
  const Error error{.cause = Cause::conflict,
                    .message = fmt::format("the lock of '{}' was taken by someone else", now.cell.stack)};
  for (const Task& task : std::exchange(queue_, {})) {
    if (task.kind == Kind::amend)
      say(lease::NotAmended{task.amendment, error, task.sent && safeguards_.reread_unknown});
    if (task.kind == Kind::release) say(lease::Released{});
  }
}

// No answer, or none that fits, too often. The hold itself ends only by its lease, or when someone else is
// seen in the cell.
void Lease::give_up(const Error& error) {
  question_ = 0;
  switch (task_->kind) {
  case Kind::acquire:
    refuse(std::nullopt, error);
    return;
  case Kind::amend:
    say(lease::NotAmended{task_->amendment, error, task_->sent});
    break;
  case Kind::release: // its lease, or its death, ends it
    end(Phase::released);
    say(lease::NotAmended{{}, error, true});
    say(lease::Released{});
    break;
  case Kind::renew:
    renewal_ = start_timer(terms_.retry);
    break;
  case Kind::check:
    say(lease::Fenced{});
  }
  finish_task();
}

} // namespace deployctl::state
