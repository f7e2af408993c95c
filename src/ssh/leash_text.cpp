#include "ssh/leash_text.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/core.h>

#include "base/shell_word.hpp"
#include "ssh/leash_admission.hpp"

namespace deployctl::ssh {
namespace {

// `dd` takes exactly its share of a pipe, which `head` of busybox does not; one that does not know fullblock
// says so before it makes the file, and is then asked byte by byte.
constexpr std::string_view command_line =
    R"sh(exec /bin/sh -c 'read -r n z m l g || exit 125; d=; )sh"
    R"sh(for t in "$XDG_RUNTIME_DIR" /dev/shm "$TMPDIR" /tmp; do )sh"
    R"sh(if [ -d "$t" ] && [ -w "$t" ] && mkdir -m 700 "$t/.deployctl-$n" 2>/dev/null; )sh"
    R"sh(then d=$t/.deployctl-$n; break; fi; done; )sh"
    R"sh(if [ -z "$d" ]; then echo "no directory for temporary files can be written" >&2; exit 125; fi; )sh"
    R"sh(take() { [ "$1" = 0 ] )sh"
    R"sh(|| (umask 077; exec dd bs="$1" count=1 iflag=fullblock of="$2" 2>/dev/null) )sh"
    R"sh(|| if [ -e "$2" ]; then false; else (umask 077; exec dd bs=1 count="$1" of="$2" 2>/dev/null); fi; }; )sh"
    R"sh(if take "$z" "$d/run" && take "$m" "$d/input" && read -r e && [ "$e" = "$n" ]; )sh"
    R"sh(then set -- lead; . "$d/run"; fi; )sh"
    R"sh(rm -rf "$d"; echo "the script did not arrive whole in $d" >&2; exit 125' /bin/sh)sh";

// One text in three roles; what one role needs is defined in it alone, for the script shall see nothing of
// it. The lead runs the script in the foreground, because what a shell starts in the background ignores
// interrupts. Script and watcher get sessions of their own by `setsid`: `set -m` needs a terminal in dash and
// busybox. They meet at the pipe `group`, so the watcher knows whom to stop before the script's first
// command. `stop` tells the lead that the group was ended and must leave nothing behind.
constexpr std::string_view lead = R"sh(
  exec 3<&0 4>&2 </dev/null 2>/dev/null
  if ! admit || ! replace; then rm -rf "$d"; exit 125; fi
  i=/dev/null
  if [ -e "$d/input" ]; then i=$d/input; fi
  if ! mkfifo "$d/group"; then echo "no named pipe can be made in $d" >&4; rm -rf "$d"; exit 125; fi
  setsid $0 -c '. "$2/run"' sh watch "$d" "$l" "$g" <&3 3<&- 4>&- >/dev/null &
  w=$!
  start
  c=$?
  if [ -e "$d/stop" ] && read -r p <"$d/stop"; then kill -KILL "-$p"; fi
  kill -KILL "-$w" || kill -KILL "$w"
  rm -rf "$d"
  exit "$c" ;;
watch)
  d=$2 l=$3 g=$4
  exec 2>/dev/null
  read -r p <"$d/group" || exit
  if [ -e "$d/claim" ]; then
    read -r x <"/proc/$p/stat"
    set -- ${x##*) }
    echo "$p ${20}" >"$d/leader"
  fi
  stop() {
    echo "$p" >"$d/stop"
    kill -TERM "-$p"
    sleep "$g"
    kill -KILL "-$p"
    rm -rf "$d"
    kill -KILL 0
  }
)sh";

constexpr std::string_view script_role = R"sh(
  stop ;;
esac
echo $$ >"$2/group"
)sh";

struct Feeding {
  std::string_view start; // in the lead
  std::string_view await; // in the watcher: returns when the script is to be stopped
};

// In a subshell, whose redirection is its own: dash would say "Killed" in the middle of the script's words.
constexpr Feeding of_data{R"sh(start() {
  exec 3<&-
  (exec setsid $0 -c '. "$2/run"' sh script "$d" <"$i" 2>&4 4>&-)
}
)sh",
                          R"sh(
  (sleep "$l"; stop) </dev/null &
  while read -r x; do :; done
)sh"};

constexpr Feeding of_stream{R"sh(start() {
  (exec setsid $0 -c '. "$2/run"' sh script "$d" <&3 3<&- 2>&4 4>&-)
}
)sh",
                            R"sh(
  exec </dev/null
  sleep "$l"
)sh"};

Status check_no_zero(std::string_view bytes, std::string_view what) {
  if (bytes.find('\0') == std::string_view::npos) return {};
  return fail(Cause::config, fmt::format("{} holds a zero byte", what));
}

std::string roles(const LeashedScript& script) {
  const Feeding& feeding = script.feed == Feed::data ? of_data : of_stream;
  std::string text("case $1 in\nlead)\n");
  text += admission(script.fence, script.claim);
  return text.append(feeding.start).append(lead).append(feeding.await).append(script_role);
}

// A quote in a word takes four bytes.
Result<std::size_t> longest_run(const LeashedScript& script) {
  std::size_t most = roles(script).size() + script.script.size() + 200;
  for (const std::string& argument : script.arguments) most += 4 * argument.size() + 3;
  for (const auto& [name, value] : script.environment) {
    DEPLOYCTL_TRY(const std::string_view bytes, bytes_of(value));
    most += 2 * name.size() + 4 * bytes.size() + 20;
  }
  return most;
}

std::int64_t seconds(Milliseconds duration) {
  return std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(duration).count());
}

} // namespace

const std::string& leash_command_line() {
  static const std::string text(command_line);
  return text;
}

Result<std::string_view> bytes_of(const Text& text) {
  if (text.plain()) return std::string_view(*text.plain());
  if (!text.secret()->is_resolved())
    return fail(Cause::internal, fmt::format("the secret '{}' has no value yet", text.secret()->name()));
  return text.secret()->reveal();
}

Result<std::string> leash_run(const LeashedScript& script, std::string_view nonce) {
  DEPLOYCTL_CHECK(check_no_zero(script.script, "the script"));
  std::string run;
  DEPLOYCTL_TRY(const std::size_t most, longest_run(script));
  run.reserve(most); // secrets are in it: no copy may stay behind where it grew
  run += roles(script);
  run += fmt::format("echo {0}\necho {0} >&2\nset --", nonce);
  for (const std::string& argument : script.arguments) {
    DEPLOYCTL_CHECK(check_no_zero(argument, "an argument"));
    run += ' ';
    append_shell_word(run, argument);
  }
  run += "\n";
  for (const auto& [name, value] : script.environment) {
    if (!is_variable_name(name))
      return fail(Cause::config, fmt::format("'{}' is not a variable's name", name));
    DEPLOYCTL_TRY(const std::string_view bytes, bytes_of(value));
    DEPLOYCTL_CHECK(check_no_zero(bytes, fmt::format("the variable '{}'", name)));
    run.append(name) += '=';
    append_shell_word(run, bytes);
    run.append("\nexport ").append(name) += '\n';
  }
  run += script.script;
  return run;
}

std::string leash_header(std::string_view nonce, std::size_t run, std::size_t input, Milliseconds limit,
                         Milliseconds grace) {
  return fmt::format("{} {} {} {} {}\n", nonce, run, input, seconds(limit), seconds(grace));
}

} // namespace deployctl::ssh
