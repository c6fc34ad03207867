#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""A guest that floods: sends one kind of frame by a device, as fast as it can, until it is stopped.

	flooder.py DEVICE broadcast|multicast|unknown [FRAMES]

"unknown" is unicast to addresses that nobody has. With FRAMES it ends by itself.
"""
import socket
import sys

KINDS = {"broadcast": b"\xff" * 6, "multicast": bytes.fromhex("01005e7f0001"),
         "unknown": bytes.fromhex("02dead000001")}


def main():
    device, kind, *rest = sys.argv[1:]
    left = int(rest[0]) if rest else None
    frame = KINDS[kind] + bytes.fromhex("02f100d00001" "88b5") + bytes(46)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
        sock.bind((device, 0))
        while left is None or left > 0:
            try:
                sock.send(frame)
            except OSError:  # the device's queue is full: the switch takes what it can
                continue
            if left is not None:
                left -= 1


if __name__ == "__main__":
    main()
