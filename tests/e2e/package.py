"""The packages of this build: what is inside the Debian package, that lintian, mandoc, ruby, systemd and our own lint find nothing
in what is shipped, and the install script over HTTP."""

import functools
import hashlib
import http.server
import os
import pathlib
import platform
import re
import shutil
import subprocess
import tarfile
import tempfile
import threading
import unittest

from quickstart_world import ROOT, need

BINARY = pathlib.Path(os.environ["DEPLOYCTL"]).resolve()
BUILD = BINARY.parents[2]


def run(*argv, **options):
    return subprocess.run([str(word) for word in argv], capture_output=True, text=True, timeout=600, **options)


def checked(*argv, **options):
    result = run(*argv, **options)
    assert result.returncode == 0, f"{argv}: {result.stdout}\n{result.stderr}"
    return result.stdout


class QuietFiles(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="deployctl-package-"))
        # gzip: what a release takes for xz is time, and nothing here depends on it.
        checked("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", cls.folder, "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=gzip",
                cwd=cls.folder)
        cls.deb = next(cls.folder.glob("*.deb"))
        cls.archive = next(cls.folder.glob("*.tar.gz"))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def test_what_is_inside(self):
        names = {line.split()[5] for line in checked("dpkg-deb", "-c", self.deb).splitlines()}
        for name in ("bin/deployctl", "share/bash-completion/completions/deployctl", "share/zsh/vendor-completions/_deployctl",
                     "share/fish/vendor_completions.d/deployctl.fish", "share/man/man1/deployctl-plan.1.gz",
                     "share/man/man5/deployctl-pipeline.5.gz", "share/doc/deployctl/copyright"):
            self.assertIn(f"./usr/{name}", names)
        pages = {path.name for path in (ROOT / "docs/man").iterdir()}
        self.assertEqual(pages, {pathlib.PurePath(name).name[:-3] for name in names if "/man/man" in name and name.endswith(".gz")})
        control = checked("dpkg-deb", "-f", self.deb)
        self.assertRegex(control, r"Version: 0\.1\.0(~\d+\.g[0-9a-f]{10})?\n")
        self.assertRegex(control, r"Depends: .*libc6.*")
        self.assertIn("openssh-client", control)

    def test_lintian_finds_nothing(self):
        result = run("lintian", "--allow-root", "--fail-on", "error,warning", self.deb)
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)

    def test_mandoc_finds_nothing(self):
        pages = sorted((ROOT / "docs/man").iterdir())
        said = run("mandoc", "-T", "lint", *pages).stdout.splitlines()
        # It looks for references among the manuals of the machine; ours are looked for here.
        self.assertEqual([line for line in said if "referenced manual not found: Xr deployctl" not in line], [])
        names = {page.name for page in pages}
        for page in pages:
            for name, chapter in re.findall(r"^\.Xr (\S+) (\d)", page.read_text(), re.M):
                self.assertIn(f"{name}.{chapter}", names)

    def test_the_formula_has_its_values_and_no_others(self):
        digest = "a" * 64
        text = checked(ROOT / "packaging/formula", "1.2.3", digest, "https://example.com/deployctl")
        self.assertIn('url "https://example.com/deployctl/archive/refs/tags/v1.2.3.tar.gz"', text)
        self.assertIn(f'sha256 "{digest}"', text)
        self.assertNotIn("@", text.replace("openssl@3", ""))
        self.assertEqual(checked("ruby", "-c", "-", input=text).strip(), "Syntax OK")
        for words in (("1.2", digest, "https://example.com/x"), ("1.2.3", "abc", "https://example.com/x"),
                      ("1.2.3", digest, "http://example.com")):
            self.assertEqual(run(ROOT / "packaging/formula", *words).returncode, 3)

    def test_the_units_and_the_image_s_definition_are_sound(self):
        folder = self.folder / "units"
        shutil.copytree(ROOT / "packaging/systemd", folder)
        service = folder / "deployctl-nightly.service"
        service.write_text(service.read_text().replace("/usr/bin/deployctl", str(BINARY)))
        said = run("systemd-analyze", "verify", *folder.iterdir())
        self.assertEqual([line for line in said.stderr.splitlines() if "deployctl" in line], [])
        image = self.folder / "image"
        shutil.copytree(ROOT / "packaging/container", image)
        found = run(BINARY, "lint", image, cwd=self.folder)
        self.assertEqual(found.returncode, 0, found.stdout + found.stderr)

    def test_the_install_script_takes_only_https_from_elsewhere(self):
        for url in ("http://example.com", "http://127.0.0.1.example.com", "ftp://example.com", "http://localhost.example.com"):
            environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "DEPLOYCTL_URL": url, "DEPLOYCTL_VERSION": "1.2.3"}
            refused = run("sh", ROOT / "packaging/install.sh", env=environment)
            self.assertEqual((refused.returncode, refused.stderr), (1, f"install: '{url}' is not https\n"))

    def install(self, served, prefix):
        handler = functools.partial(QuietFiles, directory=str(served))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "DEPLOYCTL_URL": f"http://127.0.0.1:{server.server_port}",
                           "DEPLOYCTL_VERSION": "1.2.3", "DEPLOYCTL_PREFIX": str(prefix)}
            result = run("sh", ROOT / "packaging/install.sh", env=environment)
            server.shutdown()
        return result

    def test_the_install_script_checks_before_it_installs(self):
        served, prefix = self.folder / "served", self.folder / "prefix"
        served.mkdir()
        name = f"deployctl-1.2.3-Linux-{platform.machine()}"
        with tarfile.open(self.archive) as archive:
            top = archive.getnames()[0].split("/")[0]
            archive.extractall(self.folder)
        (self.folder / top).rename(self.folder / name)
        with tarfile.open(served / f"{name}.tar.gz", "w:gz") as archive:
            archive.add(self.folder / name, name)
        digest = hashlib.sha256((served / f"{name}.tar.gz").read_bytes()).hexdigest()
        (served / "SHA256SUMS").write_text(f"{'0' * 64}  {name}.tar.gz\n")
        refused = self.install(served, prefix)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("nothing was installed", refused.stderr)
        self.assertFalse(prefix.exists())
        (served / "SHA256SUMS").write_text(f"{digest}  {name}.tar.gz\n")
        done = self.install(served, prefix)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(re.match(r"deployctl \d", checked(prefix / "bin/deployctl", "version")))
        self.assertTrue((prefix / "share/man/man1/deployctl.1.gz").exists())


if __name__ == "__main__":
    need("cpack", "dpkg-shlibdeps", "lintian", "mandoc", "ruby", "systemd-analyze", "curl")
    unittest.main(verbosity=2)
