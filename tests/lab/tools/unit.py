#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What a unit file of systemd asks for, where systemd itself does not run.

	unit.py syscalls UNIT		names of the system calls that SystemCallFilter= leaves
	unit.py serve SOCKET COMMAND...	listens there, and starts the command for each connection, which
					is its standard input (as a socket unit with Accept=yes)
"""
import os
import socket
import subprocess
import sys


def names(what):
    """A system call, or all of a group."""
    if not what.startswith("@"):
        return {what}
    lines = subprocess.run(["systemd-analyze", "syscall-filter", what], check=True,
                           stdout=subprocess.PIPE, text=True).stdout.splitlines()[1:]
    found = set()
    for line in (line.strip() for line in lines):
        if line and not line.startswith("#"):
            found |= names(line)
    return found


def syscalls(unit):
    left = names("@default")
    with open(unit, encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("SystemCallFilter="):
                continue
            value = line.split("=", 1)[1].strip()
            listed = set().union(*(names(what) for what in value.lstrip("~").split()))
            left = left - listed if value.startswith("~") else left | listed
    return sorted(left)


def serve(path, command):
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        os.umask(0o177)
        listener.bind(path)
        listener.listen()
        while True:
            peer, _ = listener.accept()
            with peer:
                subprocess.Popen(command, stdin=peer)  # pylint: disable=consider-using-with


def main():
    if sys.argv[1] == "syscalls":
        print(*syscalls(sys.argv[2]))
    else:
        serve(sys.argv[2], sys.argv[3:])


if __name__ == "__main__":
    main()
