"""The figures of a record as tables, as docs/performance.md has them."""
import goals
from loads import LOADS

NAMES = ("nginx", "haproxy", "mooring")


def row(*cells):
    return "| " + " | ".join(cells) + " |"


def header(*cells):
    return [row(*cells), "|" + "---|" * len(cells)]


def number(value, unit=""):
    """With three digits that count, and thousands apart."""
    return (f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}") + unit


def ranged(values, unit=""):
    return f"{number(values['median'], unit)} ({number(values['least'])}–{number(values['most'])})"


def in_ms(values):
    return f"{values['median']:.3f} ({values['least']:.3f}–{values['most']:.3f})"


def how(record):
    options, machine, versions = record["options"], record["machine"], record["versions"]
    quick = " (`--quick`: rough)" if options["quick"] else ""
    return [f"Measured on {record['when']}{quick}: {options['rounds']} rounds of {options['seconds']} s, "
            f"{options['connections']} connections; {machine['cpus']} CPUs ({machine['model']}), Linux {machine['linux']}; "
            + ", ".join(f"{name} {version}" for name, version in versions.items()) + "."]


def goal_rows(record):
    lines = header("goal", "", "measured", "")
    for what, goal, measured, reached in goals.compared(record, goals.GOALS):
        said = {None: "", True: "reached", False: "**not reached**"}[reached]
        lines.append(row(what, goal, measured or "not measured", said))
    return lines


def load_rows(record, names):
    lines = header("CPU of the proxy, median (least–most)", *names)
    for load, results in record.get("loads", {}).items():
        lines.append(row(f"{LOADS[load].title} ({LOADS[load].unit})", *(ranged(results[name]) for name in names)))
        if "mooring" in names:
            to = results["mooring"]["to"]
            lines.append(row("… Mooring to it", *(f"×{to[name]:.2f}" if name in to else "" for name in names)))
    return lines


def busy_rows(record, names):
    lines = header("meanwhile, medians", *names)
    for load, results in record.get("loads", {}).items():
        own = [results[name] for name in names]
        lines.append(row(f"{LOADS[load].many} a second", *(number(one["per_second"]) for one in own)))
        if "p50_ms" in own[0]:
            lines.append(row("… p50 / p99 (ms)", *(f"{one['p50_ms']:.2f} / {one['p99_ms']:.2f}" for one in own)))
    return lines


def latency_rows(record, names):
    latency = record["latency"]
    lines = header(f"added at {record['options']['rate']:,} requests a second (ms), median (least–most)", *names)
    for key in ("p50", "p99"):
        direct = latency["direct"][key + "_ms"]["median"]
        added = (in_ms(latency[name][f"added_{key}_ms"]) for name in names)
        lines.append(row(f"{key}, over {direct:.3f} without a proxy", *added))
    return lines


def other_rows(record, names):
    lines = header("", *names)
    for count in record["idle"][names[0]]["connections"] if "idle" in record else ():
        lines.append(row(f"an idle connection of {int(count):,} (KiB)",
                         *(f"{record['idle'][name]['connections'][count]['rss_kib']:.2f}" for name in names)))
    if "idle" in record:
        lines.append(row("with no connection (MiB)", *(f"{record['idle'][name]['base_mib']:.1f}" for name in names)))
    if "instructions" in record:
        counts = (f"{record['instructions'][name]:,}" for name in names)
        lines.append(row("instructions a request in user space, 128 B", *counts))
    if "syscalls" in record:
        lines.append(row("system calls a request, 128 B", *(f"{record['syscalls'][name]:.2f}" for name in names)))
    return lines


def own_rows(record):
    lines = header("Mooring alone", "")
    for routers, count in record.get("routers", {}).items():
        lines.append(row(f"instructions a request in user space, {int(routers):,} routers", f"{count:,.0f}"))
    if "workers" in record:
        for key, workers in (("1", "one worker"), ("2", "two workers")):
            result = record["workers"][key]
            lines.append(row(f"CPU a request, 128 B, on all CPUs, {workers} (µs)", ranged(result)))
            lines.append(row("… requests a second, beside load and backends", number(result["per_second"])))
        lines.append(row("what two can do, to one: twice the CPU over CPU a request", f"×{record['workers']['times']:.2f}"))
    return lines


def report(record):
    """All of them."""
    parts = [*record.get("loads", {}).values()]
    parts += [record.get(part, {}) for part in ("latency", "idle", "instructions", "syscalls")]
    names = [name for name in NAMES if any(name in part for part in parts)]
    parts = [how(record), goal_rows(record), load_rows(record, names) if record.get("loads") else [],
             latency_rows(record, names) if "latency" in record else [], other_rows(record, names),
             own_rows(record), busy_rows(record, names) if record.get("loads") else []]
    return "\n\n".join("\n".join(part) for part in parts if len(part) not in (0, 2)) + "\n"  # 2: a header alone
