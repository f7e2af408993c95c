"""A step of a GitHub Actions job, under a stand-in for the runner: its variables and files, and how it reads a log."""

import os
import pathlib
import re
import signal
import subprocess
import unittest

from exit_codes import wait_for
from project import PIPELINE, UNTIL_GO, Project

TOP = pathlib.Path(__file__).resolve().parents[2]
ACTION = TOP / "packaging" / "action" / "action.yaml"


class Runner:
    """What the runner gives a step, and what it makes of the step's log."""

    def __init__(self, project):
        self.project = project
        self.files = {name: project.folder / name for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
        for file in self.files.values():
            file.touch()
        self.environment = {"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_WORKSPACE": str(project.place),
                            **{name: str(file) for name, file in self.files.items()}}

    def run(self, code, *words, **variables):
        result = self.project.run(*words, environment={**self.environment, **variables})
        assert result.returncode == code, (result.returncode, result.stdout + result.stderr)
        return self.read(result.stdout + result.stderr)

    def read(self, log):
        """The commands that the runner takes, as (name, properties, data), and checks that groups are closed."""
        taken, stopped, self.log = [], None, log
        for line in log.splitlines():
            text = line.strip()
            if stopped:
                stopped = None if text == f"::{stopped}::" else stopped
                continue
            assert "##[" not in line, line
            command = re.fullmatch(r"::([a-z-]+)(?: ([^:]*))?::(.*)", text)
            if not command:
                assert not text.startswith("::"), line
                continue
            name, properties, data = command.groups()
            stopped = data if name == "stop-commands" else None
            taken.append((name, dict(pair.split("=", 1) for pair in (properties or "").split(",") if pair), data))
        assert stopped is None
        names = [name for name, _, _ in taken]
        assert names.count("group") == names.count("endgroup")
        return taken

    def outputs(self):
        text = self.files["GITHUB_OUTPUT"].read_text()
        return dict(re.findall(r"^([a-z-]+)<<(?:\S+)\n(.*)\n", text, re.MULTILINE))

    def summary(self):
        return self.files["GITHUB_STEP_SUMMARY"].read_text()


def of(commands, name):
    return [(properties, data) for each, properties, data in commands if each == name]


class GithubJob(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project())
        self.runner = Runner(self.project)

    def test_outputs_and_page_of_a_plan_and_an_apply(self):
        self.runner.run(0, "plan", "local")
        self.assertEqual(self.runner.outputs()["changed"], "true")
        self.assertIn("motd", self.runner.summary())
        self.runner.files["GITHUB_OUTPUT"].write_text("")
        self.runner.run(0, "apply", "local", "--yes")
        outputs = self.runner.outputs()
        self.assertEqual((outputs["changed"], outputs["outcome"]), ("true", "succeeded"))
        self.assertRegex(outputs["release"], r"^[0-9A-Z]{26}$")
        self.assertRegex(outputs["plan-digest"], r"[0-9a-f]{64}$")
        self.assertIn("| motd | changed |", self.runner.summary())
        self.assertIn("Plan: 0 to update, 1 to create", self.runner.summary())
        self.runner.files["GITHUB_OUTPUT"].write_text("")
        self.runner.run(0, "apply", "local", "--yes")
        self.assertEqual(self.runner.outputs()["changed"], "false")

    def test_mistakes_are_annotations_at_their_lines(self):
        self.project.edit("uses: file.put", "uses: file.putt")
        errors = of(self.runner.run(3, "validate"), "error")
        self.assertEqual(len(errors), 1)
        self.assertEqual((errors[0][0]["file"], errors[0][0]["line"]), ("deploy.yaml", "12"))

    def test_a_failed_step_is_an_annotation_at_its_line(self):
        self.project.edit('"true"', '"echo evidence; false"')
        commands = self.runner.run(1, "apply", "local", "--yes")
        errors = of(commands, "error")
        self.assertEqual([(each["file"], each["line"]) for each, _ in errors], [("deploy.yaml", "8")])
        self.assertIn("evidence", self.runner.log)
        self.assertIn("test", self.runner.summary())
        self.assertNotEqual(self.runner.outputs()["outcome"], "succeeded")

    def test_what_a_step_prints_is_no_command(self):
        hostile = "printf '::error::had\\n  ::set-env name=A::b\\n##[error]had\\n::add-mask::a\\n'; exit 1"
        self.project.edit('"true"', '"' + hostile.replace("\\", "\\\\") + '"')
        commands = self.runner.run(1, "apply", "local", "--yes")
        self.assertEqual({name for name, _, _ in commands}, {"group", "endgroup", "stop-commands", "error"})
        self.assertFalse([data for _, _, data in commands if data.startswith("had")])
        self.assertIn("had", self.runner.log)
        self.runner.run(1, "apply", "local", "--yes", "--output", "json")
        self.runner.run(1, "apply", "local", "--yes", "--output", "ndjson")

    def test_masks_come_before_everything_that_could_hold_the_secret(self):
        self.project.write(PIPELINE.replace("steps:", 'secrets: { token: "env://TOKEN" }\nsteps:').replace(
            "effect: none", 'effect: none, env: { TOKEN: "${secrets.token}" }').replace('"true"', '"echo $TOKEN"'))
        commands = self.runner.run(0, "apply", "local", "--yes", TOKEN="correct-horse-battery")
        self.assertEqual([data for _, data in of(commands, "add-mask")], ["correct-horse-battery"])
        log = self.runner.log.replace("::add-mask::correct-horse-battery\n", "", 1)
        self.assertNotIn("correct-horse", log + self.runner.summary())

    def test_groups_are_closed_however_the_job_ends(self):
        for number, code in ((signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)):
            with self.subTest(signal=number), Project(PIPELINE.replace('"true"', f'"echo begun; {UNTIL_GO}"')) as project:
                runner = Runner(project)
                process = subprocess.Popen(project.argv("apply", "local", "--yes"), cwd=project.place, text=True,
                                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                           env={**project.environment, **runner.environment})
                wait_for(project.root / "started", process)
                process.send_signal(number)
                log, _ = process.communicate(timeout=60)
                self.assertEqual(process.returncode, code, log)
                runner.read(log)

    def test_a_run_that_never_began_has_a_page_too(self):
        self.runner.run(6, "apply", "local")
        self.assertIn("not approved", self.runner.summary())
        self.assertEqual(self.runner.outputs()["changed"], "false")
        self.project.edit("uses: file.put", "uses: file.putt")
        self.runner.files["GITHUB_STEP_SUMMARY"].write_text("")
        self.runner.run(3, "plan", "local")
        self.assertIn("## ", self.runner.summary())

    def test_without_the_runner_s_files_it_goes_on(self):
        for name in self.runner.files:
            self.runner.environment[name] = "/nowhere/file"
        self.runner.run(0, "apply", "local", "--yes")


class TheAction(unittest.TestCase):
    """The script of the composite action, as the runner would start it."""

    def script(self):
        block = ACTION.read_text().split("      run: |\n")[-1]
        return "".join(line.removeprefix("        ") for line in block.splitlines(keepends=True))

    def variables(self):
        return set(re.findall(r"^        ([A-Z_]+): \$\{\{", ACTION.read_text().split("- id: deployctl")[1], re.MULTILINE))

    def started(self, project, runner, **inputs):
        given = dict.fromkeys(self.variables(), "") | {"PIPELINE": "deploy.yaml"} | inputs
        folder = project.folder / "bin"
        folder.mkdir(exist_ok=True)
        if not (folder / "deployctl").exists():
            (folder / "deployctl").symlink_to(os.path.abspath(os.environ["DEPLOYCTL"]))
        environment = {**project.environment, **runner.environment, **given, "PATH": f"{folder}:{os.environ['PATH']}"}
        return subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", self.script()], cwd=project.place,
                              capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL, timeout=120)

    def test_the_example_workflows_use_inputs_and_outputs_that_there_are(self):
        head, _, rest = ACTION.read_text().partition("\noutputs:\n")
        names = {part: set(re.findall(r"^  ([a-z-]+):$", text, re.MULTILINE))
                 for part, text in (("inputs", head), ("outputs", rest.partition("\nruns:\n")[0]))}
        examples = sorted((TOP / "examples" / "github-actions").glob("*.yaml"))
        self.assertEqual(len(examples), 3)
        for example in examples:
            with self.subTest(example=example.name):
                steps = re.findall(r"packaging/action@\S+\n( +)with:\n((?:\1 +.*\n?)+)", example.read_text())
                self.assertTrue(steps)
                used = {name for _, block in steps for name in re.findall(r"^ +([a-z-]+):", block, re.MULTILINE)}
                self.assertLessEqual(used, names["inputs"])
                self.assertLessEqual(set(re.findall(r"steps\.plan\.outputs\.([a-z-]+)", example.read_text())), names["outputs"])

    def test_plan_then_apply_of_the_saved_plan(self):
        with Project() as project:
            runner = Runner(project)
            result = self.started(project, runner, COMMAND="plan", TARGET="local", PLAN_FILE="saved.plan")
            self.assertEqual(result.returncode, 0, result.stderr)
            result = self.started(project, runner, COMMAND="apply", TARGET="saved.plan", APPROVE="true")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertTrue((project.root / "local" / "motd").exists())
            runner.read(result.stdout + result.stderr)

    def test_without_approval_it_is_not_applied(self):
        with Project() as project:
            self.assertEqual(self.started(project, Runner(project), COMMAND="apply", TARGET="local").returncode, 6)

    def test_inputs_are_words_and_never_commands(self):
        with Project() as project:
            hostile = 'local"; touch ' + str(project.root / "had") + '; "'
            result = self.started(project, Runner(project), COMMAND="plan", TARGET=hostile, ARGUMENTS="--set\n$(touch had)=1")
            self.assertEqual(result.returncode, 3, result.stderr)
            self.assertFalse((project.root / "had").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
