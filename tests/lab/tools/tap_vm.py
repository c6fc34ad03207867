#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Stands in for a virtual machine on a TAP: opens the device by its name, as QEMU does, and lets a
namespace be the guest.

	tap_vm.py DEVICE GUEST [--user UID:GID] [--queues N] [--offloads all|none] [--in NAMESPACE]

Makes a TAP eth0 in the namespace GUEST and passes frames between the two with their offload headers,
so super-frames and partial checksums cross as a guest's would. DEVICE is opened as the user UID with
the group GID alone. Prints "open" when it has DEVICE; at SIGTERM, the longest frame each way
("to-switch 65226 to-guest 65226"). Ends with status 3 when DEVICE was deleted.
"""
import argparse
import errno
import fcntl
import os
import select
import signal
import struct
import sys

from netns import inside

TUNSETIFF, TUNSETOFFLOAD, TUNSETVNETHDRSZ = 0x400454CA, 0x400454D0, 0x400454D8
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR, IFF_MULTI_QUEUE = 0x2, 0x1000, 0x4000, 0x100
CSUM, TSO4, TSO6 = 1, 2, 4
HEADER = 12  # struct virtio_net_hdr_mrg_rxbuf


def queue(device, flags, offloads):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | flags))
    fcntl.ioctl(fd, TUNSETVNETHDRSZ, struct.pack("i", HEADER))
    fcntl.ioctl(fd, TUNSETOFFLOAD, offloads)
    return fd


def move(source, sinks):
    """Passes on what is there. Returns the length of the longest frame."""
    longest = 0
    for _ in range(64):
        try:
            frame = os.read(source, HEADER + 70000)
        except BlockingIOError:
            break
        longest = max(longest, len(frame) - HEADER)
        try:
            os.write(sinks[hash(frame[HEADER + 26:HEADER + 38]) % len(sinks)], frame)
        except OSError as failed:
            if failed.errno == errno.EBADFD:
                raise
            # what the kernel refuses of a guest is the guest's loss
    return longest


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("device")
    parser.add_argument("guest")
    parser.add_argument("--user", default="0:0")
    parser.add_argument("--queues", type=int, default=1)
    parser.add_argument("--offloads", choices=("all", "none"), default="all")
    parser.add_argument("--in", dest="place", default=".")
    args = parser.parse_args()
    offloads = CSUM | TSO4 | TSO6 if args.offloads == "all" else 0
    with inside(args.guest):
        inner = [queue("eth0", 0, offloads)]
    uid, gid = (int(n) for n in args.user.split(":"))
    flags = IFF_MULTI_QUEUE if args.queues > 1 else 0
    with inside(args.place):
        os.setgroups([gid])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        outer = [queue(args.device, flags, offloads) for _ in range(args.queues)]
    print("open", flush=True)
    ends = []
    signal.signal(signal.SIGTERM, lambda *_: ends.append(1))
    longest = {"to-switch": 0, "to-guest": 0}
    poll = select.poll()
    for fd in inner + outer:
        poll.register(fd, select.POLLIN)
    try:
        while not ends:
            for fd, _ in poll.poll(1000):
                way = "to-switch" if fd in inner else "to-guest"
                longest[way] = max(longest[way], move(fd, outer if fd in inner else inner))
    except OSError as failed:
        if failed.errno != errno.EBADFD:
            raise
        print("gone", flush=True)
        sys.exit(3)
    print(" ".join(f"{way} {n}" for way, n in longest.items()), flush=True)


if __name__ == "__main__":
    main()
