"""What was to be reached, and whether a record has it; and what must not be lost again (--check)."""


def ratio(load, other, limit):
    def find(record):
        value = record["loads"][load]["mooring"]["to"][other]
        return f"×{value:.2f}", value <= limit
    return find


def idle(place, limit):
    """Of the fewest connections (0), of the most (-1)."""
    def find(record):
        counts = record["idle"]["mooring"]["connections"]
        count = sorted(counts, key=int)[place]
        value = counts[count]["rss_kib"]
        return f"{value:.2f} KiB of {int(count):,}", value <= limit
    return find


def added_p99(record):
    mine, theirs = (record["latency"][name]["added_p99_ms"]["median"] for name in ("mooring", "haproxy"))
    return f"{mine:.3f} ms, haproxy {theirs:.3f} ms", mine <= theirs


def routers(record):
    value = record["routers"]["50000"] / record["routers"]["10"]
    return f"{(value - 1) * 100:+.2f} %", abs(value - 1) <= 0.02


def workers(record):
    value = record["workers"]["times"]
    return f"×{value:.2f}", value >= 1.8


# What, the goal in words, and a function of a record: (measured, reached). What was not measured is a KeyError.
GOALS = (
    ("CPU a request at 128 B, to nginx", "≤ ×0.8", ratio("128", "nginx", 0.8)),
    ("CPU a request at 10 KiB, to nginx", "≤ ×0.8", ratio("10k", "nginx", 0.8)),
    ("CPU a GiB, 1 MiB down, to nginx", "≤ ×0.6", ratio("down", "nginx", 0.6)),
    ("CPU a GiB, 1 MiB up, to haproxy", "≤ ×0.6", ratio("up", "haproxy", 0.6)),
    ("CPU a new connection, to nginx", "≤ ×0.9", ratio("connection", "nginx", 0.9)),
    ("CPU a WebSocket message, to nginx", "≤ ×0.9", ratio("websocket", "nginx", 0.9)),
    ("an idle connection of 5,000", "≤ 1.5 KiB", idle(0, 1.5)),
    ("an idle connection of 10,000, or of as many as there are descriptors for", "≤ 1.5 KiB", idle(-1, 1.5)),
    ("p99 added at 2,000 requests a second", "≤ haproxy's", added_p99),
    ("instructions a request with 50,000 routers, to 10", "±2 %", routers),
    ("two workers, to one", "≥ ×1.8", workers),
)

# Reached long ago.
HELD = (
    ("CPU a request at 128 B, to haproxy", "≤ ×1.10", ratio("128", "haproxy", 1.10)),
    ("an idle connection of 5,000", "≤ 4 KiB", idle(0, 4.0)),
)


def compared(record, wanted):
    """(what, the goal, measured, reached) of each; not measured: the last two are None."""
    rows = []
    for what, goal, find in wanted:
        try:
            rows.append((what, goal, *find(record)))
        except KeyError:
            rows.append((what, goal, None, None))
    return rows
