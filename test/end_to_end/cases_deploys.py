"""Deploys under load, every answer counted; and the two examples that show them, run as a user runs them."""
import json
import os

import docker
from compose import free_port
from expect import Failed, expect, expect_equal, wait_for
from http_client import get
from cases_load import load_on
from load import Load
from registry import case
from stacks import COOKIE, FOLDER, ROOT, Example, Lab

RUN_TO_ANSWER = 100  # ms
SLOWEST = 1.0  # s


def example(name: str, script: str) -> str:
    return os.path.join(ROOT, "examples", name, script)


@case("the table of examples/zero-downtime: 0 failed in each row, and a new container answers within 100 ms", Lab)
def table(lab: Lab) -> str:
    log = os.path.join(FOLDER, "zero-downtime.log")
    os.makedirs(FOLDER, exist_ok=True)
    result = docker.run([example("zero-downtime", "measure"), "--project", f"e2e-{docker.RUN}-zero", "--port", str(free_port()),
                         "--json", "--log", log], timeout=300, check=False)
    if not result.stdout.strip():
        raise Failed(f"measure ended with {result.returncode}: {result.stderr.strip()[-1000:]}")
    rows = json.loads(result.stdout)
    expect_equal(len(rows), 7, "rows")
    # Where somebody is ready all the time, nobody waits for long; in the row `recreate` requests wait in the queue.
    wrong = [row for row in rows if row.get("failed") or row.get("turned_away") or row.get("median_ms", 0) >= RUN_TO_ANSWER
             or (row["row"] != "recreate" and row.get("slowest_s", 0) >= SLOWEST)]
    if wrong:
        with open(log, encoding="utf-8") as file:
            kept = [line for line in file.read().splitlines() if " INFO " in line or " WARN" in line or " ERROR " in line]
        raise Failed(f"{wrong}\n" + "\n".join(kept[-60:]))
    return "; ".join(f"{row['row']} {row['median_ms']} ms" if "median_ms" in row else f"{row['row']} 0 of {row['requests']}, slowest {row['slowest_s']} s" for row in rows)


@case("examples/rolling-deploy: both replicas replaced under load, none lost", Lab)
def rolling_deploy(lab: Lab) -> str:
    web = ("127.0.0.1", free_port())
    project = f"e2e-{docker.RUN}-rolling"
    environment = {**os.environ, "COMPOSE_PROJECT_NAME": project, "MOORING_PORT": str(web[1]), "COMPOSE_ANSI": "never"}
    compose = ["docker", "compose", "-f", example("rolling-deploy", "docker-compose.yml")]
    try:
        docker.run([*compose, "up", "-d", "--scale", "whoami=2"], env=environment)
        wait_for("two containers", lambda: len({get(web, "whoami.localhost").container for _ in range(6)}) == 2, 30)
        before = {get(web, "whoami.localhost").container for _ in range(6)}
        with Load(web, "whoami.localhost", COOKIE) as load:
            load.add(6)
            load.add(3, method="POST")
            load.add(2, with_cookie=False)
            # These clients never leave: the deadline of each drain passes, and they move.
            deployed = docker.run([example("rolling-deploy", "deploy"), "whoami"], check=False,
                                  env={**environment, "VERSION": "2", "DEADLINE": "2s"})
            expect_equal(deployed.returncode, 0, f"exit code ({(deployed.stdout + deployed.stderr)[-1500:]})")
            load.run_on()
            load.stop()
            load.expect_no_loss("a rolling deploy")
            after = {client.container for client in load.clients if client.cookie}
            expect(not after & before, f"sessions at containers that were replaced: {after & before}")
        answer = get(web, "whoami.localhost")
        expect("Name: version-2" in answer.text, f"the old version answers: {answer.text[:200]}")
        return f"{load.answers} answers, none lost, {len(load.moves)} moves"
    finally:
        docker.run([*compose, "down", "--timeout", "2", "--remove-orphans"], env=environment, check=False)


def recreate(stack: Example, count: int) -> None:
    stack.project.compose("up", "-d", "--no-deps", "--force-recreate", "--scale", f"whoami={count}", "whoami")


def only_turned_away(stack: Example, count: int) -> str:
    stack.scale(count)
    stack.proxy.wait_ready(stack.backends(), 20)
    with load_on(stack) as load:
        load.add(8)
        load.add(2, with_cookie=False)
        recreate(stack, count)
        stack.proxy.wait_ready(stack.backends(), 20)
        load.run_on()
        load.stop()
        turned_away = load.expect_only_turned_away(f"up --force-recreate of {count}")
        gone = {client.container for client in load.clients if client.cookie} - set(stack.backends())
        expect(not gone, f"sessions at containers that are gone: {gone}")
        return f"{load.answers} answers, {turned_away} × 503 with Retry-After, nothing else"


@case("under load: up --force-recreate of both replicas: never 404, never 502", Example)
def recreate_both(stack: Example) -> str:
    return only_turned_away(stack, 2)


@case("under load: up --force-recreate of the only one: never 404, never 502", Example)
def recreate_one(stack: Example) -> str:
    return only_turned_away(stack, 1)


@case("under load: the proxy is restarted: every pin is kept", Example)
def proxy_restarted(stack: Example) -> str:
    with load_on(stack) as load:
        load.add(10)
        stack.project.compose("restart", "traefik")
        stack.proxy.refresh()
        stack.proxy.wait_ready(stack.backends(), 20)
        load.run_on()
        load.stop()
        expect_equal(load.moves, [], "sessions that moved")
        # While it is not there: no connection. In its first moment, before the engine has listed: 503 with Retry-After.
        load.expect_no_loss("the proxy restarted", lambda loss: loss.status == 0 or loss.turned_away)
        unanswered = sum(loss.status == 0 for loss in load.losses)
        return f"{load.answers} answers, all in their place; {unanswered} connections refused or closed, {len(load.losses) - unanswered} × 503"


@case("mooring drain outlives a restart of Mooring; undrain lets it in again", Example)
def order_outlives(stack: Example) -> None:
    stack.scale(2)
    stack.proxy.wait_ready(stack.backends())
    one = stack.project.containers("whoami")[0]
    cut = docker.short_id(one)
    other = next(container for container in stack.backends() if container != cut)
    name = stack.proxy.endpoints()[cut]["container"]
    stack.proxy.run("drain", name, "--deadline", "0s")
    stack.proxy.wait_state(cut, "maintenance")
    stack.project.compose("restart", "traefik")
    stack.proxy.refresh()
    stack.proxy.wait_ready([other], 20)
    stack.proxy.wait_state(cut, "maintenance")
    expect_equal([drain["name"] for drain in stack.proxy.status()["drains"]], [name], "orders that are shown after the restart")
    expect_equal({stack.get().container for _ in range(6)}, {other}, "containers that new sessions go to")
    stack.proxy.run("undrain", name)
    stack.proxy.wait_ready(stack.backends())
    expect_equal(stack.proxy.status()["drains"], [], "orders that are shown when it is undone")
