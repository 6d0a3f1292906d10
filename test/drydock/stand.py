"""A stage for one test: drydock, and a Mooring beside it, both processes of ours on loopback addresses.

Everything goes with the `with`. At its end Mooring is asked to end, and must: with exit code 0 and with nothing to say
from a sanitizer. Orders go to drydock's control socket, which stays while the engine is away.
"""
import http.client
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from typing import Any, Callable, Optional

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "end_to_end"))

from expect import Failed, expect, wait_for  # noqa: E402
from http_client import get  # noqa: E402

Row = dict[str, Any]
SANITIZERS = ("AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "runtime error:")


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("drydock", timeout=60)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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


class Stand:
    def __init__(self, program: str, *flags: str):
        self.program, self.flags = os.path.abspath(program), flags
        self.folder = tempfile.mkdtemp(prefix="mooring-drydock-")
        self.web = ("127.0.0.1", free_port())
        self.api = ("127.0.0.1", free_port())
        self.processes: list[subprocess.Popen] = []

    awaited = "control.sock"  # the engine is there when this is

    def engine(self) -> list[str]:
        return [sys.executable, os.path.join(HERE, "drydock.py"), "--socket", self.path("docker.sock"),
                "--control", self.path("control.sock")]

    def path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def __enter__(self) -> "Stand":
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        try:
            self._start("drydock", self.engine())
            wait_for("drydock", lambda: self._runs(0) and os.path.exists(self.path(self.awaited)))
            self._start("mooring", [self.program, f"--providers.docker.endpoint=unix://{self.path('docker.sock')}",
                                    "--providers.docker.exposedByDefault=false", f"--entryPoints.web.address=127.0.0.1:{self.web[1]}",
                                    f"--entryPoints.traefik.address=127.0.0.1:{self.api[1]}", "--api.insecure=true", "--log.level=INFO",
                                    f"--controlSocket={self.path('mooring.sock')}", *self.flags])
            wait_for("Mooring", lambda: self._runs(1) and self.status()["ready"], 30)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: Optional[type], *_: object) -> None:
        try:
            if kind is None:
                self.end_well()
        finally:
            self._end()

    def _start(self, name: str, command: list[str]) -> None:
        with open(self.path(name + ".log"), "wb") as log:
            self.processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True))

    def _runs(self, which: int) -> bool:
        code = self.processes[which].poll()
        if code is not None:
            raise SystemExit(f"{('drydock', 'mooring')[which]} ended with {code}:\n{self.log(('drydock', 'mooring')[which])[-3000:]}")
        return True

    def end_well(self) -> None:
        """SIGTERM; then exit code 0, and no word of a sanitizer."""
        mooring = self.processes[1]
        mooring.send_signal(signal.SIGTERM)
        try:
            code = mooring.wait(40)
        except subprocess.TimeoutExpired as error:
            raise Failed("Mooring does not end within 40 s of SIGTERM") from error
        said = self.log("mooring")
        for word in SANITIZERS:
            expect(word not in said, f"a sanitizer speaks:\n{said[max(0, said.find(word) - 200):][:6000]}")
        expect(code == 0, f"Mooring ended with {code}:\n{said[-2000:]}")

    def _end(self) -> None:
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self, name: str = "mooring") -> str:
        with open(self.path(name + ".log"), encoding="utf-8", errors="replace") as file:
            return file.read()

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
        return len(os.listdir(f"/proc/{self.processes[1].pid}/fd"))

    def memory(self) -> int:
        """Resident, in KiB."""
        with open(f"/proc/{self.processes[1].pid}/status", encoding="ascii", errors="replace") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))
