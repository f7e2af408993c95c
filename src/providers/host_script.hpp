// Constant scripts on hosts: how they begin, how they say what went wrong, and how that becomes an Error. For
// dash, bash and busybox sh with the tools of coreutils or busybox; every value is an argument, a variable or
// standard input.
#pragma once

#include <string>
#include <vector>

#include <deployctl/provider.hpp>

namespace deployctl::providers {

// First lines of every script. `give_up STATUS MESSAGE` ends it; `settle PATH...` makes files and folders
// durable.
inline constexpr const char* script_prelude = R"sh(set -eu
LC_ALL=C
export LC_ALL
umask 022
give_up() { printf 'deployctl: %s\n' "$2" >&2; exit "$1"; }
settle() { sync "$@" 2>/dev/null || sync; }
)sh";

// Runs `$@` in a folder; the folder comes in a variable, so that the arguments are the user's own command.
inline constexpr const char* run_in_directory = R"sh(directory=$DEPLOYCTL_DIRECTORY
unset DEPLOYCTL_DIRECTORY
if [ -n "$directory" ]; then cd "$directory" || exit 126; fi
exec "$@"
)sh";

// The same for shell text, which is the one argument; by this shell, since an argument of another one may
// not be as long as a script.
inline constexpr const char* run_script_in_directory = R"sh(directory=$DEPLOYCTL_DIRECTORY
unset DEPLOYCTL_DIRECTORY
if [ -n "$directory" ]; then cd "$directory" || exit 126; fi
unset directory
deployctl_script=$1
set --
set -e
eval "unset deployctl_script
$deployctl_script"
)sh";

// The host of an ask for an action on hosts; a bug if there is none.
Result<Host> host_of(const Ask& ask);
// As a plan keeps it between observe and apply.
Value host_value(const Host& host);
Host host_from(const Value& value);

// A result with exit status 0, or the error that the script gave: its `give_up` status and words, or what the
// system said (no space, no permission). `what` begins the message: "host app-1: cannot switch".
Result<HostResult> run_script(Hosts& hosts, const Host& host, const HostCommand& command,
                              std::string_view what, const std::stop_token& stop);

// "key rest of the line" for every line of a script's output.
struct Line {
  std::string_view key;
  std::string_view rest;
};
std::vector<Line> key_lines(std::string_view out);

// The field `hosts` of an action on hosts: which targets a step has is the engine's matter.
Field hosts_field();

} // namespace deployctl::providers
