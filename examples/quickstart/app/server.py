"""The service that is deployed: a greeting, and /healthz with the version that answers.

It serves on a socket it inherits (descriptor 3), so the next version can take over without a closed door: on SIGTERM it
stops accepting, answers what is open, and leaves. `--check` only proves that it could start.
"""

import http.server
import json
import pathlib
import signal
import socket
import sys
import threading

SETTINGS = json.loads(pathlib.Path(__file__).with_name("settings.json").read_text())
INHERITED_SOCKET = 3


class Greeter(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 5  # seconds an idle connection may hold up a handover

    def do_GET(self):
        if self.path == "/healthz":
            healthy = "greeting" in SETTINGS
            self.answer(200 if healthy else 500, {"version": SETTINGS["version"], "healthy": healthy})
        else:
            self.answer(200, {"version": SETTINGS["version"], "say": SETTINGS.get("greeting", "...")})

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.server.leaving.is_set():
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False  # server_close waits for every open connection

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Greeter, bind_and_activate=False)
        self.socket.close()
        self.socket = socket.socket(fileno=INHERITED_SOCKET)
        self.socket.setblocking(False)  # the other version may take the connection first
        self.leaving = threading.Event()

    def leave(self, *_):
        self.leaving.set()
        threading.Thread(target=self.shutdown).start()


def main():
    if "--check" in sys.argv:
        print(f"settings of {SETTINGS['version']} can be read")
        return
    server = Server()
    signal.signal(signal.SIGTERM, server.leave)
    print(SETTINGS["version"], flush=True)  # tells the supervisor who is serving now
    server.serve_forever(poll_interval=0.05)
    server.server_close()


if __name__ == "__main__":
    main()
