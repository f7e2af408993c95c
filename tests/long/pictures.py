#!/usr/bin/env python3
"""Pictures of what people look at, for people to look at: the report's page of a run that succeeded and of one that was taken back,
and the graph, in both colour schemes, on a desk and on a phone.

Usage: DEPLOYCTL=BINARY tests/long/pictures.py FOLDER     (needs chromium)
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))

from project import Project

ROOT = pathlib.Path(__file__).resolve().parents[2]
WIDTHS = {"desk": 1280, "phone": 390}
SCHEMES = {"light": 1, "dark": 0}
HEIGHT = 3000

PIPELINE = """\
version: 1
project: kodex
environments:
  production: { hosts: { here: [local] } }
steps:
  test: { uses: exec.run, with: { command: [sh, -c, "sleep 0.4"], effect: none } }
  assets:
    uses: file.put
    needs: [test]
    with: { path: "ROOT/assets", content: "v=1 a rather long line of a configuration that nobody will ever want to read\\n" }
  settings:
    uses: file.put
    needs: [test]
    with: { path: "ROOT/settings", content: "greeting=CONTENT\\n" }
  migrate: { uses: exec.run, needs: [settings], with: { command: [sh, -c, "sleep 0.7; echo migrated"], effect: none }, always: true }
  motd:
    uses: file.put
    needs: [assets, migrate]
    with: { path: "ROOT/motd", content: "CONTENT\\n" }
  smoke:
    uses: exec.run
    needs: [motd]
    with: { command: [sh, -c, "sleep 0.5; LAST"], effect: none }
    always: true
"""
FAILS = "echo 'GET /healthz: 503 Service Unavailable' >&2; echo '<b>upstream connect error</b> or disconnect before headers' >&2; exit 3"


def frame(page, width):
    """The page in a frame: a window of a browser without a screen may not be as narrow as a phone."""
    return (f'<!doctype html><meta name="color-scheme" content="light dark"><body style="margin:0"><iframe src="{page.as_uri()}" '
            f'style="border:0;width:{width}px;height:{HEIGHT}px"></iframe>')


def taken(browser, page, target, width, scheme):
    outer = target.with_suffix(".html")
    outer.write_text(frame(page, width))
    subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--allow-file-access-from-files",
                    f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}", f"--window-size={max(width, 500)},{HEIGHT}",
                    f"--user-data-dir={target.parent / 'profile'}", f"--screenshot={target}", outer.as_uri()],
                   check=True, capture_output=True, timeout=300)
    outer.unlink()


def pages(folder):
    with Project(PIPELINE.replace("CONTENT", "hello").replace("LAST", "true")) as project:
        project.git_commit("Begin")
        project.expect(0, "apply", "production", "--yes")
        project.expect(0, "report", "last", "-o", str(folder / "succeeded.html"))
        project.edit("hello", "good morning")
        project.edit("sleep 0.5; true", f"sleep 0.5; {FAILS}".replace('"', '\\"'))
        project.git_commit("Say good morning, politely, and to everybody who is in the room at that time")
        project.expect(8, "apply", "production", "--yes")
        project.expect(0, "report", "last", "-o", str(folder / "taken_back.html"))
        (folder / "graph.svg").write_text(project.expect(0, "graph", "production", "--format", "svg").stdout)
    shutil.copy(ROOT / "tests/ui/goldens/report.html", folder / "golden.html")
    return sorted(path for path in folder.iterdir() if re.search(r"\.(html|svg)$", path.name))


def main():
    browser = shutil.which("chromium")
    if len(sys.argv) != 2 or not browser or "DEPLOYCTL" not in os.environ:
        raise SystemExit(__doc__)
    folder = pathlib.Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for page in pages(folder):
        for device, width in WIDTHS.items():
            for scheme in SCHEMES:
                target = folder / f"{page.stem}_{device}_{scheme}.png"
                taken(browser, page, target, width, scheme)
                print(target)
    shutil.rmtree(folder / "profile", ignore_errors=True)


if __name__ == "__main__":
    main()
