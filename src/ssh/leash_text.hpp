// What a leashed command looks like on the wire: one constant command line for the login shell over there,
// and a text for its standard input. Pure; who sends it and reads the answer is ssh/leash.hpp.
//
//   NONCE RUN INPUT LIMIT GRACE      sizes in bytes, times in seconds
//   the run: our constant part, the arguments and variables as quoted words, the script
//   the input of the script, unless it is streamed
//   NONCE                            only behind this line anything is run: a cut text runs nothing
//
// Over there everything stands in a directory of mode 0700 that is removed at the end. The script leads a
// process group of its own. While it runs our standard input stays open; its end means TERM to the group,
// KILL after the grace. So does the limit, for when nobody is left to tell the host that the connection is
// gone.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/strategy.hpp>
#include <deployctl/text.hpp>

namespace deployctl::ssh {

// Where the script's standard input comes from.
enum class Feed {
  data,   // bytes known before, behind the run
  stream, // what follows on our standard input, up to its end; then that end is no reason to stop
};

// Who holds what is deployed there. A host remembers the highest epoch it has seen under a name, and refuses
// a lower one, and another run of the same one.
struct Fence {
  std::string name; // of a file: hex
  std::int64_t epoch = 0;
  std::string run; // a ULID
};
// What the host's refusal begins with, before the epoch and the run that it knows.
inline constexpr std::string_view fence_words = "fenced off by ";

struct LeashedScript {
  std::string_view script;
  const std::vector<std::string>& arguments;
  const std::map<std::string, Text>& environment;
  Feed feed = Feed::data;
  const Fence* fence = nullptr; // null: nobody is refused
  std::string claim = {}; // hex; what still runs there with the same one is ended first. Empty: nothing is
};

// Quoted for sh, bash, ash, fish, csh and zsh alike: no quote, backslash, exclamation mark or line break in
// it.
const std::string& leash_command_line();

// The script prints `nonce` as a line on both outputs before its own first byte. Cause::config for a zero
// byte or a variable whose name is not [A-Za-z_][A-Za-z0-9_]*.
Result<std::string> leash_run(const LeashedScript& script, std::string_view nonce);

std::string leash_header(std::string_view nonce, std::size_t run, std::size_t input, Milliseconds limit,
                         Milliseconds grace);

// The bytes of a text, for sending; Cause::internal for a secret without a value.
Result<std::string_view> bytes_of(const Text& text);

} // namespace deployctl::ssh
