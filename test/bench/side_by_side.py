#!/usr/bin/env python3
"""Mooring beside haproxy and nginx, in one run; see docs/performance.md for what came out.

Each proxy has one CPU to itself; the load (wrk) and the backends (nginx) share the others. Rounds go proxy by proxy, in an
order that turns, so that what else the machine does falls on all of them. What counts is the ratio of the medians.
"""
import argparse
import json
import os
import resource
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

import proxies
from processes import Broken, until

HERE = os.path.dirname(os.path.abspath(__file__))
CPU_GOAL, IDLE_GOAL_KIB = 1.10, 4.0
DESCRIPTORS = 16000  # haproxy wants two for each of the 7500 connections it is allowed


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--mooring", default=proxies.ROOT + "/build/release/mooring", metavar="PROGRAM")
    parser.add_argument("--only", default="nginx,haproxy,mooring", help="which of them (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=int, default=3, help="of load, a round and proxy and size (default: %(default)s)")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--idle", type=int, default=5000, help="connections that stand idle; 0: leave that out")
    parser.add_argument("--quick", action="store_true", help="three rounds of one second, 1000 idle connections")
    parser.add_argument("--check", action="store_true", help="exit code 1 where a goal is missed")
    parser.add_argument("--json", metavar="FILE", help="all figures, every round")
    options = parser.parse_args()
    if not 0 <= options.idle <= 7000:
        parser.error("--idle: 0 to 7000")
    if options.quick:
        options.rounds, options.seconds, options.idle = 3, 1, min(options.idle, 1000)
    return options


def split_cpus():
    """(of the proxy, of all else). On one CPU they share it."""
    cpus = sorted(os.sched_getaffinity(0))
    return {cpus[-1]}, set(cpus[:-1]) or {cpus[-1]}


def wrk(port, name, cookies, connections, seconds, cpus):
    command = ["wrk", f"-t{len(cookies)}", f"-c{connections}", f"-d{seconds}s", "--timeout", "5s", "-s", HERE + "/load.lua",
               f"http://127.0.0.1:{port}/{name}", "--", proxies.HOST, *cookies]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60,
                          preexec_fn=lambda: os.sched_setaffinity(0, cpus))
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(proxy, name, options, cpus):
    """One round of one proxy: CPU microseconds a request, requests a second, latencies in milliseconds."""
    for _ in range(3):
        before = proxy.program.cpu_seconds()
        load = wrk(proxy.port, name, proxy.cookies, options.connections, options.seconds, cpus)
        spent = proxy.program.cpu_seconds() - before
        if load["microseconds"] < (options.seconds + 1.5) * 1e6:
            break
        # Not the proxy's doing: wrk ends by its own clock. A virtual machine is paused while a snapshot of it is taken.
        print(f"the machine stood still for {load['microseconds'] / 1e6 - options.seconds:.1f} s; again", file=sys.stderr)
    if load["lost"] or load["refused"] or not load["requests"]:
        raise Broken(f"{proxy.name} did not answer all requests: {load}")
    return {"cpu_us": spent * 1e6 / load["requests"], "requests": load["requests"],
            "per_second": load["requests"] * 1e6 / load["microseconds"],
            "p50_ms": load["p50"] / 1000, "p99_ms": load["p99"] / 1000}


def start(proxy, folder, options, cpus, backend):
    proxy.start(folder, cpus, backend)
    proxy.cookies = proxies.four_cookies(proxy)


def cpu_rounds(line, folder, options, own, others, backend):
    for proxy in line:
        start(proxy, folder, options, own, backend)
        for name in proxies.SIZES:  # caches, pools and upstream connections are there before it counts
            wrk(proxy.port, name, proxy.cookies, options.connections, 1, others)
    rounds = {proxy.name: {name: [] for name in proxies.SIZES} for proxy in line}
    for number in range(options.rounds):
        turn = number % len(line)
        for name in proxies.SIZES:
            for proxy in line[turn:] + line[:turn]:
                rounds[proxy.name][name].append(measure(proxy, name, options, others))
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
    for proxy in line:
        proxy.program.stop()
    return rounds


def settled(program):
    """Memory when it has stopped moving: three equal looks."""
    looks = []

    def look():
        looks.append(program.memory_kib())
        return len(looks) >= 3 and len({rss for rss, _ in looks[-3:]}) == 1
    try:
        until("memory stands still", look, 5)
    except Broken:
        pass  # then as it is now
    return looks[-1]


def idle_memory(proxy, folder, options, own, backend):
    """KiB for each client connection that made one request and now waits: a fresh proxy, before and after."""
    start(proxy, folder, options, own, backend)
    before = settled(proxy.program)
    waiting = []
    try:
        for number in range(options.idle):
            client = socket.create_connection(("127.0.0.1", proxy.port), timeout=10)
            # RST at the end: thousands of connections in TIME_WAIT would disturb who comes next.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            waiting.append(client)
            client.sendall(proxies.request("128", proxy.cookies[number % len(proxy.cookies)]))
            answer = client.recv(4096)
            if not answer.startswith(b"HTTP/1.1 200"):
                raise Broken(f"{proxy.name}, connection {number}: {answer[:100]!r}")
        after = settled(proxy.program)
    finally:
        for client in waiting:
            client.close()
    proxy.program.stop()
    return {"rss_kib": (after[0] - before[0]) / options.idle, "base_rss_kib": before[0],
            "pss_kib": None if None in (before[1], after[1]) else (after[1] - before[1]) / options.idle}


