#!/usr/bin/env python3
"""Faults at random, in rounds, under load: soak.py --program MOORING [--rounds 20] [--seed N]

Each round does one to three things to containers of one service, side by side: starts, stops (well, with a closed port,
with resets, deaf), kills, pauses, failing health checks, restarts, replacements with changed labels; and to the engine,
which goes and comes back. One container at least is left alone, so nobody may lose a request: clients keep their cookie and
their connection, and every answer is counted. What a round does follows from the seed, which is printed.

At the end there are as many descriptors as at the beginning, nothing in flight, and the memory has not grown; with a
sanitizer in the program its word counts too.
"""
import argparse
import random
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from typing import Callable, Optional

from stand import Stand, expect, told, wait_for
from load import Load, Loss, clock

HOST = "soak.test"
COOKIE = "soak_session"
SERVICE = "soak@docker"
MEMORY_SLACK = 6 << 10  # KiB that the proxy may have more at the end than after a tenth of the rounds
MANNERS = ("serve", "close", "reset", "deaf")
# POSTs that one client may lose to one container: the one that was being answered when it ended. While the engine is away
# nobody says that it ends: that has to be found out, by one that was reused, one that was fresh, and one beside it. An
# application in service that resets what it has accepted is never found out (a client could ask for what makes it crash, and
# so put out one after the other): its POSTs are lost until its end is over, and count from then on.
LOST, LOST_BLIND = 1, 3
FATAL = ("stop", "kill", "restart", "replace")
MOST, FEWEST = 7, 2


def labels(generation: int) -> dict[str, str]:
    """A generation more: another rule that means the same to the clients, and a router of another name."""
    more = "".join(f" || Host(`v{generation}.{HOST}`)" for _ in range(generation > 0))
    return {"traefik.enable": "true", f"traefik.http.routers.soak{generation}.rule": f"Host(`{HOST}`){more}",
            "traefik.http.services.soak.loadbalancer.server.port": "8000",
            "traefik.http.services.soak.loadbalancer.sticky.cookie.name": COOKIE,
            "com.docker.compose.project": "soak", "com.docker.compose.service": "app", "com.docker.compose.oneoff": "False"}


@dataclass
class Deed:
    """One thing that happened to one container: who lost a POST to it is looked up here."""

    what: str
    container: str
    begun: float
    blind: bool = False  # the engine was away: nobody told the proxy
    resets: bool = False
    over: float = 0.0


