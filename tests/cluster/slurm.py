"""A SLURM cluster of two nodes on this machine: Debian's slurm-wlm and munge, started as root, its files in one folder.

The nodes are two slurmd on one host. Each has a mount namespace with its own /tmp, cache and so on, so that beside
the machine's programs only the shared folders are the same on both.
"""

import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from tests.mounts import may_mount

PROGRAMS = ("munged", "slurmctld", "slurmd", "squeue", "sbatch", "scontrol", "scancel", "unshare")
NODES = ("n1", "n2")
CPUS, MEMORY_MB = 2, 8000  # what each node says it has, whatever the host has
PRIVATE = ("/tmp", "/var/tmp", "/dev/shm", str(Path.home() / ".cache"))
NODE_IS_LOST_S = 20

CONFIG = """\
ClusterName=squint
SlurmctldHost={host}
SlurmctldPort=17000
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/slurmctld.log
StateSaveLocation={folder}/state
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmdLogFile={folder}/slurmd-%n.log
SlurmdSpoolDir={folder}/spool-%n
SlurmdTimeout={lost}
SlurmdParameters=config_overrides
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=batch_sched_delay=1,sched_interval=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
KillWait=5
GresTypes=gpu
NodeName=n[1-2] NodeHostname={host} Port=[17001-17002] CPUs={cpus} RealMemory={memory} Gres=gpu:1 State=UNKNOWN
PartitionName=batch Nodes=n[1-2] Default=YES MaxTime=INFINITE State=UP
"""
# No job uses the device; SLURM gives it to one at a time.
GPU = "Name=gpu File=/dev/zero\n"

# The shared folders are kept aside, what lies above them is replaced, and they are put back. The configuration stands
# where SLURM looks by itself: the executor plugin takes SLURM_CONF out of its jobs' environment.
NODE = """\
aside=$(mktemp -d -p /run); mount -t tmpfs none $aside
for folder in {shared}; do mkdir -p $aside$folder; mount --bind $folder $aside$folder; done
for folder in {private}; do mkdir -p $folder; mount -t tmpfs none $folder; done
for folder in {shared}; do mkdir -p $folder; mount --bind $aside$folder $folder; done
mount -t tmpfs none /etc/slurm; cp {configs} /etc/slurm
exec slurmd -D -N {name}
"""


def missing() -> str:
    """What this machine lacks for a cluster, in words; empty for nothing."""
    if os.geteuid() != 0:
        return "a cluster's daemons want root"
    if not may_mount():
        return "the nodes' file systems can't be mounted here"
    lacking = [program for program in PROGRAMS if shutil.which(program) is None]
    return f"no {', '.join(lacking)} here: `make test-slurm` installs Debian's slurm-wlm and munge" if lacking else ""


