#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Makes a function of a running program faulty, as a mistake in its code would be.

	break.py PID SYMBOL die|stand|BYTES

Replaces the first bytes of the function, and prints in hexadecimal what was there. "die" puts an instruction
there that no processor knows: the thread that calls the function next dies of SIGILL. "stand" puts a jump to
itself there: the thread that calls the function next does not come back, until the program is called with
the BYTES that it printed. The file of the program does not change, so the next one that is started is whole.
"""
import os
import re
import subprocess
import sys

CODE = {
    "die": {"x86_64": b"\x0f\x0b", "aarch64": b"\x00\x00\x00\x00"},
    "stand": {"x86_64": b"\xeb\xfe", "aarch64": b"\x00\x00\x00\x14"},
}


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
    pid, name, what = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    code = CODE[what][os.uname().machine] if what in CODE else bytes.fromhex(what)
    path = os.readlink(f"/proc/{pid}/exe")
    address, is_dynamic = symbol_address(path, name)
    if is_dynamic:
        with open(f"/proc/{pid}/maps", encoding="ascii") as maps:
            address += min(int(line.split("-")[0], 16) for line in maps if line.rstrip().endswith(path))
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
        memory.seek(address)
        print(memory.read(len(code)).hex())
        memory.seek(address)
        memory.write(code)


if __name__ == "__main__":
    main()
