"""Real builds: buildah into docker-registry and into its own store, with a secret that nobody finds afterwards; Docker's classic
builder into a dockerd of our own. What is built is found again, and docker.task runs it by its id.

Needs root, DEPLOYCTL, docker-registry, buildah, docker and dockerd, busybox."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE / "e2e")]
from docker_world import DockerWorld, busybox_layer, need_engine  # noqa: E402  pylint: disable=wrong-import-position
from quickstart_world import need  # noqa: E402  pylint: disable=wrong-import-position
from registry_world import Registry  # noqa: E402  pylint: disable=wrong-import-position

SECRET = "sentinel-4711-of-a-build"
DOCKERFILE = """FROM scratch
ADD root.tar /
ENV PATH=/bin
RUN {mount}["/bin/busybox", "sh", "-c", "{command}"]
CMD ["/bin/busybox", "cat", "/made"]
"""
PIPELINE = """version: 1
project: app
secrets: {{ token: env://TOKEN }}
environments: {{ local: {{ hosts: {{ here: [local] }} }} }}
steps:
  image:
    uses: image.build
    sources: [Dockerfile]
    with: {{ {inputs} }}
"""
# What was built without a repository runs by its id.
TASK = """  task:
    uses: docker.task
    with: {{ image: "${{steps.image.ref}}", network: none, effect: repeatable }}
providers: {{ docker: {{ socket: "{socket}" }} }}
"""


class Project:
    def __init__(self, folder, inputs, secret=False, more="", **environment):
        self.folder = folder
        folder.mkdir()
        (folder / "root.tar").write_bytes(busybox_layer())
        command = "/bin/busybox wc -c < /run/secrets/token > /made" if secret else "echo made > /made"
        mount = "--mount=type=secret,id=token " if secret else ""
        (folder / "Dockerfile").write_text(DOCKERFILE.format(mount=mount, command=command))
        (folder / "deploy.yaml").write_text(PIPELINE.format(inputs=inputs) + more)
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), "TOKEN": SECRET, **environment}
        self.run("git", "init", "-q")
        self.run("git", "add", "-A")
        self.run("git", "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "first")

    def run(self, *words):
        done = subprocess.run(words, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=600, check=False)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def deployctl(self, *words):
        return self.run(os.environ["DEPLOYCTL"], *words)

    def built_once(self):
        said = self.deployctl("apply", "local", "--yes")
        assert SECRET not in said, said
        assert "building with" in said, said
        shutil.rmtree(self.folder / ".deployctl")
        again = self.deployctl("apply", "local", "--yes")
        assert "building with" not in again, again
        return said


def with_buildah(folder):
    storage = folder / "storage.conf"
    storage.write_text(f'[storage]\ndriver = "vfs"\ngraphroot = "{folder}/graph"\nrunroot = "{folder}/run"\n')
    tools = {"CONTAINERS_STORAGE_CONF": str(storage), "BUILDAH_ISOLATION": "chroot"}
    registry = Registry(folder / "registry")
    try:
        inputs = f'repository: "{registry.host}/team/app", builder: buildah, secrets: {{ token: "${{secrets.token}}" }}'
        Project(folder / "pushed", inputs, secret=True, **tools).built_once()
        left = subprocess.run(["grep", "-rl", SECRET, str(folder)], capture_output=True, text=True, check=False).stdout
        assert not left, left
    finally:
        registry.stop()
    kept = Project(folder / "kept", "builder: buildah", **tools)
    kept.built_once()
    assert "localhost/deployctl" in kept.run("buildah", "images")


def with_docker(folder):
    with DockerWorld() as world:
        kept = Project(folder / "docker", "builder: docker", more=TASK.format(socket=world.engine.socket),
                       DOCKER_HOST=f"unix://{world.engine.socket}", DOCKER_BUILDKIT="0")
        said = kept.built_once()
        assert "task@local | made" in said, said


def main():
    need("docker-registry", "buildah", "docker")
    need_engine()
    with tempfile.TemporaryDirectory(prefix="deployctl-builds-") as place:
        with_buildah(pathlib.Path(place))
        with_docker(pathlib.Path(place))
    print("buildah and docker build what is found again, and no secret stays")
    return 0


if __name__ == "__main__":
    sys.exit(main())
