"""Programs of one run of the bench: started on one CPU, ended whatever happens, and what they have used so far."""
import os
import signal
import socket
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


class Broken(Exception):
    """The bench cannot go on; the text says why."""


def free_port(addresses):
    """A port that is free on all of `addresses`."""
    for _ in range(50):
        with socket.socket() as first:
            first.bind((addresses[0], 0))
            port = first.getsockname()[1]
        try:
            for address in addresses:
                with socket.socket() as probe:
                    probe.bind((address, port))
            return port
        except OSError:
            continue
    raise Broken("no port is free on " + ", ".join(addresses))


def until(what, condition, seconds=15, between=0.02):
    """Waits until `condition()` is true and returns what it said; `between` two looks, in seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(between)
    raise Broken(f"{what}: not within {seconds} s")


class Program:
    """A process and its children, pinned to `cpus`, as `user` where one is named; what it says goes to a file in `folder`."""

    def __init__(self, name, command, cpus, folder, user=None):
        self.name = name
        self.log = os.path.join(folder, name + ".log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder,
                                            start_new_session=True, user=user, preexec_fn=lambda: os.sched_setaffinity(0, cpus))

    def running(self):
        if self.process.poll() is None:
            return True
        with open(self.log, encoding="utf-8", errors="replace") as log:
            raise Broken(f"{self.name} ended with {self.process.returncode}:\n" + "".join(log.readlines()[-15:]))

    def tree(self):
        found = [self.process.pid]
        for pid in found:
            try:
                for task in os.listdir(f"/proc/{pid}/task"):
                    with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as children:
                        found += [int(child) for child in children.read().split()]
            except FileNotFoundError:  # it has just ended
                pass
        return found

    def cpu_seconds(self):
        """utime + stime of the tree, all threads, from /proc/PID/stat."""
        ticks = 0
        for pid in self.tree():
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
                fields = stat.read().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS

    def memory_kib(self):
        """(RSS, PSS) of the tree; PSS is None where the kernel does not let us read it (another user's process)."""
        rss, pss = 0, 0
        for pid in self.tree():
            with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
                rss += sum(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
            try:
                with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
                    pss += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
            except (PermissionError, FileNotFoundError):
                return rss, None
        return rss, pss

    def stop(self, seconds=5):
        """It may end by itself within so many seconds."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
                self.process.wait(timeout=seconds)
                return
            except ProcessLookupError:
                return
            except subprocess.TimeoutExpired:
                continue
