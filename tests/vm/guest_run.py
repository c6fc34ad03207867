#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Runs one line of shell in a guest, by its second serial port.

	guest_run.py SOCKET LINE [SECONDS]

Prints what the line printed, and exits with its status; 124 when the guest did not answer.
"""
import os
import socket
import sys
import time


def main():
    path, line = sys.argv[1:3]
    deadline = time.monotonic() + (float(sys.argv[3]) if len(sys.argv) > 3 else 40.0)
    nonce = os.urandom(6).hex()
    sock = socket.socket(socket.AF_UNIX)
    sock.connect(path)
    sock.sendall(f"{{ {line} ; }}; echo \"##${{?}}#\"{nonce}\n".encode())
    end, got = f"#{nonce}".encode(), b""
    while end not in got:
        sock.settimeout(max(0.01, deadline - time.monotonic()))
        try:
            data = sock.recv(65536)
        except TimeoutError:
            data = b""
        if not data:
            sys.stdout.write(got.decode(errors="replace"))
            print(f"guest: no answer to: {line}", file=sys.stderr)
            sys.exit(124)
        got += data
    text, _, status = got[:got.index(end)].decode(errors="replace").rpartition("##")
    sys.stdout.write(text)
    sys.exit(int(status))


if __name__ == "__main__":
    main()
