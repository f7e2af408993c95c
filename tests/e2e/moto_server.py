"""A moto server for tests: AWS as far as it is imitated there, with signatures checked. From the Python at hand when it has
moto, else from a virtual environment in the build folder that is made once."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request

from python_packages import package
from quickstart_world import free_port

PACKAGE = "moto[server]==5.2.1"
LIMIT = 180  # seconds until it answers


def python_with_moto():
    """The path of a Python that can run the server; ends the test as skipped when none can be had."""
    if subprocess.run([sys.executable, "-c", "import moto.server"], capture_output=True, check=False).returncode == 0:
        return sys.executable
    return str(package("moto", PACKAGE) / "bin" / "python3")


class Moto:
    def __init__(self, python, port, process):
        self.python, self.process = python, process
        self.url = f"http://127.0.0.1:{port}"

    def answers(self):
        try:
            with urllib.request.urlopen(self.url + "/moto-api/", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def post(self, path, body=b""):
        request = urllib.request.Request(self.url + path, data=body, method="POST", headers={"Content-Type": "text/plain"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def boto(self, script, **environment):
        """What a script prints that talks to the server with the official library."""
        done = subprocess.run([self.python, "-c", "import boto3\n" + script], capture_output=True, text=True, check=False,
                              env={"PATH": os.environ["PATH"], "AWS_ENDPOINT_URL": self.url, "AWS_DEFAULT_REGION": "eu-north-1",
                                   "AWS_ACCESS_KEY_ID": "setup", "AWS_SECRET_ACCESS_KEY": "setup", **environment})
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@contextlib.contextmanager
def moto():
    python, port = python_with_moto(), free_port()
    process = subprocess.Popen([python, "-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", str(port)],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = Moto(python, port, process)
    try:
        deadline = time.monotonic() + LIMIT
        while not server.answers():
            assert process.poll() is None and time.monotonic() < deadline, "moto did not start"
            time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait()
