"""kill -9 of the controller at every durable point and at random moments, each followed by `resume` from a second clone
(tests/e2e/killed_over_ssh.py).

killed_over_ssh.py MOMENTS PROGRESS FIGURES: every kill is a line of PROGRESS, so that an interrupted run goes on; those of
another commit do not count. DEPLOYCTL and KILL_LIBRARY name the binary and the library that kills. Exit 1 when a run
ended in anything else than the update complete, done once, with nothing left on a host.
"""

import json
import pathlib
import random
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from killed_over_ssh import KilledWorld, MOST_POINTS  # noqa: E402
from ssh_world import need_root  # noqa: E402

KILLS_OF_ONE_WORLD = 40  # its history grows with every update


def commit():
    here = pathlib.Path(__file__).resolve().parent
    return subprocess.run(["git", "-C", str(here), "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()


class Progress:
    def __init__(self, path):
        self.path = path
        self.commit = commit()
        lines = path.read_text().splitlines() if path.exists() else []
        known = [json.loads(line) for line in lines if line.endswith("}")]
        self.kills = [kill for kill in known if kill["commit"] == self.commit]

    def of(self, kind):
        return [kill for kill in self.kills if kill["kind"] == kind]

    def add(self, **kill):
        self.kills.append({"commit": self.commit, **kill})
        with self.path.open("a") as file:
            file.write(json.dumps(self.kills[-1]) + "\n")
        print(f"{kill['kind']} {kill['at']}: {kill['end']}", flush=True)


def struck(world, kind, at):
    """How that one ended: "resumed", "begun anew", "got through" or what was wrong."""
    resumed = world.resumed
    try:
        was_killed = world.strike_point(at) if kind == "point" else world.strike_moment(at)
    except (AssertionError, subprocess.SubprocessError) as problem:
        return f"wrong: {problem}"
    if not was_killed:
        return "got through"
    return "resumed" if world.resumed > resumed else "begun anew"


def strike(progress, kind, places, is_last=lambda end: False):
    """At each of `places` that is not done yet, until one is the last."""
    done = {kill["at"]: kill["end"] for kill in progress.of(kind)}
    if any(is_last(end) for end in done.values()):
        return
    left = [at for at in places if at not in done]
    while left:
        with KilledWorld() as world:
            for at in left[:KILLS_OF_ONE_WORLD]:
                left.remove(at)
                began = time.monotonic()
                end = struck(world, kind, at)
                progress.add(kind=kind, at=at, end=end, seconds=round(time.monotonic() - began, 2))
                if is_last(end):
                    return
                if end.startswith("wrong"):
                    break


def counted(kills):
    ends = {}
    for kill in kills:
        end = kill["end"] if not kill["end"].startswith("wrong") else "wrong"
        ends[end] = ends.get(end, 0) + 1
    return ends


def main():
    moments, progress, figures = int(sys.argv[1]), Progress(pathlib.Path(sys.argv[2])), pathlib.Path(sys.argv[3])
    need_root()
    strike(progress, "point", range(1, MOST_POINTS), lambda end: end == "got through")
    with KilledWorld() as world:
        longest = world.duration()
    chance = random.Random(moments)
    strike(progress, "moment", [chance.random() * longest for _ in range(moments)][len(progress.of("moment")):])
    wrong = [kill for kill in progress.kills if kill["end"].startswith("wrong")]
    figures.write_text(json.dumps({
        "commit": progress.commit,
        "command": "tests/long/run",
        "hosts": 3,
        "durable_points": counted(progress.of("point")),
        "random_moments": counted(progress.of("moment")),
        "seconds": round(sum(kill["seconds"] for kill in progress.kills)),
        "wrong": wrong,
    }, indent=1) + "\n")
    sys.exit(1 if wrong else 0)


main()
