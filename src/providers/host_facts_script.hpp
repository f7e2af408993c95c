// The part of a reading script that tells facts of the host (host_facts.hpp), for /bin/sh with the tools of
// coreutils or busybox. It only reads. Every line of an answer begins with a key of ours, so that no name on
// the host can pass for one.
#pragma once

#include <string>

#include "providers/host_script.hpp"

namespace deployctl::providers {

// `facts`, then the answers after `answer`, then `finish`. Before them `ask_disk FOLDER` and `ask_tool NAME`
// tell more.
inline const std::string facts_functions = R"sh(under() { sed "s/^/$1 /"; }
told() { line=; IFS= read -r line || :; printf '%s %s\n' "$1" "$line"; }
facts() {
  echo 'deployctl-facts 1'
  date +%s | told time
  { id -un 2>/dev/null || id -u; } | told user
  printf '%s\n' "${HOME-}" | told home
  uname -sr | told kernel
  uname -m | told machine
  for fence in "${HOME-}"/.deployctl/fences/* /var/tmp/.deployctl-"$(id -u)"/*; do
    case $fence in *.new|*/lock|*/lock.d) continue ;; esac
    if [ -f "$fence" ] && [ -r "$fence" ]; then told "fence ${fence##*/}" < "$fence"; fi
  done
  asked=0
}
nearest() {
  nearest=$1
  while [ ! -e "$nearest" ]; do nearest=${nearest%/*}; nearest=${nearest:-/}; done
}
free_at() {
  nearest "$1"
  df -Pk "$nearest" | { read -r head; read -r device size used free share mount; printf '%s %s\n' "$free" "$mount"; } || :
}
ask_disk() {
  free_at "$1" | { read -r free mount; printf 'disk %s %s\t%s\n' "$free" "$1" "$mount"; } || :
}
ask_tool() {
  if command -v "$1" >/dev/null 2>&1; then { "$1" --version 2>/dev/null || :; } | told "tool $1"; fi
}
answer() { printf 'ask %s\n' "$asked"; asked=$((asked + 1)); }
finish() { echo end; }
)sh";

} // namespace deployctl::providers
