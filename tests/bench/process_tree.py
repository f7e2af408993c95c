"""What a process and everything it started used: CPU, memory, number. Nobody needs rights for this, or a control group."""

import contextlib
import ctypes
import os
import pathlib
import resource
import threading
import time

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6
PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans():
    """From now on a descendant whose parent ends becomes ours, so none gets lost to the accounting."""
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError("cannot become the parent of orphans")


def stat_fields(pid):
    """Behind the name: state, parent, ... as proc(5) has them from the third on; None when it ended."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def descendants(root, without=()):
    """Process -> its fields, of all below `root` but those in the trees of `without`."""
    fields = {int(name): stat_fields(name) for name in os.listdir("/proc") if name.isdigit()}
    children = {}
    for pid, values in fields.items():
        if values:
            children.setdefault(int(values[1]), []).append(pid)
    found, left = {}, [root]
    while left:
        for pid in children.get(left.pop(), ()):
            if pid not in without:
                found[pid] = fields[pid]
                left.append(pid)
    return found


def cpu(without=()):
    """Seconds of CPU of all that this process started and that ran until now, those that ended included."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    live = descendants(os.getpid(), without)
    return ended.ru_utime + ended.ru_stime + sum(live_cpu(pid, fields) for pid, fields in live.items())


def live_cpu(pid, fields):
    """Its own, to the nanosecond where the kernel tells, and that of its children that ended, which comes in ticks."""
    own = sum(int(word) for word in fields[11:13]) / CLOCK_TICKS
    if fields[17] == "1":  # the precise count is one thread's
        with contextlib.suppress(OSError):
            own = int(pathlib.Path(f"/proc/{pid}/schedstat").read_text(encoding="utf-8").split()[0]) / 1e9
    return own + sum(int(word) for word in fields[13:15]) / CLOCK_TICKS


def reap_orphans(known):
    """Waits for what ended; the children in `known` are somebody else's to wait for."""
    for pid, values in descendants(os.getpid()).items():
        if values[0] == "Z" and int(values[1]) == os.getpid() and pid not in known:
            os.waitpid(pid, 0)


def private_mb(pid):
    try:
        _, resident, shared = pathlib.Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[:3]
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(resident) - int(shared)) * PAGE_MB


class Peak:
    """Most memory and most processes at a time of all that this process started, looked at twenty times a second."""

    def __init__(self, without=()):
        self.without = without
        self.mb = 0.0
        self.processes = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def watch(self):
        while not self.ended.wait(0.05):
            pids = descendants(os.getpid(), self.without)
            self.processes = max(self.processes, len(pids))
            self.mb = max(self.mb, sum(private_mb(pid) for pid in pids))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.02)
