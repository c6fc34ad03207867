# SPDX-License-Identifier: BSD-3-Clause
"""A switch in the background: heddled with its planes, and the heddle command to ask it."""
import ctypes
import json
import os
import signal
import subprocess
import time

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Failed(Exception):
    """Something that the demonstration cannot do without did not work."""


def alive(pid):
    """False also for a process that only waits to be reaped."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(seconds, condition):
    """Polls @condition; its value, or a false one when the time is over."""
    deadline = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return value


class Switch:
    """heddled -c @config --run-dir @run_dir, started at once, in the foreground of its own session."""

    def __init__(self, build, config, run_dir):
        self.command = os.path.join(build, "mgmt/cli/heddle")
        self.run_dir, self.log = run_dir, run_dir + ".log"
        self.planes = set()
        os.mkdir(run_dir)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [os.path.join(build, "supervisor/heddled"), "-c", config, "--run-dir", run_dir,
                 "--netns-dir", "/run/netns"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=_die_with_parent)

    def show(self, what):
        """What `heddle show @what --json` says, or None while it cannot be asked."""
        done = subprocess.run([self.command, "--run-dir", self.run_dir, "show", what, "--json"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        try:
            return json.loads(done.stdout) if done.returncode == 0 else None
        except ValueError:
            return None

    def ports(self):
        """{name: port} as `show ports` has them."""
        said = self.show("ports")
        return {port["name"]: port for port in said["ports"]} if said else {}

    def wait_for_ports(self, names, seconds=15):
        """Returns once all of @names are up; raises Failed with the reasons of those that are not."""
        def all_up():
            if self.process.poll() is not None:
                raise Failed(f"heddled ended with status {self.process.returncode}:\n{self.tail()}")
            ports = self.ports()
            return all(name in ports and ports[name]["up"] for name in names)

        if wait_until(seconds, all_up):
            self.planes = {p["pid"] for p in (self.show("planes") or {"planes": []})["planes"]}
            return
        ports = self.ports()
        down = [f"{n}: {ports[n]['reason']} {ports[n]['text']}" if n in ports else f"{n}: not there"
                for n in names if n not in ports or not ports[n]["up"]]
        raise Failed(f"ports did not come up: {'; '.join(down)}\n{self.tail()}")

    def tail(self, lines=15):
        """The end of its log."""
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return "".join("    " + line for line in log.readlines()[-lines:])

    def stop(self):
        """Ends it as an operator would. Returns what is wrong with how it ended, or None."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            status = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return "heddled did not end within 10 seconds"
        left = [pid for pid in self.planes if not wait_until(2, lambda p=pid: not alive(p))]
        if left:
            return f"processes that outlived heddled: {left}"
        return f"heddled ended with status {status}" if status else None
