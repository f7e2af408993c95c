// The scripts that speak to systemd. `$1` is the unit, `$2` its scope (system, user), `$3` yes for sudo -n.
#pragma once

#include <string>

#include "providers/host_script.hpp"

namespace deployctl::providers::host {

// `control` is systemctl of the scope, `as` runs a program with the rights for it.
inline const std::string service_prelude = std::string(script_prelude) + R"sh(unit=$1 scope=$2 sudo=$3
shift 3
as() { if [ "$sudo" = yes ]; then sudo -n "$@"; else "$@"; fi; }
if [ "$scope" = user ]; then
  XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR-/run/user/$(id -u)}
  export XDG_RUNTIME_DIR
  control() { systemctl --user "$@"; }
  journal() { journalctl --user "$@"; }
else
  control() { as systemctl "$@"; }
  journal() { as journalctl "$@"; }
fi
)sh";

// $4: restart, reload or auto. A unit that does not run is started.
inline const std::string service_script = service_prelude + R"sh(
if [ "$(control show -p NeedDaemonReload --value "$unit")" = yes ]; then control daemon-reload; fi
case $1 in
  restart) control restart "$unit" ;;
  reload) if control is-active --quiet "$unit"; then control reload "$unit"; else control start "$unit"; fi ;;
  auto) control reload-or-restart "$unit" ;;
esac
)sh";

inline const std::string stop_script = service_prelude + R"sh(control stop "$unit"
)sh";

inline const std::string service_state_script = service_prelude + R"sh(
control show -p ActiveState -p SubState -p Result -p NRestarts -p CanReload -p FragmentPath -p NeedDaemonReload "$unit"
)sh";

inline const std::string service_log_script = service_prelude + R"sh(
journal -u "$unit" -n 20 --no-pager -o cat 2>/dev/null || :
)sh";

// $4 the release folder, $5 the unit's file ("~/" is the home), $6 the SHA-256 of its text, which is standard
// input; "": there shall be no file. The service counts as not told until it is told anew.
inline const std::string write_unit_script = service_prelude + R"sh(root=$1 file=$2 digest=$3
case $file in "~/"*) file=$HOME/${file#"~/"} ;; esac
digest_of() { if [ -f "$1" ]; then sha256sum < "$1" | cut -c 1-64; fi; }
if [ "$(digest_of "$file")" = "$digest" ]; then exit 0; fi
rm -f "$root/.deployctl/switched"
if [ -z "$digest" ]; then
  control disable "$unit" || :
  as rm -f "$file"
else
  as mkdir -p "${file%/*}"
  as tee "$file.deployctl-new" >/dev/null
  if [ "$(digest_of "$file.deployctl-new")" != "$digest" ]; then give_up 73 "'$file' did not arrive whole"; fi
  as chmod 0644 "$file.deployctl-new"
  as mv -f "$file.deployctl-new" "$file"
  settle "${file%/*}"
fi
control daemon-reload
if [ -n "$digest" ]; then control enable "$unit"; fi
)sh";

} // namespace deployctl::providers::host
