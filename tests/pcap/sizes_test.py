#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Sizes: padding, runts, and frames that are too large, going in and going out."""
from scenario import BROADCAST, Config, Scenario, ether, main

A = "02:00:00:00:00:0a"


def sized(total, tags="-"):
    """A frame of @total bytes, tags included, whose bytes all tell."""
    frame = ether(BROADCAST, A, tags, payload=bytes(i % 255 + 1 for i in range(total)), size=14)
    return frame[:total]


def untag(frame, pad=True):
    bare = frame[:12] + frame[16:]
    return bare + bytes(max(0, 60 - len(bare))) if pad else bare


def tag(frame, tags):
    return ether(BROADCAST, A, tags, size=14)[:12 + 4 * (tags.count(",") + 1)] + frame[12:]


class Padding(Scenario):
    def config(self, **leaves):
        return Config().port("t", trunk=["10"], **leaves).port("a", access=10).port("u", trunk=["10"])

    def test_taken_off_tag(self):
        """A frame that was long enough with its tag is filled up with zeros without it."""
        sizes = [60, 61, 62, 63, 64, 65, 100]
        result = self.replay(self.config(), {"t": [sized(n, "10") for n in sizes]},
                             check_batches=True)
        want = [untag(sized(n, "10")) for n in sizes]
        self.assertEqual([len(f) for f in want], [60, 60, 60, 60, 60, 61, 96])
        self.assert_frames(result, {"a": want, "u": [sized(n, "10") for n in sizes]})
        self.assertEqual(result.frames("a"), want)

    def test_short_frames(self):
        """From a virtual NIC frames are not padded; untouched ones stay as they are."""
        result = self.replay(self.config(), {"a": [sized(n) for n in (14, 42, 59)]})
        self.assertEqual(result.frames("t"), [tag(sized(n), "10") for n in (14, 42, 59)])
        config = Config().port("a", access=10).port("b", access=10)
        result = self.replay(config, {"a": [sized(n) for n in (14, 42, 59)]})
        self.assertEqual(result.frames("b"), [sized(n) for n in (14, 42, 59)])

    def test_inner_tag_stays(self):
        config = Config().port("x", tunnel=300).port("p", trunk=["300"], tag_protocol="802.1ad")
        result = self.replay(config, {"p": [sized(64, "s300,10")]})
        self.assertEqual(result.frames("x"), [untag(sized(64, "s300,10"))])


class Runts(Scenario):
    def test_no_header(self):
        """Without a whole Ethernet header, or a whole tag where one starts, there is no frame."""
        config = Config().port("a", access=10).port("t", trunk=["10"])
        result = self.replay(config, {
            "a": [sized(n) for n in range(14)] + [sized(14)],
            "t": [sized(n, "10") for n in range(14, 18)] + [sized(18, "10")]}, check_batches=True)
        self.assertEqual(result.frames("t"), [tag(sized(14), "10")])
        self.assertEqual(result.frames("a"), [untag(sized(18, "10"))])
        self.assertEqual(result.drops("a"), {"runt": 14})
        self.assertEqual(result.drops("t"), {"runt": 4})

    def test_cut_service_tag(self):
        config = (Config().port("x", tunnel=300).port("y", tunnel=300)
                  .port("p", trunk=["300"], tag_protocol="802.1ad"))
        result = self.replay(config, {"p": [sized(n, "s300") for n in (16, 17, 18)],
                                      "x": [sized(n, "10") for n in (16, 17, 18)]})
        self.assertEqual(result.drops("p"), {"runt": 2})
        self.assertEqual(result.drops("x"), {"runt": 2})


