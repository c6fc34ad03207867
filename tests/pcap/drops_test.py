#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Every reason for a drop, provoked: counted once, at the right port, on the right side.

Reasons that need a device, a receiver that is full or an empty pool cannot come up in a replay; each
has its test elsewhere (ELSEWHERE), and this file fails when a new reason is in neither list.
"""
import os
import re

from scenario import (BROADCAST, START, STEP, TOP, Config, Result, Scenario, arp, ether, ipv4, ipv6,
                      llc_bpdu, main, udp)
import capture

A, B, X = "02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:99"
IN, OUT = "ingress_drops", "egress_drops"


def plain():
    return Config().port("a", access=10).port("b", access=10)


def guarded(**guards):
    return Config().port("a", access=10, guards=guards).port("b", access=10)


# reason: (configuration, frames that come in by "a", the port that counts, the side). Each provokes
# exactly one drop of that reason and no other.
PROVOKED = {
    "no_switch": (Config().port("a", switch=None), [ether(BROADCAST, A)], "a", IN),
    "runt": (plain(), [b"\xff" * 13], "a", IN),
    "oversize": (plain(), [ether(BROADCAST, A, size=1523)], "a", IN),
    "vlan_untagged": (Config().port("a", trunk=["10"]), [ether(BROADCAST, A)], "a", IN),
    "vlan_tagged": (plain(), [ether(BROADCAST, A, "10")], "a", IN),
    "vlan_not_allowed": (Config().port("a", trunk=["10"]), [ether(BROADCAST, A, "11")], "a", IN),
    "vlan_reserved": (plain(), [ether(BROADCAST, A, "4095")], "a", IN),
    "cvlan_not_allowed": (Config().port("a", tunnel=300, tunnel_cvlans=["12"])
                          .port("b", tunnel=300), [ether(BROADCAST, A, "13")], "a", IN),
    "cvlan_filtered": (Config().port("a", tunnel=300).port("b", tunnel=300, tunnel_cvlans=["12"]),
                       [ether(BROADCAST, A, "13"), ether(BROADCAST, A, "12")], "b", OUT),
    "bad_source": (plain(), [ether(BROADCAST, BROADCAST)], "a", IN),
    "reserved_address": (plain(), [ether("01:80:c2:00:00:0e", A)], "a", IN),
    "segment_mac_limit": (Config().segment("s", 10, mac_limit=1).port("a", access="s")
                          .port("b", access="s"),
                          [ether(BROADCAST, A), ether(BROADCAST, B)], "a", IN),
    "switch_mac_limit": (plain().switch(mac_limit=1),
                         [ether(BROADCAST, A), ether(BROADCAST, B)], "a", IN),
    "same_port": (plain(), [ether(BROADCAST, A), ether(A, B)], "a", IN),
    "no_other_member": (Config().port("a", access=10).port("b", access=11),
                        [ether(BROADCAST, A)], "a", IN),
    "hidden_tag": (Config().port("a", trunk=["10"]).port("b", trunk=["11"], native=10),
                   [ether(BROADCAST, A, "10,11")], "b", OUT),
    "mtu_exceeded": (Config().port("a", access=10).port("b", access=10, mtu=1000),
                     [ether(BROADCAST, A, size=1015)], "b", OUT),
    "bpdu_guard": (guarded(bpdu_guard=True), [llc_bpdu(BROADCAST, A)], "a", IN),
    "ra_guard": (guarded(ra_guard=True),
                 [ether(BROADCAST, A, "-", 0x86dd, ipv6("fe80::1", "ff02::1", 58, bytes([134, 0])))],
                 "a", IN),
    "dhcp_guard": (guarded(dhcp_guard=True),
                   [ether(BROADCAST, A, "-", 0x0800,
                          ipv4("10.0.0.1", "10.0.0.9", 17, udp(67, 68)))], "a", IN),
    "mac_limit": (guarded(mac_limit=1), [ether(BROADCAST, A), ether(BROADCAST, B)], "a", IN),
    "spoofed_mac": (guarded(anti_spoof={"mac": [A]}), [ether(BROADCAST, X)], "a", IN),
    "foreign_source": (Config().port("a", access=10)
                       .port("b", access=10, guards={"anti_spoof": {"mac": [B]}}),
                       [ether(BROADCAST, B)], "a", IN),
    "own_address": (Config().segment("s", 10, host_interface={"name": "hd-s", "mac-address": X})
                    .port("a", access="s"), [ether(BROADCAST, X)], "a", IN),
    "spoofed_ip": (guarded(anti_spoof={"mac": [A], "ip": ["10.0.0.5"]}),
                   [ether(BROADCAST, A, kind=0x0806, payload=arp(1, A, "10.0.0.6"))], "a", IN),
}

# provoked by a test of its own in this file
SPECIAL = {"link_down", "capture_cut", "port_disabled"}

# what needs more than a replay, and the test that provokes it
ELSEWHERE = {
    "capture_link_type": "tests/pcap/formats_test.py",
    "capture_time": "tests/pcap/formats_test.py",
    "capture_too_long": "tests/pcap/formats_test.py",
    "port_disabled": "tests/pcap/folder_test.py",
    "bad_offload": "dataplane/port/vnet_test.c",
    "no_buffers": "dataplane/port/vnet_test.c",
    "rx_truncated": "dataplane/port/vnet_test.c",
    "tx_refused": "dataplane/port/vnet_test.c",
    "tx_full": "dataplane/core/tx_test.c",
    "no_buffers_tx": "dataplane/core/tx_test.c",
    "not_member": "dataplane/core/tx_test.c",
    "flood_full": "dataplane/l2/l2_forward_test.c",
    "handover_full": "dataplane/l2/path_test.c",
    "routing_loop": "dataplane/l2/path_test.c",
    "punt_policed": "dataplane/punt/punt_test.c",
    "punt_queue_full": "dataplane/punt/punt_test.c",
    "punt_too_long": "dataplane/punt/punt_test.c",
    "local_address": "dataplane/l2/l2_forward_test.c",
    "outdated": "dataplane/l2/l2_forward_test.c",
    "lost_with_plane": "dataplane/core/stats_test.c",
    "lost_with_plane_tx": "dataplane/core/stats_test.c",
    "address_conflict": "tests/pcap/gateway_test.py",
    "arp_invalid": "tests/pcap/gateway_test.py",
    "gateway_unserved": "tests/pcap/gateway_test.py",
    "ip_header": "tests/pcap/gateway_test.py",
    "ip_martian": "tests/pcap/gateway_test.py",
    "ip_too_big": "tests/pcap/gateway_test.py",
    "ip_ttl": "tests/pcap/gateway_test.py",
    "neighbour_failed": "tests/pcap/gateway_test.py",
    "no_route": "tests/pcap/gateway_test.py",
    "gateway_no_buffers": "dataplane/l3/l3_route_test.c",
    "gateway_no_way": "dataplane/l3/l3_route_test.c",
    "ip_options": "dataplane/l3/l3_route_test.c",
    "nd_invalid": "dataplane/l3/l3_neighbour_test.c",
    "neighbour_full": "dataplane/l3/l3_neighbour_test.c",
    "neighbour_queue": "dataplane/l3/l3_neighbour_test.c",
}

# must not happen: the pool of a replay is larger than the largest batch
NEVER = {"replay_no_buffers"}


def registered():
    """The reasons that the data plane's sources register."""
    names = set()
    for folder, _, files in os.walk(os.path.join(TOP, "dataplane")):
        for file in files:
            if file.endswith(".c") and not file.endswith("_test.c"):
                with open(os.path.join(folder, file), encoding="utf-8") as source:
                    names |= set(re.findall(r'^\s*DP_DROP_REGISTER(?:_ERROR)?\(\s*\w+\s*,\s*"([^"]*)"',
                                            source.read(), re.M))
    return names


