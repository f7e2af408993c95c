"""Completion in the real shells: each loads the script that `completion SHELL` prints and completes a line."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

from project import Project

COMPLETIONS = pathlib.Path(__file__).resolve().parents[2] / "completions"

BASH = r"""
source /usr/share/bash-completion/bash_completion
source "$SCRIPT"
COMP_LINE="$LINE" COMP_POINT=${#LINE}
eval "COMP_WORDS=($LINE)"
[[ "$LINE" == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_deployctl
printf '%s\n' "${COMPREPLY[@]}"
"""

# zsh completes only inside its line editor, so it gets a pseudo-terminal of its own (zpty); a key there shows the line.
ZSH = r"""
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'autoload -U compinit; compinit -u -D; source "$SCRIPT"'
zpty -w shell 'show() { print -r -- "<<$BUFFER>>" }; zle -N show; bindkey "^B" show; print ready'
zpty -r shell line '*ready*ready*'
zpty -n -w shell "$LINE"$'\t\x02'
zpty -r shell line '*<<*>>*'
zpty -d shell
print -r -- "$line"
"""


class Shells(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project())
        binaries = self.project.folder / "bin"
        binaries.mkdir()
        (binaries / "deployctl").symlink_to(os.environ["DEPLOYCTL"])
        self.project.environment["PATH"] = f"{binaries}:{self.project.environment['PATH']}"

    def script(self, shell):
        text = self.project.expect(0, "completion", shell).stdout
        self.assertEqual(text, (COMPLETIONS / f"deployctl.{shell}").read_text())
        path = self.project.folder / f"completion.{shell}"
        path.write_text(text)
        return str(path)

    def completed(self, shell, argv, line, **variables):
        if not shutil.which(shell):
            self.skipTest(f"{shell} is not on this machine")
        result = subprocess.run(argv, cwd=self.project.place, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60,
                                env={**self.project.environment, "SCRIPT": self.script(shell), "LINE": line, **variables})
        return result.stdout

    def bash(self, line, **variables):
        return self.completed("bash", ["bash", "--norc", "-c", BASH], line, **variables).splitlines()

    def test_bash(self):
        self.assertEqual(self.bash("deployctl pl"), ["plan"])
        self.assertEqual(self.bash("deployctl plan "), ["local", "guarded"])
        self.assertEqual(self.bash("deployctl run local m"), ["motd"])
        self.assertEqual(self.bash("deployctl plan local --detailed"), ["--detailed-exitcode"])
        self.assertIn("deploy.yaml", self.bash("deployctl -f dep"))

    def test_a_list_of_bash_tells_what_candidates_mean(self):
        second_tab = {"COMP_TYPE": "63", "COLUMNS": "60"}
        listed = self.bash("deployctl l", **second_tab)
        self.assertEqual([entry.split()[0] for entry in listed], self.bash("deployctl l"))
        for entry in listed:
            self.assertRegex(entry, r"^[a-z]+  +\S")
            self.assertLess(len(entry), 60)
        self.assertEqual(self.bash("deployctl pl", **second_tab), ["plan"])

    def test_fish(self):
        def fish(line):
            out = self.completed("fish", ["fish", "--no-config", "-c", 'source $SCRIPT; complete -C "$LINE"'], line)
            self.entries = [entry.split("\t") for entry in out.splitlines()]
            return [entry[0] for entry in self.entries]
        self.assertEqual(fish("deployctl pl"), ["plan"])
        self.assertTrue(self.entries[0][1])
        self.assertEqual(sorted(fish("deployctl plan ")), ["guarded", "local"])
        self.assertEqual(fish("deployctl run local m"), ["motd"])
        self.assertIn("deploy.yaml", fish("deployctl -f dep"))

    def test_zsh(self):
        def zsh(line):
            return re.search("<<(.*)>>", self.completed("zsh", ["zsh", "-f", "-c", ZSH], line)).group(1)
        self.assertEqual(zsh("deployctl pla"), "deployctl plan ")
        self.assertEqual(zsh("deployctl plan gua"), "deployctl plan guarded ")
        self.assertEqual(zsh("deployctl run local mo"), "deployctl run local motd ")
        self.assertEqual(zsh("deployctl plan local --detailed"), "deployctl plan local --detailed-exitcode ")

    def test_candidates_are_silent_and_leave_nothing_behind(self):
        (self.project.place / "deploy.yaml").write_text("a: [unfinished")
        broken = self.project.expect(0, "__complete", "--shell", "zsh", "--", "plan", "")
        self.assertEqual((broken.stdout, broken.stderr), (":none\n", ""))
        (self.project.place / "deploy.yaml").unlink()
        missing = self.project.expect(0, "__complete", "--shell", "zsh", "--", "plan", "")
        self.assertEqual((missing.stdout, missing.stderr), (":none\n", ""))
        self.assertFalse((self.project.place / ".deployctl").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
