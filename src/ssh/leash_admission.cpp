#include "ssh/leash_admission.hpp"

#include <fmt/core.h>

#include "ssh/leash_text.hpp"

namespace deployctl::ssh {
namespace {

constexpr std::string_view unfenced = "admit() { :; }\n";

// In the home directory, or in /var/tmp for users without one. Reading is enough for who was admitted before.
// Whoever raises the epoch holds the lock for that moment only: held across a command it would outlive a lost
// connection. Without flock a folder is the lock, and one that is older than a minute was left behind.
constexpr std::string_view fenced = R"sh(admit() {
  f=$HOME/.deployctl/fences
  if [ ! -d "$f" ] && ! (umask 077; mkdir -p "$f"); then
    f=/var/tmp/.deployctl-$(id -u)
    (umask 077; mkdir "$f")
    if [ ! -d "$f" ] || [ -L "$f" ] || [ ! -O "$f" ]; then echo "no fence can be kept in $HOME or $f" >&4; return 1; fi
  fi
  if read -r o h <"$f/$fence" && [ "$o $h" = "$epoch $run" ]; then return 0; fi
  if command -v flock >/dev/null; then
    exec 5>>"$f/lock"
    flock 5
  else
    t=0
    until mkdir "$f/lock.d"; do
      find "$f/lock.d" -prune -mmin +1 -exec rmdir {} +
      t=$((t + 1))
      if [ "$t" -gt 70 ]; then echo "the lock $f/lock.d is held" >&4; return 1; fi
      sleep 1
    done
  fi
  o=0 h=
  read -r o h <"$f/$fence"
  r=0
  if [ "${o:-0}" -gt "$epoch" ] || { [ "$o" = "$epoch" ] && [ "$h" != "$run" ]; }; then
    echo "fenced off by epoch $o of run $h" >&4
    r=1
  elif echo "$epoch $run" >"$f/$fence.new"; then
    sync "$f/$fence.new" || sync
    mv -f "$f/$fence.new" "$f/$fence"
  else
    echo "no fence can be written in $f" >&4
    r=1
  fi
  exec 5>&-
  if [ -d "$f/lock.d" ]; then rmdir "$f/lock.d"; fi
  return "$r"
}
)sh";

constexpr std::string_view unclaimed = "replace() { :; }\n";

// The watcher notes who leads the script, so that a later command with the same claim finds it. That one is
// asked to end, and ended; its own lead then leaves nothing behind. A number alone says little: it may be
// somebody else's by now.
constexpr std::string_view claimed = R"sh(pause() {
  if sleep 0.1; then t=$((t + 1)); else sleep 1; t=$((t + 10)); fi
}
end_former() {
  t=0
  until read -r p b <"$1/leader"; do
    if [ ! -d "$1" ]; then return 0; fi
    if [ "$t" -gt 100 ]; then echo "an earlier attempt is still beginning in $1" >&4; return 1; fi
    pause
  done
  f=$1 x=
  read -r x <"/proc/$p/stat"
  set -- ${x##*) }
  if [ "${20}" = "$b" ]; then
    echo "$p" >"$f/stop"
    kill -TERM "-$p"
    t=0
    while kill -0 "-$p" && [ "$t" -lt "$((g * 10))" ]; do pause; done
    kill -KILL "-$p"
    t=0
    while kill -0 "-$p" && [ "$t" -lt 20 ]; do pause; done
  fi
  rm -rf "$f"
}
replace() {
  for f in "${d%/*}"/.deployctl-*; do
    if [ "$f" = "$d" ] || [ ! -O "$f" ] || ! read -r x <"$f/claim" || [ "$x" != "$claim" ]; then continue; fi
    end_former "$f" || return 1
  done
  echo "$claim" >"$d/claim"
}
)sh";

} // namespace

std::string admission(const Fence* fence, std::string_view claim) {
  std::string text =
      fence ? fmt::format("fence={} epoch={} run={}\n{}", fence->name, fence->epoch, fence->run, fenced)
            : std::string(unfenced);
  return claim.empty() ? text.append(unclaimed) : text + fmt::format("claim={}\n{}", claim, claimed);
}

} // namespace deployctl::ssh
