# SPDX-License-Identifier: BSD-3-Clause
"""The machine: what it is, its cores, its 2 MB pages, a folder for sockets and logs."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

NODE = pathlib.Path("/sys/kernel/mm/hugepages/hugepages-2048kB")
PAGES = 1010  # for four switches and four generators that are up at the same time


def say(text):
    """A line of progress."""
    print(text, file=sys.stderr, flush=True)


def private_run():
    """An empty /run of our own: namespaces that we name are not the machine's."""
    subprocess.run(["mount", "--make-rprivate", "/"], check=False)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    os.makedirs("/run/netns")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def describe():
    model = "unknown"
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {"cpu": model, "cpus": os.cpu_count(), "kernel": os.uname().release,
            "load": os.getloadavg()[0], "date": time.strftime("%Y-%m-%d %H:%M:%S")}


def busy_seconds():
    """Processor time that somebody had, of all cores, since the machine started."""
    with open("/proc/stat", encoding="ascii") as f:
        user, nice, system, _, _, irq, softirq = [int(n) for n in f.readline().split()[1:8]]
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def softirq_ns():
    """Nanoseconds that the kernel's threads for soft interrupts had. (Others run within a process.)"""
    total = 0
    for comm in pathlib.Path("/proc").glob("[0-9]*/comm"):
        try:
            if comm.read_text().startswith("ksoftirqd/"):
                total += int(comm.with_name("schedstat").read_text().split()[0])
        except (OSError, ValueError):
            pass
    return total


class Cpus:
    """One core for the switch that is measured, another for the generator and all the rest."""

    def __init__(self):
        usable = sorted(os.sched_getaffinity(0))
        self.reason = None
        if len(usable) < 2:
            self.reason = "two processors are needed: one for the switch, one for the generator"
            return
        self.switch, self.generator = usable[-1], usable[-2]


class Hugepages:
    """2 MB pages while the benchmark runs; as many as there were, after it."""

    def __init__(self, wanted):
        self.usable, self.reason, self.before = False, None, None
        self.wanted = wanted

    def __enter__(self):
        if not self.wanted:
            self.reason = "2 MB pages: not wanted (--no-huge)"
            return self
        try:
            self.before = int((NODE / "nr_hugepages").read_text())
            free = int((NODE / "free_hugepages").read_text())
            (NODE / "nr_hugepages").write_text(str(self.before - free + PAGES))
            free = int((NODE / "free_hugepages").read_text())
        except OSError as error:
            self.reason = f"2 MB pages: {error}"
            return self
        self.usable = free >= PAGES
        if not self.usable:
            self.reason = f"2 MB pages: only {free} of {PAGES} could be had; all run without"
        return self

    def __exit__(self, *_):
        if self.before is not None:
            (NODE / "nr_hugepages").write_text(str(self.before))


class Scratch:
    """A folder with a short path (sockets), removed at the end."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="hd-bench.", dir="/tmp"))
        return self.path

    def __exit__(self, *_):
        if os.environ.get("HEDDLE_BENCH_KEEP"):
            say(f"logs are in {self.path}")
            return
        shutil.rmtree(self.path, ignore_errors=True)
