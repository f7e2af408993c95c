"""Images through the binary into docker-registry over TLS: pushed, promoted, taken back, and read by skopeo byte for byte."""

import gzip
import io
import json
import os
import pathlib
import random
import shutil
import subprocess
import tarfile
import tempfile
import unittest

from quickstart_world import need
from registry_world import PASSWORD, Certificate, Registry, TokenServer, digest_of, save, tar_of

PIPELINE = """
version: 1
project: app
secrets: {{ registry: env://REGISTRY_PASSWORD }}
providers:
  registry.team: {{ host: "{host}", plain_http: false, ca: "{ca}", user: deploy, password: "${{secrets.registry}}" }}
environments:
  local: {{}}
steps:
  push:
    uses: image.push
    with: {{ archive: app.tar, to: "{host}/staging/app:1" }}
  promote:
    uses: image.promote
    with: {{ from: "${{steps.push.ref}}", to: "{host}/production/app:1" }}
"""
CHECK = """
  check:
    uses: exec.run
    needs: [promote]
    with: { command: ["test", "!", "-e", "broken"], effect: none }
    always: true
"""


ASSEMBLE = """
version: 1
project: app
secrets: {{ registry: env://REGISTRY_PASSWORD }}
providers:
  registry.team: {{ host: "{host}", plain_http: false, ca: "{ca}", user: deploy, password: "${{secrets.registry}}" }}
environments: {{ local: {{}} }}
steps:
  image:
    uses: image.assemble
    with:
      base: "{host}/staging/base:1"
      files: image
      at: /srv
      entrypoint: [/srv/bin/tool]
      to: "{host}/made/{name}:1"
"""


BUILD = """    uses: image.build
    sources: ["src/**"]
    with: {{ repository: "{host}/team/app", builder: docker, tags: [live] }}
"""
# Builds nothing: each build ends with the one image.
DOCKER = """#!/bin/sh
[ "$1" = buildx ] && exit 1
echo "$*" >> {folder}/asked
[ "$1" != save ] || cp {folder}/built.tar "$3"
"""


