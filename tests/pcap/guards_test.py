#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Guards of ports: BPDU guard, MAC limit (see also learning_test.py) and anti-spoofing, in the path."""
from scenario import (BROADCAST, SECOND, START, STEP, Config, Refused, Scenario, arp, ether, ipv4, ipv6, llc_bpdu, main,
                      neighbour, udp)

A, B, X = "02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:99"
ARP, IPV4, IPV6 = 0x0806, 0x0800, 0x86dd
LOCAL_A = "fe80::ff:fe00:1"
LOCAL_X = "fe80::ff:fe00:99"
ALL_NODES = "ff02::1"


class BpduGuard(Scenario):
    BPDUS = [
        llc_bpdu("01:80:c2:00:00:00", A),
        llc_bpdu("01:80:c2:00:00:08", A),
        llc_bpdu("01:00:0c:cc:cc:cd", A),
        llc_bpdu("01:00:0c:cc:cc:cd", A, "10/7"),
        llc_bpdu("01:80:c2:00:00:00", A, "10"),
        llc_bpdu("01:00:5e:00:00:01", A, "s10,10"),
        llc_bpdu(BROADCAST, A, "0"),
        llc_bpdu(BROADCAST, A),
    ]
    HARMLESS = [ether(BROADCAST, A), ether("01:00:0c:cc:cc:cc", A), llc_bpdu(B, A),
                ether("33:33:00:00:00:01", A, kind=IPV6, payload=ipv6("fe80::1", ALL_NODES))]

    def test_guarded(self):
        config = (Config().port("a", access=10, guards={"bpdu_guard": True})
                  .port("b", access=10))
        result = self.replay(config, {"a": self.BPDUS + self.HARMLESS}, check_batches=True)
        self.assert_frames(result, {"b": self.HARMLESS})
        self.assertEqual(result.drops("a"), {"bpdu_guard": len(self.BPDUS)})

    def test_not_guarded(self):
        """Without the guard only the rules for reserved addresses and VLANs count."""
        config = Config().port("a", access=10).port("b", access=10)
        result = self.replay(config, {"a": self.BPDUS})
        self.assert_frames(result, {"b": [
            llc_bpdu("01:00:0c:cc:cc:cd", A), llc_bpdu("01:00:5e:00:00:01", A, "s10,10"),
            llc_bpdu(BROADCAST, A), llc_bpdu(BROADCAST, A)]})
        self.assertEqual(result.drops("a"), {"reserved_address": 2, "vlan_tagged": 2})

    def test_machines_are_guarded(self):
        """A port of a virtual machine has the guard unless it is told otherwise; others do not."""
        pvst = llc_bpdu("01:00:0c:cc:cc:cd", A)
        config = (Config().port("vm", kind="tap", access=10)
                  .port("free", kind="tap", access=10, guards={"bpdu_guard": False})
                  .port("vhost", kind="vhost-user", access=10).port("out", access=10))
        for port in config.ports:
            if port["name"] == "vhost":
                port["heddle-vhost-user:vhost-user"] = {"socket": "vhost.sock"}
        result = self.replay(config, {"vm": [pvst], "vhost": [pvst], "free": [pvst], "out": [pvst]})
        self.assertEqual(result.drops("vm"), {"bpdu_guard": 1})
        self.assertEqual(result.drops("vhost"), {"bpdu_guard": 1})
        self.assertEqual((result.drops("free"), result.drops("out")), ({}, {}))

    def test_not_on_uplinks(self):
        """A tap that is an uplink is not a guest's."""
        pvst = llc_bpdu("01:00:0c:cc:cc:cd", A, "10")
        config = (Config().segment("office", 10, uplink=["up"]).port("up", kind="tap")
                  .port("vm", kind="tap", access="office"))
        result = self.replay(config, {"up": [pvst]})
        self.assert_frames(result, {"vm": [llc_bpdu("01:00:0c:cc:cc:cd", A)]})


