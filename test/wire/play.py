"""Plays a case against a Mooring that runs, and says what came of it, in lines.

Whatever the case is: its innocent neighbours get their own answers, on the same connection, on one that was open before and
on a new one; no more requests reach the upstream than the case says; and both wires are read by strict.py.
"""
import itertools
import re
import socket
import threading
from typing import Optional

from expect import Failed, expect, expect_equal
from notation import to_lines
from strict import Cut, Message, Reader, Unclear, read_response
from table import Case
from upstream import INNOCENT, PATIENCE, Script, Seen, Upstream

DATE = re.compile(r"^(Date: )\w{3}, \d\d \w{3} 20[2-9]\d \d\d:\d\d:\d\d GMT$", re.MULTILINE)
COUNTER = itertools.count(1)
FORWARDED = re.compile(r"X-Real-Ip: (?P<ip>\S+)\nX-Forwarded-Proto: http\nX-Forwarded-Port: (?P<port>\d+)\n"
                       r"X-Forwarded-Host: (?P<host>.*)\nX-Forwarded-Server: (?P<server>\S+)\nX-Forwarded-For: (?P=ip)\n")


class Client:
    """One connection. Sends in a thread, so that a proxy which does not read stops nobody."""

    def __init__(self, to: tuple[str, int], source: str):
        self.socket = socket.create_connection(to, PATIENCE, source_address=(source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = Reader(self.more)
        self.sender: Optional[threading.Thread] = None

    def more(self) -> bytes:
        try:
            return self.socket.recv(1 << 20)
        except socket.timeout as error:
            raise Failed("the client waits for an answer, and the connection does not end either") from error
        except ConnectionResetError:
            return b""

    def send(self, pieces: list[bytes], goodbye: bool = False) -> None:
        def send_all() -> None:
            try:
                for piece in pieces:
                    self.socket.sendall(piece)
                if goodbye:
                    self.socket.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the other side has ended: what it said is read all the same

        if self.sender is not None:
            self.sender.join()
        self.sender = threading.Thread(target=send_all, daemon=True)
        self.sender.start()

    def close(self) -> None:
        self.socket.close()
        if self.sender is not None:
            self.sender.join()


def quoted(lines: list[str]) -> list[str]:
    return [f"| {line}".rstrip(" ") for line in lines]


def innocent() -> tuple[bytes, bytes]:
    target = INNOCENT + b"%d" % next(COUNTER)
    return target, b"GET " + target + b" HTTP/1.1\r\nHost: innocent.test\r\n\r\n"


def ask_innocent(client: Client, which: str) -> None:
    target, request = innocent()
    client.send([request])
    answer = read_response(client.reader, to_head=False)
    expect(answer is not None, f"an innocent request {which} got no answer")
    expect_equal((answer.status, answer.body), (200, target), f"the answer to an innocent request {which}")


class Play:
    def __init__(self, case: Case, to: tuple[str, int], source: str, upstream: Upstream):
        self.case, self.to, self.source, self.upstream = case, to, source, upstream
        self.answers: list[Message] = []
        self.tunnel: Optional[bytes] = None

    def run(self, in_bytes: bool) -> list[str]:
        """What came of it. `in_bytes`: the client sends each byte for itself."""
        case = self.case
        self.upstream.play(Script(case.answer or None, case.has("early"), case.has("closes"), case.later))
        bystander = Client(self.to, self.source)
        client = Client(self.to, self.source)
        try:
            ask_innocent(bystander, "before it")
            still_open = self._talk(client, in_bytes)
            if case.later:
                self.upstream.say_later()
                expect(self._ended(), "the connection on which the upstream said what nobody asked for is not closed")
            ask_innocent(bystander, "after it, on a connection that was open before")
            with_new = Client(self.to, self.source)
            try:
                ask_innocent(with_new, "after it, on a new connection")
            finally:
                with_new.close()
            return self._told(still_open)
        except (Unclear, Cut) as error:
            raise Failed(f"what the client gets is unclear: {error or 'cut off in a head'}") from error
        finally:
            client.close()
            bystander.close()

    def _talk(self, client: Client, in_bytes: bool) -> bool:
        """The client's part. True where its connection is open after it, and served an innocent request."""
        first, *rest = self.case.client
        target, request = innocent()
        follows = not (self.case.has("goodbye") or self.case.has("silent") or rest)
        pieces = [bytes([each]) for each in first] if in_bytes else [first]
        client.send(pieces + ([request] if follows else []), self.case.has("goodbye") and not rest)
        for number, piece in enumerate(rest):
            self._next(client)
            last = number + 1 == len(rest)
            tunnel = self.answers[-1].status == 101
            client.send([piece] + ([request] if last and not tunnel and not self.case.has("goodbye") else []),
                        last and (tunnel or self.case.has("goodbye")))
        while True:
            answer = self._next(client)
            if answer is None:
                return False
            if (answer.status, answer.body) == (200, target):
                self.answers.pop()
                return True

    def _next(self, client: Client) -> Optional[Message]:
        """The next answer. After a 101, or one that was cut off, there is none; what comes on a tunnel is kept."""
        if self.answers and self.answers[-1].status == 101:
            while got := client.more():
                client.reader.seen += got
            self.tunnel = client.reader.seen
            return None
        to_head = self.case.has("head") and len(self._finals()) < self.case.requests
        answer = read_response(client.reader, to_head)
        if answer is not None:
            self.answers.append(answer)
        return answer

    def _finals(self) -> list[Message]:
        return [answer for answer in self.answers if answer.status >= 200]

    # What came of it

    def _told(self, still_open: bool) -> list[str]:
        finals = self._finals()
        expect(len(finals) <= self.case.requests, f"{len(finals)} answers to {self.case.requests} requests")
        self.upstream.wait(lambda all_of: all(each.ended for each in all_of if any(m.cut for m in each.messages)), 5)
        seen = [each for each in self.upstream.connections if each.messages]
        for each in self.upstream.connections:
            expect(not each.unclear, f"what the upstream gets is unclear: {each.unclear}")
        whole = [message for each in seen for message in each.messages if not message.cut]
        expect(len(whole) <= self.case.requests, f"{len(whole)} requests reached the upstream, sent were {self.case.requests}")
        lines = []
        for message in whole:
            lines += ["upstream gets", *self._message(message, True)]
        for each in seen:
            if each.raw:
                lines += ["upstream gets behind it", *quoted(to_lines(each.raw))]
        for message in self.answers:
            lines += ["client gets", *self._message(message, False)]
        if self.tunnel is not None:
            lines += ["client gets behind it", *quoted(to_lines(self.tunnel))]
        lines.append("client " + ("open" if still_open else "closed"))
        if seen:
            lines.append("upstream " + ("open" if self._kept(seen) else "closed"))
        return lines

    def _kept(self, seen: list[Seen]) -> bool:
        """Whether the connection of the case serves others now; one that does not is to be closed."""
        if any(each.serves and not each.ended for each in seen):
            return True
        expect(self._ended(), "the upstream's connection serves nobody, and is not closed")
        return False

    def _ended(self) -> bool:
        """Whether the connections of the case are closed, now or soon."""
        return self.upstream.wait(lambda all_of: all(each.ended for each in all_of if each.messages), 5)

    def _message(self, message: Message, request: bool) -> list[str]:
        head = b"".join(line + b"\r\n" for line in [message.start, *(name + b": " + value for name, value in message.fields)])
        text = "\n".join(to_lines(head)) + "\n"
        text = self._anywhere(FORWARDED.sub(self._forwarded, text)) if request else DATE.sub(r"\1{now}", text)
        lines = text.splitlines()
        if message.body or message.chunked or message.cut:
            kind = "chunked" if message.chunked else "body"
            lines += [f"({kind}{', cut off' if message.cut else ''})", *to_lines(message.body)]
        if message.trailers:
            lines += ["(trailers)", *to_lines(b"".join(name + b": " + value + b"\r\n" for name, value in message.trailers))]
        return quoted(lines)

    def _forwarded(self, match: "re.Match[str]") -> str:
        """The fields that every request gets, in one line, where they are what they have to be."""
        port = re.fullmatch(r".*:(\d+)|.*", match["host"]).group(1) or "80"
        right = (match["ip"], match["port"], match["server"]) == (self.source, port, socket.gethostname())
        return f"{{forwarded for {match['host']}}}\n" if right else match[0]

    def _anywhere(self, text: str) -> str:
        """What is another on each machine or in each run, by its name."""
        text = text.replace(f"Host: 127.0.0.1:{self.upstream.port}\n", "Host: {upstream}\n").replace(self.source, "{client}")
        return text.replace(f"X-Forwarded-Server: {socket.gethostname()}\n", "X-Forwarded-Server: {hostname}\n")
