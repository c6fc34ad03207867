#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Two segments and a gateway in each: what is answered, routed, refused and held."""
import os
import struct

import capture
from scenario import (BROADCAST, SECOND, START, Config, Scenario, arp, checksum, ether, ip4, ip6,
                      ipv4, ipv6, mac, main, udp)

A, B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
GW_A, GW_B = "02:00:00:00:01:01", "02:00:00:00:01:02"
IP_A, IP_B = "10.1.0.10", "10.2.0.11"
IP6_A, IP6_B = "fd00:1::10", "fd00:2::11"
ARP, IPV4, IPV6 = 0x0806, 0x0800, 0x86dd


def config(mtu=None):
    c = (Config().segment("red", 10).segment("blue", 20)
         .port("a", access="red").port("b", access="blue")
         .gateway("gw-a", "red", ["10.1.0.1/24", "fd00:1::1/64"], mac=GW_A)
         .gateway("gw-b", "blue", ["10.2.0.1/24", "fd00:2::1/64"], mac=GW_B))
    if mtu:
        c.ports[-1]["heddle-port:port"] = {"mtu": mtu}
    return c


def icmp(kind, code, rest):
    body = struct.pack(">BBH", kind, code, 0) + rest
    return struct.pack(">BBH", kind, code, checksum(body)) + rest


def icmp6(src, dst, kind, rest):
    pseudo = ip6(src) + ip6(dst) + struct.pack(">II", 4 + len(rest), 58)
    body = struct.pack(">BBH", kind, 0, 0) + rest
    return struct.pack(">BBH", kind, 0, checksum(pseudo + body)) + rest


def asks_for(src_mac, src, target):
    return ether(BROADCAST, src_mac, kind=ARP, payload=arp(1, src_mac, src, tpa=target))


def says(src_mac, src, dst_mac, dst):
    return ether(dst_mac, src_mac, kind=ARP, payload=arp(2, src_mac, src, dst_mac, dst))


def solicits(src_mac, src, target):
    group = ip6("ff02::1:ff00:0")[:13] + ip6(target)[13:]
    text = "ff02::1:ff%02x:%02x%02x" % tuple(group[13:])
    body = bytes(4) + ip6(target) + b"\1\1" + mac(src_mac)
    return ether("33:33:" + ":".join(f"{b:02x}" for b in group[12:]), src_mac, kind=IPV6,
                 payload=ipv6(src, text, 58, icmp6(src, text, 135, body)))


def announces(src_mac, src, src6):
    """What a gateway says of its two addresses, to all, each time that it announces itself."""
    advert = bytes([0xa0, 0, 0, 0]) + ip6(src6) + b"\2\1" + mac(src_mac)  # router, override
    return [ether(BROADCAST, src_mac, kind=ARP, payload=arp(1, src_mac, src, tpa=src)),
            ether("33:33:00:00:00:01", src_mac, kind=IPV6,
                  payload=ipv6(src6, "ff02::1", 58, icmp6(src6, "ff02::1", 136, advert)))]


ANNOUNCED = {"a": announces(GW_A, "10.1.0.1", "fd00:1::1"),
             "b": announces(GW_B, "10.2.0.1", "fd00:2::1")}


def packet(src_mac, dst_mac, data):
    return ether(dst_mac, src_mac, kind=IPV4 if data[0] >> 4 == 4 else IPV6, payload=data)


def hop(data):
    """The packet as it is one hop later."""
    if data[0] >> 4 == 6:
        return data[:7] + bytes([data[7] - 1]) + data[8:]
    head = data[:8] + bytes([data[8] - 1]) + data[9:10] + bytes(2) + data[12:20]
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + data[20:]


def answers(result, port):
    """What left by the port, and is no announcement of the gateway there."""
    return [f for f in result.frames(port) if f not in ANNOUNCED[port]]


