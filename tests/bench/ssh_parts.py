"""What the SSH benchmarks do, one function for each figure, and how the rounds of several contenders become a table."""

import os
import statistics

import ssh_peers
import ssh_servers
from ssh_world import CONNECT_TIMEOUT, FanOut

SHOWN = ("s", "client_cpu_s", "server_cpu_s", "own_cpu_s", "own_peak_mb", "peak_mb", "peak_processes", "threads", "logins")


def rounds_of(contenders, rounds, watched=()):
    """Name -> its runs, in turn, so that what else the machine does hits all of them."""
    runs = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            runs[name].append(contender())
    for name in watched:  # takes time itself, so its seconds do not count
        run = contenders[name](watched=True)
        for kept in runs[name]:
            kept.update(peak_mb=run["peak_mb"], peak_processes=run["peak_processes"])
    return runs


def median(runs, name):
    return statistics.median(run[name] for run in runs)


def table(runs):
    return {name: {**{key: float(median(these, key)) for key in SHOWN if all(key in run for run in these)},
                   "failures": sum(run["failures"] for run in these)} for name, these in runs.items()}


def ratios(shown, own, scale="s"):
    """How many times faster than the others `own` is."""
    return {name: values[scale] / shown[own][scale] for name, values in shown.items() if name != own and shown[own][scale]}


def cold_own(world, hosts, config=None):
    def run(watched=False):
        with FanOut(world, hosts, config) as ours:
            return ours.order("true", watched)
    return run


def cold_ansible(world, hosts):
    def run(watched=False):
        with ssh_peers.Ansible(world, hosts) as ansible:
            return ansible.module("raw", watched)
    return run


def cold(world, rounds):
    """F1: the first `true` on every host, with the login. The raw limit is what the servers and the plainest ssh must use."""
    values = {}
    for count in sorted({min(50, len(world.hosts)), len(world.hosts)}):
        hosts = world.hosts[:count]
        contenders = {
            "deployctl": cold_own(world, hosts),
            "xargs_ssh": lambda watched=False, hosts=hosts: ssh_peers.xargs(world, hosts, watched=watched),
            "pssh": lambda watched=False, hosts=hosts: ssh_peers.pssh(world, hosts, watched),
            "clush": lambda watched=False, hosts=hosts: ssh_peers.clush(world, hosts, watched),
            "ansible_raw": cold_ansible(world, hosts),
        }
        shown = table(rounds_of(contenders, rounds, watched=contenders))
        limit = (shown["xargs_ssh"]["client_cpu_s"] + shown["xargs_ssh"]["server_cpu_s"]) / os.cpu_count()
        values[f"hosts_{count}"] = {"contenders": shown, "raw_limit_s": limit, "times_faster": ratios(shown, "deployctl")}
    return {**values, "targets": "xargs_ssh at least 0.87, pssh and clush 1.1, ansible_raw 2; no failure"}


