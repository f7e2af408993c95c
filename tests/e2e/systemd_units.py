"""Units of the system over sshd, told by sudo: with stand-ins for systemctl and sudo on the hosts' PATH that keep state, write
down what they are told, and refuse as sudo does; and with a real systemd where one boots."""

import contextlib
import os
import pathlib
import subprocess
import sys
import unittest

from quickstart_world import free_port, need
from ssh_links import need_links
from ssh_world import PROVIDERS, SshWorld, need_root
from waiting import wait_for

UNITS = "/etc/systemd/system"
PIPELINE = """\
version: 1
project: units
%(providers)senvironments: { production: { hosts: { web: [%(hosts)s] } } }
steps:
  api:
    uses: host.release
    with:
      path: %(root)s/api
      source: app
      systemd:
        unit: api.service
        sudo: true
        service: { exec: [./start, "%(port)s"], restart: always%(more)s }
      health: { http: ":%(port)s/", status: 200, json: { pointer: /version, equals: "${release.version}" }, within: 60s }
    strategy: { rolling: { batch: 1, min_healthy: 3s } }
"""
# One program for the unit: it answers with its version, and dies when the host says so.
START = """\
#!/usr/bin/env python3
import http.server, json, os, pathlib, sys, threading
version = json.loads(pathlib.Path("settings.json").read_text())["version"]
if pathlib.Path(os.environ["HOME"], "frail-" + version).exists():
    threading.Timer(1.5, os._exit, [3]).start()
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"version": version}).encode())
    def log_message(self, *words):
        pass
address = os.environ["SSH_CONNECTION"].split()[2]
http.server.ThreadingHTTPServer((address, int(sys.argv[1])), Answer).serve_forever()
"""
# systemctl of the system, as far as one service with Restart=always needs it. Only who comes by sudo may change anything.
SYSTEMCTL = r"""#!/bin/sh
state=$HOME/systemd file=/etc/systemd/system/api.service
mkdir -p "$state"
value() { sed -n "s/^$1=//p" "$state/loaded"; }
alive() { read -r pid <"$state/pid" && grep -q '^State:[[:space:]]*[^ZX]' "/proc/$pid/status"; } 2>/dev/null
stale() { if cmp -s "$file" "$state/loaded"; then echo no; else echo yes; fi; }
stop() {
  [ -e "$state/keeper" ] || return 0
  kill -KILL "-$(cat "$state/keeper")" 2>/dev/null
  rm -f "$state/keeper"
  while alive; do sleep 0.05; done
}
start() {
  [ -f "$state/loaded" ] || { echo 'Unit api.service not found.' >&2; exit 5; }
  cd "$(value WorkingDirectory)" || exit 1
  echo 0 >"$state/restarts"
  setsid sh -c 'echo $$ >"$1/keeper"; while :; do $2 & echo $! >"$1/pid"; wait; echo $(($(cat "$1/restarts") + 1)) >"$1/restarts"
    done' sh "$state" "$(value ExecStart)" </dev/null >/dev/null 2>&1 &
  until [ -e "$state/keeper" ] && alive; do sleep 0.05; done
}
case $1 in
  --version) echo 'systemd 252 (a stand-in)'; exit ;;
  show) case "$*" in
    *--value*) stale ;;
    *) if alive; then echo ActiveState=active; else echo ActiveState=inactive; fi
       printf 'SubState=x\nResult=exit-code\nNRestarts=%s\nCanReload=no\nNeedDaemonReload=%s\nFragmentPath=%s\n' \
         "$(cat "$state/restarts" 2>/dev/null || echo 0)" "$(stale)" "$file" ;;
    esac; exit ;;
esac
[ -n "$SUDO_USER" ] || { echo 'Failed to talk to systemd: Access denied' >&2; exit 1; }
echo "$*" >>"$state/told"
case $1 in
  daemon-reload) rm -f "$state/loaded"; cp "$file" "$state/loaded" 2>/dev/null || : ;;
  is-active) alive ;;
  restart) stop; start ;;
  stop) stop ;;
esac
"""
# sudo as it answers without a terminal. The file sudo-mode says how it is set up; "late" allows what -l asks about, and then not.
SUDO = r"""#!/bin/sh
echo "$*" >>"$HOME/sudo-told"
mode=$(cat "$HOME/sudo-mode" 2>/dev/null)
refuse() { echo "$1" >&2; exit 1; }
[ "$1" = -n ] || refuse 'sudo: a terminal is required to read the password'
shift
case $mode in
  password) refuse 'sudo: a password is required' ;;
  sudoers) refuse 'deploy is not in the sudoers file.' ;;
  tty) refuse 'sudo: sorry, you must have a tty to run sudo' ;;
  other) if [ "$1" = -l ]; then exit 1; fi; refuse 'sudo: a password is required' ;;
  late) if [ "$2" = restart ]; then refuse 'sudo: a password is required'; fi ;;
esac
if [ "$1" = -l ]; then echo "/usr/bin/$2"; exit; fi
SUDO_USER=deploy exec "$@"
"""


