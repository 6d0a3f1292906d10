"""How many system calls a request takes, as valgrind shows them: all threads, under a load of many connections.

Whoever is slow finds more waiting each time it looks, and asks less often what there is: it is the count of a proxy that
has all it can do.
"""
import os

import loads
import proxies
from counted import PATIENCE

TRACED = ["valgrind", "--tool=none", "--trace-syscalls=yes", "--vgdb=no"]


class Log:
    """The calls in a log that grows."""

    def __init__(self, path):
        self.path, self.read, self.calls = path, 0, 0

    def count(self):
        with open(self.path, "rb") as log:
            log.seek(self.read)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self.read += len(line)
                # A call that waits is on two lines, and only its first one has this.
                self.calls += line.startswith(b"SYSCALL[")
        return self.calls


def syscalls(proxy, place, options):
    """Of one request at 128 B."""
    proxy.start(place, under=TRACED)
    try:
        proxy.cookies = proxies.four_cookies(proxy, PATIENCE, between=0.3)
        loads.wrk(proxy, options, place.others, "128")  # connections and pools are there before it counts
        log = Log(proxy.program.log)
        before = log.count()
        done = loads.wrk(proxy, options, place.others, "128")
        return (log.count() - before) / done["count"]
    finally:
        proxy.program.stop(PATIENCE)
        os.truncate(proxy.program.log, 0)