def warm(world, rounds):
    """F2 and F4: `true` over connections that are open, and what holding them takes."""
    hosts = world.hosts
    with FanOut(world, hosts) as ours, ssh_peers.Ansible(world, hosts) as ansible:
        first = ours.order("true")
        sockets = ours.sockets()
        logs_in = ansible.module("raw")
        fast = {
            "deployctl": lambda watched=False: ours.order("true", watched),
            "raw_client": lambda watched=False: ssh_peers.raw_mux(world, sockets),
            "ssh_over_socket": lambda watched=False: ssh_peers.xargs_over_sockets(world, sockets),
        }
        runs = rounds_of(fast, 5 * rounds)  # these are short
        runs.update(rounds_of({"ansible_raw": lambda: ansible.module("raw"),
                               "ansible_command": lambda: ansible.module("command")}, max(1, rounds // 2)))
        shown = table(runs)
        memory = {"own_mb": shown["deployctl"]["own_peak_mb"], "masters_mb": ours.masters_mb(), "masters": len(sockets)}
    return {"contenders": shown, "times_faster": ratios(shown, "deployctl"),
            "first_failures": first["failures"] + logs_in["failures"],
            "own_cpu_ms_per_command": shown["deployctl"]["own_cpu_s"] * 1000 / len(hosts), "memory": memory,
            "targets": "raw_client at least 0.83, ssh_over_socket 2, ansible_raw 10, ansible_command 30; own_mb at most 40, "
                       "with the masters 300"}


def commands(world, rounds):
    """F3: ten different commands on every host. Ours are leashed, the others' go on when the client is killed."""
    count, hosts = 10, world.hosts
    with FanOut(world, hosts) as ours, ssh_peers.Ansible(world, hosts) as ansible:
        ours.order("true")
        ansible.module("raw")
        runs = rounds_of({"deployctl": lambda: ours.order(f"commands {count}"),
                          "pyinfra": lambda: ssh_peers.pyinfra(world, hosts, count),
                          "pyinfra_connecting": lambda: ssh_peers.pyinfra(world, hosts, 0)}, rounds)
        runs.update(rounds_of({"ansible_linear": lambda: ansible.playbook("linear", count),
                               "ansible_free": lambda: ansible.playbook("free", count)}, 1))
    shown = table(runs)
    connecting = shown.pop("pyinfra_connecting")
    shown["pyinfra_without_connecting"] = {key: value - connecting[key] if key.endswith("s") and key != "failures" else value
                                           for key, value in shown["pyinfra"].items()}
    per_command = {name: values["client_cpu_s"] * 1000 / (count * len(hosts)) for name, values in shown.items()}
    return {"contenders": shown, "times_faster": ratios(shown, "deployctl"), "client_cpu_ms_per_command": per_command,
            "times_less_client_cpu": ratios(shown, "deployctl", "client_cpu_s"),
            "targets": "ansible at least 20, pyinfra 3; client_cpu_ms_per_command at most 1"}


def output(world, rounds):
    """F5: every host prints 1 MB, then one host 200 MB: no line lost or moved, and our memory does not grow with it."""
    hosts, line = world.hosts, 16
    everywhere, much = (1 << 20) // line, (200 << 20) // line
    with FanOut(world, hosts) as ours:
        ours.order("true")
        shown = table(rounds_of({
            "deployctl": lambda: ours.order(f"lines 0 {everywhere}"),
            "xargs_ssh_to_files": lambda: ssh_peers.lines_to_files(world, ours.sockets(), everywhere, line)}, rounds))
        one = table(rounds_of({
            "deployctl": lambda: ours.order(f"lines {len(hosts) - 1} {much}"),
            "xargs_ssh_to_files": lambda: ssh_peers.lines_to_files(world, ours.sockets()[:1], much, line)}, rounds))
        grown = [ours.order(order) for order in (f"lines 0 {everywhere}", f"lines {len(hosts) - 1} {much}")]
    return {"one_mb_each": shown, "two_hundred_mb_of_one": one,
            "own_mb_grown": [run["own_peak_mb"] - run["own_mb_before"] for run in grown],
            "times_faster": {"one_mb_each": ratios(shown, "deployctl"), "two_hundred_mb_of_one": ratios(one, "deployctl")},
            "targets": "no failure; 64 KB for each of the hosts at once"}


def bastion(world, rounds):
    """F6: all hosts through one jump host whose sshd has its default limits."""
    hosts = world.hosts
    shown = table(rounds_of({
        "deployctl": cold_own(world, hosts, world.behind_jump),
        "proxy_jump": lambda watched=False: ssh_peers.xargs(world, hosts, world.behind_jump, watched),
        "proxy_jump_8_at_once": lambda watched=False: ssh_peers.xargs(world, hosts, world.behind_jump, watched, 8)}, rounds,
        watched=("deployctl", "proxy_jump", "proxy_jump_8_at_once")))
    return {"contenders": shown, "times_faster": ratios(shown, "deployctl"),
            "targets": "no failure, and 1.43 times faster than proxy_jump with as many at once as do not fail"}


def lost_hosts(world, rounds):
    """F7: ten blackholed, five frozen behind the accept and five slow hosts, spread among the healthy ones."""
    lost = ssh_servers.BLACKHOLED + ssh_servers.FROZEN
    slow = ssh_servers.SLOW
    healthy = world.hosts[:max(1, len(world.hosts) - len(lost) - len(slow))]
    mixed = healthy[:]
    for number, host in enumerate(lost + slow):
        mixed.insert(number * (len(healthy) // 20 + 1), host)
    plain, with_lost = [], []
    for _ in range(rounds):
        plain.append(cold_own(world, healthy)())
        with_lost.append(cold_own(world, mixed)())
    last_plain = statistics.median(max(run["ends"]) for run in plain)
    ends = [dict(zip(mixed, run["ends"])) for run in with_lost]
    last_healthy = statistics.median(max(end[host] for host in healthy) for end in ends)
    peers = table(rounds_of({"clush": lambda: ssh_peers.clush(world, mixed),
                             "ansible_raw": cold_ansible(world, mixed)}, 1))
    total = median(with_lost, "s")
    return {"lost": len(lost), "slow": len(slow), "connect_timeout_s": CONNECT_TIMEOUT, "all_s": total,
            "healthy_alone_s": last_plain, "healthy_s": last_healthy, "healthy_delayed": last_healthy / last_plain - 1,
            "healthy_failures": sum(end[host] < 0 for end in ends for host in healthy + slow),
            "lost_answered": sum(end[host] >= 0 for end in ends for host in lost),
            "behind_healthy_s": total - last_healthy, "peers": peers,
            "targets": "behind_healthy_s at most connect_timeout_s; healthy_delayed below 0.05"}


def simulated_hosts(world, rounds):
    """F11: a thousand hosts whose masters answer at once, so that what is left is our own work."""
    count, most_events = 1000, 3  # of a command: its session opened, its output ended, it ended
    with FanOut(world, [f"host-{number}" for number in range(count)], environment={"SSH_PROGRAM": os.environ["STUB_SSH"]}) as ours:
        first = ours.order("true")
        runs = [ours.order("true") for _ in range(5 * rounds)]
        processes = len(ours.sockets())
    cpu = median(runs, "own_cpu_s") * 1e6 / count
    return {"hosts": count, "masters": processes, "opening_s": first["s"], "opening_own_cpu_us_per_host": first["own_cpu_s"] * 1e6 / count,
            "s": median(runs, "s"), "own_cpu_us_per_command": cpu, "own_cpu_us_per_event": cpu / most_events,
            "threads": max(run["threads"] for run in runs), "own_peak_mb": max(run["own_peak_mb"] for run in runs),
            "failures": first["failures"] + sum(run["failures"] for run in runs),
            "targets": "own_cpu_us_per_event at most 50, no thread for each host"}


PARTS = {"ssh_cold": cold, "ssh_warm": warm, "ssh_commands": commands, "ssh_output": output, "ssh_bastion": bastion,
         "ssh_lost_hosts": lost_hosts, "ssh_simulated_hosts": simulated_hosts}
