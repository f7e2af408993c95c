// A step's `strategy` as the contract's Strategy, and its rules: amounts, rising weights, what the action
// accepts. Pure.
#pragma once

#include <optional>

#include <deployctl/provider.hpp>
#include <deployctl/strategy.hpp>

#include "config/findings.hpp"
#include "config/spanned.hpp"

namespace deployctl::config {

// Of a `strategy` map whose keys were checked against the language's table. Reports two strategies at once,
// batch 0 and 101%, amounts that do not rise, weights that do not rise to 100%.
std::optional<Strategy> read_strategy(const Spanned& written, const Where& where, Findings& findings);

// Reports a strategy that the action cannot do.
void check_accepted(const Strategy& strategy, const Spanned& written, const Description& action,
                    Findings& findings);

// What a step without `strategy` does: one host at a time where the action works on hosts, else the target's
// own way.
Strategy default_strategy(const Description& action);

std::string_view strategy_name(StrategyKind kind);

} // namespace deployctl::config
