#!/usr/bin/env python3
"""Which sources can be compiled together: reading the headers is most of a compiler's work, so several go into one unit.

Usage: batches.py FOLDER SOURCE...    writes units that include the sources, named relative to the project, and prints their paths
Build speed only, for sanitizers and clang-tidy; the ordinary builds compile each source alone.
"""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
LARGEST = 12
HIDDEN = re.compile(r"^namespace \{$(.*?)^\} // namespace$", re.MULTILINE | re.DOTALL)
# A function, a constant, or a type, at the beginning of a line.
DEFINED = re.compile(
    r"^[A-Za-z][\w:<>,&*\s]*?[\s&*](\w+)\(|^(?:static )?const\w* [^\n=({]*?(\w+)(?:\[\])?(?: =|\{)|^(?:struct|class|enum class|using) (\w+)",
    re.MULTILINE,
)


def local_names(name):
    hidden = "\n".join(HIDDEN.findall((TOP / name).read_text()))
    return {found for kinds in DEFINED.findall(hidden) for found in kinds if found}


def batches(names):
    """Files of one layer, so that a batch has one set of options, without two that define the same name."""
    made = []
    for name in names:
        layer, own = name.split("/")[1], local_names(name)
        for batch in made:
            if batch["layer"] == layer and len(batch["files"]) < LARGEST and not batch["names"] & own:
                break
        else:
            batch = {"layer": layer, "files": [], "names": set()}
            made.append(batch)
        batch["files"].append(name)
        batch["names"] |= own
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
