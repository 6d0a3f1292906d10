"""A Compose project of this run: brought up, scaled and taken down with the command that a user would type."""
import os
import random
import socket
from typing import Optional

import docker
from expect import Failed


def port_is_free(port: int) -> bool:
    """Whether nobody listens there. Asked without taking it, which below 1024 not everybody may."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def free_port() -> int:
    """Below the range that outgoing connections take theirs from, so that a restarted container gets it again."""
    while True:
        port = random.SystemRandom().randrange(20000, 32000)
        if port_is_free(port):
            return port


class Project:
    def __init__(self, name: str, files: list[str], environment: Optional[dict[str, str]] = None):
        self.name = f"e2e-{docker.RUN}-{name}"
        self.command = ["docker", "compose", "-p", self.name]
        for file in files:
            self.command += ["-f", file]
        self.environment = {**os.environ, "COMPOSE_ANSI": "never", **(environment or {})}

    def compose(self, *arguments: str, timeout: float = 180) -> str:
        return docker.run([*self.command, *arguments], timeout=timeout, env=self.environment).stdout.strip()

    def up(self, **scale: int) -> None:
        wanted = [f"--scale={service}={count}" for service, count in scale.items()]
        self.compose("up", "-d", "--no-recreate", *wanted)

    def containers(self, service: str, running: bool = True) -> list[str]:
        """Names, one-off containers left out."""
        labels = [f"com.docker.compose.project={self.name}", f"com.docker.compose.service={service}",
                  "com.docker.compose.oneoff=False"]
        filters = [part for label in labels for part in ("--filter", f"label={label}")]
        names = docker.docker("ps", *([] if running else ["-a"]), *filters, "--format", "{{.Names}}").split()
        return sorted(names)

    def container(self, service: str) -> str:
        names = self.containers(service, running=False)
        if len(names) != 1:
            raise Failed(f"{self.name}: one container of {service} expected, there are {names}")
        return names[0]

    def down(self) -> None:
        try:
            self.compose("down", "--remove-orphans", "--timeout", "3", "--volumes")
        finally:
            left = docker.docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={self.name}").split()
            if left:
                docker.run(["docker", "rm", "-f", "-v", *left], check=False)
                docker.run(["docker", "network", "rm", f"{self.name}_default"], check=False)
