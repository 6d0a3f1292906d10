"""What the cases run on: each stack is started once for all its cases, and brought back to its first state between them.

Two Compose projects, the example and the seed's, with the same shape (a proxy, containers of whoami behind one host name,
a cookie), and the lab: one proxy, and a container for each question. One stack runs at a time: all proxies see all
containers of the engine.
"""
import os
import shutil
from typing import Iterator, Optional

import docker
from compose import Project, free_port, port_is_free
from expect import Failed, expect, wait_for
from http_client import Address, Answer, get
from images import PROXY
from proxy import Proxy, Row

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, "build", "end_to_end", docker.RUN)
COOKIE = "my_app_session"


class Sticky:
    """The shape that the example and the seed share."""

    topic = ""
    host = "whoami.localhost"
    router = "whoami@docker"
    # Its Compose services whose containers answer, the one that is scaled first.
    services: tuple[str, ...] = ()
    project: Project
    web: Address
    proxy: Proxy

    def start(self) -> None:
        self.project = self.prepare()
        self.project.up(whoami=self.first)
        self.proxy = Proxy(self.project.container("traefik"))
        self.proxy.wait_ready(self.backends(), 30)

    def stop(self) -> None:
        if hasattr(self, "project"):
            self.project.down()

    def reset(self) -> None:
        if len(self.project.containers(self.services[0])) != self.first:
            self.scale(self.first)
        self.proxy.wait_ready(self.backends(), 20)

    def prepare(self) -> Project:
        raise NotImplementedError

    @property
    def first(self) -> int:
        """How many of the scaled service make two containers in all."""
        return 3 - len(self.services)

    def backends(self) -> list[str]:
        """The short ids of the running containers that answer: what whoami says as its host name."""
        names = [name for service in self.services for name in self.project.containers(service)]
        return sorted(docker.short_id(name) for name in names)

    def scale(self, count: int) -> None:
        self.project.up(whoami=count)

    def service(self) -> Row:
        """The one service that all containers were pooled into."""
        return self.proxy.service(self.proxy.routers()[self.router]["service"])

    def get(self, cookie: Optional[str] = None, target: str = "/") -> Answer:
        """`cookie`: its value alone."""
        return get(self.web, self.host, target, None if cookie is None else f"{COOKIE}={cookie}")

    def pin(self) -> tuple[str, str]:
        """A new client's cookie, and the container that it is tied to."""
        answer = self.get()
        expect(answer.status == 200, f"{answer.status} {answer.text[:100]}")
        value = answer.cookie(COOKIE)
        expect(value, f"no cookie {COOKIE} for a new client: {answer.fields}")
        return value, answer.container

    def pin_to(self, container: str) -> str:
        for value, found in (self.pin() for _ in range(64)):
            if found == container:
                return value
        raise Failed(f"64 new clients, and none came to {container}")

    def pins(self, count: int) -> dict[str, str]:
        return dict(self.pin() for _ in range(count))

    def logs(self) -> str:
        return docker.logs(self.proxy.container) if hasattr(self, "proxy") else ""


def only(project: str) -> str:
    """A constraint for a proxy that shares the engine with containers of others, which may claim the same host name."""
    return f"Label(`com.docker.compose.project`,`{project}`)"


class Example(Sticky):
    topic = "example"
    services = ("whoami",)

    def prepare(self) -> Project:
        port, api = free_port(), free_port()
        self.web = ("127.0.0.1", port)
        files = [os.path.join(ROOT, "examples", "sticky-sessions", "docker-compose.yml")]
        if others := docker.foreign_containers():
            print(f"note: {', '.join(others[:3])} may claim the same host name: the example's proxy is constrained to its own", flush=True)
            files.append(self._constrained())
        return Project("example", files, {"MOORING_PORT": str(port), "MOORING_API_PORT": str(api)})

    @staticmethod
    def _constrained() -> str:
        path = os.path.join(FOLDER, "constrained.yml")
        os.makedirs(FOLDER, exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write("services:\n  traefik:\n    command:\n"
                       "      - --providers.docker.exposedByDefault=false\n"
                       "      - --entryPoints.web.address=:80\n"
                       "      - --api.insecure=true\n"
                       f"      - --providers.docker.constraints={only(f'e2e-{docker.RUN}-example')}\n")
        return path


class Seed(Sticky):
    """The compose file of the article, byte by byte, but for the image of the proxy."""

    topic = "seed"
    services = ("whoami", "whoami-replica")

    def prepare(self) -> Project:
        folder = os.path.join(FOLDER, "seed")
        shutil.copytree(os.path.join(os.path.dirname(os.path.abspath(__file__)), "seed"), folder)
        port = 80 if port_is_free(80) else free_port()
        self.web = ("127.0.0.1", port)
        self._edit(folder, "docker-compose.yml", "image: traefik:v2.10\n", f"image: {PROXY}\n")
        if port == 80:
            print("note: port 80 is free: the seed's file runs with its image line alone changed", flush=True)
        else:
            print(f"note: port 80 is taken here: the seed's proxy is published on {port}", flush=True)
            self._edit(folder, "docker-compose.yml", '"80:80"', f'"{port}:80"')
        if others := docker.foreign_containers():
            print(f"note: {', '.join(others[:3])} may claim the same host name: the seed's proxy is constrained to its own", flush=True)
            with open(os.path.join(folder, "traefik.yml"), "a", encoding="utf-8") as file:
                file.write(f"providers:\n  docker:\n    constraints: {only(f'e2e-{docker.RUN}-seed')}\n")
        return Project("seed", [os.path.join(folder, "docker-compose.yml")])

    @staticmethod
    def _edit(folder: str, name: str, old: str, new: str) -> None:
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if text.count(old) != 1:
            raise Failed(f"{name}: {old!r} is there {text.count(old)} times")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(old, new))


