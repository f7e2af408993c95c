"""The client of the Engine API against a real dockerd: the tests of tests/docker that need one, in the binary named by
TEST_DOCKER."""

import os
import subprocess
import unittest

from docker_world import DockerWorld, need_engine


class DockerEngine(unittest.TestCase):
    def test_the_client_on_a_real_engine(self):
        world = self.enterContext(DockerWorld())
        environment = {"PATH": os.environ["PATH"], "ENGINE_SOCKET": str(world.engine.socket), "ENGINE_IMAGE": world.image}
        ran = subprocess.run([os.environ["TEST_DOCKER"], "[engine]"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                             timeout=900, env=environment, check=False)
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertIn("All tests passed", ran.stdout)


if __name__ == "__main__":
    need_engine()
    unittest.main(verbosity=2)
