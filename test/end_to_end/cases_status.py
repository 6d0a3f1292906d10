"""What a person or a script is told: mooring status, the JSON document, the health check, the rights of the process."""
import json
import os

import docker
from expect import expect, expect_equal, wait_for
from http_client import get
from registry import case
from stacks import COOKIE, Example, Lab, Seed, Sticky


@case("docker compose exec traefik mooring status shows it", Example, Seed)
def status_command(stack: Sticky) -> None:
    value, container = stack.pin()
    stack.get(value)
    table = stack.project.compose("exec", "-T", "traefik", "mooring", "status")
    names = [docker.inspect(each)["Name"].lstrip("/") for each in stack.backends()]
    for wanted in ("ROUTERS", "SERVICES", "ENDPOINTS", "whoami@docker", "Host(`whoami.localhost`)", COOKIE, "ready", *names):
        expect(wanted in table, f"{wanted!r} is not in the table:\n{table}")
    document = json.loads(stack.project.compose("exec", "-T", "traefik", "mooring", "status", "-o", "json"))
    expect_equal(document["engine"]["connected"], True, "engine.connected")
    router = next(row for row in document["routers"] if row["name"] == stack.router)
    service = next(row for row in document["services"] if row["name"] == router["service"])
    expect_equal(sorted(row["id"] for row in service["endpoints"]), stack.backends(), "endpoints of the service")
    expect_equal({row["state"] for row in service["endpoints"]}, {"ready"}, "their states")
    expect_equal((router["rule"], router["status"]), ("Host(`whoami.localhost`)", "enabled"), "the router's rule and status")
    hits = {row["name"]: row["hits"] for row in document["routers"] if row["service"] == service["name"]}
    expect(sum(hits.values()) >= 2, f"hits of its routers: {hits}")


@case("sticky counters are exact", Example, Seed)
def sticky_counters(stack: Sticky) -> None:
    def counters() -> dict[str, int]:
        sticky = stack.service()["sticky"]
        return {"new": sticky["new"], "kept": sticky["kept"], "unknown": sticky["moved"]["unknown"], "requests": sticky["requests"]}
    before = counters()
    value, _ = stack.pin()
    for _ in range(5):
        stack.get(value)
    for _ in range(2):
        stack.get("garbage")
    after = counters()
    grown = {key: after[key] - before[key] for key in after}
    expect_equal(grown, {"new": 1, "kept": 5, "unknown": 2, "requests": 8}, "what the counters grew by")


@case("the container becomes healthy", Example, Seed)
def healthy(stack: Sticky) -> None:
    wait_for("the image's health check to pass", lambda: docker.inspect(stack.proxy.container)["State"]["Health"]["Status"] == "healthy", 30)
    expect_equal(stack.proxy.run("healthcheck"), "OK", "mooring healthcheck")


@case("runs unprivileged", Example, Seed)
def unprivileged(stack: Sticky) -> str:
    text = docker.docker("exec", stack.proxy.container, "cat", "/proc/1/status")
    fields = {name: value.split() for name, _, value in (line.partition(":") for line in text.splitlines())}
    group = os.stat(docker.SOCKET).st_gid
    if group == 0:
        expect(stack.proxy.problems("P001"), "the socket's group is root's, and no Problem P001 says what follows from it")
        return "the socket belongs to group 0 here: P001 says so"
    expect_equal(fields["Uid"], ["65532"] * 4, "user ids")
    expect_equal(fields["Gid"], ["65532"] * 4, "group ids")
    expect_equal(fields["Groups"], [str(group)], "supplementary groups")
    for name in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
        expect_equal(int(fields[name][0], 16), 0, name)
    expect_equal(fields["NoNewPrivs"], ["1"], "NoNewPrivs")
    expect_equal(stack.proxy.problems("P001"), [], "Problems about rights")
    return "uid 65532"


@case("?wait= answers when the table has changed", Lab)
def wait_for_generation(lab: Lab) -> None:
    generation = lab.proxy.status()["generation"]
    answer = get((lab.proxy.address, 8080), "api", f"/api/status?wait={generation}&timeout=150ms")
    expect_equal(json.loads(answer.body)["generation"], generation, "the generation when nothing has changed")
    lab.whoami("waited", "traefik.http.routers.waited.rule=Host(`waited.e2e`)")
    later = lab.proxy.status(f"?wait={generation}", timeout=30)
    expect(later["generation"] > generation, f"generation {later['generation']} after {generation}")
    lab.proxy.wait_state(docker.short_id(f"e2e-{docker.RUN}-waited"), "ready")


@case("/api/rawdata and /api/version are Traefik's", Lab)
def traefik_api(lab: Lab) -> None:
    lab.routed("raw")
    raw = json.loads(get((lab.proxy.address, 8080), "api", "/api/rawdata").body)
    router = raw["routers"]["raw@docker"]
    expect_equal((router["rule"], router["service"], router["status"]), ("Host(`raw.e2e`)", "raw", "enabled"), "the router")
    url = f"http://{docker.address_of(f'e2e-{docker.RUN}-raw')}:80"
    expect_equal(raw["services"]["raw@docker"]["serverStatus"], {url: "UP"}, "serverStatus")
    expect("Version" in json.loads(get((lab.proxy.address, 8080), "api", "/api/version").body), "no Version")
