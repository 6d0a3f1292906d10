"""WebSockets whose messages are sent back: one small message on each, and the next when its echo is there.

It costs little beside what it loads: the frames are made beforehand, and the echoes are only counted in bytes.
"""
import os
import select
import socket
import struct
import time

import backends
from processes import Broken

MESSAGE = b"x" * 128
# A whole text message, masked with zeros (RFC 6455, 5.2: 126 is a length in the next two bytes); the echo has no mask.
FRAME = b"\x81\xfe" + struct.pack(">H", len(MESSAGE)) + b"\0\0\0\0" + MESSAGE
ECHO = 4 + len(MESSAGE)
PATIENCE = 5  # seconds for one echo


def connected(port, host):
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(b"GET /echo HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                       b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n" % host.encode())
    answer = backends.received(connection, lambda got: got.endswith(b"\r\n\r\n"))
    if not answer.startswith(b"HTTP/1.1 101 "):
        raise Broken(f"no WebSocket: {answer[:200]!r}")
    return connection


def once(connection):
    """One message, and whether it came back as it went."""
    connection.sendall(FRAME)
    echo = backends.received(connection, lambda got: len(got) >= ECHO)
    if echo != FRAME[:1] + b"\x7e" + FRAME[2:4] + MESSAGE:
        raise Broken(f"that is no echo: {echo!r}")


def exchange(sockets, seconds):
    """How many messages came back."""
    buffer, missing, count = bytearray(4096), {number: ECHO for number in sockets}, 0
    with select.epoll() as poll:
        for number in sockets:
            poll.register(number, select.EPOLLIN)
        for connection in sockets.values():
            connection.send(FRAME)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            ready = poll.poll(PATIENCE)
            if not ready:
                raise Broken(f"no echo within {PATIENCE} s")
            for number, _ in ready:
                got = os.readv(number, [buffer])
                missing[number] -= got
                if got == 0 or missing[number] < 0:
                    raise Broken("a WebSocket was closed, or said more than was asked")
                if missing[number] == 0:
                    missing[number] = ECHO
                    os.write(number, FRAME)
                    count += 1
    return count


def echoed(port, host, sockets, seconds):
    made = []
    try:
        for _ in range(sockets):
            made.append(connected(port, host))
            once(made[-1])
        begin = time.monotonic()
        count = exchange({connection.fileno(): connection for connection in made}, seconds)
        return {"count": count, "seconds": time.monotonic() - begin}
    finally:
        for connection in made:
            connection.close()
