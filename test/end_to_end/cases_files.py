"""Dynamic configuration from files beside the labels: watched, half-written, broken, and names that cross from one to the other."""
import os

import docker
from expect import expect, expect_equal, wait_for
from http_client import get
from proxy import Proxy
from registry import case
from stacks import Lab, port, rule


def written(folder: str, name: str, text: str) -> None:
    """As a careful program writes: beside it, then renamed into place."""
    path = os.path.join(folder, name)
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".new", path)


def file_proxy(lab: Lab, name: str, folder: str, *flags: str) -> Proxy:
    return lab.another_proxy(name, "--providers.file.directory=/dynamic", *flags, options=("-v", f"{folder}:/dynamic:ro"))


def wait_host(proxy: Proxy, host: str, status: int, deadline: float = 10) -> None:
    def answers() -> bool:
        answer = get(proxy.direct, host)
        expect(answer.status == status, f"{answer.status} {answer.text[:80]!r}")
        return True
    wait_for(f"{status} from {host}", answers, deadline)


ROUTER = """
http:
  routers:
    {name}:
      rule: Host(`{name}.e2e`)
      service: {service}
"""


@case("a file names a container's service, a label a file's: in any order of arrival", Lab)
def across(lab: Lab) -> None:
    folder = lab.folder("across")
    proxy = file_proxy(lab, "across", folder)
    written(folder, "routers.yml", ROUTER.format(name="fromfile", service="inlabels@docker"))
    # Nobody defines its service yet, and no other router gets what this one is to take.
    wait_host(proxy, "fromfile.e2e", 503)
    name = lab.whoami("inlabels", rule("fromlabel"), port("inlabels"), "traefik.http.routers.fromlabel.service=infile@file")
    wait_host(proxy, "fromfile.e2e", 200)
    wait_host(proxy, "fromlabel.e2e", 503)
    written(folder, "services.toml", f"""
[[http.services.infile.loadBalancer.servers]]
url = "http://{docker.address_of(name)}:80"
""")
    wait_host(proxy, "fromlabel.e2e", 200)


@case("a broken file leaves the last good one in force, says where it is broken, and is taken when it is mended", Lab)
def broken(lab: Lab) -> None:
    folder = lab.folder("broken")
    lab.routed("target")
    good = ROUTER.format(name="first", service="target@docker")
    written(folder, "app.yml", good)
    proxy = file_proxy(lab, "broken", folder)
    wait_host(proxy, "first.e2e", 200)
    # Not by renaming: an editor that writes in place, and stops in the middle.
    with open(os.path.join(folder, "app.yml"), "w", encoding="utf-8") as file:
        file.write(good + "    second: {rule: Host(`second.e2e`), serv")
    problem = wait_for("a Problem about the file", lambda: [row for row in proxy.status()["problems"] if "app.yml" in row["where"]])[0]
    expect(":" in problem["where"], f"no line is named: {problem}")
    expect(problem["inForce"], f"it does not say what is in force: {problem}")
    wait_host(proxy, "first.e2e", 200)
    written(folder, "app.yml", ROUTER.format(name="second", service="target@docker"))
    wait_host(proxy, "second.e2e", 200)
    wait_host(proxy, "first.e2e", 404)
    expect(not [row for row in proxy.status()["problems"] if "app.yml" in row["where"]], "the Problem stays after it was mended")


@case("a mistake in a file breaks only what it belongs to, and names the line", Lab)
def mistake(lab: Lab) -> None:
    folder = lab.folder("mistake")
    lab.routed("behind")
    written(folder, "app.yml", """http:
  routers:
    open:
      rule: Host(`open.e2e`)
      service: behind@docker
    guarded:
      rule: Host(`guarded.e2e`)
      service: behind@docker
      midlewares: [auth]
""")
    proxy = file_proxy(lab, "mistake", folder)
    wait_host(proxy, "open.e2e", 200)
    wait_host(proxy, "guarded.e2e", 503)
    problem = wait_for("the Problem", lambda: proxy.problems("L001"))[0]
    expect(problem["where"].endswith("app.yml:9"), f"where: {problem['where']!r}")
    expect("middlewares" in problem["fix"], f"fix: {problem['fix']!r}")


@case("a server by host name: resolved, sticky, and its path where it asks for that", Lab)
def by_name(lab: Lab) -> None:
    folder = lab.folder("byname")
    name = lab.routed("named")
    written(folder, "app.yml", f"""http:
  routers:
    url: {{rule: Host(`url.e2e`), service: url}}
    path: {{rule: Host(`path.e2e`), service: path}}
  services:
    url:
      loadBalancer:
        sticky: {{cookie: {{name: url}}}}
        servers: [{{url: "http://{name}:80"}}]
    path:
      loadBalancer:
        servers: [{{url: "http://{name}:80/base", preservePath: true}}]
""")
    proxy = file_proxy(lab, "byname", folder)
    wait_host(proxy, "url.e2e", 200)
    answer = get(proxy.direct, "url.e2e")
    expect_equal(answer.container, docker.short_id(name), "the container that answers")
    value = answer.cookie("url")
    expect(value, f"no cookie: {answer.fields}")
    expect_equal(get(proxy.direct, "url.e2e", cookie=f"url={value}").all("Set-Cookie"), [], "Set-Cookie with the cookie")
    wait_host(proxy, "path.e2e", 200)
    expect("GET /base/x HTTP/1.1" in get(proxy.direct, "path.e2e", "/x").text, "the server's path is not in front")
