// The protocol by which one run at a time holds a stack: acquire, renew, lose, take over, amend, release,
// over one compare-and-swap cell. A reducer: told what happened and when, it says what to do next. No clock,
// no I/O, no randomness. A value: copy it to explore.
//
// A swap without an answer is unknown, never lost: the cell is read again, and the nonce tells whether the
// swap happened; if the cell is as before, the same bytes are sent again. A conflict is looked at in the same
// way. Each acquisition raises the epoch; whoever finds another epoch in the cell has lost its hold.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "state/lease_types.hpp"

namespace deployctl::state {

class Lease {
public:
  // `token`: random, this process's own; nonces begin with it.
  Lease(std::string token, LeaseTerms terms, LeaseSafeguards safeguards = {});

  std::vector<LeaseCommand> advance(const LeaseEvent& event);

  [[nodiscard]] bool held() const { return phase_ == Phase::held; }
  // Asked before every effect: held, and renewed recently enough that nobody can have taken over.
  [[nodiscard]] bool may_start(Milliseconds now) const;
  [[nodiscard]] std::int64_t epoch() const { return epoch_; } // while held, and afterwards the last
  [[nodiscard]] const VersionedCell& last_seen() const { return known_; }
  [[nodiscard]] bool busy() const { return task_.has_value(); }

private:
  enum class Phase { idle, held, lost, released };
  enum class Kind { acquire, renew, check, amend, release };

  // One wish on its way: read and swapped until it fits.
  struct Task {
    Kind kind;
    lease::Acquire acquire;
    Amendment amendment;
    int failures = 0;                  // in a row
    std::optional<Error> problem;      // of the last swap, when sending again makes no sense
    bool sent = false;                 // `swap` is or was under way
    lease::SwapCell swap{};            // as sent
    Milliseconds sent_at{0};           // first
    std::optional<Holder> took_over;   // acquire: whom `swap` replaces
    std::optional<Milliseconds> until; // acquire: when waiting ends
  };
  // What a holder's cell looked like, since when.
  struct Watched {
    std::string version;
    Milliseconds since{0};
    std::optional<os::Life> life;
    bool told = false;
  };

  void on(const lease::Acquire& wish);
  void on(const lease::Amend& wish);
  void on(const lease::Check& wish);
  void on(const lease::Release& wish);
  void on(const lease::GiveUp& wish);
  void on(const lease::CellSeen& answer);
  void on(const lease::SwapAnswered& answer);
  void on(const lease::LifeKnown& answer);
  void on(const lease::TimerFired& timer);

  void enqueue(Task task);
  void begin_next();
  void look();
  void send(Cell cell);
  void send_again();
  void failed_once(const Error& error);
  void judge();
  void judge_acquire();
  void judge_held();
  void watch(const Holder& holder);
  void take(std::optional<Holder> from);
  void complete();
  void renewed_at(Milliseconds sent_at);
  void lose();
  void end(Phase phase);
  void give_up(const Error& error);
  void refuse(std::optional<Holder> holder, std::optional<Error> error);
  void finish_task();
  [[nodiscard]] bool is_ours(const Cell& cell) const;
  [[nodiscard]] Cell wanted(const Cell& base) const;
  Ticket next_ticket() { return ++tickets_; }
  Ticket start_timer(Milliseconds delay);
  template <class Command>
  void say(Command command) {
    out_.emplace_back(std::move(command));
  }

  std::string token_;
  LeaseTerms terms_;
  LeaseSafeguards safeguards_;
  Phase phase_ = Phase::idle;
  Holder holder_; // us
  std::int64_t epoch_ = 0;
  VersionedCell known_;
  std::optional<Task> task_;
  std::deque<Task> queue_;
  Watched watched_;
  Milliseconds now_{0};
  Milliseconds renewed_{0}; // when the last good renewal was sent
  Ticket tickets_ = 0;
  Ticket question_ = 0; // the one whose answer is awaited; a retry's or a poll's timer counts
  Ticket renewal_ = 0;  // timer
  Ticket fence_ = 0;    // timer
  std::uint64_t writes_ = 0;
  std::vector<LeaseCommand> out_;
};

} // namespace deployctl::state
