"""An image with one layer of two gigabytes goes into docker-registry, to another repository and to another registry, within 64 MB of
memory. Usage: large_image.py [MEBIBYTES]    Writes one line of JSON; needs docker-registry and DEPLOYCTL."""

import hashlib
import json
import os
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE / "bench"), str(HERE / "e2e")]
from registry_bench import MEBIBYTE, Project  # noqa: E402  pylint: disable=wrong-import-position
from registry_world import Registry  # noqa: E402  pylint: disable=wrong-import-position

LIMIT = 64


def write_layout(folder, size):
    """Bytes that do not pack, said to be packed: what is measured is how they travel."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    hashed = hashlib.sha256()
    with (blobs / "layer").open("wb") as file:
        for _ in range(size // MEBIBYTE):
            piece = os.urandom(MEBIBYTE)
            hashed.update(piece)
            file.write(piece)
    layer = hashed.hexdigest()
    (blobs / "layer").rename(blobs / layer)

    def keep(document, kind):
        data = json.dumps(document).encode()
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return {"mediaType": kind, "digest": "sha256:" + digest, "size": len(data)}

    config = keep({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": ["sha256:" + layer]}},
                  "application/vnd.oci.image.config.v1+json")
    manifest = keep({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config,
                     "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "sha256:" + layer,
                                 "size": size}]}, "application/vnd.oci.image.manifest.v1+json")
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))


def main():
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 2048
    with tempfile.TemporaryDirectory(prefix="deployctl-large-", dir="/var/tmp") as place:
        folder = pathlib.Path(place)
        one, two = Registry(folder / "one"), Registry(folder / "two")
        try:
            project = Project(folder / "push", "image.push", {"layout": "layout", "to": f"{one.host}/a/app:1"}, one.host)
            write_layout(folder / "push" / "layout", size * MEBIBYTE)
            steps = {"push": project,
                     "promote": Project(folder / "near", "image.promote",
                                        {"from": f"{one.host}/a/app:1", "to": f"{one.host}/b/app:1"}, one.host),
                     "promote_elsewhere": Project(folder / "far", "image.promote",
                                                  {"from": f"{one.host}/a/app:1", "to": f"{two.host}/a/app:1"}, two.host)}
            peaks = {name: round(step.run("apply", "local", "--yes").mebibytes, 1) for name, step in steps.items()}
        finally:
            one.stop()
            two.stop()
    print(json.dumps({"mebibytes": size, "peak_mebibytes": peaks, "limit": LIMIT}))
    return 1 if max(peaks.values()) >= LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