class Advertised(Scenario):
    """RA guard and DHCP guard: who says that he is a router, or gives addresses."""

    @staticmethod
    def bodies(seen, other):
        """(frames that are seen, frames that are not) of the two (protocol, upper layer)."""
        def frames(proto, body):
            hop = bytes([proto, 0, 5, 2, 0, 0, 0, 0])
            first = bytes([proto, 0, 0, 1, 0, 0, 0, 1])
            packets = [ipv6(LOCAL_A, ALL_NODES, proto, body), ipv6(LOCAL_A, ALL_NODES, 0, hop + body),
                       ipv6(LOCAL_A, ALL_NODES, 44, first + body),
                       ipv6(LOCAL_A, ALL_NODES, 0, bytes([60]) + hop[1:] + hop + body)]
            return [ether(BROADCAST, A, tags, IPV6, p) for p in packets for tags in ("-", "0/5", "0,s7,9,11")]
        return frames(*seen), frames(*other)

    #: a first fragment that does not hold its headers, headers beyond the packet, a number of nobody
    HIDDEN = [ether(BROADCAST, A, "-", IPV6, p) for p in (
        ipv6(LOCAL_A, ALL_NODES, 44, bytes([60, 0, 0, 1, 0, 0, 0, 1])),
        ipv6(LOCAL_A, ALL_NODES, 60, bytes([58, 9, 0, 0, 0, 0, 0, 0])),
        ipv6(LOCAL_A, ALL_NODES, 200, bytes(16)))]

    def judge(self, guard, bad, good):
        config = (Config().port("a", access=10, guards={guard: True}).port("b", access=10))
        mixed = [f for pair in zip(good, bad) for f in pair] + good[len(bad):] + bad[len(good):]
        result = self.replay(config, {"a": mixed}, check_batches=True)
        # Priority tags are taken off; what is behind them is the guest's own.
        out = [f[:12] + f[16:] if f[12:15] in (b"\x81\x00\xa0", b"\x81\x00\x00") else f for f in good]
        self.assert_frames(result, {"b": out})
        self.assertEqual(result.drops("a"), {guard: len(bad)})

    def test_ra_guard(self):
        advert, asks = bytes([134]) + bytes(15), bytes([133]) + bytes(7)
        bad, good = self.bodies((58, advert), (58, asks))
        bad += self.bodies((58, bytes([137]) + bytes(39)), (58, asks))[0] + self.HIDDEN
        good += [ether(BROADCAST, A, "-", IPV6, ipv6(LOCAL_A, ALL_NODES, 58, neighbour(135, LOCAL_A))),
                 ether(BROADCAST, A, "-", IPV6, ipv6(LOCAL_A, ALL_NODES, 17, udp(67, 68))),
                 # a later fragment: nothing without the first one
                 ether(BROADCAST, A, "-", IPV6,
                       ipv6(LOCAL_A, ALL_NODES, 44, bytes([58, 0, 0, 8, 0, 0, 0, 1]) + advert)),
                 ether(BROADCAST, A, "-", ARP, arp(1, A, "10.0.0.1"))]
        self.judge("ra_guard", bad, good)

    def test_dhcp_guard(self):
        bad, good = self.bodies((17, udp(547, 546)), (17, udp(546, 547)))
        bad += self.HIDDEN
        for tags in ("-", "0/5", "0,s7,9,11"):
            def frame(packet, tags=tags):
                return ether(BROADCAST, A, tags, IPV4, packet)
            bad += [frame(ipv4("10.0.0.1", "255.255.255.255", 17, udp(67, 68))),
                    frame(ipv4("10.0.0.1", "10.0.0.9", 17, udp(1067, 68)))]
            good += [frame(ipv4("0.0.0.0", "255.255.255.255", 17, udp(68, 67))),
                     frame(ipv4("10.0.0.1", "10.0.0.9", 17, udp(53, 1068))),
                     frame(ipv4("10.0.0.1", "10.0.0.9", 6, udp(67, 68)))]
        self.judge("dhcp_guard", bad, good)

    def test_machines_are_guarded(self):
        """A port of a virtual machine has both guards unless it is told otherwise; others do not."""
        frames = [ether(BROADCAST, A, "-", IPV6, ipv6(LOCAL_A, ALL_NODES, 58, bytes([134]) + bytes(15))),
                  ether(BROADCAST, A, "-", IPV4, ipv4("10.0.0.1", "10.0.0.9", 17, udp(67, 68)))]
        config = (Config().segment("lan", uplink=["up"]).port("up", kind="tap")
                  .port("vm", kind="tap", access="lan").port("out", access="lan")
                  .port("router", kind="tap", access="lan", guards={"ra_guard": False})
                  .port("server", kind="tap", access="lan", guards={"dhcp_guard": False}))
        result = self.replay(config, {p: frames for p in ("vm", "router", "server", "up", "out")})
        self.assertEqual(result.drops("vm"), {"ra_guard": 1, "dhcp_guard": 1})
        self.assertEqual(result.drops("router"), {"dhcp_guard": 1})
        self.assertEqual(result.drops("server"), {"ra_guard": 1})
        self.assertEqual((result.drops("up"), result.drops("out")), ({}, {}))


