"""A large table from files: how long it takes to load, and what one changed router costs then."""
import os
import statistics
import time

from asking import Mooring, routed
from processes import Broken

ROUTERS, EACH = 10_000, 100  # of a directory, and of each file in it
SETTLE = 0.05  # what the file provider waits on purpose after a change; docs/files.md


def host(number):
    return f"app{number:05}.example.test"


def file_text(numbers, port, also=None):
    """YAML of routers with a service and a server each. `also`: one more host of the first of them."""
    lines = ["http:", "  routers:"]
    for place, number in enumerate(numbers):
        rule = f"Host(`{host(number)}`)" + (f" || Host(`{also}`)" if also and place == 0 else "")
        lines += [f"    app{number:05}:", f"      rule: {rule}", f"      service: app{number:05}"]
    lines.append("  services:")
    for number in numbers:
        lines += [f"    app{number:05}:", "      loadBalancer:", "        servers:",
                  f"          - url: http://127.78.{number // 250}.{number % 250 + 1}:{port}"]
    return "\n".join(lines) + "\n"


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def start(program, folder, provider, count):
    """Mooring with `count` routers, all in force and nothing left to do; (it, seconds to the table, of CPU until then,
    to the last server's answer)."""
    mooring = Mooring(program, folder, f"  file: {{{provider}}}\n")
    try:
        published, spent = mooring.published_after(), mooring.cpu_ms() / 1000
        answered = mooring.answered_after(host(count - 1))
        total, wrong = mooring.routers()
        if total < count or wrong:
            raise Broken(f"{total} routers of {count}, {wrong} of them with errors or warnings")
        mooring.wait_quiet()
    except BaseException:
        mooring.stop()
        raise
    return mooring, published, spent, answered


def load(program, folder, port, count):
    """(seconds to the table, of CPU until then, to the last server's answer, MiB of the file, CPU seconds in all, RSS in
    MiB)."""
    path = folder + "/many.yml"
    text = file_text(range(count), port)
    write(path, text)
    mooring, published, spent, answered = start(program, folder, f"filename: {path}", count)
    try:
        return published, spent, answered, len(text) / 2**20, mooring.cpu_ms() / 1000, mooring.memory_kib()[0] / 1024
    finally:
        mooring.stop()
        os.unlink(path)


class Changes:
    """Files of which one after another is replaced by a rename: the first router of it has one more host then."""

    def __init__(self, program, folder, port, routers, each):
        self.port, self.routers, self.each = port, routers, each
        self.beside = folder + "/beside.yml"  # same file system, not watched
        self.watched = folder + "/watched"
        self.round = 0
        os.makedirs(self.watched)
        for first in range(0, routers, each):
            write(self.path(first), file_text(range(first, first + each), port))
        single = f"filename: {self.path(0)}" if each == routers else f"directory: {self.watched}"
        self.mooring, *_ = start(program, folder, single, routers)

    def path(self, first):
        return f"{self.watched}/part{first // self.each:03}.yml"

    def prepare(self):
        """Writes the next text beside the files; (the host that it adds, the file that it is for)."""
        self.round += 1
        fresh = f"changed{self.round}.example.test"
        first = self.round * 7 * self.each % self.routers
        write(self.beside, file_text(range(first, first + self.each), self.port, fresh))
        return fresh, self.path(first)

    def seconds_to_force(self, settled):
        """From the rename to the first request by the new table. `settled`: the text was written so long before that
        nothing is waited for on purpose."""
        fresh, path = self.prepare()
        if settled:
            time.sleep(2 * SETTLE)
        begin = time.monotonic()
        os.rename(self.beside, path)
        return self.mooring.asker.wait_for(fresh, routed, self.mooring) - begin

    def cpu_ms(self):
        """What Mooring spends on one change while next to nobody asks it anything."""
        fresh, path = self.prepare()
        time.sleep(2 * SETTLE)
        before = self.mooring.cpu_ms()
        os.rename(self.beside, path)
        self.mooring.asker.wait_for(fresh, routed, self.mooring, between=0.05)
        self.mooring.wait_quiet(pause=0.1)
        return self.mooring.cpu_ms() - before

    def figures(self, rounds):
        """(ms written and renamed at once, ms when it need not settle, the worst of these, CPU ms), medians."""
        at_once = [self.seconds_to_force(settled=False) * 1000 for _ in range(rounds)]
        settled = [self.seconds_to_force(settled=True) * 1000 for _ in range(rounds)]
        spent = [self.cpu_ms() for _ in range(rounds)]
        return statistics.median(at_once), statistics.median(settled), max(settled), statistics.median(spent)

    def stop(self):
        self.mooring.stop()
