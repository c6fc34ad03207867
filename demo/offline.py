# SPDX-License-Identifier: BSD-3-Clause
"""Where no namespaces can be made: captures of the same network, replayed through the same
configuration (`heddle replay`). Each end asks by ARP for each other end; an end was reached when the
question came out of its port.
"""
import collections
import os
import shutil
import struct
import subprocess
import tempfile

from hosts import ENDS, PORTS, pairs, same_segment

PCAP_HEADER = struct.Struct("=IHHiIII")
PCAP_RECORD = struct.Struct("=IIII")
PCAP_MAGIC = 0xA1B2C3D4
LINKTYPE_ETHERNET = 1
FRAME_MIN = 60


def mac(end):
    return b"\x02\x00\x00\x00\x00" + bytes([ENDS.index(end) + 1])


def address(end):
    return bytes(int(part) for part in end.address.split("."))


def question(src, dst):
    """The ARP request of @src for @dst, without a tag."""
    arp = struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1)
    return b"\xff" * 6 + mac(src) + arp + mac(src) + address(src) + bytes(6) + address(dst)


def tagged(frame, tag):
    return frame[:12] + struct.pack("!HH", 0x8100, tag) + frame[12:] if tag else frame


def write_captures(folder):
    """One capture a port, with the questions of the ends behind it. Returns {port: path}."""
    frames = collections.defaultdict(list)
    when = 0
    for src, dst in pairs():
        when += 1000
        frame = tagged(question(src, dst), src.tag)
        frames[src.port].append((when, frame.ljust(FRAME_MIN, b"\0")))
    paths = {}
    for port, records in frames.items():
        paths[port] = os.path.join(folder, port + ".pcap")
        with open(paths[port], "wb") as out:
            out.write(PCAP_HEADER.pack(PCAP_MAGIC, 2, 4, 0, 0, 65535, LINKTYPE_ETHERNET))
            for micro, frame in records:
                out.write(PCAP_RECORD.pack(micro // 1000000, micro % 1000000, len(frame), len(frame)))
                out.write(frame)
    return paths


def read_capture(path):
    """The frames of a capture that was written on this machine (micro- or nanoseconds)."""
    with open(path, "rb") as capture:
        data = capture.read()
    at, frames = PCAP_HEADER.size, []
    while at + PCAP_RECORD.size <= len(data):
        length = PCAP_RECORD.unpack_from(data, at)[2]
        at += PCAP_RECORD.size
        frames.append(data[at:at + length])
        at += length
    return frames


def who_reached(folder):
    """{(from, to): reached} by name, from the captures of what left each port."""
    left = {port: read_capture(os.path.join(folder, port + ".pcap")) for port in PORTS}
    reached = {}
    for src, dst in pairs():
        asked = tagged(question(src, dst), dst.tag)  # and what it was padded with
        reached[src.name, dst.name] = any(frame.startswith(asked) for frame in left[dst.port])
    return reached


def demonstrate(screen, checks, args, config):
    """The whole demonstration without namespaces. Returns the exit status."""
    screen.title("Heddle, a software switch: a network on captures")
    if not args.replay:
        screen.line("No network namespaces can be made here, neither as root nor as a user "
                    "(unshare fails, or there is no /dev/net/tun).")
    screen.line("What follows is the same configuration, replayed from captures (heddle replay).")
    screen.picture()
    base = tempfile.mkdtemp(prefix="heddle-demo.", dir="/tmp")
    try:
        inputs = write_captures(base)
        out = os.path.join(base, "out")
        command = [os.path.join(args.build, "mgmt/cli/heddle"), "replay", "-c", config, "-o", out]
        for port, path in sorted(inputs.items()):
            command += ["-i", f"{port}={path}"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        checks.check(done.returncode == 0, f"heddle replay: status {done.returncode}\n{done.stdout}")
        if done.returncode == 0:
            reached = who_reached(out)
            screen.matrix(reached, "an ARP question of each for each", same_segment)
            checks.matrix(reached, same_segment)
    finally:
        shutil.rmtree(base, ignore_errors=True)
    screen.line()
    screen.line(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed or not checks.passed else 0
