"""Many hosts over SSH, beside what people use today: ratios, failures, logins, memory, and the CPU of clients and servers apart.

    ssh_hosts.py FOLDER PART...      writes FOLDER/PART.json; HOSTS and ROUNDS in the environment for a smaller run

All parts share one set of real sshd on loopback addresses. Those and the client share the machine, so the wall time of a cold
run is mostly the servers' CPU: ratios count, and `load` tells who else was there. The rounds of the contenders are interleaved.
"""

import json
import os
import pathlib
import subprocess
import sys

import ssh_parts
import ssh_servers
import ssh_world
from bench_world import figure


def main():
    folder, names = pathlib.Path(sys.argv[1]), sys.argv[2:] or list(ssh_parts.PARTS)
    hosts, rounds = int(os.environ.get("HOSTS", "200")), int(os.environ.get("ROUNDS", "3"))
    version = subprocess.run(["ssh", "-V"], capture_output=True, text=True, check=True).stderr.strip()
    with ssh_world.world(hosts) as world:
        for name in names:
            before = os.getloadavg()[0]
            values = {"ssh": version, "key_exchange": ssh_servers.KEY_EXCHANGE, "at_once": ssh_world.AT_ONCE, "hosts": hosts,
                      "rounds": rounds, **ssh_parts.PARTS[name](world, rounds)}
            values["load_before"] = round(before, 1)
            text = json.dumps(figure(name, rounded(values)), indent=2)
            (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
            print(text, flush=True)


def rounded(values):
    if isinstance(values, dict):
        return {name: rounded(value) for name, value in values.items()}
    return round(values, 3) if isinstance(values, float) else values


if __name__ == "__main__":
    main()
