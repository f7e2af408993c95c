"""kill -9 of the controller during an update of three hosts, then `resume` from a second clone that was given a copy of
its records: the update is complete, nothing was done twice, and nothing is left on any host.

At durable points: kill_at.c ends the controller before and after its N-th fsync, fdatasync or rename, so at every journal
record. At random moments: SIGKILL at any time. Here a sample of both; tests/long does all of them.
"""

import os
import pathlib
import random
import shutil
import signal
import subprocess
import time
import unittest

from quickstart_world import need
from ssh_world import SshWorld, need_root
from waiting import wait_for

SAMPLE_STEP = 31    # durable points from one kill of the sample to the next
SAMPLE_MOMENTS = 2
MOST_POINTS = 2000
MORE = """\
  settings:
    uses: file.put
    needs: [web]
    with: { path: ROOT/web.conf, content: "${release.version}", mode: "0640" }
  migrate:
    uses: host.run
    needs: [settings]
    with:
      on: first
      on_disconnect: detach
      script: echo "$VERSION" >>"$HOME/migrations"
      env: { VERSION: "${release.version}" }
  told:
    uses: host.run
    needs: [migrate]
    with:
      script: echo "$VERSION" >>"$HOME/told"
      env: { VERSION: "${release.version}" }
      check: [sh, -c, 'grep -qx "$VERSION" "$HOME/told"']
"""


class KilledWorld(SshWorld):
    """Goes from version to version; every update is interrupted and finished elsewhere."""

    def __init__(self):
        super().__init__(more=MORE)
        self.number = 0
        self.resumed = self.begun_anew = 0
        self.next_version()
        self.expect(0, "apply", "production", "--yes")

    def next_version(self):
        self.number += 1
        self.commit(f"v{self.number}")

    def killed_at(self, point):
        """Applies with a death at that durable point; False if the run got through before."""
        result = self.deployctl("apply", "production", "--yes",
                                environment={"LD_PRELOAD": os.environ["KILL_LIBRARY"], "KILL_AT": str(point)})
        if result.returncode == -signal.SIGKILL:
            return True
        assert result.returncode == 0, result.stdout + result.stderr
        return False

    def killed_after(self, seconds):
        process = subprocess.Popen(self.command("apply", "production", "--yes"), env=self.environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.end_controller(process)
        return process.returncode != 0

    def own_processes(self):
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if f"{self.folder}/ssh_config" in words or f"{self.folder}/tmp" in words:
                found.append(words)
        return found

    def finish_elsewhere(self):
        self.await_silence()
        wait_for("no ssh of ours", lambda: not self.own_processes())
        wait_for("no folder of ours", lambda: not os.listdir(self.folder / "tmp"))
        before = self.project
        self.move()
        shutil.rmtree(before)
        result = self.deployctl("resume")
        said = result.stdout + result.stderr
        if result.returncode == 0 and "No run is pending" not in said:
            self.resumed += 1
        else:  # it died before it changed anything
            assert result.returncode in (0, 10), f"resume: {result.returncode}\n{said}"
            self.begun_anew += 1
            self.expect(0, "apply", "production", "--yes")

    def check(self, where):
        version = f"v{self.number}"
        assert self.versions() == [version] * 3, f"{where}: {self.versions()}"
        for host in self.hosts:
            assert host.read("web.conf") == version, where
            assert host.read("home/told").split().count(version) == 1, f"{where}: {host.read('home/told')}"
        migrations = self.hosts[0].read("home/migrations").split()
        assert migrations == [f"v{n}" for n in range(1, self.number + 1)], f"{where}: {migrations}"
        self.expect(0, "plan", "production", "--detailed-exitcode")
        self.await_silence()
        left = [part for host in self.hosts for part in host.parts()]
        assert left == [], f"{where}: {left}"

    def strike(self, kill, where):
        """One update with one kill; False if the run got through before it."""
        self.next_version()
        was_killed = kill()
        if was_killed:
            self.finish_elsewhere()
        self.check(where)
        return was_killed

    def strike_point(self, point):
        return self.strike(lambda: self.killed_at(point), f"killed at durable point {point}")

    def strike_moment(self, seconds):
        return self.strike(lambda: self.killed_after(seconds), f"killed after {seconds:.3f} s")

    def duration(self):
        self.next_version()
        began = time.monotonic()
        self.expect(0, "apply", "production", "--yes")
        return time.monotonic() - began


class KilledOverSsh(unittest.TestCase):
    def test_a_sample_of_durable_points_and_of_random_moments(self):
        world = self.enterContext(KilledWorld())
        points = 0
        for point in range(1, MOST_POINTS, SAMPLE_STEP):
            if not world.strike_point(point):
                break
            points += 1
        else:
            self.fail(f"no run got through {MOST_POINTS} points")
        self.assertGreater(points, 3, "the crash points were not reached")
        longest = world.duration()
        chance = random.Random(SAMPLE_MOMENTS)
        moments = sum(world.strike_moment(chance.uniform(0, longest)) for _ in range(SAMPLE_MOMENTS))
        print(f"{points} durable points and {moments} moments, killed at each: {world.resumed} runs resumed from a second "
              f"clone, {world.begun_anew} begun anew, nothing left on three hosts")


if __name__ == "__main__":
    need("git")
    need_root()
    unittest.main(verbosity=2)
