"""Files made here and now by the real sops and age are read as those programs read them."""

import base64
import json
import os
import pathlib
import random
import shutil
import string
import subprocess
import tempfile
import unittest

from python_packages import sops
from quickstart_world import need

SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
DOCUMENTS = 4
PIPELINE = """
version: 1
project: files
secrets: {secrets}
environments:
  local: {{}}
steps:
  tell:
    uses: exec.run
    with: {{ command: [python3, tell.py], env: {env} }}
"""
TELL = "import json, os; json.dump({k: v for k, v in os.environ.items() if k.startswith('S_')}, open('told.json', 'w'))"
LETTERS = string.ascii_letters + string.digits + " :#;=[]{},\"'\\`$%&*!|>@_-.\t\näöü€😀"


class World(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deployctl-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.environment = {"PATH": f"{pathlib.Path(sops()).parent}:{os.environ['PATH']}", "HOME": str(self.folder),
                            "SOPS_AGE_KEY_FILE": str(self.folder / "keys.txt")}
        self.recipient = self.new_key("keys.txt")
        (self.folder / "tell.py").write_text(TELL)

    def run_program(self, *words, stdin=None):
        return subprocess.run([shutil.which(words[0], path=self.environment["PATH"]), *words[1:]], cwd=self.folder, env=self.environment, input=stdin, check=True, capture_output=True,
                              timeout=60).stdout

    def new_key(self, name):
        self.run_program("age-keygen", "-o", name)
        return self.run_program("age-keygen", "-y", name).decode().strip()

    def read(self, references, code=0):
        """What a step is given for each reference; the output when it is refused."""
        names = {f"s{number}": reference for number, reference in enumerate(references)}
        (self.folder / "deploy.yaml").write_text(PIPELINE.format(
            secrets=json.dumps(names), env=json.dumps({f"S_{name}": f"${{secrets.{name}}}" for name in names})))
        result = subprocess.run([os.environ["DEPLOYCTL"], "apply", "local", "--yes"], cwd=self.folder, env=self.environment,
                                capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        if code != 0:
            return result.stdout + result.stderr
        told = json.loads((self.folder / "told.json").read_text())
        return [told[f"S_{name}"] for name in names]


class Age(World):
    def test_binary_and_armored_files_of_every_size_around_a_chunk(self):
        sizes = [4, 64, 65535, 65536, 65537, 3 * 65536]
        texts = ["".join(random.choices(string.ascii_letters, k=size)) for size in sizes[:2]]
        for number, text in enumerate(texts):
            self.run_program("age", "-r", self.recipient, "-o", f"{number}.age", stdin=text.encode())
            self.run_program("age", "-a", "-r", self.recipient, "-o", f"{number}.asc", stdin=text.encode())
        self.assertEqual(self.read([f"age://{n}.{kind}" for n in range(2) for kind in ("age", "asc")]),
                         [text for text in texts for _ in range(2)])
        # Too large for a variable of a step: whether it opens is what is asked.
        for size in sizes[2:]:
            self.run_program("age", "-r", self.recipient, "-o", f"{size}.age", stdin=b"x" * size)
            self.check(0, f"age://{size}.age")
            whole = (self.folder / f"{size}.age").read_bytes()
            (self.folder / f"{size}.age").write_bytes(whole[:-1])
            self.check(3, f"age://{size}.age")

    def check(self, code, reference):
        (self.folder / "deploy.yaml").write_text(PIPELINE.format(
            secrets=json.dumps({"it": reference}), env=json.dumps({"IT": "${secrets.it}"})))
        result = subprocess.run([os.environ["DEPLOYCTL"], "plan", "local"], cwd=self.folder, env=self.environment,
                                capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)


class Sops(World):
    def encrypt(self, name, content, *options):
        (self.folder / name).write_text(content)
        self.run_program("sops", "encrypt", "--in-place", "--age", self.recipient, *options, name)

    def leaf(self, source):
        kind = source.randrange(8)
        if kind == 0:
            return source.randrange(-10**12, 10**12) * 10000 + 1234
        if kind == 1:
            return source.uniform(-1000, 1000)
        if kind == 2:
            return source.choice([True, False, None, ""])
        return "text" + "".join(source.choices(LETTERS, k=source.choice([3, 30, 300])))

    def tree(self, source, depth):
        if depth == 0 or source.random() < 0.3:
            return self.leaf(source)
        if source.random() < 0.3:
            return [self.tree(source, depth - 1) for _ in range(source.randrange(4))]
        ending = source.choice(["", "", "_unencrypted"])
        return {f"k{n}{source.choice(['', ' x', 'ü', '.y'])}{ending}": self.tree(source, depth - 1)
                for n in range(source.randrange(5))}

    def leaves(self, node, path):
        if isinstance(node, str) and len(node) >= 4:
            yield path, node
        elif isinstance(node, (dict, list)):
            for key, value in node.items() if isinstance(node, dict) else enumerate(node):
                yield from self.leaves(value, f"{path}/{key}")

    def test_random_documents(self):
        for number in range(DOCUMENTS):
            for ending in ("json", "yaml"):
                seed = SEED + number
                source = random.Random(seed)
                tree = {"always": "here to be read", **{f"top{n}": self.tree(source, 4) for n in range(6)}}
                name = f"{number}.{ending}"
                with self.subTest(seed=seed, ending=ending):
                    self.encrypt(name, json.dumps(tree, ensure_ascii=ending == "json"))  # YAML knows no surrogates
                    wanted = [leaf for leaf in self.leaves(tree, "") if "\0" not in leaf[1]][:60]
                    self.assertEqual(self.read([f"sops://{name}#{path}" for path, _ in wanted]),
                                     [value for _, value in wanted])

    def test_what_sops_changes_stays_readable_and_what_others_change_does_not(self):
        self.encrypt("a.yaml", "db: { password: first-value }\nother: [1, 2.50, true]\n")
        self.assertEqual(self.read(["sops://a.yaml#/db/password"]), ["first-value"])
        self.run_program("sops", "set", "a.yaml", '["db"]["password"]', '"second-value"')
        self.assertEqual(self.read(["sops://a.yaml#/db/password"]), ["second-value"])
        self.run_program("sops", "rotate", "--in-place", "--add-age", self.new_key("more.txt"), "a.yaml")
        self.assertEqual(self.read(["sops://a.yaml#/db/password"]), ["second-value"])
        self.environment["SOPS_AGE_KEY_FILE"] = str(self.folder / "more.txt")
        self.assertEqual(self.read(["sops://a.yaml#/db/password"]), ["second-value"])
        self.run_program("sops", "rotate", "--in-place", "--rm-age", self.recipient, "a.yaml")
        self.environment["SOPS_AGE_KEY_FILE"] = str(self.folder / "keys.txt")
        self.assertIn(f"tried {self.recipient}", self.read(["sops://a.yaml#/db/password"], code=4))
        self.environment["SOPS_AGE_KEY_FILE"] = str(self.folder / "more.txt")
        lines = (self.folder / "a.yaml").read_text().split("\n")
        list_begin = next(n for n, line in enumerate(lines) if line.startswith("other:"))
        lines[list_begin + 1], lines[list_begin + 2] = lines[list_begin + 2], lines[list_begin + 1]
        (self.folder / "a.yaml").write_text("\n".join(lines))
        self.assertIn("does not fit", self.read(["sops://a.yaml#/db/password"], code=3))

    def test_flat_formats(self):
        source = random.Random(SEED)
        plain = string.ascii_letters + string.digits + " :=[]{},'$%&*!|>@_-.äöü"
        values = [f"v{''.join(source.choices(plain, k=20))}v" for _ in range(10)]
        self.encrypt("a.env", "".join(f"N{n}={value}\n" for n, value in enumerate(values)))
        self.assertEqual(self.read([f"sops://a.env#/N{n}" for n in range(10)]), values)
        self.encrypt("a.ini", "[s]\n" + "".join(f"n{n} = {value}\n" for n, value in enumerate(values)))
        self.assertEqual(self.read([f"sops://a.ini#/s/n{n}" for n in range(10)]), values)
        content = base64.b64encode(source.randbytes(100)).decode()
        self.encrypt("a.bin", content)
        self.assertEqual(self.read(["sops://a.bin#/data"]), [content])


class Pgp(World):
    def test_other_keys_are_opened_by_the_program(self):
        home = self.folder / "gnupg"
        home.mkdir(mode=0o700)
        self.environment["GNUPGHOME"] = str(home)
        self.addCleanup(subprocess.run, ["gpgconf", "--kill", "all"], env=dict(self.environment), check=False)
        self.run_program("gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", "--quick-gen-key",
                         "Ann <ann@example.com>", "default", "default", "never")
        listed = self.run_program("gpg", "--batch", "--list-keys", "--with-colons").decode()
        fingerprint = next(line for line in listed.splitlines() if line.startswith("fpr:")).split(":")[9]
        (self.folder / "a.yaml").write_text("db: { password: of-pgp, port: 5432 }\nhosts: [one-host, two-hosts]\n")
        (self.folder / "a.env").write_text("TOKEN=of a line\n")
        for name in ("a.yaml", "a.env"):
            self.run_program("sops", "encrypt", "--in-place", "--pgp", fingerprint, name)
        self.assertEqual(self.read(["sops://a.yaml#/db/password", "sops://a.yaml#/db/port", "sops://a.yaml#/hosts/1", "sops://a.env#/TOKEN"]),
                         ["of-pgp", "5432", "two-hosts", "of a line"])
        lines = (self.folder / "a.yaml").read_text()
        (self.folder / "a.yaml").write_text(lines.replace("lastmodified: \"20", "lastmodified: \"19"))
        self.assertIn("'sops decrypt' exited with", self.read(["sops://a.yaml#/db/password"], code=4))
        self.environment["GNUPGHOME"] = str(self.folder / "nobody")
        self.assertIn("No secret key", self.read(["sops://a.env#/TOKEN"], code=4))


if __name__ == "__main__":
    need("age", "age-keygen", "gpg")
    print(f"SEED={SEED}")
    unittest.main(verbosity=2)
