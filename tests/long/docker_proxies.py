"""Releases of a service behind real proxies until LEAST requests have come through each of them, and kill -9 at durable points
under load (tests/e2e/docker_proxies.py).

docker_proxies.py LEAST FIGURES: DEPLOYCTL and KILL_LIBRARY name the binary and the library that kills. Exit 1 when a request was
lost or a killed run did not end on the new release; what Caddy loses without the kernel's help is counted and no failure.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from docker_world import DockerWorld, need_engine  # noqa: E402
from proxied_service import ProxiedService  # noqa: E402
from proxy_world import PROXIES, enter_own_network, keep_connections  # noqa: E402
from quickstart_world import need  # noqa: E402

MOST_RELEASES = 200
SAMPLE_STEP = 11  # durable points from one kill to the next
MOST_POINTS = 2000


class Tally:
    def __init__(self):
        self.requests = self.lost = self.releases = 0

    def add(self, load):
        requests, bad, errors = load.finish()
        self.requests += requests
        self.lost += bad + errors
        self.releases += 1

    def figures(self):
        return {"requests": self.requests, "lost": self.lost, "releases": self.releases}


def expect(good, what):
    if not good:
        raise AssertionError(what)


def release_until(service, least):
    tally = Tally()
    for number in range(2, MOST_RELEASES):
        load = service.load()
        service.release(f"v{number}")
        expect(service.answers(f"v{number}"), f"v{number} is not live")
        expect(len(service.running()) == 1, f"{service.running()} run")
        tally.add(load)
        if tally.requests >= least:
            return tally.figures()
    raise AssertionError(f"only {tally.requests} requests in {MOST_RELEASES} releases")


def strike(service, point):
    """Whether the run was killed there; in the end the release is live, alone, and nothing is left to do."""
    version = f"k{point}"
    service.write(version)
    result = service.project.deployctl("apply", "production", "--yes", environment={
        "LD_PRELOAD": os.environ["KILL_LIBRARY"], "KILL_AT": str(point)})
    was_killed = result.returncode == -signal.SIGKILL
    if was_killed:
        resumed = service.project.deployctl("resume")
        expect(resumed.returncode in (0, 10), resumed.stdout + resumed.stderr)
        service.project.expect(0, "apply", "production", "--yes")  # in case it died before it changed anything
    else:
        expect(result.returncode == 0, result.stdout + result.stderr)
    expect(service.answers(version), f"killed at durable point {point}, {version} is not live")
    expect(len(service.running()) == 1, f"killed at durable point {point}, {service.running()} run")
    service.project.expect(0, "plan", "production", "--detailed-exitcode")
    return was_killed


def kill(service):
    tally, kills = Tally(), 0
    load = service.load()
    for point in range(1, MOST_POINTS, SAMPLE_STEP):
        if not strike(service, point):
            tally.add(load)
            return {"kills": kills, "requests": tally.requests, "lost": tally.lost}
        kills += 1
    raise AssertionError(f"no run got through {MOST_POINTS} points")


def behind(world, proxy, name, work):
    service = ProxiedService(world.project(name, "  none: {}\n"), world.engine, world.image, proxy)
    try:
        service.begin()
        return work(service)
    finally:
        service.end()


def main():
    least, figures = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    need("wrk", "caddy", "haproxy", "nginx", "ip")
    need_engine()
    enter_own_network()
    began, measured = time.monotonic(), {}
    with DockerWorld() as world:
        for proxy in PROXIES:
            measured[proxy] = {
                "updates": behind(world, proxy, f"{proxy}-updates", lambda service: release_until(service, least)),
                "killed": behind(world, proxy, f"{proxy}-killed", kill)}
            print(proxy, measured[proxy], flush=True)
        keep_connections(False)
        unhelped = behind(world, "caddy", "caddy-unhelped", lambda service: release_until(service, least))
        print("caddy, connections not moved:", unhelped, flush=True)
    commit = subprocess.run(["git", "-C", str(HERE), "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    figures.write_text(json.dumps({
        "commit": commit,
        "command": "tests/long/run",
        "clients": "wrk, 4 connections, each for one request",
        "cores": os.cpu_count(),
        "load_average": [round(one, 1) for one in os.getloadavg()],
        "proxies": measured,
        "caddy_without_tcp_migrate_req": unhelped,
        "seconds": round(time.monotonic() - began),
    }, indent=1) + "\n")
    lost = sum(part["lost"] for parts in measured.values() for part in parts.values())
    sys.exit(1 if lost else 0)


main()
