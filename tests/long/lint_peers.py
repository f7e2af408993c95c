"""The guardrails beside others': gitleaks over our corpus of secrets, hadolint rule by rule over the Dockerfiles of packages.

    DEPLOYCTL=… tests/long/lint_peers.py FIGURE.json

gitleaks' rules are read from its Go module; its program is built from there too, if that takes no more than ten minutes.
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
sys.path += [str(HERE.parent / "cli"), str(HERE.parent / "e2e")]
import lint_corpus  # noqa: E402
from ordinary_files import copy_ordinary, errors_of, findings_in  # noqa: E402
from python_packages import hadolint  # noqa: E402
from quickstart_world import need  # noqa: E402

GITLEAKS = "github.com/zricethezav/gitleaks/v8@v8.18.4"
SECRETS = {"D0801", "D0802", "D0803", "D0804", "D0805"}
# Our rule and those of hadolint about the same mistake.
SAME = {"D0810": {"DL1000"}, "D0811": {"DL3002"}, "D0812": {"DL3006", "DL3007"},
        "D0817": {"DL3009", "DL3019", "DL3032", "DL3036", "DL3040", "DL3042", "DL3060"}}
SHOWN = 4  # files of each kind of difference
AT_ONCE = 50


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


class GitleaksRules:
    """As its documentation says that they are meant."""

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


def gitleaks_program():
    """None when it cannot be built here, or not soon enough."""
    place = pathlib.Path(os.environ["DEPLOYCTL"]).resolve().parents[2] / "gitleaks"
    program = place / "gitleaks"
    if not program.exists():
        try:
            subprocess.run(["go", "install", GITLEAKS], env={**os.environ, "GOBIN": str(place), "GOFLAGS": ""}, capture_output=True,
                           timeout=600, check=True)
        except (OSError, subprocess.SubprocessError):
            return None
    return program


def gitleaks_findings(program, folder):
    with tempfile.TemporaryDirectory() as place:
        report = pathlib.Path(place) / "report.json"
        subprocess.run([program, "detect", "--no-git", "--no-banner", "-s", folder, "-f", "json", "-r", str(report), "--exit-code", "0"],
                       capture_output=True, timeout=600, check=True)
        return {(os.path.relpath(each["File"], folder), each["StartLine"]) for each in json.loads(report.read_text())}


def secrets_beside_gitleaks():
    corpus = lint_corpus.build()
    wanted = {(path, line) for path, expected in corpus.expected.items() for line, code, _ in expected if code in SECRETS}

    def score(found):
        hits = len(found & wanted)
        return {"hits": hits, "missed": len(wanted - found), "false": len(found - wanted),
                "recall": round(hits / len(wanted), 4), "precision": round(hits / max(len(found), 1), 4)}

    figure = {"files": len(corpus.files)}
    with tempfile.TemporaryDirectory() as folder:
        lint_corpus.write(corpus, folder)
        figure["deployctl"] = score({(each["file"], each["line"]) for each in findings_in(folder) if each["code"] in SECRETS})
        if program := gitleaks_program():
            figure["gitleaks"] = score(gitleaks_findings(program, folder))
    rules = GitleaksRules()
    figure["gitleaks' rules alone"] = score({(path, line) for path, text in corpus.files.items() for line in rules.lines(text)})
    figure["gitleaks' rules not read by Python"] = rules.not_read
    return figure


def hadolint_findings(folder):
    """Codes by Dockerfile."""
    program = hadolint()
    names = [str(path.relative_to(folder)) for path in sorted(pathlib.Path(folder).rglob("*"))
             if path.is_file() and path.suffix.lower() not in (".yml", ".yaml")]
    codes = {name: set() for name in names}
    for begin in range(0, len(names), AT_ONCE):
        result = subprocess.run([program, "--no-fail", "-f", "json", *names[begin:begin + AT_ONCE]], cwd=folder, capture_output=True,
                                text=True, timeout=600, check=True)
        for each in json.loads(result.stdout or "[]"):
            codes[each["file"]].add(each["code"])
    return codes


def dockerfiles_beside_hadolint(folder, findings):
    theirs = hadolint_findings(folder)
    ours = collections.defaultdict(set)
    for each in findings:
        ours[each["file"]].add(each["code"])
    same = {}
    for code, others in SAME.items():
        sides = collections.defaultdict(list)
        for name, codes in theirs.items():
            mine, other = code in ours[name], bool(codes & others)
            sides["both" if mine and other else "only deployctl" if mine else "only hadolint" if other else "neither"].append(name)
        same[f"{code} / {' '.join(sorted(others))}"] = {
            **{side: len(names) for side, names in sorted(sides.items())},
            "for example": {side: names[:SHOWN] for side, names in sides.items() if side.startswith("only")}}
    covered = set().union(*SAME.values())
    alone = collections.Counter(code for codes in theirs.values() for code in codes - covered)
    only_ours = collections.Counter(code for name in theirs for code in ours[name] if code not in SAME)
    return {"dockerfiles": len(theirs), "the same mistake": same, "hadolint's alone": dict(sorted(alone.items())),
            "deployctl's alone": dict(sorted(only_ours.items()))}


def main():
    figure = {"name": "lint", "secrets": secrets_beside_gitleaks()}
    with tempfile.TemporaryDirectory() as folder:
        files, lines = copy_ordinary(folder)
        findings = findings_in(folder)
        errors = errors_of(findings)
        warnings = collections.Counter(each["code"] for each in findings if each["severity"] == "warning")
        figure["ordinary"] = {"files": files, "lines": lines, "errors": len(errors), "warnings": dict(sorted(warnings.items()))}
        figure["hadolint"] = dockerfiles_beside_hadolint(folder, findings)
    pathlib.Path(sys.argv[1]).write_text(json.dumps(figure, indent=2) + "\n")
    print(json.dumps(figure, indent=2))
    return 0


if __name__ == "__main__":
    need("go")
    sys.exit(main())
