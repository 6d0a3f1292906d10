#!/usr/bin/env python3
"""Counts the instructions that a request takes, beside the figure that is recorded in the tree.

Exact, so that a test may hold it: what costs more than 3 % more fails until it is recorded (--record) in the same commit,
where it is seen.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import backends
import counted
from processes import Broken

RECORD = backends.ROOT + "/test/bench/recorded/instructions.json"
MORE = 1.03


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", default=backends.ROOT + "/build/release/mooring", help="(default: %(default)s)")
    parser.add_argument("--record", action="store_true", help="writes the figure down instead")
    return parser.parse_args()


def count(program):
    folder = tempfile.mkdtemp(prefix="instructions-")
    cpus = os.sched_getaffinity(0)
    backend = None
    try:
        backend, port = backends.start_backend(folder, cpus)
        place = backends.Place(folder, cpus, cpus, port)
        return counted.instructions(counted.FiledMooring(os.path.abspath(program)), place)
    finally:
        if backend is not None:
            backend.stop()
        shutil.rmtree(folder, ignore_errors=True)


def versions(program):
    """What else decides the figure."""
    own = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout
    libraries = dict(re.findall(r"(libuv|llhttp) ([0-9.]+)", own))
    valgrind = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True).stdout
    return {**libraries, "valgrind": valgrind.strip().removeprefix("valgrind-"), "libc": os.confstr("CS_GNU_LIBC_VERSION")}


def compare(now, program):
    """(whether it may be, the line that says so)."""
    with open(RECORD, encoding="ascii") as file:
        record = json.load(file)
    last = record["instructions"]
    said = f"{now:,.0f} instructions a request at 128 B, recorded {last:,} ({(now / last - 1) * 100:+.2f} %)"
    if now > last * MORE:
        changed = {name: version for name, version in versions(program).items() if record["versions"].get(name) != version}
        beside = f"; not as it was recorded: {changed}" if changed else ""
        return False, said + f", at most +{(MORE - 1) * 100:.0f} %: make it less, or record it (--record) in this commit{beside}"
    return True, said


def main():
    options = arguments()
    if not os.access(options.program, os.X_OK):
        raise Broken("not found: " + options.program)
    now = count(options.program)
    if options.record:
        record = {"instructions": round(now), "bytes": 128, "requests": counted.MANY - counted.FEW,
                  "versions": versions(options.program)}
        backends.write(RECORD, json.dumps(record, indent=1) + "\n")
        print(f"recorded: {now:,.0f} instructions a request")
        return 0
    good, said = compare(now, options.program)
    print(f"{'ok' if good else 'FAILED'} instructions a request: {said}\n{int(good)} passed, {int(not good)} failed")
    return 0 if good else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Broken, subprocess.SubprocessError, OSError) as error:
        print(f"FAILED instructions a request: {error}\n0 passed, 1 failed")
        sys.exit(1)