class Units(unittest.TestCase):
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.world = cls.enterClassContext(SshWorld(**cls.options))
        cls.port = free_port()
        for host in cls.world.hosts:
            cls.equip(host)
        app = cls.world.project / "app"
        (app / "start").write_text(START)
        (app / "start").chmod(0o755)
        (cls.world.project / "deploy.yaml").write_text(PIPELINE % {
            "hosts": ", ".join(host.address for host in cls.world.hosts), "root": cls.world.root, "port": cls.port,
            "providers": PROVIDERS, "more": cls.more()})
        cls.number = 0

    @classmethod
    def more(cls):
        return ""

    @classmethod
    def equip(cls, host):
        host.inside("mkdir", "-p", f"{cls.world.root}/home/bin", UNITS)
        host.inside("mount", "-t", "tmpfs", "none", UNITS)  # this host's own
        for name, text in (("systemctl", SYSTEMCTL), ("sudo", SUDO)):
            host.write(f"home/bin/{name}", text)
            host.inside("chmod", "755", f"{cls.world.root}/home/bin/{name}")
        cls.addClassCleanup(host.inside, "sh", "-c", f'HOME="$1/home" SUDO_USER=x "$1/home/bin/systemctl" stop api.service', "sh",
                            str(cls.world.root))

    @classmethod
    def apply(cls, code):
        cls.number += 1
        cls.world.commit(f"v{cls.number}")
        return cls.world.expect(code, "apply", "production", "--yes")

    def again(self, code=0):
        return self.world.expect(code, "apply", "production", "--yes")

    def told(self, host, name):
        path = host.home(name)
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def answers(self):
        return [subprocess.run(["curl", "-s", "-m", "10", f"http://{host.address}:{self.port}/"], capture_output=True,
                               text=True).stdout for host in self.world.hosts]


