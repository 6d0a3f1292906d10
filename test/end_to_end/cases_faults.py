"""What containers do wrong under load, every answer counted: while one of them accepts, nobody loses a request.

Where nobody accepts: 503 with Retry-After, or a wait in the queue. A POST that was being answered when its container died
cannot be repeated: it is counted apart, at most one for each client.
"""
import json
import re
import os
import time
import urllib.parse

import docker
from cases_containers import HEALTH, STICKY, two_of
from cases_engine import behind
from expect import expect, expect_equal, median, wait_for
from http_client import get
from images import PROXY
from load import Load
from own_engine import OwnEngine
from proxy import Proxy
from registry import case
from relay import Relay
from stacks import FOLDER, Lab, labelled, port, rule

# While one endpoint stalls and another one accepts, nobody waits much longer than the engine takes to say so.
SOON = 3.0


def load_on(lab: Lab, name: str) -> Load:
    return Load(lab.web, f"{name}.e2e", f"{name}_session")


def ended(load: Load, during: str, posts_apart: bool = False) -> str:
    """The clients go. Nothing may be lost but, where that is said, one POST a client. What there was, for the report."""
    load.run_on()
    load.stop()
    apart = [loss for loss in load.losses if loss.cut_off] if posts_apart else []
    load.expect_no_loss(during, lambda loss: loss in apart)
    for client in {loss.client for loss in apart}:
        expect_equal(sum(loss.client == client for loss in apart), 1, f"POSTs that client {client} lost: {[loss.text for loss in apart]}")
    lost = f"{len(apart)} POSTs cut off" if apart else "none lost"
    return f"{load.answers} answers, {lost}, {len(load.moves)} moves, slowest {load.slowest:.2f} s"


def expect_moved_away(load: Load, container: str) -> None:
    expect_equal(load.pinned_to(container), 0, f"sessions still at {container}")


def event_times(container: str, since: float) -> dict[str, float]:
    """When the engine says that it happened, in seconds: the newest of each action."""
    asked = {"container": [container], "type": ["container"]}
    filters = urllib.parse.quote(json.dumps(asked))
    lines = docker.engine_text("GET", f"/events?since={since:.9f}&until={time.time():.9f}&filters={filters}").splitlines()
    return {event["Action"]: event["timeNano"] / 1e9 for event in map(json.loads, lines)}


def spoken(*measured: tuple[str, list[float]]) -> str:
    return ", ".join(f"{what}: median {median(times):.1f} ms, worst {max(times):.1f} ms" for what, times in measured)


@case("a pause is in force within 10 ms of the engine's event, what it undoes within 50 ms", Lab)
def in_force(lab: Lab) -> str:
    victim = lab.routed("prompt")
    container = docker.short_id(victim)
    lab.proxy.wait_state(container, "ready")
    removed, added = [], []
    for _ in range(12):
        begun = time.time()
        docker.engine("POST", f"/containers/{victim}/pause")
        out = lab.proxy.wait_state(container, "unhealthy")
        docker.engine("POST", f"/containers/{victim}/unpause")
        back = lab.proxy.wait_state(container, "ready")
        events = event_times(victim, begun)
        removed.append((docker.time_of(out["since"]) - events["pause"]) * 1000)
        added.append((docker.time_of(back["since"]) - events["unpause"]) * 1000)
    shown = spoken(("out", removed), ("back", added))
    expect(median(removed) <= 10 and median(added) <= 50, shown)
    return shown


@case("a signal, an end and a start are in force within 10, 10 and 50 ms of the engine's events", Lab)
def life_in_force(lab: Lab) -> str:
    victim = lab.routed("swift", arguments=("--stop-delay", "20s"))
    container = docker.short_id(victim)
    drained, ended, back = [], [], []
    for _ in range(8):
        begun = time.time()
        for path, state, event, times in (("kill?signal=TERM", "draining", "kill", drained), ("kill?signal=KILL", "gone", "kill", ended),
                                          ("start", "ready", "start", back)):
            docker.engine("POST", f"/containers/{victim}/{path}")
            row = lab.proxy.wait_state(container, state)
            times.append((docker.time_of(row["since"]) - event_times(victim, begun)[event]) * 1000)
    shown = spoken(("draining", drained), ("gone", ended), ("back", back))
    expect(median(drained) <= 10 and median(ended) <= 10 and median(back) <= 50, shown)
    return shown


