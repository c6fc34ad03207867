# SPDX-License-Identifier: BSD-3-Clause
"""Processes that we start, stop for a while, and end. By their ids, and no others."""
import ctypes
import json
import os
import select
import signal
import subprocess
import time

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def die_with_us():
    """In a child: the kernel ends it when this program dies without a chance to do it."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Failed(Exception):
    """A candidate cannot be measured; the text says why."""


def descendants(pid):
    """@pid and all that it started."""
    found = [pid]
    for tid in tids(pid):
        try:
            with open(f"/proc/{pid}/task/{tid}/children", encoding="ascii") as f:
                for child in f.read().split():
                    found += descendants(int(child))
        except OSError:
            pass
    return found


def tids(pid):
    try:
        return [int(t) for t in os.listdir(f"/proc/{pid}/task")]
    except OSError:
        return []


def thread_ns(pid, tid):
    """Nanoseconds that a thread had a processor."""
    try:
        with open(f"/proc/{pid}/task/{tid}/schedstat", encoding="ascii") as f:
            return int(f.read().split()[0])
    except (OSError, ValueError):
        return 0


class Process:
    """One program with its children, its output in a log file."""

    def __init__(self, argv, log, cpus=None, env=None, stdin=subprocess.DEVNULL):
        self.log = log
        argv = [str(a) for a in argv]
        if cpus:
            argv = ["taskset", "-c", ",".join(str(c) for c in cpus), *argv]
        with open(log, "ab") as out:
            self.child = subprocess.Popen(argv, stdin=stdin, stdout=out, stderr=out, env=env,
                                          start_new_session=True, preexec_fn=die_with_us)
        self.paused = False

    def running(self):
        return self.child.poll() is None

    def tail(self, lines=6):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return " | ".join(line.strip() for line in f.read().splitlines()[-lines:])

    def signal(self, number):
        for pid in descendants(self.child.pid):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def pause(self):
        self.signal(signal.SIGSTOP)
        self.paused = True

    def resume(self):
        self.signal(signal.SIGCONT)
        self.paused = False

    def busiest(self):
        """Processor time of each thread, to be given to share()."""
        return {(p, t): thread_ns(p, t) for p in descendants(self.child.pid) for t in tids(p)}

    def cpu_ns(self):
        """Processor time of all its threads."""
        return sum(self.busiest().values())

    def share(self, before, seconds):
        """Part of a core that the busiest thread had since."""
        after = self.busiest()
        most = max((after[k] - before.get(k, 0) for k in after), default=0)
        return round(most / 1e9 / seconds, 3)

    def realtime(self, name):
        """SCHED_FIFO for threads whose name has @name in it."""
        for pid in descendants(self.child.pid):
            for tid in tids(pid):
                try:
                    with open(f"/proc/{pid}/task/{tid}/comm", encoding="utf-8") as f:
                        if name in f.read():
                            os.sched_setscheduler(tid, os.SCHED_FIFO, os.sched_param(1))
                except OSError:
                    pass

    def stop(self, timeout=8):
        if self.paused:
            self.resume()
        family = descendants(self.child.pid)
        if self.running():
            self.child.terminate()
        try:
            self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            pass
        for pid in family:  # what it left behind
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.child.wait()


class Generator:
    """bench-gen: two guests, and lines of JSON."""

    def __init__(self, program, sockets, cpu, huge, log, ring):
        argv = [program, "--cpu", cpu, "--ring", ring, *(["--huge"] if huge else []), *sockets]
        self.log = log
        with open(log, "ab") as err:
            self.child = subprocess.Popen([str(a) for a in argv], stdin=subprocess.PIPE,
                                          stdout=subprocess.PIPE, stderr=err,
                                          start_new_session=True, preexec_fn=die_with_us)
        self.buffer = b""

    def read(self, timeout):
        end = time.monotonic() + timeout
        while b"\n" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.child.stdout], [], [], left)[0]:
                raise Failed(f"the generator said nothing for {timeout:.0f} s")
            data = os.read(self.child.stdout.fileno(), 65536)
            if not data:
                with open(self.log, encoding="utf-8", errors="replace") as f:
                    raise Failed("the generator ended: " + " ".join(f.read().split()[-40:]))
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def listening(self):
        self.read(10)

    def ready(self):
        return self.read(25)

    def run(self, **words):
        line = " ".join(f"{k} {v}" for k, v in words.items()) + "\n"
        try:
            self.child.stdin.write(line.encode())
            self.child.stdin.flush()
        except BrokenPipeError as error:
            raise Failed("the switch hung up, and the generator ended") from error
        answer = self.read(10 + words["seconds"] + words["warmup"])
        if "error" in answer:
            raise Failed(answer["error"])
        return answer

    def ping(self, count):
        return self.run(pings=count, seconds=count / 100, warmup=0)

    def realtime(self):
        os.sched_setscheduler(self.child.pid, os.SCHED_FIFO, os.sched_param(1))

    def stop(self):
        try:
            self.child.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self.child.wait(3)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