class Images(unittest.TestCase):
    auth = "none"

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deployctl-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.place = self.folder / "project"
        self.place.mkdir()
        self.certificate = Certificate(self.folder)
        self.tokens = TokenServer(self.certificate)
        self.addCleanup(self.tokens.stop)
        self.registry = Registry(self.folder / "registry", self.certificate, self.auth, self.tokens)
        self.addCleanup(self.registry.stop)
        self.layers = [{"etc/a": random.randbytes(300_000)}, {"etc/b": b"text\n" * 50_000}]

    def write(self, more=""):
        text = PIPELINE.format(host=self.registry.host, ca=self.certificate.pem) + more
        (self.place / "deploy.yaml").write_text(text)

    def deployctl(self, code, *words, place=None, zone="UTC"):
        environment = {"PATH": f"{self.folder}/programs:{os.environ['PATH']}", "HOME": str(self.folder),
                       "REGISTRY_PASSWORD": PASSWORD, "TZ": zone}
        result = subprocess.run([os.environ["DEPLOYCTL"], *words], cwd=place or self.place, env=environment,
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        self.assertNotIn(PASSWORD, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def skopeo(self, *words):
        return subprocess.run(["skopeo", "--insecure-policy", *words], check=True, capture_output=True, timeout=300,
                              env={"PATH": os.environ["PATH"], "HOME": str(self.folder)}).stdout

    def read_back(self, repository):
        """The configuration and the unpacked layers as skopeo reads them, and the digest of the manifest."""
        place = self.folder / f"read-{random.randrange(10**9)}"
        self.skopeo("copy", "--src-tls-verify=false", "--src-creds", f"deploy:{PASSWORD}",
                    f"docker://{self.registry.host}/{repository}:1", f"dir:{place}")
        manifest = (place / "manifest.json").read_bytes()
        image = json.loads(manifest)
        blobs = {one["digest"]: (place / one["digest"][7:]).read_bytes() for one in [image["config"], *image["layers"]]}
        return (blobs[image["config"]["digest"]], [gzip.decompress(blobs[one["digest"]]) for one in image["layers"]],
                digest_of(manifest))


class ByToken(Images):
    auth = "tokens"

    def test_what_is_pushed_and_promoted_is_read_back_and_goes_back(self):
        config = save(self.place / "app.tar", self.layers)
        self.write(CHECK)
        plan = self.deployctl(0, "plan", "local")
        self.assertIn(digest_of(config)[:14], plan)
        self.assertIn("3 of 3 layers and configurations to send", plan)
        self.tokens.asked.clear()
        self.deployctl(0, "apply", "local", "--yes")
        sets = [tuple(sorted(scopes)) for scopes in self.tokens.asked]
        self.assertEqual(len(sets), len(set(sets)), sets)  # one token for each set of scopes
        first = self.read_back("staging/app")
        self.assertEqual(first[:2], (config, [tar_of(layer) for layer in self.layers]))
        self.assertEqual(self.read_back("production/app"), first)
        self.assertIn("1 to run, 2 unchanged", self.deployctl(0, "plan", "local"))

        self.layers[1] = {"etc/b": b"other\n" * 50_000}
        save(self.place / "app.tar", self.layers, "broken")
        (self.place / "broken").touch()
        self.deployctl(8, "apply", "local", "--yes")
        self.assertEqual((self.read_back("staging/app"), self.read_back("production/app")), (first, first))

        (self.place / "broken").unlink()
        config = save(self.place / "app.tar", self.layers, "mended")
        self.assertIn("2 of 3 layers and configurations to send", self.deployctl(0, "apply", "local", "--yes"))
        second = self.read_back("production/app")
        self.assertEqual(second[:2], (config, [tar_of(layer) for layer in self.layers]))
        # The archive of then is gone from the folder: the release has kept it.
        (self.place / "app.tar").write_bytes(b"no longer an image")
        self.deployctl(0, "rollback", "local", "--yes")
        self.assertEqual((self.read_back("staging/app"), self.read_back("production/app")), (first, first))


class ByUser(Images):
    auth = "users"

    def test_what_skopeo_pushed_is_promoted_and_a_layout_of_skopeo_is_pushed_as_it_is(self):
        save(self.folder / "other.tar", self.layers)
        creds = f"deploy:{PASSWORD}"
        self.skopeo("copy", "--dest-tls-verify=false", "--dest-creds", creds, f"docker-archive:{self.folder}/other.tar",
                    f"docker://{self.registry.host}/staging/app:1")
        self.skopeo("copy", f"docker-archive:{self.folder}/other.tar", f"oci:{self.place}/layout:1")
        text = PIPELINE.format(host=self.registry.host, ca=self.certificate.pem)
        text = text.replace("archive: app.tar", "layout: layout").replace("staging/app:1", "pushed/app:1")
        text = text.replace("${steps.push.ref}", f"{self.registry.host}/staging/app:1")
        (self.place / "deploy.yaml").write_text(text)
        self.deployctl(0, "apply", "local", "--yes")
        self.assertEqual(self.read_back("production/app"), self.read_back("staging/app"))
        root = json.loads((self.place / "layout" / "index.json").read_text())["manifests"][0]["digest"]
        self.assertEqual(self.read_back("pushed/app")[2], root)

    def test_what_is_assembled_on_two_machines_is_one_image_and_skopeo_reads_it(self):
        save(self.folder / "base.tar", self.layers)
        self.skopeo("copy", "--dest-tls-verify=false", "--dest-creds", f"deploy:{PASSWORD}",
                    f"docker-archive:{self.folder}/base.tar", f"docker://{self.registry.host}/staging/base:1")
        files = [("bin/tool", b"#!/bin/sh\n", 0o755), ("etc/note", b"text", 0o644), ("etc/a/b", b"", 0o644)]
        read = []
        for name, order, mask, zone in (("one", files, 0o022, "UTC"), ("two", files[::-1], 0o077, "Asia/Taipei")):
            place = self.folder / name
            for path, data, mode in order:
                file = place / "image" / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
                file.chmod(mode & ~mask)
                os.utime(file, (len(read) * 10**6, len(read) * 10**6))
            (place / "image" / "now").symlink_to("bin/tool")
            (place / "deploy.yaml").write_text(
                ASSEMBLE.format(host=self.registry.host, ca=self.certificate.pem, name=name))
            self.deployctl(0, "apply", "local", "--yes", place=place, zone=zone)
            self.assertIn("No changes", self.deployctl(0, "plan", "local", place=place, zone=zone))
            read.append(self.read_back(f"made/{name}"))
        self.assertEqual(read[0], read[1])
        config, layers, _ = read[0]
        self.assertEqual(layers[:-1], [tar_of(layer) for layer in self.layers])
        with tarfile.open(fileobj=io.BytesIO(layers[-1])) as tar:
            found = [(one.name, one.mode, one.uid, one.mtime, one.linkname) for one in tar]
        self.assertEqual(found, [("srv/bin/tool", 0o755, 0, 0, ""), ("srv/etc/a/b", 0o644, 0, 0, ""),
                                 ("srv/etc/note", 0o644, 0, 0, ""), ("srv/now", 0o777, 0, 0, "bin/tool")])
        self.assertEqual(json.loads(config)["config"]["Entrypoint"], ["/srv/bin/tool"])

    def test_what_is_built_is_found_by_its_sources_and_another_commit_of_them_builds_nothing(self):
        save(self.folder / "built.tar", self.layers)
        docker = self.folder / "programs" / "docker"
        docker.parent.mkdir()
        docker.write_text(DOCKER.format(folder=self.folder))
        docker.chmod(0o755)
        text = ASSEMBLE.format(host=self.registry.host, ca=self.certificate.pem, name="x").split("    uses:")[0]
        (self.place / "deploy.yaml").write_text(text + BUILD.format(host=self.registry.host))
        (self.place / "src").mkdir()

        def commit(path, words):
            (self.place / path).write_text(words)
            for command in (["init", "-q"], ["add", "-A"],
                            ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", path]):
                subprocess.run(["git", *command], cwd=self.place, check=True, env={"PATH": os.environ["PATH"],
                                                                                  "HOME": str(self.folder)})

        def builds():
            return (self.folder / "asked").read_text().count("build ")

        commit("src/app", "one")
        self.assertIn("not made yet", self.deployctl(0, "plan", "local"))
        self.deployctl(0, "apply", "local", "--yes")
        self.assertEqual(builds(), 1)
        commit("README", "words")
        self.assertIn("No changes", self.deployctl(0, "plan", "local"))
        shutil.rmtree(self.place / ".deployctl")
        self.deployctl(0, "apply", "local", "--yes")
        self.assertEqual(builds(), 1)
        commit("src/app", "two")
        self.deployctl(0, "apply", "local", "--yes")
        self.assertEqual(builds(), 2)

    def test_a_wrong_password_is_said_to_be_the_one_of_the_pipeline(self):
        save(self.place / "app.tar", self.layers)
        self.write()
        text = (self.place / "deploy.yaml").read_text().replace("user: deploy", "user: nobody")
        (self.place / "deploy.yaml").write_text(text)
        self.assertIn("asked as 'nobody' of 'registry' of the pipeline's providers", self.deployctl(4, "plan", "local"))


if __name__ == "__main__":
    need("docker-registry", "skopeo", "openssl")
    unittest.main()
