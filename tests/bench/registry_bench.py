"""What the benchmarks of images share: images of known bytes on disk, programs that are timed, and a project for deployctl."""

import gzip
import hashlib
import json
import os
import pathlib
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import threading
import time
import http.client

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from registry_world import digest_of, save, tar_of  # noqa: E402  pylint: disable=wrong-import-position

MEBIBYTE = 1 << 20


class Timed:
    """Wall and processor seconds and the peak of memory of one command. The kernel's own figure of the peak has that of the process
    it was started from in it, so the peak is looked at while the command runs."""

    def __init__(self, words, place, environment, may_fail=False):
        begun = time.monotonic()
        with subprocess.Popen(words, cwd=place, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as process:
            self.mebibytes = 0
            watcher = threading.Thread(target=self.watch, args=(process,), daemon=True)
            watcher.start()
            out = process.stdout.read()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.code, self.text = process.returncode, out.decode(errors="replace")
        self.wall, self.cpu = time.monotonic() - begun, used.ru_utime + used.ru_stime
        watcher.join()
        if self.code and not may_fail:
            raise RuntimeError(f"{words}: {self.code}\n{self.text}")

    def watch(self, process):
        while process.returncode is None:
            try:
                status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            except OSError:
                return
            if found := re.search(r"VmHWM:\s+(\d+) kB", status):
                self.mebibytes = max(self.mebibytes, int(found.group(1)) / 1024)
            time.sleep(0.01)


def median(runs, what):
    return round(statistics.median(getattr(run, what) for run in runs), 4)


def summary(runs):
    return {"wall": median(runs, "wall"), "cpu": median(runs, "cpu"), "mebibytes": round(max(run.mebibytes for run in runs), 1)}


class Project:
    """A folder with one step; every run begins without state unless `keep`."""

    def __init__(self, folder, step, inputs, host, ca=None, user=None, password=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.step, self.inputs, self.host, self.ca, self.user, self.password = step, inputs, host, ca, user, password

    def write(self, steps=None):
        document = {"version": 1, "project": "bench", "environments": {"local": {}},
                    "steps": steps or {"step": {"uses": self.step, "with": self.inputs}}}
        if self.ca:
            document["providers"] = {"registry.bench": {"host": self.host, "plain_http": False, "ca": str(self.ca)}}
            if self.user:
                document["secrets"] = {"password": "env://BENCH_PASSWORD"}
                document["providers"]["registry.bench"].update(user=self.user, password="${secrets.password}")
        (self.folder / "deploy.yaml").write_text(json.dumps(document))

    def run(self, *words, keep=False, may_fail=False, steps=None):
        if not keep:
            shutil.rmtree(self.folder / ".deployctl", True)
        self.write(steps)
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "BENCH_PASSWORD": self.password or "",
                       "TMPDIR": os.environ.get("TMPDIR", "/tmp")}
        return Timed([os.environ["DEPLOYCTL"], *words], self.folder, environment, may_fail)


def skopeo(*words, home, may_fail=False):
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": os.environ.get("TMPDIR", "/tmp")}
    return Timed(["skopeo", "--insecure-policy", *words], home, environment, may_fail)


def layers_of(sizes, seed, text_share=0):
    rng = random.Random(seed)
    layers = []
    for number, size in enumerate(sizes):
        text = (b"a line of text that packs well %d\n" % number) * (int(size * text_share) // 32)
        layers.append({f"file{number}": rng.randbytes(size - min(size, len(text))) + text})
    return layers


def write_layout(folder, layers):
    """An OCI layout with packed layers; gives the digest of its manifest."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def keep(data, kind):
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return {"mediaType": kind, "digest": "sha256:" + digest, "size": len(data)}

    tars = [tar_of(layer) for layer in layers]
    packed = [keep(gzip.compress(tar, 1, mtime=0), "application/vnd.oci.image.layer.v1.tar+gzip") for tar in tars]
    config = keep(json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {
        "type": "layers", "diff_ids": [digest_of(tar) for tar in tars]}}).encode(), "application/vnd.oci.image.config.v1+json")
    manifest = keep(json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                                "config": config, "layers": packed}).encode(), "application/vnd.oci.image.manifest.v1+json")
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))
    return manifest["digest"], sum(one["size"] for one in packed)


def write_archive(path, layers):
    save(path, layers)


def raw_push(host, folder, repository, connections=4):
    """The bytes of a layout by plain POST and PUT over a few connections, without a hash: what no client can beat by much."""
    blobs = sorted((folder / "blobs" / "sha256").iterdir(), key=lambda file: -file.stat().st_size)
    waiting, lock = list(blobs), threading.Lock()
    before, begun = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()

    def work():
        connection = http.client.HTTPConnection(host)
        while True:
            with lock:
                if not waiting:
                    return connection.close()
                blob = waiting.pop(0)
            connection.request("POST", f"/v2/{repository}/blobs/uploads/", headers={"Content-Length": "0"})
            answer = connection.getresponse()
            answer.read()
            place = answer.headers["Location"].split(host, 1)[-1]
            with blob.open("rb") as file:
                connection.request("PUT", f"{place}&digest=sha256:{blob.name}", body=file,
                                   headers={"Content-Length": str(blob.stat().st_size)})
                connection.getresponse().read()

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return time.monotonic() - begun, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
