"""Images beside skopeo, crane, regctl and docker: R1 to R12, in one run, interleaved; wall and processor seconds, requests, bytes, as ratios.

crane and regctl are measured where CRANE and REGCTL name them, docker where a dockerd can be started.
Usage: registry.py [SCALE] [RUNS] [CASE ...]   (SCALE 1 is images of 416 and 502 MB, RUNS 5)"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from bench_world import figure
from delay_link import DelayLink
from registry_bench import (MEBIBYTE, Project, Timed, layers_of, median, raw_push, skopeo, summary, write_archive,
                            write_layout)
from fault_proxy import FaultProxy
from registry_clients import Clients, Docker, PagedRegistry
from registry_world import PASSWORD, Certificate, Registry, TokenServer

ROUND_TRIP = 0.05


class Bench:
    def __init__(self, folder, scale, runs):
        self.folder, self.scale, self.runs, self.count = folder, scale, runs, 0
        self.home = folder / "home"
        self.home.mkdir()
        self.clients = Clients(self.home)
        self.registries = []

    def new(self, name):
        self.count += 1
        return self.folder / f"{name}-{self.count}"

    def registry(self, **more):
        registry = Registry(self.new("registry"), **more)
        self.registries.append(registry)
        return registry

    def sizes(self):
        return [int(size * self.scale * MEBIBYTE) for size in (4, 48, 96, 192)]

    def push_layout(self, layout, to, **more):
        place = self.new("project")
        shutil.copytree(layout, place / "layout", copy_function=_link)
        return Project(place, "image.push", {"layout": "layout", "to": to}, to.split("/")[0], **more)

    def push_archive(self, archive, to, **more):
        place = self.new("project")
        place.mkdir()
        _link(archive, place / "app.tar")
        return Project(place, "image.push", {"archive": "app.tar", "to": to}, to.split("/")[0], **more)

    def promote(self, source, to, **more):
        return Project(self.new("project"), "image.promote", {"from": source, "to": to}, to.split("/")[0], **more)

    def skopeo(self, *words, **more):
        return skopeo("copy", "--dest-tls-verify=false", "--src-tls-verify=false", *words, home=self.home, **more)

    def others(self, work):
        """A row for each client that is there, of `work(name)`."""
        return {name: summary([work(name) for _ in range(self.runs)]) for name in self.clients.programs}

    def forget(self):
        """What skopeo remembers of layers."""
        shutil.rmtree(self.home / ".local", True)
        for left in pathlib.Path("/var/lib/containers").glob("cache/blob-info-cache-v1.boltdb"):
            left.unlink()

    # ---- the cases ----

    def r1_fresh_layout(self):
        layout = self.new("layout")
        digest, size = write_layout(layout, layers_of(self.sizes(), 1))
        ours, theirs, raw = [], [], []
        for _ in range(self.runs):
            ours.append(self.push_layout(layout, f"{self.registry().host}/a/app:1").run("apply", "local", "--yes"))
            raw.append(raw_push(self.registry().host, layout, "a/app"))
            self.forget()
            theirs.append(self.skopeo(f"oci:{layout}", f"docker://{self.registry().host}/a/app:1"))
        limit = sorted(wall for wall, _ in raw)[len(raw) // 2]
        others = self.others(lambda name: self.clients.push(name, layout, digest, f"{self.registry().host}/a/app:1"))
        return {"bytes": size, "deployctl": summary(ours), "skopeo": summary(theirs), **others, "raw_4_connections": {"wall": round(limit, 4)},
                "wall_to_raw": round(median(ours, "wall") / limit, 3), "wall_to_skopeo": self.ratio(ours, theirs, "wall"),
                "cpu_to_skopeo": self.ratio(ours, theirs, "cpu")}

    def r2_fresh_archive(self):
        archive = self.folder / "r2.tar"
        write_archive(archive, layers_of(self.sizes(), 2, 0.3))
        ours, theirs = [], []
        for _ in range(self.runs):
            ours.append(self.push_archive(archive, f"{self.registry().host}/a/app:1").run("apply", "local", "--yes"))
            self.forget()
            theirs.append(self.skopeo(f"docker-archive:{archive}", f"docker://{self.registry().host}/a/app:1"))
        return {**self.beside(ours, theirs), **self.docker_push(archive)}

    def docker_push(self, archive):
        if not Docker.can_run():
            return {}
        docker = Docker(self.new("docker"), archive)
        try:
            pushed = [docker.push(f"{self.registry().host}/a/app:1") for _ in range(self.runs)]
        finally:
            docker.stop()
        return {"docker_push": {"wall": median(pushed, "wall")}}

    def r3_unchanged_archive(self):
        archive = self.folder / "r3.tar"
        write_archive(archive, layers_of(self.sizes(), 3, 0.3))
        host = self.registry().host
        self.push_archive(archive, f"{host}/a/app:1").run("apply", "local", "--yes")
        proxy = FaultProxy(host)
        counted = self.push_archive(archive, f"{proxy.host}/a/app:1").run("plan", "local")
        requests = len(proxy.requests)
        proxy.stop()
        ours, theirs = [], []
        for _ in range(self.runs):
            ours.append(self.push_archive(archive, f"{host}/a/app:1").run("apply", "local", "--yes"))
            self.forget()
            theirs.append(self.skopeo(f"docker-archive:{archive}", f"docker://{host}/a/app:1"))
        return {**self.beside(ours, theirs), "requests": requests, "says": counted.text.strip().splitlines()[-1]}

    def r4_unchanged_far(self):
        place = self.new("tls")
        place.mkdir()
        certificate = Certificate(place)
        tokens = TokenServer(certificate)
        near = self.registry(certificate=certificate, auth="tokens", tokens=tokens)
        archive = self.folder / "r4.tar"
        write_archive(archive, layers_of([MEBIBYTE] * 5, 4))
        link = DelayLink(near.host, ROUND_TRIP)
        more = {"ca": certificate.pem, "user": "deploy", "password": PASSWORD}
        self.push_archive(archive, f"{near.host}/a/app:1", **more).run("apply", "local", "--yes")
        ours, theirs = [], []
        for _ in range(self.runs):
            ours.append(self.push_archive(archive, f"{link.host}/a/app:1", **more).run("plan", "local"))
            theirs.append(self.skopeo("--dest-creds", f"deploy:{PASSWORD}", f"docker-archive:{archive}",
                                      f"docker://{link.host}/a/app:1"))
        link.stop()
        tokens.stop()
        return {**self.beside(ours, theirs), "round_trips": round(median(ours, "wall") / ROUND_TRIP, 1)}

    def r5_one_layer_changed_far(self):
        layers = layers_of([MEBIBYTE] * 19 + [5 * MEBIBYTE], 5)
        one, two = self.folder / "r5a.tar", self.folder / "r5b.tar"
        write_archive(one, layers)
        write_archive(two, layers[:-1] + layers_of([5 * MEBIBYTE], 55))
        ours, theirs, sent = [], [], []
        for _ in range(self.runs):
            for runs, mine in ((ours, True), (theirs, False)):
                near = self.registry()
                self.push_archive(one, f"{near.host}/a/app:1").run("apply", "local", "--yes")
                link = DelayLink(near.host, ROUND_TRIP)
                if mine:
                    runs.append(self.push_archive(two, f"{link.host}/a/app:1").run("apply", "local", "--yes"))
                    sent.append(link.sent)
                else:
                    self.forget()
                    runs.append(self.skopeo(f"docker-archive:{two}", f"docker://{link.host}/a/app:1"))
                link.stop()
        return {**self.beside(ours, theirs), "bytes_sent": max(sent)}

    def r6_promote_far(self):
        archive = self.folder / "r6.tar"
        write_archive(archive, layers_of([MEBIBYTE // 2] * 20, 6))
        near = self.registry()
        self.push_archive(archive, f"{near.host}/staging/app:1").run("apply", "local", "--yes")
        link = DelayLink(near.host, ROUND_TRIP)
        ours, cold, warm, sent = [], [], [], []
        for number in range(self.runs):
            before = link.sent
            ours.append(self.promote(f"{link.host}/staging/app:1", f"{link.host}/ours{number}/app:1").run("apply", "local", "--yes"))
            sent.append(link.sent - before)
            self.forget()
            cold.append(self.skopeo(f"docker://{link.host}/staging/app:1", f"docker://{link.host}/cold{number}/app:1"))
            warm.append(self.skopeo(f"docker://{link.host}/staging/app:1", f"docker://{link.host}/warm{number}/app:1"))
        number = iter(range(10**6))
        others = self.others(lambda name: self.clients.copy(name, f"{link.host}/staging/app:1", f"{link.host}/{name}{next(number)}/app:1"))
        link.stop()
        return {"deployctl": summary(ours), "skopeo_cold": summary(cold), "skopeo_warm": summary(warm), **others, "bytes_sent": max(sent),
                "wall_to_cold": self.ratio(ours, cold, "wall"), "wall_to_warm": self.ratio(ours, warm, "wall")}

    def r7_promote_elsewhere(self):
        layout = self.new("layout")
        write_layout(layout, layers_of(self.sizes(), 7))
        source = self.registry().host
        self.push_layout(layout, f"{source}/a/app:1").run("apply", "local", "--yes")
        ours, theirs = [], []
        for _ in range(self.runs):
            ours.append(self.promote(f"{source}/a/app:1", f"{self.registry().host}/a/app:1").run("apply", "local", "--yes"))
            self.forget()
            theirs.append(self.skopeo(f"docker://{source}/a/app:1", f"docker://{self.registry().host}/a/app:1"))
        others = self.others(lambda name: self.clients.copy(name, f"{source}/a/app:1", f"{self.registry().host}/a/app:1"))
        return {**self.beside(ours, theirs), **others}

    def r8_large_blob_far(self):
        place = self.new("tls")
        place.mkdir()
        certificate = Certificate(place)
        layout = self.new("layout")
        write_layout(layout, layers_of([64 * MEBIBYTE], 8))
        blob = max((layout / "blobs" / "sha256").iterdir(), key=lambda file: file.stat().st_size)
        ours, plain, second = [], [], []
        for _ in range(self.runs):
            link = DelayLink(self.registry(certificate=certificate).host, ROUND_TRIP)
            ours.append(self.push_layout(layout, f"{link.host}/a/app:1", ca=certificate.pem).run("apply", "local", "--yes"))
            plain.append(self.curl(link.host, blob, certificate, "--http1.1"))
            second.append(self.curl(link.host, blob, certificate, "--http2"))
            link.stop()
        return {"deployctl": summary(ours), "curl_http_1_1": summary(plain), "curl_http_2": summary(second),
                "wall_to_curl_http_1_1": self.ratio(ours, plain, "wall"), "wall_to_curl_http_2": self.ratio(ours, second, "wall")}

    def curl(self, host, blob, certificate, version):
        """One POST and one PUT, the second alone is timed."""
        opened = subprocess.run(["curl", "-sS", "--cacert", certificate.pem, "-D", "-", "-X", "POST", "-H", "Content-Length: 0",
                                 f"https://{host}/v2/b/app/blobs/uploads/"], capture_output=True, text=True, check=True).stdout
        place = next(line.split(": ", 1)[1].strip() for line in opened.splitlines() if line.lower().startswith("location:"))
        return Timed(["curl", "-sSf", version, "--cacert", str(certificate.pem), "-T", str(blob), "-H",
                      "Content-Type: application/octet-stream", f"{place}&digest=sha256:{blob.name}"], self.home, None)

    def r9_lossy_link(self):
        layout = self.new("layout")
        write_layout(layout, layers_of([64 * MEBIBYTE], 9))
        figures = {}
        for cuts in (1, 3, 5):
            row = {}
            for name in ("deployctl", "skopeo", "skopeo_with_retries"):
                link = DelayLink(self.registry().host, 0, cuts, 40 * MEBIBYTE)
                if name == "deployctl":
                    run = self.push_layout(layout, f"{link.host}/a/app:1").run("apply", "local", "--yes", may_fail=True)
                else:
                    retries = ["--retry-times", "3"] if name == "skopeo_with_retries" else []
                    run = self.skopeo(*retries, f"oci:{layout}", f"docker://{link.host}/a/app:1", may_fail=True)
                row[name] = {"succeeds": run.code == 0, "wall": round(run.wall, 2), "bytes_sent": link.sent}
                link.stop()
            figures[f"cuts_{cuts}"] = row
        return figures

    def r10_small_blobs_far(self):
        layout = self.new("layout")
        digest, _ = write_layout(layout, layers_of([20_000] * 20, 10))
        ours, theirs = [], []
        for _ in range(self.runs):
            link = DelayLink(self.registry().host, ROUND_TRIP)
            ours.append(self.push_layout(layout, f"{link.host}/a/app:1").run("apply", "local", "--yes"))
            link.stop()
            link = DelayLink(self.registry().host, ROUND_TRIP)
            self.forget()
            theirs.append(self.skopeo(f"oci:{layout}", f"docker://{link.host}/a/app:1"))
            link.stop()

        def push(name):
            link = DelayLink(self.registry().host, ROUND_TRIP)
            try:
                return self.clients.push(name, layout, digest, f"{link.host}/a/app:1")
            finally:
                link.stop()

        return {**self.beside(ours, theirs), **self.others(push)}

    def r11_fifty_tags_far(self):
        layout = self.new("layout")
        write_layout(layout, layers_of([1_000], 11))
        near = self.registry().host
        self.push_layout(layout, f"{near}/a/app:1").run("apply", "local", "--yes")
        for number in range(50):
            self.skopeo(f"docker://{near}/a/app:1", f"docker://{near}/a/app:v{number}")
        link = DelayLink(near, ROUND_TRIP)
        steps = {f"tag{number}": {"uses": "image.tag", "with": {"image": f"{link.host}/a/app:1", "to": f"{link.host}/a/app:v{number}"}}
                 for number in range(50)}
        project = Project(self.new("project"), "", {}, link.host)
        runs = [project.run("plan", "local", steps=steps) for _ in range(self.runs)]
        link.stop()
        return {"deployctl": summary(runs), "round_trips": round(median(runs, "wall") / ROUND_TRIP, 1), "looks": 100}

    def r12_many_tags_far(self):
        layout = self.new("layout")
        digest, _ = write_layout(layout, layers_of([1_000], 12))
        count = max(250, int(5_000 * self.scale))
        registry = PagedRegistry(layout, digest, count)
        link = DelayLink(registry.host, ROUND_TRIP)
        repository = f"{link.host}/a/app"
        steps = {"list": {"uses": "image.versions", "with": {"repository": repository, "most": 1}},
                 "say": {"uses": "exec.run", "with": {"command": ["echo", "newest=${steps.list.newest}"], "effect": "none"}}}
        project = Project(self.new("project"), "", {}, link.host)
        ours = [project.run("apply", "local", "--yes", steps=steps) for _ in range(self.runs)]
        theirs = [skopeo("list-tags", "--tls-verify=false", f"docker://{repository}", home=self.home) for _ in range(self.runs)]
        others = self.others(lambda name: self.clients.tags(name, repository))
        link.stop()
        registry.stop()
        return {"tags": count, "pages": -(-count // 100), "is_exact": all(f"newest={registry.newest}\n" in run.text for run in ours),
                **self.beside(ours, theirs), **others, "round_trips": round(median(ours, "wall") / ROUND_TRIP, 1)}

    @staticmethod
    def ratio(ours, theirs, what):
        return round(median(ours, what) / median(theirs, what), 4)

    def beside(self, ours, theirs):
        return {"deployctl": summary(ours), "skopeo": summary(theirs), "wall_to_skopeo": self.ratio(ours, theirs, "wall"),
                "cpu_to_skopeo": self.ratio(ours, theirs, "cpu")}

    def stop(self):
        for registry in self.registries:
            registry.stop()
            shutil.rmtree(registry.folder, True)
        self.registries.clear()


def _link(source, target):
    """The same file under another name: a copy would only warm the disk."""
    pathlib.Path(target).hardlink_to(source)
    return target


def main():
    scale = float(sys.argv[1]) if len(sys.argv) > 1 else 1
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    values = {"scale": scale, "runs": runs, "round_trip_seconds": ROUND_TRIP}
    with tempfile.TemporaryDirectory(prefix="deployctl-bench-") as folder:
        bench = Bench(pathlib.Path(folder), scale, runs)
        for name in [name for name in dir(Bench) if name[0] == "r" and name[1].isdigit()]:
            case = name.split("_")[0]
            if len(sys.argv) > 3 and case not in sys.argv[3:]:
                continue
            begun = time.monotonic()
            try:
                values[name] = getattr(bench, name)()
            finally:
                bench.stop()
            print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    print(json.dumps(figure("registry", values), indent=2))


if __name__ == "__main__":
    main()
