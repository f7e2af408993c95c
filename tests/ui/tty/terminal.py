"""What a person sees: the live view and the whole binary on a real pseudo-terminal, its screen as text.

DEPLOYCTL_BLESS=1 writes the expected screens; the change is then reviewed as text.
"""

import fcntl
import os
import pathlib
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
import unittest

try:
    import pyte
except ImportError:
    print("no pyte (python3-pyte) on this machine")
    sys.exit(77)

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "cli"))
from project import Project  # noqa: E402

GOLDENS = HERE.parent / "goldens"
STREAM = HERE.parent / "streams" / "failed_rollout.ndjson"
PATIENCE = 120  # seconds until something that should happen counts as missing


class Terminal:
    """A process on a pseudo-terminal of a given size, and what its screen shows."""

    def __init__(self, argv, columns, rows, folder=None, environment=None):
        self.screen = pyte.HistoryScreen(columns, rows, history=1000)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            if folder:
                os.chdir(folder)
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            time.sleep(0)
            sys.stdin.readline()  # until the size is set
            os.execve(argv[0], argv, environment or {"TERM": "xterm", "LANG": "C.UTF-8", "PATH": os.environ["PATH"]})
        self.resize(columns, rows)
        os.write(self.master, b"\n")
        self.until(lambda: b"\n" in self.raw, "the echo")
        self.screen.reset()
        self.raw = b""

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def type(self, text):
        os.write(self.master, text.encode())

    def read(self, seconds):
        """False at the end of output."""
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            chunk = os.read(self.master, 65536)
        except OSError:
            return False
        self.raw += chunk
        self.stream.feed(chunk)
        return bool(chunk)

    def until(self, condition, what):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            more = self.read(0.2)
            if not more and not condition():
                raise AssertionError(f"the process ended before {what}:\n{self.text()}")
            if time.monotonic() > deadline:
                raise AssertionError(f"{what} did not come:\n{self.text()}")

    def until_title(self, title):
        self.until(lambda: self.screen.title == title, f"the mark {title}")

    def until_text(self, pattern):
        self.until(lambda: re.search(pattern, self.text()), pattern)

    def end(self):
        """The exit code, when all was read."""
        deadline = time.monotonic() + PATIENCE
        while self.read(0.2):
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                raise AssertionError(f"the process does not end:\n{self.text()}")
        _, status = os.waitpid(self.pid, 0)
        os.close(self.master)
        return os.waitstatus_to_exitcode(status)

    def text(self):
        """Everything, what scrolled off the top too."""
        above = ["".join(line[i].data for i in range(self.screen.columns)) for line in self.screen.history.top]
        return "\n".join(line.rstrip() for line in above + list(self.screen.display)).rstrip() + "\n"

    def cursor_is_seen(self):
        return self.raw.rfind(b"\033[?25h") >= self.raw.rfind(b"\033[?25l")


def numbers_of(**wanted):
    """Numbers of the first events of the stream that have these members."""
    import json
    events = [json.loads(line) for line in STREAM.read_text().splitlines()]
    return [event["seq"] for event in events if all(event.get(key) == value for key, value in wanted.items())]


class Screens(unittest.TestCase):
    maxDiff = None

    def check(self, name, text):
        path = GOLDENS / name
        if os.environ.get("DEPLOYCTL_BLESS") == "1":
            path.write_text(text)
        self.assertEqual(path.read_text(), text, name)

    def played(self, columns, rows, moments, resized=None):
        """The screen at each moment, and at the same again after a change of the size."""
        terminal = Terminal([os.environ["PLAYER"], str(STREAM), *map(str, moments)], columns, rows)
        out = ""
        for moment in moments:
            terminal.until_title(str(moment))
            out += f"=== at event {moment}, {columns} x {rows}\n" + terminal.text()
            if resized:
                terminal.resize(*resized)
            terminal.type("\n")
            terminal.until_title(f"{moment} again")
            if resized:
                out += f"=== the same, {resized[0]} x {resized[1]}\n" + terminal.text()
                terminal.resize(columns, rows)
            terminal.type("\n")
        self.assertEqual(terminal.end(), 0)
        self.assertTrue(terminal.cursor_is_seen())
        return out + "=== at the end\n" + terminal.text()

    def test_a_rollout_that_fails_and_goes_back(self):
        moments = [numbers_of(type="stage_progress")[30], numbers_of(type="heartbeat")[0], numbers_of(type="rollback_started")[0] + 8]
        for columns, rows in ((60, 24), (80, 24), (120, 24), (80, 8)):
            with self.subTest(columns=columns, rows=rows):
                self.check(f"screen_{columns}x{rows}.txt", self.played(columns, rows, moments))

    def test_windows_that_change_their_size(self):
        moment = [numbers_of(type="heartbeat")[0]]
        self.check("screen_narrower.txt", self.played(120, 24, moment, resized=(60, 24)))
        self.check("screen_wider.txt", self.played(60, 24, moment, resized=(120, 24)))
        self.check("screen_lower.txt", self.played(80, 24, moment, resized=(80, 8)))


