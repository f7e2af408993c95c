#include "state/lease.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace deployctl::state {

namespace {

Error not_held() {
  return {.cause = Cause::conflict, .message = "the lock is not held"};
}

} // namespace

Lease::Lease(std::string token, LeaseTerms terms, LeaseSafeguards safeguards)
    : token_(std::move(token)), terms_(terms), safeguards_(safeguards) {}

std::vector<LeaseCommand> Lease::advance(const LeaseEvent& event) {
  now_ = event.now;
  out_.clear();
  std::visit([this](const auto& body) { on(body); }, event.body);
  return std::exchange(out_, {});
}

bool Lease::may_start(Milliseconds now) const {
  return held() && (terms_.ttl.count() == 0 || now - renewed_ < terms_.fence_after);
}

bool Lease::is_ours(const Cell& cell) const {
  if (phase_ != Phase::held) return !safeguards_.hold_to_commit;
  return !safeguards_.compare_epoch || (cell.holder == holder_ && cell.epoch == epoch_);
}

void Lease::on(const lease::Acquire& wish) {
  if (held() || task_) {
    say(lease::Refused{std::nullopt, Error{.cause = Cause::internal, .message = "the lock is held already"}});
    return;
  }
  holder_ = wish.holder;
  holder_.lease = terms_.ttl;
  phase_ = Phase::idle;
  watched_ = {};
  Task task{.kind = Kind::acquire, .acquire = wish};
  if (wish.wait) task.until = now_ + *wish.wait;
  enqueue(std::move(task));
}

void Lease::on(const lease::Amend& wish) {
  if (held() || (phase_ == Phase::released && !safeguards_.hold_to_commit))
    enqueue({.kind = Kind::amend, .amendment = wish.amendment});
  else
    say(lease::NotAmended{wish.amendment, not_held(), false});
}

void Lease::on(const lease::Check&) {
  if (held())
    enqueue({.kind = Kind::check});
  else
    say(lease::Lost{known_.cell.holder, known_.cell.epoch});
}

void Lease::on(const lease::Release&) {
  if (!held()) {
    say(lease::Released{});
    return;
  }
  if (!safeguards_.hold_to_commit) {
    queue_.push_front({.kind = Kind::release});
    begin_next();
    return;
  }
  enqueue({.kind = Kind::release});
}

void Lease::on(const lease::GiveUp&) {
  if (task_ && task_->kind == Kind::acquire && !task_->sent) refuse(known_.cell.holder, std::nullopt);
}

void Lease::on(const lease::TimerFired& timer) {
  if (timer.ticket == renewal_) {
    renewal_ = 0;
    enqueue({.kind = Kind::renew});
  } else if (timer.ticket == fence_) {
    fence_ = 0;
    if (!held() || may_start(now_)) return;
    say(lease::Fenced{});
  } else if (timer.ticket == question_ && task_) {
    watched_.life.reset(); // it may have died meanwhile
    look();
  }
}

void Lease::on(const lease::CellSeen& answer) {
  if (answer.ticket != question_ || !task_) return;
  if (!answer.cell) {
    failed_once(answer.cell.error());
    return;
  }
  known_ = *answer.cell;
  judge();
}

void Lease::on(const lease::SwapAnswered& answer) {
  if (answer.ticket != question_ || !task_) return;
  if (answer.result == CasResult::ok) {
    known_ = {task_->swap.cell, answer.version};
    complete();
    return;
  }
  if (answer.result == CasResult::unknown && !safeguards_.reread_unknown) {
    if (task_->kind == Kind::acquire)
      refuse(known_.cell.holder, std::nullopt);
    else
      lose();
    return;
  }
  if (answer.error && !answer.error->retryable) task_->problem = answer.error;
  if (++task_->failures > terms_.attempts)
    give_up({.cause = Cause::conflict,
             .message = fmt::format("the cell of '{}' changed, or did not answer, {} times while it was "
                                    "updated",
                                    known_.cell.stack, task_->failures)});
  else
    look(); // a conflict, too: an earlier try of ours may be what is in the way
}

void Lease::on(const lease::LifeKnown& answer) {
  if (answer.ticket != question_ || !task_ || !known_.cell.holder) return;
  watched_.life = answer.life;
  watch(*known_.cell.holder);
}

void Lease::enqueue(Task task) {
  queue_.push_back(std::move(task));
  begin_next();
}

void Lease::begin_next() {
  if (task_ || queue_.empty()) return;
  task_ = std::move(queue_.front());
  queue_.pop_front();
  if (task_->kind == Kind::amend && !held() && safeguards_.hold_to_commit) { // released meanwhile
    say(lease::NotAmended{task_->amendment, not_held(), false});
    finish_task();
  } else if (task_->kind == Kind::acquire || task_->kind == Kind::check) {
    look();
  } else {
    send(wanted(known_.cell));
  }
}

void Lease::look() {
  question_ = next_ticket();
  say(lease::ReadCell{question_});
}

void Lease::send(Cell cell) {
  cell.nonce = fmt::format("{}-{}", token_, ++writes_);
  question_ = next_ticket();
  task_->swap = {question_, std::move(cell), known_.version};
  task_->sent = true;
  task_->sent_at = now_;
  say(task_->swap);
}

// The same bytes: whichever of the two arrives first, the other cannot do anything.
void Lease::send_again() {
  question_ = task_->swap.ticket = next_ticket();
  say(task_->swap);
}

void Lease::failed_once(const Error& error) {
  if (!error.retryable || ++task_->failures > terms_.attempts)
    give_up(error);
  else
    question_ = start_timer(terms_.retry);
}

Ticket Lease::start_timer(Milliseconds delay) {
  const Ticket ticket = next_ticket();
  say(lease::StartTimer{ticket, std::max(delay, Milliseconds(0))});
  return ticket;
}

} // namespace deployctl::state