class Lab:
    """One proxy on a network of its own, constrained to this run's containers, and as many of those as a case makes."""

    topic = "lab"
    flags = ("--entryPoints.web.address=:80", "--api.insecure=true", "--accessLog=true")
    labels: tuple[str, ...] = ()

    def start(self) -> None:
        self.network = self.make_network("lab")
        # It asks to be published, and must not be.
        self.container = self.run_proxy("proxy", labels=("traefik.http.routers.itself.rule=Host(`itself.e2e`)",))
        self.proxy = Proxy(self.container)
        self.web = self.proxy.direct
        self.proxy.wait_status("the first listing", lambda status: status["ready"], 20)
        self.made: list[str] = []

    def stop(self) -> None:
        docker.remove_what_is_left()

    def reset(self) -> None:
        if self.made:
            docker.docker("rm", "-f", "-v", *self.made)
            self.made = []

    def make_network(self, name: str) -> str:
        full = f"e2e-{docker.RUN}-{name}"
        docker.docker("network", "create", "--label", docker.MARK, full)
        return full

    def run_proxy(self, name: str, flags: tuple[str, ...] = (), labels: tuple[str, ...] = (),
                  mount: str = f"{docker.SOCKET}:/var/run/docker.sock:ro", options: tuple[str, ...] = ()) -> str:
        full = f"e2e-{docker.RUN}-{name}"
        key, value = docker.MARK.split("=")
        docker.docker("run", "-d", "--name", full, "--network", self.network, "--label", docker.MARK,
                      *labelled(labels), "-v", mount, *options, PROXY, *self.flags,
                      f"--providers.docker.constraints=Label(`{key}`,`{value}`)", *flags)
        return full

    def another_proxy(self, name: str, *flags: str, options: tuple[str, ...] = ()) -> Proxy:
        """A second proxy beside the lab's own, ready. It goes with the case."""
        container = self.run_proxy(name, flags=flags, labels=("traefik.enable=false",), options=options)
        self.made.append(container)
        proxy = Proxy(container)
        proxy.wait_status("the first listing", lambda status: status["ready"], 20)
        return proxy

    def folder(self, name: str) -> str:
        """An empty folder that containers can mount, at the same path inside the tests and outside."""
        path = os.path.join(FOLDER, name)
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
        # The proxy has given up root when it writes its logs there.
        os.chmod(path, 0o777)
        return path

    def whoami(self, name: str, *labels: str, network: str = "", options: tuple[str, ...] = ("--no-healthcheck",),
               arguments: tuple[str, ...] = ()) -> str:
        """Starts a container that answers; its name. It goes with the case."""
        full = f"e2e-{docker.RUN}-{name}"
        self.made.append(full)
        docker.docker("run", "-d", "--name", full, "--network", network or self.network, "--label", docker.MARK,
                      *labelled(labels), *options, PROXY, "whoami", *arguments)
        return full

    def odd(self, name: str, manner: str, seconds: int, *labels: str) -> str:
        """Starts a container that ends badly: see odd_server.pl. It goes with the case."""
        full = f"e2e-{docker.RUN}-{name}"
        self.made.append(full)
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "odd_server.pl"), encoding="utf-8") as file:
            script = file.read()
        docker.docker("run", "-d", "--name", full, "--network", self.network, "--label", docker.MARK, *labelled(labels),
                      "--no-healthcheck", "--entrypoint", "perl", PROXY, "-e", script, manner, str(seconds))
        return full

    def routed(self, name: str, *labels: str, **options: object) -> str:
        """A container behind the host name <name>.e2e, ready."""
        full = self.whoami(name, rule(name), port(name), *labels, **options)
        self.proxy.wait_state(docker.short_id(full), "ready")
        return full

    def get(self, name: str, target: str = "/", cookie: Optional[str] = None) -> Answer:
        return get(self.web, f"{name}.e2e", target, cookie)

    def wait_answer(self, name: str, status: int = 200, deadline: float = 10) -> Answer:
        def answers() -> Optional[Answer]:
            answer = self.get(name)
            expect(answer.status == status, f"{answer.status} {answer.text[:80]!r}")
            return answer
        return wait_for(f"{status} from {name}.e2e", answers, deadline)

    def logs(self) -> str:
        return docker.logs(self.container) if hasattr(self, "container") else ""


def labelled(labels: tuple[str, ...]) -> Iterator[str]:
    for label in labels:
        yield from ("--label", label)


def rule(name: str, router: str = "") -> str:
    return f"traefik.http.routers.{router or name}.rule=Host(`{name}.e2e`)"


def port(service: str, number: int = 80) -> str:
    return f"traefik.http.services.{service}.loadbalancer.server.port={number}"