@case("one log line for each change in an endpoint's life", Lab)
def life_in_log(lab: Lab) -> str:
    proxy = lab.another_proxy("speaks", "--log.level=INFO")
    victim = lab.routed("told", arguments=("--stop-delay", "20s"))
    container = docker.short_id(victim)
    proxy.wait_state(container, "ready")
    for path, state in (("kill?signal=TERM", "draining"), ("kill?signal=KILL", "gone"), ("start", "ready")):
        docker.engine("POST", f"/containers/{victim}/{path}")
        proxy.wait_state(container, state)

    def states() -> list[str]:
        found = [re.search(rf"INFO endpoint {victim} \(http://[0-9.:]+\) is (\w+): ", line) for line in docker.logs(proxy.container).splitlines()]
        return [match.group(1) for match in found if match]

    wait_for("the last line", lambda: states()[-1:] == ["ready"] and states().count("ready") == 2)
    # Between start and the first answer of its port there may be one more.
    told = [state for state in states() if state not in ("starting", "probing")]
    expect_equal(told, ["ready", "draining", "gone", "ready"], "the states that the log tells, line by line")
    return ", ".join(states())


@case("mooring drain --wait of a container without sessions ends with 0, and undrain lets it in again", Lab)
def person_drains(lab: Lab) -> str:
    one, other = two_of(lab, "ordered")
    said = lab.proxy.run("drain", one, "--wait", "--deadline", "1m").splitlines()
    expect("drained after" in said[-1], f"the last line: {said}")
    expect(all(line.startswith(f"{one}: ") for line in said), f"a line that says not whose it is: {said}")
    row = lab.proxy.endpoints()[docker.short_id(one)]
    expect(row["state"] in ("draining", "maintenance"), f"the state of the drained one: {row['state']}")
    expect_equal([drain["name"] for drain in lab.proxy.status()["drains"]], [one], "drains that are shown")
    expect_equal({lab.get("ordered").container for _ in range(6)}, {docker.short_id(other)}, "containers that new sessions go to")
    lab.proxy.run("undrain", one)
    lab.proxy.wait_state(docker.short_id(one), "ready")
    expect_equal(lab.proxy.status()["drains"], [], "drains that are shown after it")
    expect_equal({lab.get("ordered").container for _ in range(6)}, {docker.short_id(one), docker.short_id(other)}, "containers, after it")
    return said[-1]


@case("/self/drain: a container's own hook, from the inside; nobody else's", Lab)
def self_drain(lab: Lab) -> str:
    one, other = two_of(lab, "hook")
    request = "GET /self/drain?wait=10s HTTP/1.1\\r\\nHost: mooring\\r\\nConnection: close\\r\\n\\r\\n"
    said = docker.docker("exec", one, "bash", "-c", f"exec 3<>/dev/tcp/{lab.proxy.address}/8080; printf '{request}' >&3; cat <&3")
    expect(said.startswith("HTTP/1.1 200 "), said[:300])
    told = json.loads(said[said.index("{"):])
    expect_equal((told["name"], told["drained"], told["inFlight"]), (one, True, 0), "what the hook is told")
    expect_equal(lab.proxy.endpoints()[docker.short_id(one)]["state"], "draining", "the state of the one that asked")
    answers = {lab.get("hook").container for _ in range(6)}
    expect_equal(answers, {docker.short_id(other)}, "containers that new sessions go to")
    # This process is no container that Mooring routes to.
    expect_equal(get((lab.proxy.address, 8080), "mooring", "/self/drain").status, 403, "the answer to a stranger")
    return f"drained after {told['waitedMs']} ms"


@case("under load: SIGKILL of one of two, also of POSTs in flight", Lab)
def killed(lab: Lab) -> str:
    victim, _ = two_of(lab, "killed")
    with load_on(lab, "killed") as load:
        load.add(6)
        load.add(6, method="POST", target="/?wait=20ms")
        docker.docker("kill", victim)
        said = ended(load, "SIGKILL", posts_apart=True)
        expect_moved_away(load, docker.short_id(victim))
        return said


@case("under load: paused and unpaused: requests that may be repeated move on", Lab)
def paused(lab: Lab) -> str:
    victim, _ = two_of(lab, "frozen")
    container = docker.short_id(victim)
    with load_on(lab, "frozen") as load:
        load.add(8)
        load.add(2, with_cookie=False)
        expect(load.pinned_to(container), "no client came to the container")
        docker.docker("pause", victim)
        try:
            load.run_on()
            expect_moved_away(load, container)
        finally:
            docker.docker("unpause", victim)
        lab.proxy.wait_state(container, "ready")
        said = ended(load, "pause")
        expect(load.slowest < SOON, f"one request took {load.slowest:.1f} s")
        return said