class MacLimit(Scenario):
    def test_default_of_machines(self):
        """4,096 addresses, and one too many."""
        config = Config().port("vm", kind="tap", access=10).port("out", access=10)
        frames = [ether(BROADCAST, f"02:00:00:01:{i >> 8:02x}:{i & 255:02x}") for i in range(4097)]
        result = self.replay(config, {"vm": frames, "out": [ether(BROADCAST, A)]})
        self.assertEqual(result.drops("vm"), {"mac_limit": 1})
        self.assertEqual(len(result.frames("out")), 4096)

    def test_several_in_a_burst(self):
        config = (Config().port("a", access=10, guards={"mac_limit": 1}).port("b", access=10))
        frames = [(START, ether(BROADCAST, f"02:00:00:00:01:{i:02x}")) for i in range(100)]
        result = self.replay(config, {"a": frames + [(START + STEP, frames[0][1])]},
                             check_batches=True)
        self.assert_frames(result, {"b": [frames[0][1]] * 2})
        self.assertEqual(result.drops("a"), {"mac_limit": 99})


class AntiSpoof(Scenario):
    def guarded(self, **leaves):
        return (Config().port("a", guards={"anti_spoof": leaves}, trunk=["10", "300"], native=10)
                .port("b", trunk=["10", "300"], native=10))

    def judge(self, config, good, bad, reason):
        """All of @good pass as they are, all of @bad are dropped."""
        mixed = [f for pair in zip(good, bad) for f in pair]
        rest = good[len(bad):] + bad[len(good):]
        result = self.replay(config, {"a": mixed + rest}, check_batches=True)
        self.assert_frames(result, {"b": good})
        self.assertEqual(result.drops("a"), {reason: len(bad)})

    def test_mac(self):
        good = [ether(BROADCAST, A), ether(B, A, kind=IPV4, payload=ipv4("9.9.9.9", "10.0.0.1")),
                ether(BROADCAST, B, "300/3"), ether(BROADCAST, A, kind=ARP,
                                                    payload=arp(1, X, "9.9.9.9"))]
        bad = [ether(BROADCAST, X), ether(BROADCAST, X, "300"), ether(A, "02:00:00:00:00:03"),
               ether(BROADCAST, "00:00:00:00:00:00"), ether(BROADCAST, "03:00:00:00:00:01")]
        self.judge(self.guarded(mac=[A, B]), good, bad, "spoofed_mac")

    def test_ipv4(self):
        config = self.guarded(mac=[A], ip=["10.0.0.5", "192.168.4.0/22"])
        good, bad = [], []
        for tags in ("300", "300,s20", "300/5,12"):
            def frame(kind, payload, tags=tags):
                return ether(BROADCAST, A, tags, kind, payload)
            good += [frame(IPV4, ipv4("10.0.0.5", "8.8.8.8", 17, udp(1, 53))),
                     frame(IPV4, ipv4("192.168.7.255", "8.8.8.8")),
                     frame(IPV4, ipv4("0.0.0.0", "255.255.255.255", 17, udp(68, 67))),
                     frame(ARP, arp(1, A, "10.0.0.5")), frame(ARP, arp(2, A, "192.168.4.1")),
                     frame(ARP, arp(1, A, "0.0.0.0", tpa="10.0.0.5")),
                     frame(ARP, arp(1, A, "10.0.0.5", tpa="10.0.0.5"))]
            bad += [frame(IPV4, ipv4("10.0.0.6", "8.8.8.8", 17, udp(1, 53))),
                    frame(IPV4, ipv4("192.168.8.0", "8.8.8.8")),
                    frame(IPV4, ipv4("0.0.0.0", "255.255.255.255", 17, udp(68, 69))),
                    frame(IPV4, ipv4("10.0.0.5", "8.8.8.8", length=1500)),
                    frame(IPV4, b"\x44" + ipv4("10.0.0.5", "8.8.8.8")[1:]),
                    frame(ARP, arp(1, A, "10.0.0.6")), frame(ARP, arp(2, X, "10.0.0.5")),
                    frame(ARP, arp(2, A, "0.0.0.0")),
                    frame(ARP, arp(1, A, "0.0.0.0", tpa="10.0.0.6")),
                    frame(ARP, arp(1, A, "10.0.0.6", tpa="10.0.0.6")),
                    frame(ARP, arp(2, A, "10.0.0.6", tpa="10.0.0.6"))]
        good += [ether(BROADCAST, A), ether(BROADCAST, A, "300", 0x88cc)]
        bad += [ether(BROADCAST, A, "300", IPV4, ipv4("10.0.0.5", "8.8.8.8")[:19], 14),
                ether(BROADCAST, A, "300", ARP, arp(1, A, "10.0.0.5")[:27], 14),
                ether(BROADCAST, A, "300,12,13", IPV4, ipv4("10.0.0.5", "8.8.8.8"))]
        self.judge(config, good, bad, "spoofed_ip")

    def test_ipv6(self):
        config = self.guarded(mac=[A], ip=["2001:db8::5", "2001:db8:1::/64"])

        def frame(source, proto=59, body=b"", tags="-"):
            return ether(BROADCAST, A, tags, IPV6, ipv6(source, ALL_NODES, proto, body))

        def nd(source, *args, tags="-"):
            return frame(source, 58, neighbour(*args), tags)

        good = [frame("2001:db8::5"), frame("2001:db8:1::99"), frame(LOCAL_A),
                nd("::", 135, "2001:db8::5"), nd("::", 135, LOCAL_A),
                nd("2001:db8::5", 135, "2001:db8::1", (1, A)), nd(LOCAL_A, 136, LOCAL_A, (2, A)),
                nd("2001:db8::5", 136, "2001:db8::5", (2, A), tags="300/2")]
        bad = [frame("2001:db8::6"), frame("2001:db8:2::99", tags="300"), frame(LOCAL_X),
               frame("::", 17, udp(68, 67)), nd("::", 135, "2001:db8::6"),
               nd("2001:db8::5", 135, "2001:db8::1", (1, X)),
               nd("2001:db8::5", 136, "2001:db8::6", (2, A)),
               nd("2001:db8::5", 136, "2001:db8::5", (2, X), tags="300,10"),
               frame("2001:db8::5", 58, b"\x88\0\0\0")]
        self.judge(config, good, bad, "spoofed_ip")

    def test_after_bpdu_guard(self):
        """Both guards on one port: a BPDU from a wrong address is the BPDU guard's."""
        config = (Config().port("a", access=10, guards={"anti_spoof": {"mac": [A]},
                                                        "bpdu_guard": True})
                  .port("b", access=10))
        result = self.replay(config, {"a": [llc_bpdu(BROADCAST, X), ether(BROADCAST, X),
                                            llc_bpdu(BROADCAST, A), ether(BROADCAST, A)]})
        self.assert_frames(result, {"b": [ether(BROADCAST, A)]})
        self.assertEqual(result.drops("a"), {"bpdu_guard": 2, "spoofed_mac": 1})

    def test_belongs_to_its_port(self):
        """An address on a port's list is nobody else's, heard from or not, aged or not."""
        config = (Config().port("a", access=10, guards={"anti_spoof": {"mac": [A]}})
                  .port("b", access=10).port("c", access=10))
        bad, good = ether(BROADCAST, A), ether(BROADCAST, A, payload=b"good")
        ask = ether(A, X)
        result = self.replay(config, {
            "b": [(START + t * SECOND, bad) for t in (0, 2, 400, 402)],
            "a": [(START + t * SECOND, good) for t in (1, 401)],
            "c": [(START + t * SECOND + 1, ask) for t in (0, 1, 2, 400, 401, 402)]},
            check_batches=True)
        self.assertEqual(result.drops("b"), {"foreign_source": 4})
        self.assertEqual(result.frames("a"), [ask] * 6)
        self.assertEqual(result.frames("b"), [good] * 2)
        self.assertEqual(result.frames("c"), [good] * 2)
        self.assertEqual(result.summary["totals"]["moved"], 0)

    def test_uplink_that_echoes(self):
        """What an uplink sends back changes nothing, and is not delivered a second time."""
        config = (Config().segment("office", 10, uplink=["up"]).port("up")
                  .port("a", access="office", guards={"anti_spoof": {"mac": [A]}})
                  .port("b", access="office"))
        said, ask = ether(BROADCAST, A), ether(A, B)
        result = self.replay(config, {
            "a": [(START, said)], "up": [(START + 1, ether(BROADCAST, A, "10"))],
            "b": [(START + 2, ask)]}, check_batches=True)
        self.assert_frames(result, {"a": [ask], "b": [said], "up": [ether(BROADCAST, A, "10")]})
        self.assertEqual(result.drops("up"), {"foreign_source": 1})

    def test_uplink_while_the_port_is_down(self):
        """A guest that was moved to another machine is reached there; no guest may be it here."""
        config = (Config().segment("office", 10, uplink=["up"]).port("up")
                  .port("a", access="office", guards={"anti_spoof": {"mac": [A]}})
                  .port("b", access="office").port("c", access="office"))
        next(p for p in config.ports if p["name"] == "a")["enabled"] = False
        result = self.replay(config, {
            "up": [(START, ether(BROADCAST, A, "10"))], "c": [(START + 1, ether(BROADCAST, A))],
            "b": [(START + 2, ether(A, B))]}, check_batches=True)
        self.assertEqual(result.drops("c"), {"foreign_source": 1})
        self.assertEqual(result.frames("up"), [ether(A, B, "10")])
        self.assertEqual(result.frames("b"), [ether(BROADCAST, A)])
        self.assertEqual(result.frames("c"), [ether(BROADCAST, A)])

    def test_each_vlan_of_a_trunk(self):
        """In all VLANs that the port carries, and in no other; on its switch, and on no other."""
        config = (Config().port("t", trunk=["1..4000"], guards={"anti_spoof": {"mac": [A]}})
                  .port("u", trunk=["1..4094"]).port("v", trunk=["1..4094"])
                  .port("x", switch="sw1", access=10).port("y", switch="sw1", access=10))
        vlans = (1, 10, 3999, 4000, 4001, 4094)
        result = self.replay(config, {
            "u": [ether(BROADCAST, A, str(v)) for v in vlans], "x": [ether(BROADCAST, A)]},
            check_batches=True)
        self.assertEqual(result.drops("u"), {"foreign_source": 4})
        self.assert_frames(result, {"v": [ether(BROADCAST, A, str(v)) for v in vlans[4:]],
                                    "y": [ether(BROADCAST, A)]})

    def test_shared(self):
        """An address of several ports (two routers, one of which is in charge) moves among them."""
        spoof = {"anti_spoof": {"mac": [A]}}
        config = (Config().port("a", access=10, guards=spoof).port("b", access=10, guards=spoof)
                  .port("c", access=10).port("d", access=10))
        result = self.replay(config, {
            "a": [(START, ether(BROADCAST, A))], "b": [(START + 2, ether(BROADCAST, A))],
            "c": [(START + t, ether(BROADCAST, A)) for t in (1, 3)],
            "d": [(START + 4, ether(A, X))]}, check_batches=True)
        self.assertEqual(result.drops("c"), {"foreign_source": 2})
        self.assertEqual(result.macs()["sw0", 10, A], "b")
        self.assertEqual(result.frames("b")[-1], ether(A, X))
        self.assertEqual(result.summary["totals"]["moved"], 1)

    def test_never_flooded(self):
        """What is for an address that one port has goes there, although it was never heard from."""
        config = (Config().port("a", access=10, guards={"anti_spoof": {"mac": [A]}})
                  .port("b", access=10).port("c", access=10))
        result = self.replay(config, {"b": [ether(A, B)]})
        self.assert_frames(result, {"a": [ether(A, B)]})

    def test_before_static(self):
        """A static entry says where frames go; it lets nobody use the address."""
        config = (Config().port("a", access=10, guards={"anti_spoof": {"mac": [A]}})
                  .port("b", access=10).port("c", access=10).static("10", A, "b"))
        result = self.replay(config, {"c": [ether(BROADCAST, A)], "a": [ether(BROADCAST, A)]})
        self.assertEqual(result.drops("c"), {"foreign_source": 1})
        self.assertEqual(result.frames("c"), [ether(BROADCAST, A)])

    def test_many_addresses(self):
        """1,000 ports with 16 addresses each, and a trunk of all VLANs: no address is lost."""
        config = Config().port("thief", access=10)
        config.port("t", trunk=["1..4094"], guards={"anti_spoof": {
            "mac": [f"02:00:00:0a:00:{i:02x}" for i in range(16)]}})
        lists = {}
        for p in range(1000):
            lists[p] = [f"02:00:00:{p >> 8:02x}:{p & 255:02x}:{i:02x}" for i in range(16)]
            config.port(f"p{p}", access=10, guards={"anti_spoof": {"mac": lists[p]}})
        frames = [ether(B, mac) for p in range(0, 1000, 37) for mac in lists[p]]
        frames += [ether(B, f"02:00:00:0a:00:{i:02x}") for i in range(16)]
        result = self.replay(config, {"thief": frames + [ether(B, X)]})
        self.assertEqual(result.drops("thief"), {"foreign_source": len(frames)})
        self.assertEqual(result.port("thief")["admitted"], 1)

    def test_too_many_owners(self):
        """Sixteen ports share an address; the seventeenth is refused by name."""
        config = Config()
        for p in range(17):
            config.port(f"p{p}", access=10, guards={"anti_spoof": {"mac": [A]}})
        with self.assertRaises(Refused) as caught:
            self.replay(config, {"p0": [ether(BROADCAST, A)]})
        self.assertRegex(str(caught.exception),
                         f"16 other ports of switch sw0 list {A} already")

    def test_spoofer_takes_nothing(self):
        """Another's address does not move, and the guard of one port is none of another's."""
        config = (Config().port("a", access=10, guards={"anti_spoof": {"mac": [A]}})
                  .port("b", access=10).port("c", access=10))
        result = self.replay(config, {
            "b": [(START, ether(BROADCAST, B))], "a": [(START + 1, ether(BROADCAST, B))],
            "c": [(START + 2, ether(B, X))]}, check_batches=True)
        self.assertEqual(result.frames("b"), [ether(B, X)])
        self.assertEqual(result.frames("a"), [ether(BROADCAST, B)])


