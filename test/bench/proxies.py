"""The backends and the three proxies under test, set up to do the same: one thread, cookie stickiness over four endpoints,
connections kept on both sides, the same forwarded fields, no access log, no health checks."""
import json
import os
import socket
import sys

from processes import Broken, Program, free_port, until

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ADDRESSES = ("127.77.9.1", "127.77.9.2", "127.77.9.3", "127.77.9.4")
HOST = "bench.test"
SIZES = {"128": 128, "10k": 10 * 1024}

BACKEND = """
daemon off; worker_processes 1; pid {folder}/backend.pid; error_log stderr warn;
events {{ worker_connections 7500; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; sendfile on; tcp_nopush on; tcp_nodelay on;
  open_file_cache max=10; open_file_cache_valid 600s; default_type text/plain; root {folder}/files;
  client_body_temp_path {folder}/b1; proxy_temp_path {folder}/b2; fastcgi_temp_path {folder}/b3;
  uwsgi_temp_path {folder}/b4; scgi_temp_path {folder}/b5;
  {servers}
}}
"""

NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr warn;
events {{ worker_connections 7500; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; tcp_nodelay on;
  client_body_temp_path {folder}/n1; proxy_temp_path {folder}/n2; fastcgi_temp_path {folder}/n3;
  uwsgi_temp_path {folder}/n4; scgi_temp_path {folder}/n5;
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
      proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host; proxy_set_header X-Forwarded-Port $server_port;
      proxy_set_header X-Forwarded-Server $hostname; proxy_set_header X-Real-Ip $remote_addr;
      add_header Set-Cookie $set;
    }}
  }}
}}
"""

HAPROXY = """
global
  nbthread 1
  maxconn 7500
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  timeout http-keep-alive 600s
  http-reuse always
frontend web
  bind 127.0.0.1:{port} backlog 4096
  acl known hdr(host) -i {host}
  http-request deny deny_status 404 unless known
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Forwarded-Port %[dst_port]
  http-request set-header X-Forwarded-Server %[hostname]
  http-request set-header X-Real-Ip %[src]
  default_backend all
backend all
  balance roundrobin
  cookie SRV insert indirect nocache
{servers}
"""


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def start_backend(folder, cpus):
    """One nginx that answers for all four endpoints, and says which of them it was. Returns (program, port)."""
    port = free_port(ADDRESSES)
    os.makedirs(folder + "/files", exist_ok=True)
    os.chmod(folder, 0o755)  # as root nginx reads as somebody else
    for name, size in SIZES.items():
        write(f"{folder}/files/{name}", "x" * (size - 1) + "\n")
    servers = "".join(f"server {{ listen {a}:{port} backlog=4096; add_header X-Endpoint {a}; }}\n" for a in ADDRESSES)
    config = write(folder + "/backend.conf", BACKEND.format(folder=folder, servers=servers))
    program = Program("backend", ["nginx", "-p", folder, "-e", "stderr", "-c", config], cpus, folder)
    for address in ADDRESSES:
        until("the backend", lambda address=address: program.running() and answers(address, port))
    return program, port


def answers(address, port):
    try:
        return fetch(address, port, "128")[0] == 200
    except OSError:
        return False


def fetch(address, port, name, cookie=None):
    """(status, fields with names in lower case, body) of one request on a connection of its own."""
    with socket.create_connection((address, port), timeout=5) as connection:
        connection.sendall(request(name, cookie, "Connection: close\r\n"))
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    if len(lines[0].split()) < 2:
        raise ConnectionError("no answer")
    return int(lines[0].split()[1]), {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}, body


def request(name, cookie=None, more=""):
    cookie = f"Cookie: {cookie}\r\n" if cookie else ""
    return (f"GET /{name} HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: bench/1.0\r\nAccept: */*\r\n{cookie}{more}\r\n").encode()


class Nginx:
    name = "nginx"

    def start(self, folder, cpus, backend):
        self.port = free_port(["127.0.0.1"])
        ends = [(f"s{n}", f"{a}:{backend}") for n, a in enumerate(ADDRESSES)]
        kept = "keepalive 256; keepalive_requests 1000000000; keepalive_timeout 600s;"
        config = write(folder + "/nginx.conf", NGINX.format(
            folder=folder, port=self.port, host=HOST, all=" ".join(f"server {a};" for _, a in ends),
            each=" ".join(f"upstream {s} {{ server {a}; {kept} }}" for s, a in ends),
            where=" ".join(f"{s} {s};" for s, _ in ends), given=" ".join(f"{a} {s};" for s, a in ends)))
        self.program = Program("nginx", ["nginx", "-p", folder, "-e", "stderr", "-c", config], cpus, folder)


class Haproxy:
    name = "haproxy"

    def start(self, folder, cpus, backend):
        self.port = free_port(["127.0.0.1"])
        servers = "\n".join(f"  server s{n} {a}:{backend} cookie s{n}" for n, a in enumerate(ADDRESSES))
        config = write(folder + "/haproxy.cfg", HAPROXY.format(port=self.port, host=HOST, servers=servers))
        self.program = Program("haproxy", ["haproxy", "-db", "-f", config], cpus, folder)


class Mooring:
    """Gets its routes as always: from an engine, here drydock, whose containers stand at the backend's addresses."""
    name = "mooring"
    engine = None

    def __init__(self, path):
        self.path = path

    def start(self, folder, cpus, backend):
        self.port = free_port(["127.0.0.1"])
        if Mooring.engine is None:
            Mooring.engine = self.start_engine(folder, backend)
        command = [self.path, f"--entryPoints.web.address=127.0.0.1:{self.port}", "--workers=1",
                   f"--providers.docker.endpoint=unix://{folder}/engine.sock", f"--controlSocket={folder}/control.sock"]
        self.program = Program("mooring", command, cpus, folder)

    @staticmethod
    def start_engine(folder, backend):
        cpus = os.sched_getaffinity(0)
        path = folder + "/engine.sock"
        command = [sys.executable, ROOT + "/test/drydock/drydock.py", "--socket", path]
        program = Program("drydock", command, cpus, folder)
        until("the stand-in engine", lambda: program.running() and os.path.exists(path))
        for number, address in enumerate(ADDRESSES):
            order(path, {"name": f"endpoint-{number}", "address": address, "ports": [backend], "start": True,
                         "command": ["sleep", "infinity"],
                         "labels": {"traefik.http.routers.bench.rule": f"Host(`{HOST}`)",
                                    "traefik.http.services.bench.loadbalancer.server.port": str(backend),
                                    "traefik.http.services.bench.loadbalancer.sticky.cookie": "true"}})
        return program


def order(path, body):
    text = json.dumps(body).encode()
    with socket.socket(socket.AF_UNIX) as engine:
        engine.settimeout(10)
        engine.connect(path)
        engine.sendall(b"POST /drydock/containers HTTP/1.1\r\nHost: d\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))
        answer = engine.recv(4096)
    if b" 201 " not in answer.split(b"\r\n")[0]:
        raise Broken("drydock: " + answer.decode("latin-1"))


def four_cookies(proxy):
    """Waits until the proxy serves all endpoints; the cookie of each, which is then seen to lead there."""
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
    until(f"{proxy.name} serves four endpoints", look)
    for endpoint, cookie in cookies.items():
        for name, size in SIZES.items():
            status, fields, body = fetch("127.0.0.1", proxy.port, name, cookie)
            if (status, fields.get("x-endpoint"), len(body)) != (200, endpoint, size):
                raise Broken(f"{proxy.name} does not keep a session at {endpoint}: {status}, {fields}, {len(body)} bytes")
    return [cookies[a] for a in ADDRESSES]
