"""The tough cases of hosts over SSH, by their numbers, with the real binary and real sshd: hosts that hang, links that are
cut, full disks, failing versions, signals, leftovers. Those that need no whole run are in tests/ssh ("tough 5: ...").

What must never happen is the same in all: a step done twice that must happen once, a host forgotten, a process or a
half-made file left behind.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import unittest
import urllib.error
import urllib.request

from quickstart_world import need
from ssh_links import need_links
from ssh_world import MULTIPLEXING, SshWorld, need_root, pause_at
from waiting import wait_for

VERSION = 'version: "${release.version}"'
MIGRATION = f"""\
  migrate:
    uses: host.run
    needs: [web]
    with:
      on: first
      on_disconnect: detach
      script: |
        {pause_at("migrate")}
        echo "$VERSION" >>"$HOME/migrations"
      env: {{ VERSION: "${{release.version}}" }}
"""


# Notes when a process that ran it before is alive.
ALONE = ('if [ -e "$HOME/runs" ] && kill -0 "$(cat "$HOME/runs")" 2>/dev/null; then touch "$HOME/two-at-once"; fi; '
         'echo $$ >"$HOME/runs"; ')
RETRY = "\n    retry: { attempts: 2, delay: 1s, on: [network] }"


def marked_step(name, needs, script, more=""):
    """Counts its beginnings and leaves a mark that its check finds."""
    return f"""\
  {name}:
    uses: host.run
    needs: [{needs}]
    strategy: {{ all_at_once: {{}} }}{more}
    with:
      script: |
        echo "$VERSION" >>"$HOME/{name}-begun"
        {script}
      env: {{ VERSION: "${{release.version}}" }}
      check: [sh, -c, 'test -e "$HOME/{name}-$VERSION"']
