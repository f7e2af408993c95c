#!/usr/bin/env python3
"""Which sources can be compiled together: reading the headers is most of a compiler's work, so several go into one unit.

Usage: batches.py FOLDER SOURCE...    writes units that include the sources, named relative to the project, and prints their paths
Build speed only, for sanitizers, clang-tidy and the tests in CI; the ordinary builds compile each source alone.
"""

import functools
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
LARGEST = 12
INCLUDED = re.compile(r'^#include ["<]([^">]+)[">]', re.MULTILINE)
SCOPE = re.compile(r"^namespace ([\w:]*) ?\{$|^(\}) // namespace", re.MULTILINE)
# A function, a constant, or a type, at the beginning of a line.
DEFINED = re.compile(
    r"^[A-Za-z][\w:<>,&*\s]*?[\s&*](\w+)\(|^(?:static )?const\w* [^\n=({]*?(\w+)(?:\[\])?(?: =|\{)|^(?:struct|class|enum class) (?:\w+::)*(\w+)|^using (\w+) =",
    re.MULTILINE,
)

# `using std::chrono::seconds;`: the same may stand in several files, but none of them may define it.
TAKEN = re.compile(r"^using (?:\w+::)+(\w+);", re.MULTILINE)


def scopes(text):
    """The text in pieces, each with the namespace it stands in and whether it is hidden from other files."""
    path, begin = [], 0
    for edge in [*SCOPE.finditer(text), None]:
        yield "::".join(filter(None, path)), "" in path, text[begin : edge.start() if edge else None]
        if edge and edge[2]:
            del path[-1:]
        elif edge:
            path.append(edge[1])
        begin = edge.end() if edge else None


def found_in(pieces, pattern):
    """Each name with the namespaces in which the pattern finds it."""
    names = {}
    for space, _, text in pieces:
        for found in pattern.finditer(text):
            for name in filter(None, found.groups()):
                names.setdefault(name, set()).add(space)
    return names


def add(names, more):
    for name, spaces in more.items():
        names.setdefault(name, set()).update(spaces)


def within(inner, outer):
    return not outer or inner == outer or inner.startswith(outer + "::")


def common(one, other):
    """The names in both, where one of the two is seen from the other's namespace."""
    return {name for name in one.keys() & other.keys() if any(within(a, b) or within(b, a) for a in one[name] for b in other[name])}


def names_of_headers(kind, layer):
    """What the headers that sources of this layer, or its tests, meet define."""
    folders = [TOP / "include", TOP / "src" / "base", TOP / "src" / layer, TOP / kind / layer]
    return found_in((piece for folder in folders for header in folder.rglob("*.hpp") for piece in scopes(header.read_text())), DEFINED)


@functools.cache
def words_of(file):
    return set(re.findall(r"\w+", file.read_text()))


@functools.cache
def headers_of(file):
    """The project's headers that come with it, through others too."""
    found = set()
    for name in INCLUDED.findall(file.read_text()):
        places = (folder / name for folder in (TOP / "include", TOP / "src", TOP / "tests", file.parent))
        header = next((place.resolve() for place in places if place.exists()), None)
        if header:
            found |= {header} | headers_of(header)
    return frozenset(found)


class Source:
    def __init__(self, name, of_headers):
        self.name, self.headers = name, headers_of(TOP / name)
        text = (TOP / name).read_text()
        pieces = list(scopes(text))
        hidden = [piece for piece in pieces if piece[1]]
        # Nothing of a test is met by another file, whatever namespace it stands in.
        own = pieces if name.startswith("tests/") else hidden
        self.defined, self.taken = found_in(own, DEFINED), found_in(own, TAKEN)
        # File-local twins of what headers define: whoever means the headers' must not meet them.
        self.twins = common(found_in(hidden, DEFINED), of_headers)

    def disturbs(self, other):
        """Would the other, or a header that comes with it, take one of these twins for what a header defines?"""
        return any(self.twins & words_of(file) for file in {TOP / other.name} | (other.headers - self.headers))


class Batch:
    def __init__(self, layer):
        self.layer, self.sources, self.defined, self.taken = layer, [], {}, {}

    def has_room_for(self, layer, source):
        return (
            self.layer == layer
            and len(self.sources) < LARGEST
            and not common(source.defined, self.defined)
            and not common(source.taken, self.defined)
            and not common(source.defined, self.taken)
            and not any(source.disturbs(other) or other.disturbs(source) for other in self.sources)
        )

    def take(self, source):
        self.sources.append(source)
        add(self.defined, source.defined)
        add(self.taken, source.taken)


def batches(names):
    """Files of one layer, so that a batch has one set of options, without two that define the same name."""
    made, of_headers = [], {}
    for name in names:
        kind, layer = name.split("/")[:2]
        if layer not in of_headers:
            of_headers[layer] = names_of_headers(kind, layer)
        source = Source(name, of_headers[layer])
        batch = next((batch for batch in made if batch.has_room_for(layer, source)), None)
        if not batch:
            batch = Batch(layer)
            made.append(batch)
        batch.take(source)
    return [[source.name for source in batch.sources] for batch in made]


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