SLOW = """\
version: 1
project: hello
environments:
  local: { hosts: { here: [local] } }
steps:
  slow:
    uses: exec.run
    with: { command: [sh, -c, "echo working; touch ROOT/started; while [ ! -e ROOT/go ]; do sleep 0.05; done"], effect: none }
  motd:
    uses: file.put
    needs: [slow]
    with: { path: "ROOT/motd", content: hello }
"""


class TheBinary(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project(SLOW))

    def start(self, *words, columns=80, rows=24, **variables):
        return Terminal(self.project.argv(*words), columns, rows, self.project.place,
                        {**self.project.environment, **variables})

    def test_plan_question_and_live_view(self):
        for columns in (60, 80, 120):
            with self.subTest(columns=columns), Project(SLOW) as self.project:
                terminal = self.start("apply", "local", columns=columns)
                terminal.until_text(r"to stop:")
                self.assertIn("Plan: 0 to update, 1 to create", terminal.text())
                terminal.type("yes\n")
                terminal.until_text(r"running  slow")
                self.assertRegex(terminal.text(), r"to do  motd\s+after slow")
                self.assertRegex(terminal.text(), r"slow \| working")
                (self.project.root / "go").touch()
                self.assertEqual(terminal.end(), 0, terminal.text())
                self.assertTrue(terminal.cursor_is_seen())
                self.assertNotIn("running  slow", terminal.text())
                self.assertIn("hello/local is as planned", terminal.text())
                self.assertLessEqual(max(map(len, terminal.text().splitlines())), columns)

    def test_ctrl_c_winds_down_and_leaves_the_cursor(self):
        terminal = self.start("apply", "local", "--yes")
        terminal.until_text(r"running  slow")
        terminal.type("\x03")
        terminal.until_text(r"Ctrl-C: nothing new starts")
        (self.project.root / "go").touch()
        self.assertEqual(terminal.end(), 130, terminal.text())
        self.assertTrue(terminal.cursor_is_seen())
        self.assertIn("was interrupted", terminal.text())

    def test_ctrl_z_gives_the_terminal_back_and_fg_takes_it_again(self):
        terminal = self.start("apply", "local", "--yes")
        terminal.until_text(r"running  slow")
        terminal.type("\x1a")
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            terminal.read(0.05)
            if os.waitpid(terminal.pid, os.WNOHANG | os.WUNTRACED)[0]:
                break
        else:
            self.fail("it did not stop")
        while terminal.cursor_is_seen() is False and terminal.read(0.2):
            self.assertLess(time.monotonic(), deadline)
        self.assertNotIn("running  slow", terminal.text())
        os.kill(terminal.pid, signal.SIGCONT)
        terminal.until_text(r"running  slow")
        (self.project.root / "go").touch()
        self.assertEqual(terminal.end(), 0, terminal.text())
        self.assertTrue(terminal.cursor_is_seen())

    def test_plain_lines_where_a_picture_is_not_wanted(self):
        (self.project.root / "go").touch()
        for variables in ({"ACCESSIBLE": "1"}, {"TERM": "dumb"}, {"CI": "true"}):
            with self.subTest(**variables):
                terminal = self.start("apply", "local", "--yes", **variables)
                self.assertEqual(terminal.end(), 0, terminal.text())
                self.assertNotRegex(terminal.raw.decode(), "\033\\[(\\?25|[0-9]*[AJ])")
                self.assertNotIn("\r\r", terminal.raw.decode())
                (self.project.root / "motd").unlink()

    def test_colour_is_one_thing_and_movement_another(self):
        terminal = self.start("apply", "local", "--yes", NO_COLOR="1")
        terminal.until_text(r"running  slow")
        (self.project.root / "go").touch()
        self.assertEqual(terminal.end(), 0)
        self.assertNotRegex(terminal.raw.decode(), "\033\\[[0-9;]*m")


if __name__ == "__main__":
    unittest.main(verbosity=2)