@case("under load: unhealthy and back", Lab)
def unhealthy(lab: Lab) -> str:
    victim, _ = two_of(lab, "sick", options=HEALTH)
    container = docker.short_id(victim)
    with load_on(lab, "sick") as load:
        load.add(6)
        load.add(4, method="POST")
        docker.docker("exec", victim, "touch", "/tmp/sick")
        lab.proxy.wait_state(container, "unhealthy")
        load.run_on()
        expect_moved_away(load, container)
        docker.docker("exec", victim, "rm", "/tmp/sick")
        lab.proxy.wait_state(container, "ready")
        return ended(load, "unhealthy and back")


@case("under load: disconnected from the network and connected again", Lab)
def disconnected(lab: Lab) -> str:
    victim, _ = two_of(lab, "unplugged")
    container = docker.short_id(victim)
    with load_on(lab, "unplugged") as load:
        load.add(8)
        load.add(2, with_cookie=False)
        docker.docker("network", "disconnect", lab.network, victim)
        load.run_on()
        expect_moved_away(load, container)
        docker.docker("network", "connect", lab.network, victim)
        lab.proxy.wait_state(container, "ready")
        said = ended(load, "disconnected")
        expect(load.slowest < SOON, f"one request took {load.slowest:.1f} s")
        return said


@case("under load: an application closes its port at once and ends two seconds later", Lab)
def lingers(lab: Lab) -> str:
    victim, _ = two_of(lab, "lingers", arguments=("--stop-delay", "2s"))
    with load_on(lab, "lingers") as load:
        load.add(6)
        load.add(4, method="POST")
        load.add(2, with_cookie=False)
        docker.docker("stop", victim)
        said = ended(load, "the port is closed, the container is not gone")
        expect_moved_away(load, docker.short_id(victim))
        return said


@case("under load: an application resets every connection from SIGTERM on", Lab)
def resets(lab: Lab) -> str:
    return ends_badly(lab, "resets", "reset")


@case("under load: an application accepts and says nothing from SIGTERM on", Lab)
def deaf(lab: Lab) -> str:
    return ends_badly(lab, "deaf", "deaf")


def ends_badly(lab: Lab, name: str, manner: str) -> str:
    victim = lab.odd(f"{name}-1", manner, 2, rule(name), port(name), STICKY.format(name))
    lab.whoami(f"{name}-2", rule(name), port(name), STICKY.format(name))
    container = docker.short_id(victim)
    for each in lab.made[-2:]:
        lab.proxy.wait_state(docker.short_id(each), "ready")
    with load_on(lab, name) as load:
        load.add(6)
        load.add(2, method="POST")
        expect(load.pinned_to(container), "no client came to the container")
        docker.docker("stop", victim)
        said = ended(load, f"{manner} after SIGTERM", posts_apart=True)
        expect_moved_away(load, container)
        return said


@case("under load: an upstream that is silent gets nobody but its own requests a 504, after the timeout", Lab)
def silent(lab: Lab) -> str:
    proxy = lab.another_proxy("impatient", "--serversTransport.forwardingTimeouts.responseHeaderTimeout=500ms")
    lab.odd("silent-alone", "deaf", 0, rule("silent"), port("silent"))
    lab.odd("mixed-1", "deaf", 0, rule("mixed"), port("mixed"), STICKY.format("mixed"))
    well = docker.short_id(lab.whoami("mixed-2", rule("mixed"), port("mixed"), STICKY.format("mixed")))
    proxy.wait_ready([docker.short_id(name) for name in lab.made[-3:]])
    expect_equal(get(proxy.direct, "silent.e2e").status, 504, "a request for the silent one alone")
    with Load(proxy.direct, "mixed.e2e", "mixed_session") as load:
        load.add(6)
        load.add(2, with_cookie=False)
        expect_equal(load.pinned_to(well), 6, "sessions at the one that answers")
        before = {client.number: len(client.losses) for client in load.clients}
        load.run_on(6)
        load.stop()
        load.expect_no_loss("a silent one among two", lambda loss: loss.status == 504)
        for loss in load.losses:
            expect(0.45 < loss.took < SOON, f"a 504 after {loss.took:.2f} s, with a timeout of 0.5 s")
        for client in load.clients:
            if client.cookie:
                expect_equal(len(client.losses), before[client.number], "504 of a session at the one that answers")
        return f"{load.answers} answers, {len(load.losses)} × 504"


