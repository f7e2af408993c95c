// The ledger of a host: commands that must finish once, whoever is connected. Everything about one is in
// ~/.deployctl/ledger/KEY/N, where KEY is the step's key and N counts its beginnings.
//   process    number, start and boot of what supervises it; who makes this link runs it, nobody else
//   out, err   what it said
//   exit       its exit status, "late" behind it when the host ended it; last of all, durable
// Variables: DEPLOYCTL_KEY, DEPLOYCTL_LIMIT (seconds), DEPLOYCTL_ADOPT ("yes": a result that is there is
// ours, also a failure; else a failure is begun anew), DEPLOYCTL_DIRECTORY.
#pragma once

#include <string>

#include "providers/host_script.hpp"

namespace deployctl::providers::host {

inline const std::string ledger_prelude = std::string(script_prelude) + R"sh(
if [ -z "${HOME:-}" ]; then give_up 71 'HOME is not set, and the ledger is kept there'; fi
ledger=$HOME/.deployctl/ledger
newest() {
  entry=0
  for candidate in "$1"/[0-9]*; do
    candidate=${candidate##*/}
    if [ -d "$1/$candidate" ] && [ "$candidate" -gt "$entry" ]; then entry=$candidate; fi
  done
}
is_alive() {
  if [ ! -e "$1/process" ]; then return 1; fi
  read -r number born boot <"$1/process" || return 1
  read -r now </proc/sys/kernel/random/boot_id
  if [ "$now" != "$boot" ] || [ ! -e "/proc/$number/stat" ]; then return 1; fi
  read -r line 2>/dev/null <"/proc/$number/stat" || return 1
  set -- ${line##*) }
  [ "${20}" = "$born" ] && [ "$1" != Z ] && [ "$1" != X ] # a dead one that nobody has waited for
}
state_of() {
  if [ ! -e "$1/process" ]; then state=waiting
  elif is_alive "$1"; then state=running
  elif [ -s "$1/exit" ]; then read -r state late <"$1/exit" || :
  else state=gone
  fi
}
)sh";

// `$@` is the command. The supervisor and the command get sessions of their own, so that no end of a
// connection reaches them.
inline const std::string ledger_work = R"sh(
make_entry() {
  new=.new.$$
  rm -rf "$new"
  mkdir "$new"
  cat >"$new/input"
  cat >"$new/supervise" <<'END'
cd "$1" || exit 1
limit=$2
shift 2
born_of() { read -r line <"/proc/$1/stat"; set -- ${line##*) }; born=${20}; }
born_of $$
read -r boot </proc/sys/kernel/random/boot_id
echo "$$ $born $boot" >"process.$$"
sync "process.$$" 2>/dev/null || sync
ln "process.$$" process 2>/dev/null || { rm -f "process.$$"; exit 0; }
rm -f "process.$$"
sync . 2>/dev/null || sync
exec 3<input
rm -f input
setsid sh ./timer "$limit" </dev/null >/dev/null 2>&1 3<&- &
timer=$!
setsid sh ./begin "$@" <&3 3<&- >out 2>err
code=$?
kill -KILL "-$timer" 2>/dev/null || kill -KILL "$timer" 2>/dev/null
if [ -e late ]; then code="$code late"; fi
echo "$code" >exit.new
sync exit.new out err 2>/dev/null || sync
mv -f exit.new exit
sync . 2>/dev/null || sync
END
  cat >"$new/timer" <<'END'
sleep "$1"
read -r group <group || exit
echo >late
kill -TERM "-$group"
sleep 5
kill -KILL "-$group"
END
  cat >"$new/begin" <<'END'
echo $$ >group
umask 022
directory=$DEPLOYCTL_DIRECTORY
unset DEPLOYCTL_DIRECTORY
cd "${directory:-$HOME}" || exit 126
exec "$@"
END
}
pass_on() {
  size=0
  if [ -e "$1" ]; then size=$(($(wc -c <"$1"))); fi
  if [ "$size" -gt "$2" ]; then tail -c "+$(($2 + 1))" "$1" | head -c "$((size - $2))"; fi
}
follow() {
  passed_out=0 passed_err=0 waited=0
  while :; do
    state_of .
    if [ "$state" = waiting ]; then waited=$((waited + 1)); fi
    if [ "$waited" -gt 50 ]; then give_up 75 'the command could not be started; setsid has to be on PATH'; fi
    pass_on out "$passed_out"
    passed_out=$size
    pass_on err "$passed_err" >&2
    passed_err=$size
    case $state in
      waiting|running) sleep 0.2 2>/dev/null || sleep 1 ;;
      gone) give_up 75 'it is gone without a result: it was killed there, or the host was restarted' ;;
      *) break ;;
    esac
  done
  if [ -n "$late" ]; then printf 'deployctl: the host ended it at its limit\n' >&2; fi
  exit "$state"
}
key=$DEPLOYCTL_KEY limit=$DEPLOYCTL_LIMIT adopt=$DEPLOYCTL_ADOPT late=
unset DEPLOYCTL_LIMIT DEPLOYCTL_ADOPT
umask 077
mkdir -p "$ledger/$key"
find "$ledger" -mindepth 1 -maxdepth 1 -mtime +30 -exec rm -rf {} + 2>/dev/null || :
cd "$ledger/$key"
newest .
begin=$entry
if [ "$entry" = 0 ]; then
  begin=1
else
  state_of "$entry"
  case $state in
    waiting|running|0) ;;
    *) if [ -z "$adopt" ]; then begin=$((entry + 1)); fi ;;
  esac
fi
if [ "$begin" != "$entry" ]; then
  make_entry
  if [ -n "$script" ]; then printf '%s\n' "$1" >"$new/text"; fi
  sync "$new" 2>/dev/null || sync
  mv -T "$new" "$begin" 2>/dev/null || rm -rf "$new"
fi
if [ -n "$script" ]; then set -- sh -e "$PWD/$begin/text"; fi
if [ ! -e "$begin/process" ]; then
  (setsid sh "$begin/supervise" "$PWD/$begin" "$limit" "$@" </dev/null >/dev/null 2>&1 &)
fi
cd "$begin"
follow
)sh";

inline const std::string ledger_command = ledger_prelude + "script=" + ledger_work;
inline const std::string ledger_script = ledger_prelude + "script=yes" + ledger_work;

// `$1` the key, `$2` the most bytes of its output. Says none, waiting, running, gone or the exit status, and
// then what the command said.
inline const std::string ledger_state = ledger_prelude + R"sh(late=
newest "$ledger/$1"
if [ "$entry" = 0 ]; then echo none; exit 0; fi
cd "$ledger/$1/$entry"
state_of .
echo "$state"
if [ -e out ]; then head -c "$2" out; fi
)sh";

} // namespace deployctl::providers::host
