#!/usr/bin/env python3
"""What others do is not felt: overload.py --program MOORING [--slow 500] [--idle 10000]

Measures the slowest hundredth of normal requests on a kept connection, alone and beside each of: clients that never finish
their heads, connections that ask nothing, a log whose disk has stopped taking. Beside them it may be twice as slow at most.
Fewer than the idle ones asked for are opened where the limit of open files allows no more; the result says how many.
A burden is measured between two quiet measurements, up to three times: a machine's own hiccup is not Mooring's.
"""
import argparse
import contextlib
import os
import resource
import signal
import socket
import sys
import time
from typing import Callable, ContextManager, Iterator

from stand import Stand, expect, free_port, told_on, wait_for
from expect import Failed
from http_client import Connection

HOST = "shop.test"
REQUESTS = 1000
TRIES = 3
MOST = 2.0
Pace = Callable[[int], None]  # called between two requests, off the clock


def slowest_hundredth(stand: Stand, pace: Pace) -> float:
    """In seconds."""
    connection = Connection(stand.web)
    times = []
    for number in range(REQUESTS):
        pace(number)
        started = time.perf_counter()
        answer = connection.request(HOST)
        times.append(time.perf_counter() - started)
        expect(answer.status == 200, f"a normal request got {answer.status}: {answer.text[:200]}")
    connection.close()
    return sorted(times)[REQUESTS * 99 // 100]


def quiet(_: int) -> None:
    return


def affordable(count: int) -> int:
    """Mooring keeps a descriptor for an upstream beside each client's, and its workers do not get exactly as many."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(count, most * 9 // 20)


def connections(stand: Stand) -> int:
    return sum(worker["connections"] for worker in stand.status()["workers"])


@contextlib.contextmanager
def opened(stand: Stand, count: int, first: bytes = b"") -> Iterator[list[socket.socket]]:
    before = connections(stand)
    sockets = []
    try:
        for _ in range(count):
            sockets.append(socket.create_connection(stand.web, 30))
            if first:
                sockets[-1].sendall(first)
        wait_for(f"{count} connections", lambda: connections(stand) >= before + count, 30)
        yield sockets
    finally:
        for each in sockets:
            each.close()
        wait_for("their end", lambda: connections(stand) <= before + 8, 60)


@contextlib.contextmanager
def slow_heads(stand: Stand, count: int) -> Iterator[Pace]:
    with opened(stand, count, b"GET / HTTP/1.1\r\nHost: shop.test\r\nX-Slow: ") as sockets:
        def drip(number: int) -> None:
            with contextlib.suppress(OSError):  # its ten seconds for a head are over
                sockets[number % count].send(b"x")
        yield drip


@contextlib.contextmanager
def idle_connections(stand: Stand, count: int) -> Iterator[Pace]:
    with opened(stand, count):
        yield quiet


@contextlib.contextmanager
def stalled_log(stand: Stand) -> Iterator[Pace]:
    reader = stand.processes["reader"]
    os.killpg(reader.pid, signal.SIGSTOP)
    try:
        slowest_hundredth(stand, quiet)  # what the pipe takes is full after this
        yield quiet
    finally:
        os.killpg(reader.pid, signal.SIGCONT)


def compare(stand: Stand, name: str, burden: Callable[[], ContextManager[Pace]]) -> str:
    seen = []
    for _ in range(TRIES):
        alone = slowest_hundredth(stand, quiet)
        with burden() as pace:
            beside = slowest_hundredth(stand, pace)
        alone = max(alone, slowest_hundredth(stand, quiet))
        seen.append(f"{alone * 1e3:.2f} ms alone, {beside * 1e3:.2f} ms beside")
        if beside <= alone * MOST:
            return f"{name}: {seen[-1]} (x{beside / alone:.2f})"
    raise Failed(f"beside {name} the slowest hundredth is more than {MOST:g} times as slow: {'; '.join(seen)}")


class LoggingStand(Stand):
    """With an access log that goes through a pipe, whose reader can be stopped."""
    def begin(self) -> None:
        os.mkfifo(self.path("access.pipe"))
        self.start("reader", ["cat", self.path("access.pipe")])
        self.flags += ("--accesslog=true", f"--accesslog.filepath={self.path('access.pipe')}")
        super().begin()


def run(stand: Stand, slow: int, idle: int) -> str:
    idle = affordable(idle)
    port = free_port()
    stand.make("a-1", {"traefik.enable": "true", "traefik.http.routers.a.rule": f"Host(`{HOST}`)",
                       "traefik.http.services.a.loadbalancer.server.port": str(port)}, ports=[port],
               command=[stand.program, "whoami", "--address", "{address}", "--port", "{port}", "--name", "a"])
    stand.wait_states("a@docker", {"a-1": "ready"})
    said = [compare(stand, f"{slow} slow heads", lambda: slow_heads(stand, slow)),
            compare(stand, f"{idle} idle connections", lambda: idle_connections(stand, idle)),
            compare(stand, "a stalled log", lambda: stalled_log(stand))]
    # It must also end while nothing takes its log.
    os.killpg(stand.processes["reader"].pid, signal.SIGSTOP)
    return "; ".join(said)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, metavar="MOORING")
    parser.add_argument("--slow", type=int, default=500)
    parser.add_argument("--idle", type=int, default=10000)
    options = parser.parse_args()
    return told_on("overload on drydock: slow heads, idle connections, a stalled log", LoggingStand(options.program),
                   lambda stand: run(stand, options.slow, options.idle))


if __name__ == "__main__":
    sys.exit(main())
