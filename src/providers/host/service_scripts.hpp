// The scripts that speak to systemd. `$1` is the unit.
#pragma once

#include <string>

#include "providers/host_script.hpp"

namespace deployctl::providers::host {

// $2: restart, reload or auto. A unit that does not run is started.
inline const std::string service_script = std::string(script_prelude) + R"sh(unit=$1
if [ "$(systemctl show -p NeedDaemonReload --value "$unit")" = yes ]; then systemctl daemon-reload; fi
case $2 in
  restart) systemctl restart "$unit" ;;
  reload) if systemctl is-active --quiet "$unit"; then systemctl reload "$unit"; else systemctl start "$unit"; fi ;;
  auto) systemctl reload-or-restart "$unit" ;;
esac
)sh";

inline const std::string stop_script = std::string(script_prelude) + R"sh(systemctl stop "$1"
)sh";

inline const std::string service_state_script = std::string(script_prelude) + R"sh(
systemctl show -p ActiveState -p SubState -p Result -p NRestarts "$1"
)sh";

inline const std::string service_log_script = std::string(script_prelude) + R"sh(
journalctl -u "$1" -n 20 --no-pager -o cat 2>/dev/null || :
)sh";

} // namespace deployctl::providers::host