class SystemUnits(Units):
    options = {"count": 2}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.apply(0)

    def test_every_change_goes_by_sudo_and_says_no_more_than_it_must(self):
        for host in self.world.hosts:
            self.told(host, "systemd/told"), self.told(host, "sudo-told")
        self.apply(0)
        self.assertEqual(self.answers(), ['{"version": "v%d"}' % self.number] * 2)
        for host in self.world.hosts:
            self.assertEqual(self.told(host, "systemd/told"), ["restart api.service"])
            told = self.told(host, "sudo-told")
            self.assertEqual({line.split()[0] for line in told}, {"-n"})
            self.assertEqual([line for line in told if " -l " not in line and " systemctl show " not in line],
                             ["-n systemctl restart api.service"])
            unit = host.inside("stat", "-c", "%a", f"{UNITS}/api.service").strip()
            self.assertEqual(unit, "644")

    def test_what_sudo_refuses_stops_the_run_before_anything_is_changed(self):
        host = self.world.hosts[1]
        live = self.answers()
        for mode, words in (("password", "sudo: a password is required"), ("sudoers", "is not in the sudoers file"),
                            ("tty", "you must have a tty to run sudo"),
                            ("other", "sudo does not allow 'systemctl restart api.service'")):
            with self.subTest(mode):
                host.home("sudo-mode").write_text(mode)
                refused = self.apply(4)
                self.assertIn(host.address, refused.stderr)
                self.assertIn(words, refused.stderr)
                self.assertEqual(self.answers(), live)
        host.home("sudo-mode").unlink()
        with self.subTest("missing"):
            host.home("bin/sudo").rename(host.home("bin/kept"))
            for path in ("/usr/bin/sudo", "/usr/local/bin/sudo"):
                if os.path.exists(path):
                    host.inside("mount", "--bind", "/dev/null", path)
            self.assertIn("sudo is not there", self.apply(4).stderr)
            self.assertEqual(self.answers(), live)
            host.home("bin/kept").rename(host.home("bin/sudo"))
        self.again()

    def test_what_sudo_refuses_in_mid_change_is_told_with_its_cause_and_mended_by_the_next_run(self):
        host = self.world.hosts[1]
        live = self.answers()
        host.home("sudo-mode").write_text("late")
        failed = self.apply(9)  # nobody can tell the old one to go on either
        for text in (host.address, "sudo: a password is required", "NOPASSWD"):
            self.assertIn(text, failed.stderr)
        self.assertEqual(self.answers(), live)
        host.home("sudo-mode").unlink()
        self.again()
        self.assertEqual(self.answers(), ['{"version": "v%d"}' % self.number] * 2)

    def test_tough_10_a_unit_that_is_restarted_again_and_again_fails_with_the_count(self):
        host = self.world.hosts[0]
        live = self.answers()
        host.home(f"frail-v{self.number + 1}").touch()
        failed = self.apply(8)
        self.assertIn(host.address, failed.stderr)
        self.assertRegex(failed.stderr, r"'api\.service' was restarted (once|\d+ times) by systemd: its program ends \(exit-code\)")
        self.assertEqual(self.answers(), live)


class PortTaken(Units):
    options = {"count": 1, "links": True}

    def test_tough_19_a_port_that_somebody_else_has_is_shown_and_never_taken_from_him(self):
        host, = self.world.hosts
        foreign = host.begin(sys.executable, "-m", "http.server", "--bind", host.address, str(self.port))
        self.addCleanup(foreign.wait)
        self.addCleanup(foreign.kill)
        wait_for("the foreign service", lambda: "Directory listing" in self.answers()[0])
        self.world.commit("v1")
        shown = self.world.expect(0, "plan", "production").stdout
        self.assertIn(f"port {self.port} is taken by somebody else", shown)
        failed = self.world.expect(8, "apply", "production", "--yes")
        self.assertIn("'api.service' was restarted", failed.stderr)
        self.assertIn("Directory listing", self.answers()[0])
        self.assertIsNone(foreign.poll())
        self.assertFalse(host.home("../api/current").is_symlink())
        foreign.kill()
        foreign.wait()
        self.again()
        self.assertEqual(self.answers(), ['{"version": "v1"}'])


