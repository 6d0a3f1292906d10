#!/usr/bin/env python3
"""drydock: a stand-in Docker Engine for tests. See README.md beside this file.

It answers what Mooring asks (/_ping, /version, /containers/json, /containers/<id>/json, /events), in the shapes of
Docker 20.10, and takes orders, on the same socket or on the one given with --control:

  POST   /drydock/containers                 make one; body: name, labels, image, ports ([8000]), command (a list;
                                             {address} and {port} are filled in; none: a listener that says its name),
                                             listen (false: nothing listens here, somebody else does or nobody),
                                             networks (names), stop_signal, stop_timeout, health, address, start (bool).
                                             A list of such bodies makes them all. The reply (or the list of them) has
                                             Id, Address, and Started: when the start event was written, in nanoseconds
  POST   /drydock/containers/<name>/start    also: stop?delay=S&manner=M (what a listener does for the S seconds between
                                             the signal and its end: serve; close, its port, and each connection after
                                             its next answer; reset every connection; deaf, it takes requests and says
                                             nothing), kill?signal=N, pause, unpause, restart (as stop), rename?to=NAME,
                                             health?status=WORD, connect?network=N, disconnect?network=N. With lag=S the
                                             death is told so much later, as a busy engine does
  DELETE /drydock/containers/<name>          as `docker rm -f`
  POST   /drydock/faults                     body: path (a part of it), fault (hang, cut, garbage, huge, or a status
                                             code), times (how often; none: until DELETE)
  DELETE /drydock/faults
  POST   /drydock/cut                        ends the event streams
  POST   /drydock/down?seconds=S             the engine's socket is gone for S seconds; the control socket stays
  POST   /drydock/quit
"""

import argparse
import asyncio
import collections
import contextlib
import hashlib
import json
import os
import signal as signals
import socket
import struct
import time
import urllib.parse

REMEMBERED_EVENTS = 256  # as the real engine
HUGE = 80 << 20


def now_iso(ns):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ns // 10**9)) + f".{ns % 10**9:09d}Z"


async def within(seconds, awaited):
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(awaited, seconds)


