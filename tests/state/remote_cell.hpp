// A cell far away in virtual time, and controllers that fight for it: requests and answers take their time,
// get lost, or arrive after someone else's; controllers sleep, die and come back. One seed, one story.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "state/lease.hpp"

namespace deployctl::state {

struct RemoteFaults {
  int lost_request = 0; // percent
  int lost_answer = 0;
  int slow = 0;  // takes up to 30 s instead of 50 ms
  int sleep = 0; // of a controller, for up to three leases
  int death = 0;
};

// What is there, and all that ever was.
struct RemoteCell {
  VersionedCell there;
  int writes = 0;
  std::vector<std::pair<std::string, std::int64_t>> releases; // as committed, with the epoch

  Swapped swap(const Cell& cell, const std::string& expected) {
    if (there.version != expected) return {CasResult::conflict, {}};
    if (cell.current_release != there.cell.current_release)
      releases.emplace_back(cell.current_release, cell.epoch);
    there = {cell, std::to_string(++writes)};
    return {CasResult::ok, there.version};
  }
};

class RemoteWorld {
public:
  RemoteWorld(std::uint64_t seed, RemoteFaults faults, LeaseSafeguards safeguards = {})
      : random_(seed), faults_(faults), safeguards_(safeguards) {}

  // Each of `controllers` wants to commit one release; ends when all did, gave up or died, or after a day.
  void run(int controllers);

  struct Controller {
    Lease lease;
    Holder holder;
    bool dead = false;
    bool over = false;
    Milliseconds asleep_until{0};
    int effects = 0; // still to be had before the commit
    bool committing = false;
    bool committed = false;      // it was told so
    bool refused_commit = false; // it was told that it is not
    bool lost = false;
  };

  RemoteCell cell;
  std::vector<Controller> controllers;
  std::vector<std::string> violations;
  int takeovers = 0;
  int lost_answers = 0;

private:
  struct Happening {
    std::size_t controller;
    std::optional<LeaseEventBody> event; // for the controller
    std::optional<lease::SwapCell> swap; // for the cell
    bool answered = true;
  };

  void begin(std::size_t controller);
  void handle(const Happening& happening);
  void deliver(std::size_t controller, LeaseEventBody body);
  void obey(std::size_t controller, const lease::ReadCell& command);
  void obey(std::size_t controller, const lease::SwapCell& command);
  void obey(std::size_t controller, const lease::AskLife& command);
  void obey(std::size_t controller, const lease::StartTimer& command);
  void obey(std::size_t controller, const lease::Granted& told);
  void obey(std::size_t controller, const lease::Refused& told);
  void obey(std::size_t controller, const lease::Amended& told);
  void obey(std::size_t controller, const lease::NotAmended& told);
  void obey(std::size_t controller, const lease::Lost& told);
  void obey(std::size_t controller, const lease::Released& told);
  template <class Told>
  void obey(std::size_t, const Told&) {}
  void work(std::size_t controller);
  void act(std::size_t controller);
  void at(Milliseconds delay, Happening happening) {
    line_.emplace(std::pair(now_ + delay, ++sequence_), std::move(happening));
  }
  bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }
  Milliseconds travel() {
    return Milliseconds(chance(faults_.slow) ? random_() % 30'000 : 5 + random_() % 50);
  }

  std::mt19937_64 random_;
  RemoteFaults faults_;
  LeaseSafeguards safeguards_;
  Milliseconds now_{0};
  std::uint64_t sequence_ = 0;
  std::map<std::pair<Milliseconds, std::uint64_t>, Happening> line_;
};

} // namespace deployctl::state