class HalfATag(Scenario):
    """One rule for both protocols and all modes: who ends within one of two tags is a runt."""

    def test_everywhere(self):
        modes = {"access": {"access": 10}, "pvid": {"access": 10, "accept_pvid_tag": True},
                 "trunk": {"trunk": ["10"]}, "native": {"trunk": ["12"], "native": 10},
                 "tunnel": {"tunnel": 10}, "cvlans": {"tunnel": 10, "tunnel_cvlans": ["10"]}}
        frames = [sized(n, tags)[:n] for tags in ("10", "s10", "0", "s0") for n in range(14, 18)]
        frames += [sized(n, tags)[:n] for tags in ("10,11", "s10,11", "10,s11", "0,10", "s0,s10")
                   for n in range(18, 22)]
        self.assertEqual({len(f) for f in frames}, set(range(14, 22)))
        for protocol in ("802.1q", "802.1ad"):
            config = Config().port("out", trunk=["1..4094"])
            for name, leaves in modes.items():
                config.port(name, tag_protocol=protocol, **leaves)
            result = self.replay(config, {name: frames for name in modes})
            self.assert_frames(result, {})
            for name in modes:
                self.assertEqual(result.drops(name), {"runt": len(frames)}, (protocol, name))


class Large(Scenario):
    def test_mtu(self):
        """The MTU is what tags are not counted in: 1500 is a frame of 1514, 1518 or 1522."""
        config = (Config().port("t", trunk=["10"]).port("u", trunk=["10"])
                  .port("a", access=10).port("b", access=10))
        result = self.replay(config, {"a": [sized(1514)], "t": [sized(1518, "10")]},
                             check_batches=True)
        self.assertEqual(result.frames("b"), [sized(1514), untag(sized(1518, "10"))])
        self.assertEqual(result.frames("u"), [tag(sized(1514), "10"), sized(1518, "10")])
        result = self.replay(config, {"t": [sized(1522, "10,20")]})
        self.assertEqual(result.frames("u"), [sized(1522, "10,20")])
        self.assertEqual(result.frames("b"), [untag(sized(1522, "10,20"))])

    def test_oversize(self):
        """Larger than the port's MTU with two tags: dropped where it comes in."""
        config = (Config().port("a", access=10).port("b", access=10)
                  .port("j", access=10, mtu=9000))
        result = self.replay(config, {"a": [sized(n) for n in (1523, 2049, 9014, 65535)],
                                      "j": [sized(n) for n in (9022 + 1, 9100)]}, check_batches=True)
        self.assert_frames(result, {})
        self.assertEqual(result.drops("a"), {"oversize": 4})
        self.assertEqual(result.drops("j"), {"oversize": 2})

    def test_too_large_for_the_way_out(self):
        """Each egress port has an MTU of its own; one that is too small hurts no other."""
        config = (Config().port("j", access=10, mtu=9000).port("k", access=10, mtu=9000)
                  .port("b", access=10).port("s", access=10, mtu=500))
        frames = [sized(n) for n in (514, 515, 1514, 1515, 9014)]
        result = self.replay(config, {"j": frames}, check_batches=True)
        self.assertEqual(result.frames("k"), frames)
        self.assertEqual(result.frames("b"), frames[:3])
        self.assertEqual(result.frames("s"), frames[:1])
        self.assertEqual(result.drops("b"), {"mtu_exceeded": 2})
        self.assertEqual(result.drops("s"), {"mtu_exceeded": 4})

    def test_untagged_above_the_mtu(self):
        """1515 to 1522 bytes without a tag pass the receive limit and are stopped on the way out."""
        config = Config().port("a", access=10).port("b", access=10)
        result = self.replay(config, {"a": [sized(n) for n in (1515, 1518, 1522)]})
        self.assert_frames(result, {})
        self.assertEqual(result.drops("b"), {"mtu_exceeded": 3})

    def test_jumbo(self):
        """Frames that take several buffers keep every byte, tags on and off."""
        config = (Config().port("t", trunk=["10"], mtu=9600).port("u", trunk=["10"], mtu=9600)
                  .port("a", access=10, mtu=9600).port("b", access=10, mtu=9600))
        sizes = [2047, 2048, 2049, 2052, 4096, 4097, 9614]
        result = self.replay(config, {"a": [sized(n) for n in sizes],
                                      "t": [sized(n + 4, "10") for n in sizes]}, check_batches=True)
        self.assertEqual(result.frames("b"),
                         [sized(n) for n in sizes] + [untag(sized(n + 4, "10")) for n in sizes])
        self.assertEqual(result.frames("u"),
                         [tag(sized(n), "10") for n in sizes] + [sized(n + 4, "10") for n in sizes])


if __name__ == "__main__":
    main()
