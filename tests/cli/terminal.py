# SPDX-License-Identifier: BSD-3-Clause
"""A terminal of one's own, for programs that somebody types into."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

ESCAPES = re.compile(r'\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07|[()][A-Z0-9]|[=>78])')


class Terminal:
    """Runs a command on a pseudo-terminal. What it writes is in `seen`, without escape sequences."""

    def __init__(self, command, env=None, rows=24, columns=100, seconds=20):
        self.seconds, self.raw, self.seen, self.mark = seconds, '', '', 0
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(slave, fd)
            os.closerange(3, 64)
            os.execvpe(command[0], command, {**os.environ, 'TERM': 'xterm', 'LC_ALL': 'C.UTF-8', **(env or {})})
        self.status = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            os.waitpid(self.pid, 0)
        os.close(self.master)
        os.close(self.slave)

    def read(self, seconds):
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            got = os.read(self.master, 65536)
        except OSError:
            return False
        self.raw += got.decode('utf-8', 'replace')
        self.seen = ESCAPES.sub('', self.raw).replace('\r', '')
        return bool(got)

    def expect(self, pattern):
        """Waits until the regular expression fits what came since the last expect(); returns the match."""
        deadline = time.monotonic() + self.seconds
        while True:
            found = re.search(pattern, self.seen[self.mark:], re.M | re.S)
            if found:
                self.mark += found.end()
                return found
            if time.monotonic() > deadline:
                raise AssertionError(f'{pattern!r} did not come. What came:\n{self.seen[self.mark:]}')
            self.read(0.05)

    def quiet(self, seconds=0.3):
        """Reads until nothing comes for that long; returns what came since the last expect()."""
        while self.read(seconds):
            pass
        return self.seen[self.mark:]

    def type(self, text):
        os.write(self.master, text.encode())

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)

    def wait(self):
        """The exit status, once it ends."""
        deadline = time.monotonic() + self.seconds
        while time.monotonic() < deadline:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.status = os.waitstatus_to_exitcode(status)
                self.quiet(0)
                return self.status
            self.read(0.05)
        raise AssertionError(f'it did not end. What came:\n{self.seen[self.mark:]}')

    def restored(self):
        return termios.tcgetattr(self.slave) == self.before
