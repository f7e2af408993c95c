// What a pipeline's own rule makes of a gate's samples and of its action's verdict and pace. Pure.
#pragma once

#include <span>

#include <deployctl/change.hpp>
#include <deployctl/intent.hpp>

#include "config/pipeline.hpp"

namespace deployctl::engine {

// `judged` is the action's verdict over `samples`. No data and too few samples are never a pass; whether no
// data is a failure at once is the rule's word.
Verdict ruled(const config::GateRule& rule, std::span<const Sample> samples, Verdict judged);

// How often and for how long samples are taken: the limit leaves room for as many as are asked for.
ReadyRule pace_of(const config::GateRule& rule, ReadyRule action);

} // namespace deployctl::engine
