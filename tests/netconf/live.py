# SPDX-License-Identifier: BSD-3-Clause
"""A real switch: heddled with its planes, in a folder of its own. Needs no privilege for ports of
kinds vhost-user and pcap."""
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import time

IN_FORCE = re.compile(r"configuration (\d+) is in force: .* ports: (\d+) opened, (\d+) restarted, "
                      r"(\d+) closed")


class Switch:
    """Use as a context manager. @config is JSON as Python has it."""

    def __init__(self, build, config, options=(), patience=120):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="heddle-live-"))
        (self.folder / "captures").mkdir()
        (self.folder / "start.json").write_text(json.dumps(config), encoding="utf-8")
        self.path = self.folder / "run" / "netconf.sock"
        self.patience, self.log, self.news = patience, [], threading.Condition()
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [pathlib.Path(build) / "supervisor" / "heddled", "-c", self.folder / "start.json",
             "--run-dir", self.folder / "run", "--capture-dir", self.folder / "captures",
             "--hugepages", "no", *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            with self.news:
                self.log.append(line)
                self.news.notify_all()
        with self.news:
            self.log.append(None)  # it has ended
            self.news.notify_all()

    def wait_line(self, pattern, start=0):
        """(match, index after it) of the first line from @start on that has the pattern."""
        at, end = start, time.monotonic() + self.patience
        with self.news:
            while True:
                for at in range(at, len(self.log)):
                    if self.log[at] is None:
                        raise AssertionError("heddled ended:\n" + self.text())
                    if m := re.search(pattern, self.log[at]):
                        return m, at + 1
                at = len(self.log)
                if time.monotonic() > end:
                    raise AssertionError(f"no line with {pattern!r}:\n{self.text()}")
                self.news.wait(end - time.monotonic())

    def text(self):
        return "".join(line for line in self.log[-60:] if line)

    def pids(self):
        """{name: pid} of heddled and the planes."""
        found = {"heddled": self.process.pid}
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        for pid in pathlib.Path(children).read_text(encoding="ascii").split():
            name = pathlib.Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
            found[name] = int(pid)
        return found

    def __enter__(self):
        try:
            _, self.at = self.wait_line(IN_FORCE)
            self.started_s = time.monotonic() - self.began
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reader.join(10)
        self.process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)
