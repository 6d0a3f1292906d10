"""How the large tables' bench looks at Mooring: by requests that cost next to nothing, and by the kernel's counts."""
import http.client
import json
import os
import socket
import sys
import time

from processes import Broken, Program, free_port, until

HERE = os.path.dirname(os.path.abspath(__file__))
NOWHERE = "no.such.host.test"
BETWEEN = 0.0005  # seconds, between two looks at what takes milliseconds


class Asker:
    """One kept connection; statuses of requests to hosts. Mooring answers a host that no router has with 404, and with
    503 as long as it has no table at all."""

    def __init__(self, port):
        self.port = port
        self.connection = None

    def status(self, host):
        """None: nobody answers there yet."""
        try:
            if self.connection is None:
                self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
                self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connection.sendall(b"GET / HTTP/1.1\r\nHost: %s\r\n\r\n" % host.encode())
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += self.more()
            head, _, body = answer.partition(b"\r\n\r\n")
            lines = head.lower().split(b"\r\n")
            length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
            while len(body) < length:
                body += self.more()
            if b"connection: close" in lines:
                self.close()
            return int(lines[0].split()[1])
        except OSError:
            self.close()
            return None

    def more(self):
        piece = self.connection.recv(65536)
        if not piece:
            raise ConnectionError("closed")
        return piece

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def wait_for(self, host, good, program, seconds=60, between=BETWEEN):
        """Asks until `good(status)`; the moment it was, by time.monotonic()."""
        deadline = time.monotonic() + seconds
        while True:
            status = self.status(host)
            now = time.monotonic()
            if status is not None and good(status):
                return now
            program.running()
            if now > deadline:
                raise Broken(f"{host} is still answered with {status} after {seconds} s")
            time.sleep(between)


def routed(status):
    return status not in (404, None)


class Mooring(Program):
    """Mooring with the providers of `static` (YAML text); `asker` asks its entry point."""

    def __init__(self, path, folder, static):
        self.port, self.api_port = free_port(["127.0.0.1"]), free_port(["127.0.0.1"])
        self.folder = folder
        with open(folder + "/traefik.yml", "w", encoding="ascii") as file:
            file.write(f"entryPoints:\n  web: {{address: '127.0.0.1:{self.port}'}}\n"
                       f"  traefik: {{address: '127.0.0.1:{self.api_port}'}}\n"
                       f"api: {{insecure: true}}\ncontrolSocket: {folder}/control.sock\nproviders:\n{static}")
        self.asker = Asker(self.port)
        self.started = time.monotonic()
        super().__init__("mooring", [path, f"--configFile={folder}/traefik.yml"], os.sched_getaffinity(0), folder)

    def cpu_ms(self):
        return cpu_ms(self.process.pid)

    def published_after(self):
        """Seconds from the start to the table. With nothing between two looks it would be in its own way."""
        return self.asker.wait_for(NOWHERE, lambda status: status == 404, self, between=0.005) - self.started

    def answered_after(self, host):
        """Seconds from the start to a server's own answer."""
        return self.asker.wait_for(host, lambda status: status == 200, self, between=0.005) - self.started

    def routers(self):
        """(how many there are, how many of them with an error or a warning), as the API counts them."""
        connection = http.client.HTTPConnection("127.0.0.1", self.api_port, timeout=30)
        connection.request("GET", "/api/overview")
        count = json.load(connection.getresponse())["http"]["routers"]
        connection.close()
        return count["total"], count["errors"] + count["warnings"]

    def wait_quiet(self, pause=0.3, seconds=30):
        """Until it does next to nothing for `pause`: what was begun is done."""
        deadline = time.monotonic() + seconds
        last = self.cpu_ms()
        while time.monotonic() < deadline:
            time.sleep(pause)
            now = self.cpu_ms()
            if now - last < 10 * pause:
                return
            last = now
        raise Broken(f"mooring is still busy after {seconds} s")

    def stop(self):
        self.asker.close()
        super().stop()


def cpu_ms(pid):
    """Time on a CPU of all threads, in milliseconds; finer than the ticks of /proc/PID/stat."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
        except FileNotFoundError:  # it has just ended
            pass
    return total / 1e6


def start_answers(folder):
    """(program, port): somebody who answers at every loopback address."""
    port = free_port(["127.0.0.1"])
    program = Program("answers", [sys.executable, HERE + "/answers.py", str(port)], os.sched_getaffinity(0), folder)
    asker = Asker(port)
    until("the servers answer", lambda: program.running() and asker.status("any") == 200)
    asker.close()
    return program, port
