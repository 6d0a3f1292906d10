"""Options from all their sources, on the running program: files, variables, flags, signals, and what entry points do."""
import json
import os

import docker
from compose import free_port
from expect import expect, expect_equal, wait_for
from http_client import Address, Answer, Connection, get
from registry import case
from stacks import ROOT, Lab, port, rule


def tool(*arguments: str, options: tuple[str, ...] = ()) -> tuple[int, str]:
    """The program's command line in a container of its own: exit code, and all that it said."""
    result = docker.run(["docker", "run", "--rm", "--label", docker.MARK, *options, "mooring", *arguments], check=False)
    return result.returncode, result.stdout + result.stderr


@case("flags win over variables, variables over the file; config show says what comes from where", Lab)
def sources(lab: Lab) -> None:
    folder = lab.folder("sources")
    with open(os.path.join(folder, "traefik.toml"), "w", encoding="utf-8") as file:
        file.write('[entryPoints.file]\naddress = ":8001"\n[entryPoints.both]\naddress = ":8002"\n[log]\nlevel = "WARN"\n')
    lab.routed("sourced")
    proxy = lab.another_proxy("sources", "--log.level=INFO", options=(
        "-v", f"{folder}/traefik.toml:/etc/traefik/traefik.toml:ro", "-e", "TRAEFIK_ENTRYPOINTS_BOTH_ADDRESS=:8003",
        "-e", "TRAEFIK_LOG_LEVEL=ERROR", "-e", "TRAEFIK_LOG_LEVLE=DEBUG"))
    for number in (80, 8001, 8003):
        wait_for(f"an answer on :{number}", lambda: get((proxy.address, number), "sourced.e2e").status == 200)
    shown = docker.docker("exec", "-e", "TRAEFIK_LOG_LEVEL=ERROR", "-e", "TRAEFIK_ENTRYPOINTS_BOTH_ADDRESS=:8003", proxy.container,
                          "mooring", "config", "show", "--log.level=INFO")
    for wanted in ("/etc/traefik/traefik.toml:2", "TRAEFIK_ENTRYPOINTS_BOTH_ADDRESS", "--log.level", "default"):
        expect(wanted.lower() in shown.lower(), f"{wanted!r} is not shown:\n{shown}")
    said = docker.logs(proxy.container)
    expect("TRAEFIK_LOG_LEVLE" in said, f"the misspelt variable is not named:\n{said}")


@case("SIGHUP takes a new log level, and says what needs a restart; a broken file changes nothing", Lab)
def reload(lab: Lab) -> None:
    folder = lab.folder("reload")
    path = os.path.join(folder, "mooring.yml")

    def write(text: str) -> None:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    write("log: {level: INFO}\n")
    proxy = lab.another_proxy("reload", "--configFile=/etc/mooring/mooring.yml", options=("-v", f"{folder}:/etc/mooring:ro",))

    def hup(wanted: str) -> None:
        docker.docker("kill", "--signal", "HUP", proxy.container)
        wait_for(f"{wanted!r} in the log", lambda: wanted in docker.logs(proxy.container))
    write("log: {level: INFO}\nentryPoints: {late: {address: ':8099'}}\n")
    hup("restart")
    write("log: {levl: DEBUG}\n")
    hup("levl")
    write("log: {level: DEBUG}\n")
    hup("log.level")
    lab.routed("reloaded")
    expect_equal(get(proxy.direct, "reloaded.e2e").status, 200, "an answer after three signals")


def gateway(lab: Lab) -> str:
    return docker.inspect(lab.container)["NetworkSettings"]["Networks"][lab.network]["Gateway"]


def said_over(address: Address, before: bytes, host: str) -> Answer:
    with Connection(address) as connection:
        connection.socket.sendall(before)
        return connection.request(host)


@case("PROXY protocol v1 and v2: from a trusted peer its word is taken, from another one it is refused", Lab)
def proxy_protocol(lab: Lab) -> None:
    lab.routed("proxied")
    proxy = lab.another_proxy("proxied-by", f"--entryPoints.web.proxyProtocol.trustedIPs={gateway(lab)}", "--entryPoints.plain.address=:81",
                              "--entryPoints.plain.proxyProtocol.trustedIPs=192.0.2.1")
    wait_for("a route", lambda: proxy.routers().get("proxied@docker"))
    one = b"PROXY TCP4 203.0.113.9 198.51.100.1 4711 80\r\n"
    two = b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" + bytes([203, 0, 113, 9, 198, 51, 100, 1, 0x12, 0x67, 0, 80])
    for form in (one, two):
        answer = wait_for("an answer", lambda: (found := said_over(proxy.direct, form, "proxied.e2e")).status == 200 and found)
        expect("X-Forwarded-For: 203.0.113.9\n" in answer.text.replace("\r", ""), f"the address is not passed on:\n{answer.text}")
    expect_equal(said_over((proxy.address, 81), one, "proxied.e2e").status, 400, "from a peer that is not trusted")


@case("an entry point's redirection: to the other one, with the path, before any router", Lab)
def redirection(lab: Lab) -> None:
    lab.routed("moved")
    proxy = lab.another_proxy("moved-by", "--entryPoints.web.http.redirections.entryPoint.to=secure", "--entryPoints.secure.address=:8443")
    answer = wait_for("a redirect", lambda: (found := get(proxy.direct, "moved.e2e", "/a?b=c")).status != 404 and found)
    expect_equal((answer.status, answer.one("Location")), (301, "https://moved.e2e:8443/a?b=c"), "status and Location")
    expect_equal(get((proxy.address, 8443), "moved.e2e").status, 200, "the other entry point")


