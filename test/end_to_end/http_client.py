"""An HTTP/1.1 client that shows the bytes: one socket, one request after the other, nothing retried, nothing repaired.

The standard library's client hides what the cases are about (doubled fields, the bytes of Set-Cookie, when a connection ends).
"""
import socket
from dataclasses import dataclass, field
from typing import Optional

from expect import Failed

TIMEOUT = 10.0
Address = tuple[str, int]


class Broken(OSError):
    """The connection ended or said something that is not HTTP. An OSError, as a refused connection is."""


@dataclass
class Answer:
    status: int
    fields: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    head: bytes = b""

    def all(self, name: str) -> list[str]:
        return [value for each, value in self.fields if each.lower() == name.lower()]

    def one(self, name: str) -> Optional[str]:
        values = self.all(name)
        if len(values) > 1:
            raise Failed(f"{name} is there {len(values)} times: {values}")
        return values[0] if values else None

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def container(self) -> str:
        """Which container answered: whoami's first line, which is the short id unless a host name was given."""
        for line in self.text.splitlines():
            if line.startswith("Hostname: "):
                return line.removeprefix("Hostname: ")
        raise Failed(f"not an answer of whoami: {self.status} {self.text[:200]!r}")

    def cookie(self, name: str) -> Optional[str]:
        """The value that this answer sets, or nothing. Two are a failure."""
        values = [line for line in self.all("Set-Cookie") if line.split("=", 1)[0] == name]
        if len(values) > 1:
            raise Failed(f"cookie {name} is set twice: {values}")
        return values[0].split(";", 1)[0].split("=", 1)[1] if values else None


class Connection:
    def __init__(self, address: Address, timeout: float = TIMEOUT):
        self.socket = socket.create_connection(address, timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.closes = False

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def send(self, host: str, target: str = "/", method: str = "GET", fields: Optional[dict[str, str]] = None,
             body: bytes = b"") -> None:
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
        lines += [f"{name}: {value}" for name, value in (fields or {}).items()]
        if body or method in ("POST", "PUT"):
            lines.append(f"Content-Length: {len(body)}")
        self.socket.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)

    def receive(self, method: str = "GET") -> Answer:
        while True:
            answer = self._head()
            if answer.status < 200 and answer.status != 101:
                continue
            break
        tokens = ",".join(answer.all("Connection")).lower()
        self.closes = "close" in tokens
        if method != "HEAD" and answer.status not in (101, 204, 304):
            answer.body = self._body(answer)
        return answer

    def request(self, host: str, target: str = "/", method: str = "GET", fields: Optional[dict[str, str]] = None,
                body: bytes = b"") -> Answer:
        self.send(host, target, method, fields, body)
        return self.receive(method)

    def take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self._more()
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        return taken

    def _more(self) -> None:
        piece = self.socket.recv(65536)
        if not piece:
            raise Broken(f"the connection was closed in the middle of an answer (after {bytes(self.buffer[-60:])!r})")
        self.buffer += piece

    def _until(self, end: bytes) -> bytes:
        while (at := self.buffer.find(end)) < 0:
            self._more()
        return self.take(at + len(end))[:at]

    def _head(self) -> Answer:
        head = self._until(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        parts = first.split(" ", 2)
        if len(parts) < 2 or not parts[0].startswith("HTTP/1.") or not parts[1].isdigit():
            raise Broken(f"not a status line: {first!r}")
        fields = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        return Answer(int(parts[1]), fields, head=head)

    def _body(self, answer: Answer) -> bytes:
        if "chunked" in (answer.one("Transfer-Encoding") or "").lower():
            return self._chunks()
        length = answer.one("Content-Length")
        if length is not None:
            return self.take(int(length))
        self.closes = True
        while piece := self.socket.recv(65536):
            self.buffer += piece
        return self.take(len(self.buffer))

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self._until(b"\r\n").split(b";")[0], 16):
            body += self.take(size)
            self.take(2)
        while self._until(b"\r\n"):
            pass
        return body


def get(address: Address, host: str, target: str = "/", cookie: Optional[str] = None, fields: Optional[dict[str, str]] = None,
        timeout: float = TIMEOUT, method: str = "GET") -> Answer:
    """One request on a connection of its own. `cookie` is `name=value`."""
    sent = dict(fields or {})
    if cookie is not None:
        sent["Cookie"] = cookie
    with Connection(address, timeout) as connection:
        return connection.request(host, target, method, sent)
