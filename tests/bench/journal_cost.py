"""What durability costs a step (look at the cell, intent, outcome), and the list of 10,000 releases, on the disk of the checkout."""

import json
import os
import subprocess
import sys
import tempfile

from bench_world import ROOT, figure


def main():
    with tempfile.TemporaryDirectory(prefix="journal-cost-", dir=ROOT / "build") as folder:
        result = subprocess.run([os.environ["JOURNAL_COST"], folder], capture_output=True, text=True, check=True)
    json.dump(figure("journal_cost", json.loads(result.stdout)), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
