#!/usr/bin/python3
"""A new user's first ten minutes on a clean Debian: the package is installed, then what people type, on a terminal. Stops at the
first command that ends otherwise than a user would expect; writes what the terminal showed as a page of the documentation.

Usage: tests/long/first_ten_minutes.py PACKAGE.deb [PAGE] [SUITE]     (default docs/first-ten-minutes.md and bookworm)
Needs root, debootstrap and pyte; the mirror is the one that this machine uses.
"""

import fcntl
import os
import pathlib
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time

import pyte

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLUMNS, ROWS = 80, 400  # as high as the longest answer, so that nothing scrolls away
PATIENCE = 300  # seconds until a command counts as stuck
ENVIRONMENT = {"HOME": "/root", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TERM": "xterm", "LANG": "C.UTF-8", "USER": "root"}
MOUNTS = {"dev": ["--bind", "/dev"], "dev/pts": ["--bind", "/dev/pts"], "proc": ["-t", "proc", "proc"]}

OPENING = """\
# The first ten minutes

What a new user types on a clean Debian 12, and what the terminal answers. Nothing here is invented: the page is made by
`tests/long/first_ten_minutes.py`, which installs the package in a fresh Debian, types every line below on a terminal of 80
columns, and stops if one of them ends otherwise than shown. Commands that changed nothing or failed say their exit code.
"""


def mirror():
    lists = pathlib.Path("/etc/apt/sources.list.d")
    files = [*sorted(lists.glob("*.sources")), *sorted(lists.glob("*.list")), pathlib.Path("/etc/apt/sources.list")]
    text = "\n".join(path.read_text() for path in files if path.is_file())
    return re.search(r"^(?:URIs:|deb(?: \[.*\])?) +(\S+)", text, re.M).group(1)


class Debian:
    """A debootstrap tree with the package in it, and a terminal inside."""

    def __init__(self, package, suite):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="deployctl-debian-"))
        self.package, self.suite = package, suite
        self.folder = "/root"

    def __enter__(self):
        try:
            subprocess.run(["debootstrap", "--variant=minbase", self.suite, str(self.root), mirror()], check=True,
                           stdout=subprocess.DEVNULL)
            shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
            shutil.copy(self.package, self.root / "root/deployctl.deb")
            for place, words in MOUNTS.items():
                subprocess.run(["mount", *words, str(self.root / place)], check=True)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for place in reversed(MOUNTS):
            if os.path.ismount(self.root / place):
                subprocess.run(["umount", str(self.root / place)], check=True)
        subprocess.run(["rm", "-rf", "--one-file-system", str(self.root)], check=True)

    def typed(self, command, answers):
        """The exit code of a command line, and the lines that stand on the terminal afterwards. `answers`: (question, answer)."""
        screen = pyte.Screen(COLUMNS, ROWS)
        stream, answers = pyte.ByteStream(screen), list(answers)
        pid, master = pty.fork()
        if pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            os.chroot(self.root)
            os.chdir(self.folder)
            os.execve("/bin/bash", ["bash", "-c", command], ENVIRONMENT)
        deadline = time.monotonic() + PATIENCE
        while True:
            if time.monotonic() > deadline:
                os.kill(pid, 9)
                raise SystemExit(f"'{command}' does not end:\n" + "\n".join(screen.display).rstrip())
            if not select.select([master], [], [], 1)[0]:
                continue
            try:
                chunk = os.read(master, 65536)
            except OSError:  # nobody holds the terminal any more
                break
            stream.feed(chunk)
            if answers and screen.display[screen.cursor.y].rstrip().endswith(answers[0][0]):
                os.write(master, answers.pop(0)[1].encode() + b"\n")
        _, status = os.waitpid(pid, 0)
        os.close(master)
        lines = [line.rstrip() for line in screen.display]
        while lines and not lines[-1]:
            lines.pop()
        assert len(lines) < ROWS, f"'{command}' says more than {ROWS} lines"
        assert not answers, f"'{command}' never asked: {answers[0][0]}"
        return os.waitstatus_to_exitcode(status), lines