class Container:
    def __init__(self, number, spec):
        self.id = hashlib.sha256(f"{number} {spec['name']} {time.time_ns()}".encode()).hexdigest()
        self.name = spec["name"]
        self.labels = spec.get("labels", {})
        self.image = spec.get("image", "drydock:1")
        self.ports = spec.get("ports", [8000])
        self.command = spec.get("command")
        self.listen = spec.get("listen", True)
        self.networks = list(spec.get("networks", ["bridge"]))
        self.stop_signal = spec.get("stop_signal", "SIGTERM")
        self.stop_timeout = spec.get("stop_timeout", 10)
        self.health = spec.get("health", "")
        self.address = spec.get("address", f"127.77.{number // 250}.{number % 250 + 1}")
        self.created = time.time_ns()
        self.started = 0
        self.status = "created"
        self.process = None
        self.servers = []
        self.connections = set()
        self.tasks = set()
        self.manner = "serve"
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    def described_networks(self):
        up = self.status in ("running", "paused")
        return {n: {"NetworkID": hashlib.sha256(n.encode()).hexdigest(), "IPAddress": self.address if up else "",
                    "GlobalIPv6Address": "", "Gateway": "127.77.255.254" if up else "", "MacAddress": ""}
                for n in self.networks}

    def listed(self):
        words = {"running": "Up 1 second", "paused": "Up 1 second (Paused)"}.get(self.status, self.status.capitalize())
        if self.status == "running" and self.health:
            words += " (health: starting)" if self.health == "starting" else f" ({self.health})"
        return {"Id": self.id, "Names": ["/" + self.name], "Image": self.image, "Created": self.created // 10**9,
                "Ports": [{"PrivatePort": p, "Type": "tcp"} for p in self.ports], "Labels": self.labels,
                "State": self.status, "Status": words, "HostConfig": {"NetworkMode": self.networks[0] if self.networks else "none"},
                "NetworkSettings": {"Networks": self.described_networks()}}

    def inspected(self):
        state = {"Status": self.status, "Running": self.status in ("running", "paused"), "Paused": self.status == "paused"}
        if self.health:
            state["Health"] = {"Status": self.health, "Log": [{"ExitCode": 0, "Output": f"drydock says {self.health}\n"}]}
        exposed = {f"{p}/tcp": None for p in self.ports}
        return {"Id": self.id, "Name": "/" + self.name, "Created": now_iso(self.created), "State": state,
                "HostConfig": {"NetworkMode": self.networks[0] if self.networks else "none"},
                "Config": {"Hostname": self.id[:12], "Image": self.image, "Labels": self.labels,
                           "StopSignal": self.stop_signal, "StopTimeout": self.stop_timeout,
                           "ExposedPorts": {k: {} for k in exposed}},
                "NetworkSettings": {"Ports": exposed if self.status in ("running", "paused") else {},
                                    "Networks": self.described_networks()}}

    async def answer(self, connection):
        """The built-in listener: HTTP/1.1 with keep-alive, says who it is."""
        reader, writer = await asyncio.open_connection(sock=connection)
        self.connections.add(writer)
        if self.manner == "reset" or not self.servers:  # the last to come through a port that is closed
            self.reset(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            last = False
            while not last:
                head = await reader.readuntil(b"\r\n\r\n")
                for line in head.split(b"\r\n"):
                    if line.lower().startswith(b"content-length:"):
                        await reader.readexactly(int(line.split(b":")[1]))
                await self.may_answer.wait()
                last = self.manner == "close"
                body = f"Hostname: {self.name}\n{head.decode('latin-1')}".encode()
                fields = b"Content-Type: text/plain\r\nContent-Length: %d\r\n" % len(body) + (b"Connection: close\r\n" if last else b"")
                writer.write(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n" + body)
                await writer.drain()
        self.connections.discard(writer)
        writer.close()

    @staticmethod
    def reset(writer):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async def run(self):
        self.manner = "serve"
        self.may_answer.set()
        if self.command:
            filled = [a.format(address=self.address, port=self.ports[0] if self.ports else 0) for a in self.command]
            self.process = await asyncio.create_subprocess_exec(*filled, stdin=asyncio.subprocess.DEVNULL)
        elif self.listen:
            for port in self.ports:
                listener = socket.create_server((self.address, port), backlog=256)
                listener.setblocking(False)
                self.servers.append(listener)
                asyncio.get_running_loop().add_reader(listener, self.accept, listener)

    def accept(self, listener):
        """Our own, because asyncio's server forgets a connection that it accepts in the moment in which it is closed."""
        with contextlib.suppress(BlockingIOError):
            connection, _ = listener.accept()
            connection.setblocking(False)
            task = asyncio.get_running_loop().create_task(self.answer(connection))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def close_ports(self):
        for listener in self.servers:
            asyncio.get_running_loop().remove_reader(listener)
            listener.close()
        self.servers = []

    def pause(self, on):
        """As the freezer: connections are taken by the kernel, and nobody says anything."""
        if self.process:
            self.process.send_signal(signals.SIGSTOP if on else signals.SIGCONT)
        elif on:
            self.may_answer.clear()
        else:
            self.may_answer.set()

    async def end(self, delay, manner, timeout, quitting):
        """Waits for the end after a stop signal: a listener goes on for `delay`, a process as long as it likes."""
        if self.process:
            await within(timeout, self.process.wait())
            return
        self.manner = manner
        if manner == "close":
            self.close_ports()
        elif manner == "deaf":
            self.may_answer.clear()
        elif manner == "reset":
            for connection in list(self.connections):
                self.reset(connection)
        await within(min(delay, timeout), quitting.wait())

    def clear(self):
        if self.process and self.process.returncode is None:
            self.process.kill()
        self.process = None
        self.close_ports()
        for connection in list(self.connections):
            connection.transport.abort()
        self.may_answer.set()


class Drydock:
    def __init__(self, path):
        self.path = path
        self.containers = {}  # by id
        self.names = {}
        self.made = 0
        self.faults = []
        self.streams = set()
        self.open = set()
        self.past = collections.deque(maxlen=REMEMBERED_EVENTS)
        self.server = None
        self.last_ns = 0
        self.finished = asyncio.Event()

    # Events

    def emit(self, kind, action, actor, attributes):
        self.last_ns = max(time.time_ns(), self.last_ns + 1)
        event = {"Type": kind, "Action": action, "Actor": {"ID": actor, "Attributes": attributes}, "scope": "local",
                 "time": self.last_ns // 10**9, "timeNano": self.last_ns}
        if kind == "container":
            event.update(status=action, id=actor)
        self.past.append(event)
        for stream in list(self.streams):
            stream(event)

    def tell(self, container, action, **more):
        attributes = {**container.labels, "name": container.name, "image": container.image}
        self.emit("container", action, container.id, {**attributes, **{k: str(v) for k, v in more.items()}})

    def tell_network(self, container, action, name):
        self.emit("network", action, hashlib.sha256(name.encode()).hexdigest(),
                  {"container": container.id, "name": name, "type": "bridge"})

    # What containers do

    async def start(self, c):
        await c.run()
        c.status = "running"
        for name in c.networks:
            self.tell_network(c, "connect", name)
        self.tell(c, "start")
        c.started = self.last_ns

    async def died(self, c, code, lag=0.0, told=None):
        """It is dead before anybody is told: `lag` seconds before."""
        c.clear()
        c.status = "exited"
        if lag:
            await within(lag, self.finished.wait())
        if told:
            told()
        self.tell(c, "die", exitCode=code)
        for name in c.networks:
            self.tell_network(c, "disconnect", name)

    async def stop(self, c, delay=0.0, manner="serve", lag=0.0):
        number = int(getattr(signals, c.stop_signal, signals.SIGTERM))
        self.tell(c, "kill", signal=number)
        if c.process:
            c.process.send_signal(number)
        await c.end(delay, manner, c.stop_timeout, self.finished)
        if c.process and c.process.returncode is None:
            self.tell(c, "kill", signal=9)
        await self.died(c, 0, lag)
        self.tell(c, "stop")

    async def order(self, c, verb, query):
        ending = (float(query.get("delay", 0)), query.get("manner", "serve"), float(query.get("lag", 0)))
        if verb == "start":
            await self.start(c)
        elif verb == "stop":
            await self.stop(c, *ending)
        elif verb == "restart":
            await self.stop(c, *ending)
            await self.start(c)
            self.tell(c, "restart")
        elif verb == "kill":
            number = int(query.get("signal", 9))
            if number == 9:
                await self.died(c, 137, ending[2], lambda: self.tell(c, "kill", signal=9))
            else:
                self.tell(c, "kill", signal=number)
                if c.process:
                    c.process.send_signal(number)
        elif verb in ("pause", "unpause"):
            c.status = "paused" if verb == "pause" else "running"
            c.pause(verb == "pause")
            self.tell(c, verb)
        elif verb == "health":
            c.health = query["status"]
            if c.health != "starting":  # the real engine does not tell of this one either
                self.tell(c, "health_status: " + c.health)
        elif verb == "rename":
            old, c.name = c.name, query["to"]
            self.names.pop(old, None)
            self.names[c.name] = c
            self.tell(c, "rename", oldName="/" + old)
        elif verb in ("connect", "disconnect"):
            (c.networks.append if verb == "connect" else c.networks.remove)(query["network"])
            self.tell_network(c, verb, query["network"])
        else:
            return 404
        return 200

    def find(self, key):
        found = self.containers.get(key) or self.names.get(key)
        if found or len(key) < 12:
            return found
        return next((c for c in self.containers.values() if c.id.startswith(key)), None)

    async def make(self, spec):
        c = Container(self.made, spec)
        self.made += 1
        self.containers[c.id] = c
        self.names[c.name] = c
        self.tell(c, "create")
        if spec.get("start"):
            await self.start(c)
        return {"Id": c.id, "Address": c.address, "Started": c.started}

    async def control(self, method, parts, query, body):
        """The /drydock/ requests: (status, reply)."""
        if parts == ["containers"] and method == "POST":
            spec = json.loads(body)
            if isinstance(spec, list):
                return 201, [await self.make(each) for each in spec]
            return 201, await self.make(spec)
        if len(parts) >= 2 and parts[0] == "containers":
            c = self.find(parts[1])
            if c is None:
                return 404, {"message": "No such container: " + parts[1]}
            if method == "DELETE":
                if c.status in ("running", "paused"):
                    await self.order(c, "kill", {})
                del self.containers[c.id]
                if self.names.get(c.name) is c:
                    del self.names[c.name]
                self.tell(c, "destroy")
                return 200, {}
            return await self.order(c, parts[2] if len(parts) > 2 else "", query), {}
        if parts == ["faults"]:
            if method == "DELETE":
                self.faults.clear()
            else:
                self.faults.append(json.loads(body))
            return 200, {}
        if parts == ["cut"]:
            for stream in list(self.streams):
                stream(None)
            return 200, {}
        if parts == ["down"]:
            asyncio.get_running_loop().create_task(self.away(float(query.get("seconds", 1))))
            return 200, {}
        if parts == ["quit"]:
            self.finished.set()
            return 200, {}
        return 404, {"message": "drydock knows no such request"}

    async def away(self, seconds):
        await self.close()
        await within(seconds, self.finished.wait())
        await self.listen()

    # The engine's API

    def fault(self, path):
        for entry in self.faults:
            if entry["path"] in path and entry.get("times", 1) > 0:
                if "times" in entry:
                    entry["times"] -= 1
                return entry["fault"]
        return None

    async def stream(self, writer, query):
        filters = json.loads(query.get("filters", "{}"))
        types, actions = filters.get("type", []), filters.get("event", [])
        queue = asyncio.Queue()

        def push(event):
            if event is None or ((not types or event["Type"] in types) and
                                 (not actions or any(event["Action"].startswith(a) for a in actions))):
                queue.put_nowait(event)

        since = float(query["since"]) if "since" in query else None
        self.streams.add(push)
        for event in list(self.past):
            if since is not None and event["timeNano"] >= since * 1e9:
                push(event)
        writer.write(b"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                await writer.drain()
                event = await queue.get()
                if event is None:
                    return
                line = json.dumps(event).encode() + b"\n"
                writer.write(b"%x\r\n%s\r\n" % (len(line), line))
        finally:
            self.streams.discard(push)

    def reply(self, path):
        """(status, value or text) for a plain GET."""
        parts = path.strip("/").split("/")
        if parts[0][:1] == "v" and parts[0][1:2].isdigit():
            parts = parts[1:]
        if parts == ["_ping"]:
            return 200, "OK"
        if parts == ["version"]:
            return 200, {"Version": "drydock", "ApiVersion": "1.41", "MinAPIVersion": "1.24"}
        if parts == ["containers", "json"]:
            return 200, [c.listed() for c in self.containers.values()]
        if len(parts) == 3 and parts[0] == "containers" and parts[2] == "json":
            c = self.find(parts[1])
            return (200, c.inspected()) if c else (404, {"message": "No such container: " + parts[1]})
        return 404, {"message": "page not found"}

    async def request(self, reader, writer):
        """One request; False when the connection is to be closed."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ", 2)
        fields = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(fields.get("content-length", 0)))
        url = urllib.parse.urlsplit(target)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path.startswith("/drydock/"):
            status, value = await self.control(method, url.path[len("/drydock/"):].split("/"), query, body)
        else:
            fault = self.fault(url.path)
            if fault == "hang":
                await self.finished.wait()
            if fault == "cut":
                return False
            if fault is None and url.path.endswith("/events"):
                await self.stream(writer, query)
                return False
            status, value = self.reply(url.path)
            if fault == "garbage":
                value = "<html>\x01 this is no JSON"
            elif fault == "huge":
                value = '["' + "x" * HUGE + '"]'
            elif fault is not None:
                status, value = int(fault), {"message": "drydock was told to fail"}
        text = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
        writer.write(f"HTTP/1.1 {status} drydock\r\nApi-Version: 1.41\r\nDate: {date}\r\nContent-Length: {len(text)}\r\n\r\n".encode())
        if method != "HEAD":
            writer.write(text)
        await writer.drain()
        return True

    async def serve(self, reader, writer):
        task = asyncio.current_task()
        self.open.add(task)
        try:
            while await self.request(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        except (KeyError, ValueError) as error:  # an order that makes no sense
            writer.write(f"HTTP/1.1 400 drydock\r\nContent-Length: 0\r\nX-Error: {type(error).__name__}\r\n\r\n".encode())
        finally:
            self.open.discard(task)
            writer.close()

    async def listen(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        self.server = await asyncio.start_unix_server(self.serve, self.path)

    async def close(self):
        self.server.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        for task in list(self.open):
            if task is not asyncio.current_task():
                task.cancel()


async def main():
    parser = argparse.ArgumentParser(description="a stand-in Docker Engine for tests")
    parser.add_argument("--socket", required=True, help="where the engine listens")
    parser.add_argument("--control", help="one more socket for the /drydock/ requests, which stays while the engine is down")
    options = parser.parse_args()
    dock = Drydock(options.socket)
    await dock.listen()
    if options.control:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(options.control)
        await asyncio.start_unix_server(dock.serve, options.control)
    loop = asyncio.get_running_loop()
    for number in (signals.SIGTERM, signals.SIGINT):
        loop.add_signal_handler(number, dock.finished.set)
    print("ready", flush=True)
    await dock.finished.wait()
    for c in dock.containers.values():
        c.clear()
    for path in filter(None, (options.socket, options.control)):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
    os._exit(0)  # nothing here is worth waiting for, least of all a hung request


if __name__ == "__main__":
    asyncio.run(main())
