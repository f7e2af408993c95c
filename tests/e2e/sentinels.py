"""Secrets that must not be found, in every form that they can be written in, and the count of where they were looked for."""

import base64
import json
import pathlib
import urllib.parse

SOPS = pathlib.Path(__file__).resolve().parents[1] / "formats" / "sops"
SENTINELS = {
    "from_env": "S3nt!nel-env/4711+x=y",
    "from_file": "S3nt'inel \"file\" ünicode & more",
    "from_dotenv": "S3ntinel-dotenv-0815",
    "from_exec": "S3ntinel-exec-2718",
    "from_sops": 'correct horse: "battery"',
    "of_a_notice": "S3ntinel-notice/3141",
    "the key of the SOPS file": (SOPS / "one.key").read_text().split()[-1],
}
FORMS = {
    "as it is": lambda raw: raw,
    "base64": lambda raw: base64.b64encode(raw).rstrip(b"=")[:-1],
    "base64, one byte later": lambda raw: base64.b64encode(b":" + raw).rstrip(b"=")[2:-2],
    "base64, two bytes later": lambda raw: base64.b64encode(b"u:" + raw).rstrip(b"=")[4:-2],
    "URL": lambda raw: urllib.parse.quote(raw, safe="").encode(),
    "URL, spaces as plus": lambda raw: urllib.parse.quote_plus(raw).encode(),
    "JSON": lambda raw: json.dumps(raw.decode(), ensure_ascii=False)[1:-1].encode(),
    "JSON, ASCII": lambda raw: json.dumps(raw.decode())[1:-1].encode(),
    "shell": lambda raw: raw.replace(b"'", b"'\\''"),
    "hex": lambda raw: raw.hex().encode(),
    "HEX": lambda raw: raw.hex().upper().encode(),
}


class Matrix:
    """Sentinels x forms x sinks. A sink is a place by name and the bytes that came there, in their order."""

    def __init__(self, sentinels=None):
        self.forms = [(name, form, make(value.encode()))
                      for name, value in (sentinels or SENTINELS).items() for form, make in FORMS.items()]
        self.sinks = {}
        self.hits = {}

    def look(self, sink, data):
        self.sinks[sink] = self.sinks.get(sink, 0) + len(data)
        for name, form, wanted in self.forms:
            if wanted in data:
                self.hits.setdefault(sink, set()).add((name, form))

    @property
    def cells(self):
        return len(self.forms) * len(self.sinks)

    def look_at(self, trace, whose, place, first=None):
        """What a trace tells: what was written (by the program `first` alone, if it is given), and how programs were started."""
        for (program, where), data in trace.writes.items():
            if first in (None, program):
                self.look(f"{whose} -> {place(where)}", bytes(data))
        for program, data in trace.argv.items():
            self.look(f"argv of {place(program)}", bytes(data))
        for program, data in trace.environment.items():
            self.look(f"environment of {place(program)}", bytes(data))

    def names_in(self, sink):
        return {name for name, _ in self.hits.get(sink, ())}

    def report(self, declared):
        """What to print; `declared` has, by sink, the secrets that a step, or who started it, asked to be there, and why."""
        lines = [f"{self.cells} cells: {len(self.forms)} forms of secrets in {len(self.sinks)} sinks, "
                 f"{sum(self.sinks.values())} bytes"]
        for sink in sorted(set(self.hits) & set(declared)):
            lines.append(f"  declared: {sink} ({declared[sink][1]}): {', '.join(sorted(self.names_in(sink)))}")
        return "\n".join(lines)

    def leaks(self, declared):
        found = {sink: self.names_in(sink) - set(declared.get(sink, ((), ""))[0]) for sink in self.hits}
        return {sink: ", ".join(sorted(names)) for sink, names in found.items() if names}

    def missing(self, declared):
        """Declared, but nothing arrived there: the test does not see what it is for."""
        return {sink: names - self.names_in(sink) for sink, (names, _) in declared.items() if names - self.names_in(sink)}
