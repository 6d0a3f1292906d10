"""Stands between a proxy and the engine's socket: it can be cut, and it can let through only some requests.

It listens in a folder that is mounted into the proxy's container, for a socket that is made again is another file.
"""
import os
import re
import socket
import threading
from typing import Optional

import docker

# What a socket proxy with CONTAINERS=1 (and EVENTS, PING and VERSION, which are on by default) lets through.
SOCKET_PROXY = re.compile(r"GET (/v[0-9.]+)?/(containers(/[^?]*)?|events|_ping|version)(\?\S*)? HTTP/1\.1")


class Relay:
    def __init__(self, folder: str, allowed: Optional[re.Pattern] = None):
        os.makedirs(folder)
        os.chmod(folder, 0o755)
        self.path = os.path.join(folder, "docker.sock")
        self.allowed = allowed
        self.refused: list[str] = []
        self.requests: list[str] = []
        self.lock = threading.Lock()
        self.open: list[socket.socket] = []
        self.listener: Optional[socket.socket] = None

    def __enter__(self) -> "Relay":
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()

    def connect(self) -> None:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(self.path)
        os.chmod(self.path, 0o666)
        listener.listen(64)
        self.listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """As when the engine dies: nothing listens any more, and what was open is gone."""
        if self.listener is None:
            return
        os.unlink(self.path)
        listener, self.listener = self.listener, None
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        with self.lock:
            connections, self.open = self.open, []
        for connection in connections:
            _end(connection)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            upstream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            upstream.connect(docker.SOCKET)
            with self.lock:
                if self.listener is not listener:
                    _end(client)
                    _end(upstream)
                    return
                self.open += [client, upstream]
            threading.Thread(target=self._requests, args=(client, upstream), daemon=True).start()
            threading.Thread(target=_pump, args=(upstream, client), daemon=True).start()

    def _requests(self, client: socket.socket, upstream: socket.socket) -> None:
        """Heads only: nobody who only reads sends a body."""
        pending = b""
        try:
            while True:
                while b"\r\n\r\n" not in pending:
                    piece = client.recv(65536)
                    if not piece:
                        return
                    pending += piece
                head, pending = pending.split(b"\r\n\r\n", 1)
                line = head.split(b"\r\n", 1)[0].decode("latin-1")
                self.requests.append(line)
                if self.allowed and not self.allowed.fullmatch(line):
                    self.refused.append(line)
                    client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    return
                upstream.sendall(head + b"\r\n\r\n")
        except OSError:
            pass
        finally:
            _end(client)
            _end(upstream)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            sink.sendall(piece)
    except OSError:
        pass
    finally:
        _end(source)
        _end(sink)


def _end(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    connection.close()
