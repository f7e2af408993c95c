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

    def report(self, declared):
        """What to print; `declared` are the sinks that a step, or who started it, asked for."""
        lines = [f"{self.cells} cells: {len(self.forms)} forms of secrets in {len(self.sinks)} sinks, "
                 f"{sum(self.sinks.values())} bytes"]
        for sink in sorted(set(self.hits) & set(declared)):
            lines.append(f"  declared: {sink}: {', '.join(sorted({name for name, _ in self.hits[sink]}))}")
        return "\n".join(lines)

    def leaks(self, declared):
        return {sink: ", ".join(sorted({name for name, _ in found})) for sink, found in self.hits.items() if sink not in declared}
