"""An upstream of one case: says to each request what the table says, to an innocent one its own target, and keeps all it saw."""
import socket
import threading
from dataclasses import dataclass, field
from typing import Optional

from strict import Cut, Message, Reader, Unclear, read_request

INNOCENT = b"/innocent/"
PATIENCE = 20.0


@dataclass
class Script:
    answer: Optional[bytes] = None  # to every request of the case; else 200 with method, target and length of the body
    early: bool = False  # it answers the head, and reads the body after that
    closes: bool = False  # it ends the connection after its answer
    later: bytes = b""  # what it says on the idle connection, once the client has its answer


@dataclass
class Seen:
    """One connection, as the upstream saw it."""
    number: int
    messages: list[Message] = field(default_factory=list)
    serves: bool = False  # an innocent request came behind those of the case
    raw: bytes = b""  # what came after a 101
    unclear: str = ""
    ended: bool = False


def plain(body: bytes, to_head: bool = False) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + (b"" if to_head else body)


class Upstream:
    """Owned by the test's thread; each connection has a thread of its own, which ends with it."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Condition()
        self.script = Script()
        self.connections: list[Seen] = []
        self.sockets: dict[int, socket.socket] = {}
        self.thread: Optional[threading.Thread] = None

    def play(self, script: Script) -> None:
        """From now on this is what it does. What was seen before is forgotten, but for the connections that are open."""
        with self.lock:
            self.script = script
            self.connections = [each for each in self.connections if not each.ended]
            for each in self.connections:
                each.messages, each.serves, each.raw, each.unclear = [], False, b"", ""
        if self.thread is None:
            self.thread = threading.Thread(target=self._accept, daemon=True)
            self.thread.start()

    def close(self) -> None:
        self.listener.close()
        with self.lock:
            for each in self.sockets.values():
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def wait(self, condition, seconds: float = PATIENCE) -> bool:
        with self.lock:
            return self.lock.wait_for(lambda: condition(self.connections), seconds)

    def say_later(self) -> None:
        """The script's `later`, on the connections that the case's requests came on."""
        with self.lock:
            for each in self.connections:
                if each.messages and not each.ended:
                    each.serves = False
                    self.sockets[each.number].sendall(self.script.later)

    def _accept(self) -> None:
        number = 0
        while True:
            try:
                accepted, _ = self.listener.accept()
            except OSError:
                return
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what it says is to be there when it is said
            number += 1
            with self.lock:
                seen = Seen(number)
                self.connections.append(seen)
                self.sockets[number] = accepted
            threading.Thread(target=self._serve, args=(accepted, seen), daemon=True).start()

    def _serve(self, peer: socket.socket, seen: Seen) -> None:
        try:
            while self._one(peer, seen):
                pass
        except Unclear as unclear:
            seen.unclear = str(unclear)
        except (Cut, OSError):
            pass
        peer.close()
        with self.lock:
            seen.ended = True
            del self.sockets[seen.number]
            self.lock.notify_all()

    def _one(self, peer: socket.socket, seen: Seen) -> bool:
        def more() -> bytes:
            try:
                return peer.recv(1 << 20)
            except ConnectionResetError:
                return b""

        def answer_early(head: Message) -> None:
            if self.script.early and not head.target.startswith(INNOCENT):
                peer.sendall(self._answer(head))

        reader = Reader(more)
        message = read_request(reader, answer_early)
        if message is None:
            return False
        innocent = message.target.startswith(INNOCENT)
        with self.lock:
            if innocent:
                seen.serves = bool(seen.messages)
            else:
                seen.messages.append(message)
            self.lock.notify_all()
        if reader.seen:
            raise Unclear(f"bytes behind a request that was not answered: {reader.seen[:200]!r}")
        if message.cut:
            return False
        if innocent:
            peer.sendall(plain(message.target))
            return True
        if not self.script.early:
            peer.sendall(self._answer(message))
        if self.script.answer and self.script.answer.startswith(b"HTTP/1.1 101 ") and message.all(b"upgrade"):
            while got := more():
                seen.raw += got
                peer.sendall(got.upper())
            return False
        return not self.script.closes

    def _answer(self, message: Message) -> bytes:
        if self.script.answer is not None:
            return self.script.answer
        body = message.method + b" " + message.target + b" %d" % len(message.body)
        return plain(body, message.method == b"HEAD")
