#!/usr/bin/env python3
"""Which sources can be compiled together: reading the headers is most of a compiler's work, so several go into one unit.

Usage: batches.py FOLDER SOURCE...    writes units that include the sources, named relative to the project, and prints their paths
Build speed only, for sanitizers, clang-tidy and the tests in CI; the ordinary builds compile each source alone.
"""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
LARGEST = 12
HIDDEN = re.compile(r"^namespace \{$(.*?)^\} // namespace$", re.MULTILINE | re.DOTALL)
# A function, a constant, or a type, at the beginning of a line.
DEFINED = re.compile(
    r"^[A-Za-z][\w:<>,&*\s]*?[\s&*](\w+)\(|^(?:static )?const\w* [^\n=({]*?(\w+)(?:\[\])?(?: =|\{)|^(?:struct|class|enum class) (?:\w+::)*(\w+)|^using (\w+) =",
    re.MULTILINE,
)

# `using std::chrono::seconds;`: the same may stand in several files, but none of them may define it.
TAKEN = re.compile(r"^using (?:\w+::)+(\w+);", re.MULTILINE)


def names_in(text):
    return {found for kinds in DEFINED.findall(text) for found in kinds if found}


def local_names(name):
    """What a file defines for itself, and what it takes from elsewhere."""
    text = (TOP / name).read_text()
    # Nothing of a test is met by another file, whatever namespace it stands in.
    own = text if name.startswith("tests/") else "\n".join(HIDDEN.findall(text))
    return names_in(own), set(TAKEN.findall(own))


def shared_names(kind, layer):
    """What the headers that sources of this layer, or its tests, meet define: a file-local twin of it has to stay among its own."""
    folders = [TOP / "include", TOP / "src" / "base", TOP / "src" / layer, TOP / kind / layer]
    return {name for folder in folders for header in folder.rglob("*.hpp") for name in names_in(header.read_text())}


def batches(names):
    """Files of one layer, so that a batch has one set of options, without two that define the same name."""
    made, shared = [], {}
    for name in names:
        kind, layer = name.split("/")[:2]
        own, taken = local_names(name)
        if layer not in shared:
            shared[layer] = shared_names(kind, layer)
        room = 1 if own & shared[layer] else LARGEST
        for batch in made:
            fits = batch["layer"] == layer and len(batch["files"]) < min(room, batch["room"])
            if fits and not (own | taken) & batch["names"] and not own & batch["taken"]:
                break
        else:
            batch = {"layer": layer, "room": room, "files": [], "names": set(), "taken": set()}
            made.append(batch)
        batch["files"].append(name)
        batch["names"] |= own
        batch["taken"] |= taken
    return [batch["files"] for batch in made]


def write_units(folder, names):
    folder.mkdir(parents=True, exist_ok=True)
    for number, files in enumerate(batches(names)):
        unit = folder / f"batch_{number}.cpp"
        text = "".join(f'#include "{name}"\n' for name in files)
        if not unit.exists() or unit.read_text() != text:
            unit.write_text(text)
        yield unit


if __name__ == "__main__":
    print(*write_units(pathlib.Path(sys.argv[1]), sys.argv[2:]), sep="\n")
