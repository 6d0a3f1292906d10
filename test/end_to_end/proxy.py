"""A running Mooring as the cases see it: its status document, over its API on :8080, and its command line inside the container."""
import json
from typing import Any, Callable, Optional

import docker
from expect import expect, wait_for
from http_client import Address, get

Row = dict[str, Any]


class Proxy:
    def __init__(self, container: str):
        self.container = container
        self.refresh()

    def refresh(self) -> None:
        """After a restart: its address may be another one."""
        self.address = docker.address_of(self.container)

    @property
    def direct(self) -> Address:
        """Its entry point on the container's own address, past everything that publishes a port."""
        return (self.address, 80)

    def status(self, query: str = "", timeout: float = 10) -> Row:
        answer = get((self.address, 8080), "api", "/api/status" + query, timeout=timeout)
        expect(answer.status == 200, f"/api/status: {answer.status} {answer.text[:200]}")
        return json.loads(answer.body)

    def run(self, *arguments: str) -> str:
        return docker.docker("exec", self.container, "mooring", *arguments)

    def routers(self) -> dict[str, Row]:
        return {row["name"]: row for row in self.status()["routers"]}

    def service(self, name: str) -> Row:
        rows = {row["name"]: row for row in self.status()["services"]}
        expect(name in rows, f"no service {name}, there are {sorted(rows)}")
        return rows[name]

    def endpoints(self) -> dict[str, Row]:
        """By the container's short id; the container's host name, where it was not given another."""
        return {row["id"]: row for service in self.status()["services"] for row in service["endpoints"]}

    def problems(self, code: str, where: str = "") -> list[Row]:
        return [row for row in self.status()["problems"] if row["code"] == code and where in row["where"]]

    def wait_ready(self, containers: list[str], deadline: float = 15) -> None:
        """Until exactly these of the containers (short ids) that it may publish are ready."""
        def ready() -> bool:
            states = {key: row["state"] for key, row in self.endpoints().items()}
            expect(all(states.get(each) == "ready" for each in containers), f"wanted {sorted(containers)}, states {states}")
            return True
        wait_for("all containers ready", ready, deadline)

    def wait_state(self, container: str, state: Optional[str], deadline: float = 10) -> Optional[Row]:
        """Until the container's endpoint is in that state; None: until it has no endpoint."""
        def reached() -> bool:
            row = self.endpoints().get(container)
            found = row["state"] if row else None
            expect(found == state, f"it is {found}")
            return True
        wait_for(f"endpoint {container} to be {state or 'gone'}", reached, deadline)
        return self.endpoints().get(container)

    def wait_problem(self, code: str, where: str = "", deadline: float = 10) -> Row:
        return wait_for(f"Problem {code} about {where or 'anything'}", lambda: self.problems(code, where), deadline)[0]

    def wait_seen(self, moment: float) -> None:
        """Until it has taken in an event of the engine that is not older than `moment`, so all before it too."""
        self.wait_status("an event since then", lambda status: docker.time_of(status["engine"]["lastEvent"]) >= moment)

    def wait_status(self, what: str, condition: Callable[[Row], Any], deadline: float = 10) -> Row:
        def holds() -> Optional[Row]:
            status = self.status()
            return status if condition(status) else None
        return wait_for(what, holds, deadline)
