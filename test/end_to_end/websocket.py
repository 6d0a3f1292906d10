"""A WebSocket client (RFC 6455), as much as the cases need: text frames, ping, close; nothing fragmented."""
import base64
import hashlib
import os
import struct
from typing import Optional

from expect import Failed
from http_client import Address, Connection

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class WebSocket:
    def __init__(self, address: Address, host: str, target: str, cookie: Optional[str] = None):
        self.connection = Connection(address)
        key = base64.b64encode(os.urandom(16)).decode()
        fields = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key}
        if cookie:
            fields["Cookie"] = cookie
        self.answer = self.connection.request(host, target, fields=fields)
        accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
        if self.answer.status != 101 or self.answer.one("Sec-WebSocket-Accept") != accept:
            self.connection.close()
            raise Failed(f"no WebSocket: {self.answer.head.decode('latin-1')!r} {self.answer.text[:100]!r}")

    def __enter__(self) -> "WebSocket":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def send(self, kind: int, payload: bytes) -> None:
        mask = os.urandom(4)
        length = len(payload)
        if length < 126:
            head = struct.pack("!BB", 0x80 | kind, 0x80 | length)
        elif length < 65536:
            head = struct.pack("!BBH", 0x80 | kind, 0x80 | 126, length)
        else:
            head = struct.pack("!BBQ", 0x80 | kind, 0x80 | 127, length)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.connection.socket.sendall(head + mask + masked)

    def receive(self) -> tuple[int, bytes]:
        first, second = self.connection.take(2)
        length = second & 0x7F
        if length == 126:
            length = struct.unpack("!H", self.connection.take(2))[0]
        elif length == 127:
            length = struct.unpack("!Q", self.connection.take(8))[0]
        return first & 0x0F, self.connection.take(length)

    def echo(self, payload: bytes) -> None:
        """Sends it, and fails where something else comes back."""
        self.send(TEXT, payload)
        kind, answer = self.receive()
        if (kind, answer) != (TEXT, payload):
            raise Failed(f"sent {payload[:40]!r} ({len(payload)} bytes), got back kind {kind}, {answer[:40]!r} ({len(answer)} bytes)")
