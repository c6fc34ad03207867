# SPDX-License-Identifier: BSD-3-Clause
"""Ethernet frames as bytes, and tags in a short notation.

A tag is "VID/PCP", with "d" after it when DEI is set and "s" before it for a service tag (0x88a8);
PCP 0 may be left out. Several tags stand outermost first, with commas; "-" is none:
"10", "12/3", "s300/5d,10", "0/7", "-".
"""
import re
import struct

C_TAG, S_TAG = 0x8100, 0x88a8
TEST_TYPE = 0x88b5  # IEEE 802 local experimental EtherType
BROADCAST = "ff:ff:ff:ff:ff:ff"
TAG = re.compile(r"(s?)(\d+)(?:/([0-7]))?(d?)$")


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def mac_text(raw):
    return ":".join(f"{b:02x}" for b in raw)


def tag_bytes(tags):
    """The tags of the notation as they stand in a frame."""
    raw = b""
    for tag in tags.split(","):
        if tag in ("-", ""):
            continue
        service, vid, pcp, dei = TAG.match(tag).groups()
        raw += struct.pack(">HH", S_TAG if service else C_TAG,
                           int(pcp or 0) << 13 | bool(dei) << 12 | int(vid))
    return raw


def tags_text(raw):
    """The tags of a frame in the notation."""
    tags, at = [], 12
    while at + 4 <= len(raw) and struct.unpack_from(">H", raw, at)[0] in (C_TAG, S_TAG):
        tpid, tci = struct.unpack_from(">HH", raw, at)
        tags.append(f"{'s' if tpid == S_TAG else ''}{tci & 0xfff}/{tci >> 13}"
                    f"{'d' if tci & 0x1000 else ''}")
        at += 4
    return ",".join(tags) or "-"


def ether(dst, src, tags="-", kind=TEST_TYPE, payload=b"", size=60):
    """A frame, padded with zeros to @size bytes before its tags are counted."""
    body = struct.pack(">H", kind) + payload
    body += bytes(max(0, size - 12 - len(body)))
    return mac(dst) + mac(src) + tag_bytes(tags) + body


def llc_bpdu(dst, src, tags="-"):
    """A spanning tree frame: LLC 42 42 03 and a configuration BPDU of nobody in particular."""
    return ether(dst, src, tags, 38, bytes.fromhex("424203") + bytes(35))


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ip4(text):
    return bytes(int(part) for part in text.split("."))


def arp(op, sha, spa, tha="00:00:00:00:00:00", tpa="10.0.0.1"):
    """The body of an ARP packet (EtherType 0x0806)."""
    return (struct.pack(">HHBBH", 1, 0x0800, 6, 4, op) + mac(sha) + ip4(spa) + mac(tha) + ip4(tpa))


def ipv4(src, dst, proto=17, body=b"", length=None):
    """An IPv4 packet (EtherType 0x0800); @length: of its header's total length field."""
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body) if length is None else length, 1, 0,
                       64, proto, 0) + ip4(src) + ip4(dst)
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + body


def udp(sport, dport, data=b""):
    return struct.pack(">HHHH", sport, dport, 8 + len(data), 0) + data


def ip6(text):
    """An IPv6 address from its text form."""
    import socket
    return socket.inet_pton(socket.AF_INET6, text)


def ipv6(src, dst, proto=59, body=b""):
    """An IPv6 packet (EtherType 0x86dd)."""
    return struct.pack(">IHBB", 6 << 28, len(body), proto, 255) + ip6(src) + ip6(dst) + body


def neighbour(kind, target, option=None):
    """ND: @kind 135 solicits, 136 advertises; @option is (type, MAC). The checksum is left 0."""
    body = struct.pack(">BBHI", kind, 0, 0, 0) + ip6(target)
    return body + (bytes([option[0], 1]) + mac(option[1]) if option else b"")
