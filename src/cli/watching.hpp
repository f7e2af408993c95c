// Looking again and again until somebody stops it: redrawn in place on a terminal, elsewhere (and with
// ACCESSIBLE=1) said again only when something changed.
#pragma once

#include <functional>
#include <string>

#include <deployctl/result.hpp>
#include <deployctl/strategy.hpp>
#include <deployctl/value.hpp>

#include "cli/invocation.hpp"

namespace deployctl::cli {

struct View {
  std::string text;
  Value document; // without what changes by itself, such as ages: two equal ones show the same world
};

// Ends with Ctrl-C (interrupted), SIGTERM (terminated) or --timeout (done); an error of `look` ends it too.
Result<ExitCode> watch(Invocation& invocation, Milliseconds every, const std::function<Result<View>()>& look);

} // namespace deployctl::cli
