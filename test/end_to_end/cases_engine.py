"""The way to the engine: cut and back, and through a socket proxy that allows only what is needed."""
import os
from typing import Iterator, Optional
from contextlib import contextmanager

import docker
from expect import expect, expect_equal, wait_for
from http_client import Answer, get
from proxy import Proxy
from registry import case
from relay import SOCKET_PROXY, Relay
from stacks import FOLDER, Lab, port, rule


@contextmanager
def behind(lab: Lab, relay: Relay, name: str) -> Iterator[Proxy]:
    """A second proxy of the lab, whose way to the engine leads through the relay."""
    folder = os.path.dirname(relay.path)
    container = lab.run_proxy(name, flags=("--providers.docker.endpoint=unix:///relay/docker.sock",), labels=("traefik.enable=false",),
                              mount=f"{folder}:/relay:ro")
    lab.made.append(container)
    proxy = Proxy(container)
    proxy.wait_status("the first listing", lambda status: status["ready"], 20)
    yield proxy


def ask(proxy: Proxy, name: str, cookie: Optional[str] = None) -> Answer:
    return get(proxy.direct, f"{name}.e2e", cookie=cookie)


@case("the engine's socket is cut and comes back", Lab)
def cut_and_back(lab: Lab) -> str:
    sticky = "traefik.http.services.cut.loadbalancer.sticky.cookie.name=cut"
    both = [lab.whoami(f"cut-{i}", rule("cut"), port("cut"), sticky) for i in (1, 2)]
    ids = [docker.short_id(name) for name in both]
    with Relay(os.path.join(FOLDER, "cut")) as relay, behind(lab, relay, "cut-off") as proxy:
        proxy.wait_ready(ids)
        pins = {}
        while len(pins) < 2:
            answer = ask(proxy, "cut")
            pins[answer.container] = f"cut={answer.cookie('cut')}"
        relay.cut()
        status = proxy.wait_status("the status to say so", lambda found: not found["engine"]["connected"], 5)
        expect(status["engine"]["error"], f"no error is named: {status['engine']}")
        expect("not connected" in proxy.run("status"), "the table does not say so")
        for container, cookie in pins.items():
            for _ in range(10):
                answer = ask(proxy, "cut", cookie)
                expect_equal((answer.status, answer.container, answer.cookie("cut")), (200, container, None), "a pinned request meanwhile")
        # What the engine would have told: one is gone, another is new.
        docker.docker("rm", "-f", both[0])
        moved = ask(proxy, "cut", pins[ids[0]])
        expect_equal((moved.status, moved.container), (200, ids[1]), "a session of the container that went meanwhile")
        expect(moved.cookie("cut"), "it moved without a new cookie")
        late = docker.short_id(lab.whoami("cut-3", rule("cut"), port("cut"), sticky))
        expect(late not in proxy.endpoints(), "it knows of the new container: the relay was not cut")
        relay.connect()
        back = proxy.wait_status("the engine to be connected", lambda found: found["engine"]["connected"], 15)
        proxy.wait_ready([ids[1], late], 10)
        expect(ids[0] not in proxy.endpoints(), "the container that went is still an endpoint")
        wait_for("answers of both", lambda: {ask(proxy, "cut").container for _ in range(6)} == {ids[1], late})
        kept = ask(proxy, "cut", pins[ids[1]])
        expect_equal((kept.container, kept.cookie("cut")), (ids[1], None), "container and new cookie of the session that stayed")
    return f"resyncs {back['engine']['resyncs']}"


@case("a socket proxy that allows only containers, events, ping and version is enough", Lab)
def socket_proxy(lab: Lab) -> str:
    with Relay(os.path.join(FOLDER, "allow"), SOCKET_PROXY) as relay, behind(lab, relay, "restricted") as proxy:
        name = lab.whoami("allowed", rule("allowed"), port("allowed"))
        proxy.wait_ready([docker.short_id(name)])
        expect_equal(ask(proxy, "allowed").container, docker.short_id(name), "the container that answers")
        docker.docker("stop", "-t", "5", name)
        wait_for("its end to be told", lambda: ask(proxy, "allowed").status == 503)
        expect_equal(relay.refused, [], "requests that the socket proxy refused")
        expect_equal([problem for problem in proxy.status()["problems"] if problem["code"].startswith("D")], [], "Problems with the engine")
        return f"{len(relay.requests)} requests, none refused"
