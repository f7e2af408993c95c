"""Hosts that are there and do not answer, that nobody answers for, and hosts far away: what is told, and that the work over
there is the same."""

import os
import signal
import unittest

from quickstart_world import need
from ssh_links import need_links
from ssh_world import MULTIPLEXING, need_root, pause_at
from tough_cases import VERSION, Tough


class Silent(Tough):
    """Before anything is changed."""

    options = {"links": True, "release": VERSION}

    def refused(self, host, why):
        live, logins = [each.live() for each in self.hosts], host.logins()
        version = self.release()
        refused = self.world.expect(1, "apply", "production", "--yes")
        self.assertIn(f"{host.address}: {why}", refused.stderr)
        self.assertEqual(([each.live() for each in self.hosts], host.logins()), (live, logins))
        return version

    def test_a_host_whose_sshd_is_frozen_is_given_up_after_the_connect_timeout(self):
        host = self.hosts[1]
        host.sshd.send_signal(signal.SIGSTOP)
        try:
            version = self.refused(host, "connected, but no SSH server answered in time")
        finally:
            host.sshd.send_signal(signal.SIGCONT)
        self.live_everywhere(version)

    def test_a_host_that_a_black_hole_lies_before_is_given_up_after_the_connect_timeout(self):
        host = self.hosts[2]
        host.link.cut()
        try:
            version = self.refused(host, "the connection timed out")
        finally:
            host.link.mend()
        self.live_everywhere(version)


@unittest.skipUnless(os.path.exists("/dev/net/tun"), "there are no tunnels here")
class FarAway(Tough):
    """A fifth of a second there and back."""

    options = {"links": True, "patient": True, "delay": 0.1, "count": 2, "release": VERSION, "rolling": "{ batch: 1 }",
               "reload": pause_at("reload")}

    def test_an_update_over_slow_links_takes_longer_and_one_login_each(self):
        before = [host.logins() for host in self.hosts]
        begun = [host.log().count("Starting session: command") for host in self.hosts]
        self.world.expect(0, "plan", "production")
        if MULTIPLEXING:
            self.assertEqual([host.log().count("Starting session: command") - number for host, number in zip(self.hosts, begun)],
                             [1, 1])
        self.live_everywhere(self.release())
        self.world.check_logins(before, [2, 2])  # of the plan and of the update

    def test_a_signal_ends_what_runs_behind_a_slow_link_and_the_run_goes_on(self):
        version = self.release()
        host = self.hosts[1]
        host.pause("reload")
        process = self.apply()
        host.await_pause("reload")
        process.send_signal(signal.SIGTERM)
        self.end(process, 143)
        self.world.await_silence()
        host.forget_pause("reload")
        self.world.expect(0, "resume")
        self.assertEqual(self.world.versions(), [version] * 2)
        type(self).live = version

    def test_a_controller_that_is_killed_behind_a_slow_link_leaves_nothing_there(self):
        version = self.release()
        host = self.hosts[0]
        host.pause("reload")
        process = self.apply()
        host.await_pause("reload")
        self.world.end_controller(process)
        process.stdout.close()
        self.world.await_silence()
        host.forget_pause("reload")
        self.live_everywhere(version)


if __name__ == "__main__":
    need("git")
    need_root()
    need_links()
    unittest.main(verbosity=2)
