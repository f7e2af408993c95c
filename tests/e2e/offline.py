"""`validate` reaches no network, whatever the file holds: strace records every socket call of the binary."""

import os
import pathlib
import subprocess
import tempfile
import unittest

from quickstart_world import EXAMPLE, ROOT, need


def network_calls(pipeline):
    with tempfile.NamedTemporaryFile(mode="r") as trace:
        result = subprocess.run(["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,bind", "-o", trace.name,
                                 os.environ["DEPLOYCTL"], "-f", str(pipeline), "validate"], capture_output=True,
                                text=True, stdin=subprocess.DEVNULL, timeout=60,
                                env={"PATH": os.environ["PATH"], "QUICKSTART_ROOT": "/nowhere"})
        return result, [line for line in trace.read().splitlines() if "AF_UNIX" not in line]


class Offline(unittest.TestCase):
    def test_a_good_file(self):
        result, calls = network_calls(EXAMPLE / "deploy.yaml")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(calls, [])

    def test_a_file_of_forty_five_mistakes(self):
        files = sorted((ROOT / "tests" / "config" / "cases").glob("*mistakes*.yaml"))
        self.assertTrue(files, "the file of mistakes is missing")
        result, calls = network_calls(pathlib.Path(files[0]))
        self.assertEqual(result.returncode, 3, result.stdout + result.stderr)
        self.assertEqual(calls, [])


if __name__ == "__main__":
    need("strace")
    unittest.main(verbosity=2)
