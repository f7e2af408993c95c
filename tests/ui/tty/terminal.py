"""What a person sees: the live view and the whole binary on a real pseudo-terminal, its screen as text.

DEPLOYCTL_BLESS=1 writes the expected screens; the change is then reviewed as text.
"""

import fcntl
import json
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
FAILED = HERE.parent / "streams" / "failed_rollout.ndjson"
INTERRUPTED = HERE.parent / "streams" / "interrupted_rollout.ndjson"
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

    def visible(self):
        """What stands on the screen now."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip() + "\n"

    def cursor_is_seen(self):
        return self.raw.rfind(b"\033[?25h") >= self.raw.rfind(b"\033[?25l")


def numbers_of(stream, **wanted):
    """Numbers of the events of the stream that have these members."""
    events = [json.loads(line) for line in stream.read_text().splitlines()]
    return [event["seq"] for event in events if all(event.get(key) == value for key, value in wanted.items())]


SIZES = ((60, 24), (80, 24), (120, 24), (80, 8))


class Goldens(unittest.TestCase):
    maxDiff = None

    def check(self, name, text):
        path = GOLDENS / name
        if os.environ.get("DEPLOYCTL_BLESS") == "1":
            path.write_text(text)
        self.assertEqual(path.read_text(), text, name)


class Screens(Goldens):
    """Recorded runs, played on a terminal by the clock of their events."""

    def play(self, terminal, moments, resized=None):
        """The screen at each moment, and at the same again after a change of the size; then the whole text."""
        out = ""
        columns, rows = terminal.screen.columns, terminal.screen.lines
        for moment in moments:
            terminal.until_title(str(moment))
            out += f"=== at event {moment}, {columns} x {rows}\n" + terminal.visible()
            if resized:
                terminal.resize(*resized)
            terminal.type("\n")
            terminal.until_title(f"{moment} again")
            if resized:
                out += f"=== the same, {resized[0]} x {resized[1]}\n" + terminal.visible()
                terminal.resize(columns, rows)
            terminal.type("\n")
        self.assertEqual(terminal.end(), 0)
        self.assertTrue(terminal.cursor_is_seen())
        return out + "=== at the end, with what scrolled off\n" + terminal.text()

    def test_plan_question_rollout_over_twelve_hosts_failure_and_going_back(self):
        moments = [numbers_of(FAILED, type="stage_progress")[30], numbers_of(FAILED, type="heartbeat")[0],
                   numbers_of(FAILED, type="rollback_started")[0] + 8]
        for columns, rows in SIZES:
            with self.subTest(columns=columns, rows=rows):
                terminal = Terminal([os.environ["PLAYER"], "--ask", str(FAILED), *map(str, moments)], columns, rows)
                terminal.until_text("to stop:$")
                out = "=== the plan and the question\n" + terminal.visible()
                terminal.type("details\n")
                terminal.until_text("(?s)to stop: details.*to stop:$")
                out += "=== with details\n" + terminal.visible()
                terminal.type("yes\n")
                self.check(f"screen_{columns}x{rows}.txt", out + self.play(terminal, moments))

    def test_an_interrupted_rollout(self):
        moments = [numbers_of(INTERRUPTED, type="signal")[-1]]
        for columns, rows in SIZES:
            with self.subTest(columns=columns, rows=rows):
                terminal = Terminal([os.environ["PLAYER"], str(INTERRUPTED), *map(str, moments)], columns, rows)
                self.check(f"screen_interrupted_{columns}x{rows}.txt", self.play(terminal, moments))

    def test_windows_that_change_their_size(self):
        moments = [numbers_of(FAILED, type="heartbeat")[0]]
        for name, size, resized in (("narrower", (120, 24), (60, 24)), ("wider", (60, 24), (120, 24)), ("lower", (80, 24), (80, 8))):
            with self.subTest(name):
                terminal = Terminal([os.environ["PLAYER"], str(FAILED), *map(str, moments)], *size)
                self.check(f"screen_{name}.txt", self.play(terminal, moments, resized))


SLOW = """\
version: 1
project: hello
environments:
  local: { hosts: { here: [local] } }
