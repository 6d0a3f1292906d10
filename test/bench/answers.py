#!/usr/bin/env python3
"""answers.py PORT: accepts and answers on PORT of every loopback address (127.0.0.0/8), for servers by the ten thousand.

One socket: bound to every address, but to the loopback interface alone. It costs as little as it can, for it runs beside
what is measured.
"""
import select
import socket
import sys

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n"


def accept_all(server, waiting, poll):
    while True:
        try:
            client, _ = server.accept()
        except (BlockingIOError, ConnectionError):
            return
        client.setblocking(False)
        if serve(client):  # most have gone by now: they only asked whether somebody listens
            waiting[client.fileno()] = client
            poll.register(client, select.EPOLLIN)


def serve(client):
    """Answers what is there; False, and closed, when the client has gone."""
    try:
        request = client.recv(65536)
        if request:
            client.send(ANSWER)
            return True
    except BlockingIOError:
        return True
    except OSError:
        pass
    client.close()
    return False


def main(port):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
    server.bind(("0.0.0.0", port))
    server.listen(65535)
    server.setblocking(False)
    poll = select.epoll()
    poll.register(server, select.EPOLLIN)
    waiting = {}
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == server.fileno():
                accept_all(server, waiting, poll)
            elif not serve(waiting[descriptor]):
                del waiting[descriptor]


if __name__ == "__main__":
    main(int(sys.argv[1]))
