// What durability costs: steps of one intent and one outcome, each an append and a sync, with the look at the
// cell before the intent; and the list of 10,000 releases. Prints one JSON line:
//   journal_cost FOLDER

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "base/system_clock.hpp"
#include "base/ulid.hpp"
#include "state/history.hpp"
#include "state/journal.hpp"
#include "state/local_state.hpp"
#include "state/lock.hpp"

namespace {

using namespace deployctl;
using namespace deployctl::state;

constexpr int steps = 2'000;
constexpr int releases = 10'000;

double milliseconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

Value record(int step, const char* what) {
  return Value::Map{{"ref", Value::Map{{"step", "web"}, {"target", fmt::format("app-{}", step)}}},
                    {"what", what},
                    {"inputs", Value::Map{{"image", std::string(71, 'a')}, {"port", 8000}}}};
}

double at(const std::vector<double>& sorted, double share) {
  return sorted.at(static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1)));
}

Result<std::vector<double>> journal_steps(const LocalState& state, LockGuard& lock) {
  DEPLOYCTL_TRY(const auto journal, JournalWriter::create(state.journal_path("bench"), {.run = "bench"}));
  std::vector<double> costs;
  for (int step = 0; step < steps; ++step) {
    const auto begin = std::chrono::steady_clock::now();
    DEPLOYCTL_CHECK(lock.check());
    DEPLOYCTL_CHECK(journal->reserve(256U << 10));
    DEPLOYCTL_CHECK(journal->append(RecordType::intent, record(step, "intent")));
    DEPLOYCTL_CHECK(journal->append(RecordType::outcome, record(step, "outcome")));
    costs.push_back(milliseconds_since(begin));
  }
  std::sort(costs.begin(), costs.end());
  return costs;
}

Result<double> history_of_many(const LocalState& state, UlidSource& ids) {
  DEPLOYCTL_TRY(History history, History::open(state.history_path()));
  for (int i = 1; i <= releases; ++i)
    DEPLOYCTL_CHECK(history.add_release({.id = ids.next(),
                                         .number = i,
                                         .version = fmt::format("1.{}.0", i),
                                         .project = "bench",
                                         .environment = "production",
                                         .commit = std::string(40, 'a')}));
  const auto begin = std::chrono::steady_clock::now();
  DEPLOYCTL_TRY(const auto lines, history.releases("bench/production", releases));
  if (lines.size() != releases) return fail(Cause::internal, "not all releases were listed");
  return milliseconds_since(begin);
}

Status run(const std::string& folder) {
  SystemRandom random;
  SystemClock clock;
  UlidSource ids(clock, random);
  DEPLOYCTL_TRY(const LocalState state, LocalState::open(folder, random));
  DEPLOYCTL_TRY(const StackState stack, state.stack("bench/production"));
  DEPLOYCTL_TRY(Acquired acquired,
                acquire(stack, this_process("bench", "bench", "now", {}), clock, std::nullopt, {}));
  auto* lock = std::get_if<LockGuard>(&acquired);
  if (!lock) return fail(Cause::conflict, "the lock is held");
  DEPLOYCTL_TRY(const std::vector<double> costs, journal_steps(state, *lock));
  DEPLOYCTL_TRY(const double listed, history_of_many(state, ids));
  fmt::print("{{\"steps\": {}, \"step_median_ms\": {:.3f}, \"step_p95_ms\": {:.3f}, \"step_p99_ms\": {:.3f}, "
             "\"releases\": {}, \"history_ms\": {:.1f}}}\n",
             steps, at(costs, 0.5), at(costs, 0.95), at(costs, 0.99), releases, listed);
  return {};
}

} // namespace

int main(int count, char** words) {
  if (count != 2) return 2;
  if (const Status done = run(words[1]); !done) {
    std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return 1;
  }
  return 0;
}