steps:
  slow:
    uses: exec.run
    with: { command: [sh, -c, "echo working; touch ROOT/started; while [ -e ROOT/started ] && [ ! -e ROOT/go ]; do sleep 0.05; done"], effect: none }
  motd:
    uses: file.put
    needs: [slow]
    with: { path: "ROOT/motd", content: hello }
"""


SESSION = """\
version: 1
project: hello
environments:
  local: { hosts: { here: [local] } }
steps:
  test:
    uses: exec.run
    with: { command: [sh, -c, "echo 3 tests passed"], effect: none }
  greet:
    uses: exec.run
    needs: [test]
    with: { command: [sh, -c, "echo hello"], effect: repeatable }
"""


def masked(text):
    """Without what differs from run to run, and from machine to machine: a long name of one is wrapped."""
    text = re.sub(r"(?s)approved by .{1,300}?p\n?r\n?o\n?m\n?p\n?t", "approved by ann@laptop at the prompt", text)
    text = re.sub(r"\b[0-9A-HJKMNP-TV-Z]{26}\b", "0" * 26, text)
    text = re.sub(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "2026-03-14T09:26:53.589Z", text)
    return re.sub(r"(?s)  log: .*", "  log: and time\n", text)


class TheBinary(Goldens):
    def setUp(self):
        self.project = self.enterContext(Project(SLOW))

    def start(self, *words, columns=80, rows=24, **variables):
        return Terminal(self.project.argv(*words), columns, rows, self.project.place,
                        {**self.project.environment, **variables})

    def test_plan_question_details_and_last_word(self):
        for columns, rows in SIZES:
            with self.subTest(columns=columns, rows=rows):
                self.project = self.enterContext(Project(SESSION))
                terminal = self.start("apply", "local", columns=columns, rows=rows)
                terminal.until_text("to stop:$")
                terminal.type("details\n")
                terminal.until_text("(?s)to stop: details.*to stop:$")
                terminal.type("yes\n")
                self.assertEqual(terminal.end(), 0, terminal.text())
                self.check(f"binary_{columns}x{rows}.txt", masked(terminal.text()))

    def test_a_crash_gives_the_cursor_back(self):
        terminal = self.start("apply", "local", "--yes")
        terminal.until_text(r"running  slow")
        self.assertFalse(terminal.cursor_is_seen())
        os.kill(terminal.pid, signal.SIGSEGV)
        self.assertEqual(terminal.end(), 70, terminal.text())
        self.assertTrue(terminal.cursor_is_seen())
        self.assertNotIn("running  slow", terminal.text())
        self.assertIn("deployctl crashed", terminal.text())
        (self.project.root / "go").touch()

    def test_in_the_background_of_a_shell_it_draws_nothing(self):
        (self.project.root / "go").touch()
        words = self.project.argv("apply", "local", "--yes")
        terminal = Terminal(["/bin/bash", "--norc", "-mc", '"$0" "$@" & wait $!', *words], 80, 24, self.project.place,
                            self.project.environment)
        self.assertEqual(terminal.end(), 0, terminal.text())
        self.assertIn("slow | working", terminal.text())
        self.assertNotIn(b"\033[?25l", terminal.raw)

    def test_plan_question_and_live_view(self):
        for columns in (60, 80, 120):
            with self.subTest(columns=columns), Project(SLOW) as self.project:
                terminal = self.start("apply", "local", columns=columns)
                terminal.until_text(r"to stop:")
                self.assertIn("Plan: 0 to update, 1 to create", terminal.text())
                terminal.type("yes\n")
                terminal.until_text(r"running  slow")
                self.assertRegex(terminal.text(), r"to do  motd\s+after slow")
                terminal.until_text(r"slow \| working")
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
                lines = [line for line in terminal.text().splitlines() if line]
                self.assertEqual(len(lines), len(set(lines)), "a reader of screens hears a line again")
                (self.project.root / "motd").unlink()

    def test_colour_is_one_thing_and_movement_another(self):
        terminal = self.start("apply", "local", "--yes", NO_COLOR="1")
        terminal.until_text(r"running  slow")
        (self.project.root / "go").touch()
        self.assertEqual(terminal.end(), 0)
        self.assertNotRegex(terminal.raw.decode(), "\033\\[[0-9;]*m")


if __name__ == "__main__":
    unittest.main(verbosity=2)
