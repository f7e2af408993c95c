"""A page that says which test shows what must name tests that are there.

named_tests.py PAGE...: in tables, `module.Class.test_name` is a test of tests/e2e, and what begins like a name of a suite
(`ssh link: ...`) the name of a TEST_CASE. Exit 1 with a line for each name that is nowhere.
"""

import ast
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAME = re.compile(r"\w+\.\w+\.test_\w+|[a-z][a-z0-9 ./-]*: .+")


def python_tests(path):
    for group in ast.parse(path.read_text(encoding="utf-8")).body:
        for part in group.body if isinstance(group, ast.ClassDef) else ():
            if isinstance(part, ast.FunctionDef):
                yield f"{path.stem}.{group.name}.{part.name}"


def all_tests():
    for path in (ROOT / "tests").rglob("*.cpp"):
        yield from re.findall(r'TEST_CASE(?:_METHOD)?\((?:\w+,)?\s*"([^"]+)"', path.read_text(encoding="utf-8"))
    for path in (ROOT / "tests" / "e2e").glob("*.py"):
        yield from python_tests(path)


def missing(page, known):
    for line in page.read_text(encoding="utf-8").splitlines():
        for span in re.findall(r"`([^`]+)`", line) if line.startswith("|") else ():
            if NAME.fullmatch(span) and span not in known:
                yield span


def main():
    known = set(all_tests())
    breaches = [f"{page}: no test is called '{name}'" for page in sys.argv[1:] for name in missing(ROOT / page, known)]
    print("\n".join(breaches))
    sys.exit(bool(breaches))


main()
