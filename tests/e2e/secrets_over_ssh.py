"""Sentinel secrets go to a host over SSH, as variables and input of a command and as the content of a file. Every byte that
deployctl and every process of the host write, and the words and environment of every program that either starts, is
searched for every form."""

import os
import re
import subprocess
import unittest

from quickstart_world import need
from secrets_never_leak import PRINTER
from sentinels import Matrix
from ssh_world import SshWorld, need_root
from waiting import wait_for
from write_trace import COMMAND as TRACED
from write_trace import WriteTrace

SENTINELS = {"variable": "S3nt!nel-variable/47+x=y", "input": "S3nt'inel \"input\" ünicode & more",
             "content": "S3ntinel-content-0815"}
MORE = """\
  speak:
    uses: host.run
    needs: [web]
    with:
      hosts: web
      effect: repeatable
      command: [python3, ROOT/printer.py]
      env: { SECRET_A: "${secrets.variable}" }
      stdin: "${secrets.input}"
  keep:
    uses: file.put
    needs: [web]
    with: { hosts: web, path: ROOT/kept, content: "token=${secrets.content}", mode: "0600" }
secrets: { variable: "env://VARIABLE", input: "env://INPUT", content: "env://CONTENT" }
"""
# What a step, or who started deployctl, asked for; anything else is a leak.
DECLARED = {
    "environment of deployctl": (set(SENTINELS), "who started it has them as variables"),
    "environment of python3 printer.py": ({"variable"}, "the step's env"),
    "deployctl -> pipe": (set(SENTINELS), "the connection to the host"),
    "host -> pipe": (set(SENTINELS), "the connection, and what the command prints into it"),
    "host -> LEASH": (set(SENTINELS), "private files in memory of a command or a transfer, gone with it"),
    "left: kept": ({"content"}, "the step's file"),
}


class SecretsOverSsh(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.world = self.enterContext(SshWorld(count=1, more=MORE))
        self.host, = self.world.hosts
        self.host.write("printer.py", PRINTER)
        self.world.commit("v1")
        self.world.environment.update({name.upper(): value for name, value in SENTINELS.items()})
        self.out = self.world.folder / "out"
        self.out.mkdir()

    def traced_host(self):
        tracer = subprocess.Popen([*TRACED, "-o", str(self.out / "host.trace"), "-p", str(self.host.sshd.pid)],
                                  stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        status = f"/proc/{self.host.sshd.pid}/status"
        wait_for("the tracer", lambda: f"TracerPid:\t{tracer.pid}\n" in open(status, encoding="ascii").read())
        return tracer

    def place(self, path):
        path = path.replace(str(self.world.root) + "/", "").replace(str(self.world.folder) + "/", "")
        path = re.sub(r"^(/dev/shm|home)/\.deployctl-[^/]*/.*", "LEASH", path)
        return re.sub(r"[0-9a-f]{12,}|[0-9A-HJKMNP-TV-Z]{26}|(?<=\.)\d+(?=\.)", "ID", path)

    def test_no_form_of_a_secret_on_either_side_that_no_step_asked_for(self):
        tracer = self.traced_host()
        try:
            for number, words in enumerate([("plan", "production"), ("apply", "production", "--yes"), ("status", "production")]):
                with open(self.out / f"{number}.stdout", "wb") as stdout, open(self.out / f"{number}.stderr", "wb") as stderr:
                    code = subprocess.run([*TRACED, "-o", str(self.out / f"{number}.trace"), *self.world.command(*words)],
                                          stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, timeout=300,
                                          env=self.world.environment).returncode
                self.assertEqual(code, 0, (self.out / f"{number}.stderr").read_text())
        finally:
            tracer.terminate()
            tracer.wait(60)
        matrix = Matrix(SENTINELS)
        for number in range(3):
            matrix.look_at(WriteTrace(self.out / f"{number}.trace"), "deployctl", self.place, "deployctl")
        matrix.look_at(WriteTrace(self.out / "host.trace", first="sshd"), "host", self.place)
        for path in self.host.inside("find", str(self.world.root), "-type", "f").split():
            content = subprocess.run(["nsenter", "-t", str(self.host.sshd.pid), "-m", "cat", path], capture_output=True, check=True)
            matrix.look(f"left: {self.place(path)}", content.stdout)
        print(matrix.report(DECLARED))
        self.assertEqual(matrix.leaks(DECLARED), {})
        self.assertEqual(matrix.missing(DECLARED), {})


if __name__ == "__main__":
    need("git", "strace")
    need_root()
    unittest.main(verbosity=2)
