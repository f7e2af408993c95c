"""Images through the binary over a link that breaks and to a registry that refuses: what arrives is whole, or it is said why."""

import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from fault_proxy import Fault, FaultProxy
from quickstart_world import need
from registry_world import Registry, digest_of, save

PUSH = """
version: 1
project: app
environments: {{ local: {{}} }}
steps:
  push:
    uses: image.push
    with: {{ archive: app.tar, to: "{host}/team/app:1" }}
"""
PROMOTE = """
version: 1
project: app
environments: {{ local: {{}} }}
steps:
  promote:
    uses: image.promote
    with: {{ from: "{source}/team/app:1", to: "{host}/live/app:1" }}
"""
UPLOAD, MANIFEST, BLOB = r"/blobs/uploads/", r"/manifests/1$", r"/blobs/sha256:"


class Faults(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deployctl-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.registry = self.new_registry("registry")
        self.config = save(self.folder / "app.tar", [{"a": random.randbytes(2_000_000)}])

    def new_registry(self, name):
        registry = Registry(self.folder / name)
        self.addCleanup(registry.stop)
        return registry

    def proxy(self, *faults, upstream=None):
        proxy = FaultProxy((upstream or self.registry).host, faults)
        self.addCleanup(proxy.stop)
        return proxy

    def start(self, *words, **more):
        return subprocess.Popen([os.environ["DEPLOYCTL"], *words], cwd=self.folder, stdin=subprocess.DEVNULL, text=True,
                                env={"PATH": os.environ["PATH"], "HOME": str(self.folder)}, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, **more)

    def apply(self, text, code=0, **more):
        (self.folder / "deploy.yaml").write_text(text)
        process = self.start("apply", "local", "--yes", **more)
        out, err = process.communicate(timeout=300)
        result = subprocess.CompletedProcess((), process.returncode, out, err)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def stored(self, registry, repository="team/app"):
        """The configuration that the tag means, every blob of it held against its digest."""
        place = registry.folder / "data/docker/registry/v2"
        link = (place / "repositories" / repository / "_manifests/tags/1/current/link").read_text()
        def blob(digest):
            return (place / "blobs/sha256" / digest[7:9] / digest[7:] / "data").read_bytes()
        manifest = json.loads(blob(link))
        for one in [manifest["config"], *manifest["layers"]]:
            self.assertEqual(digest_of(blob(one["digest"])), one["digest"])
        return blob(manifest["config"]["digest"])

    def test_case_3_a_body_that_is_cut_anywhere_is_sent_again_and_the_tag_is_put_once(self):
        for share in (0, 0.5, 0.999):
            with self.subTest(share=share):
                shutil.rmtree(self.folder / ".deployctl", True)
                self.config = save(self.folder / "app.tar", [{"a": random.randbytes(500_000)}])
                proxy = self.proxy(Fault("PUT", UPLOAD, (0, 1), cut_up=share))
                self.apply(PUSH.format(host=proxy.host))
                self.assertEqual(self.stored(self.registry), self.config)
                self.assertEqual(proxy.faults[0].struck, 2)
                self.assertEqual(proxy.count("PUT", MANIFEST), 1)

    def test_case_4_answers_that_are_lost_are_found_out_and_nothing_is_sent_twice(self):
        proxy = self.proxy(Fault("PUT", UPLOAD, (0, 1), lose_answer=True), Fault("PUT", MANIFEST, (0,), lose_answer=True))
        self.apply(PUSH.format(host=proxy.host))
        self.assertEqual(self.stored(self.registry), self.config)
        self.assertEqual(proxy.count("PUT", UPLOAD), 2)

    def test_case_10_a_registry_that_wants_to_be_left_alone_is(self):
        wait = {"Retry-After": "1"}
        proxy = self.proxy(Fault("GET", MANIFEST, (0,), status=429, headers=wait), Fault("POST", UPLOAD, (0,), status=503, headers=wait),
                           Fault("PUT", UPLOAD, (0,), status=429, headers=wait), Fault("PUT", MANIFEST, (0,), status=503, headers=wait))
        self.apply(PUSH.format(host=proxy.host))
        self.assertEqual(self.stored(self.registry), self.config)
        self.assertEqual([fault.struck for fault in proxy.faults], [1, 1, 1, 1])

    def test_case_11_a_refusal_that_lasts_is_quoted_with_its_request_and_changes_nothing(self):
        page = b"<html><body>the disk is full</body></html>" + b" " * 2_000_000
        proxy = self.proxy(Fault("PUT", UPLOAD, tuple(range(100)), status=507, body=page))
        text = self.apply(PUSH.format(host=proxy.host), 1)
        self.assertIn("507", text)
        self.assertIn("the disk is full", text)
        self.assertLess(len(text), 20_000)
        self.assertEqual(proxy.count("PUT", MANIFEST), 0)

    def test_case_14_a_layer_that_ends_early_on_its_way_to_another_registry_goes_on_where_it_stopped(self):
        self.apply(PUSH.format(host=self.registry.host))
        shutil.rmtree(self.folder / ".deployctl")
        production = self.new_registry("production")
        source = self.proxy(Fault("GET", BLOB, (0, 1, 2), cut_down=0.4))
        self.apply(PROMOTE.format(source=source.host, host=production.host))
        self.assertEqual(self.stored(production, "live/app"), self.config)
        self.assertEqual(source.faults[0].struck, 3)

    def test_case_20_a_registry_that_is_restarted_in_the_middle_gets_the_rest(self):
        proxy = self.proxy(Fault("PUT", UPLOAD, (1,)))
        def restart():
            self.registry.restart()
            proxy.upstream = self.registry.host
        proxy.faults[0].meanwhile = restart
        self.apply(PUSH.format(host=proxy.host))
        self.assertEqual(self.stored(self.registry), self.config)
        self.assertEqual(proxy.faults[0].struck, 1)

    def test_case_20_two_hundred_layers_need_few_open_files(self):
        self.config = save(self.folder / "app.tar", [{str(number): random.randbytes(200)} for number in range(200)])
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        self.apply(PUSH.format(host=self.registry.host), preexec_fn=limit)
        self.assertEqual(self.stored(self.registry), self.config)

    def test_case_20_an_upload_that_is_abandoned_leaves_no_tag_and_goes_on_later(self):
        proxy = self.proxy(Fault("PUT", UPLOAD, (0, 1), pause=3))
        (self.folder / "deploy.yaml").write_text(PUSH.format(host=proxy.host))
        process = self.start("apply", "local", "--yes")
        for _ in range(6000):
            if proxy.count("PUT", UPLOAD) == 2:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(timeout=3)  # it would finish what it has begun, a minute and a half from now
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 130, out + err)
        self.assertEqual(proxy.count("PUT", MANIFEST), 0)
        process = self.start("resume")
        out, err = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 0, out + err)
        self.assertEqual(self.stored(self.registry), self.config)

    def test_case_20_a_slow_link_is_waited_for(self):
        proxy = self.proxy(Fault("PUT", UPLOAD, (0, 1), pause=0.02))
        self.apply(PUSH.format(host=proxy.host))
        self.assertEqual(self.stored(self.registry), self.config)


if __name__ == "__main__":
    need("docker-registry")
    unittest.main()
