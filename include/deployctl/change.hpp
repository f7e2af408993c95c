// What a provider says would happen to one target, and the stages in which it happens. Pure data: a plan is
// made of these.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/host.hpp>
#include <deployctl/strategy.hpp>
#include <deployctl/value.hpp>

namespace deployctl {

enum class Action { none, create, update, replace, remove, run };
enum class StageKind { prepare, act, shift, finish };
enum class OnCancel { leave, finish, kill };
enum class Undoable { yes, partly, no };

// After a stage the engine polls Resource::ready until it says so `consecutive` times in a row, or `within`
// has passed.
struct ReadyRule {
  Milliseconds within{60'000};
  Milliseconds interval{500};
  int consecutive = 1;
};

struct Stage {
  std::string name;
  StageKind kind = StageKind::act;
  int weight = 0;          // percent, for shift
  bool gate_after = false; // the engine judges the step's gates behind this stage too
  OnCancel on_cancel = OnCancel::finish;
  Milliseconds timeout{600'000}; // bound of one attempt on one target
  std::optional<ReadyRule> ready;
};

struct FieldChange {
  std::string path; // "files.bin/app", "env.LOG_LEVEL"
  Value before;     // null: was not there
  Value after;      // null: will not be there; Unknown: known after that step
  bool forces_replacement = false;
};

struct Change {
  Action action = Action::none;
  std::string summary; // one line for people: "releases/01J.. -> current"; may be empty
  std::vector<FieldChange> fields;
  std::vector<Stage> stages; // empty when action is none
  Undoable undoable = Undoable::yes;
  std::string undoable_why; // when not `yes`
  std::string downtime;     // empty: none expected; otherwise what callers will notice
  Value desired;            // what apply needs; secrets as references until the engine resolves them
  Value basis;              // provider's own notes from the observation, handed back to apply
};

// One step on one target. `inputs` absent means: this should not exist.
struct Ask {
  std::string step;
  std::optional<Value> inputs;
  Target target;
  Value recorded; // inputs of the live release, null if none: says what to remove when `inputs` is absent
  std::string release; // id of the release being made; stable over resume
};

// What is there now. `managed` is what the drift fingerprint covers; `facts` is only shown.
struct Observation {
  bool exists = false;
  bool healthy = true;
  Value managed;
  Value facts;
};

// Durable data that takes one stage's effect back; written by Effects::undo before the effect.
struct Undo {
  Ask ask;
  std::string stage;
  Value data;
};

} // namespace deployctl