@dataclass
class Soak:
    stand: Stand
    chance: random.Random
    generation: int = 0
    made: int = 0
    resets: set[str] = field(default_factory=set)  # containers whose next deed is to reset connections
    states: dict[str, str] = field(default_factory=dict)  # of each container that is there, as Mooring ought to see it
    healthy: set[str] = field(default_factory=set)        # those with a health check
    deeds: list[Deed] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    load: Optional[Load] = None
    blind: bool = False

    def start(self, name: str) -> None:
        health = "healthy" if name in self.healthy else ""
        self.stand.make(name, {**labels(self.generation), "com.docker.compose.container-number": name.partition("-")[2]}, health=health)
        self.states[name] = "ready"

    def new_name(self) -> str:
        self.made += 1
        name = f"app-{self.made}"
        if self.chance.random() < 0.3:
            self.healthy.add(name)
        return name

    def gone(self, name: str) -> None:
        self.stand.remove(name)
        del self.states[name]

    # What a round may do to one container. Each gives what is done, as a function: all that is left to chance is drawn here.

    def stop(self, name: str) -> Callable[[], None]:
        query = {"delay": round(self.chance.uniform(0, 0.5), 3), "manner": self.chance.choice(MANNERS), "lag": self.lag()}

        def act() -> None:
            self.stand.act(name, "stop", **query)
            self.gone(name)
        self.count("stop " + str(query["manner"]))
        self.resets.update({name} if query["manner"] == "reset" else ())
        return act

    def kill(self, name: str) -> Callable[[], None]:
        lag = self.lag()

        def act() -> None:
            self.stand.act(name, "kill", lag=lag)
            self.gone(name)
        self.count("kill")
        return act

    def restart(self, name: str) -> Callable[[], None]:
        query = {"delay": round(self.chance.uniform(0, 0.3), 3), "manner": self.chance.choice(MANNERS), "lag": self.lag()}
        self.count("restart")
        self.resets.update({name} if query["manner"] == "reset" else ())
        return lambda: self.stand.act(name, "restart", **query)

    def pause(self, name: str) -> Callable[[], None]:
        def act() -> None:
            self.stand.act(name, "pause")
            self.states[name] = "unhealthy"
        self.count("pause")
        return act

    def fail(self, name: str) -> Callable[[], None]:
        def act() -> None:
            self.stand.act(name, "health", status="unhealthy")
            self.states[name] = "unhealthy"
        self.count("unhealthy")
        return act

    def replace(self, name: str) -> Callable[[], None]:
        """As a deploy does: a new one with other labels, then the old one is stopped, whether the new one is ready or not."""
        stop, new = self.stop(name), self.new_name()
        self.generation += 1

        def act() -> None:
            self.start(new)
            stop()
        self.count("replace")
        return act

    def recover(self, name: str) -> Callable[[], None]:
        def act() -> None:
            if name in self.healthy:
                self.stand.act(name, "health", status="healthy")
            else:
                self.stand.act(name, "unpause")
            self.states[name] = "ready"
        self.count("recover")
        return act

    def recover_all(self) -> None:
        """A POST that waits for a paused container waits until that goes on."""
        for name in [name for name, state in self.states.items() if state != "ready"]:
            self.attempt("recover", name, self.recover(name))
        expect(not self.errors, "; ".join(self.errors))
        self.stand.wait_states(SERVICE, dict(self.states))

    def lag(self) -> float:
        return round(self.chance.choice((0, 0, self.chance.uniform(0, 0.06))), 3)

    def count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def plan(self) -> list[tuple[str, str, Callable[[], None]]]:
        """(what, container, deed): at most three, and at least one ready container without."""
        ready = sorted(name for name, state in self.states.items() if state == "ready")
        ill = sorted(name for name, state in self.states.items() if state != "ready")
        self.chance.shuffle(ready)
        spared = ready.pop()
        expect(spared, "nobody is ready")
        planned = []
        for _ in range(self.chance.randrange(1, 4)):
            if len(self.states) < FEWEST + 1 or (len(self.states) + len(planned) < MOST and self.chance.random() < 0.35):
                name = self.new_name()
                self.count("start")
                planned.append(("start", name, lambda name=name: self.start(name)))
            elif ill and self.chance.random() < 0.6:
                name = ill.pop()
                planned.append(("recover", name, self.recover(name)))
            elif ready:
                name = ready.pop()
                hurt = self.fail if name in self.healthy and self.chance.random() < 0.5 else self.chance.choice(
                    [self.stop, self.stop, self.kill, self.restart, self.replace] + ([] if name in self.healthy else [self.pause]))
                planned.append((hurt.__name__, name, hurt(name)))
        return planned

    def round(self) -> None:
        planned = self.plan()
        away = self.chance.random()
        self.blind = away < 0.24
        if away < 0.12:
            self.count("engine away")
            self.stand.order("POST", f"down?seconds={self.chance.uniform(0.2, 0.8):.2f}")
        elif away < 0.24:
            self.count("events cut")
            self.stand.order("POST", "cut")
        threads = [threading.Thread(target=self.attempt, args=each) for each in planned]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(40)
        expect(not self.errors, "; ".join(self.errors))
        self.stand.wait_states(SERVICE, dict(self.states))

    def attempt(self, what: str, name: str, act: Callable[[], None]) -> None:
        deed = Deed(what, name, time.time(), self.blind, name in self.resets)
        self.resets.discard(name)
        self.deeds.append(deed)
        try:
            act()
        except Exception:  # a thread's; told by the round
            self.errors.append(f"{what} {name}: {traceback.format_exc(limit=3)}")
        deed.over = time.time()

    def blamed(self, loss: Loss, lost: dict[tuple[int, str], int]) -> Optional[Deed]:
        """The death or silence that a lost POST fell victim to: of the client's own container, else of one that it may have moved
        to; one that has not cost it a POST yet goes first."""
        fatal = [deed for deed in self.deeds if deed.what in FATAL and deed.begun <= loss.at <= (deed.over or loss.at) + 1]
        own = [deed for deed in fatal if f"pinned to {deed.container})" in loss.text]
        new = [deed for deed in own + fatal if (loss.client, deed.container) not in lost]
        return (new + own + fatal + [None])[0] if loss.cut_off else None

    def expect_no_loss(self, load: Load, seed: int) -> int:
        """A POST that was being answered when its container died is counted apart: one for each client and death."""
        during = f"soak with seed {seed}"
        load.expect_no_loss(during, lambda loss: self.blamed(loss, {}) is not None)
        lost: dict[tuple[int, str], int] = {}
        for loss in load.losses:
            deed = self.blamed(loss, lost)
            expect(deed, f"{during}: {loss.text}")
            if deed.blind and deed.resets and loss.at <= deed.over:
                continue
            key = (loss.client, deed.container)
            lost[key] = lost.get(key, 0) + 1
            most = LOST_BLIND if deed.blind else LOST
            expect(lost[key] <= most, f"{during}: client {loss.client} lost {lost[key]} POSTs to {deed.container}, at most {most}")
        return len(load.losses)

    def tell(self, load: Load) -> str:
        lines = [(deed.begun, f"{deed.what} {deed.container}{' without the engine' if deed.blind else ''}, over at {clock(deed.over)}") for deed in self.deeds]
        lines += [(loss.at, f"client {loss.client} lost, after {loss.took:.3f} s: {loss.text[:160]}") for loss in load.losses]
        return "\n".join(f"{clock(at)} {text}" for at, text in sorted(lines)[-80:])


