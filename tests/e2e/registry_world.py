"""Debian's docker-registry, or the server of distribution that REGISTRY_SERVER names, on 127.0.0.1 with TLS and tokens or
users, and images as `docker save` writes them."""

import base64
import hashlib
import http.server
import io
import json
import os
import pathlib
import re
import ssl
import subprocess
import tarfile
import threading
import time
import urllib.parse

PROGRAM = os.environ.get("REGISTRY_SERVER", "docker-registry")
PASSWORD = "s3cret-pw"
# bcrypt of it, cheap on purpose
USERS = "deploy:$2b$04$uYfnI/4pA015mvx4xzjiyOuiz3i/UJuKbH1ntT33umIdAJxUXOFpC\n"


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def save(path, layers, note="none"):
    """An archive with these layers, each {name: bytes}; gives the configuration."""
    packed = [tar_of(layer) for layer in layers]
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Labels": {"note": note}},
                         "rootfs": {"type": "layers", "diff_ids": [digest_of(layer) for layer in packed]}}).encode()
    name = digest_of(config)[7:] + ".json"
    files = {f"{number}/layer.tar": layer for number, layer in enumerate(packed)}
    listing = [{"Config": name, "RepoTags": ["app:1"], "Layers": list(files)}]
    pathlib.Path(path).write_bytes(tar_of({**files, name: config, "manifest.json": json.dumps(listing).encode()}))
    return config


def tar_of(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


class Certificate:
    def __init__(self, folder):
        self.pem, self.key = folder / "cert.pem", folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=deployctl test",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.key, "-out", self.pem],
                       check=True, capture_output=True)

    def signed(self, data):
        return subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key], input=data, check=True, capture_output=True).stdout

    def der(self):
        return ssl.PEM_cert_to_DER_cert(self.pem.read_text())


class TokenServer:
    """Gives what is asked for to the one user, and notes each request."""

    def __init__(self, certificate):
        self.certificate, self.asked = certificate, []
        world = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                world.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.pem, certificate.key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.realm = f"https://127.0.0.1:{self.server.server_address[1]}/token"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, handler):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(handler.path).query)
        wanted = base64.b64encode(f"deploy:{PASSWORD}".encode()).decode()
        if handler.headers.get("Authorization") != f"Basic {wanted}":
            handler.send_response(401)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        scopes = [scope for value in query.get("scope", []) for scope in value.split()]
        self.asked.append(scopes)
        body = json.dumps({"token": self.token(query["service"][0], scopes), "expires_in": 300}).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def token(self, service, scopes):
        def encoded(data):
            return base64.urlsafe_b64encode(data).rstrip(b"=")

        access = [{"type": kind, "name": name, "actions": actions.split(",")}
                  for kind, name, actions in (scope.split(":") for scope in scopes)]
        now = int(time.time())
        head = {"typ": "JWT", "alg": "RS256", "x5c": [base64.b64encode(self.certificate.der()).decode()]}
        claims = {"iss": "tests", "sub": "deploy", "aud": service, "exp": now + 300, "nbf": now - 60, "iat": now - 60,
                  "jti": str(now), "access": access}
        text = encoded(json.dumps(head).encode()) + b"." + encoded(json.dumps(claims).encode())
        return (text + b"." + encoded(self.certificate.signed(text))).decode()


class Registry:
    """`auth`: "none", "users" or "tokens" of a TokenServer; with TLS when there is a certificate. `words` stand before the
    program: the network namespace that it is to be in; `images`: the folder of another one's."""

    def __init__(self, folder, certificate=None, auth="none", tokens=None, words=(), address="127.0.0.1:0", images=None):
        folder.mkdir()
        self.folder = folder
        self.words = words
        self.images = images or folder / "data"
        settings = {"version": 0.1, "log": {"level": "info", "accesslog": {"disabled": True}},
                    "storage": {"filesystem": {"rootdirectory": str(self.images)}, "delete": {"enabled": True}},
                    "http": {"addr": address}}
        if certificate:
            settings["http"]["tls"] = {"certificate": str(certificate.pem), "key": str(certificate.key)}
        if auth == "users":
            (folder / "users").write_text(USERS)
            settings["auth"] = {"htpasswd": {"realm": "tests", "path": str(folder / "users")}}
        if auth == "tokens":
            settings["auth"] = {"token": {"realm": tokens.realm, "service": "registry", "issuer": "tests",
                                          "rootcertbundle": str(certificate.pem)}}
        (folder / "config.yml").write_text(json.dumps(settings))
        self.start()

    def start(self):
        self.process = subprocess.Popen([*self.words, PROGRAM, "serve", str(self.folder / "config.yml")], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
                                        env={**os.environ, "OTEL_TRACES_EXPORTER": "none"})
        for line in self.process.stdout:
            if found := re.search(r"listening on (127\.0\.0\.1:\d+)", line):
                self.host = found.group(1)
                break
        else:
            raise AssertionError(f"{PROGRAM} did not start")
        self.reader = threading.Thread(target=self.process.stdout.read, daemon=True)
        self.reader.start()

    def restart(self):
        """On another port: `host` changes."""
        self.stop()
        self.start()

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
