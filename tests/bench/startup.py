"""Start-up beside git: the wall time of `--version` and of `validate` on a small file, as ratios of `git --version`.

Prints one JSON document. Runs are interleaved, so that a busy moment hits all alike; the median of each is compared.
"""

import json
import os
import statistics
import subprocess
import sys
import time

from bench_world import EXAMPLE, figure

ROUNDS = 200


def seconds(argv, environment):
    started = time.perf_counter()
    subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, check=True)
    return time.perf_counter() - started


def main():
    binary = os.environ["DEPLOYCTL"]
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "QUICKSTART_ROOT": "/nowhere"}
    commands = {
        "git --version": ["git", "--version"],
        "deployctl --version": [binary, "--version"],
        "deployctl validate": [binary, "-f", str(EXAMPLE / "deploy.yaml"), "validate"],
    }
    times = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, argv in commands.items():
            times[name].append(seconds(argv, environment))
    medians = {name: statistics.median(values) for name, values in times.items()}
    base = medians["git --version"]
    json.dump(figure("startup", {
        name: {"median_ms": round(value * 1000, 2), "ratio_to_git": round(value / base, 2)}
        for name, value in medians.items()}), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
