"""A TCP link with a round trip of its own: what goes in at one end comes out at the other half a round trip later, in order."""

import queue
import socket
import threading
import time

PIECE = 256 << 10


class DelayLink:
    """`host` stands in for `upstream`. `cut_after`: bytes from the client after which the next connections break, one each."""

    def __init__(self, upstream, round_trip, cuts=0, cut_after=0):
        self.upstream, self.half, self.cuts, self.cut_after = upstream, round_trip / 2, cuts, cut_after
        self.sent, self.connections, self.lock = 0, 0, threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.host = f"127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def stop(self):
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.join, args=(client,), daemon=True).start()

    def join(self, client):
        name, port = self.upstream.rsplit(":", 1)
        time.sleep(self.half * 2)  # the handshake's round trip
        server = socket.create_connection((name, int(port)))
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.flow(client, server, True)
        self.flow(server, client, False)

    def flow(self, source, sink, counted):
        pieces = queue.Queue(maxsize=512)

        def read():
            passed = 0
            try:
                while data := source.recv(PIECE):
                    passed += len(data)
                    if counted and self.is_cut(len(data), passed):
                        break
                    pieces.put((time.monotonic() + self.half, data))
            except OSError:
                pass
            pieces.put((0, b""))

        def write():
            try:
                while True:
                    due, data = pieces.get()
                    if not data:
                        break
                    time.sleep(max(0, due - time.monotonic()))
                    sink.sendall(data)
            except OSError:
                pass
            for one in (source, sink):
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

        threading.Thread(target=read, daemon=True).start()
        threading.Thread(target=write, daemon=True).start()

    def is_cut(self, size, passed):
        with self.lock:
            self.sent += size
            if self.cuts == 0 or passed < self.cut_after:
                return False
            self.cuts -= 1
            return True
