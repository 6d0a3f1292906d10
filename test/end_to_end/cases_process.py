"""How the process ends: what runs is finished, nothing new is taken, and the exit code says that all was well."""
import os
import threading
import time

import docker
from expect import expect, expect_equal, wait_for
from http_client import Address, Answer, get
from images import BASE, PROXY
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


# Takes what is asked, and answers nothing.
SILENT = "use Socket; socket S, AF_INET, SOCK_DGRAM, 0; bind S, sockaddr_in(53, INADDR_ANY) or die; recv S, $_, 512, 0 while 1"


@case("SIGTERM: a name that is being looked up holds nothing up", Lab)
def silent_resolver(lab: Lab) -> str:
    resolver = f"e2e-{docker.RUN}-silent"
    lab.made.append(resolver)
    docker.docker("run", "-d", "--name", resolver, "--network", lab.network, "--label", docker.MARK, "--no-healthcheck",
                  "--entrypoint", "perl", PROXY, "-e", SILENT)
    folder = lab.folder("lookup")
    with open(os.path.join(folder, "resolv.conf"), "w", encoding="utf-8") as file:
        file.write(f"nameserver {docker.address_of(resolver)}\noptions timeout:15 attempts:2\n")
    os.mkdir(os.path.join(folder, "dynamic"))
    with open(os.path.join(folder, "dynamic", "far.yml"), "w", encoding="utf-8") as file:
        file.write("http:\n  services:\n    far:\n      loadBalancer:\n        servers:\n          - url: http://far.example.test\n"
                   "  routers:\n    far:\n      rule: Host(`far.e2e`)\n      service: far\n")
    proxy = lab.another_proxy("looks-up", "--providers.file.directory=/dynamic", "--log.level=WARN", options=(
        "-v", f"{folder}/resolv.conf:/etc/resolv.conf:ro", "-v", f"{folder}/dynamic:/dynamic:ro"))
    wait_for("the endpoint", lambda: get(proxy.direct, "far.e2e").status == 503)
    started = time.monotonic()
    docker.docker("kill", "--signal", "TERM", proxy.container)
    expect_equal(docker.docker("wait", proxy.container), "0", "exit code")
    took = time.monotonic() - started
    expect("ending without it" in docker.logs(proxy.container), "it did not wait for the name at all")
    expect(took < 6, f"it took {took:.1f} s to end")
    return f"ended after {took:.1f} s"


@case("without root, rights and a writable file system, as in compose/production", Lab)
def without_rights(lab: Lab) -> None:
    backend = docker.short_id(lab.routed("guarded"))
    group = str(os.stat(docker.SOCKET).st_gid)
    proxy = lab.another_proxy("unprivileged", options=(
        "--user", "65532:65532", "--group-add", group, "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true",
        "--read-only", "--tmpfs", "/run/mooring:mode=0700,uid=65532,gid=65532"))
    proxy.wait_ready([backend])
    expect_equal(get(proxy.direct, "guarded.e2e").status, 200, "status")
    expect("guarded" in proxy.run("status"), "mooring status does not show the router")
    expect_equal([row for row in proxy.status()["problems"] if row["where"] == "mooring"], [], "Problems of the process")


@case("where root cannot be given up it stays as it was started, and says so", Lab)
def keeps_root(lab: Lab) -> None:
    for dropped in ("SETUID", "SETGID"):
        proxy = lab.another_proxy(f"keeps-{dropped.lower()}", options=("--cap-drop", dropped))
        told = [row["code"] for row in proxy.status()["problems"] if row["where"] == "mooring"]
        expect_equal(told, ["P001"], f"Problems of the process without {dropped}")
        status = docker.docker("exec", proxy.container, "sh", "-c", "cat /proc/1/status")
        ids = {line.split(":")[0]: line.split(":")[1].split() for line in status.splitlines() if line.startswith(("Uid", "Gid", "Groups"))}
        expect_equal((set(ids["Uid"]), set(ids["Gid"])), ({"0"}, {"0"}), f"user and group without {dropped}")
        expect("65532" not in ids["Groups"], f"groups without {dropped}: {ids['Groups']}")


@case("the image adds less than 40 MB to its base", Lab)
def image_size(_lab: Lab) -> str:
    size, base = (docker.engine("GET", f"/images/{image}/json")["Size"] for image in (PROXY, BASE))
    added = (size - base) / 1e6
    expect(added < 40, f"{added:.1f} MB")
    return f"{added:.1f} MB"


@case("a flag that does not exist: exit code 2, all mistakes at once, the right key", Lab)
def bad_flags(lab: Lab) -> None:
    result = docker.run(["docker", "run", "--rm", "--label", docker.MARK, "mooring", "--entryPoints.web.adress=:80", "--api.insecur=true"], check=False)
    said = result.stdout + result.stderr
    expect_equal(result.returncode, 2, f"exit code ({said.strip()[:300]})")
    for wanted in ("entryPoints.web.adress", "address", "api.insecur", "insecure"):
        expect(wanted.lower() in said.lower(), f"{wanted!r} is not said:\n{said}")
