// The script that looks at the releases of a host; what it says is read by host_facts.hpp and
// release_observation.hpp. The other scripts of host.release are release_scripts.hpp.
#pragma once

#include <string>

#include "providers/host/release_scripts.hpp"
#include "providers/host_facts_script.hpp"

namespace deployctl::providers::host {

// What stands on the host and what it is, in one command and without a write: `disk FOLDER` and `tool NAME`
// ask for facts, `release FOLDER UNIT SCOPE FILE SUDO PORT` for the release that is live in a folder, with
// its unit and the unit's file, or "". SUDO is what systemctl shall be told by sudo, or "": sudo says whether
// it would. PORT is where the unit's program is to listen, or "". Facts come first.
inline const std::string observe_script = listing_prelude + facts_functions + R"sh(ask_sudo() {
  if ! command -v sudo >/dev/null 2>&1; then echo 'sudo is not there'
  elif ! said=$(sudo -n -l "$@" 2>&1); then printf '%s\n' "${said:-sudo does not allow '$*'}" | tail -n 1
  fi
}
listens() {
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$1") [0-9A-F]*:0000 0A "
}
release() {
  path=$1 unit=$2 scope=$3 file=$4 sudo=$5 port=$6
  free_at "$path" | under free
  if [ "$scope" = user ]; then
    XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR-/run/user/$(id -u)}
    export XDG_RUNTIME_DIR
    control() { systemctl --user "$@"; }
  else
    control() { systemctl "$@"; }
  fi
  if [ -n "$unit" ]; then
    control show -p ActiveState -p SubState -p NRestarts "$unit" | under unit || :
    if [ -n "$port" ] && listens "$port"; then printf 'taken %s\n' "$port"; fi
    if [ -n "$sudo" ]; then ask_sudo systemctl "$sudo" "$unit" | under sudo; fi
  fi
  case $file in "~/"*) file=$HOME/${file#"~/"} ;; esac
  if [ -n "$file" ] && [ -f "$file" ]; then { cat "$file"; echo; } | under text; fi
  if [ -d "$path/releases" ]; then ls -1t "$path/releases" | head -n 200 | under kept; fi
  link=$(readlink "$path/current" 2>/dev/null) || link=
  if [ -z "$link" ]; then
    if [ -e "$path/current" ]; then echo 'blocked current'; fi
    return 0
  fi
  printf '%s\n' "$link" | told current
  stat -c %Y "$path/current" | told since || :
  if [ -f "$path/.deployctl/switched" ]; then { read -r told || :; read -r by || :; } < "$path/.deployctl/switched"; printf 'switched %s\nrun %s\n' "$told" "$by"; fi
  cd "$path/current/" 2>/dev/null || { echo 'dangling current'; return 0; }
  if [ -f REVISION.json ]; then tr -d '\n' < REVISION.json | told revision; fi
  listing | under now
  recorded=$path/.deployctl/listings/${link##*/}
  if [ -f "$recorded" ]; then { cat "$recorded"; echo; } | under was; fi
}
facts
while [ $# -gt 0 ]; do
  case $1 in
    disk) ask_disk "$2"; shift 2 ;;
    tool) ask_tool "$2"; shift 2 ;;
    release) answer; (release "$2" "$3" "$4" "$5" "$6" "$7"); shift 7 ;;
    *) give_up 71 "nothing is known of '$1'" ;;
  esac
done
finish
)sh";

} // namespace deployctl::providers::host
