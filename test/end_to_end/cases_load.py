"""Under load, from clients that keep their cookie and their connection, and with every answer counted: nothing is lost."""
import docker
from expect import expect, expect_equal
from load import Load
from registry import case
from stacks import COOKIE, Example


def load_on(stack: Example) -> Load:
    return Load(stack.web, stack.host, COOKIE)


def expect_moves_only_from(load: Load, left: set[str], during: str) -> None:
    wrong = [move for move in load.moves if move.left not in left]
    expect(not wrong, f"{during}: {len(wrong)} sessions moved from containers that stayed: {wrong[:3]}")


@case("under load: scaled from 2 to 6 and back to 2", Example)
def scaled(stack: Example) -> str:
    with load_on(stack) as load:
        load.add(8)
        load.add(2, with_cookie=False)
        stack.scale(6)
        stack.proxy.wait_ready(stack.backends(), 20)
        load.run_on()
        expect_equal(load.moves, [], "sessions that moved while containers were added")
        load.add(8)
        load.add(4, method="POST")

        def pinned() -> list[str]:
            return sorted({client.container for client in load.clients if client.cookie})

        # Whose turn it is when a client comes depends on those without a cookie in between.
        for _ in range(10):
            if pinned() == stack.backends():
                break
            load.add(4)
        expect_equal(pinned(), stack.backends(), "containers with sessions")
        before = set(stack.backends())
        stack.scale(2)
        load.run_on()
        removed = before - set(stack.backends())
        expect_equal(len(removed), 4, "containers removed")
        left = {client.container for client in load.clients if client.cookie} & removed
        expect(not left, f"sessions still at removed containers: {left}")
        load.stop()
        load.expect_no_loss("scaling 2 to 6 to 2")
        expect_moves_only_from(load, removed, "scaling down")
        return f"{load.answers} answers, none lost, {len(load.moves)} sessions moved"


@case("under load: docker stop of one container", Example)
def stopped(stack: Example) -> str:
    stack.scale(3)
    stack.proxy.wait_ready(stack.backends(), 20)
    victim = stack.project.containers("whoami")[-1]
    container = docker.short_id(victim)
    with load_on(stack) as load:
        load.add(8)
        load.add(4, method="POST")
        load.add(2, with_cookie=False)
        pinned = sum(client.container == container for client in load.clients)
        expect(pinned > 0, "no client came to the container")
        docker.docker("stop", victim)
        load.run_on()
        load.stop()
        load.expect_no_loss("docker stop")
        expect_equal(len(load.moves), pinned, "moves of the sessions that were pinned to it")
        expect_moves_only_from(load, {container}, "docker stop")
        docker.docker("rm", victim)
        return f"{load.answers} answers, none lost, {pinned} sessions moved"


@case("under load: docker restart of one container", Example)
def restarted(stack: Example) -> str:
    victim = stack.project.containers("whoami")[0]
    with load_on(stack) as load:
        load.add(10)
        docker.docker("restart", victim)
        stack.proxy.wait_ready(stack.backends())
        load.run_on()
        load.stop()
        load.expect_no_loss("docker restart")
        expect_moves_only_from(load, {docker.short_id(victim)}, "docker restart")
        return f"{load.answers} answers, none lost, {len(load.moves)} sessions moved"


@case("under load: containers that have nothing to do with it come and go", Example)
def neighbours(stack: Example) -> str:
    with load_on(stack) as load:
        load.add(8)
        for number in range(4):
            docker.docker("run", "--rm", "--label", docker.MARK, "--label", "traefik.enable=true", "--label",
                          f"traefik.http.routers.n{number}.rule=Host(`n{number}.e2e`)", "--no-healthcheck", "mooring", "version")
        load.run_on()
        load.stop()
        load.expect_no_loss("starting and ending others")
        expect_equal(load.moves, [], "sessions that moved")
        return f"{load.answers} answers, none lost"
