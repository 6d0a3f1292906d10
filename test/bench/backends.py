"""What stands behind the proxies: one nginx that answers for four endpoints, and an echo of WebSockets; and how one request
asks them, or a proxy."""
import os
import socket
from dataclasses import dataclass

from processes import Broken, Program, free_port, until

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ADDRESSES = ("127.77.9.1", "127.77.9.2", "127.77.9.3", "127.77.9.4")
ECHO_ADDRESS = "127.77.9.5"
HOST = "bench.test"
MIB = 1 << 20
SIZES = {"128": 128, "10k": 10 * 1024, "1m": MIB}

# /up: a file cannot be posted to, which is found out when the mirror has read the whole body; then it answers all the same.
BACKEND = """
daemon off; worker_processes 1; pid {folder}/backend.pid; error_log stderr warn;
events {{ worker_connections 11000; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; sendfile on; tcp_nopush on; tcp_nodelay on;
  open_file_cache max=10; open_file_cache_valid 600s; default_type text/plain; root {folder}/files;
  client_body_temp_path {folder}/b1; proxy_temp_path {folder}/b2; fastcgi_temp_path {folder}/b3;
  uwsgi_temp_path {folder}/b4; scgi_temp_path {folder}/b5; client_body_buffer_size 2m; client_max_body_size 2m;
  {servers}
}}
"""

SERVER = """
  server {{
    listen {address}:{port} backlog=4096; add_header X-Endpoint {address} always;
    location = /up {{ mirror /read; error_page 405 =200 /128; }}
    location = /read {{ internal; return 204; }}
  }}
"""


@dataclass
class Place:
    """Where a run takes place: its folder, the CPUs of the proxy and of all else, and where the backends are."""
    folder: str
    own: set
    others: set
    port: int = 0  # of the four endpoints
    echo: str = ECHO_ADDRESS + ":1"  # nobody, where no WebSockets are measured


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
    write(f"{folder}/files/up", "")
    servers = "".join(SERVER.format(address=address, port=port) for address in ADDRESSES)
    config = write(folder + "/backend.conf", BACKEND.format(folder=folder, servers=servers))
    program = Program("backend", ["nginx", "-p", folder, "-e", "stderr", "-c", config], cpus, folder)
    for address in ADDRESSES:
        until("the backend", lambda address=address: program.running() and answers(address, port))
    return program, port


def start_echo(path, folder, cpus):
    """Mooring's own small server, whose /echo sends each message of a WebSocket back. Returns (program, port)."""
    port = free_port([ECHO_ADDRESS])
    program = Program("echo", [path, "whoami", "--address", ECHO_ADDRESS, "--port", str(port)], cpus, folder)
    until("the echo", lambda: program.running() and answers(ECHO_ADDRESS, port))
    return program, port


def answers(address, port):
    try:
        return fetch(address, port, "128")[0] == 200
    except OSError:
        return False


def fetch(address, port, name, cookie=None, body=b""):
    """(status, fields with names in lower case, body) of one request, a POST where it has a body, on a connection of its
    own."""
    with socket.create_connection((address, port), timeout=5) as connection:
        connection.sendall(request(name, cookie, "Connection: close\r\n", body))
        answer = received(connection, lambda _: False)
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    if len(lines[0].split()) < 2:
        raise ConnectionError("no answer")
    return int(lines[0].split()[1]), {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}, body


def received(connection, enough):
    """What comes until there is enough of it, or it ends."""
    got = b""
    while not enough(got) and (piece := connection.recv(65536)):
        got += piece
    return got


def first_answer(connection, asked):
    """The whole answer of 128 B to `asked` on a connection that stays."""
    connection.sendall(asked)
    answer = received(connection, lambda got: len(got.partition(b"\r\n\r\n")[2]) >= SIZES["128"])
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise Broken(f"not answered: {answer!r}")
    return answer


def request(name, cookie=None, more="", body=b""):
    cookie = f"Cookie: {cookie}\r\n" if cookie else ""
    method, length = ("POST", f"Content-Length: {len(body)}\r\n") if body else ("GET", "")
    return (f"{method} /{name} HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: bench/1.0\r\nAccept: */*\r\n{cookie}{length}{more}"
            "\r\n").encode() + body
