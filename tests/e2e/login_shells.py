"""Hosts whose users log in with other shells and whose /bin/sh is another one: words, variables and input arrive literally,
releases go up and back, and nothing is left running."""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import unittest

from quickstart_world import need
from ssh_world import SshWorld, need_root, pause_at

# The login shell and what is /bin/sh: dash, bash and busybox (a shell by its name), and one that is no POSIX shell.
SHELLS = [("/usr/bin/dash", "/usr/bin/dash"), ("/usr/bin/bash", "/usr/bin/bash"), ("ash", "/usr/bin/busybox"),
          ("/usr/bin/fish", "/usr/bin/busybox")]
PARTS = ["'", '"', "\\", "$(id)", "`id`", "${HOME}", "$1", "\n", "\r", "\t", " ", "!!", "!", "*", "?", "[a-z]", "{a,b}", "~", "%s",
         "\\n", "\\0", "-n", "--", ";", "&", "|", "<", ">", "(", ")", "#", "^", "=", "ü", "日本", "\u202e", "\x01", "\x1b[2J", "\x7f"]
WORDS = 60
MORE = """\
  words:
    uses: host.run
    needs: [web]
    strategy: { all_at_once: {} }
    with: { command: [python3, ROOT/home/notes.py], effect: repeatable, env: { NOTED: none }, stdin: none }
"""
# Keeps what it was given.
NOTES = """\
import json, os, sys
with open(os.path.expanduser("~/noted"), "w") as file:
    json.dump([sys.argv[1:], os.environ["NOTED"], sys.stdin.buffer.read().decode()], file)
"""


def escaped(text):
    """As a pipeline writes it: `$${` is `${`."""
    return json.dumps(text.replace("${", "$${")).replace("\x7f", "\\u007f")


class LoginShells(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = cls.enterClassContext(SshWorld(count=len(SHELLS), more=MORE, rolling="{ batch: 100% }",
                                                   reload=pause_at("reload")))
        for host, shells in zip(cls.world.hosts, SHELLS):
            cls.equip(host, *shells)
            host.write("home/notes.py", NOTES)
        cls.world.commit("v1")
        cls.world.expect(0, "apply", "production", "--yes")

    @classmethod
    def equip(cls, host, login, shell):
        if login == "ash":
            login = f"{cls.world.root}/home/bin/ash"
            host.inside("mkdir", "-p", os.path.dirname(login))
            host.inside("ln", "-s", shell, login)
        lines = pathlib.Path("/etc/passwd").read_text().splitlines()
        host.write("passwd", "".join(f"{line.rpartition(':')[0]}:{login}\n" if line.startswith("root:") else line + "\n"
                                     for line in lines))
        host.inside("mount", "--bind", f"{cls.world.root}/passwd", "/etc/passwd")
        if os.path.realpath("/bin/sh") != shell:
            host.inside("mount", "--bind", shell, os.path.realpath("/bin/sh"))

    def tearDown(self):
        self.world.await_silence()
        self.assertEqual([part for host in self.world.hosts for part in host.parts()], [])

    def test_every_host_has_the_shells_that_it_should(self):
        for host, (login, shell) in zip(self.world.hosts, SHELLS):
            host.inside("cmp", "/bin/sh", shell)
            asked = subprocess.run([self.world.folder / "bin" / "ssh", host.address, "sh -c 'readlink /proc/$PPID/exe'; true"],
                                   capture_output=True, text=True, check=True, timeout=60).stdout.strip()
            self.assertEqual(asked, os.path.realpath(shutil.which("busybox" if login == "ash" else login)))

    def test_words_variables_and_input_arrive_literally(self):
        chance = random.Random(2026)
        words = ["".join(chance.choice(PARTS) for _ in range(chance.randint(0, 12))) for _ in range(WORDS)] + PARTS
        variable, given = "".join(words), "\n".join(words)
        pipeline = self.world.project / "deploy.yaml"
        before = pipeline.read_text()
        text = before.replace("notes.py]", "notes.py, " + ", ".join(map(escaped, words)) + "]")
        text = text.replace("NOTED: none", f"NOTED: {escaped(variable)}").replace("stdin: none", f"stdin: {escaped(given)}")
        pipeline.write_text(text)
        self.addCleanup(pipeline.write_text, before)
        self.world.commit("v2")
        self.world.expect(0, "apply", "production", "--yes")
        for host, shells in zip(self.world.hosts, SHELLS):
            with self.subTest(shells):
                self.assertEqual(json.loads(host.home("noted").read_text()), [words, variable, given])

    def test_a_release_goes_up_and_back_and_an_interrupt_leaves_nothing(self):
        live = self.world.versions()[0]
        self.world.commit("v3")
        for host in self.world.hosts:
            host.pause("reload")
        process = self.world.begin("apply", "production", "--yes")
        for host in self.world.hosts:
            host.await_pause("reload")
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 143, said)
        self.world.await_silence()
        for host in self.world.hosts:
            host.forget_pause("reload")
        self.world.expect(0, "resume")
        self.assertEqual(self.world.versions(), ["v3"] * len(SHELLS))
        self.world.expect(0, "rollback", "production", "--to", live, "--yes")
        self.assertEqual(self.world.versions(), [live] * len(SHELLS))


if __name__ == "__main__":
    need("git", "dash", "bash", "busybox", "fish")
    need_root()
    unittest.main(verbosity=2)
