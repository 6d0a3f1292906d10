"""What containers do and what follows: health, pause, networks, starts, one-off containers, the proxy's own container."""
import time

import docker
from expect import Failed, expect, expect_equal, median, wait_for
from http_client import get
from registry import case
from stacks import Example, Lab, port, rule

STICKY = "traefik.http.services.{0}.loadbalancer.sticky.cookie.name={0}_session"
HEALTH = ("--health-cmd", "test ! -e /tmp/sick", "--health-interval", "300ms", "--health-retries", "1", "--health-timeout", "10s")


def pin_to(lab: Lab, name: str, container: str) -> str:
    """The cookie, as it is sent, of a new client of <name>.e2e that came to this container."""
    for _ in range(64):
        answer = lab.get(name)
        if answer.status == 200 and answer.container == container:
            return f"{name}_session={answer.cookie(f'{name}_session')}"
    raise Failed(f"64 new clients of {name}, and none came to {container}")


def two_of(lab: Lab, name: str, **options: object) -> tuple[str, str]:
    """Two containers of one sticky service; their names."""
    both = [lab.whoami(f"{name}-{i}", rule(name), port(name), STICKY.format(name), **options) for i in (1, 2)]
    for each in both:
        lab.proxy.wait_state(docker.short_id(each), "ready", 20)
    return both[0], both[1]


def answering(lab: Lab, name: str) -> set[str]:
    return {lab.get(name).container for _ in range(6)}


@case("an unhealthy container is left out, and comes back", Lab)
def unhealthy(lab: Lab) -> None:
    one, other = two_of(lab, "health", options=HEALTH)
    sick, well = docker.short_id(one), docker.short_id(other)
    cookie = pin_to(lab, "health", sick)
    docker.docker("exec", one, "touch", "/tmp/sick")
    row = lab.proxy.wait_state(sick, "unhealthy")
    expect("health check" in row["why"], f"why: {row['why']!r}")
    expect_equal(answering(lab, "health"), {well}, "containers that answer")
    moved = lab.get("health", cookie=cookie)
    expect_equal(moved.container, well, "the container of a session of the unhealthy one")
    expect(moved.cookie("health_session"), "it moved without a new cookie")
    docker.docker("exec", one, "rm", "/tmp/sick")
    lab.proxy.wait_state(sick, "ready")
    expect_equal(answering(lab, "health"), {sick, well}, "containers that answer again")


@case("a container whose health check has not passed yet: 503, never 404", Lab)
def starting(lab: Lab) -> None:
    name = lab.whoami("starting", rule("starting"), port("starting"),
                      options=("--health-cmd", "test -e /tmp/well", "--health-interval", "300ms", "--health-retries", "1000"))
    lab.proxy.wait_state(docker.short_id(name), "starting")
    answer = lab.get("starting")
    expect_equal((answer.status, answer.text.split(":")[0]), (503, "no available server"), "the answer meanwhile")
    expect(answer.one("Retry-After"), f"no Retry-After: {answer.fields}")
    docker.docker("exec", name, "touch", "/tmp/well")
    lab.wait_answer("starting")


@case("paused and unpaused", Lab)
def paused(lab: Lab) -> None:
    one, other = two_of(lab, "pause")
    first, second = docker.short_id(one), docker.short_id(other)
    cookie = pin_to(lab, "pause", first)
    docker.docker("pause", one)
    lab.proxy.wait_state(first, "unhealthy")
    expect_equal(answering(lab, "pause"), {second}, "containers that answer")
    expect_equal(lab.get("pause", cookie=cookie).container, second, "the container of a session of the paused one")
    docker.docker("unpause", one)
    lab.proxy.wait_state(first, "ready")
    expect_equal(answering(lab, "pause"), {first, second}, "containers that answer again")
    expect_equal(lab.get("pause", cookie=cookie).container, first, "the container of the old cookie")


