"""How the tools that people use today do the same: their words and settings, each the fastest way that its manual has.

All of them use the system's ssh with the world's configuration, 50 at once; pyinfra has an SSH of its own, to which the
servers leave the same key exchange."""

import contextlib
import json
import os
import re
import shutil
import tempfile

from ssh_world import AT_ONCE, CONNECT_TIMEOUT

PYINFRA = os.environ.get("PYINFRA", "pyinfra")


def is_there(program):
    return shutil.which(program) is not None


def failed_hosts(run, hosts):
    """Of a run whose program prints one line `ok` for each host that did it."""
    return len(hosts) - run["out"].count("ok")


def xargs(world, hosts, config=None, watched=False, at_once=AT_ONCE):
    run = world.run(["xargs", f"-P{at_once}", "-I{}", "ssh", "-F", config or world.config, "{}", "true && echo ok"], watched,
                    "\n".join(hosts) + "\n")
    return {**run, "failures": failed_hosts(run, hosts)}


def xargs_over_sockets(world, sockets):
    run = world.run(["xargs", f"-P{AT_ONCE}", "-I{}", "ssh", "-F", world.config, "-S", "{}", "host", "true && echo ok"],
                    text="\n".join(sockets) + "\n")
    return {**run, "failures": failed_hosts(run, sockets)}


def raw_mux(world, sockets):
    run = world.run([os.environ["RAW_MUX"], str(AT_ONCE), *sockets])
    return {**run, **json.loads(run["out"])}


def lines_to_files(world, sockets, count, width):
    """Numbered lines of every host to a file of its own, over the open connections."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        command = f'exec ssh -F {world.config} -S "$1" host "exec seq -f %0{width - 1}.0f 1 {count}" >{folder}/"$(basename "$1")"'
        run = world.run(["xargs", f"-P{AT_ONCE}", "-I{}", "sh", "-c", command, "sh", "{}"], text="\n".join(sockets) + "\n")
        sizes = [os.path.getsize(f"{folder}/{os.path.basename(path)}") for path in sockets]
        return {**run, "failures": sum(size != count * width for size in sizes)}


def pssh(world, hosts, watched=False):
    (world.folder / "pssh_hosts").write_text("\n".join(hosts) + "\n")
    run = world.run(["parallel-ssh", "-h", world.folder / "pssh_hosts", "-p", str(AT_ONCE), "-x", f"-F {world.config}", "-i",
                     "true && echo ok"], watched)
    return {**run, "failures": len(hosts) - len(re.findall(r"^ok$", run["out"], re.M))}


def clush(world, hosts, watched=False):
    run = world.run(["clush", "-S", "-f", str(AT_ONCE), "-o", f"-F {world.config}", "-w", ",".join(hosts), "true && echo ok"],
                    watched, text="")
    return {**run, "failures": failed_hosts(run, hosts)}


class Ansible:
    """With pipelining and the interpreter named, so that it looks for nothing. Its masters stay until the end of this object."""

    def __init__(self, world, hosts, persist=True):
        self.world, self.hosts = world, hosts
        self.folder = tempfile.TemporaryDirectory(prefix="an", dir="/tmp")
        inventory = os.path.join(self.folder.name, "hosts")
        with open(inventory, "w", encoding="utf-8") as file:
            file.write("\n".join(hosts) + "\n")
        sharing = "-o ControlMaster=auto -o ControlPersist=300" if persist else "-o ControlMaster=no"
        self.environment = {**os.environ, "ANSIBLE_INVENTORY": inventory, "ANSIBLE_FORKS": str(AT_ONCE),
                            "ANSIBLE_PIPELINING": "True", "ANSIBLE_SSH_ARGS": f"-F {world.config} {sharing}",
                            "ANSIBLE_SSH_CONTROL_PATH_DIR": self.folder.name + "/c", "ANSIBLE_TIMEOUT": str(CONNECT_TIMEOUT),
                            "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3", "ANSIBLE_RETRY_FILES_ENABLED": "False",
                            "ANSIBLE_HOME": self.folder.name, "ANSIBLE_LOCAL_TEMP": self.folder.name + "/tmp",
                            "ANSIBLE_DEPRECATION_WARNINGS": "False", "ANSIBLE_NOCOLOR": "True", "LC_ALL": "C.UTF-8"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        control = self.folder.name + "/c"
        for name in os.listdir(control) if os.path.isdir(control) else ():
            self.world.run(["ssh", "-F", self.world.config, "-S", f"{control}/{name}", "-O", "exit", "host"])
        with contextlib.suppress(OSError):
            self.folder.cleanup()

    def module(self, name, watched=False):
        run = self.world.run(["ansible", "all", "-o", "-m", name, "-a", "true"], watched, env=self.environment)
        return {**run, "failures": len(self.hosts) - len(re.findall(r"\| CHANGED \|", run["out"]))}

    def playbook(self, strategy, count):
        path = os.path.join(self.folder.name, "play.json")  # JSON is YAML
        tasks = [{"name": f"step {number}", "command": f"echo step {number}"} for number in range(count)]
        with open(path, "w", encoding="utf-8") as file:
            json.dump([{"hosts": "all", "gather_facts": False, "strategy": strategy, "tasks": tasks}], file)
        run = self.world.run(["ansible-playbook", path], env=self.environment)
        return {**run, "failures": len(self.hosts) - len(re.findall(rf"ok={count}\b.*failed=0", run["out"]))}


def pyinfra(world, hosts, count):
    """A script of `count` commands. It opens its connections itself, each time: the first part of its time is not commands."""
    with tempfile.TemporaryDirectory(prefix="py", dir="/tmp") as folder:
        data = {"ssh_port": 2222, "ssh_user": "root", "ssh_key": str(world.folder / "user"), "ssh_allow_agent": False,
                "ssh_config_file": str(world.config), "ssh_known_hosts_file": str(world.folder / "known_hosts"),
                "ssh_strict_host_key_checking": "yes"}
        with open(f"{folder}/inventory.py", "w", encoding="utf-8") as file:
            file.write(f"hosts = {[(host, data) for host in hosts]!r}\n")
        with open(f"{folder}/deploy.py", "w", encoding="utf-8") as file:
            file.write("from pyinfra.operations import server\n")
            file.writelines(f"server.shell(name='step {number}', commands=['echo step {number}'])\n" for number in range(count))
        run = world.run([PYINFRA, "-y", "--parallel", str(AT_ONCE), "inventory.py", "deploy.py"], cwd=folder,
                        env={**os.environ, "HOME": folder, "LC_ALL": "C.UTF-8"})
        done = re.findall(rf"^\s*\[?127[^\n]*Success", run["out"] + run["err"], re.M)
        return {**run, "failures": max(0, len(hosts) * count - len(done)) if count else 0}
