"""The three proxies under test, set up to do the same: one thread, cookie stickiness over four endpoints, connections kept
on both sides, the same forwarded fields, no access log, no health checks. Each may be started `under` another program."""
import json
import os
import socket
import sys

from backends import ADDRESSES, HOST, MIB, ROOT, SIZES, fetch, write
from processes import Broken, Program, free_port, until

NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 11000; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; tcp_nodelay on;
  client_body_temp_path {folder}/n1; proxy_temp_path {folder}/n2; fastcgi_temp_path {folder}/n3;
  uwsgi_temp_path {folder}/n4; scgi_temp_path {folder}/n5; client_max_body_size 8m;
  proxy_max_temp_file_size 0; proxy_buffer_size 16k; proxy_buffers 32 16k;
  upstream all {{ {all} keepalive 256; keepalive_requests 1000000000; keepalive_timeout 600s; }}
  {each}
  map $cookie_SRV $where {{ default all; {where} }}
  map $upstream_addr $given {{ {given} }}
  map $where $set {{ default ""; all "SRV=$given; Path=/"; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    server_name {host};
    location / {{
      proxy_pass http://$where; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      {fields}
      add_header Set-Cookie $set;
    }}
  }}
  server {{
    listen 127.0.0.1:{echo_port} backlog=4096;
    server_name {host};
    location / {{
      proxy_pass http://{echo}; proxy_http_version 1.1; proxy_read_timeout 600s;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; proxy_set_header Host $http_host;
      {fields}
    }}
  }}
}}
"""
NGINX_FIELDS = """
proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;
proxy_set_header X-Forwarded-Host $http_host; proxy_set_header X-Forwarded-Port $server_port;
proxy_set_header X-Forwarded-Server $hostname; proxy_set_header X-Real-Ip $remote_addr;
"""

HAPROXY = """
global
  nbthread 1
  maxconn 10500
  no strict-limits
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  timeout tunnel 600s
  timeout http-keep-alive 600s
  http-reuse always
frontend web
  bind 127.0.0.1:{port} backlog 4096
{rules}  default_backend all
backend all
  balance roundrobin
  cookie SRV insert indirect nocache
{servers}
frontend echo
  bind 127.0.0.1:{echo_port} backlog 4096
{rules}  default_backend echo
backend echo
  server echo {echo}
"""
HAPROXY_RULES = """\
  acl known hdr(host) -i {host}
  http-request deny deny_status 404 unless known
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Forwarded-Port %[dst_port]
  http-request set-header X-Forwarded-Server %[hostname]
  http-request set-header X-Real-Ip %[src]
"""


class Nginx:
    name = "nginx"

    def start(self, place, under=()):
        self.port, self.echo_port = free_port(["127.0.0.1"]), free_port(["127.0.0.1"])
        folder, ends = place.folder, [(f"s{n}", f"{a}:{place.port}") for n, a in enumerate(ADDRESSES)]
        kept = "keepalive 256; keepalive_requests 1000000000; keepalive_timeout 600s;"
        config = write(folder + "/nginx.conf", NGINX.format(
            folder=folder, port=self.port, echo_port=self.echo_port, echo=place.echo, host=HOST, fields=NGINX_FIELDS,
            all=" ".join(f"server {a};" for _, a in ends),
            each=" ".join(f"upstream {s} {{ server {a}; {kept} }}" for s, a in ends),
            where=" ".join(f"{s} {s};" for s, _ in ends), given=" ".join(f"{a} {s};" for s, a in ends)))
        self.program = Program("nginx", [*under, "nginx", "-p", folder, "-e", "stderr", "-c", config], place.own, folder)


class Haproxy:
    name = "haproxy"

    def start(self, place, under=()):
        self.port, self.echo_port = free_port(["127.0.0.1"]), free_port(["127.0.0.1"])
        servers = "\n".join(f"  server s{n} {a}:{place.port} cookie s{n}" for n, a in enumerate(ADDRESSES))
        config = write(place.folder + "/haproxy.cfg", HAPROXY.format(
            port=self.port, echo_port=self.echo_port, echo=place.echo, servers=servers, rules=HAPROXY_RULES.format(host=HOST)))
        self.program = Program("haproxy", [*under, "haproxy", "-db", "-f", config], place.own, place.folder)


class Mooring:
    """Gets its routes as always: from an engine, here drydock, whose containers stand at the backends' addresses."""
    name = "mooring"
    engine = None

    def __init__(self, path, workers=1):
        self.path, self.workers = path, workers

    def start(self, place, under=()):
        self.port, self.echo_port = free_port(["127.0.0.1"]), free_port(["127.0.0.1"])
        if Mooring.engine is None:
            Mooring.engine = start_engine(place)
        command = [*under, self.path, f"--entryPoints.web.address=127.0.0.1:{self.port}", f"--workers={self.workers}",
                   f"--entryPoints.echo.address=127.0.0.1:{self.echo_port}",
                   f"--controlSocket={place.folder}/control-{self.port}.sock",
                   f"--providers.docker.endpoint=unix://{place.folder}/engine.sock"]
        self.program = Program("mooring", command, place.own, place.folder)


