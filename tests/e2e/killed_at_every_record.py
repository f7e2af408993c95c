"""kill -9 at every durable point of an update, then `apply`: it always ends in v2 complete.

A preloaded library kills the controller before and after its N-th fsync, fdatasync or rename, for every N until a run gets
through, so every journal record, blob, cell and index write is a crash point. What must not be done twice is a line that a
step of the pipeline writes when it acts.
"""

import os
import shutil
import unittest

from quickstart_world import World, need

MOST_POINTS = 600
ONCE = """
  once:
    uses: exec.run
    needs: [check]
    with:
      script: cat app/settings.json >> "$COUNTER"
      env: { COUNTER: "${QUICKSTART_ROOT}/counter" }
      check: [grep, -q, "${release.version}", "${QUICKSTART_ROOT}/counter"]
"""


def killed_at(world, point):
    """Applies with a death at that point; True if it was reached."""
    result = world.deployctl("apply", "local", "--yes", timeout=180,
                             environment={"LD_PRELOAD": os.environ["KILL_LIBRARY"], "KILL_AT": str(point)})
    return result.returncode == -9


def copy(source, target):
    """The supervisor's control socket is its own: it makes a new one."""
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("control"))


class KilledAtEveryRecord(unittest.TestCase):
    def setUp(self):
        self.world = self.enterContext(World())
        pipeline = self.world.project / "deploy.yaml"
        text = pipeline.read_text()
        pipeline.write_text(text.replace("  web:\n", ONCE.lstrip("\n") + "  web:\n", 1).replace(
            "needs: [check]\n    with:\n      path", "needs: [once]\n    with:\n      path", 1))
        self.world.commit("v1")
        self.world.expect(0, "apply", "local", "--yes")
        self.world.commit("v2")
        self.world.stop_supervisor()
        self.saved = self.world.folder / "saved"
        self.saved.mkdir()
        for name in ("project", "service"):
            copy(self.world.folder / name, self.saved / name)

    def restore(self):
        self.world.stop_supervisor()
        for name in ("project", "service"):
            shutil.rmtree(self.world.folder / name)
            copy(self.saved / name, self.world.folder / name)
        self.world.start_supervisor()

    def complete(self, point):
        where = f"after a kill at durable point {point}"
        self.world.expect(0, "apply", "local", "--yes")
        self.assertEqual(self.world.answer()["version"], "v2", where)
        counted = (self.world.service / "counter").read_text()
        self.assertEqual(counted.count("v2"), 1, where)
        self.world.expect(0, "plan", "local", "--detailed-exitcode")
        leftovers = [path.name for path in (self.world.service / "releases").iterdir() if path.name.endswith(".part")]
        self.assertEqual(leftovers, [], where)

    def test_every_point(self):
        killed = 0
        for point in range(1, MOST_POINTS):
            self.restore()
            was_killed = killed_at(self.world, point)
            killed += was_killed
            self.complete(point)
            if not was_killed:
                break
        else:
            self.fail(f"no run got through {MOST_POINTS} points")
        self.assertGreater(killed, 10, "the crash points were not reached")
        print(f"{killed} durable points, killed at each; every next apply ended in v2 complete, nothing done twice")


if __name__ == "__main__":
    need("git")
    unittest.main(verbosity=2)
