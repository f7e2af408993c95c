"""SIGTERM with 50 stages in flight: how long until the process has ended at a safe point, and how its run is completed.

Once with commands that heed the signal, once with commands that heed none and are left behind. Prints one JSON document.
"""

import json
import pathlib
import signal
import statistics
import sys
import time

from bench_world import ROOT, figure

sys.path.insert(0, str(ROOT / "tests" / "cli"))
from project import Project  # noqa: E402  (the folder of the binary's tests is known only now)

STAGES = 50
ROUNDS = 5
HEAD = "version: 1\nproject: hello\nenvironments:\n  local: {}\nsteps:\n"
STEP = """\
  step{0}:
    uses: exec.run
    with: {{ effect: none, command: [sh, -c, "{1}touch ROOT/started{0}; until [ -e ROOT/go ]; do sleep 0.1; done"] }}
"""


def wait_until_all_run(root, process):
    deadline = time.monotonic() + 60
    while len(list(pathlib.Path(root).glob("started*"))) < STAGES:
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise RuntimeError("the stages did not all start: " + "".join(process.communicate()))
        time.sleep(0.02)


def seconds_to_the_end(trap):
    with Project(HEAD + "".join(STEP.format(number, trap) for number in range(STAGES))) as project:
        process = project.start("apply", "local", "--yes", "--parallel", str(STAGES))
        try:
            wait_until_all_run(project.root, process)
            started = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
            seconds = time.monotonic() - started
        finally:
            (project.root / "go").touch()  # ends what heeded no signal, too
        assert process.returncode == 143, process.returncode
        project.expect(0, "resume")
        return seconds


def main():
    values = {"stages": STAGES, "rounds": ROUNDS}
    for name, trap in (("heeded", ""), ("deaf", "trap '' TERM INT HUP; ")):
        seconds = [seconds_to_the_end(trap) for _ in range(ROUNDS)]
        values[name] = {"median_s": round(statistics.median(seconds), 2), "longest_s": round(max(seconds), 2),
                        "exit": 143, "resume_exit": 0}
    json.dump(figure("cancellation", values), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
