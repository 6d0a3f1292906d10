"""Traffic of other kinds than small answers, and what is written down about it."""
import re

import docker
from expect import expect, expect_equal, wait_for
from http_client import Connection, get
from registry import case
from stacks import Lab
from websocket import CLOSE, PING, PONG, WebSocket


@case("a WebSocket stays while routes change", Lab)
def websocket_echo(lab: Lab) -> None:
    lab.routed("echo", "traefik.http.services.echo.loadbalancer.sticky.cookie.name=echo")
    with WebSocket(lab.web, "echo.e2e", "/echo") as talk:
        expect(talk.answer.cookie("echo"), "no cookie with the 101")
        for payload in (b"hello", b"", b"x" * 125, b"y" * 70000):
            talk.echo(payload)
        talk.send(PING, b"there?")
        expect_equal(talk.receive(), (PONG, b"there?"), "the answer to a ping")
        lab.routed("meanwhile")
        talk.echo(b"still there")
        talk.send(CLOSE, b"\x03\xe8")
        kind, payload = talk.receive()
        expect_equal((kind, payload[:2]), (CLOSE, b"\x03\xe8"), "the answer to a close")


@case("a download of 16 MiB, an upload of 4 MiB", Lab)
def large_bodies(lab: Lab) -> None:
    lab.routed("large")
    answer = get(lab.web, "large.e2e", "/data?size=16&unit=MB", timeout=60)
    expect_equal((answer.status, len(answer.body)), (200, 16 << 20), "status and length of the download")
    with Connection(lab.web, 60) as connection:
        upload = connection.request("large.e2e", "/", "POST", {"Content-Type": "application/octet-stream"}, b"u" * (4 << 20))
        expect_equal(upload.status, 200, "the upload")
        expect_equal(connection.request("large.e2e").status, 200, "the next request on its connection")


@case("what the container is told about the client", Lab)
def forwarded_fields(lab: Lab) -> None:
    lab.routed("told")
    text = get(lab.web, "told.e2e", "/a/../b?x=1", fields={"X-Forwarded-For": "6.6.6.6", "Connection": "X-Secret", "X-Secret": "1"}).text
    said = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    expect("GET /b?x=1 HTTP/1.1" in text, f"the request line: {text}")
    expect_equal(said["Host"], "told.e2e", "Host")
    expect_equal((said["X-Forwarded-Host"], said["X-Forwarded-Proto"], said["X-Forwarded-Port"]), ("told.e2e", "http", "80"), "X-Forwarded-*")
    expect("6.6.6.6" not in said["X-Forwarded-For"], f"a stranger's X-Forwarded-For is believed: {said['X-Forwarded-For']}")
    expect_equal(said["X-Forwarded-For"], said["X-Real-Ip"], "X-Forwarded-For and X-Real-Ip")
    expect("X-Secret" not in said, "a field that Connection names was passed on")


@case("the access log, in the common format", Lab)
def access_log(lab: Lab) -> None:
    name = lab.routed("logged")
    url = f"http://{docker.address_of(name)}:80"
    size = len(get(lab.web, "logged.e2e", "/log?a=1").body)
    get(lab.web, "nobody.e2e", "/lost")
    when = r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}"
    peer = r"\d+\.\d+\.\d+\.\d+"
    wanted = (
        rf'{peer} - - \[{when}\] "GET /log\?a=1 HTTP/1\.1" 200 {size} "-" "-" \d+ "logged@docker" "{re.escape(url)}" \d+ms',
        rf'{peer} - - \[{when}\] "GET /lost HTTP/1\.1" 404 19 "-" "-" \d+ "-" "-" \d+ms',
    )

    def written() -> bool:
        lines = docker.docker("logs", lab.container).splitlines()
        for pattern in wanted:
            found = [line for line in lines if re.fullmatch(pattern, line)]
            expect(len(found) == 1, f"{len(found)} lines like {pattern}, the last of the log: {lines[-3:]}")
        return True
    wait_for("the two lines", written, 5)


@case("requests that nobody asks for", Lab)
def refusals(lab: Lab) -> None:
    answer = lab.get("nobody")
    expect_equal((answer.status, answer.text), (404, "404 page not found\n"), "no route")
    name = lab.routed("twoport", "traefik.http.services.other.loadbalancer.server.port=81", "traefik.http.routers.twoport.service=twoport",
                      "traefik.http.routers.other.rule=Host(`other.e2e`)", "traefik.http.routers.other.service=other")
    expect_equal(lab.get("twoport").container, docker.short_id(name), "the port that listens")
    answer = lab.get("other")
    expect_equal((answer.status, answer.text.split(":")[0]), (503, "no available server"), "the port where nothing listens")
