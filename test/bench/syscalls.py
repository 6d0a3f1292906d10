"""How many system calls a request takes, as valgrind shows them: all threads, under a load of many connections.

Whoever is slow finds more waiting each time it looks, and asks less often what there is: it is the count of a proxy that
has all it can do.
"""
import os
import re
import select

import proxies
from counted import PATIENCE
from paced_load import Asked
from processes import Broken

TRACED = ["valgrind", "--tool=none", "--trace-syscalls=yes", "--vgdb=no"]
WARM, COUNTED = 1_000, 10_000  # requests
# Asking the time is none outside of valgrind, where the kernel has put the answer into the process (vdso(7)).
CALL = re.compile(rb"SYSCALL\[\d+,\d+\]\(\d+\) (?!sys_(?:clock_get|gettimeofday|time\b|getcpu))\w")


class Log:
    """The calls in a log that grows. One that may wait has a second line, without a name, with what came of it."""

    def __init__(self, path):
        self.path, self.read, self.calls = path, 0, 0

    def count(self):
        with open(self.path, "rb") as log:
            log.seek(self.read)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self.read += len(line)
                self.calls += CALL.match(line) is not None
        return self.calls


def ask(line, total):
    """On each connection the next request as soon as the last one is answered, until so many are."""
    count = 0
    with select.epoll() as poll:
        asked = {one.socket.fileno(): one for one in line}
        for number, one in asked.items():
            poll.register(number, select.EPOLLIN)
            one.send(0)
        while count < total:
            ready = poll.poll(PATIENCE)
            if not ready:
                raise Broken(f"no answer within {PATIENCE} s")
            for number, _ in ready:
                if asked[number].answered():
                    count += 1
                    if count <= total - len(line):  # at the end all are answered
                        asked[number].send(0)


def syscalls(proxy, place, options):
    """Of one request at 128 B, connections and pools being there."""
    proxy.start(place, under=TRACED)
    line = []
    try:
        proxy.cookies = proxies.four_cookies(proxy, PATIENCE, between=0.3)
        for number in range(options.connections):
            line.append(Asked("127.0.0.1", proxy.port, proxy.cookies[number % len(proxy.cookies)]))
        ask(line, WARM)
        log = Log(proxy.program.log)
        before = log.count()
        ask(line, COUNTED)
        return (log.count() - before) / COUNTED
    finally:
        for one in line:
            one.socket.close()
        proxy.program.stop(PATIENCE)
        os.truncate(proxy.program.log, 0)
