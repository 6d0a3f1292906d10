"""The record of one run: medians, their spread and their ratios, and where and with what it was made."""
import os
import platform
import re
import statistics
import subprocess
import time


def spread(values, digits):
    return {"median": round(statistics.median(values), digits), "least": round(min(values), digits),
            "most": round(max(values), digits)}


def of_load(rounds):
    """`rounds`: by proxy, what loads.measure() said in each round."""
    result = {}
    for name, values in rounds.items():
        cpu = [value["cpu"] for value in values]
        result[name] = {**spread(cpu, 3), "rounds": [round(one, 3) for one in cpu],
                        "to": {other: round(statistics.median(cpu) / statistics.median(v["cpu"] for v in theirs), 3)
                               for other, theirs in rounds.items() if other != name}}
        for key in ("per_second", "p50_ms", "p99_ms"):
            if key in values[0]:
                result[name][key] = round(statistics.median(value[key] for value in values), 2)
    return result


def of_latency(rounds):
    """`rounds`: by proxy, and of `direct`, the percentiles of each round. What is added is over the direct ones of the same
    round."""
    result = {}
    for name, values in rounds.items():
        result[name] = {key: spread([value[key] for value in values], 4) for key in ("p50_ms", "p99_ms")}
        if name != "direct":
            for key in ("p50_ms", "p99_ms"):
                added = [mine[key] - direct[key] for mine, direct in zip(values, rounds["direct"])]
                result[name]["added_" + key] = spread(added, 4)
    return result


def of_workers(rounds):
    one, two = (of_load({"mooring": rounds[number]})["mooring"] for number in ("1", "2"))
    return {"1": one, "2": two, "times": round(2 * one["median"] / two["median"], 3)}


def said(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def versions(mooring):
    """Of what takes part; those of Mooring's libraries, as it says them."""
    return {"haproxy": re.search(r"version (\d[\d.]*\d)", said("haproxy", "-v")).group(1),
            "nginx": re.search(r"nginx/([\d.]+)", said("nginx", "-v")).group(1),
            **dict(re.findall(r"(libuv|llhttp) ([\d.]+)", said(mooring, "version")))}


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = re.search(r"^model name\s*: (.*)$", file.read(), re.MULTILINE)
    return {"cpus": os.cpu_count(), "model": model.group(1).strip() if model else platform.machine(),
            "linux": ".".join(platform.release().split(".")[:2])}


def head(options):
    return {"when": time.strftime("%Y-%m-%d", time.gmtime()), "machine": machine(), "versions": versions(options.mooring),
            "options": {"rounds": options.rounds, "seconds": options.seconds, "connections": options.connections,
                        "rate": options.rate, "quick": options.quick}}