def start_engine(place):
    path = place.folder + "/engine.sock"
    command = [sys.executable, ROOT + "/test/drydock/drydock.py", "--socket", path]
    program = Program("drydock", command, place.others, place.folder)
    until("the stand-in engine", lambda: program.running() and os.path.exists(path))
    for number, address in enumerate(ADDRESSES):
        container(path, f"endpoint-{number}", address, place.port, "bench", "web",
                  {"traefik.http.services.bench.loadbalancer.sticky.cookie": "true"})
    address, _, port = place.echo.rpartition(":")
    container(path, "echo", address, int(port), "echo", "echo", {})
    return program


def container(engine, name, address, port, service, entry_point, labels):
    """One that somebody else listens for."""
    order(engine, {"name": name, "address": address, "ports": [port], "start": True, "command": ["sleep", "infinity"],
                   "labels": {f"traefik.http.routers.{service}.rule": f"Host(`{HOST}`)",
                              f"traefik.http.routers.{service}.entrypoints": entry_point,
                              f"traefik.http.services.{service}.loadbalancer.server.port": str(port), **labels}})


def order(path, body):
    text = json.dumps(body).encode()
    with socket.socket(socket.AF_UNIX) as engine:
        engine.settimeout(10)
        engine.connect(path)
        engine.sendall(b"POST /drydock/containers HTTP/1.1\r\nHost: d\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))
        answer = engine.recv(4096)
    if b" 201 " not in answer.split(b"\r\n")[0]:
        raise Broken("drydock: " + answer.decode("latin-1"))


def four_cookies(proxy, seconds=15, between=0.02):
    """Waits until the proxy serves all endpoints; the cookie of each."""
    def look():
        proxy.program.running()
        try:
            status, fields, _ = fetch("127.0.0.1", proxy.port, "128")
        except OSError:
            return False
        if status == 200 and "set-cookie" in fields:
            cookies[fields["x-endpoint"]] = fields["set-cookie"].partition(";")[0]
        return len(cookies) == len(ADDRESSES)
    cookies = {}
    until(f"{proxy.name} serves four endpoints", look, seconds, between)
    return [cookies[a] for a in ADDRESSES]


def up(proxy, place):
    """Starts it, and sees that each cookie leads to its endpoint, with all that is asked there."""
    proxy.start(place)
    proxy.cookies = four_cookies(proxy)
    for endpoint, cookie in zip(ADDRESSES, proxy.cookies):
        for name, size, sent in [(name, size, b"") for name, size in SIZES.items()] + [("up", SIZES["128"], b"x" * MIB)]:
            status, fields, body = fetch("127.0.0.1", proxy.port, name, cookie, sent)
            if (status, fields.get("x-endpoint"), len(body)) != (200, endpoint, size):
                raise Broken(f"{proxy.name} does not keep a session at {endpoint}: "
                             f"/{name}: {status}, {fields}, {len(body)} bytes")