def run(program: str, rounds: int, seed: int, checks_memory: bool) -> str:
    with Stand(program) as stand:
        soak = Soak(stand, random.Random(seed))
        try:
            return rounds_of(stand, soak, rounds, seed, checks_memory)
        except BaseException:
            print(f"--- what was done, and what was lost\n{soak.tell(soak.load) if soak.load else ''}", flush=True)
            raise


def rounds_of(stand: Stand, soak: Soak, rounds: int, seed: int, checks_memory: bool) -> str:
    for _ in range(3):
        soak.start(soak.new_name())
    stand.wait_states(SERVICE, dict(soak.states))
    before, first = stand.descriptors(), 0
    with Load(stand.web, HOST, COOKIE) as load:
        soak.load = load
        load.add(6)
        load.add(2, method="POST")
        load.add(2, with_cookie=False)
        for number in range(rounds):
            soak.round()
            soak.expect_no_loss(load, seed)
            if number == rounds // 10:
                first = stand.memory()
        soak.recover_all()
        load.run_on()
        load.stop()
        apart = soak.expect_no_loss(load, seed)
    for name in list(soak.states):
        soak.gone(name)
    soak.healthy.clear()
    for _ in range(3):
        soak.start(soak.new_name())
    stand.wait_states(SERVICE, dict(soak.states))
    after = wait_for("as many descriptors as before", lambda: expect_descriptors(stand, before), 20)
    wait_for("nothing in flight", lambda: expect_idle(stand))
    last = stand.memory()
    if checks_memory:
        expect(last - first < MEMORY_SLACK, f"the memory grew from {first} to {last} KiB")
    return (f"{load.answers} answers, none lost, {apart} POSTs cut off, {len(load.moves)} moves, slowest {load.slowest:.2f} s, "
            f"{after} descriptors, {first} to {last} KiB, {soak.counts}")


def expect_descriptors(stand: Stand, before: int) -> int:
    now = stand.descriptors()
    expect(now <= before, f"{now} descriptors, {before} before")
    return now


def expect_idle(stand: Stand) -> bool:
    """But for the request that asks."""
    status = stand.status()
    expect(sum(worker["busy"] for worker in status["workers"]) <= 1, f"busy workers: {status['workers']}")
    flying = [row for service in status["services"] for row in service["endpoints"] if row["inFlight"]]
    expect(not flying, f"in flight, with no client there: {flying}")
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, metavar="MOORING")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--no-memory", action="store_true", help="for a program with a sanitizer, whose memory says little")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
    name = f"soak on drydock: {options.rounds} rounds, seed {seed}"
    print(name, flush=True)
    return told(name, lambda: run(options.program, options.rounds, seed, not options.no_memory))


if __name__ == "__main__":
    sys.exit(main())
