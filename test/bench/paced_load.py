"""Requests at a fixed rate, whether or not the ones before are answered, and how long each took.

A request is due when it is due: where no connection is free for it then, the waiting counts.
"""
import select
import socket
import time

import backends
from processes import Broken

CONNECTIONS = 32
PATIENCE = 60  # seconds without any answer: who is slow is told, not refused


class Asked:
    """A kept connection. All its requests are the same, and so are the answers but for their time of day."""

    def __init__(self, address, port, cookie):
        self.request = backends.request("128", cookie)
        self.socket = socket.create_connection((address, port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.length = self.missing = len(backends.first_answer(self.socket, self.request))
        self.sent = self.free_since = 0

    def send(self, since):
        self.sent = since
        self.missing = self.length
        self.socket.send(self.request)

    def answered(self):
        """Whether the whole answer is there now."""
        got = len(self.socket.recv(4096))
        self.missing -= got
        if got == 0 or self.missing < 0:
            raise Broken("a connection was closed, or an answer is another")
        return self.missing == 0


def paced(address, port, cookies, rate, seconds):
    """All latencies in milliseconds, sorted."""
    line = []
    try:
        for number in range(CONNECTIONS):
            line.append(Asked(address, port, cookies[number % len(cookies)]))
        return sorted(played(line, rate, round(rate * seconds)))
    finally:
        for asked in line:
            asked.socket.close()


def played(line, rate, total):
    free, busy, late, took = list(line), {}, [], []
    begin, due_count = time.perf_counter(), 0
    while len(took) < total:
        now = time.perf_counter()
        while due_count < total and begin + due_count / rate <= now:
            late.append(begin + due_count / rate)
            due_count += 1
        while late and free:
            asked, since = free.pop(0), late.pop(0)
            # The load's own lateness is nobody's latency; a wait for a free connection is.
            asked.send(since if asked.free_since > since else time.perf_counter())
            busy[asked.socket] = asked
        wait = begin + due_count / rate - time.perf_counter() if due_count < total else PATIENCE
        ready, _, _ = select.select(list(busy), [], [], max(0, wait))
        if not ready and due_count == total:
            raise Broken(f"no answer within {PATIENCE} s")
        now = time.perf_counter()
        for one in ready:
            asked = busy[one]
            if asked.answered():
                del busy[one]
                free.append(asked)
                asked.free_since = now
                took.append((now - asked.sent) * 1000)
    return took


def percentiles(took):
    return {"p50_ms": took[len(took) // 2], "p99_ms": took[len(took) * 99 // 100]}
