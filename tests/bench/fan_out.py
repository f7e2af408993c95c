"""`true` on 50 and 200 hosts, cold and warm, beside xargs with ssh: ratios, failures, and the CPU of clients and servers apart.

Each host is an sshd on a loopback address of its own; all of them and the client share the machine, so the wall times of the
cold runs are mostly the servers' CPU. Every run uses the same key exchange.
"""

import glob
import json
import os
import pathlib
import resource
import socket
import stat
import statistics
import subprocess
import sys
import tempfile
import time

from bench_world import figure

PORT = 2222
AT_ONCE = 50
ROUNDS = 3
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class Fleet:
    def __init__(self, folder, count):
        self.folder = folder
        self.hosts = [f"127.77.{number // 200}.{number % 200 + 1}" for number in range(count)]
        self.config = folder / "ssh_config"
        self.servers = []

    def __enter__(self):
        os.makedirs("/run/sshd", exist_ok=True)
        for name in ("user", "host"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / name], check=True)
        key = " ".join((self.folder / "host.pub").read_text().split()[:2])
        (self.folder / "known_hosts").write_text("".join(f"[{host}]:{PORT} {key}\n" for host in self.hosts))
        self.config.write_text(f"Host *\nPort {PORT}\nIdentityFile {self.folder}/user\nIdentitiesOnly yes\nBatchMode yes\n"
                               f"UserKnownHostsFile {self.folder}/known_hosts\nKexAlgorithms curve25519-sha256\n")
        for number, host in enumerate(self.hosts):
            settings = self.folder / f"sshd_{number}"
            settings.write_text(f"Port {PORT}\nListenAddress {host}\nHostKey {self.folder}/host\nPidFile none\nUsePAM no\n"
                                f"AuthorizedKeysFile {self.folder}/user.pub\nStrictModes no\nUseDNS no\n"
                                "SetEnv SHLVL=1\n")  # else bash reads the start-up file of whoever runs this
            self.servers.append(subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", settings, "-E", self.folder / "sshd.log"]))
        for host in self.hosts:
            wait_for(host)
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.terminate()
        for server in self.servers:
            server.wait()

    def cpu(self):
        """Seconds of all servers, with those of the sessions that ended: all of them, when this is asked between runs."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and any(
                pathlib.Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text() for server in self.servers):
            time.sleep(0.02)
        return sum(sum(int(word) for word in pathlib.Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:15])
                   for server in self.servers) / CLOCK_TICKS


def wait_for(host):
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection((host, PORT), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def xargs(fleet, lines):
    """One ssh for each line of words; whether all succeeded."""
    return subprocess.run(["xargs", f"-P{AT_ONCE}", "-L1", "ssh", "-F", str(fleet.config)], input="\n".join(lines) + "\n",
                          text=True, check=False, capture_output=True).returncode == 0


def plain_ssh(fleet):
    cpu, servers, begin = children_cpu(), fleet.cpu(), time.monotonic()
    done = xargs(fleet, [f"{host} true" for host in fleet.hosts])
    seconds = time.monotonic() - begin
    return {"s": seconds, "client_cpu_s": children_cpu() - cpu, "server_cpu_s": fleet.cpu() - servers, "failed": not done}


def ours(fleet):
    """One run of fan_out, and xargs over the sockets of its masters."""
    with tempfile.TemporaryDirectory(prefix="f", dir="/tmp") as runtime:
        environment = {**os.environ, "XDG_RUNTIME_DIR": runtime}
        cpu, servers = children_cpu(), fleet.cpu()
        program = subprocess.Popen([os.environ["FAN_OUT"], str(fleet.config), str(AT_ONCE), "10", *fleet.hosts], text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        values = json.loads(program.stdout.readline())
        sockets = [path for path in glob.glob(f"{runtime}/*/*") if stat.S_ISSOCK(os.stat(path).st_mode)]
        begin, before = time.monotonic(), children_cpu()
        xargs(fleet, [f"-S {path} host true" for path in sockets])
        values["ssh_over_socket_s"] = time.monotonic() - begin
        over = children_cpu() - before
        program.stdin.close()
        program.wait()
        values["client_cpu_s"] = children_cpu() - cpu - over
        values["server_cpu_s"] = fleet.cpu() - servers
        return values


def compare(folder, count):
    with Fleet(folder, count) as fleet:
        plain, own = [], []
        for _ in range(ROUNDS):
            plain.append(plain_ssh(fleet))
            own.append(ours(fleet))

    def median(runs, name):
        return statistics.median(run[name] for run in runs)

    return {
        "cold_to_xargs_ssh": round(median(own, "cold_s") / median(plain, "s"), 2),
        "warm_to_ssh_over_socket": round(median(own, "warm_s") / median(own, "ssh_over_socket_s"), 3),
        "warm_to_cold": round(median(own, "warm_s") / median(own, "cold_s"), 3),
        "warm_own_cpu_ms_per_command": round(median(own, "warm_own_cpu_s") * 1000 / count, 3),
        "own_peak_mb": median(own, "own_peak_mb"),
        "failures": sum(run["failures"] for run in own),
        "xargs_failed_runs": sum(run["failed"] for run in plain),
        "seconds": {"xargs_ssh": round(median(plain, "s"), 2), "cold": round(median(own, "cold_s"), 2),
                    "ssh_over_socket": round(median(own, "ssh_over_socket_s"), 2), "warm": round(median(own, "warm_s"), 3)},
        "cpu_seconds": {"xargs_ssh_client": round(median(plain, "client_cpu_s"), 2),
                        "xargs_ssh_servers": round(median(plain, "server_cpu_s"), 2),
                        "client_with_masters_cold_and_10_warm": round(median(own, "client_cpu_s"), 2),
                        "servers_cold_and_11_warm": round(median(own, "server_cpu_s"), 2)},
    }


def main():
    version = subprocess.run(["ssh", "-V"], capture_output=True, text=True, check=True).stderr.strip()
    values = {"ssh": version, "key_exchange": "curve25519-sha256", "at_once": AT_ONCE}
    for count in (int(word) for word in sys.argv[1:] or ("50", "200")):
        with tempfile.TemporaryDirectory(prefix="fan-out-") as folder:
            values[str(count)] = compare(pathlib.Path(folder), count)
    json.dump(figure("fan_out", values), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
