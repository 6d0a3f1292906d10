"""Bytes as lines of text, exactly, and back: how the tables write what goes over a wire.

A line stands for its text and CR LF; one that ends in a backslash for its text alone. Escapes: \\r \\n \\t \\0 \\xNN \\\\ \\{.
{300*text} is text 300 times; what is escaped in it counts as one.
"""
import re
from typing import Iterable

TOKEN = re.compile(rb"\\x[0-9a-f]{2}|\\[rnt0\\{]|\{(\d+)\*((?:\\.|[^}\\])*)\}", re.S)
ESCAPES = {b"\\r": b"\r", b"\\n": b"\n", b"\\t": b"\t", b"\\0": b"\0", b"\\\\": b"\\", b"\\{": b"{"}
SHOWN = {value: key.decode() for key, value in ESCAPES.items()}
RUN = re.compile(rb"(.)\1{63,}", re.S)


def _token(match: "re.Match[bytes]") -> bytes:
    if match.group(1):
        return _unescaped(match.group(2)) * int(match.group(1))
    text = match.group(0)
    return ESCAPES[text] if text in ESCAPES else bytes([int(text[2:], 16)])


def _unescaped(text: bytes) -> bytes:
    return TOKEN.sub(_token, text)


def to_bytes(lines: Iterable[str]) -> bytes:
    made = b""
    for line in lines:
        raw = line.encode("latin-1")
        open_end = len(raw) - len(raw.rstrip(b"\\"))
        made += _unescaped(raw[:-1]) if open_end % 2 else _unescaped(raw) + b"\r\n"
    return made


def _shown(data: bytes) -> str:
    return "".join(SHOWN.get(bytes([byte])) or (chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}") for byte in data)


def _line(data: bytes) -> str:
    text, at = "", 0
    for run in RUN.finditer(data):
        text += _shown(data[at:run.start()]) + f"{{{len(run.group(0))}*{_shown(run.group(1))}}}"
        at = run.end()
    return text + _shown(data[at:])


def to_lines(data: bytes) -> list[str]:
    *whole, rest = data.split(b"\r\n")
    lines = [_line(each) for each in whole] + ([_line(rest) + "\\"] if rest else [])
    # A blank at a line's end would be lost on its way through editors.
    return [line[:-1] + "\\x20" if line.endswith(" ") else line for line in lines]