@case("under load: the only container is restarted: its requests are held, none is lost", Lab)
def held(lab: Lab) -> str:
    container = docker.short_id(lab.routed("held", STICKY.format("held"), "mooring.http.services.held.queue.timeout=10s"))
    with load_on(lab, "held") as load:
        load.add(6)
        load.add(3, method="POST")
        load.add(2, with_cookie=False)
        docker.docker("restart", container)
        said = ended(load, "the only container restarted, with a queue")
        expect_equal(load.moves, [], "moves of sessions whose container came back")
        expect(load.slowest < 10, f"one request took {load.slowest:.1f} s")
        return said


@case("under load: the only container is restarted, and nothing is held: 503 with Retry-After, nothing else", Lab)
def not_held(lab: Lab) -> str:
    container = docker.short_id(lab.routed("turned", STICKY.format("turned")))
    with load_on(lab, "turned") as load:
        load.add(6)
        load.add(3, method="POST")
        docker.docker("restart", container)
        lab.wait_answer("turned")
        load.run_on()
        load.stop()
        turned_away = load.expect_only_turned_away("the only container restarted")
        expect(turned_away, "nobody was turned away: it was not restarted")
        expect_equal(load.moves, [], "moves of sessions whose container came back")
        return f"{load.answers} answers, {turned_away} × 503 with Retry-After"


@case("under load: the engine goes, a container dies meanwhile, the engine comes back", Lab)
def engine_away(lab: Lab) -> str:
    names = [lab.whoami(f"away-{i}", rule("away"), port("away"), STICKY.format("away")) for i in (1, 2, 3)]
    with Relay(os.path.join(FOLDER, "away")) as relay, behind(lab, relay, "alone") as proxy:
        proxy.wait_ready([docker.short_id(name) for name in names])
        with Load(proxy.direct, "away.e2e", "away_session") as load:
            load.add(9)
            load.add(2, with_cookie=False)
            relay.cut()
            load.run_on()
            expect_equal(load.moves, [], "sessions that moved because the engine went")
            docker.docker("kill", names[0])
            load.run_on()
            relay.connect()
            proxy.wait_status("the engine to be connected", lambda found: found["engine"]["connected"], 15)
            proxy.wait_state(docker.short_id(names[0]), None)
            said = ended(load, "without the engine")
            wrong = [move for move in load.moves if move.left != docker.short_id(names[0])]
            expect(not wrong, f"sessions moved from containers that stayed: {wrong[:3]}")
            return said


@case("under load: the engine is restarted with live-restore, and a container is stopped after it", Lab)
def engine_restarted(lab: Lab) -> str:
    labels = (rule("kept"), port("kept"), STICKY.format("kept"))
    with OwnEngine(os.path.join(FOLDER, "engine"), lab.network) as engine:
        names = [f"kept-{i}" for i in (1, 2, 3)]
        for name in names:
            engine("run", "-d", "--name", name, "--network", "own", *labelled(labels), "--no-healthcheck", PROXY, "whoami")
        engine("run", "-d", "--name", "proxy", "--network", "host", "-v", f"{engine.folder}:/engine", PROXY, "--api.insecure=true",
               "--entryPoints.web.address=:80", "--providers.docker.endpoint=unix:///engine/docker.sock")
        proxy = Proxy(engine.holder)
        ids = {name: engine("inspect", "-f", "{{slice .Id 0 12}}", name) for name in names}
        proxy.wait_ready(list(ids.values()), 20)
        with Load(proxy.direct, "kept.e2e", "kept_session") as load:
            load.add(9)
            engine.stop()
            proxy.wait_status("the status to say so", lambda found: not found["engine"]["connected"])
            load.run_on()
            expect_equal(load.moves, [], "sessions that moved because the engine went")
            engine.start()
            proxy.wait_status("the engine to be connected", lambda found: found["engine"]["connected"], 20)
            load.run_on()
            expect_equal(load.moves, [], "sessions that moved because the engine came back")
            engine("stop", "kept-1")
            said = ended(load, "the engine restarted")
            wrong = [move for move in load.moves if move.left != ids["kept-1"]]
            expect(not wrong, f"sessions moved from containers that stayed: {wrong[:3]}")
            expect_moved_away(load, ids["kept-1"])
            return said
