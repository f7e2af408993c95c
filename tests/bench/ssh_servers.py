"""The hosts of the SSH benchmarks: one sshd on each loopback address, a jump host, and hosts that are dead in several ways.

A process of its own, so that what the servers use is counted apart from the clients:
    ssh_servers.py FOLDER COUNT
answers every line of its input with the seconds of CPU of all servers and their sessions, and ends them at the end of the input.
"""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time

import process_tree

PORT = 2222
KEY_EXCHANGE = "curve25519-sha256"
SAME_OF_OLD = "curve25519-sha256@libssh.org"  # its name before it was standard, the only one that paramiko has
JUMP = "127.77.9.1"
BLACKHOLED = [f"127.77.10.{number + 1}" for number in range(10)]
FROZEN = [f"127.77.11.{number + 1}" for number in range(5)]
SLOW = [f"127.77.12.{number + 1}" for number in range(5)]
SLOWNESS = 2.0


def addresses(count):
    return [f"127.77.{number // 200}.{number % 200 + 1}" for number in range(count)]


def start_sshd(folder, host):
    """With the limits that sshd has unless told otherwise, MaxStartups and MaxSessions above all."""
    settings = folder / f"sshd_{host}"
    settings.write_text(f"Port {PORT}\nListenAddress {host}\nHostKey {folder}/host\nPidFile none\nUsePAM no\nUseDNS no\n"
                        f"AuthorizedKeysFile {folder}/user.pub\nStrictModes no\nKexAlgorithms {KEY_EXCHANGE},{SAME_OF_OLD}\n"
                        "PermitRootLogin yes\n"
                        "SetEnv SHLVL=1\n")  # else bash reads the start-up file of whoever runs this
    return subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", settings, "-E", folder / "sshd.log"], stdin=subprocess.DEVNULL).pid


def listener(host, backlog):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((host, PORT))
    server.listen(backlog)
    return server


def blackhole(host):
    """Nobody accepts and the queue is full, so that the kernel drops whoever comes, as a lost host does."""
    held = [listener(host, 0)]
    for _ in range(4):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex((host, PORT))
        held.append(client)
    return held


def carry(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # one of the two is gone, and with it the connection


def slow_down(server, target):
    """Who connects waits, and is then talking to `target`."""
    def serve(client):
        time.sleep(SLOWNESS)
        with client, socket.create_connection((target, PORT)) as upstream:
            back = threading.Thread(target=carry, args=(upstream, client))
            back.start()
            carry(client, upstream)
            back.join()

    while True:
        threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()


def answers(host):
    try:
        with socket.create_connection((host, PORT), timeout=5) as probe:
            return bool(probe.recv(1))
    except OSError:
        return False


def main():
    folder, hosts = pathlib.Path(sys.argv[1]), addresses(int(sys.argv[2]))
    os.makedirs("/run/sshd", exist_ok=True)
    process_tree.adopt_orphans()
    servers = [start_sshd(folder, host) for host in [*hosts, JUMP]]
    held = [blackhole(host) for host in BLACKHOLED] + [listener(host, 64) for host in FROZEN]
    for number, host in enumerate(SLOW):
        threading.Thread(target=slow_down, args=(listener(host, 64), hosts[number % len(hosts)]), daemon=True).start()
    for host in [*hosts, JUMP]:
        process_tree.wait_until(lambda host=host: answers(host), 60, f"sshd on {host}")
    print("ready", flush=True)
    for _ in sys.stdin:
        process_tree.reap_orphans(servers)
        print(process_tree.cpu(), flush=True)
    for pid in process_tree.descendants(os.getpid()):
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            pass  # ended by itself meanwhile
    for pid in servers:
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
