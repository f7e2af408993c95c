#include "engine/rehearsal/controller.hpp"

#include <utility>

#include <fmt/core.h>

#include "engine/endings.hpp"

namespace deployctl::engine::rehearsal {

Controller::Controller(Scene& scene, std::size_t number, Order order)
    : scene_(scene), number_(number), order_(order), lease_(lease_of(scene, number)) {}

void Controller::later(Milliseconds delay, std::function<void()> what) {
  scene_.timeline.after(delay, [this, what = std::move(what)] {
    if (!alive_) return;
    const Milliseconds now = scene_.timeline.now();
    scene_.world.move_to(now);
    scene_.faults.next_point();
    scene_.faults.stand_behind(last_record_);
    scene_.at_point(*this);
    if (!alive_) return;
    if (now < still_until_) return later(still_until_ - now, what);
    what();
  });
}

void Controller::later(std::function<void()> what) {
  later(Milliseconds{scene_.dice.between(1, 30)}, std::move(what));
}

void Controller::start() {
  say([&] { return fmt::format("starts: {}", order_ == Order::apply ? "apply" : "abort"); });
  later([this] { give(state::lease::Acquire{state::Holder{.run = name()}, Milliseconds{200'000}}); });
}

void Controller::die() {
  say([] { return std::string("dies"); });
  alive_ = false;
}

void Controller::stand_still(Milliseconds duration) {
  say([] { return std::string("stands still"); });
  still_until_ = scene_.timeline.now() + duration;
}

// Every limit and every timer is over when the machine wakes up.
void Controller::oversleep() {
  say([] { return std::string("wakes up an hour later"); });
  skew_ += Milliseconds{3'600'000};
  const std::vector<JobPointer> running = running_;
  for (const JobPointer& job : running) {
    job->late = true;
    stop(job);
  }
  for (const std::uint64_t token : std::exchange(timers_, {}))
    later(Milliseconds{0}, [this, token] { give(TimerFired{token}); });
  for (const state::Ticket ticket : std::exchange(lease_timers_, {}))
    later(Milliseconds{0}, [this, ticket] { give(state::lease::TimerFired{ticket}); });
}

void Controller::interrupt() {
  if (!interruptible()) return;
  say([] { return std::string("is interrupted"); });
  later(Milliseconds{0}, [this] {
    if (!executing()) return;
    if (!journal_error_)
      keep(append({{state::RecordType::signal, Value::Map{{"number", Value(2)}}}}, Coverage::of_the_run));
    give(WindDown{});
  });
}

void Controller::abandon() {
  if (!executing()) return;
  say([] { return std::string("is told to return at once"); });
  later(Milliseconds{0}, [this] { give(Abandon{}); });
}

Status Controller::append(const std::vector<state::Record>& records, std::size_t crash_class) {
  if (!alive_) return fail(Cause::cancelled, "dead");
  if (broken_) return fail(*broken_);
  last_record_ = records.front().type;
  scene_.faults.stand_behind(last_record_);
  last_class_ = crash_class;
  StoredJournal& journal = scene_.store.journals[run_];
  if (journal.epoch > epoch_ && scene_.bug != Bug::epoch_unchecked) {
    broken_ = Error{.cause = Cause::superseded, .message = "the journal is another's now"};
    return fail(*broken_);
  }
  std::size_t durable = records.size();
  const bool dies = scene_.strikes(FaultKind::crash, crash_class);
  const bool fails = !dies && scene_.strikes(FaultKind::disk_error, crash_class);
  if (dies || fails) durable = scene_.dice.index(records.size() + 1);
  for (std::size_t i = 0; i < durable; ++i) keep_record(journal, records[i]);
  if (dies) {
    die();
    scene_.ended(*this);
    return fail(Cause::cancelled, "dead");
  }
  if (!fails) return {};
  say([&] { return fmt::format("the journal fails at {}", find_record_type(last_record_)->name); });
  const bool forgotten =
      scene_.bug == Bug::outcome_lost_on_disk_error && last_record_ == state::RecordType::outcome;
  if (forgotten) return {};
  broken_ = Error{.cause = Cause::internal, .message = "input/output error"};
  return fail(*broken_);
}

void Controller::keep_record(StoredJournal& journal, const state::Record& record) const {
  journal.records.push_back(record);
  if (record.type != state::RecordType::intent) return;
  const Value* attempt = record.payload.find_path("ref.attempt");
  journal.intents.emplace(*record.payload.find("key")->text(), *attempt->get<std::int64_t>());
}

} // namespace deployctl::engine::rehearsal
