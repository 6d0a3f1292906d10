"""The cases, in the order in which they run: @case("what it shows", Stack, ...) files one case for each stack."""
from dataclasses import dataclass
from typing import Any, Callable, Optional

# What a case gets is its stack, running and as it was at first. What it returns is printed behind its name.
Body = Callable[[Any], Optional[str]]


@dataclass(frozen=True)
class Case:
    name: str
    stack: type
    body: Body


CASES: list[Case] = []


def case(name: str, *stacks: type) -> Callable[[Body], Body]:
    def file(body: Body) -> Body:
        CASES.extend(Case(f"{stack.topic}: {name}", stack, body) for stack in stacks)
        return body
    return file