class RealSystemd(Units):
    """The same with a real systemd: the first process of a namespace of its own, that sees the host's disk and network."""

    options = {"count": 1, "links": True}
    boot = r"""
mount -t tmpfs none /run && mkdir /run/lock /run/sshd && echo 0123456789abcdef0123456789abcdef >/run/id || exit 1
[ -e /etc/machine-id ] && mount --bind /run/id /etc/machine-id || exit 1
cd "$1" || exit 1
for name in default basic sysinit shutdown multi-user; do
  printf '[Unit]\nDefaultDependencies=no\n' >"$name.target"
done
for tree in systemd unified; do
  mkdir "/sys/fs/cgroup/$tree/$2" && echo $$ >"/sys/fs/cgroup/$tree/$2/cgroup.procs" || exit 1
done
exec env -i container=test SYSTEMD_UNIT_PATH="$1" PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  unshare -u -p -f -m --mount-proc --kill-child /lib/systemd/systemd --system --log-target=null --show-status=no
"""

    @classmethod
    def more(cls):
        host, = cls.world.hosts
        return f', env: {{ HOME: "{cls.world.root}/home", SSH_CONNECTION: "- - {host.address} -" }}'

    @classmethod
    def equip(cls, host):
        host.inside("mkdir", "-p", f"{cls.world.root}/home/bin", UNITS)
        host.inside("mount", "-t", "tmpfs", "none", UNITS)
        host.write("home/bin/sudo", SUDO)
        host.inside("chmod", "755", f"{cls.world.root}/home/bin/sudo")
        group = f"deployctl-{os.getpid()}"
        cls.addClassCleanup(cls.remove_groups, group)
        outer = host.begin("sh", "-c", cls.boot, "sh", UNITS, group)
        cls.addClassCleanup(outer.wait)
        cls.addClassCleanup(outer.kill)
        wait_for("systemd", lambda: outer.poll() is not None or cls.first_process(outer))
        first = cls.first_process(outer)
        if not first:
            raise unittest.SkipTest("systemd does not boot in a namespace here")
        # It answers those that it sees, so systemctl is run among its processes.
        host.write("home/bin/systemctl", f"#!/bin/sh\nexec nsenter -t {first} -m -p /usr/bin/systemctl \"$@\"\n")
        host.inside("chmod", "755", f"{cls.world.root}/home/bin/systemctl")
        cls.systemctl = [*host.enter(), f"{cls.world.root}/home/bin/systemctl"]
        try:
            wait_for("an answer of systemd", lambda: cls.ask("is-system-running").stdout == "running\n")
        except AssertionError as problem:
            raise unittest.SkipTest("systemd does not get through its boot in a namespace here") from problem

    @staticmethod
    def first_process(outer):
        with contextlib.suppress(OSError):
            for pid in pathlib.Path(f"/proc/{outer.pid}/task/{outer.pid}/children").read_text().split():
                if pathlib.Path(f"/proc/{pid}/comm").read_text() == "systemd\n":
                    return pid
        return None

    @staticmethod
    def remove_groups(group):
        for tree in ("systemd", "unified"):
            for folder, _, _ in os.walk(f"/sys/fs/cgroup/{tree}/{group}", topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(folder)

    @classmethod
    def ask(cls, *words):
        return subprocess.run([*cls.systemctl, *words], capture_output=True, text=True, timeout=60)

    def show(self, name):
        return self.ask("show", "--value", "-p", name, "api.service").stdout.strip()

    def test_a_real_systemd_runs_each_release_and_counts_what_dies(self):
        self.apply(0)
        self.assertEqual(self.answers(), ['{"version": "v1"}'])
        first = self.show("MainPID")
        self.assertEqual((self.show("UnitFileState"), self.show("ActiveState")), ("enabled", "active"))
        self.apply(0)
        self.assertEqual(self.answers(), ['{"version": "v2"}'])
        self.assertNotEqual(self.show("MainPID"), first)
        host, = self.world.hosts
        host.home("frail-v3").touch()
        failed = self.apply(8)
        self.assertIn("'api.service' was restarted", failed.stderr)
        self.assertEqual(self.answers(), ['{"version": "v2"}'])
        self.assertEqual(self.show("NRestarts"), "0")
        self.world.expect(0, "rollback", "production", "--to", "v1", "--yes")
        self.assertEqual(self.answers(), ['{"version": "v1"}'])


if __name__ == "__main__":
    need("git", "curl")
    need_root()
    need_links()
    unittest.main(verbosity=2)
