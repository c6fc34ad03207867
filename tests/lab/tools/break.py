#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Makes a function of a running program faulty, as a mistake in its code would be.

	break.py PID SYMBOL

Puts an instruction that no processor knows where the function begins: whatever thread calls it next dies
of SIGILL. The file of the program does not change, so the next one that is started is whole.
"""
import os
import re
import subprocess
import sys

ILLEGAL = {"x86_64": b"\x0f\x0b", "aarch64": b"\x00\x00\x00\x00"}


def symbol_address(path, name):
    """Where the file says that it is, and whether the program can be loaded anywhere (ET_DYN)."""
    table = subprocess.run(["nm", path], stdout=subprocess.PIPE, check=True, text=True).stdout
    found = re.search(rf"^([0-9a-f]+) [Tt] {re.escape(name)}$", table, re.M)
    if not found:
        sys.exit(f"{path} has no function {name}")
    with open(path, "rb") as program:
        is_dynamic = program.read(18)[16] == 3
    return int(found.group(1), 16), is_dynamic


def main():
    pid, name = int(sys.argv[1]), sys.argv[2]
    path = os.readlink(f"/proc/{pid}/exe")
    address, is_dynamic = symbol_address(path, name)
    if is_dynamic:
        with open(f"/proc/{pid}/maps", encoding="ascii") as maps:
            address += min(int(line.split("-")[0], 16) for line in maps if line.rstrip().endswith(path))
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
        memory.seek(address)
        memory.write(ILLEGAL[os.uname().machine])


if __name__ == "__main__":
    main()
