#!/usr/bin/env python3
"""The end-to-end cases, on a real Docker engine: run.py [FILTER] | --list | --soak [SECONDS]

FILTER is a regular expression. The image `mooring` must be there. What a failed case leaves to read is put into
build/end_to_end; everything else that was made goes, also after Ctrl-C.
"""
import os
import re
import shutil
import signal
import sys
import time
import traceback
from typing import Any, Callable, Optional

import docker
from expect import Failed, Skipped
from images import Images
from registry import CASES, Case
from soak import soak
from stacks import FOLDER, ROOT, Example, Lab, Seed

import cases_sticky  # noqa: F401  (these file their cases in CASES)
import cases_status  # noqa: F401
import cases_load  # noqa: F401
import cases_deploys  # noqa: F401
import cases_containers  # noqa: F401
import cases_faults  # noqa: F401
import cases_labels  # noqa: F401
import cases_traffic  # noqa: F401
import cases_engine  # noqa: F401
import cases_process  # noqa: F401
import cases_options  # noqa: F401
import cases_files  # noqa: F401

STACKS = (Example, Seed, Lab)
LINES_SHOWN = 15
ACCESS_LINE = " - - ["


class Tally:
    def __init__(self) -> None:
        self.passed = self.failed = self.skipped = 0

    def attempt(self, name: str, body: Callable[[], Optional[str]], stack: Any) -> None:
        started = time.monotonic()
        try:
            note = body()
        except Skipped as reason:
            self.skipped += 1
            print(f"SKIPPED {name}: {reason}", flush=True)
        except Exception as error:  # a mistake in a case is a failure of that case, not of the run
            self.failed += 1
            reason = str(error) if isinstance(error, Failed) else "".join(traceback.format_exception(error)[-3:]).strip()
            print(f"FAILED {name}: {reason}", flush=True)
            keep_evidence(name, reason, stack)
        else:
            self.passed += 1
            if os.path.exists(evidence_of(name)):
                os.unlink(evidence_of(name))
            print(f"ok {name} ({time.monotonic() - started:.1f} s)" + (f": {note}" if note else ""), flush=True)


def evidence_of(name: str) -> str:
    return os.path.join(ROOT, "build", "end_to_end", re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") + ".log")


def keep_evidence(name: str, reason: str, stack: Any) -> None:
    """The proxy's log and status: the end of the log here, all of it in a file."""
    try:
        log = stack.logs()
        status = stack.proxy.run("status") if hasattr(stack, "proxy") else ""
    except Exception as error:
        print(f"    (no log: {error})", flush=True)
        return
    path = evidence_of(name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{name}\n{reason}\n\n{status}\n\n{log}")
    for line in [line for line in log.splitlines() if ACCESS_LINE not in line][-LINES_SHOWN:]:
        print(f"    {line[:240]}")
    print(f"    (all of it: {os.path.relpath(path, ROOT)})", flush=True)


def run_stack(kind: type, cases: list[Case], tally: Tally) -> None:
    stack = kind()
    try:
        try:
            stack.start()
        except Exception as error:
            for each in cases:
                tally.attempt(each.name, lambda: stopped_by(error), stack)
            return
        for each in cases:
            def body(chosen: Case = each) -> Optional[str]:
                stack.reset()
                return chosen.body(stack)
            tally.attempt(each.name, body, stack)
    finally:
        uninterrupted(stack.stop)


def stopped_by(error: Exception) -> None:
    raise Failed(f"its stack does not start: {error}") from error


def uninterrupted(clean: Callable[[], None]) -> None:
    """A second Ctrl-C does not stop the cleaning up."""
    before = [(each, signal.signal(each, signal.SIG_IGN)) for each in (signal.SIGINT, signal.SIGTERM)]
    try:
        clean()
    finally:
        for each, handler in before:
            signal.signal(each, handler)


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def clean_folder() -> None:
    docker.remove_what_is_left()
    shutil.rmtree(FOLDER, ignore_errors=True)


def run_cases(wanted: list[Case], tally: Tally) -> None:
    for kind in STACKS:
        cases = [each for each in wanted if each.stack is kind]
        if cases:
            run_stack(kind, cases, tally)


def run_soak(seconds: float, tally: Tally) -> None:
    run_stack(Example, [Case("soak: scale, stop, restart and kill at random", Example, lambda stack: soak(stack, seconds))], tally)


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--list"]:
        print("\n".join(each.name for kind in STACKS for each in CASES if each.stack is kind))
        return 0
    tally = Tally()
    signal.signal(signal.SIGTERM, interrupted)
    try:
        wanted = [] if arguments[:1] == ["--soak"] else [each for each in CASES if re.search(arguments[0] if arguments else "", each.name)]
        if wanted or arguments[:1] == ["--soak"]:
            with Images():
                if wanted:
                    run_cases(wanted, tally)
                else:
                    run_soak(float(arguments[1]) if len(arguments) > 1 else 600, tally)
    except KeyboardInterrupt:
        print("FAILED the run: it was interrupted", flush=True)
        tally.failed += 1
    except Failed as error:
        print(f"FAILED the run: {error}", flush=True)
        tally.failed += 1
    finally:
        uninterrupted(clean_folder)
    print(f"{tally.passed} passed, {tally.failed} failed" + (f", {tally.skipped} skipped" if tally.skipped else ""))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