class Gateway(Scenario):
    def test_announces(self):
        """A gateway that has come up announces its addresses twice, two seconds apart, in its segment."""
        result = self.replay(config(), {"a": [
            (START, asks_for(A, IP_A, "10.1.0.99")), (START + SECOND, asks_for(A, IP_A, "10.1.0.99")),
            (START + 60 * SECOND, asks_for(A, IP_A, "10.1.0.99"))]}, check_batches=True)
        self.assert_frames(result, {port: frames * 2 for port, frames in ANNOUNCED.items()})
        for port in "ab":
            times = [time - START for time, _ in result.packets[port]]
            for time, wanted in zip(times, (0, 0, 2 * SECOND, 2 * SECOND)):
                self.assertTrue(wanted < time < wanted + SECOND // 100, times)
        self.assertEqual(result.summary["totals"]["generated"], 8)
        self.assertEqual(result.summary["totals"]["drops"], 0)

    def test_answers(self):
        """ARP, neighbour solicitations and echo, by the gateway of the segment."""
        ping = icmp(8, 0, b"\0\7\0\1" + bytes(range(40)))
        ping6 = icmp6(IP6_A, "fd00:1::1", 128, b"\0\7\0\1" + bytes(range(40)))
        result = self.replay(config(), {"a": [
            asks_for(A, IP_A, "10.1.0.1"), solicits(A, IP6_A, "fd00:1::1"),
            packet(A, GW_A, ipv4(IP_A, "10.1.0.1", 1, ping)),
            packet(A, GW_A, ipv6(IP6_A, "fd00:1::1", 58, ping6))]}, check_batches=True)
        frames = answers(result, "a")
        self.assertEqual(frames[0], says(GW_A, "10.1.0.1", A, IP_A))
        self.assertEqual(frames[1][:14], mac(A) + mac(GW_A) + b"\x86\xdd")
        self.assertEqual(frames[1][54:55], b"\x88")
        self.assertEqual(frames[2][34:], icmp(0, 0, b"\0\7\0\1" + bytes(range(40))))
        self.assertEqual(frames[3][54:],
                         icmp6("fd00:1::1", IP6_A, 129, b"\0\7\0\1" + bytes(range(40))))
        self.assertEqual(len(frames), 4)
        self.assertEqual(answers(result, "b"), [])

    def test_routes(self):
        """A packet waits until the neighbour has answered; then all go, and go at once."""
        data = ipv4(IP_A, IP_B, 17, udp(1, 2, b"x" * 40))
        back = ipv4(IP_B, IP_A, 17, udp(2, 1, b"y" * 40))
        result = self.replay(config(), {
            "a": [(START, asks_for(A, IP_A, "10.1.0.1")), (START + 100, packet(A, GW_A, data)),
                  (START + 200, packet(A, GW_A, data)),
                  (START + SECOND, packet(A, GW_A, data))],
            "b": [(START + 300000, says(B, IP_B, GW_B, "10.2.0.1")),
                  (START + SECOND // 2, packet(B, GW_B, back))]}, check_batches=True)
        self.assert_frames(result, {
            "a": [says(GW_A, "10.1.0.1", A, IP_A)] + ANNOUNCED["a"] + [packet(GW_A, A, hop(back))],
            "b": [asks_for(GW_B, "10.2.0.1", IP_B)] + [packet(GW_B, B, hop(data))] * 2 +
                 ANNOUNCED["b"] + [packet(GW_B, B, hop(data))]})
        self.assertEqual(result.summary["totals"]["drops"], 0)

    def test_explains(self):
        """One packet's way from segment to segment, in words."""
        path = os.path.join(self.dir, "a.pcap")
        data = ipv4(IP_A, IP_B, 17, udp(1, 2, b"x" * 40))
        capture.write_pcap(path, [(START, asks_for(A, IP_A, "10.1.0.1")),
                                  (START + 1, packet(A, GW_A, data))])
        self.run_files(config(), {"a": path}, more=("--explain", "2"))
        for line in ("vlan     VLAN 10 of switch sw0, segment red, without a tag",
                     f"lookup   {GW_A} is at port gw-a",
                     f"gateway  gw-a: IPv4 from {IP_A} to {IP_B}, protocol 17, TTL 64",
                     f"route    {IP_B} leaves by gw-b, which does not know its MAC: it waits",
                     f"out      port b: 60 bytes, {GW_B} to ff:ff:ff:ff:ff:ff, type 0x0806"):
            self.assertIn(line, self.text)
        self.run_files(config(), {"a": path}, more=("--explain", "1"))
        self.assertIn("gateway  gw-a: ARP about 10.1.0.1, an address of the gateway's", self.text)

    def test_routes_ipv6(self):
        data = ipv6(IP6_A, IP6_B, 17, udp(1, 2, b"x" * 40))
        result = self.replay(config(), {
            "b": [solicits(B, IP6_B, "fd00:2::1")], "a": [packet(A, GW_A, data)]},
            check_batches=True)
        self.assertEqual(answers(result, "b")[1:], [packet(GW_B, B, hop(data))])

    def test_tells(self):
        """Each error that a sender is told, and the drop of its reason."""
        ttl = ipv4(IP_A, IP_B, 17, udp(1, 2, b"x" * 40))
        head = ttl[:8] + b"\1" + ttl[9:10] + bytes(2) + ttl[12:20]
        ttl = head[:10] + struct.pack(">H", checksum(head)) + head[12:] + ttl[20:]
        nowhere = ipv4(IP_A, "10.3.0.1", 17, udp(1, 2, b"x" * 40))
        big = ipv4(IP_A, IP_B, 17, udp(1, 2, b"x" * 1300))
        silent = ipv4(IP_A, "10.2.0.99", 17, udp(1, 2, b"x" * 40))
        result = self.replay(config(mtu=1280), {"a": [
            (START, asks_for(A, IP_A, "10.1.0.1")), (START + 1, packet(A, GW_A, ttl)),
            (START + 2, packet(A, GW_A, nowhere)), (START + 3, packet(A, GW_A, big)),
            (START + 4, packet(A, GW_A, silent)),
            (START + 4 * SECOND, packet(A, GW_A, nowhere))]}, check_batches=True)
        told = [(f[34], f[35], f[42:]) for f in answers(result, "a")[1:]]
        self.assertEqual(told, [(11, 0, ttl), (3, 0, nowhere), (3, 4, big[:548]),
                                (3, 1, hop(silent)), (3, 0, nowhere)])
        self.assertEqual(struct.unpack(">H", answers(result, "a")[3][40:42]), (1280,))
        self.assertEqual(result.drops("gw-a"), {"ip_ttl": 1, "no_route": 2})
        self.assertEqual(result.drops("gw-b"), {"ip_too_big": 1, "neighbour_failed": 1})
        times = {port: [time for time, frame in result.packets[port] if frame not in ANNOUNCED[port]]
                 for port in "ab"}
        self.assertGreaterEqual(times["a"][4], START + 3 * SECOND)
        self.assertEqual(answers(result, "b"), [asks_for(GW_B, "10.2.0.1", "10.2.0.99")] * 3)
        for n, time in enumerate(times["b"]):
            self.assertLess(abs(time - START - n * SECOND), SECOND // 100)

    def test_refuses(self):
        """What nobody is told of."""
        data = ipv4(IP_A, IP_B, 17, udp(1, 2, b"x" * 40))
        result = self.replay(config(), {"a": [
            packet(A, GW_A, data[:10] + bytes([data[10] ^ 1]) + data[11:]),
            packet(A, GW_A, ipv4("127.0.0.1", IP_B)), packet(A, GW_A, ipv4(IP_A, "10.2.0.255")),
            packet(A, GW_A, ipv4(IP_A, "224.0.0.5")),
            packet(A, GW_A, ipv6("fe80::1", IP6_B)),
            packet(A, GW_A, ipv4(IP_A, "10.1.0.1", 17, udp(1, 2))),
            ether(GW_A, A), says(A, "10.1.0.1", BROADCAST, "10.1.0.1"),
            ether(BROADCAST, A, kind=ARP, payload=arp(3, A, IP_A)),
            solicits(A, IP6_A, "fd00:1::1")[:60]]})
        self.assertEqual(result.drops("gw-a"), {
            "ip_header": 2, "ip_martian": 4, "gateway_unserved": 2, "address_conflict": 1,
            "arp_invalid": 1})
        self.assertEqual(answers(result, "b"), [])


if __name__ == "__main__":
    main()