def wait_until(true: Callable[[], bool], what: str, seconds: float) -> None:
    """Wait until something is true. Raises TimeoutError with `what` after `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s: {what}")
        time.sleep(0.2)


@dataclass(frozen=True)
class Job:
    """A running job: its number, node, what Snakemake calls it, and the generic resources it has."""

    FORMAT: ClassVar[str] = "%i|%N|%b|%k"

    number: str
    node: str
    gres: str
    name: str

    @classmethod
    def read(cls, line: str) -> "Job":
        return cls(*line.split("|", 3))


class Cluster:
    """The daemons, and what tests do to them."""

    def __init__(self, folder: Path, shared: list[Path]):
        """`folder` is the cluster's own; `shared` are the folders that the nodes have in common."""
        self.folder = folder
        self.shared = [folder, *shared]
        self.daemons: dict[str, subprocess.Popen] = {}
        for name in ("state", *(f"spool-{node}" for node in NODES)):
            (folder / name).mkdir(parents=True)
        host = socket.gethostname()
        values = {"host": host, "folder": folder, "cpus": CPUS, "memory": MEMORY_MB, "lost": NODE_IS_LOST_S}
        (folder / "slurm.conf").write_text(CONFIG.format(**values))
        (folder / "gres.conf").write_text(GPU)
        self.environment = os.environ | {"SLURM_CONF": str(folder / "slurm.conf")}

    def __enter__(self) -> "Cluster":
        key = self.folder / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(secrets.token_bytes(128))
        files = {"socket": "socket", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
        options = [f"--{option}={self.folder}/munge.{ending}" for option, ending in files.items()]
        self._start("munged", ["munged", "--force", "--foreground", f"--key-file={key}", *options])
        try:
            wait_until((self.folder / "munge.socket").exists, "a socket of munged", 20)
            self.start_controller()
            for node in NODES:
                self.start_node(node)
            wait_until(lambda: self.states() == dict.fromkeys(NODES, "idle"), "two idle nodes", 60)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for node in self.daemons.keys() & set(NODES):
            self.lose_node(node)
        for daemon in self.daemons.values():
            daemon.kill()
            daemon.wait()

    def _start(self, name: str, command: list[str]) -> None:
        with (self.folder / f"{name}.terminal.txt").open("a") as terminal:
            self.daemons[name] = subprocess.Popen(
                command, stdout=terminal, stderr=terminal, env=self.environment, start_new_session=True
            )

    def ask(self, *command: str, check: bool = True) -> str:
        """What one of SLURM's commands prints. Raises CalledProcessError where it fails and `check` is set."""
        result = subprocess.run(command, capture_output=True, text=True, env=self.environment, check=check)
        return result.stdout

    def lines(self, *command: str) -> list[str]:
        """The lines below the heading that a command prints; none while the controller does not answer."""
        return self.ask(*command, "--noheader", check=False).splitlines()

    def states(self) -> dict[str, str]:
        """State of each node, as sinfo words it."""
        return dict(line.split() for line in self.lines("sinfo", "--Node", "--format", "%N %t"))

    def running(self) -> dict[str, Job]:
        """The running jobs by their numbers; none while the controller does not answer."""
        return {
            job.number: job
            for job in map(Job.read, self.lines("squeue", "--states", "RUNNING", "--format", Job.FORMAT))
        }

    def start_controller(self) -> None:
        self._start("slurmctld", ["slurmctld", "-D"])

    def stop_controller(self) -> None:
        """Stop the controller as an administrator does: it writes down what it knows of the jobs."""
        self.daemons["slurmctld"].terminate()
        self.daemons["slurmctld"].wait()

    def start_node(self, node: str) -> None:
        shared = shlex.join(map(str, self.shared))
        configs = shlex.join(map(str, self.folder.glob("*.conf")))
        script = NODE.format(name=node, shared=shared, private=shlex.join(PRIVATE), configs=configs)
        self._start(node, ["unshare", "--mount", "--propagation", "private", "sh", "-ec", script])

    def kill_slurmd(self, node: str) -> None:
        """Kill a node's daemon. The jobs that it started go on."""
        self.daemons[node].kill()
        self.daemons[node].wait()

    def lose_node(self, node: str) -> None:
        """Kill all that runs on a node, as when its plug is pulled."""
        space = self.namespace(self.daemons[node].pid)
        while left := self.processes(space):
            for process in left:
                with suppress(ProcessLookupError):  # it has ended by itself
                    os.kill(process, signal.SIGKILL)
            self.daemons[node].poll()
        self.daemons[node].wait()

    def processes(self, space: str) -> list[int]:
        """The processes in a mount namespace; none for no namespace."""
        numbers = (int(path.name) for path in Path("/proc").glob("[0-9]*"))
        return [number for number in numbers if space and self.namespace(number) == space]

    @staticmethod
    def namespace(pid: int) -> str:
        """The mount namespace of a process; empty for none, or for this process's own."""
        try:
            space = Path(f"/proc/{pid}/ns/mnt").readlink()
        except OSError:  # it has ended, or is the kernel's
            return ""
        return "" if space == Path("/proc/self/ns/mnt").readlink() else str(space)
