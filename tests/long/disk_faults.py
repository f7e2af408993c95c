"""Runs the faults of the disk and keeps what was tried.

disk_faults.py BINARY FIGURES: exit 1, and no figures, when something was lost, doubled or invented.
"""

import json
import pathlib
import re
import subprocess
import sys
import time

BEGINS = re.compile(r"^  (.+): (?:(\d+) points tried|sampled with parallel (\d+))$")
POINTS = re.compile(r"^      (.+): (\d+)$")


def tried(text):
    runs = []
    for line in text.splitlines():
        if begins := BEGINS.match(line):
            runs.append({"fault": begins[1], "parallel": int(begins[3] or 1), "exhaustive": begins[2] is not None, "points": {}})
        elif runs and (points := POINTS.match(line)):
            runs[-1]["points"][points[1]] = int(points[2])
    for run in runs:
        run["tried"] = sum(run["points"].values())
    return runs


def main():
    binary, figures = sys.argv[1], pathlib.Path(sys.argv[2])
    here = pathlib.Path(__file__).resolve().parent
    commit = subprocess.run(["git", "-C", str(here), "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    began = time.monotonic()
    result = subprocess.run([binary], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(result.stdout + result.stderr)
    runs = tried(result.stdout)
    figures.write_text(json.dumps({
        "commit": commit,
        "command": " ".join(["tests/long/disk_faults.py", *sys.argv[1:]]),
        "tried": sum(run["tried"] for run in runs),
        "lost_doubled_or_invented": 0,
        "seconds": round(time.monotonic() - began, 1),
        "runs": runs,
    }, indent=1) + "\n")


main()
