"""A network namespace with one link to us that can be cut, or whose packets take their time. Removed at the end."""

import collections
import contextlib
import fcntl
import os
import select
import struct
import subprocess
import sys
import threading
import time

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
            self.lay(link)
            ip("addr", "add", f"{near}/30", "dev", link)
            ip("link", "set", link, "up")
            ip("-n", self.name, "addr", "add", f"{self.address}/30", "dev", "host")
            ip("-n", self.name, "link", "set", "host", "up")
            ip("-n", self.name, "link", "set", "lo", "up")
        except BaseException:
            self.remove()
            raise

    def lay(self, link):
        """Makes `link` here and its other end, `host`, there."""
        ip("link", "add", link, "type", "veth", "peer", "name", "host", "netns", self.name)

    def words(self):
        return ["nsenter", f"--net=/run/netns/{self.name}"]

    def cut(self):
        """What comes from there is dropped without a word."""
        ip("-n", self.name, "route", "add", "blackhole", f"{self.near}/32")

    def mend(self):
        ip("-n", self.name, "route", "del", "blackhole", f"{self.near}/32")

    def remove(self):
        ip("netns", "del", self.name, check=False)  # with its end of the link, and so the link


class SlowLink(Link):
    """Every packet is under way for `delay` seconds: two tunnels and a relay between them, which need nothing of the kernel
    that it may not have."""

    def __init__(self, delay):
        self.delay = delay
        self.relay = None
        super().__init__()

    def lay(self, link):
        self.relay = Relay((link, link + "h"), self.delay)
        ip("link", "set", link + "h", "netns", self.name, "name", "host")
        self.relay.start()

    def remove(self):
        if self.relay:
            self.relay.end()
        super().remove()


class Relay(threading.Thread):
    """Carries packets between two tunnels, in their order."""

    def __init__(self, names, delay):
        super().__init__(daemon=True)
        self.delay = delay
        self.stopped, self.stopper = os.pipe()
        self.tunnels = [open_tunnel(name) for name in names]

    def run(self):
        across = dict(zip(self.tunnels, reversed(self.tunnels)))
        under_way = collections.deque()
        while True:
            limit = max(0, under_way[0][0] - time.monotonic()) if under_way else None
            ready, _, _ = select.select([*self.tunnels, self.stopped], [], [], limit)
            if self.stopped in ready:
                return
            for tunnel in ready:
                under_way.append((time.monotonic() + self.delay, across[tunnel], os.read(tunnel, 1 << 16)))
            while under_way and under_way[0][0] <= time.monotonic():
                _, tunnel, packet = under_way.popleft()
                with contextlib.suppress(OSError):  # nobody there yet: a packet is lost, as on any link
                    os.write(tunnel, packet)

    def end(self):
        os.close(self.stopper)
        if self.is_alive():
            self.join()
        for descriptor in (*self.tunnels, self.stopped):
            os.close(descriptor)


def open_tunnel(name):
    set_interface, tunnel_without_header = 0x400454CA, 0x1001  # TUNSETIFF, IFF_TUN | IFF_NO_PI
    descriptor = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(descriptor, set_interface, struct.pack("16sH22x", name.encode(), tunnel_without_header))
    return descriptor
