"""What every benchmark here needs: the example, and the frame of a figure (commit, machine, command)."""

import os
import pathlib
import platform
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "quickstart"


def figure(name, values):
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True,
                            check=False).stdout.strip()
    return {
        "name": name,
        "commit": commit,
        "command": "tests/bench/run",
        "python": " ".join(pathlib.Path(word).name for word in sys.argv),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "values": values,
    }
