"""Instructions of a request in the whole program, with few routers and with many.

Making a large table takes far more than the requests: callgrind counts only when it is told to, which is when the table is
there. A program lets itself be told by its own user alone, so Mooring is started as one who it stays.
"""
import os
import re
import subprocess

import backends
import counted
import proxies
from processes import Broken, Program, free_port

WARM, ASKED = 500, 4_000
NOBODY = 65534
CALLGRIND = ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--callgrind-out-file=counts"]


def user():
    return NOBODY if os.getuid() == 0 else None


class ManyRouters(counted.FiledMooring):
    """The router that is asked is one of many, all of one service: no more than its endpoints are probed."""

    def __init__(self, path, routers):
        super().__init__(path)
        self.others = "".join(f"    app{number:05}:\n      rule: Host(`app{number:05}.example.test`)\n      service: bench\n"
                              for number in range(routers - 1))

    def start(self, place, under=()):
        self.port = free_port(["127.0.0.1"])
        config = self.write(place, self.table(place).replace("  services:\n", self.others + "  services:\n"))
        self.program = Program("mooring", [*under, self.path, "--configFile=" + config], place.own, place.folder, user())


def told(program, *order):
    """An order to callgrind, and that it was obeyed."""
    done = subprocess.run(["vgdb", f"--pid={program.process.pid}", *order], capture_output=True, text=True, check=False,
                          timeout=counted.PATIENCE, user=user())
    if done.returncode:
        raise Broken(f"callgrind does not listen ({' '.join(order)}): {done.stderr.strip()[-300:]}")


def counted_instructions(program, client, folder):
    told(program, "instrumentation", "on")
    client.ask(WARM)
    told(program, "zero")
    client.ask(ASKED)
    told(program, "dump")
    with open(folder + "/counts.1", encoding="utf-8", errors="replace") as counts:
        total = re.search(r"^(?:summary|totals): (\d+)", counts.read(), re.MULTILINE)
    if total is None:
        raise Broken("callgrind counted nothing")
    return int(total.group(1)) / ASKED


def instructions(path, place, routers):
    folder = f"{place.folder}/routers-{routers}"
    os.mkdir(folder)
    if user() is not None:
        os.chown(folder, NOBODY, NOBODY)
    proxy = ManyRouters(path, routers)
    proxy.start(backends.Place(folder, place.own, place.others, place.port), under=CALLGRIND)
    try:
        proxy.cookies = proxies.four_cookies(proxy, counted.PATIENCE, between=0.3)
        client = counted.OneByOne(proxy)
        try:
            return counted_instructions(proxy.program, client, folder)
        finally:
            client.close()
    finally:
        proxy.program.stop(counted.PATIENCE)
