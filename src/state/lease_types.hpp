// What the lease protocol says and is told: commands and events. Plain data; the protocol is lease.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/strategy.hpp>

#include "state/cell.hpp"

namespace deployctl::state {

struct LeaseTerms {
  // Someone else takes over when the cell did not change for 1.2 times this. Zero: never; only proof of death
  // or a person ends such a hold (the local cell, where a flock tells life from death).
  Milliseconds ttl{60'000};
  Milliseconds renew_every{15'000};
  Milliseconds fence_after{40'000}; // since the last good renewal was *sent*: nothing new starts
  Milliseconds retry{1'000};        // after an answer that is missing
  Milliseconds poll{5'000};         // how often a holder that is waited for is looked at
  int attempts = 16;                // conflicts and missing answers in a row before a change is given up
};

// Rules that a simulator breaks one at a time, to see that it notices. The product never does.
struct LeaseSafeguards {
  bool reread_unknown = true; // a swap without an answer may have happened: look before judging
  bool compare_epoch = true;  // a hold is ours only under our epoch
  bool hold_to_commit = true; // what is to be amended is amended before the release
};

using Ticket = std::uint64_t; // of a question; an answer with another one is late and changes nothing

// What the holder changes in its cell; what is not set stays.
struct Amendment {
  std::optional<std::string> pending_run;
  std::optional<std::string> current_release;
  std::optional<std::int64_t> release_number;

  friend bool operator==(const Amendment&, const Amendment&) = default;
};

namespace lease {

// Wishes.
struct Acquire {
  Holder holder;
  std::optional<Milliseconds> wait; // none: answer at once
  bool replace_manual = false;      // `lock` given twice
};
struct Amend {
  Amendment amendment;
};
struct Check {}; // is it still ours? Answered by Confirmed or Lost
struct Release {};
struct GiveUp {}; // stop waiting for someone else's lock

// Answers.
struct CellSeen {
  Ticket ticket;
  Result<VersionedCell> cell;
};
struct SwapAnswered {
  Ticket ticket;
  CasResult result;
  std::string version;        // of what was written, when ok
  std::optional<Error> error; // unknown: why no answer came; not retryable: it makes no sense to send again
};
struct LifeKnown {
  Ticket ticket;
  os::Life life; // dead is proof; unknown is not
};
struct TimerFired {
  Ticket ticket;
};

// Questions. Who asks for the world bounds the wait: no answer in time is an error, or CasResult::unknown.
struct ReadCell {
  Ticket ticket;
};
struct SwapCell {
  Ticket ticket;
  Cell cell; // nonce and all: sent again exactly like this when the answer is missing
  std::string expected;
};
struct AskLife {
  Ticket ticket;
  Holder holder;
};
struct StartTimer {
  Ticket ticket;
  Milliseconds delay;
};

// Told once.
struct Granted {
  std::int64_t epoch;
  std::optional<Holder> took_over;
  Cell cell;
};
struct Waiting {
  Holder holder;
};
struct Refused { // by the holder, or by what went wrong
  std::optional<Holder> holder;
  std::optional<Error> error;
};
struct Renewed {};
struct Fenced {}; // not renewed in time: nothing new starts until Renewed
struct Amended {
  Amendment amendment;
  Cell cell;
};
struct Confirmed {};
struct Lost { // by another holder, or by nobody: an `unlock`
  std::optional<Holder> holder;
  std::int64_t epoch;
};
struct NotAmended {
  Amendment amendment;
  Error error;
  bool maybe = false; // it was sent, and what came after it hides whether it was written
};
struct Released {};

} // namespace lease

using LeaseEventBody =
    std::variant<lease::Acquire, lease::Amend, lease::Check, lease::Release, lease::GiveUp, lease::CellSeen,
                 lease::SwapAnswered, lease::LifeKnown, lease::TimerFired>;

struct LeaseEvent {
  Milliseconds now{0}; // of a clock that counts suspension
  LeaseEventBody body;
};

using LeaseCommand =
    std::variant<lease::ReadCell, lease::SwapCell, lease::AskLife, lease::StartTimer, lease::Granted,
                 lease::Waiting, lease::Refused, lease::Renewed, lease::Fenced, lease::Amended,
                 lease::Confirmed, lease::Lost, lease::NotAmended, lease::Released>;

} // namespace deployctl::state