"""


class Tough(unittest.TestCase):
    """One world for a class: every case brings a version of its own and ends with it everywhere."""

    options = {}

    @classmethod
    def setUpClass(cls):
        cls.world = cls.enterClassContext(SshWorld(**cls.options))
        cls.number = 0
        cls.hosts = cls.world.hosts
        cls.live = cls.release()
        cls.world.expect(0, "apply", "production", "--yes")

    def setUp(self):
        print()

    def tearDown(self):
        self.doCleanups()
        self.world.await_silence()
        self.assertEqual([part for host in self.hosts for part in host.parts()], [])

    @classmethod
    def release(cls):
        cls.number += 1
        cls.world.commit(f"v{cls.number}")
        return f"v{cls.number}"

    def apply(self):
        return self.world.begin("apply", "production", "--yes")

    def end(self, process, *codes):
        said, _ = process.communicate(timeout=300)
        self.assertIn(process.returncode, codes, said)
        return said

    def live_everywhere(self, version):
        self.world.expect(0, "apply", "production", "--yes")
        self.assertEqual(self.world.versions(), [version] * len(self.hosts))
        type(self).live = version

    def count(self, host, name, version):
        return host.read(f"home/{name}").split().count(version)


class Lost(Tough):
    """Hosts behind links of their own."""

    options = {"links": True, "release": VERSION, "preflight": pause_at("preflight"), "more":
               MIGRATION + marked_step("late", "migrate", pause_at("late") + 'touch "$HOME/late-$VERSION"')
               + marked_step("early", "late", 'touch "$HOME/early-$VERSION"; ' + pause_at("early"))
               + marked_step("again", "early", ALONE + pause_at("again") + 'touch "$HOME/again-$VERSION"', RETRY)}

    def freeze(self, host):
        frozen = host.sessions()
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        self.addCleanup(self.wake, frozen)
        return frozen

    def wake(self, frozen):
        for pid in frozen:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def cut(self, host):
        host.link.cut()
        self.addCleanup(host.link.mend)

    def mend(self, host):
        self.doCleanups()

    def test_tough_01_a_host_that_hangs_in_mid_change_is_lost_and_never_redone_blindly(self):
        version = self.release()
        host = self.hosts[1]
        before = [each.logins() for each in self.hosts]
        host.pause("late")
        process = self.apply()
        host.await_pause("late")
        frozen = self.freeze(host)
        said = self.end(process, 8, 9)
        self.assertIn("the connection was lost", said)
        self.assertIn(host.address, said)
        self.world.check_logins(before, [1, 2, 1])
        self.assertEqual(self.count(host, "late-begun", version), 1)
        self.wake(frozen)
        self.world.await_silence()
        host.forget_pause("late")
        self.live_everywhere(version)

    def test_tough_01_a_host_that_hangs_when_its_change_was_made_is_found_so_and_the_run_goes_on(self):
        version = self.release()
        host = self.hosts[1]
        host.pause("early")
        process = self.apply()
        host.await_pause("early")
        frozen = self.freeze(host)
        self.end(process, 0)
        self.assertEqual([self.count(each, "early-begun", version) for each in self.hosts], [1, 1, 1])
        self.wake(frozen)
        self.world.await_silence()
        host.forget_pause("early")
        self.live_everywhere(version)

    def test_tough_02_a_link_cut_between_upload_and_switch_leaves_one_release_that_is_adopted(self):
        version = self.release()
        host = self.hosts[1]
        host.pause("preflight")
        process = self.apply()
        host.await_pause("preflight")
        self.cut(host)
        said = self.end(process, 1)
        self.assertIn(host.address, said)
        self.mend(host)
        self.world.await_silence()
        host.forget_pause("preflight")
        uploaded = host.inside("sh", "-c", f"stat -c '%i %n' {self.world.root}/web/releases/{version}-*")
        self.live_everywhere(version)
        self.assertEqual(host.inside("sh", "-c", f"stat -c '%i %n' {self.world.root}/web/releases/{version}-*"), uploaded)

    def test_tough_03_a_migration_survives_a_cut_link_and_runs_once(self):
        version = self.release()
        host = self.hosts[0]
        host.pause("migrate")
        process = self.apply()
        host.await_pause("migrate")
        self.cut(host)
        host.let_go("migrate")
        wait_for("the migration during the cut", lambda: self.count(host, "migrations", version) == 1)
        for line in process.stdout:
            if "looking for the command in the host's ledger" in line:
                break
        self.mend(host)
        self.end(process, 0)
        self.assertEqual(self.count(host, "migrations", version), 1)
        self.live_everywhere(version)

    def test_tough_04_a_step_under_a_cut_link_is_gone_when_the_link_is_back(self):
        version = self.release()
        host = self.hosts[2]
        host.pause("late")
        process = self.apply()
        host.await_pause("late")
        self.cut(host)
        self.end(process, 8, 9)
        self.assertNotEqual(host.processes(), [])  # nobody could tell it
        self.mend(host)
        self.world.await_silence()
        self.assertFalse(host.home(f"late-{version}").exists())
        host.forget_pause("late")
        self.live_everywhere(version)

    def test_tough_04_a_second_attempt_first_ends_what_still_runs_of_the_first(self):
        version = self.release()
        host = self.hosts[1]
        for name in ("runs", "two-at-once"):  # numbers of processes come again
            host.home(name).unlink(missing_ok=True)
        host.pause("again")
        process = self.apply()
        host.await_pause("again")
        frozen = self.freeze(host)  # so nobody over there hears that the connection is gone
        self.end(process, 0)
        self.assertEqual(self.count(host, "again-begun", version), 2)
        self.assertFalse(host.home("two-at-once").exists())
        self.wake(frozen)
        self.world.await_silence()
        host.forget_pause("again")
        self.live_everywhere(version)


class Failing(Tough):
    """Four hosts of which some cannot take a version, and every way to interrupt it."""

    options = {"count": 4, "release": VERSION, "rolling": "{ batch: 2, min_healthy: 2s }", "reload": pause_at("reload"),
               "sshd": "MaxStartups 3:50:5\nMaxSessions 2\n"}

    def lives(self):
        return [host.live() for host in self.hosts]

    def limit_disk(self, host, limit):
        def mount(options):
            host.inside("mount", "-o", f"remount,{options}", str(self.world.root))

        mount(limit)
        self.addCleanup(mount, "size=500m,nr_inodes=100000")

    def add_file(self, name, size):
        path = self.world.project / "app" / name
        path.write_bytes(os.urandom(size))
        self.addClassCleanup(path.unlink, missing_ok=True)

    def test_tough_05_a_changed_host_key_stops_that_host_before_anything_is_sent(self):
        host, live = self.hosts[2], self.lives()
        old = host.fingerprint()
        key, public = host.folder / "key", host.folder / "key.pub"
        kept = key.read_bytes(), public.read_bytes()
        host.replace_key()
        try:
            self.release()
            logins = host.logins()
            refused = self.world.expect(1, "apply", "production", "--yes")
            for text in (host.address, old, host.fingerprint(), "known_hosts"):
                self.assertIn(text, refused.stderr)
            self.assertEqual((host.logins(), self.lives()), (logins, live))
        finally:
            key.write_bytes(kept[0])
            public.write_bytes(kept[1])
            host.reread()
        self.live_everywhere(f"v{self.number}")

    def test_tough_07_too_little_room_on_one_host_is_told_and_nothing_is_changed(self):
        host, live = self.hosts[3], self.lives()
        used = int(host.inside("df", "-k", "--output=used", str(self.world.root)).split()[1])
        self.limit_disk(host, f"size={used + 200}k")
        self.add_file("large", 400_000)
        version = self.release()
        refused = self.world.expect(1, "apply", "production", "--yes")
        for text in (host.address, "KiB", "free", str(self.world.root)):
            self.assertIn(text, refused.stderr)
        self.assertEqual(self.lives(), live)
        self.doCleanups()
        self.live_everywhere(version)

    def test_tough_08_a_disk_that_fills_up_during_the_upload_leaves_no_part(self):
        host, live = self.hosts[3], self.lives()
        used = int(host.inside("df", "--output=iused", str(self.world.root)).split()[1])
        self.limit_disk(host, f"nr_inodes={used + 30}")
        for number in range(60):
            self.add_file(f"many-{number}", 10)
        version = self.release()
        refused = self.world.expect(1, "apply", "production", "--yes")
        self.assertIn(host.address, refused.stderr)
        self.assertIn("No space left", refused.stderr)
        self.assertEqual(self.lives(), live)
        self.assertEqual(host.parts(), [])
        self.doCleanups()
        self.live_everywhere(version)

    def test_tough_10_a_version_that_dies_after_its_first_good_answer_is_caught(self):
        version = self.release()
        self.hosts[0].write(f"frail-{version}", "")
        failed = self.world.expect(8, "apply", "production", "--yes")
        self.assertIn(self.hosts[0].address, failed.stderr)
        self.assertEqual(self.world.versions(), [self.live] * 4)

    def test_tough_13_few_startups_and_sessions_are_slower_and_one_login_each(self):
        before = [host.logins() for host in self.hosts]
        self.live_everywhere(self.release())
        self.world.check_logins(before, [1] * len(self.hosts))

    def test_tough_17_signals_end_at_a_safe_point_and_the_run_goes_on_from_there(self):
        for number, host, codes in ((signal.SIGINT, self.hosts[1], (130,)), (signal.SIGTERM, self.hosts[2], (143,)),
                                    (signal.SIGKILL, self.hosts[3], (-signal.SIGKILL,))):
            with self.subTest(number.name):
                version = self.release()
                host.pause("reload")
                process = self.apply()
                host.await_pause("reload")
                process.send_signal(number)
                if number == signal.SIGINT:  # what is going on may end
                    host.let_go("reload")
                self.end(process, *codes)
                self.world.await_silence()
                host.forget_pause("reload")
                self.world.expect(0, "resume")
                self.assertEqual(self.world.versions(), [version] * 4)
                type(self).live = version

    def test_tough_18_a_version_that_does_not_start_leaves_the_old_one_serving(self):
        version = self.release()
        host = self.hosts[1]
        host.write(f"broken-{version}", "")
        ended, bad, good = threading.Event(), [], []

        def ask():
            while not ended.is_set():
                try:
                    good.append(host.version())
                except (urllib.error.URLError, OSError) as problem:
                    bad.append(problem)

        asking = threading.Thread(target=ask)
        asking.start()
        try:
            failed = self.world.expect(8, "apply", "production", "--yes")
        finally:
            ended.set()
            asking.join()
        self.assertIn(host.address, failed.stderr)
        self.assertEqual((bad, set(good)), ([], {self.live}))
        self.assertEqual(self.world.versions(), [self.live] * 4)

    def test_tough_19_leftovers_are_cleaned_when_ours_and_never_touched_when_not(self):
        live = self.lives()
        web = f"{self.world.root}/web"
        version = self.release()
        foreign, ours = self.hosts[3], self.hosts[0]
        kept = foreign.live()
        foreign.inside("sh", "-c", f"cd {web} && mv current kept-link && mkdir current && echo mine >current/file")
        shown = self.world.deployctl("plan", "production")
        self.assertIn(f"{foreign.address}", shown.stderr + shown.stdout)
        self.assertIn("current", shown.stderr + shown.stdout)
        refused = self.world.deployctl("apply", "production", "--yes")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn(foreign.address, refused.stderr + refused.stdout)
        self.assertEqual(foreign.inside("cat", f"{web}/current/file"), "mine\n")
        self.assertEqual(self.lives()[:3], live[:3])
        foreign.inside("sh", "-c", f"cd {web} && rm -r current && mv kept-link current")
        self.assertEqual(foreign.live(), kept)
        # What a run that died in its upload leaves.
        ours.inside("sh", "-c", f"cd {web}/releases && mkdir -p .{version}-0123456789ab.part/app "
                                f".{version}-0123456789ab.part/.deployctl-0123 && echo x >.{version}-0123456789ab.part/app/x")
        self.live_everywhere(version)

    def test_tough_20_a_rollback_brings_back_what_hosts_lost_and_what_tags_no_longer_name(self):
        old = self.live
        self.live_everywhere(self.release())
        for host in self.hosts[:2]:
            host.inside("sh", "-c", f"rm -rf {self.world.root}/web/releases/{old}-*")
        self.world.git("tag", "-f", old)  # names another commit now
        self.world.expect(0, "rollback", "production", "--to", old, "--yes")
        self.assertEqual(self.world.versions(), [old] * 4)
        type(self).live = old

    def test_tough_20_what_is_gone_everywhere_is_refused_before_a_host_is_touched(self):
        old = self.live
        new = self.release()
        self.live_everywhere(new)
        live, logins = self.lives(), [host.logins() for host in self.hosts]
        for host in self.hosts[:2]:
            host.inside("sh", "-c", f"rm -rf {self.world.root}/web/releases/{old}-*")
        gone = [path for path in (self.world.project / ".deployctl").rglob("*")
                if path.is_file() and f'"version": "{old}"'.encode() in path.read_bytes() and "blobs" in str(path)]
        self.assertEqual(len(gone), 1)
        kept = gone[0].read_bytes()
        gone[0].unlink()
        refused = self.world.expect(1, "rollback", "production", "--to", old, "--yes")
        self.assertIn("cannot be restored: 1 of its files are not kept here", refused.stderr)
        self.assertEqual((self.lives(), [host.logins() for host in self.hosts]), (live, logins))
        gone[0].write_bytes(kept)
        self.world.expect(0, "rollback", "production", "--to", old, "--yes")
        self.assertEqual(self.world.versions(), [old] * 4)
        type(self).live = old


class Half(Tough):
    """Six hosts, of which the third and the fourth do not take a version."""

    options = {"count": 6, "release": VERSION, "rolling": "{ batch: 4, min_healthy: 1s }"}

    def fails_on_two(self):
        version = self.release()
        self.sick = [host.home(f"../sick-{version}") for host in self.hosts[2:4]]
        for mark in self.sick:
            mark.touch()
        return version

    def begun(self, run):
        return [host.address for host in self.hosts if f"web@{host.address}: switch starts" in run.stderr]

    def rows(self):
        shown = self.world.expect(0, "plan", "production", "--all-hosts").stdout.splitlines()
        return [next(line for line in shown if line.strip().startswith(host.address + " ")) for host in self.hosts]

    def test_tough_09_half_of_a_batch_fails_and_the_hosts_behind_it_are_never_begun(self):
        live = [host.live() for host in self.hosts]
        self.fails_on_two()
        failed = self.world.expect(8, "apply", "production", "--yes")
        self.assertEqual((self.world.versions(), [host.live() for host in self.hosts]), ([self.live] * 6, live))
        self.assertLessEqual(set(self.begun(failed)), {host.address for host in self.hosts[:4]})
        for host in self.hosts[:4]:
            self.assertIn(f"web@{host.address}: is as before", failed.stderr)
        for mark in self.sick:
            mark.unlink()
        self.live_everywhere(f"v{self.number}")

    def test_tough_09_hosts_left_behind_are_listed_and_the_next_run_is_about_them_alone(self):
        pipeline = self.world.project / "deploy.yaml"
        before = pipeline.read_text()
        pipeline.write_text(before.replace("batch: 4", "batch: 2, on_abort: revert_wave"))
        old, version = self.live, self.fails_on_two()
        failed = self.world.expect(9, "apply", "production", "--yes")
        self.assertEqual(self.world.versions(), [version] * 2 + [old] * 4)
        for host in self.hosts[4:]:
            self.assertNotIn(host.address, self.begun(failed))
        rows = self.rows()
        for row in rows[:2]:
            self.assertIn("= nothing to do", row)
        for row in rows[2:]:
            self.assertIn("~ update", row)
        for mark in self.sick:
            mark.unlink()
        rest = self.world.expect(0, "apply", "production", "--yes")
        self.assertEqual(self.begun(rest), [host.address for host in self.hosts[2:]])
        self.assertEqual(self.world.versions(), [version] * 6)
        pipeline.write_text(before)
        type(self).live = version


class Commands(Tough):
    """What becomes of a command that ends in an unusual way."""

    options = {"count": 1, "reload": 'echo reload >>"$HOME/reloads"; ' + pause_at("reload"), "more": """\
  command:
    uses: host.run
    needs: [web]
    timeout: 10m
    with: { script: '[ ! -e "$HOME/command" ] || . "$HOME/command"' }
