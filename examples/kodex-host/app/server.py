"""A small stand-in for the Kodex API: one answer, and /healthz with the version that answers.

It keeps its visitors in data/, which is the same folder for every release. `--check` only proves that it could start.
"""

import argparse
import http.server
import json
import os
import pathlib
import signal
import threading

HERE = pathlib.Path(__file__).parent
SETTINGS = json.loads((HERE / "settings.json").read_text())


def answer_to(path, settings, has_key):
    """Status and document of a request."""
    healthy = "model" in settings and has_key
    if path == "/healthz":
        return (200 if healthy else 500), {"version": settings["version"], "healthy": healthy}
    return 200, {"version": settings["version"], "model": settings.get("model", "none")}


class Api(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(HERE / "data" / "visits", "a", encoding="utf-8") as visits:
            visits.write(self.path + "\n")
        status, document = answer_to(self.path, SETTINGS, bool(os.environ.get("OPENAI_API_KEY")))
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--check", action="store_true")
    words.add_argument("--address", default=os.environ.get("KODEX_ADDRESS", ""))
    words.add_argument("--port", type=int, default=8000)
    given = words.parse_args()
    if given.check:
        print(f"settings of {SETTINGS['version']} can be read")
        return
    server = http.server.ThreadingHTTPServer((given.address, given.port), Api)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.05)
    server.server_close()


if __name__ == "__main__":
    main()
