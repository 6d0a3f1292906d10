"""What a case says it expects: Failed is how it fails, wait_for is how it waits. Nothing here knows Docker or HTTP."""
import time
from typing import Any, Callable

LOOK_EVERY = 0.02


class Failed(Exception):
    """A case's expectation that was not met. The text is for a person who has not read the case."""


class Skipped(Exception):
    """A case that cannot be had on this machine. The text says why."""


def expect(condition: Any, text: str) -> None:
    if not condition:
        raise Failed(text)


def expect_equal(found: Any, wanted: Any, what: str) -> None:
    if found != wanted:
        raise Failed(f"{what}: {found!r}, expected {wanted!r}")


def wait_for(what: str, condition: Callable[[], Any], deadline: float = 10.0, every: float = LOOK_EVERY) -> Any:
    """What `condition` returns, as soon as that is true. It may fail or lose its connection until the deadline (seconds)."""
    end = time.monotonic() + deadline
    while True:
        try:
            found = condition()
            if found:
                return found
            last = f"last seen: {found!r}"
        except (Failed, OSError) as error:
            last = f"last: {error}"
        if time.monotonic() >= end:
            raise Failed(f"{what}: not within {deadline:g} s ({last})")
        time.sleep(every)


def median(values: list[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