def summary(rounds, idle):
    """The medians, their spread, and the ratios to each of the others."""
    result = {}
    for name, sizes in rounds.items():
        entry = result.setdefault(name, {})
        for size, values in sizes.items():
            cpu = [v["cpu_us"] for v in values]
            entry[size] = {key: statistics.median(v[key] for v in values) for key in values[0] if key != "requests"}
            entry[size].update(cpu_us_least=min(cpu), cpu_us_most=max(cpu))
            for other in rounds:
                ratios = [mine["cpu_us"] / theirs["cpu_us"] for mine, theirs in zip(values, rounds[other][size])]
                entry[size]["cpu_to_" + other] = entry[size]["cpu_us"] / statistics.median(
                    v["cpu_us"] for v in rounds[other][size])
                entry[size]["cpu_to_" + other + "_by_round"] = [round(r, 3) for r in ratios]
    for name, memory in idle.items():
        result.setdefault(name, {})["idle"] = memory
    return result


def table(result, options):
    names = list(result)
    print("\n| | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))

    def row(title, text):
        print(f"| {title} | " + " | ".join(text(result[n]) for n in names) + " |")
    for size in proxies.SIZES:
        if size not in result[names[0]]:
            continue
        row(f"CPU a request, {size} (µs, median; least–most)",
            lambda e, s=size: f"{e[s]['cpu_us']:.1f} ({e[s]['cpu_us_least']:.1f}–{e[s]['cpu_us_most']:.1f})")
        for other in names:
            if other != "mooring":
                row(f"… to {other}", lambda e, s=size, o=other: f"×{e[s]['cpu_to_' + o]:.2f}")
        row(f"requests a second, {size}", lambda e, s=size: f"{e[s]['per_second']:.0f}")
        row(f"p50 / p99, {size} (ms)", lambda e, s=size: f"{e[s]['p50_ms']:.2f} / {e[s]['p99_ms']:.2f}")
    if options.idle:
        row(f"an idle connection of {options.idle} (KiB, RSS)", lambda e: f"{e['idle']['rss_kib']:.2f}")
        if all(result[n]["idle"]["pss_kib"] is not None for n in names):
            row("… (KiB, PSS)", lambda e: f"{e['idle']['pss_kib']:.2f}")
        row("with no connection (MiB, RSS)", lambda e: f"{e['idle']['base_rss_kib'] / 1024:.1f}")
    print()


def goals(result):
    """The lines that say what was to be reached, and whether all of it was."""
    reached = True
    mine = result.get("mooring", {})
    found = []
    if "cpu_to_haproxy" in mine.get("128", {}):
        found.append(("CPU a request at 128 B, to haproxy", mine["128"]["cpu_to_haproxy"], CPU_GOAL))
    if "idle" in mine:
        found.append(("KiB for an idle connection (RSS)", mine["idle"]["rss_kib"], IDLE_GOAL_KIB))
    for what, value, goal in found:
        good = value <= goal
        reached = reached and good
        print(f"{'reached' if good else 'MISSED '}  {what}: {value:.2f}, at most {goal:.2f}")
    return reached


def descriptors():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < DESCRIPTORS:
        raise Broken(f"{DESCRIPTORS} descriptors are needed and {most} allowed (docker run --ulimit nofile={DESCRIPTORS})")
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, most))


def run(options):
    missing = [p for p in ("wrk", "nginx", "haproxy") if not shutil.which(p)]
    if not os.access(options.mooring, os.X_OK):
        missing.append(options.mooring)
    if missing:
        raise Broken("not found: " + ", ".join(missing))
    descriptors()
    made = {"nginx": proxies.Nginx, "haproxy": proxies.Haproxy, "mooring": lambda: proxies.Mooring(options.mooring)}
    line = [made[name]() for name in options.only.split(",")]
    own, others = split_cpus()
    os.sched_setaffinity(0, others)
    folder = tempfile.mkdtemp(prefix="bench-")
    backend = None
    try:
        backend, port = proxies.start_backend(folder, others)
        rounds = cpu_rounds(line, folder, options, own, others, port) if options.rounds else {}
        idle = {p.name: idle_memory(p, folder, options, own, port) for p in line} if options.idle else {}
    finally:
        for program in [p.program for p in line if hasattr(p, "program")] + [backend, proxies.Mooring.engine]:
            if program is not None:
                program.stop()
        shutil.rmtree(folder, ignore_errors=True)
    result = summary(rounds, idle)
    table(result, options)
    if options.json:
        with open(options.json, "w", encoding="ascii") as file:
            json.dump({"when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "options": vars(options),
                       "medians": result, "rounds": rounds}, file, indent=1)
    return goals(result)


if __name__ == "__main__":
    chosen = arguments()
    try:
        good = run(chosen)
    except (Broken, subprocess.SubprocessError, OSError) as error:
        print(f"test/bench/run: {error}", file=sys.stderr)
        sys.exit(2)
    sys.exit(1 if chosen.check and not good else 0)
