#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Raw frames: sends one as a hostile host would, and tells where it came out, and with which tags.

	wire.py probe FROM:DEVICE --at HOST:DEVICE ... [frame]
	wire.py send FROM:DEVICE [--count N] [frame]

frame:	--dst MAC --src MAC --tag VID[:PCP[:TPID]] (again for an inner tag) --type ETHERTYPE
	--payload HEX --arp SENDER_IP --size BYTES --flood-sources N (another source in each frame)

`probe` prints a line for each --at that saw the frame: its name, then the tags that it had on the
wire ("lan:eth0 10.3/0x8100 20.0/0x8100", or "untagged"). To know that a frame does not come, it
sends a second, ordinary frame by the same port after it: the switch keeps the order.
"""
import argparse
import os
import select
import socket
import struct
import sys
import time

from netns import inside

ETH_P_ALL = 3
SOL_PACKET = 263
PACKET_AUXDATA = 8
PACKET_OUTGOING = 4
TP_STATUS_VLAN_VALID = 0x10
TP_STATUS_VLAN_TPID_VALID = 0x40
PROBE_TYPE = 0x88B5  # IEEE 802: local experiments


def mac(text):
    return bytes.fromhex(text.replace(":", "").replace("-", ""))


class Wire:
    """A packet socket on one device of one namespace ("host:device"; host ".": where we are)."""

    def __init__(self, place):
        self.place = place
        host, self.device = place.split(":", 1)
        with inside(host):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            self.sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            self.sock.bind((self.device, ETH_P_ALL))
        self.mac = self.sock.getsockname()[4]

    def send(self, frame):
        self.sock.send(frame)

    def receive(self):
        """One frame as it was on the wire (the kernel takes the outer tag off), or None."""
        try:
            data, anc, _, addr = self.sock.recvmsg(65536, socket.CMSG_SPACE(20), socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
        if addr[2] == PACKET_OUTGOING:
            return b""
        for level, kind, body in anc:
            if level == SOL_PACKET and kind == PACKET_AUXDATA and len(body) >= 20:
                status, _, _, _, _, tci, tpid = struct.unpack("=IIIHHHH", body[:20])
                if status & TP_STATUS_VLAN_VALID:
                    tpid = tpid if status & TP_STATUS_VLAN_TPID_VALID else 0x8100
                    data = data[:12] + struct.pack("!HH", tpid, tci) + data[12:]
        return data


def tags(frame):
    """The frame's tags as (vid, pcp, tpid), outer first."""
    found, at = [], 12
    while at + 4 <= len(frame):
        tpid, tci = struct.unpack_from("!HH", frame, at)
        if tpid not in (0x8100, 0x88A8, 0x9100):
            break
        found.append((tci & 0xFFF, tci >> 13, tpid))
        at += 4
    return found


def describe(frame):
    return " ".join(f"{v}.{p}/{t:#06x}" for v, p, t in tags(frame)) or "untagged"


def build(args, source, nonce=b""):
    frame = mac(args.dst) + (mac(args.src) if args.src else source)
    for tag in args.tag:
        part = tag.split(":")
        vid, pcp = int(part[0]), int(part[1]) if len(part) > 1 else 0
        tpid = int(part[2], 16) if len(part) > 2 else 0x8100
        frame += struct.pack("!HH", tpid, pcp << 13 | vid)
    if args.arp:
        sha = frame[6:12]
        frame += struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1)
        frame += sha + socket.inet_aton(args.arp) + bytes(6) + socket.inet_aton(args.arp)
    else:
        frame += struct.pack("!H", int(args.type, 0)) + bytes.fromhex(args.payload)
    frame += nonce
    return frame.ljust(max(60, args.size), b"\0")


def probe(args):
    listeners = {place: Wire(place) for place in args.at}
    sender = Wire(args.port)
    nonce, fence = os.urandom(12), os.urandom(12)
    sender.send(build(args, sender.mac, nonce))
    sender.send((b"\xff" * 6 + sender.mac + struct.pack("!H", PROBE_TYPE) + fence).ljust(60, b"\0"))
    seen, deadline = {}, time.monotonic() + 0.8
    while (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([w.sock for w in listeners.values()], [], [], left)
        for place, wire in listeners.items():
            if wire.sock not in ready:
                continue
            while (frame := wire.receive()) is not None:
                if nonce in frame:
                    seen.setdefault(place, describe(frame))
                if fence in frame:
                    # What comes later than this by 0.2 s did not come.
                    deadline = min(deadline, time.monotonic() + 0.2)
    for place in args.at:
        if place in seen:
            print(place, seen[place])


def send(args):
    sender = Wire(args.port)
    for i in range(args.count):
        if args.flood_sources:
            args.src = "02:fd:" + struct.pack("!I", i % args.flood_sources).hex(":")
        while True:
            try:
                sender.send(build(args, sender.mac))
                break
            except OSError as err:
                if err.errno != 105:  # ENOBUFS: the device's queue is full; it empties
                    raise
                select.select([], [], [], 0.001)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=["probe", "send"])
    parser.add_argument("port")
    parser.add_argument("--at", action="append", default=[])
    parser.add_argument("--dst", default="ff:ff:ff:ff:ff:ff")
    parser.add_argument("--src")
    parser.add_argument("--tag", action="append", default=[])
    parser.add_argument("--type", default=hex(PROBE_TYPE))
    parser.add_argument("--payload", default="")
    parser.add_argument("--arp")
    parser.add_argument("--size", type=int, default=60)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--flood-sources", type=int, default=0)
    args = parser.parse_args()
    try:
        probe(args) if args.verb == "probe" else send(args)
    except OSError as err:
        sys.exit(f"{args.port}: {err}")


if __name__ == "__main__":
    main()
