#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""A guest that floods: sends one kind of frame by a device, as fast as it can, until it is stopped.

	flooder.py DEVICE broadcast|multicast|unknown [FRAMES]
	flooder.py DEVICE pieces MAC [FRAMES]

"unknown" is unicast to addresses that nobody has; "pieces" are super-frames of 64 KB to MAC, of which
each has to be cut into a thousand frames. With FRAMES it ends by itself.
"""
import socket
import struct
import sys

SOL_PACKET, PACKET_VNET_HDR = 263, 15
PIECE = 64

KINDS = {"broadcast": b"\xff" * 6, "multicast": bytes.fromhex("01005e7f0001"),
         "unknown": bytes.fromhex("02dead000001")}


def super_frame(dst):
    """With its virtio-net header: TCP over IPv4, the checksum to be finished, pieces of PIECE bytes."""
    payload = bytes(PIECE * 1000)
    total = 20 + 20 + len(payload)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, total, 1, 0x4000, 64, 6, 0,
                     bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2]))
    words = sum(struct.unpack("!10H", ip))
    words = (words & 0xffff) + (words >> 16)
    ip = ip[:10] + struct.pack("!H", ~words & 0xffff) + ip[12:]
    pseudo = sum(struct.unpack("!6H", ip[12:20] + struct.pack("!HH", 6, total - 20)))
    pseudo = (pseudo & 0xffff) + (pseudo >> 16)
    tcp = struct.pack("!HHIIBBHHH", 5000, 5001, 1, 1, 0x50, 0x10, 1000, pseudo & 0xffff, 0)
    header = struct.pack("=BBHHHH", 1, 1, 54, PIECE, 34, 16)
    return header + dst + bytes.fromhex("02f100d00001" "0800") + ip + tcp + payload


def main():
    device, kind, *rest = sys.argv[1:]
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
        if kind == "pieces":
            sock.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
            frame = super_frame(bytes.fromhex(rest.pop(0).replace(":", "")))
        else:
            frame = KINDS[kind] + bytes.fromhex("02f100d00001" "88b5") + bytes(46)
        left = int(rest[0]) if rest else None
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
