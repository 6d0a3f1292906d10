#!/usr/bin/env python3
"""What ./compose/up shows where there can be no Docker engine: example_test.py --program MOORING"""
import argparse
import os
import re
import sys

from stand import HERE, Stand, told_on
from expect import expect_equal, wait_for
from http_client import get

EXAMPLE = os.path.join(os.path.dirname(os.path.dirname(HERE)), "examples", "sticky-sessions", "docker-compose.yml")
HOST, COOKIE = "whoami.localhost", "my_app_session"
BOTH = {"sticky-sessions-whoami-1", "sticky-sessions-whoami-2"}


class ExampleStand(Stand):
    awaited = "docker.sock"

    def engine(self) -> list[str]:
        return [sys.executable, os.path.join(HERE, "example.py"), "--socket", self.path("docker.sock"),
                "--example", EXAMPLE, "--scale", "2", "--program", self.program]


def name_in(text: str) -> str:
    found = re.search(r"^Name: (.*)$", text, re.MULTILINE)
    return found.group(1) if found else ""


def run(stand: Stand) -> str:
    seen: set[str] = set()

    def both() -> bool:
        seen.add(name_in(get(stand.web, HOST).text))
        return BOTH <= seen

    wait_for("both containers", both)
    first = get(stand.web, HOST)
    for _ in range(10):
        again = get(stand.web, HOST, cookie=f"{COOKIE}={first.cookie(COOKIE)}")
        expect_equal((name_in(again.text), again.cookie(COOKIE)), (name_in(first.text), None), "container and new cookie")
    return "both containers seen, and the cookie kept"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, metavar="MOORING")
    program = parser.parse_args().program
    return told_on("the example on drydock", ExampleStand(program), run)


if __name__ == "__main__":
    sys.exit(main())
