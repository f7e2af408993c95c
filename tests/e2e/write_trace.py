"""What a program and its children wrote, and where to; with which words and environment each was started. From strace."""

import collections
import re

CALLS = "write,writev,pwrite64,pwritev,sendto,sendmsg,execve"
COMMAND = ["strace", "-f", "-v", "-y", "-xx", "-s", "1048576", "-e", f"trace={CALLS}", "-e", "signal=none"]
LINE = re.compile(r"^(\d+) +(\w+)\((.*)")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
TARGET = re.compile(r"^\d+<([^>]*)>")


def plain(text):
    return bytes.fromhex(text.replace("\\x", ""))


class WriteTrace:
    """`writes`: (program, destination) to its bytes, one after the other. `argv`, `environment`: of each program started.
    What the traced program's own process does is of the program "deployctl"."""

    def __init__(self, path, first="deployctl"):
        self.writes = collections.defaultdict(bytearray)
        self.argv = collections.defaultdict(bytearray)
        self.environment = collections.defaultdict(bytearray)
        self.first = first
        self.programs = {}
        with open(path, encoding="ascii", errors="replace") as lines:
            for line in lines:
                if match := LINE.match(line):
                    self.take(*match.groups())

    def take(self, pid, call, rest):
        if call == "execve":
            self.start(pid, rest)
        elif target := TARGET.match(rest):
            place = plain(target.group(1)).decode(errors="replace") if "\\x" in target.group(1) else target.group(1)
            place = re.sub(r":\[\d+\]$", "", place)
            for text in TEXT.findall(rest[target.end():]):
                self.writes[self.programs.get(pid, self.first), place] += plain(text)

    def start(self, pid, rest):
        path, _, arrays = rest.partition(", [")
        argv, _, environment = arrays.partition("], [")
        words = [plain(word) for word in TEXT.findall(argv)]
        name = self.first if not self.programs else b" ".join(words[:2]).decode(errors="replace")
        if not self.programs and rest.rstrip().endswith("= 0"):
            self.programs[pid] = self.first
        elif rest.rstrip().endswith(("= 0", "<unfinished ...>")):
            self.programs[pid] = name
        self.argv[name] += b"\0".join([*words, b""])
        self.environment[name] += b"\0".join([*map(plain, TEXT.findall(environment)), b""])
