// The lease protocol's commands in virtual time.
#include <utility>

#include <fmt/core.h>

#include "engine/endings.hpp"
#include "engine/rehearsal/controller.hpp"

namespace deployctl::engine::rehearsal {

namespace lease = state::lease;

namespace {

const Error no_answer{.cause = Cause::timeout, .message = "no answer", .retryable = true};

} // namespace

state::Lease lease_of(const Scene& scene, std::size_t number) {
  state::LeaseTerms terms;
  terms.renew_every = scene.scenario.renew_every;
  if (!scene.scenario.remote) terms.ttl = Milliseconds{0};
  const state::LeaseSafeguards safeguards{.reread_unknown = scene.bug != Bug::swap_timeout_is_lost,
                                          .compare_epoch = scene.bug != Bug::epoch_unchecked,
                                          .hold_to_commit = scene.bug != Bug::unlock_before_commit};
  return state::Lease("c" + std::to_string(number), terms, safeguards);
}

void Controller::give(state::LeaseEventBody body) {
  for (const state::LeaseCommand& command : lease_.advance({clock(), std::move(body)})) {
    if (!alive_) return;
    std::visit([this](const auto& each) { obey(each); }, command);
  }
}

void Controller::obey(const lease::ReadCell& question) {
  later([this, question] {
    give(lease::CellSeen{question.ticket,
                         state::VersionedCell{scene_.store.cell, std::to_string(scene_.store.version)}});
  });
}

void Controller::obey(const lease::SwapCell& question) {
  later([this, question] {
    if (executing() && scene_.faults.holds(Struck::swap, last_class_, name())) return obey(question);
    Store& store = scene_.store;
    const bool fits = std::to_string(store.version) == question.expected;
    const bool unknown = scene_.strikes(FaultKind::swap_unknown, last_class_);
    if (fits && (!unknown || scene_.dice.one_in(2))) write_cell(question.cell);
    if (unknown) {
      say([] { return std::string("a swap of the cell gets no answer"); });
      return give(lease::SwapAnswered{question.ticket, state::CasResult::unknown, {}, no_answer});
    }
    const auto result = fits ? state::CasResult::ok : state::CasResult::conflict;
    give(lease::SwapAnswered{question.ticket, result, std::to_string(store.version), std::nullopt});
  });
}

void Controller::write_cell(const state::Cell& cell) {
  const bool was_ours = scene_.store.cell.holder && scene_.store.cell.holder->run == name();
  const std::string before = std::exchange(scene_.store.cell, cell).pending_run;
  if (!before.empty() && cell.pending_run.empty()) scene_.store.ended.insert(before);
  ++scene_.store.version;
  if (was_ours && !cell.holder) lock_given_back();
}

// Only this machine's own processes can be seen to be dead.
void Controller::obey(const lease::AskLife& question) {
  later([this, question] {
    const std::size_t other = std::stoul(question.holder.run.substr(1));
    os::Life life = scene_.dead.count(other) != 0 ? os::Life::dead : os::Life::alive;
    if (scene_.scenario.remote) life = os::Life::unknown;
    give(lease::LifeKnown{question.ticket, life});
  });
}

void Controller::obey(const lease::StartTimer& timer) {
  lease_timers_.push_back(timer.ticket);
  later(timer.delay, [this, ticket = timer.ticket] {
    if (std::erase(lease_timers_, ticket) > 0) give(lease::TimerFired{ticket});
  });
}

void Controller::obey(const lease::Granted& granted) {
  epoch_ = granted.epoch;
  say([&] { return fmt::format("holds the lock, epoch {}", epoch_); });
  if (!granted.cell.pending_run.empty()) {
    if (scene_.strikes(FaultKind::late_takeover, last_class_)) stand_still(Milliseconds{120'000});
    return later([this, run = granted.cell.pending_run] { recover(run); });
  }
  if (order_ == Order::apply && scene_.store.ended.empty()) return begin_run();
  ending_ = Ending{.outcome = Outcome::nothing_to_do};
  unlock();
}

void Controller::obey(const lease::Refused& refusal) {
  const bool ours = scene_.store.cell.holder && scene_.store.cell.holder->run == name();
  scene_.checks.require(!ours, Check::told_committed, "who holds the lock is told that it does not");
  ending_ =
      refused(exit_code::locked, refusal.error.value_or(Error{.cause = Cause::conflict, .message = "held"}));
  conclude();
}

void Controller::obey(const lease::Amended&) {
  if (auto then = std::exchange(amended_, {})) then(true);
}

void Controller::obey(const lease::NotAmended& told) {
  const state::Cell& cell = scene_.store.cell;
  const auto same = [](const auto& wanted, const auto& there) { return !wanted || *wanted == there; };
  const bool happened = cell.epoch == epoch_ && same(told.amendment.pending_run, cell.pending_run) &&
                        same(told.amendment.current_release, cell.current_release);
  scene_.checks.require(!happened || told.maybe, Check::told_committed,
                        "a swap that happened is taken for lost");
  if (auto then = std::exchange(amended_, {})) then(false);
}

void Controller::obey(const lease::Lost&) {
  const bool ours = scene_.store.cell.holder && scene_.store.cell.holder->run == name() &&
                    scene_.store.cell.epoch == epoch_;
  scene_.checks.require(!ours, Check::told_committed, "who holds the lock is told that it lost it");
  say([] { return std::string("has lost the lock"); });
  if (!executing()) return;
  (void)append({{state::RecordType::lease_lost, Value::Map{}}}, Coverage::of_the_run);
  keep(fail(Cause::superseded, "the lock is another's now"));
}

void Controller::obey(const lease::Released&) {
  if (ending_) conclude();
}

void Controller::obey(const lease::Waiting&) {}
void Controller::obey(const lease::Renewed&) {}
void Controller::obey(const lease::Fenced&) {}
void Controller::obey(const lease::Confirmed&) {}

void Controller::amend(const state::Amendment& amendment, std::function<void(bool)> then) {
  amended_ = std::move(then);
  give(lease::Amend{amendment});
}

void Controller::unlock() {
  if (!alive_) return;
  later([this] { give(lease::Release{}); });
}

void Controller::lock_given_back() {
  const bool ended =
      scheduler_ && scheduler_->finished() && (how_ == Finish::succeeded || how_ == Finish::failed);
  if (ended && !broken_)
    scene_.checks.require(scene_.store.ended.count(run_) != 0, Check::unlock_last,
                          run_ + " is not committed yet");
}

} // namespace deployctl::engine::rehearsal
