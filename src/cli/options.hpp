// The global flags as typed values, checked against each other. What a single command takes stays in its
// CommandLine.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <deployctl/strategy.hpp>
#include <tl/expected.hpp>

#include "cli/command_line.hpp"
#include "engine/engine.hpp"
#include "os/terminal.hpp"

namespace deployctl::cli {

enum class OutputFormat { text, json, ndjson };

struct Options {
  std::string file = "deploy.yaml"; // as the user named it
  bool file_given = false;
  std::string directory; // -C; empty: here
  OutputFormat output = OutputFormat::text;
  std::string event_file; // empty: none
  os::ColourChoice colour = os::ColourChoice::automatic;
  bool quiet = false;
  bool verbose = false;
  bool no_input = false;
  std::map<std::string, std::string> set;
  std::size_t parallel = 8;
  engine::LockPolicy lock_policy = engine::LockPolicy::fail;
  Milliseconds lock_wait{0};
  std::optional<Milliseconds> timeout;
};

// `--lock-policy wait` without `--lock-wait` waits this long: nothing here waits without an end.
inline constexpr Milliseconds longest_lock_wait{30 * 60 * 1000};

tl::expected<Options, UsageError> read_options(const CommandLine& line);

// Whether the words ask for this output ("json"), for a command line that could not be read to its end.
bool asks_for(std::span<const std::string> words, std::string_view format);

} // namespace deployctl::cli
