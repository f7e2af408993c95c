"""What deployctl pushes, assembles and promotes, crane reads back byte for byte, and what crane pushes deployctl promotes.

Needs docker-registry, DEPLOYCTL and CRANE (`go install github.com/google/go-containerregistry/cmd/crane@v0.20.2`)."""

import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE / "bench"), str(HERE / "e2e")]
from registry_bench import Project, layers_of, write_layout  # noqa: E402  pylint: disable=wrong-import-position
from registry_world import Registry, digest_of, save  # noqa: E402  pylint: disable=wrong-import-position


def crane(*words):
    return subprocess.run([os.environ["CRANE"], *words], check=True, capture_output=True, timeout=300).stdout


def main():
    if not os.environ.get("CRANE"):
        print("CRANE is not set")
        return 77
    with tempfile.TemporaryDirectory(prefix="deployctl-peers-") as place:
        folder = pathlib.Path(place)
        registry = Registry(folder / "registry")
        try:
            run(folder, registry.host)
        finally:
            registry.stop()
    print("crane reads what deployctl wrote, and deployctl promotes what crane wrote")
    return 0


def run(folder, host):
    layers = layers_of([300_000, 20_000], 1, 0.5)
    # An archive is packed on its way: its layers unpack to what they were.
    project = Project(folder / "push", "image.push", {"archive": "app.tar", "to": f"{host}/a/app:1"}, host)
    config = save(folder / "push" / "app.tar", layers)
    project.run("apply", "local", "--yes")
    assert crane("config", f"{host}/a/app:1") == config
    crane("validate", "--remote", f"{host}/a/app:1")
    crane("pull", "--format", "tarball", f"{host}/a/app:1", str(folder / "pulled.tar"))
    with tarfile.open(folder / "pulled.tar") as tar:
        listing = json.load(tar.extractfile("manifest.json"))
        assert len(listing[0]["Layers"]) == len(layers)
        assert tar.extractfile(listing[0]["Config"]).read() == config
    # Assembled on what was pushed.
    files = folder / "make" / "image"
    files.mkdir(parents=True)
    (files / "note").write_text("text")
    Project(folder / "make", "image.assemble", {"base": f"{host}/a/app:1", "files": "image", "to": f"{host}/made/app:1"},
            host).run("apply", "local", "--yes")
    crane("validate", "--remote", f"{host}/made/app:1")
    with tarfile.open(fileobj=pathlib.Path(export(folder, f"{host}/made/app:1")).open("rb")) as tar:
        assert tar.extractfile("note").read() == b"text"
    # A layout that crane pushed, promoted: the same bytes under the same digest.
    digest, _ = write_layout(folder / "layout", layers)
    crane("push", str(folder / "layout"), f"{host}/crane/app:1")
    assert crane("digest", f"{host}/crane/app:1").decode().strip() == digest
    Project(folder / "promote", "image.promote", {"from": f"{host}/crane/app:1", "to": f"{host}/live/app:1"},
            host).run("apply", "local", "--yes")
    manifest = crane("manifest", f"{host}/live/app:1")
    assert digest_of(manifest) == digest and manifest == crane("manifest", f"{host}/crane/app:1")
    crane("validate", "--remote", f"{host}/live/app:1")
    packed = json.loads(manifest)["layers"]
    assert [digest_of(crane("blob", f"{host}/live/app@{one['digest']}")) for one in packed] == [one["digest"] for one in packed]


def export(folder, image):
    path = folder / "exported.tar"
    crane("export", image, str(path))
    return path


if __name__ == "__main__":
    sys.exit(main())
