"""Reading, validating and planning 10, 1,000 and 10,000 simulated steps: milliseconds, peak memory, and growth.

`growth` is the cost of one step at that size as a ratio of the cost of one step at 1,000: close to 1 is linear.
"""

import json
import os
import statistics
import subprocess
import sys

from bench_world import figure

SIZES = (10, 1_000, 10_000)
ROUNDS = 5


def measure(steps):
    runs = [json.loads(subprocess.run([os.environ["PLAN_SCALE"], str(steps)], capture_output=True, text=True,
                                      check=True).stdout) for _ in range(ROUNDS)]
    assert all(run["created"] == steps for run in runs), "the plan does not hold every step"
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def main():
    results = {steps: measure(steps) for steps in SIZES}
    unit = (results[1_000]["validate_ms"] + results[1_000]["plan_ms"]) / 1_000
    for steps, result in results.items():
        result["growth"] = round((result["validate_ms"] + result["plan_ms"]) / steps / unit, 2)
    json.dump(figure("plan_scale", results), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
