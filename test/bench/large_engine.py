"""A large table from an engine: the first full sync with thousands of containers on drydock, and what a start costs then."""
import http.client
import json
import os
import socket
import statistics
import sys
import time

from asking import Mooring, cpu_ms, routed
from processes import Broken, Program, until
from backends import ROOT

AT_ONCE = 500  # containers in one order
SPACED = 0.04  # seconds between starts that come one by one: more than what the provider collects
BLOCK = 25  # starts, and then they are removed again: the number of containers stays what it is


def host(name):
    return f"{name}.example.test"


class Orders(http.client.HTTPConnection):
    """One kept connection to drydock's own API."""

    def __init__(self, path):
        super().__init__("drydock", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(self.path)

    def order(self, method, path, body=None):
        self.request(method, "/drydock/" + path, None if body is None else json.dumps(body))
        reply = self.getresponse()
        text = reply.read()
        if reply.status >= 300:
            raise Broken(f"drydock: {method} {path}: {reply.status} {text!r}")
        return json.loads(text)


class Engine:
    """drydock with `count` containers, each with a router and a service of its own; their servers answer at `port`."""

    def __init__(self, folder, port, count):
        self.port = port
        self.socket = folder + "/engine.sock"
        command = [sys.executable, ROOT + "/test/drydock/drydock.py", "--socket", self.socket]
        self.program = Program("drydock", command, os.sched_getaffinity(0), folder)
        try:
            until("the stand-in engine", lambda: self.program.running() and os.path.exists(self.socket))
            self.orders = Orders(self.socket)
            for first in range(0, count, AT_ONCE):
                names = [f"app{n:05}" for n in range(first, min(first + AT_ONCE, count))]
                self.orders.order("POST", "containers", [self.described(name) for name in names])
        except BaseException:
            self.program.stop()
            raise

    def described(self, name):
        return {"name": name, "image": "example/app:1", "ports": [self.port], "listen": False, "start": True,
                "labels": {"traefik.enable": "true", "com.docker.compose.project": "shop",
                           "com.docker.compose.service": name,
                           f"traefik.http.routers.{name}.rule": f"Host(`{host(name)}`)",
                           f"traefik.http.services.{name}.loadbalancer.server.port": str(self.port)}}

    def start(self, name):
        """When its start event was written, in nanoseconds since the epoch."""
        return self.orders.order("POST", "containers", self.described(name))["Started"]

    def remove(self, name):
        self.orders.order("DELETE", "containers/" + name)

    def cpu_ms(self):
        return cpu_ms(self.program.process.pid)

    def stop(self):
        self.orders.close()
        self.program.stop()


class Scene:
    """An engine with `count` containers, and Mooring that follows it."""

    def __init__(self, program, folder, port, count):
        self.made = 0
        self.engine = Engine(folder, port, count)
        try:
            before = self.engine.cpu_ms()
            # The listing that comes from time to time is no event; what one costs is measured by itself.
            self.mooring = Mooring(program, folder, f"  docker: {{endpoint: 'unix://{self.engine.socket}', pollInterval: 1h}}\n")
        except BaseException:
            self.engine.stop()
            raise
        try:
            self.published = self.mooring.published_after()
            self.engine_seconds = (self.engine.cpu_ms() - before) / 1000
            self.answered = self.mooring.answered_after(host(f"app{count - 1:05}"))
            total, wrong = self.mooring.routers()
            if total < count or wrong:
                raise Broken(f"{total} routers of {count}, {wrong} of them with errors or warnings")
            self.mooring.wait_quiet()
            self.sync_cpu = self.mooring.cpu_ms() / 1000
        except BaseException:
            self.stop()
            raise

    def fresh(self, number):
        names = [f"new{self.made + n:05}" for n in range(number)]
        self.made += number
        return names

    def start_ms(self, number, spaced):
        """From each start event to the first request by a table that has its router, in ms; then all are removed."""
        names, times = self.fresh(number), []
        for name in names:
            started = self.engine.start(name)
            self.mooring.asker.wait_for(host(name), routed, self.mooring)
            times.append((time.time_ns() - started) / 1e6)
            if spaced:
                time.sleep(SPACED)
        self.remove(names)
        return times

    def remove(self, names):
        for name in names:
            self.engine.remove(name)
        self.mooring.asker.wait_for(host(names[-1]), lambda status: status == 404, self.mooring, between=0.005)
        self.mooring.wait_quiet(pause=0.1)

    def cpu_ms_a_start(self, number):
        """What Mooring spends on one start while nobody asks it anything: a median over blocks of starts."""
        blocks = []
        for _ in range(number // BLOCK):
            names = self.fresh(BLOCK)
            before = self.mooring.cpu_ms()
            for name in names:
                self.engine.start(name)
                time.sleep(SPACED)
            blocks.append((self.mooring.cpu_ms() - before) / BLOCK)
            if not routed(self.mooring.asker.status(host(names[-1]))):
                raise Broken(f"{names[-1]} is not routed {SPACED} s after its start")
            self.remove(names)
        return statistics.median(blocks)

    def idle_ms(self):
        """What Mooring spends in the time of one start when nothing happens."""
        before = self.mooring.cpu_ms()
        time.sleep(1)
        return (self.mooring.cpu_ms() - before) * SPACED

    def stop(self):
        self.mooring.stop()
        self.engine.stop()
