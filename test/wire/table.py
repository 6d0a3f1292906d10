"""The tables in cases/: what a client and an upstream say, and what each of them gets.

==== a name
@ words            options: see Case
> lines            what the client sends (notation.py); `>~ ` begins what it sends once an answer has begun to come
< lines            what the upstream answers; without: 200, with method, target and length of the body. `<~ `: see Script.later
----
lines              what came of it, written by `run --update` and read by a person before it is committed
"""
import os
import re
from dataclasses import dataclass, field

from notation import to_bytes

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases")


@dataclass
class Case:
    name: str
    source: list[str]  # its lines as they are in the file, to the one of dashes
    expected: list[str]
    options: dict[str, str] = field(default_factory=dict)
    client: list[bytes] = field(default_factory=list)  # piece by piece
    answer: bytes = b""
    later: bytes = b""

    # Options: `entry=NAME` the entry point; `goodbye` the client ends its half after its bytes; `head` the answers have no
    # body; `requests=N` as many may reach the upstream (1 unless said); `whole` is not sent byte by byte too; `early` and
    # `closes`: see Script; `silent` the client says nothing more, and the connection is to end by itself.
    def has(self, option: str) -> bool:
        return option in self.options

    @property
    def requests(self) -> int:
        return int(self.options.get("requests", "1"))

    @property
    def entry(self) -> str:
        return self.options.get("entry", "web")


OPTIONS = {"entry", "goodbye", "head", "requests", "whole", "early", "closes", "silent"}


def _case(name: str, lines: list[str], where: str) -> Case:
    try:
        dashes = lines.index("----")
    except ValueError:
        dashes = len(lines)
    case = Case(name, lines[:dashes], [line for line in lines[dashes + 1:] if line])
    client: list[list[str]] = [[]]
    answer: list[str] = []
    later: list[str] = []
    for line in case.source:
        if line.startswith(">~ "):
            client.append([line[3:]])
        elif line[:3] in ("<~ ", "<~"):
            later.append(line[3:])
        elif line[:2] in ("> ", ">"):
            client[-1].append(line[2:])
        elif line[:2] in ("< ", "<"):
            answer.append(line[2:])
        elif line.startswith("@ "):
            case.options.update((word.partition("=")[0], word.partition("=")[2]) for word in line[2:].split())
        elif line:
            raise SystemExit(f"{where}: {name}: not a line of a case: {line!r}")
    if unknown := set(case.options) - OPTIONS:
        raise SystemExit(f"{where}: {name}: no such option: {', '.join(sorted(unknown))}")
    case.client = [to_bytes(piece) for piece in client]
    case.answer, case.later = to_bytes(answer), to_bytes(later)
    if not case.client[0]:
        raise SystemExit(f"{where}: {name}: the client says nothing")
    return case


def read_file(path: str) -> tuple[str, list[Case]]:
    """What stands before the first case, and the cases."""
    with open(path, encoding="ascii") as file:
        head, *parts = re.split(r"^==== ", file.read(), flags=re.MULTILINE)
    cases = [_case(part.splitlines()[0], part.splitlines()[1:], path) for part in parts]
    names = [case.name for case in cases]
    if twice := {name for name in names if names.count(name) > 1}:
        raise SystemExit(f"{path}: twice: {', '.join(sorted(twice))}")
    return head, cases


def write_file(path: str, head: str, cases: list[Case]) -> None:
    text = head
    for case in cases:
        while case.source and not case.source[-1]:
            case.source.pop()
        text += "\n".join([f"==== {case.name}", *case.source, "----", *case.expected]) + "\n\n"
    with open(path, "w", encoding="ascii") as file:
        file.write(text.rstrip("\n") + "\n")


def files() -> list[str]:
    return sorted(os.path.join(CASES, name) for name in os.listdir(CASES) if name.endswith(".txt"))
