"""How tests wait: until something is so, and never longer than anything may take here."""

import time

WAIT = 120  # seconds for anything to come up, also on a machine that is ten times slower


def wait_for(what, condition):
    end = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < end, f"{what} within {WAIT} s"
        time.sleep(0.05)
