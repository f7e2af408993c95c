// The keys of a step after the language's table shaped them, as the pipeline's types. Pure.
#pragma once

#include <deployctl/provider.hpp>

#include "config/findings.hpp"
#include "config/pipeline.hpp"
#include "config/spanned.hpp"

namespace deployctl::config {

// Everything but inputs, hosts, gates, strategy and undo.
void set_keys(Step& step, const Value& keys);

// Keys that have no meaning for a kind of action: `undo` of a resource, `when.result` outside of `finally`.
void check_keys_of_kind(Kind kind, std::string_view action, const Spanned& written, Findings& findings);

std::string_view kind_name(Kind kind);

} // namespace deployctl::config
