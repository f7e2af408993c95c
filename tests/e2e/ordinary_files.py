"""Dockerfiles and Compose files that others wrote for their own use, from Go modules: the guardrails find no error in them that
is none. What they do find is written down in ordinary_errors.txt, looked at by a person, and compared."""

import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from quickstart_world import need

HERE = pathlib.Path(__file__).resolve().parent
KNOWN = HERE / "ordinary_errors.txt"
LEAST_LINES = 10_000
# Each with the folder that is taken; the whole module otherwise.
MODULES = {
    "github.com/GoogleContainerTools/kaniko@v1.23.2": "integration/dockerfiles",
    "github.com/kubernetes/kompose@v1.31.2": "",
    "github.com/docker/compose/v2@v2.32.4": "",
    "github.com/compose-spec/compose-go/v2@v2.4.7": "",
    "github.com/moby/buildkit@v0.15.0": "",
    "github.com/docker/docker@v27.4.1+incompatible": "",
    "github.com/docker/cli@v27.4.1+incompatible": "",
    "github.com/authelia/authelia/v4@v4.38.0": "",
    "github.com/traefik/traefik/v3@v3.1.0": "",
    "github.com/grafana/tempo@v1.5.0": "",
    "github.com/jaegertracing/jaeger@v1.60.0": "",
    "github.com/influxdata/telegraf@v1.31.0": "",
    "github.com/anchore/syft@v1.9.0": "",
    "vitess.io/vitess@v0.20.0": "",
}
DOCKERFILE = re.compile(r"(?i)^(dockerfile([._-].*)?|.*\.dockerfile)$")
COMPOSE = re.compile(r"(?i)^(docker-)?compose.*\.ya?ml$")
NO_TEXT = re.compile(r"(?i)\.(dockerignore|containerignore|go|md|json)$")


def fetch():
    """Folders of the modules, by the module's name without its version."""
    with tempfile.TemporaryDirectory() as empty:
        told = subprocess.run(["go", "mod", "download", "-json", *MODULES], cwd=empty, capture_output=True, text=True, timeout=900,
                              env={**os.environ, "GOFLAGS": ""}, check=False)
    decoder, rest, folders = json.JSONDecoder(), told.stdout.strip(), {}
    while rest:
        one, end = decoder.raw_decode(rest)
        rest = rest[end:].lstrip()
        if "Dir" not in one:
            raise RuntimeError(f"{one['Path']}: {one.get('Error', told.stderr)}")
        folders[one["Path"]] = pathlib.Path(one["Dir"]) / MODULES[f"{one['Path']}@{one['Version']}"]
    return folders


def copy_ordinary(target):
    """Copies them to where they lie in their modules, under a name that is looked at; gives the count of files and lines."""
    files = lines = 0
    for module, folder in fetch().items():
        for found in sorted(folder.rglob("*")):
            is_dockerfile = DOCKERFILE.match(found.name)
            if not found.is_file() or found.is_symlink() or NO_TEXT.search(found.name) or not (is_dockerfile or COMPOSE.match(found.name)):
                continue
            place = pathlib.Path(target) / module / found.relative_to(folder)
            if is_dockerfile and (other := re.match("(?i)dockerfile[_-](.*)", place.name)):
                place = place.with_name(f"{other[1]}.dockerfile")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(found.read_bytes())
            files += 1
            lines += found.read_bytes().count(b"\n")
    return files, lines


def findings_in(folder):
    result = subprocess.run([os.environ["DEPLOYCTL"], "lint", "--output", "json"], cwd=folder, capture_output=True, text=True,
                            timeout=600, stdin=subprocess.DEVNULL, check=False)
    if result.returncode not in (0, 3):
        raise RuntimeError(result.stderr)
    return json.loads(result.stdout)["findings"]


def errors_of(findings):
    """As the lines of ordinary_errors.txt: how often a file has an error."""
    counts = collections.Counter((each["file"], each["code"]) for each in findings if each["severity"] == "error")
    return sorted(f"{file} {code} {count}" for (file, code), count in counts.items())


class OrdinaryFiles(unittest.TestCase):
    maxDiff = None

    def test_no_error_is_false(self):
        folder = tempfile.mkdtemp(prefix="deployctl-ordinary-")
        self.addCleanup(shutil.rmtree, folder, True)
        files, lines = copy_ordinary(folder)
        findings = findings_in(folder)
        known = [line for line in KNOWN.read_text().splitlines() if line and not line.startswith("#")]
        print(f"{files} files, {lines} lines: {sum(each['severity'] == 'error' for each in findings)} errors, all of them true")
        self.assertGreaterEqual(lines, LEAST_LINES)
        self.assertEqual(errors_of(findings), known)


if __name__ == "__main__":
    need("go")
    unittest.main(verbosity=2)
