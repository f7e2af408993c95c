"""A network namespace with one link to us that can be cut. Removed at the end."""

import os
import subprocess
import sys

from quickstart_world import MISSING_PARTS, need


def ip(*words, check=True):
    return subprocess.run(["ip", *words], capture_output=True, text=True, timeout=60, check=check)


def need_links():
    need("ip")
    name = f"dctl-probe-{os.getpid()}"
    made = ip("netns", "add", name, check=False).returncode == 0
    ip("netns", "del", name, check=False)
    if not made:
        print("SKIPPED: network namespaces need root")
        sys.exit(MISSING_PARTS)


class Link:
    count = 0  # a link's name is free only some time after its namespace is gone

    def __init__(self):
        Link.count += 1
        number = os.getpid() % 0xffff
        self.name = f"dctl-{number}-{Link.count}"
        self.network = f"10.{100 + (number >> 8) % 100}.{number & 0xff}"
        near, self.address = (f"{self.network}.{4 * Link.count + end}" for end in (1, 2))
        self.near = near
        ip("netns", "add", self.name)
        try:
            link = f"dc{number}-{Link.count}"
            ip("link", "add", link, "type", "veth", "peer", "name", "host", "netns", self.name)
            ip("addr", "add", f"{near}/30", "dev", link)
            ip("link", "set", link, "up")
            ip("-n", self.name, "addr", "add", f"{self.address}/30", "dev", "host")
            ip("-n", self.name, "link", "set", "host", "up")
            ip("-n", self.name, "link", "set", "lo", "up")
        except BaseException:
            self.remove()
            raise

    def words(self):
        return ["nsenter", f"--net=/run/netns/{self.name}"]

    def cut(self):
        """What comes from there is dropped without a word."""
        ip("-n", self.name, "route", "add", "blackhole", f"{self.near}/32")

    def mend(self):
        ip("-n", self.name, "route", "del", "blackhole", f"{self.near}/32")

    def remove(self):
        ip("netns", "del", self.name, check=False)  # with its end of the link, and so the link