class Page:
    """The transcript, as it is typed."""

    def __init__(self, debian):
        self.debian, self.text, self.typing = debian, OPENING, False

    def tell(self, title, words):
        self.close()
        self.text += f"\n## {title}\n\n{words}\n"

    def close(self):
        self.text += "```\n" if self.typing else ""
        self.typing = False

    def run(self, code, command, *answers, shown=True):
        ended, lines = self.debian.typed(command, answers)
        if ended != code:
            raise SystemExit(f"'{command}' ended with {ended}, expected {code}:\n" + "\n".join(lines))
        if not self.typing:
            self.text += "\n```console\n"
        self.typing = True
        self.text += f"$ {command}\n" + "".join(f"{line}\n" for line in lines if shown)
        if code:
            self.text += f"(exit code {code})\n"
        return lines


YES = ("to stop:", "yes")
KEEP = ("]:", "")


def install(page):
    page.tell("Install", "The package brings completion, the manual and what it needs: git, an SSH client, certificates.\n"
                         "What `apt` says is left out.")
    page.run(0, "apt-get update && apt-get install -y --no-install-recommends ./deployctl.deb", shown=False)
    page.run(0, "deployctl version")


def start(page):
    page.tell("Something to deploy", "A folder with a page, in git.")
    page.run(0, "mkdir -p shop/app && cd shop && git init -q -b main && echo '<h1>one</h1>' > app/index.html")
    page.debian.folder = "/root/shop"
    page.run(0, "git config user.name Ann && git config user.email ann@example.com")
    page.tell("A pipeline", "`init` looks around and asks; Enter takes what it proposes. The file validates as it is.")
    page.run(0, "deployctl init", KEEP, KEEP, KEEP)
    page.run(0, "cat deploy.yaml")
    page.run(0, "git add -A && git commit -qm 'The shop' && git tag v1.0.0")
    page.run(0, "deployctl validate")
    page.run(0, "deployctl doctor")


def deploy(page):
    page.tell("The first deployment", "A plan reads and never writes. `apply` plans, shows, asks, and does it.")
    page.run(0, "deployctl plan production")
    page.run(0, "deployctl apply production", YES)
    page.run(0, "cat /srv/shop/current/index.html")
    page.run(0, "deployctl plan production")


def mistakes(page):
    page.tell("A mistake in the file", "Found before anything is touched, with the place and the name that was meant.")
    page.run(0, "sed -i 's/keep: 5/kepe: 5/' deploy.yaml")
    page.run(3, "deployctl plan production")
    page.run(0, "deployctl explain host.release.keep")
    page.run(0, "sed -i 's/kepe: 5/keep: 5/' deploy.yaml")
    page.tell("A release that does not work", "The command that loads a release may refuse it; here it looks whether the heading has\n"
                                              "its end. What failed is taken back by itself, and the exit code says so. The warning in front\n"
                                              "of each plan stays until the step has a health check.")
    page.run(0, """sed -i 's|# reload: .*|reload: [grep, -q, "</h1>", /srv/shop/current/index.html]|' deploy.yaml""")
    page.run(0, "echo '<h1>two' > app/index.html && git commit -qam 'Two'")
    page.run(8, "deployctl apply production", YES)
    page.run(0, "cat /srv/shop/current/index.html")


def back(page):
    page.tell("A mistake that was deployed", "It works, and it is wrong. `rollback` goes to the release before.")
    page.run(0, "echo '<h1>twoo</h1>' > app/index.html && git commit -qam 'Two, with an end' && git tag v1.1.0")
    page.run(0, "deployctl apply production", YES)
    page.run(0, "deployctl rollback production", YES)
    page.run(0, "cat /srv/shop/current/index.html")
    page.tell("What happened", "Releases and runs stay on record.")
    page.run(0, "deployctl status production")
    page.run(0, "deployctl history production")
    page.run(0, "deployctl logs last")
    page.run(0, "deployctl report last -o report.html")


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    package = pathlib.Path(sys.argv[1]).resolve()
    place = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "docs/first-ten-minutes.md"
    suite = sys.argv[3] if len(sys.argv) > 3 else "bookworm"
    with Debian(package, suite) as debian:
        page = Page(debian)
        begun = time.monotonic()
        for part in (install, start, deploy, mistakes, back):
            part(page)
        page.close()
        took = time.monotonic() - begun
    place.write_text(page.text)
    print(f"{place}: every command ended as expected, {took:.0f} s in all")


if __name__ == "__main__":
    main()
