#!/usr/bin/env python3
"""A deploy of one service is not felt by another: websockets.py --program MOORING [--sockets 200] [--redeploys 10]

Opens WebSockets to service A, then replaces the only container of service B again and again, each time by one with other
labels, and each time under requests to B. Not one WebSocket may close; the state, the counters and the sessions of A stay
as they were; B loses no request.
"""
import argparse
import select
import sys
import time
from typing import Any

from stand import Stand, expect, free_port, told_on, wait_for
from expect import expect_equal
from http_client import get
from load import Load
from websocket import WebSocket

A, B = "stays.test", "deployed.test"
SILENT = 0  # a WebSocket that has something to say, where nobody asked, is closing


def labels(name: str, host: str, port: int, more: str = "") -> dict[str, str]:
    return {"traefik.enable": "true", f"traefik.http.routers.{name}.rule": f"Host(`{host}`){more}",
            f"traefik.http.services.{name}.loadbalancer.server.port": str(port),
            f"traefik.http.services.{name}.loadbalancer.sticky.cookie.name": f"{name}_session",
            "com.docker.compose.project": "shop", "com.docker.compose.service": name, "com.docker.compose.oneoff": "False",
            "com.docker.compose.container-number": "1"}


def spoken(sockets: list[WebSocket]) -> int:
    """How many have something to read."""
    poll = select.poll()
    for each in sockets:
        poll.register(each.connection.socket, select.POLLIN | select.POLLHUP | select.POLLERR)
    return len(poll.poll(0))


def row_of(stand: Stand) -> dict[str, Any]:
    return next(iter(stand.endpoints("a@docker").values()))


def run(stand: Stand, program: str, count: int, redeploys: int) -> str:
    port = free_port()
    stand.make("a-1", labels("a", A, port), ports=[port],
               command=[program, "whoami", "--address", "{address}", "--port", "{port}", "--name", "a"])
    stand.make("b-0", labels("b", B, 8000))
    stand.wait_states("a@docker", {"a-1": "ready"})
    stand.wait_states("b@docker", {"b-0": "ready"})
    cookie = f"a_session={get(stand.web, A).cookie('a_session')}"
    sockets = [WebSocket(stand.web, A, "/echo", cookie) for _ in range(count)]
    try:
        for number, each in enumerate(sockets):
            each.echo(b"hello %d" % number)
        before = row_of(stand)
        with Load(stand.web, B, "b_session") as load:
            load.add(2)
            started = time.monotonic()
            for number in range(1, redeploys + 1):
                stand.make(f"b-{number}", labels("b", B, 8000, f" || Host(`v{number}.{B}`)"))
                stand.wait_states("b@docker", {f"b-{number - 1}": "ready", f"b-{number}": "ready"})
                wait_for("the new rule", lambda host=f"v{number}.{B}": get(stand.web, host).status == 200)
                stand.act(f"b-{number - 1}", "stop", delay=0.05, manner="close")
                stand.remove(f"b-{number - 1}")
                stand.wait_states("b@docker", {f"b-{number}": "ready"})
                expect_equal(spoken(sockets), SILENT, f"WebSockets that spoke after redeploy {number}")
            took = time.monotonic() - started
            load.run_on()
            load.stop()
            load.expect_no_loss(f"{redeploys} redeploys")
        after = row_of(stand)
        for each in ("id", "state", "since", "why", "requests", "failures", "sessions", "inFlight", "connections"):
            expect_equal(after[each], before[each], f"{each} of the service that was not touched")
        for number, each in enumerate(sockets):
            each.echo(b"still here %d" % number)
        kept = get(stand.web, A, cookie=cookie)
        expect_equal((kept.status, kept.cookie("a_session")), (200, None), "status and new cookie of the session")
        return f"{count} WebSockets open after {redeploys} redeploys in {took:.1f} s; beside it {load.answers} answers, none lost"
    finally:
        for each in sockets:
            each.connection.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, metavar="MOORING")
    parser.add_argument("--sockets", type=int, default=200)
    parser.add_argument("--redeploys", type=int, default=10)
    options = parser.parse_args()
    name = f"WebSockets on drydock: {options.sockets} of one service, {options.redeploys} redeploys of another"
    return told_on(name, Stand(options.program),
                   lambda stand: run(stand, stand.program, options.sockets, options.redeploys))


if __name__ == "__main__":
    sys.exit(main())
