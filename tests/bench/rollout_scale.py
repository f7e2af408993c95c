"""The scheduler alone on 10,000 steps over 1,000 hosts: events a second, cost of one event, peak memory.

No thread is started, and every job is answered at once: what is left is the reducer's own work.
"""

import json
import os
import statistics
import subprocess
import sys

from bench_world import figure

SHAPES = (("chains",), ("waves",), ("chains", "fail"), ("waves", "fail"))
ROUNDS = 5


def measure(shape):
    runs = [json.loads(subprocess.run([os.environ["ROLLOUT_SCALE"], *shape], capture_output=True, text=True,
                                      check=True).stdout) for _ in range(ROUNDS)]
    keys = ("events", "events_per_second", "microseconds_per_event", "peak_mb")
    return {key: statistics.median(run[key] for run in runs) for key in keys}


def main():
    json.dump(figure("rollout_scale", {" ".join(shape): measure(shape) for shape in SHAPES}), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
