// What the standard streams are, as separate facts that the caller combines: may we ask, animate, colour, and
// how wide. The decision is pure (`judge_terminal`); only `probe_streams` and `read_typed_line` touch the
// system.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include <deployctl/result.hpp>
#include <deployctl/strategy.hpp>

#include "os/environment.hpp"

namespace deployctl::os {

enum class ColourChoice { automatic, always, never }; // --color

struct StreamFacts {
  bool in_is_terminal = false;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  std::optional<int> out_columns;
  std::optional<int> err_columns;
};

struct StreamAbility {
  bool may_animate = false; // redraw lines; never in CI, with TERM=dumb or ACCESSIBLE=1
  bool may_colour = false;
  int width = 80; // columns; 80 when unknown, at least 20
};

struct Terminal {
  bool may_ask =
      false; // someone can answer: standard input and standard error are terminals, and this is no CI
  bool in_ci = false;
  StreamAbility out;
  StreamAbility err;
};

StreamFacts probe_streams();

struct TerminalSize {
  int columns = default_columns;
  int rows = 24;

  static constexpr int default_columns = 80;
};

// Of the terminal behind a descriptor, now: people change their windows. 80 by 24 where nothing is known.
TerminalSize terminal_size(int descriptor);

// Not when a shell has put us in the background and the terminal belongs to another group.
bool is_in_foreground(int descriptor);

// Colour, first rule that speaks: --color, NO_COLOR (not empty), FORCE_COLOR or CLICOLOR_FORCE (not empty,
// not "0"), CLICOLOR=0, then terminal and TERM neither empty nor "dumb". COLUMNS overrides the width.
Terminal judge_terminal(const StreamFacts& streams, const Environment& environment, ColourChoice choice);

// A line that a person types on the controlling terminal, not on a redirected standard input.
// Cause::not_found without a terminal, cancelled on a stop; nothing at end of input. `device` is for tests.
Result<std::optional<std::string>> read_typed_line(const std::string& prompt, std::stop_token stop = {},
                                                   const std::string& device = "/dev/tty");

} // namespace deployctl::os
