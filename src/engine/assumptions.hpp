// What a person says about stages whose outcome nothing else can tell (`recover --assume`), and how it
// becomes part of the run's journal: who said it, and the outcome that follows.
#pragma once

#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/run_history.hpp"
#include "engine/run_journal.hpp"

namespace deployctl::engine {

// Every assumption must speak of a stage among `choices`; what they do not speak of comes back. Cause::config
// when one speaks of another stage: then nothing was recorded.
Result<std::vector<Choice>> assume(const std::vector<Assumption>& assumptions,
                                   const std::vector<Choice>& choices, const std::string& by,
                                   RunHistory& history, RunJournal& journal);

} // namespace deployctl::engine
