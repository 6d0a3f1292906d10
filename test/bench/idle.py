"""What connections cost that made one request and now wait: growth of the resident memory of a fresh proxy."""
import socket
import struct

import backends
import proxies
from processes import Broken, until


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


def connect(proxy, number):
    client = socket.create_connection(("127.0.0.1", proxy.port), timeout=10)
    # RST at the end: thousands of connections in TIME_WAIT would disturb who comes next.
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    try:
        backends.first_answer(client, backends.request("128", proxy.cookies[number % len(proxy.cookies)]))
    except (Broken, OSError) as error:
        client.close()
        raise Broken(f"{proxy.name}, connection {number}: {error}") from error
    return client


def memory(proxy, place, counts):
    """KiB for each of so many connections: resident, and PSS where the kernel says it; and MiB with none."""
    waiting = []
    try:
        proxies.up(proxy, place)
        before = settled(proxy.program)
        result = {"base_mib": before[0] / 1024, "connections": {}}
        for count in counts:
            while len(waiting) < count:
                waiting.append(connect(proxy, len(waiting)))
            after = settled(proxy.program)
            result["connections"][str(count)] = {
                "rss_kib": (after[0] - before[0]) / count,
                "pss_kib": None if None in (before[1], after[1]) else (after[1] - before[1]) / count}
        return result
    finally:
        for client in waiting:
            client.close()
        if hasattr(proxy, "program"):
            proxy.program.stop()
