"""Processes of one test: in a folder of their own, ended whatever happens, and Mooring ended as it should end.

Everything goes with the `with`. At its end Mooring is asked to end, and must: with exit code 0 and with nothing to say
from a sanitizer.
"""
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from typing import Optional

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "end_to_end"))

from expect import Failed, expect  # noqa: E402

SANITIZERS = ("AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "runtime error:")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Processes:
    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="mooring-drydock-")
        self.processes: dict[str, subprocess.Popen] = {}

    def __enter__(self) -> "Processes":
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        try:
            self.begin()
        except BaseException:
            self.show_logs()
            self.end()
            raise
        return self

    def __exit__(self, kind: Optional[type], *_: object) -> None:
        try:
            if kind is None:
                self.end_well()
            else:
                self.show_logs()
        finally:
            self.end()

    def begin(self) -> None:
        """Starts them, and waits until they serve."""
        raise NotImplementedError

    def path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def start(self, name: str, command: list[str]) -> None:
        with open(self.path(name + ".log"), "wb") as log:
            self.processes[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                    start_new_session=True)

    def runs(self, name: str) -> bool:
        code = self.processes[name].poll()
        if code is not None:
            raise SystemExit(f"{name} ended with {code}:\n{self.log(name)[-3000:]}")
        return True

    def log(self, name: str = "mooring") -> str:
        with open(self.path(name + ".log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def show_logs(self) -> None:
        for name in self.processes:
            print(f"--- the end of {name}'s log\n{self.log(name)[-6000:]}", flush=True)

    def end_well(self) -> None:
        """SIGTERM; then exit code 0, and no word of a sanitizer."""
        mooring = self.processes["mooring"]
        mooring.send_signal(signal.SIGTERM)
        try:
            code = mooring.wait(40)
        except subprocess.TimeoutExpired as error:
            raise Failed("Mooring does not end within 40 s of SIGTERM") from error
        said = self.log("mooring")
        for word in SANITIZERS:
            expect(word not in said, f"a sanitizer speaks:\n{said[max(0, said.find(word) - 200):][:6000]}")
        expect(code == 0, f"Mooring ended with {code}:\n{said[-2000:]}")

    def end(self) -> None:
        for process in reversed(self.processes.values()):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
