"""HTTP/1.1 messages out of a wire, read as strictly as RFC 9112 writes them: what Mooring sends must not need good will.

Unclear is raised where two readers could disagree, and for a field that belongs to one connection only. It shares nothing
with Mooring's own parser.
"""
import re
from dataclasses import dataclass, field
from typing import Callable, Optional

TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
REQUEST_LINE = re.compile(rb"(" + TOKEN + rb") ([!-\"$-~]+) HTTP/1\.1")  # RFC 9112, 3; no fragment
STATUS_LINE = re.compile(rb"HTTP/1\.1 (\d{3}) ([\t -~\x80-\xff]*)")  # 4
FIELD = re.compile(rb"(" + TOKEN + rb"):(?: ([!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)?)?")  # 5; one space, none at the end
HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._~!$&'()*+,;=%-]+)(?::\d*)?")  # RFC 3986, 3.2.2
CHUNK_LINE = re.compile(rb"[0-9A-Fa-f]{1,16}")  # RFC 9112, 7.1, without extensions
NOT_FORWARDED = {b"keep-alive", b"proxy-connection", b"proxy-authenticate", b"proxy-authorization", b"http2-settings"}
NOT_IN_TRAILERS = {b"host", b"content-length", b"transfer-encoding", b"connection", b"upgrade", b"cookie", b"authorization",
                   b"set-cookie", b"trailer", b"content-type", b"content-encoding", b"content-range"}


class Unclear(Exception):
    """The bytes can be read in more than one way, or not at all."""


class Cut(Exception):
    """The wire ended in the middle of a message."""


@dataclass
class Message:
    start: bytes
    fields: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    chunked: bool = False
    trailers: list[tuple[bytes, bytes]] = field(default_factory=list)
    cut: bool = False  # the wire ended before the message did

    @property
    def method(self) -> bytes:
        return self.start.split(b" ")[0]

    @property
    def target(self) -> bytes:
        return self.start.split(b" ")[1]

    @property
    def status(self) -> int:
        return int(self.start.split(b" ")[1])

    def all(self, name: bytes) -> list[bytes]:
        return [value for each, value in self.fields if each.lower() == name]


class Reader:
    """Reads messages from `more`, which gives the next bytes, or none when the peer has ended."""

    def __init__(self, more: Callable[[], bytes]):
        self.more = more
        self.seen = b""

    def _fill(self) -> bool:
        got = self.more()
        self.seen += got
        return bool(got)

    def _line(self) -> bytes:
        while b"\r\n" not in self.seen:
            if not self._fill():
                raise Cut()
        line, self.seen = self.seen.split(b"\r\n", 1)
        return line

    def _take(self, size: int, message: Message) -> None:
        """Moves the next `size` bytes to the body; as many as there are, if the wire ends before."""
        while len(self.seen) < size and self._fill():
            pass
        taken, self.seen = self.seen[:size], self.seen[size:]
        message.body += taken
        if len(taken) < size:
            raise Cut()

    def _fields(self, unwanted: set[bytes]) -> list[tuple[bytes, bytes]]:
        found = []
        while line := self._line():
            match = FIELD.fullmatch(line)
            if not match:
                raise Unclear(f"a field: {line[:200]!r}")
            if match.group(1).lower() in unwanted:
                raise Unclear(f"a field that is not passed on: {line[:200]!r}")
            found.append((match.group(1), match.group(2) or b""))
        return found

    def head(self, form: "re.Pattern[bytes]") -> Optional[Message]:
        """The next head; nothing where the wire ends before its first byte."""
        while not self.seen:
            if not self._fill():
                return None
        line = self._line()
        if not form.fullmatch(line):
            raise Unclear(f"a start line: {line[:200]!r}")
        return Message(line, self._fields(NOT_FORWARDED))

    def _chunks(self, message: Message) -> None:
        message.chunked = True
        while True:
            line = self._line()
            if not CHUNK_LINE.fullmatch(line):
                raise Unclear(f"a chunk's line: {line[:200]!r}")
            if int(line, 16) == 0:
                message.trailers = self._fields(NOT_IN_TRAILERS)
                return
            self._take(int(line, 16), message)
            if self._line():
                raise Unclear("a chunk that is longer than its size")

    def body(self, message: Message, until_close: bool) -> Message:
        """RFC 9112, 6.3, for a message that may have one."""
        lengths, codings = message.all(b"content-length"), message.all(b"transfer-encoding")
        if codings and (lengths or codings != [b"chunked"]):
            raise Unclear(f"how long a body is: {codings} beside {lengths}")
        if len(lengths) > 1 or (lengths and not re.fullmatch(rb"\d{1,18}", lengths[0])):
            raise Unclear(f"how long a body is: {lengths}")
        try:
            if codings:
                self._chunks(message)
            elif lengths:
                self._take(int(lengths[0]), message)
            elif until_close:
                while self._fill():
                    pass
                message.body, self.seen = self.seen, b""
        except Cut:
            message.cut = True
        return message


def check_request(message: Message) -> None:
    hosts = message.all(b"host")
    if len(hosts) != 1 or not (HOST.fullmatch(hosts[0]) or not hosts[0]):
        raise Unclear(f"which host: {hosts}")
    if message.all(b"te") not in ([], [b"trailers"]):
        raise Unclear(f"which codings the sender takes: {message.all(b'te')}")
    upgrades = [value.lower() for value in message.all(b"upgrade")]
    connections = [value.lower() for value in message.all(b"connection")]
    if any(token.strip() in (b"h2c", b"h2") or token.strip().startswith(b"tls/") for value in upgrades for token in value.split(b",")):
        raise Unclear(f"an upgrade that is not passed on: {upgrades}")
    if connections not in ([], [b"upgrade"]) or bool(upgrades) != bool(connections):
        raise Unclear(f"fields of one connection: {connections}, {upgrades}")


def read_request(reader: Reader, on_head: Callable[[Message], None]) -> Optional[Message]:
    """The next request; `on_head` is told before its body is read. Cut where the wire ends in its head."""
    message = reader.head(REQUEST_LINE)
    if message:
        check_request(message)
        on_head(message)
        reader.body(message, until_close=False)
    return message


def read_response(reader: Reader, to_head: bool) -> Optional[Message]:
    message = reader.head(STATUS_LINE)
    if message is None or message.status == 101 or to_head:
        return message
    if message.status < 200 or message.status in (204, 304):
        if message.status != 304 and (message.all(b"content-length") or message.all(b"transfer-encoding")):
            raise Unclear(f"a {message.status} that says how long its body is")
        return message
    return reader.body(message, until_close=True)
