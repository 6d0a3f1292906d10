"""Sticky sessions, on the example (Traefik's form of the labels) and on the seed's file (a middleware on two services)."""
import hashlib
import re
import threading
from typing import Optional

import docker
from expect import expect, expect_equal, wait_for
from http_client import Answer, Connection
from registry import case
from stacks import COOKIE, Example, Seed, Sticky

COOKIE_LINE = rb"Set-Cookie: my_app_session=([0-9a-f]{16})\.([0-9a-f]{16}); Path=/; Max-Age=3600; HttpOnly"


def first_digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def session_of(value: Optional[str]) -> str:
    return (value or "").rpartition(".")[2]


def expect_kept(stack: Sticky, value: str, container: str) -> None:
    answer = stack.get(value)
    expect_equal((answer.status, answer.container, answer.cookie(COOKIE)), (200, container, None),
                 "status, container and new cookie of a pinned request")


@case("two containers are seen without a cookie", Example, Seed)
def two_containers(stack: Sticky) -> None:
    seen = [stack.get().container for _ in range(12)]
    expect_equal(sorted(set(seen)), stack.backends(), "containers that answered 12 new clients")
    expect(all(seen.count(each) == 6 for each in set(seen)), f"they do not take turns: {seen}")


@case("100 of 100 requests stay where the cookie says", Example, Seed)
def hundred_pinned(stack: Sticky) -> None:
    value, container = stack.pin()
    with Connection(stack.web) as connection:
        for number in range(100):
            # Half of them on one connection, half on connections of their own.
            answer = connection.request(stack.host, fields={"Cookie": f"{COOKIE}={value}"}) if number % 2 else stack.get(value)
            expect_equal((answer.status, answer.container), (200, container), f"request {number}")
            expect_equal(answer.all("Set-Cookie"), [], f"Set-Cookie of request {number}")


@case("the cookie's bytes are the agreed ones", Example, Seed)
def cookie_bytes(stack: Sticky) -> None:
    answer = stack.get()
    lines = [line for line in answer.head.split(b"\r\n") if line.lower().startswith(b"set-cookie")]
    expect_equal(len(lines), 1, "lines of Set-Cookie")
    match = re.fullmatch(COOKIE_LINE, lines[0])
    expect(match, f"{lines[0]!r} is not {COOKIE_LINE!r}")
    full_id = docker.inspect(answer.container)["Id"]
    expect_equal(match[1].decode(), first_digits(f"{full_id}:80"), "the endpoint's part, from container id and port")
    sessions = {session_of(stack.get().cookie(COOKIE)) for _ in range(8)}
    expect_equal(len(sessions), 8, "different sessions of 8 new clients")


@case("a garbage cookie is replaced", Example, Seed)
def garbage_cookie(stack: Sticky) -> None:
    unknown = "0123456789abcdef.0123456789abcdef"
    for garbage in ("garbage", "", "0123456789abcdef", unknown, unknown.upper(), ".", "x" * 3000, '"', "%00", f"{unknown}.{unknown}.{unknown}"):
        answer = stack.get(garbage)
        value = answer.cookie(COOKIE)
        expect(answer.status == 200 and value and value != garbage, f"for {garbage[:40]!r}: {answer.status}, cookie {value!r}")
        expect_kept(stack, value, answer.container)


@case("of two cookies of one name the one that counts is taken", Example, Seed)
def two_cookies(stack: Sticky) -> None:
    value, container = stack.pin()
    for pair in (f"garbage; {COOKIE}={value}", f"{value}; {COOKIE}=garbage", f"{value}; other=1; {COOKIE}={value}"):
        expect_kept(stack, pair, container)


@case("Traefik's own cookie is honoured and rewritten", Example, Seed)
def traefik_cookie(stack: Sticky) -> None:
    for container in stack.backends():
        theirs = first_digits(f"http://{docker.address_of(container)}:80")
        answer = stack.get(theirs)
        expect_equal((answer.status, answer.container), (200, container), "the request with Traefik's cookie")
        ours = answer.cookie(COOKIE)
        expect(ours and ours != theirs, f"the cookie is not rewritten: {ours!r}")
        expect_kept(stack, ours, container)


@case("--scale whoami=4 is pooled within a second, and no pin moves", Example, Seed)
def scaled_up(stack: Sticky) -> str:
    pins = stack.pins(10)
    before = set(stack.backends())
    stack.scale(4)
    new = sorted(set(stack.backends()) - before)
    expect_equal(len(new), 4 - stack.first, "new containers")
    stack.proxy.wait_ready(stack.backends())
    endpoints = {row["id"]: row for row in stack.service()["endpoints"]}
    expect_equal(sorted(endpoints), stack.backends(), "endpoints of the one service")
    slowest = max(docker.time_of(endpoints[each]["since"]) - docker.time_of(docker.inspect(each)["State"]["StartedAt"]) for each in new)
    expect(slowest < 1, f"ready {slowest:.2f} s after its start")
    for value, container in pins.items():
        expect_kept(stack, value, container)
    wait_for("answers of all containers", lambda: {stack.get().container for _ in range(12)} == set(stack.backends()), 2)
    return f"ready {slowest * 1000:.0f} ms after the start"


@case("a pinned container is removed, its session moves and stays", Example, Seed)
def pinned_removed(stack: Sticky) -> None:
    # Of the service that is scaled, so that the next reset brings it back.
    victim = docker.short_id(stack.project.containers(stack.services[0])[0])
    value = stack.pin_to(victim)
    others = {each: stack.pin_to(each) for each in stack.backends() if each != victim}
    docker.docker("rm", "-f", victim)
    answer = stack.get(value)
    moved = answer.cookie(COOKIE)
    expect(answer.status == 200 and answer.container in others, f"the first request after it: {answer.status} {answer.text[:100]}")
    expect(moved, "it moved, and there is no new cookie")
    expect_equal(session_of(moved), session_of(value), "the session's id, which stays")
    for _ in range(5):
        expect_kept(stack, moved, answer.container)
    for container, theirs in others.items():
        expect_kept(stack, theirs, container)


@case("the proxy is restarted and every pin is kept", Example, Seed)
def proxy_restarted(stack: Sticky) -> str:
    pins = list(stack.pins(12).items())
    restart = threading.Thread(target=stack.project.compose, args=("restart", "traefik"))
    restart.start()
    answers = refusals = after = 0
    # From before the end of the old process to well after the first answers of the new one.
    while after < 3 * len(pins):
        value, container = pins[answers % len(pins)]
        over = not restart.is_alive()
        try:
            answer: Answer = stack.get(value)
        except OSError:
            refusals += 1
            continue
        finally:
            expect(refusals < 200000, "it does not come back")
        if answer.status == 503:
            refusals += 1
            continue
        answers += 1
        after += over
        expect_equal((answer.status, answer.container, answer.cookie(COOKIE)), (200, container, None),
                     "status, container and new cookie of a pinned request during the restart")
    restart.join()
    expect(refusals > 0, "nothing was refused: it was not restarted")
    stack.proxy.refresh()
    for value, container in pins:
        expect_kept(stack, value, container)
    return f"{answers} answers, all in their place"
