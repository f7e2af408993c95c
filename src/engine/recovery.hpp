// What to do with a run that began and is not committed: its process died, or it gave up its place. Each
// stage whose outcome is missing is resolved by its crash class; then the run goes on forward, goes on taking
// back, is dropped because it had changed nothing, or waits for a person.
#pragma once

#include <vector>

#include "engine/engine.hpp"
#include "engine/open_stages.hpp"
#include "engine/planning.hpp"
#include "engine/run_history.hpp"
#include "engine/run_journal.hpp"

namespace deployctl::engine {

// What the provider says about a stage that was begun.
Result<Confirmation> confirm_stage(const Environment& environment, Planning& planning,
                                   const plan::PlannedStep& step, const Intent& intent);

// Asks providers about every missing outcome, records what it finds, and lists what only a person can say.
// `history` is brought up to date.
Result<std::vector<Choice>> resolve_open_stages(const Environment& environment, Planning& planning,
                                                RunHistory& history, const plan::Content& content,
                                                RunJournal& journal);

// Whether an effect of the run may be there: artifacts and work without effect do not count.
bool changed_something(const RunHistory& history, const plan::Content& content);

} // namespace deployctl::engine
