"""A second Docker engine that the tests own, so that it can be restarted: this machine's dockerd, run once more in a container.

It shares nothing with the engine of the machine but the kernel: data, socket, process ids and network are its own (a dockerd on
the host's network would take away the other one's bridge), and all of it goes at the end. With live-restore its containers
outlive it, as they do where an engine is upgraded. What it starts on `--network host` is at `address`.
"""
import os
import subprocess

import docker
from expect import Failed, Skipped, wait_for
from images import PROXY

RIGHTS = ("SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE", "DAC_READ_SEARCH", "SYS_NICE", "SYSLOG", "IPC_LOCK")
SUBNET = "198.18.77.0/24"  # of the network in it, which nobody else sees; a range for benchmarks, so that no other network has it
# dockerd runs with the machine's root as its own, but sees its own processes, and leaves nothing in /run.
PREPARE = "mount -t proc proc /host/proc && mount -t tmpfs run /host/run && exec sleep infinity"


class OwnEngine:
    def __init__(self, folder: str, network: str):
        self.folder, self.network = folder, network
        self.socket = os.path.join(folder, "docker.sock")
        self.holder = f"e2e-{docker.RUN}-engine"

    def __enter__(self) -> "OwnEngine":
        rights = [part for right in RIGHTS for part in ("--cap-add", right)]
        held = docker.run(["docker", "run", "-d", "--init", "--name", self.holder, "--label", docker.MARK, "--network", self.network, "--cgroupns", "host",
                           *rights, "--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined", "--device-cgroup-rule",
                           "a *:* rwm", "-v", "/:/host", "--no-healthcheck", "--entrypoint", "sh", PROXY, "-c", PREPARE], check=False)
        try:
            if held.returncode != 0:
                raise Skipped(f"an engine of our own cannot be held here: {held.stderr.strip()[-300:]}")
            if docker.run(["docker", "exec", self.holder, "chroot", "/host", "sh", "-c", "command -v dockerd"], check=False).returncode != 0:
                raise Skipped("this machine's engine is not ours: there is no dockerd in its PATH that could be run once more")
            self.start()
            self.load()
            self("network", "create", "--subnet", SUBNET, "own")
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def __call__(self, *arguments: str, timeout: float = 60) -> str:
        return docker.run(["docker", "-H", f"unix://{self.socket}", *arguments], timeout=timeout).stdout.strip()

    def inside(self, script: str, *options: str) -> str:
        return docker.docker("exec", *options, self.holder, "chroot", "/host", "sh", "-c", script)

    def start(self) -> None:
        own = f"--data-root {self.folder}/data --exec-root {self.folder}/exec -p {self.folder}/pid -H unix://{self.socket} -G {os.getgid()}"
        self.inside(f"mkdir -p {self.folder}; exec dockerd {own} --bridge=none --iptables=false --ip-forward=false --live-restore "
                    f">>{self.folder}/log 2>&1", "-d")
        try:
            wait_for("our own engine", self.answers, 30)
        except Failed as error:
            raise Failed(f"{error}: {self.inside(f'tail -n 5 {self.folder}/log')[-1000:]}") from error

    def answers(self) -> bool:
        return docker.run(["docker", "-H", f"unix://{self.socket}", "version"], check=False).returncode == 0

    def stop(self) -> None:
        """Its containers go on: that is live-restore."""
        self.inside(f"kill $(cat {self.folder}/pid)")
        wait_for("our own engine to end", lambda: not os.path.exists(f"{self.folder}/pid"), 30)

    def load(self) -> None:
        with subprocess.Popen(["docker", "save", PROXY], stdout=subprocess.PIPE) as saved:
            docker.run(["docker", "-H", f"unix://{self.socket}", "load", "-q"], timeout=120, stdin=saved.stdout)

    def remove(self) -> None:
        if os.path.exists(f"{self.folder}/pid"):
            made = self("ps", "-aq").split()
            if made:
                self("rm", "-f", "-v", *made)
            docker.run(["docker", "-H", f"unix://{self.socket}", "network", "rm", "own"], check=False)
            self.stop()
        docker.run(["docker", "exec", self.holder, "rm", "-rf", f"/host{self.folder}"], check=False)
        docker.run(["docker", "rm", "-f", "-v", self.holder], check=False)
