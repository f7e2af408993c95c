"""A proxy before a registry that does to chosen requests what networks and servers do: cuts, losses, refusals, slowness."""

import dataclasses
import http.client
import re
import socket
import socketserver
import struct
import threading
import time

PIECE = 64 << 10


@dataclasses.dataclass
class Fault:
    """Strikes the `which`th requests (from 0) of that method whose path is like `path`."""
    method: str
    path: str
    which: tuple = (0,)
    cut_up: float = None       # the share of the request's body after which the connection breaks
    cut_down: float = None     # the share of the answer's body
    lose_answer: bool = False  # the registry has done it, and nobody hears
    status: int = None         # answered instead of the registry
    headers: dict = dataclasses.field(default_factory=dict)
    body: bytes = b""
    pause: float = 0           # seconds between pieces of the request's body
    meanwhile: object = None   # called before the registry is asked
    seen: int = 0
    struck: int = 0


class FaultProxy:
    def __init__(self, upstream, faults=()):
        self.upstream, self.faults, self.requests, self.lock = upstream, list(faults), [], threading.Lock()
        world = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                while world.one_request(self):
                    pass

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_):
                pass  # a client that goes away is no news here

        self.server = Server(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def fault_for(self, method, path):
        with self.lock:
            self.requests.append((method, path))
            for fault in self.faults:
                if fault.method == method and re.search(fault.path, path):
                    fault.seen += 1
                    if fault.seen - 1 in fault.which:
                        fault.struck += 1
                        return fault
        return Fault("", "")

    def count(self, method, path):
        with self.lock:
            return sum(1 for one, where in self.requests if one == method and re.search(path, where))

    def one_request(self, handler):
        line = handler.rfile.readline().decode("latin-1").split()
        if len(line) != 3:
            return False
        headers = http.client.parse_headers(handler.rfile)
        fault = self.fault_for(line[0], line[1])
        if fault.meanwhile:
            fault.meanwhile()
        length = int(headers.get("Content-Length", 0))
        body = self.read_body(handler, length, fault)
        if body is None:
            return self.hang_up(handler)
        if fault.status:
            return self.answer(handler, line[0], fault.status, fault.headers.items(), fault.body, None)
        connection = http.client.HTTPConnection(self.upstream, timeout=120)
        try:
            connection.request(line[0], line[1], body=body if length or line[0] in ("PUT", "POST", "PATCH") else None,
                               headers=dict(headers.items()))
            response = connection.getresponse()
            data = response.read()
            if fault.lose_answer:
                return self.hang_up(handler)
            return self.answer(handler, line[0], response.status, response.getheaders(), data, fault.cut_down)
        finally:
            connection.close()

    @staticmethod
    def read_body(handler, length, fault):
        """None when it is cut on the way."""
        end = length if fault.cut_up is None else int(length * fault.cut_up)
        body = b""
        while len(body) < end:
            piece = handler.rfile.read(min(PIECE, end - len(body)))
            if not piece:
                return None
            body += piece
            if fault.pause:
                time.sleep(fault.pause)
        return body if fault.cut_up is None else None

    def answer(self, handler, method, status, headers, data, cut_down):
        lines = [f"HTTP/1.1 {status} As-It-Is"]
        lines += [f"{name}: {value}" for name, value in headers
                  if name.lower() not in ("transfer-encoding", "connection", "content-length")]
        given = dict((name.lower(), value) for name, value in headers)
        lines.append(f"Content-Length: {given.get('content-length', len(data)) if method == 'HEAD' else len(data)}")
        handler.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        if method == "HEAD":
            return True
        if cut_down is not None:
            handler.wfile.write(data[:int(len(data) * cut_down)])
            return self.hang_up(handler)
        handler.wfile.write(data)
        return True

    @staticmethod
    def hang_up(handler):
        handler.wfile.flush()
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        return False
