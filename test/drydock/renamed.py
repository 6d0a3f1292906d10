#!/usr/bin/env python3
"""A deploy that renames its router and its service: renamed.py --program MOORING

The newcomer's router is of another name than the old one's, and of a higher priority; the newcomer takes its time. Under
requests: nothing of its definition may be in force before it is ready, and nothing of the old one's from then on.
Once with Compose's hint that the newcomer replaces the old one, which drains for it, and once without. Then once more
with a newcomer that has no health check: what is out of force is asked too whether it accepts.
"""
import argparse
import sys

from stand import Stand, expect, told_on, wait_for
from expect import expect_equal
from http_client import get
from load import Load

HOST = "renamed.test"


def labels(number: int, replaces: str) -> dict[str, str]:
    name = f"web{number}"
    made = {"traefik.enable": "true", f"traefik.http.routers.{name}.rule": f"Host(`{HOST}`) || Host(`v{number}.{HOST}`)" + " || Host(`longer.test`)" * number,
            f"traefik.http.services.{name}.loadbalancer.server.port": "8000",
            f"traefik.http.services.{name}.loadbalancer.sticky.cookie.name": "renamed_session",
            "com.docker.compose.project": "shop", "com.docker.compose.service": "web", "com.docker.compose.oneoff": "False",
            "com.docker.compose.container-number": "1"}
    return {**made, "com.docker.compose.replace": replaces} if replaces else made


def state_of(stand: Stand, service: str) -> str:
    return next(iter(stand.endpoints(f"{service}@docker").values()), {"state": "none"})["state"]


def deploy(stand: Stand, load: Load, number: int, hint: bool) -> None:
    old, new = f"w-{number - 1}", f"w-{number}"
    stand.make(new, labels(number, old if hint else ""), health="starting")
    wait_for("the newcomer in the table", lambda: state_of(stand, f"web{number}") == "starting")
    expect_equal(state_of(stand, f"web{number - 1}"), "draining" if hint else "ready", "state of the old one")
    load.run_on()
    expect_equal(get(stand.web, f"v{number - 1}.{HOST}").status, 200, "status under the old rule while the newcomer starts")
    expect_equal(get(stand.web, f"v{number}.{HOST}").status, 404, "status under the new rule while the newcomer starts")
    stand.act(new, "health", status="healthy")
    wait_for("the new rule", lambda: get(stand.web, f"v{number}.{HOST}").status == 200)
    expect_equal(get(stand.web, f"v{number - 1}.{HOST}").status, 404, "status under the old rule when the newcomer is ready")
    load.run_on()
    stand.act(old, "stop", delay=0.05, manner="close")
    stand.remove(old)


def deploy_without_check(stand: Stand, number: int) -> None:
    old = f"w-{number - 1}"
    stand.make(f"w-{number}", labels(number, ""))
    wait_for("the new rule", lambda: get(stand.web, f"v{number}.{HOST}").status == 200)
    expect_equal(get(stand.web, f"v{number - 1}.{HOST}").status, 404, "status under the old rule when the newcomer is ready")
    stand.act(old, "stop", delay=0.05, manner="close")
    stand.remove(old)


def run(stand: Stand) -> str:
    stand.make("w-0", labels(0, ""))
    wait_for("the first", lambda: get(stand.web, HOST).status == 200)
    with Load(stand.web, HOST, "renamed_session") as load:
        load.add(2)
        for number, hint in ((1, False), (2, True)):
            deploy(stand, load, number, hint)
        deploy_without_check(stand, 3)
        load.run_on()
        load.stop()
        load.expect_no_loss("three deploys that rename")
        expect(load.answers > 0, "no request was answered")
        return f"{load.answers} answers, none lost"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, metavar="MOORING")
    options = parser.parse_args()
    return told_on("a renamed router on drydock: a definition comes into force whole", Stand(options.program), run)


if __name__ == "__main__":
    sys.exit(main())
