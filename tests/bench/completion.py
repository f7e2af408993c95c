"""Completion in the real shells: the wall time from the key to the candidates, without network, in a project of 200 steps with
ten recorded releases. Each shell runs once, loads the script once, and completes every line many times; the first is not counted,
because the shells load their own parts then. What fish is told to take includes one start of `date`.

Prints one JSON document.
"""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))

from bench_world import figure
from project import Project

ROUNDS = 30
STEPS = 200
RELEASES = 10

LINES = {
    "a command": "deployctl pla",
    "an environment": "deployctl plan gua",
    "a step": "deployctl run local step-19",
    "a release": "deployctl rollback local --to 1",
    "a flag": "deployctl plan local --detailed",
}

# Each prints the microseconds of every round.
BASH = r"""
source /usr/share/bash-completion/bash_completion
source "$SCRIPT"
COMP_LINE="$LINE" COMP_POINT=${#LINE}
eval "COMP_WORDS=($LINE)"
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
for ((round = 0; round <= ROUNDS; ++round)); do
  COMPREPLY=()
  from=${EPOCHREALTIME/[.,]/}
  _deployctl
  echo $((${EPOCHREALTIME/[.,]/} - from))
  [ "${#COMPREPLY[@]}" -gt 0 ] || exit 1
done
"""

# zsh completes only inside its line editor, on a pseudo-terminal of its own; Ctrl-B shows the line, Ctrl-U empties it.
ZSH = r"""
zmodload zsh/zpty zsh/datetime
zpty shell zsh -f -i
zpty -w shell 'autoload -U compinit; compinit -u -D; source "$SCRIPT"'
zpty -w shell 'show() { print -r -- "<<$BUFFER>>" }; zle -N show; bindkey "^B" show; print ready'
zpty -r shell line '*ready*ready*'
for ((round = 0; round <= ROUNDS; ++round)); do
  from=$EPOCHREALTIME
  zpty -n -w shell "$LINE"$'\t\x02'
  zpty -r shell line '*<<*>>*'
  printf '%.0f\n' $(((EPOCHREALTIME - from) * 1000000))
  zpty -n -w shell $'\x15'
done
zpty -d shell
"""

FISH = r"""
source $SCRIPT
for round in (seq 0 $ROUNDS)
  set -l from (date +%s%N)
  set -l found (complete -C "$LINE")
  set -l to (date +%s%N)
  test (count $found) -gt 0; or exit 1
  math --scale 0 "($to - $from) / 1000"
end
"""

SHELLS = {
    "bash": ["bash", "--norc", "-c", BASH],
    "zsh": ["zsh", "-f", "-c", ZSH],
    "fish": ["fish", "--no-config", "-c", FISH],
}


def pipeline():
    steps = "".join(f"""\
  step-{number}:
    uses: file.put
    with: {{ path: "ROOT/{number}", content: "CONTENT" }}
""" for number in range(STEPS))
    return f"""\
version: 1
project: many
environments:
  local: {{ hosts: {{ here: [local] }} }}
  guarded: {{ protected: true, hosts: {{ here: [local] }} }}
steps:
{steps}"""


def measured(project, shell, line):
    script = project.folder / f"completion.{shell}"
    script.write_text(project.expect(0, "completion", shell).stdout)
    out = subprocess.run(SHELLS[shell], cwd=project.place, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=600,
                         check=True, env={**project.environment, "SCRIPT": str(script), "LINE": line, "ROUNDS": str(ROUNDS)}).stdout
    times = [int(word) / 1000 for word in out.split()[1:]]
    assert len(times) == ROUNDS, out
    return {"median_ms": round(statistics.median(times), 1), "worst_ms": round(max(times), 1)}


def main():
    with Project(pipeline()) as project:
        binaries = project.folder / "bin"
        binaries.mkdir()
        (binaries / "deployctl").symlink_to(os.environ["DEPLOYCTL"])
        project.environment["PATH"] = f"{binaries}:{project.environment['PATH']}"
        for release in range(1, RELEASES + 1):
            project.edit('"CONTENT"' if release == 1 else f'"{release - 1}"', f'"{release}"')
            project.expect(0, "apply", "local", "--yes", timeout=600)
        values = {shell: {what: measured(project, shell, line) for what, line in LINES.items()}
                  for shell in SHELLS if shutil.which(shell)}
    json.dump(figure("completion", values), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
