"""The vendors' own clients of the services that notices tell, and a real mail server: the judges of what we send. From the
Python at hand when it has them, else from a virtual environment in the build folder that is made once."""

import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile

from python_packages import build_folder, package

PACKAGES = ["standardwebhooks==1.1.0", "slack-sdk==3.47.0", "aiosmtpd==1.4.6", "grafana-client==5.1.4", "jsonschema==4.23.0"]
GITHUB = "@octokit/openapi@23.0.2"  # what GitHub says about its API
SMTP_SERVER = "smtp-server@3.21.6"
SENTRY_VERSION = "3.8.0"
MODULES = "import standardwebhooks, slack_sdk, aiosmtpd, grafana_client, jsonschema"


def github_api():
    """GitHub's own description of its API, by npm; None where npm is missing or cannot. The package holds many: one is unpacked."""
    place = build_folder() / "github-api"
    found = place / "api.github.com.json"
    if not found.exists() and shutil.which("npm"):
        place.mkdir(exist_ok=True)
        packed = subprocess.run(["npm", "pack", "--silent", "--pack-destination", str(place), GITHUB], check=False,
                                capture_output=True, text=True)
        if packed.returncode == 0:
            with tarfile.open(place / packed.stdout.strip()) as archive:
                found.write_bytes(archive.extractfile("package/generated/api.github.com.json").read())
    return json.loads(found.read_text()) if found.exists() else None


def node_modules(name, requirement):
    """The folder of Node's modules with a package, made once; None where npm is missing or cannot."""
    place = build_folder() / name
    if not (place / "complete").exists() and shutil.which("npm"):
        place.mkdir(exist_ok=True)
        made = subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(place),
                               requirement], check=False, capture_output=True)
        if made.returncode == 0:
            (place / "complete").touch()
    return place / "node_modules" if (place / "complete").exists() else None


def mail_modules():
    """nodemailer's SMTP server."""
    return node_modules("mail-modules", SMTP_SERVER)


def sentry_cli():
    """Sentry's own program, as its package for this machine holds it."""
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), "i686")
    name = f"@sentry/cli-linux-{machine}"
    modules = node_modules("sentry-cli", f"{name}@{SENTRY_VERSION}")
    return modules / name / "bin/sentry-cli" if modules else None


def run_with_clients():
    """Goes on in a Python that has the clients; ends the test as skipped when none can be had."""
    if subprocess.run([sys.executable, "-c", MODULES], capture_output=True, check=False).returncode == 0:
        return
    python = package("vendor-clients", *PACKAGES) / "bin" / "python3"
    os.execv(python, [str(python), *sys.argv])