@case("disconnected from the network and connected again", Lab)
def disconnected(lab: Lab) -> None:
    name = lab.routed("net", STICKY.format("net"))
    cookie = pin_to(lab, "net", docker.short_id(name))
    docker.docker("network", "disconnect", lab.network, name)
    answer = lab.wait_answer("net", 503)
    expect_equal(answer.text.split(":")[0], "no available server", "the answer meanwhile")
    docker.docker("network", "connect", lab.network, name)
    lab.wait_answer("net")
    back = lab.get("net", cookie=cookie)
    expect_equal((back.container, back.cookie("net_session")), (docker.short_id(name), None), "container and new cookie of the old session")


@case("no network in common: 503, and Problem L030 says how to mend it", Lab)
def no_shared_network(lab: Lab) -> None:
    apart = lab.make_network("apart")
    name = lab.whoami("apart", rule("apart"), port("apart"), network=apart)
    problem = lab.proxy.wait_problem("L030", name)
    for part in (apart, lab.network):
        expect(part in problem["text"], f"{part} is not named: {problem['text']}")
    expect_equal(lab.get("apart").status, 503, "its route")
    expect(problem["fix"].startswith("docker network connect "), f"fix: {problem['fix']!r}")
    docker.docker("network", "connect", lab.network, name)
    lab.wait_answer("apart")
    wait_for("the Problem to go", lambda: not lab.proxy.problems("L030", name))


@case("the proxy never publishes itself", Lab)
def never_itself(lab: Lab) -> None:
    lab.routed("neighbour")
    own = docker.short_id(lab.container)
    status = lab.proxy.status()
    expect("itself@docker" not in {row["name"] for row in status["routers"]}, "its own router is there")
    expect(own not in {row["id"] for service in status["services"] for row in service["endpoints"]}, "it is an endpoint")
    for name in ("itself.e2e", lab.container, f"{lab.container}.e2e"):
        expect_equal(get(lab.web, name).status, 404, f"a request for {name}")


@case("a stopped container is started: time to its first answer", Lab)
def startup_latency(lab: Lab) -> str:
    name = lab.routed("quick")
    times = []
    for _ in range(12):
        docker.engine("POST", f"/containers/{name}/stop?t=5")
        lab.proxy.wait_state(docker.short_id(name), "gone")
        docker.engine("POST", f"/containers/{name}/start")
        started = time.monotonic()
        wait_for("an answer", lambda: lab.get("quick").status == 200, 5, every=0.002)
        times.append((time.monotonic() - started) * 1000)
    shown = f"median {median(times):.0f} ms, worst {max(times):.0f} ms of {len(times)}"
    expect(median(times) < 100, shown)
    return shown


@case("a restarted container keeps its sessions", Lab)
def container_restarted(lab: Lab) -> None:
    one, _ = two_of(lab, "again")
    container = docker.short_id(one)
    cookie = pin_to(lab, "again", container)
    docker.docker("restart", "-t", "5", one)
    lab.proxy.wait_state(container, "ready")
    answer = lab.get("again", cookie=cookie)
    expect_equal((answer.container, answer.cookie("again_session")), (container, None), "container and new cookie after the restart")


@case("docker compose run: a one-off container is left out", Example)
def one_off(stack: Example) -> None:
    name = f"{stack.project.name}-once"
    stack.project.compose("run", "-d", "--no-deps", "--name", name, "whoami")
    try:
        details = docker.inspect(name)
        expect_equal(details["Config"]["Labels"]["com.docker.compose.oneoff"], "True", "Compose's own mark")
        expect_equal(details["Config"]["Labels"]["traefik.enable"], "true", "its label")
        # A later event that the proxy has taken in shows that it has seen the start too.
        docker.docker("restart", "-t", "3", stack.project.containers("whoami")[0])
        stack.proxy.wait_seen(docker.time_of(details["State"]["StartedAt"]))
        stack.proxy.wait_ready(stack.backends())
        expect(details["Id"][:12] not in stack.proxy.endpoints(), "it is an endpoint")
        seen = {stack.get().container for _ in range(8)}
        expect_equal(sorted(seen), stack.backends(), "containers that answer")
    finally:
        docker.docker("rm", "-f", name)
