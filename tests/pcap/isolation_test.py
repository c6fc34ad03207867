#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Segments are apart, whatever a guest sends."""
import random

from scenario import (BROADCAST, SECOND, START, STEP, Config, Scenario, ether, mac_text, main,
                      tag_bytes, tags_text)

A, B, C, D = (f"02:00:00:00:00:0{x}" for x in "abcd")


class Isolation(Scenario):
    def two_segments(self):
        return (Config().segment("red", 10).segment("blue", 20)
                .port("r1", access="red").port("r2", access="red")
                .port("b1", access="blue").port("b2", access="blue")
                .port("up", trunk=["red", "blue"]))

    def test_segments(self):
        result = self.replay(self.two_segments(), {
            "r1": [ether(BROADCAST, A), ether(B, A), ether("01:00:5e:00:00:fb", A)],
            "b1": [ether(BROADCAST, B), ether(A, B)]}, check_batches=True)
        self.assertEqual({mac_text(f[6:12]) for f in result.frames("r2")}, {A})
        self.assertEqual({mac_text(f[6:12]) for f in result.frames("b2")}, {B})
        self.assertEqual((result.frames("r1"), result.frames("b1")), ([], []))
        self.assertEqual([tags_text(f) for f in result.frames("up")],
                         ["10/0"] * 3 + ["20/0"] * 2)

    def test_spoofed_tags(self):
        """A guest on an access port cannot choose a VLAN, with one tag or two, of either sort."""
        tags = ["20", "20/7", "10", "10,20", "20,10", "0,20", "0/7,20", "s20", "s20,20", "s10,20",
                "4095", "4095,20", "0,0,20", "0,s20", "s0,20"]
        result = self.replay(self.two_segments(),
                             {"r1": [ether(BROADCAST, A, t) for t in tags]}, check_batches=True)
        self.assertEqual((result.frames("b1"), result.frames("b2")), ([], []))
        for frame in result.frames("up"):
            self.assertEqual(tags_text(frame).split(",")[0].split("/")[0], "10")

    def test_hopping_by_the_native_vlan(self):
        """The classic: a second tag that would come to the front where the first is taken off."""
        config = (Config().port("guest", access=10).port("sly", trunk=["10"])
                  .port("link", trunk=["20"], native=10).port("wide", trunk=["10", "20"], native=10)
                  .port("victim", access=20))
        frames = {"guest": [ether(BROADCAST, A, t) for t in ("0,20", "s20", "0/1,s20", "s20,20")],
                  "sly": [ether(BROADCAST, B, t) for t in ("10,20", "10,s20", "10,20,20")]}
        result = self.replay(config, frames, check_batches=True)
        self.assert_frames(result, {
            "guest": [ether(BROADCAST, B, t) for t in ("20", "s20", "20,20")],
            "sly": [ether(BROADCAST, A, t) for t in ("10,20", "10,s20", "10/1,s20", "10,s20,20")]})
        self.assertEqual(result.drops("link"), {"hidden_tag": 7})
        self.assertEqual(result.drops("wide"), {"hidden_tag": 7})

    def test_anothers_address(self):
        """Who uses another's address in its own segment takes nothing from the other segment."""
        result = self.replay(self.two_segments(), {
            "b1": [(START, ether(BROADCAST, B))],
            "r1": [(START + STEP, ether(BROADCAST, B))],
            "b2": [(START + 2 * STEP, ether(B, D))],
            "r2": [(START + 3 * STEP, ether(B, C))]}, check_batches=True)
        self.assertIn(ether(B, D), result.frames("b1"))
        self.assertNotIn(ether(B, D), result.frames("r1"))
        self.assertIn(ether(B, C), result.frames("r1"))
        self.assertNotIn(ether(B, C), result.frames("b1"))
        self.assertEqual(result.macs()["sw0", 20, B], "b1")
        self.assertEqual(result.macs()["sw0", 10, B], "r1")

    def test_known_elsewhere_is_unknown_here(self):
        result = self.replay(self.two_segments(), {
            "b1": [(START, ether(BROADCAST, B))], "r1": [(START + STEP, ether(B, A))]})
        self.assertEqual(result.frames("r2"), [ether(B, A)])
        self.assertNotIn(ether(B, A), result.frames("b1"))

    def test_uplink_and_host_only(self):
        """A host-only segment does not leave by the uplink, whatever its frames carry."""
        config = (Config().segment("office", 10, uplink=["eth"]).segment("lan", uplink=["eth"])
                  .segment("lab", 30)
                  .port("eth").port("o", access="office").port("l", access="lan")
                  .port("h1", access="lab").port("h2", access="lab"))
        result = self.replay(config, {
            "h1": [ether(BROADCAST, A, t) for t in ("-", "0", "10", "0,10", "s10")],
            "o": [ether(BROADCAST, B)], "l": [ether(BROADCAST, C)],
            "eth": [ether(BROADCAST, D, t) for t in ("-", "10", "30", "30,10", "4095")]},
            check_batches=True)
        self.assert_frames(result, {
            "eth": [ether(BROADCAST, B, "10"), ether(BROADCAST, C)],
            "o": [ether(BROADCAST, D)], "l": [ether(BROADCAST, D)],
            "h2": [ether(BROADCAST, A, t) for t in ("-", "-", "10", "s10")]})

    def test_internal_number_is_not_a_vlan(self):
        """A segment without a VLAN has a number inside; a tag with it does not reach the segment."""
        config = (Config().segment("office", 10, uplink=["eth"]).segment("lan", uplink=["eth"])
                  .port("eth").port("o", access="office").port("l", access="lan"))
        result = self.replay(config, {
            "eth": [ether(BROADCAST, D, str(vid)) for vid in range(1, 4095)]})
        self.assertEqual(result.frames("o"), [ether(BROADCAST, D)])
        self.assertEqual(result.frames("l"), [], "a tagged frame reached a segment without VLAN")

    def test_untagged_segment_beside_all_vlans(self):
        """A segment without a VLAN meets none of the 4,094: not by number, nor on a trunk, native or not."""
        config = (Config().segment("lan").segment("lab").port("l", access="lan").port("m", access="lan")
                  .port("t", trunk=["1..4094", "lab"], native="lan").port("u", trunk=["1..4094"])
                  .port("b", access="lab", accept_pvid_tag=True).port("v", access=4094).port("w", access=1))
        vids = range(1, 4095)
        result = self.replay(config, {
            "l": [(START, ether(BROADCAST, A, "0/5"))], "b": [(START + 1, ether(BROADCAST, B))],
            "u": [(START + 2 + v, ether(BROADCAST, C, str(v))) for v in vids],
            "t": [(START + 9000 + v, ether(BROADCAST, D, str(v))) for v in vids] +
                 [(START + 19000, ether(BROADCAST, D))]})
        self.assertEqual(result.frames("l"), [ether(BROADCAST, D)])
        self.assertEqual(result.frames("m"), [ether(BROADCAST, A), ether(BROADCAST, D)])
        self.assertEqual(result.frames("b"), [])
        self.assertEqual(result.frames("t"), [ether(BROADCAST, A)] +
                         [ether(BROADCAST, C, str(v)) for v in vids])
        self.assertEqual(result.frames("u"), [ether(BROADCAST, D, str(v)) for v in vids])
        self.assertEqual(result.frames("v"), [ether(BROADCAST, C), ether(BROADCAST, D)])
        self.assertEqual(result.drops("b"), {"no_other_member": 1})
        self.assertEqual(result.macs()["sw0", None, A], "l")

    def test_untagged_priority(self):
        """What leaves a segment without a VLAN with a priority has VLAN id 0 in the port's own protocol."""
        config = Config().segment("lan")
        for protocol, name in (("802.1q", "q"), ("802.1ad", "s")):
            config.port(name, access="lan", priority_tags="always", tag_protocol=protocol)
        config.port("in", access="lan")
        result = self.replay(config, {"in": [ether(BROADCAST, A, "0/5")]})
        self.assert_frames(result, {"q": [ether(BROADCAST, A, "0/5")], "s": [ether(BROADCAST, A, "s0/5")]})

    def test_random_frames(self):
        """Ten thousand random frames of a guest: none in another segment, none without account."""
        rng = random.Random(5)
        vids = ["0", "10", "20", "30", "4095", "300"]
        frames = []
        for _ in range(10000):
            tags = ",".join(rng.choice(["", "s"]) + rng.choice(vids) + f"/{rng.randrange(8)}"
                            for _ in range(rng.randrange(4))) or "-"
            dst = rng.choice([BROADCAST, A, B, C, D, "01:80:c2:00:00:00", "33:33:00:00:00:01"])
            frame = ether(dst, rng.choice([A, A, B, C, D, BROADCAST]), tags,
                          rng.choice([0x0800, 0x0806, 0x88b5, 38]),
                          rng.randbytes(rng.randrange(100)), 14)
            frames.append(frame[:rng.choice([len(frame), len(frame), rng.randrange(1, len(frame))])])
        inputs = {"r1": [(START + i * SECOND // 1000, f) for i, f in enumerate(frames)],
                  "b1": [(START, ether(BROADCAST, D))]}
        result = self.replay(self.two_segments(), inputs, check_batches=True)
        self.assertEqual(result.frames("b1"), [])
        self.assertEqual(result.frames("b2"), [ether(BROADCAST, D)])
        mine = tag_bytes("10")[2:]
        for frame in result.frames("up")[1:]:
            self.assertEqual(frame[12:14], b"\x81\x00")
            self.assertEqual(int.from_bytes(frame[14:16], "big") & 0xfff,
                             int.from_bytes(mine, "big"))


class Switches(Scenario):
    def test_same_vlans(self):
        """Two switches with the same VLANs and the same addresses know nothing of each other."""
        config = Config()
        for switch in ("sw0", "sw1", "sw2"):
            config.port(switch + "a", switch=switch, access=10)
            config.port(switch + "b", switch=switch, access=10)
            config.port(switch + "t", switch=switch, trunk=["1..4094"])
        result = self.replay(config, {
            "sw0a": [(START, ether(BROADCAST, A)), (START + 9, ether(BROADCAST, B, "0/3"))],
            "sw1b": [(START + 1, ether(BROADCAST, A)), (START + 8, ether(C, B))],
            "sw2t": [(START + 2, ether(BROADCAST, A, "10/5")), (START + 7, ether(D, C, "4094"))]},
            check_batches=True)
        self.assert_frames(result, {
            "sw0b": [ether(BROADCAST, A), ether(BROADCAST, B)],
            "sw0t": [ether(BROADCAST, A, "10"), ether(BROADCAST, B, "10/3")],
            "sw1a": [ether(BROADCAST, A), ether(C, B)],
            "sw1t": [ether(BROADCAST, A, "10"), ether(C, B, "10")],
            "sw2a": [ether(BROADCAST, A)], "sw2b": [ether(BROADCAST, A)]})
        self.assertEqual(result.drops("sw2t"), {"no_other_member": 1})
        self.assertEqual(result.macs()["sw0", 10, A], "sw0a")
        self.assertEqual(result.macs()["sw1", 10, A], "sw1b")
        self.assertEqual(result.macs()["sw2", 10, A], "sw2t")

    def test_all_vlans(self):
        """4,094 VLANs on one trunk, each to its own: nothing is lost, nothing is mixed up."""
        config = Config().port("a", trunk=["1..4094"]).port("b", trunk=["1..4094"])
        for vid in (1, 10, 2047, 2048, 4094):
            config.port(f"v{vid}", access=vid)
        frames = [ether(BROADCAST, A, str(vid)) for vid in range(1, 4095)]
        result = self.replay(config, {"a": frames})
        self.assertEqual(result.frames("b"), frames)
        for vid in (1, 10, 2047, 2048, 4094):
            self.assertEqual(result.frames(f"v{vid}"), [ether(BROADCAST, A)])

    def test_no_switch(self):
        """A port of no switch drops what it receives and sends nothing."""
        config = Config().port("a", access=10).port("b", access=10).port("lone", switch=None)
        result = self.replay(config, {"lone": [ether(BROADCAST, A), ether(BROADCAST, A, "10")],
                                      "a": [ether(BROADCAST, B)]})
        self.assert_frames(result, {"b": [ether(BROADCAST, B)]})
        self.assertEqual(result.drops("lone"), {"no_switch": 2})


if __name__ == "__main__":
    main()
