#include <utility>

#include <fmt/core.h>

#include "engine/endings.hpp"
#include "engine/program.hpp"
#include "engine/recovery.hpp"
#include "engine/rehearsal/controller.hpp"

namespace deployctl::engine::rehearsal {

namespace {

constexpr std::size_t no_step = Coverage::of_the_run;

// The step that a record is about.
const Value* step_told(const state::Record& record) {
  if (const Value* step = record.payload.find_path("ref.step")) return step;
  const Value* parks = record.payload.find("what");
  const bool parked = parks && parks->text() && *parks->text() == "park";
  return record.payload.find(parked ? "by" : "step");
}

} // namespace

void Controller::begin_run() {
  run_ = fmt::format("run-{}", number_);
  release_ = fmt::format("release-{}", number_);
  scene_.store.journals[run_] = {.header = {.run = run_, .epoch = epoch_}, .epoch = epoch_};
  const RunBegin begin{.operation = "apply", .release = release_, .by = "someone"};
  const Status begun = append({{state::RecordType::run_begin, plan::encode(begin)},
                               {state::RecordType::approval, plan::encode(ApprovalRecord{})},
                               {state::RecordType::blobs, Value::Map{}}},
                              no_step);
  if (!begun) {
    ending_ = refused(exit_code::failed, begun.error());
    return unlock();
  }
  amend({.pending_run = run_}, [this](bool marked) {
    if (marked) return execute();
    ending_ =
        refused(exit_code::failed, Error{.cause = Cause::conflict, .message = "another run is pending"});
    unlock();
  });
}

void Controller::recover(const std::string& run) {
  run_ = run;
  StoredJournal& journal = scene_.store.journals.at(run);
  last_record_ = journal.records.back().type;
  if (const Value* step = step_told(journal.records.back()))
    last_class_ = class_of(scene_.step_of(*step->text()));
  journal.epoch = epoch_; // whoever wrote it before is fenced off
  auto history = read_history({.header = journal.header, .records = journal.records});
  if (!history) {
    scene_.checks.violate(Check::comes_to_an_end, "the journal cannot be read: " + history.error().message);
    ending_ = refused(exit_code::undecided, history.error());
    return unlock();
  }
  history_ = *std::move(history);
  release_ = history_->begin.release;
  say([&] { return fmt::format("takes up {}", run_); });
  if (history_->end) {
    ending_ = Ending{.exit_code = history_->end->exit_code, .run = run_, .release = history_->end->release};
    return add_release(!history_->end->release.empty());
  }
  if (order_ != Order::apply) return abort_run();
  open_ = open_stages(*history_);
  resolve_next();
}

void Controller::resolve_next() {
  if (!open_.empty()) {
    const OpenStage open = open_.back();
    open_.pop_back();
    return later([this, open] { resolve(open); });
  }
  if (choices_.empty()) return execute();
  ending_ = Ending{
      .exit_code = exit_code::undecided, .outcome = Outcome::undecided, .choices = choices_, .run = run_};
  unlock();
}

// As recovery_stages.cpp does, with a target that answers in virtual time.
void Controller::resolve(const OpenStage& open) {
  const TargetId at{scene_.step_of(open.at.first), scene_.target_of(open.at.second)};
  const auto index = static_cast<std::size_t>(open.ref.index);
  const CrashClass crash_class = open.intent.crash_class;
  const Confirmation::State state = scene_.world.confirm(at, index, open.ref.back, epoch_);
  Resolution resolution = resolve_missing(crash_class, state);
  const bool planted = scene_.bug == Bug::resume_repeats_opaque && crash_class == CrashClass::opaque;
  if (planted && resolution == Resolution::decide) resolution = Resolution::redo;
  say([&] {
    return fmt::format("asks about {} on {}: resolution {}", open.at.first, open.at.second,
                       static_cast<int>(resolution));
  });
  if (resolution == Resolution::decide) choices_.push_back({.step = open.at.first, .target = open.at.second});
  if (resolution == Resolution::redo) redo_stage(*history_, open, state);
  if (resolution == Resolution::adopt) {
    const OutcomeRecord adopted = adopted_outcome(open, {});
    if (auto written = append(state::RecordType::outcome, adopted, class_of(at.step)); !written) {
      ending_ = refused(exit_code::undecided, written.error());
      return unlock();
    }
    take_outcome(*history_, adopted);
  }
  resolve_next();
}

// Rules are asked at every step, as in a pipeline that has any.
Deployment& Controller::deploy() {
  // An aggregate that cannot be moved is made where it stays.
  // NOLINTNEXTLINE(modernize-make-unique)
  deployment_.reset(new Deployment{scene_.request, run_, release_, history_ ? &*history_ : nullptr});
  deployment_->leave = [](const LeaveQuestion&, const std::stop_token&) { return Leave{}; };
  return *deployment_;
}

void Controller::execute() {
  if (auto laid = lay_out(deploy(), scene_.content, scene_.pipeline, {}); !laid)
    return scene_.checks.violate(Check::comes_to_an_end, laid.error().message);
  run(make_program(*deployment_, scene_.pipeline, scene_.scenario.parallel));
}

void Controller::abort_run() {
  if (!changed_something(*history_, scene_.content)) {
    ending_ = Ending{.outcome = Outcome::aborted, .run = run_};
    Status written = append(state::RecordType::decision, DecisionRecord{"replaced", "someone", ""}, no_step);
    if (written)
      written = append(state::RecordType::run_end, RunEnd{"aborted", exit_code::failed, ""}, no_step);
    if (!written) {
      ending_ = refused(exit_code::failed, written.error());
      return unlock();
    }
    return add_release(false);
  }
  if (auto laid = lay_out(deploy(), scene_.content, scene_.pipeline, {}); !laid)
    return scene_.checks.violate(Check::comes_to_an_end, laid.error().message);
  Program program = make_program(*deployment_, scene_.pipeline, scene_.scenario.parallel);
  const bool keep = order_ == Order::abort_keep;
  turn_back(program, keep);
  if (keep) return run(std::move(program));
  const FailureRecord begins{scene_.scenario.steps.at(*program.failed).id, record_of(program.failure)};
  if (auto written = append(state::RecordType::compensate_begin, begins, class_of(*program.failed));
      !written) {
    ending_ = refused(exit_code::mixed, written.error());
    return unlock();
  }
  run(std::move(program));
}

void Controller::run(Program program) {
  scheduler_.emplace(std::move(program));
  later([this] { give(Started{}); });
}

void Controller::close() {
  ending_ = ending_of(*scheduler_, *deployment_, how_, 2);
  if (journal_error_) {
    end_without_journal(*ending_, how_, *journal_error_);
    return unlock(); // stays pending: what is not written cannot be committed
  }
  if (ending_->outcome == Outcome::interrupted || ending_->outcome == Outcome::parked) return unlock();
  if (order_ != Order::apply) judge_abort(*ending_);
  commit();
}

void Controller::commit() {
  if (scene_.bug == Bug::unlock_before_commit) give(state::lease::Release{});
  const bool release = went_through(*ending_);
  if (release) ending_->release = release_;
  const RunEnd end{std::string(to_text(ending_->outcome)), ending_->exit_code, ending_->release};
  if (auto ended = append(state::RecordType::run_end, end, no_step); !ended) {
    not_recorded();
    return unlock();
  }
  add_release(release);
}

void Controller::not_recorded() {
  if (ending_->exit_code == exit_code::done) end_unwritten(*ending_);
}

void Controller::add_release(bool makes_release) {
  later([this, makes_release] {
    if (makes_release) scene_.store.releases[release_] = ending_->exit_code;
    commit_cell(makes_release);
  });
}

void Controller::commit_cell(bool makes_release) {
  state::Amendment amendment{.pending_run = std::string()};
  if (makes_release) amendment.current_release = release_;
  amend(amendment, [this](bool named) {
    if (named) return later([this] { commit_last(); });
    not_recorded();
    unlock();
  });
}

void Controller::commit_last() {
  check_release(scene_);
  // A commit whose last mark is not written is complete all the same: nothing is pending.
  (void)append({{state::RecordType::committed, Value::Map{}}}, no_step);
  if (alive_) unlock();
}

void Controller::conclude() {
  say([&] { return fmt::format("ends with {} ({})", ending_->exit_code, to_text(ending_->outcome)); });
  // Whoever lost the lock can only speak of what it did itself: the world is another's.
  const bool knows = scene_.store.cell.epoch == epoch_ || scene_.bug == Bug::epoch_unchecked;
  if (knows) check_ending(scene_, *ending_, number_, scheduler_.has_value());
  alive_ = false;
  concluded_ = true;
  scene_.ended(*this);
}

} // namespace deployctl::engine::rehearsal
