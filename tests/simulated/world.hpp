// The world that simulated shapes act on: things by name, a log of every effect, and rules that make effects
// late, fail, or lose their answer. It outlives an engine, so a test can kill one engine and start another
// over the same world. Thread-safe. Not a provider: see catalog.hpp.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/change.hpp>
#include <deployctl/error.hpp>
#include <deployctl/intent.hpp>
#include <deployctl/result.hpp>

#include "simulated/machine.hpp"

namespace deployctl::simulated {

// A simulated real thing. Its name is "ACTION/NAME", on a host "ACTION/NAME@HOST".
struct Thing {
  Value managed;      // what was applied: fields in the shape that observe() gives
  Value staged;       // what a prepare stage or an unfinished rollout brought, not live yet
  int progress = 100; // percent of traffic or units on `staged`; 100: all, nothing is under way
  bool healthy = true;

  friend bool operator==(const Thing&, const Thing&) = default;
};

// One effect that happened. Two entries with one key mean that the world was changed twice for one intent.
struct Done {
  std::string action;
  std::string step;
  std::string target;
  std::string stage;
  std::string key;
  int attempt = 1;
  std::string what; // "create update remove restore prepare shift finish run make send"
};

enum class Act {
  fail_before,   // error, and nothing happened
  fail_after,    // it happened, and then an error that says so
  lose_answer,   // it happened; the caller gets a network error and cannot know
  hold,          // waits for World::release(), or for stop (cancelled, nothing happened)
  hold_after,    // it happened, then waits for release() or stop; cancelled is not "nothing happened"
  deaf,          // it happened, then waits for release(), whatever stop says
  bug,           // throws std::logic_error
  die_before,    // the process dies: throws Died, and nothing happened
  die_after,     // it happened, and the process died before the answer came
  go_back,       // it happened, and the target went back by itself: an error, the world as before
  never_ready,   // ready() says waiting
  crash_loop,    // ready() says failed
  unknowable,    // confirm() says unknown
  still_running, // confirm() says in_progress
  unobservable,  // observe() fails
  undiagnosable, // diagnose() finds nothing but `internal`
};

// Thrown where a process would be gone: nothing in the engine catches it.
struct Died {};

// Applies to calls whose step, target and stage match; an empty name matches all. Rules are tried in order
// and used up.
struct Rule {
  Act act = Act::fail_before;
  std::string step;
  std::string target;
  std::string stage;
  int times = 1;              // 0: every time
  std::optional<Error> error; // what the caller is told; none: what goes with `act`
};

// Who calls, as rules and the log see it.
struct Call {
  std::string action;
  std::string step;
  std::string target;
  std::string stage;
  std::string key;
  int attempt = 1;
  CrashClass crash_class = CrashClass::declarative;
};

class World {
public:
  explicit World(VirtualClock* clock = nullptr) : clock_(clock) {}

  // --- the test's side
  void add(Rule rule);
  void delay(const std::string& step, Milliseconds by); // every effect of this step moves the virtual clock
  void forget_rules();
  // Called behind every effect of that step and target, unlocked.
  void on_effect(const std::string& step, const std::string& target, std::function<void()> what);
  void release(); // lets every held call go on, now and later
  // Lets one call of "step" or "step@target" go on; empty: one of any.
  void release(const std::string& where);
  // True as soon as `count` calls are held; false after `limit` of real time.
  bool wait_until_held(std::size_t count = 1, Milliseconds limit = Milliseconds(10'000));
  // The same for so many effects, ever.
  bool wait_until_done(std::size_t count, Milliseconds limit = Milliseconds(10'000));
  [[nodiscard]] std::size_t most_held() const; // at once, ever
  [[nodiscard]] std::vector<Done> effects() const;
  [[nodiscard]] std::vector<std::string> log() const; // "web/app-1 switch update", in order
  [[nodiscard]] std::set<std::string> keys_done_twice() const;
  [[nodiscard]] std::map<std::string, Thing> things() const;
  [[nodiscard]] std::optional<Thing> thing(const std::string& name) const;
  void put(const std::string& name, Thing thing); // as if a person had changed it
  void erase(const std::string& name);
  void set_data(const std::string& name, Value value); // what sim.data reads
  void set_samples(const std::string& name,
                   std::vector<Value> samples);            // what sim.gate measures; the last one repeats
  [[nodiscard]] std::vector<std::string> messages() const; // what sim.notice sent
  [[nodiscard]] int connections() const;
  [[nodiscard]] int reads() const;

  // --- the shapes' side
  using Effect =
      std::function<std::pair<std::string, Value>(std::map<std::string, Thing>&)>; // what was done, outputs
  // Runs an effect under the rules and logs it. The keyed and the marked class keep what they did by key; the
  // keyed one answers a second call with it instead of a second effect.
  Result<Value> act(const Call& call, std::stop_token stop, const Effect& effect);
  [[nodiscard]] std::optional<Value> outputs_of(const std::string& key) const; // of an effect that happened
  [[nodiscard]] bool takes(Act act, const Call& call); // uses up a rule of that kind, if one matches
  // The same; the error of the rule, or `otherwise`.
  [[nodiscard]] std::optional<Error> refusal(Act act, const Call& call, Error otherwise);
  [[nodiscard]] Result<Thing> read(const std::string& name); // not_found
  [[nodiscard]] Result<Value> data(const std::string& name);
  [[nodiscard]] Value next_sample(const std::string& name);
  void send(const Call& call, std::string message);
  void connected();

private:
  std::optional<Rule> take(const Call& call, const std::function<bool(Act)>& wanted);
  bool hold(std::unique_lock<std::mutex>& lock, const Call& call, const std::stop_token& stop);
  bool let_go(const Call& call);

  mutable std::mutex mutex_; // guards everything below
  std::condition_variable_any changed_;
  VirtualClock* clock_;
  std::map<std::string, Thing> things_;
  std::vector<Done> effects_;
  std::vector<Rule> rules_;
  std::map<std::string, Milliseconds> delays_;
  std::map<std::pair<std::string, std::string>, std::function<void()>> on_effect_;
  std::map<std::string, Value> done_by_key_;
  std::map<std::string, Value> data_;
  std::map<std::string, std::vector<Value>> samples_;
  std::vector<std::string> messages_;
  std::size_t held_ = 0;
  std::size_t most_held_ = 0;
  bool released_ = false;
  std::multiset<std::string> released_once_;
  int connections_ = 0;
  int reads_ = 0;
};

} // namespace deployctl::simulated
