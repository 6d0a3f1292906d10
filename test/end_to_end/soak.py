"""Ten minutes of everything at once: scale, stop, restart and kill at random, under load, with every answer counted.

No request may be lost by a scale, a stop or a restart. A kill takes away what its container was just answering, so losses
of clients that were pinned to it are counted apart. The proxy's memory must not grow.
"""
import random
import time
from dataclasses import dataclass, field

import docker
from expect import Failed, expect, wait_for
from load import Load, Loss
from stacks import COOKIE, Example

MEMORY_SLACK = 4 << 10  # KiB that the proxy may have more at the end than after its first minute


@dataclass
class Kill:
    container: str
    from_when: float
    until: float


@dataclass
class Soak:
    stack: Example
    seconds: float
    chance: random.Random = field(default_factory=random.Random)
    kills: list[Kill] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)

    def run(self) -> str:
        seed = random.SystemRandom().randrange(1 << 32)
        self.chance.seed(seed)
        print(f"soak: {self.seconds:.0f} s, seed {seed}", flush=True)
        end = time.monotonic() + self.seconds
        with Load(self.stack.web, self.stack.host, COOKIE) as load:
            load.add(8)
            load.add(2, with_cookie=False)
            first = 0
            told = time.monotonic()
            while time.monotonic() < end:
                self.step()
                if not first and time.monotonic() > end - self.seconds * 0.9:
                    first = self.memory()
                if time.monotonic() > told + 60:
                    told = time.monotonic()
                    print(f"soak: {load.answers} answers, {len(load.losses)} lost, {len(load.moves)} moves, {self.memory()} KiB, {self.done}",
                          flush=True)
                load.expect_no_loss("soak", self.excused)
            load.run_on()
            load.stop()
            load.expect_no_loss("soak", self.excused)
            last = self.memory()
            excused = sum(map(self.excused, load.losses))
            expect(last - first < MEMORY_SLACK, f"memory grew from {first} to {last} KiB")
            return f"{load.answers} answers, none lost ({excused} by kills), {self.done}, memory {first} to {last} KiB"

    def excused(self, loss: Loss) -> bool:
        return any(kill.from_when <= loss.at <= kill.until and (kill.container in loss.text or "pinned to -" in loss.text) for kill in self.kills)

    def step(self) -> None:
        names = self.stack.project.containers("whoami")
        # One at least stays, so that there is always somebody to answer.
        acts = ["scale"] + (["stop", "restart", "kill"] if len(names) > 1 else [])
        act = self.chance.choice(acts)
        self.done[act] = self.done.get(act, 0) + 1
        if act == "scale":
            self.stack.scale(self.chance.randrange(2, 7))
        else:
            victim = self.chance.choice(names)
            started, container = time.time(), docker.short_id(victim)
            if act == "restart":
                docker.docker("restart", victim)
            else:
                docker.docker("rm", "-f", victim) if act == "kill" else docker.docker("stop", victim)
            if act == "kill":
                self.kills.append(Kill(container, started, time.time() + 2))
            if act == "stop":
                docker.docker("rm", victim)
        self.stack.proxy.wait_ready(self.stack.backends(), 20)

    def memory(self) -> int:
        """The proxy's resident memory in KiB."""
        text = docker.docker("exec", self.stack.proxy.container, "cat", "/proc/1/status")
        for line in text.splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise Failed("no VmRSS")


def soak(stack: Example, seconds: float) -> str:
    wait_for("two containers", lambda: len(stack.backends()) == 2)
    return Soak(stack, seconds).run()
