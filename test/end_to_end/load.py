"""Clients that keep their cookie and their connection, as browsers do, and count every answer. One thread each."""
import threading
import time
from dataclasses import dataclass
from typing import Callable, Optional

from expect import Failed, expect, wait_for
from http_client import Address, Connection

# Between two requests of one client: enough of them to meet every moment, few enough to leave the machine its time.
PACE = 0.008
# A request that waits for so long has failed, whatever comes then.
ANSWER_WITHIN = 20.0


@dataclass
class Move:
    client: int
    at: float
    left: str
    reached: str


@dataclass
class Loss:
    """A request that did not get its 200. `status` is 0 where no answer came at all."""

    client: int
    at: float
    text: str
    method: str = "GET"
    status: int = 0
    retry_after: bool = False
    refused: bool = False  # the connection, by the proxy's own port
    took: float = 0.0

    @property
    def turned_away(self) -> bool:
        return self.status == 503 and self.retry_after

    @property
    def cut_off(self) -> bool:
        """A POST that the proxy answers for, because its container did not: it cannot be sent once more."""
        return self.method == "POST" and self.status == 502


def clock(at: float) -> str:
    """As in the proxy's log, so that the two can be laid side by side."""
    return time.strftime("%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03d}Z"


class Unexpected(Failed):
    def __init__(self, text: str, status: int, retry_after: bool):
        super().__init__(text)
        self.status, self.retry_after = status, retry_after


class Client(threading.Thread):
    def __init__(self, number: int, address: Address, host: str, cookie_name: Optional[str], method: str, stopped: threading.Event,
                 target: str = "/"):
        super().__init__(daemon=True, name=f"client {number}")
        self.number, self.address, self.host, self.stopped = number, address, host, stopped
        self.cookie_name, self.method, self.target = cookie_name, method, target
        self.cookie: Optional[str] = None
        self.slowest = 0.0
        self.container = ""
        self.answers = 0
        self.seen: set[str] = set()
        self.moves: list[Move] = []
        self.losses: list[Loss] = []

    def run(self) -> None:
        connection: Optional[Connection] = None
        while not self.stopped.wait(PACE):
            started = time.monotonic()
            try:
                connection = connection or Connection(self.address, ANSWER_WITHIN)
                self._ask(connection)
                keep = not connection.closes
                self.slowest = max(self.slowest, time.monotonic() - started)
            except (OSError, Failed) as error:
                text = f"{self.method} {type(error).__name__}: {error} (pinned to {self.container or '-'})"
                self.losses.append(Loss(self.number, time.time(), text, self.method, getattr(error, "status", 0),
                                        getattr(error, "retry_after", False), isinstance(error, ConnectionRefusedError),
                                        time.monotonic() - started))
                keep = False
            if not keep and connection is not None:
                connection.close()
                connection = None
        if connection is not None:
            connection.close()

    def _ask(self, connection: Connection) -> None:
        fields = {"Cookie": f"{self.cookie_name}={self.cookie}"} if self.cookie else {}
        answer = connection.request(self.host, self.target, self.method, fields, b"posted" if self.method == "POST" else b"")
        if answer.status != 200:
            raise Unexpected(f"status {answer.status} {answer.text[:80]!r}", answer.status, answer.one("Retry-After") is not None)
        container = answer.container
        self.answers += 1
        self.seen.add(container)
        if self.cookie_name is None:
            return
        new = answer.cookie(self.cookie_name)
        if new is None and container != self.container:
            raise Failed(f"answered by {container}, and no new cookie")
        if new is not None:
            if self.cookie is not None:
                self.moves.append(Move(self.number, time.time(), self.container, container))
            self.cookie, self.container = new, container


class Load:
    """A number of clients for as long as the `with` lasts. Without a cookie's name each request is a new client's."""

    def __init__(self, address: Address, host: str, cookie_name: Optional[str]):
        self.address, self.host, self.cookie_name = address, host, cookie_name
        self.stopped = threading.Event()
        self.clients: list[Client] = []

    def __enter__(self) -> "Load":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def add(self, count: int, with_cookie: bool = True, method: str = "GET", target: str = "/") -> None:
        """Returns when each new one has had its first answers."""
        name = self.cookie_name if with_cookie else None
        new = [Client(len(self.clients) + i, self.address, self.host, name, method, self.stopped, target) for i in range(count)]
        self.clients += new
        for client in new:
            client.start()
        wait_for("the first answers of each client", lambda: all(client.answers >= 3 for client in new))

    def stop(self) -> None:
        self.stopped.set()
        for client in self.clients:
            client.join(ANSWER_WITHIN + 5)

    @property
    def answers(self) -> int:
        return sum(client.answers for client in self.clients)

    @property
    def losses(self) -> list[Loss]:
        return sorted((loss for client in self.clients for loss in client.losses), key=lambda loss: loss.at)

    @property
    def moves(self) -> list[Move]:
        return sorted((move for client in self.clients for move in client.moves), key=lambda move: move.at)

    @property
    def slowest(self) -> float:
        """Seconds that an answered request took at most."""
        return max(client.slowest for client in self.clients)

    def pinned_to(self, container: str) -> int:
        return sum(client.cookie is not None and client.container == container for client in self.clients)

    def run_on(self, answers_each: int = 20) -> None:
        """Until each client has had so many more answers (or lost as many)."""
        before = {client.number: client.answers + len(client.losses) for client in self.clients}
        wait_for("more answers of each client", lambda: all(
            client.answers + len(client.losses) >= before[client.number] + answers_each for client in self.clients), 30)

    def expect_no_loss(self, during: str, excused: Callable[[Loss], bool] = lambda _: False) -> None:
        losses = [loss for loss in self.losses if not excused(loss)]
        shown = "; ".join(f"client {loss.client} at {clock(loss.at)}: {loss.text}" for loss in losses[:4])
        expect(not losses, f"{during}: {len(losses)} of {self.answers + len(self.losses)} requests failed: {shown}")

    def expect_only_turned_away(self, during: str) -> int:
        """Nothing but 200, and 503 with Retry-After. How many of these."""
        self.expect_no_loss(during, lambda loss: loss.turned_away)
        return len(self.losses)
