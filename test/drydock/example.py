#!/usr/bin/env python3
"""An example's containers on the stand-in engine, as processes: for machines that can have no Docker engine.

Starts drydock.py, gives it N containers of the compose file's service `whoami` with that service's labels, and runs until it
is ended. Only what the examples use of a compose file is read: the service's labels, as a list.
"""
import argparse
import json
import os
import re
import subprocess
import sys

from stand import UnixConnection

SERVICE = "whoami"
PORT = 8000  # the example's own is 80, which takes root


def labels_of(text: str) -> dict[str, str]:
    """The labels of the service, from the lines between its `labels:` and the next key."""
    service = re.search(rf"^  {SERVICE}:\n((?:    .*\n|\n)+)", text, re.MULTILINE)
    block = re.search(r"^    labels:\n((?:      - .*\n)+)", service.group(1), re.MULTILINE) if service else None
    if block is None:
        sys.exit(f"no list of labels of a service {SERVICE!r} in the example")
    entries = re.findall(r"""- ["']?(.*?)["']?$""", block.group(1), re.MULTILINE)
    return dict(entry.split("=", 1) for entry in entries)


def make(engine: str, spec: dict[str, object]) -> None:
    connection = UnixConnection(engine)
    connection.request("POST", "/drydock/containers", json.dumps(spec))
    answer = connection.getresponse()
    if answer.status >= 300:
        sys.exit(f"the stand-in engine refuses a container: {answer.status} {answer.read().decode()}")
    connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="an example's containers on the stand-in engine")
    parser.add_argument("--socket", required=True, help="where the engine listens")
    parser.add_argument("--example", required=True, help="the compose file")
    parser.add_argument("--scale", type=int, default=2, help="how many containers")
    parser.add_argument("--program", required=True, help="mooring")
    options = parser.parse_args()
    with open(options.example, encoding="utf-8") as file:
        labels = labels_of(file.read())
    labels |= {key: str(PORT) for key in labels if key.endswith(".loadbalancer.server.port")}
    project = os.path.basename(os.path.dirname(os.path.abspath(options.example)))
    drydock = os.path.join(os.path.dirname(os.path.abspath(__file__)), "drydock.py")
    with subprocess.Popen([sys.executable, drydock, "--socket", options.socket], stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout is not None
        if engine.stdout.readline() != "ready\n":
            sys.exit("the stand-in engine did not start")
        for number in range(1, options.scale + 1):
            name = f"{project}-{SERVICE}-{number}"
            compose = {"com.docker.compose.project": project, "com.docker.compose.service": SERVICE}
            make(options.socket, {
                "name": name, "labels": labels | compose, "image": "mooring", "ports": [PORT], "start": True,
                "command": [options.program, "whoami", "--address", "{address}", "--port", "{port}", "--name", name]})
        engine.wait()


if __name__ == "__main__":
    main()
