#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""pty_run.py KEYS TEXT COMMAND...: runs the command on a terminal of its own, waits for TEXT, types KEYS.

Prints "ok" when it then ends with 0, has left its screen, shown the cursor, and put the terminal back.
"""
import os
import pty
import select
import sys
import termios
import time


def read_until(fd, found, seconds):
    """Reads until found(text) or the end. Returns the text."""
    text, deadline = b'', time.monotonic() + seconds
    while time.monotonic() < deadline and not found(text):
        if select.select([fd], [], [], 0.1)[0]:
            try:
                got = os.read(fd, 65536)
            except OSError:  # the other side is closed
                break
            if not got:
                break
            text += got
    return text


def main():
    keys, text, *command = sys.argv[1:]
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os.close(master)
        for fd in (0, 1, 2):
            os.dup2(slave, fd)
        os.environ['TERM'] = 'xterm'
        import fcntl
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        os.execvp(command[0], command)
    seen = read_until(master, lambda t: text.encode() in t, 10)
    os.write(master, b't')
    seen += read_until(master, lambda t: b'(now t)' in t, 5)
    os.write(master, keys.encode())
    deadline = time.monotonic() + 5
    status = None
    while time.monotonic() < deadline and status is None:
        seen += read_until(master, lambda t: False, 0.1)
        done, got = os.waitpid(pid, os.WNOHANG)
        if done:
            status = os.waitstatus_to_exitcode(got)
    if status is None:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    after = termios.tcgetattr(slave)
    problems = [words for bad, words in (
        (text.encode() not in seen, f'"{text}" was not shown'),
        (b'(now t)' not in seen, 'the key did not sort'),
        (status != 0, f'exit status {status}'),
        (b'\x1b[?1049l' not in seen, 'the screen was not left'),
        (b'\x1b[?25h' not in seen, 'the cursor was not shown again'),
        (before != after, 'the terminal was not put back'),
    ) if bad]
    print('; '.join(problems) or 'ok')
    return 1 if problems else 0


sys.exit(main())
