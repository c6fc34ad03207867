# SPDX-License-Identifier: BSD-3-Clause
"""Capture files, written and read with nothing but the standard library. Times are nanoseconds."""
import struct

ETHERNET = 1
LINUX_SLL = 113  # what `tcpdump -i any` writes


def write_pcap(path, packets, link=ETHERNET, snaplen=262144, nano=True, order="<", cut=None):
    """Writes [(time_ns, frame)]; @cut: of each frame only so many bytes are kept."""
    unit = 1 if nano else 1000
    parts = [struct.pack(order + "IHHiIII", 0xa1b23c4d if nano else 0xa1b2c3d4, 2, 4, 0, 0,
                         snaplen, link)]
    for time, frame in packets:
        kept = frame[:cut] if cut is not None else frame
        parts.append(struct.pack(order + "IIII", time // 10**9, time % 10**9 // unit, len(kept),
                                 len(frame)))
        parts.append(kept)
    with open(path, "wb") as out:
        out.write(b"".join(parts))


def write_pcapng(path, packets, link=ETHERNET):
    """The same as a pcapng file: a section, an interface in nanoseconds, enhanced packets."""
    def block(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

    parts = [block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)),
             block(1, struct.pack("<HHI", link, 0, 262144) +
                   struct.pack("<HHB3xHH", 9, 1, 9, 0, 0))]
    for time, frame in packets:
        parts.append(block(6, struct.pack("<IIIII", 0, time >> 32, time & 0xffffffff, len(frame),
                                          len(frame)) + frame))
    with open(path, "wb") as out:
        out.write(b"".join(parts))


def read_pcap(path):
    """Returns [(time_ns, frame)] of a pcap file of either byte order and resolution."""
    with open(path, "rb") as file:
        data = file.read()
    for order in "<>":
        magic, = struct.unpack_from(order + "I", data)
        if magic in (0xa1b2c3d4, 0xa1b23c4d):
            break
    else:
        raise ValueError(f"{path}: not a pcap file")
    unit = 1 if magic == 0xa1b23c4d else 1000
    link, = struct.unpack_from(order + "I", data, 20)
    if link != ETHERNET:
        raise ValueError(f"{path}: link type {link}")
    packets, at = [], 24
    while at < len(data):
        sec, frac, kept, length = struct.unpack_from(order + "IIII", data, at)
        at += 16
        if kept != length or at + kept > len(data):
            raise ValueError(f"{path}: packet {len(packets) + 1} is cut")
        packets.append((sec * 10**9 + frac * unit, data[at:at + kept]))
        at += kept
    return packets