"""}

    def fails_with(self, script, *words, timeout="10m"):
        host, = self.hosts
        pipeline = self.world.project / "deploy.yaml"
        before = pipeline.read_text()
        pipeline.write_text(before.replace("timeout: 10m", f"timeout: {timeout}"))
        self.release()
        host.home("command").write_text(script)
        logins = host.logins()
        failed = self.world.expect(9, "apply", "production", "--yes")
        for text in words:
            self.assertIn(text, failed.stderr)
        self.world.check_logins([logins], [1])
        self.world.await_silence()
        host.home("command").unlink()
        pipeline.write_text(before)
        self.live_everywhere(self.release())

    def test_a_command_that_takes_too_long_is_ended_with_all_that_it_started(self):
        self.fails_with("trap '' TERM; sleep 1000 & sleep 1000", "did not end within 3s", timeout="3s")

    def test_tough_11_a_killed_command_is_never_a_success(self):
        self.fails_with("kill -KILL $$", "137")

    def test_tough_11_a_command_whose_leading_shell_is_killed_is_never_a_success(self):
        self.fails_with('kill -KILL "$PPID"; sleep 60', "killed")

    def test_tough_12_an_exit_status_of_255_is_the_commands_own(self):
        self.fails_with("exit 255", "255")

    def epoch(self, host):
        """The highest that the host admitted."""
        return int(host.inside("sh", "-c", f'cat "{self.world.root}/home/.deployctl/fences/"*').split()[0])

    def test_tough_16_of_forty_controllers_at_a_dead_ones_lock_one_finishes_its_run(self):
        host, = self.hosts
        version = self.release()
        host.home("reloads").unlink(missing_ok=True)
        host.pause("reload")
        dead = self.apply()
        host.await_pause("reload")
        epoch = self.epoch(host)
        self.world.end_controller(dead)
        dead.stdout.close()
        self.world.await_silence()
        host.forget_pause("reload")
        takers = [self.world.begin("resume", "--lock-policy", "fail") for _ in range(40)]
        said = [self.end(taker, 0, 5, 10) for taker in takers]
        finished = [text for taker, text in zip(takers, said) if taker.returncode == 0 and f"web@{host.address}" in text]
        self.assertEqual(len(finished), 1, said)
        self.assertEqual(host.read("home/reloads").split(), ["reload"] * 2)  # the dead one's, and again
        self.assertGreater(self.epoch(host), epoch)
        self.live_everywhere(version)


class Bastion(Tough):
    """Two hosts behind the third."""

    options = {"ssh": "Host 127.0.77.1 127.0.77.2\n  ProxyJump 127.0.77.3\n",
               "more": marked_step("late", "web", pause_at("late") + 'touch "$HOME/late-$VERSION"')}

    def test_tough_14_with_the_bastion_all_behind_it_are_lost_and_the_next_run_goes_through_it(self):
        self.world.own_home()
        version = self.release()
        bastion, behind = self.hosts[2], self.hosts[:2]
        for host in behind:
            host.pause("late")
        process = self.apply()
        for host in behind:
            host.await_pause("late")
        logins = bastion.logins()
        for pid in bastion.sessions():
            os.kill(pid, signal.SIGKILL)
        said = self.end(process, 8, 9)
        if MULTIPLEXING:  # else each command has a connection through it of its own
            self.assertIn("its jump host was lost", said)
            self.assertLessEqual(bastion.logins() - logins, 2)  # as bastion and as a host, once each
        self.world.await_silence()
        for host in behind:
            self.assertFalse(host.home(f"late-{version}").exists())
            host.forget_pause("late")
        self.live_everywhere(version)


if __name__ == "__main__":
    need("git")
    need_root()
    need_links()
    names = sys.argv[1:]
    if names[:1] == ["--but"]:  # all classes that are not named
        names = [case.__name__ for case in Tough.__subclasses__() if case.__name__ not in names]
    unittest.main(verbosity=2, argv=[sys.argv[0], *names])
