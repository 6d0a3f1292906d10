"""What a second worker is worth: CPU a request with one and with two, each on all CPUs, in rounds that alternate.

Where load and backends need a CPU themselves, as on a machine with two, requests a second cannot show it: then all share
what there is. CPU a request can: two workers do twice what one does for as long as a request costs the same with both.
"""
import backends
import loads
import proxies


def rounds(path, place, options):
    """By the number of workers, the rounds of 128 B."""
    every = place.own | place.others
    wide = backends.Place(place.folder, every, every, place.port, place.echo)
    line = {str(number): proxies.Mooring(path, number) for number in (1, 2)}
    result = {number: [] for number in line}
    try:
        for proxy in line.values():
            proxies.up(proxy, wide)
            loads.wrk(proxy, options, every, "128")
        for turn in range(options.rounds):
            for number in sorted(line, reverse=turn % 2 == 1):
                result[number].append(loads.measure(line[number], loads.LOADS["128"], options, every))
    finally:
        for proxy in line.values():
            if hasattr(proxy, "program"):
                proxy.program.stop()
    return result
