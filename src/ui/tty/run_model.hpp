// What a live view knows of a run: a reducer over its events. No clock, no terminal, no words of the layout;
// a run that is not under way is an empty model. An event or a field that is not known changes nothing.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/event.hpp>

#include "ui/tty/transfer_rate.hpp"

namespace deployctl::ui::tty {

using Instant = std::chrono::nanoseconds; // of Clock::boot

enum class Standing {
  pending,
  left_out, // never begins: the run goes back, or was interrupted
  working,
  waiting, // applied, not ready yet; or held by a rule
  changed,
  unchanged,
  failed,
  stopped,
  behind,
  going_back,
  reverted,
};

// Its work has ended, well or not.
bool is_over(Standing standing);

// What is under way, or was last.
struct Activity {
  std::string what;
  Instant since{0};
  std::optional<std::chrono::milliseconds> limit;
  std::string detail; // why it is not over yet
  std::optional<TransferRate> transfer;
};

struct TargetModel {
  std::string name;
  std::size_t wave = 0; // from 0
  bool begun = false;   // more than prepared
  Standing standing = Standing::pending;
  Activity activity;
};

struct StepModel {
  std::string id;
  std::vector<std::string> needs;
  Standing standing = Standing::pending;
  Activity activity; // of the step itself: a gate, a hold; `since` is when it began
  std::vector<TargetModel> targets;
  std::size_t waves = 0;
  std::optional<std::chrono::milliseconds> usual; // how long it took in earlier runs
  std::optional<std::chrono::nanoseconds> took;
  std::string why; // it failed
};

struct RunModel {
  std::string stack;     // "hello/production"
  std::string operation; // "apply"
  Instant since{0};
  std::optional<std::chrono::milliseconds> usual;
  Activity awaited; // before the run: the comparison, the lock. Empty `what`: nothing
  bool is_running = false;
  bool goes_back = false;
  std::string interrupted; // what an interrupt did; empty: none
  std::vector<StepModel> steps;

  void apply(const Event& event, Instant now);
};

} // namespace deployctl::ui::tty