class Drops(Scenario):
    def test_provoked(self):
        for reason, (config, frames, port, side) in PROVOKED.items():
            with self.subTest(reason=reason):
                result = self.replay(config, {"a": frames})
                self.assertEqual(result.drops(port), {reason: 1})
                self.assertEqual(result.port(port)[side], 1)
                self.assertEqual(result.summary["totals"]["drops"], 1)
                self.assertEqual(result.summary["drops"], {reason: 1})

    def test_link_down(self):
        """Flooding leaves a port that is down out; a static address behind it does not go away."""
        config = Config().port("a", access=10).port("b", access=10).static("10", B, "b")
        config.ports[1]["enabled"] = False
        result = self.replay(config, {"a": [ether(B, A)]})
        self.assertEqual(result.drops("b"), {"link_down": 1})
        self.assertEqual(result.port("b")[OUT], 1)

    def test_port_disabled(self):
        """A disabled port takes nothing, and teaches nothing; whatever its guards and VLANs are."""
        config = (Config().port("a", access=10, guards={"mac_limit": 1}).port("b", access=10)
                  .port("c", access=10).port("t", trunk=["10"]))
        for port in config.ports:
            port["enabled"] = port["name"] in ("b", "c")
        result = self.replay(config, {
            "a": [ether(BROADCAST, A), ether(BROADCAST, X), b"\xff" * 13], "t": [ether(B, A, "10")],
            "b": [ether(A, B)]}, check_batches=True)
        self.assertEqual(result.drops("a"), {"port_disabled": 3})
        self.assertEqual(result.drops("t"), {"port_disabled": 1})
        self.assertEqual((result.frames("b"), result.frames("c")), ([], [ether(A, B)]))
        self.assertEqual(result.macs(), {("sw0", 10, B): "b"})

    def test_capture_cut(self):
        path = os.path.join(self.dir, "cut.pcap")
        capture.write_pcap(path, [(START, ether(BROADCAST, A)), (START + STEP, ether(BROADCAST, A))],
                           cut=59)
        result = Result(self.run_files(plain(), {"a": path}))
        self.assertEqual(result.drops("a"), {"capture_cut": 2})
        self.assertEqual(result.port("a")["rx_packets"], 2)
        self.assertEqual(result.port("a")[IN], 2)
        self.assertEqual(result.frames("b"), [])

    def test_delivered_is_not_dropped(self):
        """A frame that reaches one port and not another counts at both, each for itself."""
        config = (Config().port("a", access=10).port("b", access=10).port("c", access=10, mtu=500))
        result = self.replay(config, {"a": [ether(BROADCAST, A, size=1000)]})
        self.assertEqual((result.port("b")["tx_packets"], result.port("b")[OUT]), (1, 0))
        self.assertEqual((result.port("c")["tx_packets"], result.port("c")[OUT]), (0, 1))
        self.assertEqual((result.port("a")["admitted"], result.port("a")[IN]), (1, 0))

    def test_every_reason_is_here(self):
        known = set(PROVOKED) | SPECIAL | set(ELSEWHERE) | NEVER
        self.assertEqual(sorted(registered()), sorted(known))
        for reason, where in ELSEWHERE.items():
            with open(os.path.join(TOP, where), encoding="utf-8") as source:
                self.assertIn(f'"{reason}"', source.read(), where)


if __name__ == "__main__":
    main()
