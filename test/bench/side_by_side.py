#!/usr/bin/env python3
"""Mooring beside haproxy and nginx, in one run; see docs/performance.md for what came out.

Each proxy has one CPU to itself; the load and the backends share the others. Rounds go proxy by proxy, in an order that
turns, so that what else the machine does falls on all of them. What counts is the ratio of the medians.
"""
import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile

import backends
import counted
import goals
import idle
import loads
import paced_load
import proxies
import record
import report
import routers
import syscalls
import workers
from processes import Broken

DESCRIPTORS = 24000  # 10,000 connections, as many to the endpoints, which Mooring and haproxy count on, and a reserve
OTHERS = ("latency", "idle", "instructions", "syscalls", "routers", "workers")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--mooring", default=backends.ROOT + "/build/release/mooring", metavar="PROGRAM")
    parser.add_argument("--only", default="nginx,haproxy,mooring", help="which of them (default: %(default)s)")
    parser.add_argument("--measure", default=",".join((*loads.LOADS, *OTHERS)), help="what of them (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=int, default=3, help="of load, a round and proxy and size (default: %(default)s)")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--rate", type=int, default=2000, help="requests a second of the latencies (default: %(default)s)")
    parser.add_argument("--idle", default="5000,10000", help="connections that stand idle (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="three rounds of one second")
    parser.add_argument("--check", action="store_true", help="exit code 1 where a goal that was reached long ago is missed")
    parser.add_argument("--json", metavar="FILE", help="writes the record of this run")
    options = parser.parse_args()
    options.mooring = os.path.abspath(options.mooring)
    options.measure, options.only = options.measure.split(","), options.only.split(",")
    options.idle = [int(count) for count in options.idle.split(",")]
    unknown = set(options.measure) - {*loads.LOADS, *OTHERS}
    if unknown or not 0 < max(options.idle) <= 10000:
        parser.error(f"--measure: not known: {', '.join(unknown)}" if unknown else "--idle: up to 10000")
    if options.quick:
        options.rounds, options.seconds = 3, 1
    return options


def split_cpus():
    """(of the proxy, of all else). On one CPU they share it."""
    cpus = sorted(os.sched_getaffinity(0))
    return {cpus[-1]}, set(cpus[:-1]) or {cpus[-1]}


def say(text):
    print(text, file=sys.stderr, flush=True)


def turned(line, number):
    turn = number % len(line)
    return line[turn:] + line[:turn]


def warm(line, place, options, wanted):
    """All started; caches, pools and upstream connections are there before it counts."""
    for proxy in line:
        proxies.up(proxy, place)
        for name in wanted:
            loads.LOADS[name].run(proxy, options, place.others)


def load_rounds(line, place, options, wanted):
    rounds = {name: {proxy.name: [] for proxy in line} for name in wanted}
    for number in range(options.rounds):
        for name in wanted:
            for proxy in turned(line, number):
                rounds[name][proxy.name].append(loads.measure(proxy, loads.LOADS[name], options, place.others))
        say(f"round {number + 1} of {options.rounds}")
    return {name: record.of_load(values) for name, values in rounds.items()}


def latency_rounds(line, place, options):
    ends = [("direct", backends.ADDRESSES[0], place.port, [None])] + [(p.name, "127.0.0.1", p.port, p.cookies) for p in line]
    rounds = {end[0]: [] for end in ends}
    for number in range(options.rounds):
        for name, address, port, cookies in turned(ends, number):
            took = paced_load.paced(address, port, cookies, options.rate, options.seconds)
            rounds[name].append(paced_load.percentiles(took))
    say("latencies")
    return record.of_latency(rounds)


def side_by_side(line, place, options):
    """What is measured while all of them run."""
    result = {}
    wanted = [name for name in options.measure if name in loads.LOADS]
    if wanted or "latency" in options.measure:
        warm(line, place, options, wanted)
        if wanted:
            result["loads"] = load_rounds(line, place, options, wanted)
        if "latency" in options.measure:
            result["latency"] = latency_rounds(line, place, options)
        for proxy in line:
            proxy.program.stop()
    return result


def one_by_one(line, place, options):
    """What is measured of one at a time, or of Mooring alone."""
    def each(title, figure):
        say(title)
        return {proxy.name: figure(proxy) for proxy in line}

    def filed(proxy):
        return counted.FiledMooring(options.mooring) if proxy.name == "mooring" else proxy
    result, wanted = {}, set(options.measure)
    if "idle" in wanted:
        result["idle"] = each("idle connections", lambda proxy: idle.memory(proxy, place, options.idle))
    if "instructions" in wanted:
        result["instructions"] = each("instructions", lambda proxy: round(counted.instructions(filed(proxy), place)))
    if "syscalls" in wanted:
        result["syscalls"] = each("system calls", lambda proxy: round(syscalls.syscalls(proxy, place, options), 3))
    if "mooring" in options.only and "routers" in wanted:
        say("routers")
        result["routers"] = {str(count): round(routers.instructions(options.mooring, place, count)) for count in (10, 50_000)}
    if "mooring" in options.only and "workers" in wanted:
        say("workers")
        result["workers"] = record.of_workers(workers.rounds(options.mooring, place, options))
    return result


def descriptors(options):
    """As many as are wanted, or allowed: then fewer connections stand idle."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = DESCRIPTORS if most == resource.RLIM_INFINITY else min(most, DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    if allowed < DESCRIPTORS:
        options.idle = sorted({min(count, allowed // 2 - 100) for count in options.idle})
        say(f"{allowed} descriptors are allowed: {options.idle[-1]} connections at most (docker run --ulimit nofile={DESCRIPTORS})")


def run(options):
    missing = [p for p in ("wrk", "nginx", "haproxy", "valgrind") if not shutil.which(p)]
    if not os.access(options.mooring, os.X_OK):
        missing.append(options.mooring)
    if missing:
        raise Broken("not found: " + ", ".join(missing))
    descriptors(options)
    made = {"nginx": proxies.Nginx, "haproxy": proxies.Haproxy, "mooring": lambda: proxies.Mooring(options.mooring)}
    line = [made[name]() for name in options.only]
    place = backends.Place(tempfile.mkdtemp(prefix="bench-"), *split_cpus())
    os.sched_setaffinity(0, place.others)
    behind = []
    try:
        program, place.port = backends.start_backend(place.folder, place.others)
        behind.append(program)
        program, port = backends.start_echo(options.mooring, place.folder, place.others)
        behind.append(program)
        place.echo = f"{backends.ECHO_ADDRESS}:{port}"
        return {**record.head(options), **side_by_side(line, place, options), **one_by_one(line, place, options)}
    finally:
        for program in [p.program for p in line if hasattr(p, "program")] + [*behind, proxies.Mooring.engine]:
            if program is not None:
                program.stop()
        shutil.rmtree(place.folder, ignore_errors=True)


def held(found):
    """Whether nothing was lost that had been reached."""
    good = True
    for what, goal, measured, reached in goals.compared(found, goals.HELD):
        if reached is not None:
            good = good and reached
            print(f"{'held' if reached else 'LOST'}  {what}: {measured}, {goal}")
    return good


def main():
    options = arguments()
    found = run(options)
    print("\n" + report.report(found))
    if options.json:
        with open(options.json, "w", encoding="ascii") as file:
            file.write(json.dumps(found, indent=1) + "\n")
    return 0 if held(found) or not options.check else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Broken, subprocess.SubprocessError, OSError) as error:
        print(f"test/bench/run: {error}", file=sys.stderr)
        sys.exit(2)
