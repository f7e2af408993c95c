// The two scripts of a transfer, for dash, bash and busybox sh. `$1` is the destination. Names come as lines,
// because none of them holds a control character.
#pragma once

#include <string>

namespace deployctl::ssh {

inline const std::string transfer_prelude = R"sh(set -u
LC_ALL=C
export LC_ALL
umask 022
give_up() { printf 'deployctl: %s\n' "$2" >&2; exit "$1"; }
must_be_folder() {
  if [ -L "./$1" ]; then give_up 71 "'$1' is a link, and none is followed below the destination"; fi
  if [ -e "./$1" ] && [ ! -d "./$1" ]; then give_up 71 "'$1' is there and is no folder"; fi
}
)sh";

// Input: the folders, parents first, an empty line, then "f NAME" and "l NAME". Says "free KIB MOUNT", and of
// what is there "l NAME<tab>TARGET", "m MODE ./NAME" and what sha256sum says.
inline const std::string look_script = transfer_prelude + R"sh(
mkdir -p "$1" && cd "$1" || exit 1
df -Pk . | { read -r head; read -r device size used free percent mount; printf 'free %s %s\n' "$free" "$mount"; }
while IFS= read -r name && [ -n "$name" ]; do must_be_folder "$name"; done
exec 4>&1
while IFS= read -r line; do
  name=${line#? }
  case $line in
    l*) if [ -L "./$name" ]; then printf 'l %s\t%s\n' "$name" "$(readlink "./$name")" >&4; fi ;;
    f*) if [ -f "./$name" ] && [ ! -L "./$name" ]; then printf '%s\0' "./$name"; fi ;;
  esac
done | xargs -0 -r sh -c 'stat -c "m %a %n" "$@"; sha256sum "$@"; :' sh 2>/dev/null
)sh";

// $2: a name for the folder in which everything is put together first. Input: a tar of "sums" (for
// sha256sum), "odd" (sum and name in turns, for names with a backslash, which sha256sum escapes), "folders"
// (parents first), "tree/..." and, last, "end".
inline const std::string receive_script = transfer_prelude + R"sh(
cd "$1" || exit 1
part=.deployctl-$2
trap 'rm -rf "$part"' EXIT
trap 'exit 143' TERM HUP INT
(umask 077; mkdir "$part") || exit 1
tar -xpof - -C "$part" || exit 1
if [ ! -f "$part/end" ]; then give_up 75 'the files did not arrive whole'; fi
differ() { give_up 72 'the bytes that arrived are not those that were sent'; }
if [ -s "$part/sums" ]; then (cd "$part/tree" && sha256sum -c ../sums >/dev/null 2>&1) || differ; fi
while IFS= read -r sum && IFS= read -r name; do
  found=$(sha256sum <"$part/tree/$name") || differ
  if [ "${found%% *}" != "$sum" ]; then differ; fi
done <"$part/odd"
sync -f "$part" 2>/dev/null || sync
publish() {
  find "$part/tree/$1" -maxdepth 1 ! -type d -exec sh -c 'to=$1; shift; mv -f "$@" "$to"' sh "./$1/" {} +
}
while IFS= read -r name; do
  must_be_folder "$name"
  if [ ! -d "./$name" ]; then mkdir "./$name" || exit 1; fi
done <"$part/folders"
publish .
while IFS= read -r name; do
  if [ -d "$part/tree/$name" ]; then publish "$name"; fi
done <"$part/folders"
if [ -n "$(find "$part/tree" ! -type d)" ]; then exit 1; fi
sync -f . 2>/dev/null || sync
)sh";

} // namespace deployctl::ssh
