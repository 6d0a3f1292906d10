"""A stage for one test: drydock, and a Mooring beside it, both processes of ours on loopback addresses.

Orders go to drydock's control socket, which stays while the engine is away. How it ends: see own_processes.py.
"""
import http.client
import json
import os
import socket
import sys
import time
import urllib.parse
from typing import Any, Callable, Optional

from own_processes import HERE, Processes, free_port
from expect import Failed, expect, wait_for
from http_client import get

Row = dict[str, Any]


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("drydock", timeout=60)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def told(name: str, run: Callable[[], str]) -> int:
    """One test as test/run counts it: its line, the closing line, and the exit code."""
    started = time.monotonic()
    try:
        said = run()
    except (Failed, SystemExit) as error:
        print(f"FAILED {name}: {error}\n0 passed, 1 failed")
        return 1
    print(f"ok {name} ({time.monotonic() - started:.1f} s): {said}\n1 passed, 0 failed")
    return 0


def told_on(name: str, stand: "Stand", run: Callable[["Stand"], str]) -> int:
    """As told(), on a stand that begins and ends with the test."""
    def with_stand() -> str:
        with stand:
            return run(stand)

    return told(name, with_stand)


class Stand(Processes):
    def __init__(self, program: str, *flags: str):
        super().__init__()
        self.program, self.flags = os.path.abspath(program), flags
        self.web = ("127.0.0.1", free_port())
        self.api = ("127.0.0.1", free_port())

    awaited = "control.sock"  # the engine is there when this is

    def engine(self) -> list[str]:
        return [sys.executable, os.path.join(HERE, "drydock.py"), "--socket", self.path("docker.sock"),
                "--control", self.path("control.sock")]

    def begin(self) -> None:
        self.start("drydock", self.engine())
        wait_for("drydock", lambda: self.runs("drydock") and os.path.exists(self.path(self.awaited)))
        self.start("mooring", [self.program, f"--providers.docker.endpoint=unix://{self.path('docker.sock')}",
                               "--providers.docker.exposedByDefault=false", f"--entryPoints.web.address=127.0.0.1:{self.web[1]}",
                               f"--entryPoints.traefik.address=127.0.0.1:{self.api[1]}", "--api.insecure=true", "--log.level=INFO",
                               f"--controlSocket={self.path('mooring.sock')}", *self.flags])
        wait_for("Mooring", lambda: self.runs("mooring") and self.status()["ready"], 30)

    # The engine

    def order(self, method: str, path: str, body: Optional[Row] = None) -> Row:
        connection = UnixConnection(self.path("control.sock"))
        try:
            connection.request(method, "/drydock/" + path, None if body is None else json.dumps(body))
            answer = connection.getresponse()
            text = answer.read()
            expect(answer.status < 300, f"drydock: {method} {path}: {answer.status} {text[:200]!r}")
            return json.loads(text) if text.strip() else {}
        finally:
            connection.close()

    def make(self, name: str, labels: dict[str, str], **spec: Any) -> Row:
        return self.order("POST", "containers", {"name": name, "labels": labels, "start": True, **spec})

    def act(self, name: str, verb: str, **query: object) -> None:
        self.order("POST", f"containers/{name}/{verb}?{urllib.parse.urlencode(query)}")

    def remove(self, name: str) -> None:
        self.order("DELETE", f"containers/{name}")

    # Mooring

    def status(self) -> Row:
        answer = get(self.api, "api", "/api/status")
        expect(answer.status == 200, f"/api/status: {answer.status} {answer.text[:200]}")
        return json.loads(answer.body)

    def endpoints(self, service: str) -> dict[str, Row]:
        """By the container's name, of the service and of what was pooled into it."""
        return {row["container"]: row for each in self.status()["services"] if each["name"] == service for row in each["endpoints"]}

    def wait_states(self, service: str, wanted: dict[str, str], deadline: float = 15) -> None:
        """Until the service has exactly these endpoints, each in its state. Those that are gone may still be listed."""
        def agree() -> bool:
            found = {name: row["state"] for name, row in self.endpoints(service).items() if row["state"] != "gone"}
            expect(found == wanted, f"wanted {wanted}, there is {found}")
            return True
        wait_for(f"the endpoints of {service}", agree, deadline)

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.processes['mooring'].pid}/fd"))

    def memory(self) -> int:
        """Resident, in KiB."""
        with open(f"/proc/{self.processes['mooring'].pid}/status", encoding="ascii", errors="replace") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))
