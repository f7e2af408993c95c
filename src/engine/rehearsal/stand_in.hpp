// Stand-ins for every action of a catalog: the same descriptions, with verbs that act on a world in memory
// and on nothing else. For `rehearse`: a real pipeline is planned and executed by the real engine, and
// nothing is touched.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <deployctl/provider.hpp>

namespace deployctl::engine::rehearsal {

// Thrown where the process would die: nothing in the engine catches it, everything in memory is gone with it.
struct Killed {};

// What is to go wrong, by step; a for_each instance is a step of its own. Empty: nothing.
struct Mishaps {
  std::string fail;       // a stage of this step, or this gate step, fails
  std::string kill;       // the process dies in it, the effect done and its outcome not written
  std::uint64_t seed = 0; // on which of its targets
};

// What stands on the simulated targets, and what has gone wrong so far. Thread-safe.
class StandInWorld {
public:
  explicit StandInWorld(Mishaps mishaps) : mishaps_(std::move(mishaps)) {}

  [[nodiscard]] Value at(const std::string& key) const; // null: nothing
  void put(const std::string& key, Value value);
  // Error when this stage is to fail.
  [[nodiscard]] Status may_do(const Intent& intent) const;
  // Behind an effect. Throws Killed, once.
  void done(const Intent& intent);
  [[nodiscard]] bool fails(const std::string& step) const { return step == mishaps_.fail; }

private:
  [[nodiscard]] bool chosen(const Intent& intent) const;

  Mishaps mishaps_;
  mutable std::mutex mutex_;
  std::map<std::string, Value> things_; // guarded by mutex_, like the rest
  bool killed_ = false;
};

Catalog stand_ins(const Catalog& real, const std::shared_ptr<StandInWorld>& world);

} // namespace deployctl::engine::rehearsal
