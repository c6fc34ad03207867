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


def option(code, value, order="<"):
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def block(kind, body, order="<"):
    body += bytes(-len(body) % 4)
    return (struct.pack(order + "II", kind, len(body) + 12) + body +
            struct.pack(order + "I", len(body) + 12))


def section(order="<"):
    return block(0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1), order)


def interface(link=ETHERNET, snaplen=262144, name=None, tsresol=9, tsoffset=None, fcs=None,
              order="<"):
    """An interface block; frames of it count time in units of 10**-tsresol seconds."""
    body = struct.pack(order + "HHI", link, 0, snaplen) + option(9, bytes([tsresol]), order)
    if name:
        body += option(2, name.encode(), order)
    if fcs is not None:
        body += option(13, bytes([fcs]), order)
    if tsoffset is not None:
        body += option(14, struct.pack(order + "q", tsoffset), order)
    return block(1, body + bytes(4), order)


def packet(number, ticks, frame, length=None, order="<"):
    """An enhanced packet block; @length: of the frame, if the file holds only its start."""
    return block(6, struct.pack(order + "IIIII", number, ticks >> 32, ticks & 0xffffffff,
                                len(frame), length or len(frame)) + frame, order)


def write_blocks(path, blocks):
    with open(path, "wb") as out:
        out.write(b"".join(blocks))


def write_pcapng(path, packets, link=ETHERNET):
    """The same as a pcapng file: a section, an interface in nanoseconds, enhanced packets."""
    write_blocks(path, [section(), interface(link)] + [packet(0, t, f) for t, f in packets])


def read_pcapng(path):
    """Returns [(time_ns, frame)] of a file with one interface in nanoseconds."""
    with open(path, "rb") as file:
        data = file.read()
    packets, at = [], 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if struct.unpack_from("<I", data, at + length - 4)[0] != length:
            raise ValueError(f"{path}: a block of another length at {at}")
        if kind == 1 and option(9, b"\x09") not in data[at:at + length]:
            raise ValueError(f"{path}: not in nanoseconds")
        if kind == 6:
            number, high, low, kept, full = struct.unpack_from("<IIIII", data, at + 8)
            if number or kept != full:
                raise ValueError(f"{path}: packet {len(packets) + 1}: interface {number}, cut")
            packets.append((high << 32 | low, data[at + 28:at + 28 + kept]))
        at += length
    return packets


def read_pcap(path):
    """Returns [(time_ns, frame)] of a pcap file of either byte order and resolution, or of pcapng."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        return read_pcapng(path)
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
