"""Plays many seeds of the simulator, chunk by chunk, and adds up what was found.

simulation.py SEEDS PROGRESS FIGURES: every finished chunk is a line of PROGRESS, so that an interrupted run goes on;
chunks of another commit do not count. At the end come seeds that aim at one cell of the coverage table after the other.
Exit 1 when an invariant was broken, a cell is empty, or one that was argued impossible is not.
"""

import json
import os
import pathlib
import subprocess
import sys

CHUNK = 5_000
AIMED = 500_000  # most are passed over: their cell was seen before


def commit():
    here = pathlib.Path(__file__).resolve().parent
    return subprocess.run(["git", "-C", str(here), "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()


def finished(progress, of):
    if not progress.exists():
        return {}
    chunks = [json.loads(line) for line in progress.read_text().splitlines() if line.endswith("}")]
    return {chunk["first"]: chunk for chunk in chunks if chunk["commit"] == of}


def played(first, count, *options):
    result = subprocess.run([os.environ["SIMULATE"], str(first), str(count), "--json", *options], capture_output=True, text=True)
    if result.returncode not in (0, 1):
        sys.exit(result.stderr or f"simulate ended with {result.returncode}")
    return json.loads(result.stdout)


def summed(chunks, name):
    total = {}
    for chunk in chunks:
        for key, count in chunk[name].items():
            total[key] = total.get(key, 0) + count
    return dict(sorted(total.items()))


def broken(chunks):
    total = {}
    for chunk in chunks:
        for name, found in chunk["violations"].items():
            entry = total.setdefault(name, {"count": 0, "first": found["first"]})
            entry["count"] += found["count"]
            entry["first"] = min(entry["first"], found["first"])
    return total


def coverage_table(cells):
    """By record and fault, the crash classes seen."""
    table = {}
    for cell in cells:
        record, fault, crash_class = cell.split()
        table.setdefault(record, {}).setdefault(fault, []).append(crash_class)
    return table


def main():
    seeds, progress, figures = int(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    of = commit()
    done = finished(progress, of)
    for first in range(1, seeds + 1, CHUNK):
        if first in done:
            continue
        chunk = {"first": first, "commit": of, **played(first, min(CHUNK, seeds + 1 - first))}
        with progress.open("a") as file:
            file.write(json.dumps(chunk) + "\n")
        done[first] = chunk
        print(f"{first + chunk['seeds'] - 1} of {seeds} seeds, {chunk['seeds'] / chunk['seconds']:.0f}/s", flush=True)
    if "aimed" not in done:
        done["aimed"] = {"commit": of, **played(0, AIMED, "--aimed"), "first": "aimed"}
        with progress.open("a") as file:
            file.write(json.dumps(done["aimed"]) + "\n")
    by_chance = [done[first] for first in range(1, seeds + 1, CHUNK)]
    chunks = [*by_chance, done["aimed"]]
    surprises = sorted({cell for chunk in chunks for cell in chunk["argued_impossible"]})
    cells = summed(chunks, "coverage")
    seconds = sum(chunk["seconds"] for chunk in chunks)
    figures.write_text(json.dumps({
        "commit": of,
        "command": f"tests/long/run {seeds}",
        "seeds": seeds,
        "aimed_seeds": done["aimed"]["seeds"],
        "points": sum(chunk["points"] for chunk in chunks),
        "commands": sum(chunk["commands"] for chunk in chunks),
        "seconds": round(seconds, 1),
        "seeds_per_second": round(seeds / sum(chunk["seconds"] for chunk in by_chance)),
        "violations": broken(chunks),
        "exit_codes": summed(chunks, "exit_codes"),
        "cells_of_the_coverage_table": len(cells),
        "cells_seen_by_chance": len(summed(by_chance, "coverage")),
        "empty_cells": done["aimed"]["empty"],
        "cells_argued_impossible_and_seen": surprises,
        "coverage": coverage_table(cells),
    }, indent=1) + "\n")
    sys.exit(1 if broken(chunks) or surprises or done["aimed"]["empty"] else 0)


main()
