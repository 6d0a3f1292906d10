"""How the process ends: what runs is finished, nothing new is taken, and the exit code says that all was well."""
import threading
import time

import docker
from expect import expect, expect_equal, wait_for
from http_client import Address, Answer, get
from proxy import Proxy
from registry import case
from stacks import Lab


class Waiting(threading.Thread):
    """One request that takes `seconds` to answer."""

    def __init__(self, address: Address, host: str, seconds: float):
        super().__init__(daemon=True)
        self.address, self.host, self.seconds = address, host, seconds
        self.answer: Answer | None = None
        self.error = ""
        self.start()

    def run(self) -> None:
        try:
            self.answer = get(self.address, self.host, f"/?wait={int(self.seconds * 1000)}ms", timeout=self.seconds + 15)
        except OSError as error:
            self.error = f"{type(error).__name__}: {error}"


def in_flight(proxy: Proxy, container: str) -> bool:
    return proxy.endpoints()[container]["inFlight"] > 0


@case("SIGTERM: a request in flight is finished, exit code 0", Lab)
def sigterm(lab: Lab) -> str:
    backend = docker.short_id(lab.routed("slow"))
    proxy = lab.another_proxy("ends")
    proxy.wait_ready([backend])
    request = Waiting(proxy.direct, "slow.e2e", 2)
    wait_for("the request to be in flight", lambda: in_flight(proxy, backend))
    started = time.monotonic()
    docker.docker("kill", "--signal", "TERM", proxy.container)

    def refused() -> bool:
        try:
            get(proxy.direct, "slow.e2e", timeout=1)
        except OSError:
            return True
        return False
    wait_for("new connections to be refused", refused, 1.5)
    expect(request.is_alive(), "the request in flight ended early")
    request.join(20)
    expect(request.answer and request.answer.status == 200, f"the request in flight: {request.answer} {request.error}")
    code = docker.docker("wait", proxy.container)
    took = time.monotonic() - started
    expect_equal(code, "0", "exit code")
    expect(took < 9, f"it took {took:.1f} s to end, with nothing left to wait for")
    return f"ended after {took:.1f} s, of which the request took 2"


@case("SIGTERM: after graceTimeOut it ends all the same; a second signal ends at once", Lab)
def grace(lab: Lab) -> None:
    backend = docker.short_id(lab.routed("slower"))
    for name, flags, signals, most in (("grace", ("--entryPoints.web.transport.lifeCycle.graceTimeOut=1s",), 1, 5), ("twice", (), 2, 3)):
        proxy = lab.another_proxy(name, *flags)
        proxy.wait_ready([backend])
        Waiting(proxy.direct, "slower.e2e", 30)
        wait_for("the request to be in flight", lambda: in_flight(proxy, backend))
        started = time.monotonic()
        for _ in range(signals):
            docker.docker("kill", "--signal", "TERM", proxy.container)
        expect_equal(docker.docker("wait", proxy.container), "0", f"exit code ({name})")
        expect(time.monotonic() - started < most, f"{name}: it took {time.monotonic() - started:.1f} s to end")


@case("a flag that does not exist: exit code 2, all mistakes at once, the right key", Lab)
def bad_flags(lab: Lab) -> None:
    result = docker.run(["docker", "run", "--rm", "--label", docker.MARK, "mooring", "--entryPoints.web.adress=:80", "--api.insecur=true"], check=False)
    said = result.stdout + result.stderr
    expect_equal(result.returncode, 2, f"exit code ({said.strip()[:300]})")
    for wanted in ("entryPoints.web.adress", "address", "api.insecur", "insecure"):
        expect(wanted.lower() in said.lower(), f"{wanted!r} is not said:\n{said}")
