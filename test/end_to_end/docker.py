"""The Docker engine as the cases use it: the command line where a user would use that, the API where a moment counts."""
import http.client
import json
import os
import random
import re
import socket
import subprocess
from datetime import datetime
from typing import Any, Optional

from expect import Failed

# Everything made by one run carries its mark, in a name or in this label, and is removed by it.
RUN = f"{random.SystemRandom().randrange(16**4):04x}"
MARK = f"e2e.run={RUN}"
SOCKET = os.environ.get("DOCKER_HOST", "").removeprefix("unix://") or "/var/run/docker.sock"


def run(command: list[str], timeout: float = 180, check: bool = True, **options: Any) -> subprocess.CompletedProcess:
    result = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, **options)
    if check and result.returncode != 0:
        said = (result.stderr or result.stdout).strip()[-1500:]
        raise Failed(f"`{' '.join(command)}` ended with {result.returncode}: {said}")
    return result


def docker(*arguments: str, timeout: float = 180) -> str:
    return run(["docker", *arguments], timeout=timeout).stdout.strip()


class EngineConnection(http.client.HTTPConnection):
    def __init__(self) -> None:
        super().__init__("docker", timeout=60)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(SOCKET)


def engine(method: str, path: str) -> Any:
    """One request to the engine's API. Returns when the engine has answered, which is sooner than the command line does."""
    text = engine_text(method, path)
    return json.loads(text) if text.strip() else None


def engine_text(method: str, path: str) -> str:
    connection = EngineConnection()
    try:
        connection.request(method, path)
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        if response.status >= 400:
            raise Failed(f"engine: {method} {path}: {response.status} {text.strip()}")
        return text
    finally:
        connection.close()


def inspect(name: str) -> dict[str, Any]:
    return engine("GET", f"/containers/{name}/json")


def address_of(name: str, network: Optional[str] = None) -> str:
    networks = inspect(name)["NetworkSettings"]["Networks"]
    chosen = networks[network] if network else next(iter(networks.values()))
    if not chosen["IPAddress"]:
        raise Failed(f"container {name} has no address on network {network or 'its first'}")
    return chosen["IPAddress"]


def short_id(name: str) -> str:
    return inspect(name)["Id"][:12]


def logs(name: str) -> str:
    result = run(["docker", "logs", "--timestamps", name], check=False)
    return result.stdout + result.stderr


def time_of(text: str) -> float:
    """Seconds since 1970 of an RFC 3339 time, with as many digits as it has."""
    match = re.fullmatch(r"(.{19})(\.\d+)?(Z|[+-]\d\d:\d\d)", text)
    if not match:
        raise Failed(f"not a time: {text!r}")
    zone = "+00:00" if match[3] == "Z" else match[3]
    return datetime.fromisoformat(match[1] + zone).timestamp() + float(match[2] or 0)


def image_exists(tag: str) -> bool:
    return run(["docker", "image", "inspect", tag], check=False).returncode == 0


def remove_what_is_left() -> None:
    """What carries this run's mark: containers, then the networks they were on."""
    containers = docker("ps", "-aq", "--filter", f"label={MARK}").split()
    if containers:
        run(["docker", "rm", "-f", "-v", *containers], check=False)
    networks = docker("network", "ls", "-q", "--filter", f"label={MARK}").split()
    if networks:
        run(["docker", "network", "rm", *networks], check=False)


def foreign_containers() -> list[str]:
    """Running containers of others that ask a proxy to publish them: a proxy under test sees these too."""
    rows = docker("ps", "--filter", "label=traefik.enable=true", "--format", "{{.Names}}").split()
    return [name for name in rows if not name.startswith(f"e2e-{RUN}-")]
