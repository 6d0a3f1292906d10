"""How many instructions a request takes in user space, counted by callgrind: what else the machine does is not in it.

A proxy is run twice, with few requests and with many: what starting and ending take is in both, and the difference is
that of the requests alone. One connection, one request after the other, and each is the same to the byte.
"""
import re
import socket

import backends
import proxies
from processes import Broken, Program, free_port

CALLGRIND = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--vgdb=no"]
FEW, MANY = 500, 8_500
PATIENCE = 300  # seconds until it serves: valgrind makes it some fifty times slower, and other work slower again

# In block style, which is read fast where it is long.
TABLE = """\
http:
  routers:
    bench:
      rule: Host(`{host}`)
      service: bench
  services:
    bench:
      loadBalancer:
        sticky:
          cookie:
            name: SRV
        servers:
{servers}
"""

OPTIONS = """\
entryPoints: {{web: {{address: "127.0.0.1:{port}"}}}}
workers: 1
controlSocket: {folder}/control.sock
providers: {{file: {{filename: {folder}/table.yml, watch: false}}}}
"""


class FiledMooring(proxies.Mooring):
    """Mooring with its table in a file: what an engine says, and when, would be counted too."""

    @staticmethod
    def table(place):
        servers = "\n".join(f"          - url: http://{address}:{place.port}" for address in backends.ADDRESSES)
        return TABLE.format(host=backends.HOST, servers=servers)

    def write(self, place, table):
        """The path of the options."""
        backends.write(place.folder + "/table.yml", table)
        return backends.write(place.folder + "/mooring.yml", OPTIONS.format(folder=place.folder, port=self.port))

    def start(self, place, under=()):
        self.port = free_port(["127.0.0.1"])
        config = self.write(place, self.table(place))
        self.program = Program("mooring", [*under, self.path, "--configFile=" + config], place.own, place.folder)


def receive_exactly(connection, length):
    while length:
        piece = connection.recv(length)
        if not piece:
            raise Broken("an answer was cut")
        length -= len(piece)


class OneByOne:
    """A kept connection; a request is sent when the answer to the last one is there."""

    def __init__(self, proxy):
        self.connection = socket.create_connection(("127.0.0.1", proxy.port), timeout=60)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = backends.request("128", proxy.cookies[0])
        answer = backends.first_answer(self.connection, self.request)
        if b"set-cookie" in answer.lower():
            raise Broken(f"{proxy.name} does not keep the session: {answer!r}")
        self.length = len(answer)

    def ask(self, times):
        for _ in range(times):
            self.connection.sendall(self.request)
            receive_exactly(self.connection, self.length)

    def close(self):
        self.connection.close()


def total(proxy, place, requests):
    """Instructions of a whole run with so many requests."""
    proxy.start(place, under=CALLGRIND)
    try:
        # Few looks: each is a request that is counted.
        proxy.cookies = proxies.four_cookies(proxy, PATIENCE, between=0.3)
        client = OneByOne(proxy)
        try:
            client.ask(requests)
        finally:
            client.close()
    finally:
        proxy.program.stop(PATIENCE)
    with open(proxy.program.log, encoding="utf-8", errors="replace") as log:
        counts = re.findall(r"Collected : (\d+)", log.read())  # one line a process
    if not counts:
        raise Broken(f"callgrind counted nothing of {proxy.name}")
    return sum(map(int, counts))


def instructions(proxy, place):
    few, many = (total(proxy, place, requests) for requests in (FEW, MANY))
    return (many - few) / (MANY - FEW)