class OwnAddress(Scenario):
    """The address of a host interface is nobody else's, whatever the port's role."""

    def test_every_role(self):
        own = "02:00:00:00:00:77"
        config = (Config().segment("office", 10, uplink=["up"],
                                   host_interface={"name": "hd-office", "mac-address": own})
                  .segment("lab", 20).port("up")
                  .port("vm", kind="tap", access="office").port("dev", access="office")
                  .port("trunk", trunk=["office", "lab"])
                  .port("guarded", access="office", guards={"anti_spoof": {"mac": [own]}})
                  .port("other", access="lab"))
        claim, ask, said = ether(BROADCAST, own), ether(own, X), ether(BROADCAST, own, payload=b"me")
        result = self.replay(config, {
            "vm": [(START, claim), (START + 5, claim)], "dev": [(START + 1, claim)],
            "up": [(START + 2, ether(BROADCAST, own, "10"))],
            "trunk": [(START + 3, ether(BROADCAST, own, "10")), (START + 8, ether(own, A, "10")),
                      (START + 10, ether(BROADCAST, own, "20"))],
            "guarded": [(START + 4, claim)], "hd-office": [(START + 7, said)],
            "other": [(START + 9, ether(BROADCAST, B))]}, check_batches=True)
        for port, n in (("vm", 2), ("dev", 1), ("up", 1), ("trunk", 1), ("guarded", 1)):
            self.assertEqual(result.drops(port), {"own_address": n}, port)
        tagged = ether(BROADCAST, own, "10", payload=b"me")
        self.assert_frames(result, {
            "hd-office": [ether(own, A)], "vm": [said], "dev": [said], "guarded": [said],
            "up": [tagged], "trunk": [tagged, ether(BROADCAST, B, "20")],
            "other": [ether(BROADCAST, own)]})  # another segment: what is there is not ours
        self.assertEqual(result.macs()["sw0", 10, own], "hd-office")
        self.assertEqual(result.macs()["sw0", 20, own], "trunk")


if __name__ == "__main__":
    main()
