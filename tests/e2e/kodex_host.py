"""examples/kodex-host/run, carried out on four hosts that are real sshd processes."""

import json
import os
import pathlib
import subprocess
import unittest
import urllib.request

from quickstart_world import free_port, need
from ssh_world import MULTIPLEXING, SshWorld, need_root

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "kodex-host"

# systemctl --user as far as a simple service needs it: what is loaded, enabled, started. The hosts share one network, so
# each service gets its host's address.
SYSTEMCTL = r"""#!/bin/sh
if [ "$1" = --version ]; then echo 'systemd 252 (a stand-in)'; exit; fi
[ "$1" = --user ] || { echo 'Failed to connect to bus' >&2; exit 1; }
shift
state=$HOME/systemd file=$HOME/.config/systemd/user/kodex-api.service
mkdir -p "$state"
value() { sed -n "s/^$1=//p" "$state/loaded"; }
alive() { read -r pid <"$state/pid" && grep -q '^State:[[:space:]]*[^ZX]' "/proc/$pid/status"; } 2>/dev/null
stale() { if cmp -s "$file" "$state/loaded"; then echo no; else echo yes; fi; }
stop() {
  alive || return 0
  kill "$pid"
  n=0
  while alive; do n=$((n + 1)); [ "$n" -lt 400 ] || exit 1; sleep 0.05; done
}
start() {
  [ -f "$state/loaded" ] || { echo 'Unit kodex-api.service not found.' >&2; exit 5; }
  cd "$(value WorkingDirectory)" || exit 1
  set -a
  . "$(value EnvironmentFile)"
  KODEX_ADDRESS=$(echo "$SSH_CONNECTION" | cut -d ' ' -f 3)
  set +a
  setsid $(value ExecStart) </dev/null >>"$state/log" 2>&1 &
  echo $! >"$state/pid"
}
case $1 in show) ;; *) echo "$*" >>"$state/told" ;; esac
case $1 in
  daemon-reload) rm -f "$state/loaded"; cp "$file" "$state/loaded" 2>/dev/null || : ;;
  enable) touch "$state/enabled" ;;
  disable) rm -f "$state/enabled" ;;
  is-active) alive ;;
  restart) stop; start ;;
  stop) stop ;;
  show) case "$*" in
    *--value*) stale ;;
    *) if alive; then echo ActiveState=active; else echo ActiveState=failed; fi
       printf 'SubState=x\nResult=x\nNRestarts=0\nNeedDaemonReload=%s\nFragmentPath=%s\n' "$(stale)" "$file" ;;
    esac ;;
esac
"""


class KodexHost(unittest.TestCase):
    def test_the_example_does_what_it_says(self):
        world = self.enterContext(SshWorld(count=4))
        for host in world.hosts:
            host.inside("mkdir", f"{world.root}/home/bin")
            host.write("home/bin/systemctl", SYSTEMCTL)
            host.inside("chmod", "755", f"{world.root}/home/bin/systemctl")
        port = free_port()
        ssh = f"{world.folder}/ssh_config" + ("" if MULTIPLEXING else ", multiplexing: false")  # it stands in braces
        environment = {"PATH": os.environ["PATH"], "HOME": str(world.folder), "DEPLOYCTL": world.binary,
                       "KODEX_HOSTS": " ".join(host.address for host in world.hosts), "KODEX_PORT": str(port),
                       "KODEX_ROOT": f"{world.root}/kodex", "KODEX_SSH_CONFIG": ssh,
                       "OPENAI_API_KEY": "a-key-of-the-test"}
        done = subprocess.run([EXAMPLE / "run"], env=environment, capture_output=True, text=True, timeout=600,
                              stdin=subprocess.DEVNULL)
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, said)
        self.assertNotIn("a-key-of-the-test", said)
        for host in world.hosts[1:]:
            with urllib.request.urlopen(f"http://{host.address}:{port}/", timeout=10) as response:
                self.assertEqual(json.load(response)["version"], "v0.9.9")
            home = f"{world.root}/home"
            told = host.inside("cat", f"{home}/systemd/told").split("\n")
            self.assertEqual(told[:3], ["daemon-reload", "enable kodex-api.service", "restart kodex-api.service"])
            self.assertEqual(told.count("daemon-reload"), 1, "the unit stayed the same")
            self.assertIn("/healthz", host.inside("cat", f"{world.root}/kodex/shared/data/visits"))
        first, second = world.hosts[1:3]
        restarts = [host.inside("grep", "-c", "^restart", f"{world.root}/home/systemd/told").strip()
                    for host in (first, second)]
        self.assertEqual(restarts, ["5", "3"], "v1.0.1 was tried on the first host only")


if __name__ == "__main__":
    need("git", "curl", "python3")
    need_root()
    unittest.main(verbosity=2)
