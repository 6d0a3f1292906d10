"""The loads under which the CPU time of a proxy is taken: what each does, how much of it was done, and in which unit it is
told."""
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any, Callable

import backends
import websocket_load
from processes import Broken

HERE = os.path.dirname(os.path.abspath(__file__))
STREAMS = 16  # connections that carry 1 MiB each: with more of them it is memory that is measured
PAUSE = 1.5  # seconds over its time with which wrk may end


def wrk(proxy, options, cpus, name, action="get", connections=None):
    command = ["wrk", f"-t{len(proxy.cookies)}", f"-c{connections or options.connections}", f"-d{options.seconds}s",
               "--timeout", "5s", "-s", HERE + "/load.lua", f"http://127.0.0.1:{proxy.port}/{name}",
               "--", backends.HOST, action, *proxy.cookies]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=options.seconds + 60,
                          preexec_fn=lambda: os.sched_setaffinity(0, cpus))
    load = json.loads(done.stdout.strip().splitlines()[-1])
    if load["lost"] or load["refused"] or not load["requests"]:
        raise Broken(f"{proxy.name} did not answer all requests: {load}")
    return {"count": load["requests"], "seconds": load["microseconds"] / 1e6,
            "p50_ms": load["p50"] / 1000, "p99_ms": load["p99"] / 1000}


def websockets(proxy, options, _cpus):
    return websocket_load.echoed(proxy.echo_port, backends.HOST, options.connections, options.seconds)


@dataclass
class Load:
    title: str  # one of them
    many: str
    unit: str
    each: float  # of CPU seconds for one, how many of the unit
    run: Callable[[Any, Any, Any], dict]  # (proxy, options, CPUs) -> count, seconds, and latencies where it knows them


def by_wrk(*what):
    return lambda proxy, options, cpus: wrk(proxy, options, cpus, *what)


LOADS = {
    "128": Load("a request at 128 B", "requests at 128 B", "µs", 1e6, by_wrk("128")),
    "10k": Load("a request at 10 KiB", "requests at 10 KiB", "µs", 1e6, by_wrk("10k")),
    "down": Load("a GiB in answers of 1 MiB", "answers of 1 MiB", "s", 1024, by_wrk("1m", "get", STREAMS)),
    "up": Load("a GiB in requests of 1 MiB", "requests of 1 MiB", "s", 1024, by_wrk("up", "post", STREAMS)),
    "connection": Load("a new connection with one request", "new connections", "µs", 1e6, by_wrk("128", "close")),
    "websocket": Load("a WebSocket message and its echo", "WebSocket messages", "µs", 1e6, websockets),
}


def measure(proxy, load, options, cpus):
    """One round of one proxy: CPU for one of what the load counts, how many a second, latencies in milliseconds."""
    for _ in range(3):
        before = proxy.program.cpu_seconds()
        done = load.run(proxy, options, cpus)
        spent = proxy.program.cpu_seconds() - before
        if done["seconds"] < options.seconds + PAUSE:
            break
        # Not the proxy's doing: the load ends by its own clock. A virtual machine is paused while a snapshot of it is taken.
        print(f"the machine stood still for {done['seconds'] - options.seconds:.1f} s; again", file=sys.stderr)
    latencies = {key: value for key, value in done.items() if key.endswith("_ms")}
    return {"cpu": spent * load.each / done["count"], "count": done["count"],
            "per_second": done["count"] / done["seconds"], **latencies}