@case("the access log as JSON in a file, opened again by SIGUSR1", Lab)
def access_log(lab: Lab) -> None:
    folder = lab.folder("logs")
    lab.routed("logged")
    proxy = lab.another_proxy("logs-it", "--accessLog.format=json", "--accessLog.filePath=/logs/access.log", options=("-v", f"{folder}:/logs"))
    path = os.path.join(folder, "access.log")

    def line_with(target: str) -> dict:
        get(proxy.direct, "logged.e2e", target)
        return wait_for(f"the line of {target}", lambda: next((row for row in map(json.loads, lines()) if row["RequestPath"] == target), None))

    def lines() -> list[str]:
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            return [line for line in file.read().split("\n")[:-1] if line]
    row = line_with("/one")
    expect_equal((row["DownstreamStatus"], row["RouterName"], row["RequestMethod"]), (200, "logged@docker", "GET"), "status, router, method")
    os.rename(path, path + ".1")
    docker.docker("kill", "--signal", "USR1", proxy.container)
    wait_for("a new file", lambda: os.path.exists(path))
    line_with("/two")
    with open(path + ".1", encoding="utf-8") as file:
        expect("/two" not in file.read(), "the old file is written to still")


@case("api@internal and ping@internal as services of a container's routers", Lab)
def internal_services(lab: Lab) -> None:
    lab.whoami("publishes", "traefik.http.routers.api.rule=Host(`api.e2e`)", "traefik.http.routers.api.service=api@internal",
               "traefik.http.routers.ping.rule=Host(`ping.e2e`)", "traefik.http.routers.ping.service=ping@internal", port("publishes"))
    proxy = lab.another_proxy("publishes-it", "--ping.manualRouting=true")
    wait_for("the API", lambda: get(proxy.direct, "api.e2e", "/api/version").status == 200)
    wait_for("ping", lambda: get(proxy.direct, "ping.e2e", "/ping").text == "OK")


@case("Traefik's API: the table in its shapes, in pages", Lab)
def traefik_api(lab: Lab) -> None:
    lab.routed("shown")
    address = (lab.proxy.address, 8080)
    row = json.loads(get(address, "api", "/api/http/routers/shown@docker").body)
    expect_equal((row["rule"], row["service"], row["status"], row["using"], row["provider"]),
                 ("Host(`shown.e2e`)", "shown", "enabled", ["web"], "docker"), "the router")
    service = json.loads(get(address, "api", "/api/http/services/shown@docker").body)
    expect_equal(list(service["serverStatus"].values()), ["UP"], "its server's status")
    page = get(address, "api", "/api/http/routers?per_page=1")
    expect_equal((len(json.loads(page.body)), page.one("X-Next-Page")), (1, "2"), "a page of one")
    overview = json.loads(get(address, "api", "/api/overview").body)
    expect(overview["http"]["routers"]["total"] >= 1 and "Docker" in overview["providers"], f"overview: {overview}")
    nobody = get(address, "api", "/api/http/routers/nobody@docker")
    expect_equal((nobody.status, nobody.text), (404, '{"message":"router not found: nobody@docker"}\n'), "a router that is not there")


@case("rule syntax v2, by label and for all", Lab)
def rule_syntax(lab: Lab) -> None:
    lab.whoami("old", "traefik.http.routers.old.rule=HostRegexp(`{sub:[a-z]+}.old.e2e`) && PathPrefix(`/x/{id:[0-9]+}`)",
               "traefik.http.routers.old.ruleSyntax=v2", port("old"))
    wait_for("a match", lambda: get(lab.web, "abc.old.e2e", "/x/12").status == 200)
    for host, target in (("a1.old.e2e", "/x/12"), ("abc.old.e2e", "/x/y")):
        expect_equal(get(lab.web, host, target).status, 404, f"{host}{target}")


@case("mooring check: silent on the example and the seed, 3 on a mistake, which it names with its line", Lab)
def check(lab: Lab) -> None:
    folder = lab.folder("check")
    with open(os.path.join(folder, "docker-compose.yml"), "w", encoding="utf-8") as file:
        file.write("services:\n  web:\n    image: app\n    labels:\n      - traefik.http.routers.web.rule=Host(`x`)\n"
                   "      - traefik.http.services.web.loadbalancr.server.port=80\n")
    code, said = tool("check", "/w/docker-compose.yml", options=("-v", f"{folder}:/w:ro"))
    expect_equal(code, 3, f"exit code\n{said}")
    for wanted in ("L001", "docker-compose.yml:6", "loadbalancer"):
        expect(wanted in said, f"{wanted!r} is not said:\n{said}")
    for good in ("examples/sticky-sessions", "test/end_to_end/seed"):
        code, said = tool("check", "/w/docker-compose.yml", options=("-v", f"{os.path.join(ROOT, good)}:/w:ro"))
        expect_equal(code, 0, f"exit code for {good}\n{said}")


@case("a container on the host's network, in another container's, and with two services", Lab)
def networks(lab: Lab) -> None:
    main = lab.whoami("shares", rule("shares"), port("shares"))
    lab.whoami("guest", rule("guest"), port("guest", 8181), network=f"container:{main}", arguments=("--port", "8181"))
    number = free_port()
    lab.whoami("onhost", rule("onhost"), port("onhost", number), network="host", arguments=("--port", str(number)))
    lab.whoami("double", rule("double"), port("double"), rule("twice"), port("twice"),
               "traefik.http.routers.double.service=double", "traefik.http.routers.twice.service=twice")
    for name in ("shares", "guest", "double", "twice"):
        lab.wait_answer(name)
    # What the host's network is to a proxy in a container: host.docker.internal, where the engine gives it one.
    beside = lab.another_proxy("besides", options=("--add-host", f"host.docker.internal:{gateway(lab)}"))
    wait_for("the container on the host's network", lambda: get(beside.direct, "onhost.e2e").status == 200)
