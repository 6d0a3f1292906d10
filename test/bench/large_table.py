#!/usr/bin/env python3
"""Large tables in the whole program: 50,000 routers of a file, one change among 10,000, 5,000 containers of an engine.

What test/bench/scale counts without the providers is measured here with them, by the clock: other work on the machine is
in these figures. docs/performance.md says what came out.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

import large_engine
import large_files
from asking import start_answers
from processes import Broken
from backends import ROOT

FEW, MANY = 50, 5_000  # containers
STARTS = 200


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--mooring", default=ROOT + "/build/release/mooring", metavar="PROGRAM")
    parser.add_argument("--only", choices=("load", "change", "engine"), help="one part alone")
    return parser.parse_args()


class Report:
    """Prints each figure as it comes, and remembers whether a goal was missed."""

    def __init__(self):
        self.missed = False

    def row(self, what, value, unit, goal=None):
        miss = goal is not None and value > goal
        self.missed = self.missed or miss
        beside = "" if goal is None else f"   (at most {goal:g})" + ("  MISSED" if miss else "")
        print(f"{what:<76}{value:10.2f} {unit}{beside}", flush=True)


def load(report, options, folder, port):
    published, spent, answered, size, cpu, memory = large_files.load(options.mooring, folder, port, 50_000)
    report.row(f"50,000 routers of one file ({size:.0f} MiB): start to the table", published, "s", 5)
    report.row("... CPU until then", spent, "s")
    report.row("... to the last one's server, each port of 50,000 tried", answered, "s")
    report.row("... CPU in all", cpu, "s")
    report.row("... resident memory", memory, "MiB")


def change(report, options, folder, port):
    def figures(what, routers, each, rounds, goal=None):
        place = f"{folder}/{routers}-{each}"
        os.mkdir(place)
        changes = large_files.Changes(options.mooring, place, port, routers, each)
        try:
            at_once, rest, worst, cpu = changes.figures(rounds)
        finally:
            changes.stop()
        report.row(f"one router changes in {what}: rename to table", at_once, "ms")
        report.row("... of it waited on purpose", at_once - rest, "ms")
        report.row("... the rest: median", rest, "ms", goal)
        report.row("... the rest: worst", worst, "ms")
        report.row("... CPU", cpu, "ms")
        return cpu
    few = figures("10 files of 100", 1_000, 100, 15)
    many = figures("100 files of 100", 10_000, 100, 15, 50)
    # Not the routers: each look at the directory asks the kernel for each file's stamp.
    report.row("... CPU, to that among 10 files", many / few, "x")
    figures("one file of 10,000", 10_000, 10_000, 5)


def engine(report, options, folder, port):
    spent = {}
    for count in (FEW, MANY):
        place = f"{folder}/{count}"
        os.mkdir(place)
        scene = large_engine.Scene(options.mooring, place, port, count)
        try:
            if count == MANY:
                report.row(f"{count:,} containers: start to the table", scene.published, "s")
                report.row("... of it the engine's own (CPU of drydock)", scene.engine_seconds, "s")
                report.row("... beyond that", scene.published - scene.engine_seconds, "s", 2)
                report.row("... to the last one's server, each port tried", scene.answered, "s")
                report.row("... CPU", scene.sync_cpu, "s")
                report.row("... resident memory", scene.mooring.memory_kib()[0] / 1024, "MiB")
            alone = scene.start_ms(STARTS, spaced=True)
            behind = scene.start_ms(STARTS, spaced=False)
            goal = 20 if count == MANY else None
            report.row(f"a start among {count:,}: event to table, median", statistics.median(alone), "ms", goal)
            report.row("... worst", max(alone), "ms")
            report.row("... one right behind the other, median", statistics.median(behind), "ms", goal)
            report.row("... one right behind the other, worst", max(behind), "ms")
            spent[count] = scene.cpu_ms_a_start(STARTS) - scene.idle_ms()
            report.row("... CPU", spent[count], "ms")
        finally:
            scene.stop()
    report.row(f"... CPU, to that among {FEW}", spent[MANY] / spent[FEW], "x", 1.5)


def run(options):
    if not os.access(options.mooring, os.X_OK):
        raise Broken("not found: " + options.mooring)
    report = Report()
    folder = tempfile.mkdtemp(prefix="large-")
    os.chmod(folder, 0o755)  # as root mooring gives that up
    answers = None
    try:
        answers, port = start_answers(folder)
        for part in (load, change, engine):
            if options.only in (None, part.__name__):
                part(report, options, folder, port)
    finally:
        if answers is not None:
            answers.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return not report.missed


if __name__ == "__main__":
    try:
        reached = run(arguments())
    except (Broken, subprocess.SubprocessError, OSError) as error:
        print(f"test/bench/large_table: {error}", file=sys.stderr)
        sys.exit(2)
    sys.exit(0 if reached else 1)
