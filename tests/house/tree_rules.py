"""The rules of the source tree, as data and as one check each.

What may include what is the layer table of the architecture. Run without arguments it checks the repository and prints
one line per breach; `--self-test` plants a breach of every rule in a copy and expects each to be found.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

CONTRACT = "contract"
LAYERS = {
    "base": [],
    "os": ["base"],
    "net": ["base", "os"],
    "ssh": ["base", "os"],
    "vcs": ["base", "os"],
    "yaml": ["base"],
    "formats": ["base", "yaml"],
    "registry": ["base", "os", "net"],
    "docker": ["base", "os", "net"],
    "cloud": ["base", "os", "net", "yaml", "formats"],
    "config": ["base", "yaml"],
    "secrets": ["base", "os", "net", "ssh", "vcs", "yaml", "formats", "registry", "cloud"],
    "policy": ["base", "yaml", "formats", "config"],
    "plan": ["base", "config"],
    "state": ["base", "os", "net", "vcs", "cloud"],
    "engine": ["base", "os", "net", "ssh", "vcs", "yaml", "formats", "registry", "cloud", "config", "secrets",
               "policy", "plan", "state"],
    "providers": ["base", "os", "net", "ssh", "vcs", "yaml", "formats", "registry", "docker", "cloud"],
    "ui": ["base", "os"],
    "cli": ["base", "os", "net", "ssh", "vcs", "yaml", "formats", "registry", "docker", "cloud", "config", "secrets",
            "policy", "plan", "state", "engine", "providers", "ui"],
}
# ui shows plans: it may use plan's value types, and nothing else of plan.
SINGLE_HEADERS = {"ui": {"plan/fleet.hpp", "plan/plan.hpp", "plan/risk.hpp"}}

# Third-party header prefix -> the files that wrap it. A heavy header read in one place is the build budget.
WRAPPERS = {
    "nlohmann/": r"src/base/json.*\.cpp",
    "openssl/": r"src/base/crypto.*\.cpp",
    "yaml-cpp/": r"src/yaml/[a-z_]*\.cpp",
    "curl/": r"src/net/(http|smtp|transfer)\.cpp",
    "git2": r"src/vcs/[a-z_]*\.(cpp|hpp)",
    "sqlite3.h": r"src/state/[a-z_]*\.cpp",
    "CLI/": r"src/cli/[a-z_]*\.cpp",
    "spdlog/": r"src/base/log\.cpp",
    "zlib.h": r"src/os/gzip\.cpp",
    "archive": r"src/os/archive[a-z_]*\.cpp",
    "re2/": r"src/base/pattern\.cpp",
    "date/": r"src/policy/zone\.cpp",
    "fmt/": r"src/.*\.cpp",
}
ONE_FILE = ["date/", "yaml-cpp/", "sqlite3.h", "CLI/"]

# Where secret bytes may be looked at.
REVEAL = re.compile(r"^(include/deployctl/secret\.hpp|src/(net|os|ssh)/.*|src/base/(secret|crypto|redactor|redaction|body)"
                    r"[a-z_]*\.(cpp|hpp))$")

ROOT_NAMES = {"CMakeLists.txt", "CMakePresets.json", "src", "include", "tests", "examples", "completions", "packaging",
              "docs", "README.md", "LICENSE", "CONTRIBUTING.md", "CHANGELOG.md"}

LONGEST = {".cpp": 400, ".hpp": 200}  # alarms; the aims are 250 and 150
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
MACHINE_PATHS = re.compile("/wo" + r"rk/(main|steering|shared|\.library|\.mirror)")
BANNED_NAMES = re.compile(r"(^|_)(utils?|manager|helpers?|impl|misc|common)(_|\.|$)")


def tracked(root):
    names = subprocess.run(["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard"],
                           capture_output=True, text=True, check=True).stdout.split("\n")
    return sorted(name for name in names if name and (root / name).is_file())


def layer_of(name):
    parts = name.split("/")
    if parts[0] == "include":
        return CONTRACT
    return parts[1] if parts[0] == "src" and len(parts) > 2 and parts[1] in LAYERS else None


def include_breaches(name, text):
    layer = layer_of(name)
    if layer is None:
        return
    for _, header in INCLUDE.findall(text):
        if header.startswith("deployctl/"):
            continue
        target = header.split("/")[0] if "/" in header else None
        if target not in LAYERS:
            continue
        if layer == CONTRACT:
            yield f"{name}: the contract may not include '{header}'"
        elif target != layer and target not in LAYERS[layer] and header not in SINGLE_HEADERS.get(layer, ()):
            yield f"{name}: layer '{layer}' may not include '{header}'"
        elif layer == "providers" and target == "providers":
            own, other = name.split("/")[2], header.split("/")[1]
            if "." not in own and "." not in other and own != other:
                yield f"{name}: provider '{own}' may not include provider '{other}'"


def wrapper_breaches(name, text):
    if not name.startswith(("src/", "include/")):
        return
    for _, header in INCLUDE.findall(text):
        for prefix, wrapper in WRAPPERS.items():
            if (header.startswith(prefix) and header.endswith((".h", ".hpp"))
                    and not re.fullmatch(wrapper, name)):
                yield f"{name}: '{header}' belongs in its wrapper only ({wrapper})"
        if name.startswith("include/") and not header.startswith(("deployctl/", "tl/")) and "/" in header:
            yield f"{name}: the contract includes std and tl/expected only, not '{header}'"


def reveal_breaches(name, text):
    if name.startswith(("src/", "include/")) and "reveal()" in text and not REVEAL.match(name):
        yield f"{name}: reveal() is not allowed here"


def size_breaches(name, text):
    limit = LONGEST.get(pathlib.PurePath(name).suffix)
    lines = text.count("\n")
    if limit and name.startswith(("src/", "include/", "tests/")) and lines > limit:
        yield f"{name}: {lines} lines, over {limit}: look for the missing idea"


def word_breaches(name, text):
    if MACHINE_PATHS.search(text):
        yield f"{name}: names a path of one machine"
    if name.startswith(("src/", "include/")) and BANNED_NAMES.search(pathlib.PurePath(name).name):
        yield f"{name}: the name says nothing about what is inside"


def header_breaches(name, text):
    if name.startswith(("src/", "include/")) and name.endswith(".hpp") and not text.startswith("// "):
        yield f"{name}: a header opens with what it is for"


FILE_RULES = [include_breaches, wrapper_breaches, reveal_breaches, size_breaches, word_breaches, header_breaches]


def one_file_breaches(texts):
    for prefix in ONE_FILE:
        users = [name for name, text in texts.items() if name.startswith("src/")
                 and any(header.startswith(prefix) for _, header in INCLUDE.findall(text))]
        if len(users) > 1:
            yield f"{', '.join(users)}: only one file may include '{prefix}'"


def root_breaches(names):
    for top in sorted({name.split("/")[0] for name in names}):
        if top not in ROOT_NAMES and not top.startswith("."):
            yield f"{top}: does not belong in the root of the tree"


def breaches(root):
    names = tracked(root)
    texts = {}
    for name in names:
        try:
            texts[name] = (root / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    found = [breach for name, text in texts.items() for rule in FILE_RULES for breach in rule(name, text)]
    return found + list(one_file_breaches(texts)) + list(root_breaches(names))


PLANTED = {
    "src/base/planted.cpp": ('#include "engine/engine.hpp"\n', "layer 'base' may not include 'engine/engine.hpp'"),
    "src/providers/exec/planted.cpp": ('#include "config/pipeline.hpp"\n', "layer 'providers' may not include"),
    "src/providers/file/planted.cpp": ('#include "providers/exec/run.hpp"\n', "provider 'file' may not include"),
    "src/ui/planted.cpp": ('#include "plan/graph.hpp"\n', "layer 'ui' may not include 'plan/graph.hpp'"),
    "include/deployctl/planted.hpp": ('// planted\n#include "base/json.hpp"\n', "the contract may not include"),
    "src/plan/planted.cpp": ("#include <nlohmann/json.hpp>\n", "belongs in its wrapper only"),
    "src/engine/planted.cpp": ("auto x = secret.reveal();\n", "reveal() is not allowed here"),
    "src/plan/long.cpp": ("\n" * 500, "500 lines, over 400"),
    "src/plan/plan_utils.cpp": ("\n", "the name says nothing"),
    "src/plan/bare.hpp": ("#pragma once\n", "a header opens with what it is for"),
    "src/net/third_curl.cpp": ("#include <curl/curl.h>\n", "belongs in its wrapper only"),
    "src/state/second_sqlite.cpp": ("#include <sqlite3.h>\n", "only one file may include 'sqlite3.h'"),
    "docs/planted.md": ("see /wo" + "rk/main/README.md\n", "names a path of one machine"),
    "toplevel.txt": ("x\n", "does not belong in the root"),
}


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "tree"
        copy.mkdir()
        subprocess.run(["git", "init", "-q", str(copy)], check=True)
        for name in tracked(ROOT):
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
        missed = []
        for name, (text, expected) in PLANTED.items():
            planted = copy / name
            planted.parent.mkdir(parents=True, exist_ok=True)
            planted.write_text(text)
            if not any(expected in breach and name.split("/")[-1] in breach for breach in breaches(copy)):
                missed.append(f"{name}: the planted breach was not found")
            planted.unlink()
        return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--self-test", action="store_true")
    found = self_test() if parser.parse_args().self_test else breaches(ROOT)
    print("\n".join(found) or "the tree keeps its rules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
