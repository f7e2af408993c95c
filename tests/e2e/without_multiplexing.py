"""One ssh for each command instead of one connection a host: the same functional tests, with the same pipelines.

Usage: without_multiplexing.py            a portion of each
       without_multiplexing.py --whole    all of them
       without_multiplexing.py NAME...    these: fleet_plan, tough_cases.Lost
"""

import os
import sys
import unittest

os.environ["DEPLOYCTL_TEST_MULTIPLEXING"] = "no"  # read by ssh_world

from quickstart_world import need  # noqa: E402
from ssh_links import need_links  # noqa: E402
from ssh_world import need_root  # noqa: E402

WHOLE = ["hosts_over_ssh", "fleet_plan", "login_shells", "tough_cases", "faulty_links", "systemd_units", "kodex_host",
         "secrets_over_ssh", "killed_over_ssh"]
PORTION = [
    "hosts_over_ssh.HostsOverSsh.test_one_host_that_is_down_leaves_all_untouched",
    "hosts_over_ssh.DetachedOverSsh",
    "fleet_plan.FleetPlan.test_one_command_a_host_tells_what_is_there_and_since_when",
    "tough_cases.Lost.test_tough_04_a_second_attempt_first_ends_what_still_runs_of_the_first",
    "tough_cases.Commands.test_tough_12_an_exit_status_of_255_is_the_commands_own",
]

if __name__ == "__main__":
    need("git", "wrk", "curl", "strace", "dash", "bash", "busybox", "fish")
    need_root()
    need_links()
    names = WHOLE if sys.argv[1:] == ["--whole"] else sys.argv[1:] or PORTION
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    sys.exit(not unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful())
