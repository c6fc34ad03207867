#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Flooding: to each member of the VLAN once, to nobody else, and not back."""
from scenario import BROADCAST, START, STEP, Config, Scenario, ether, main

A, B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"


class Flood(Scenario):
    def test_members_only(self):
        config = Config()
        for i in range(40):
            config.port(f"p{i:02}", access=10 + i % 4)
        result = self.replay(config, {
            "p00": [ether(BROADCAST, A), ether("01:00:5e:01:02:03", A), ether(B, A),
                    ether("33:33:ff:00:00:01", A)]}, check_batches=True)
        for i in range(40):
            self.assertEqual(len(result.frames(f"p{i:02}")), 4 if i % 4 == 0 and i else 0)
        total = result.summary["totals"]
        self.assertEqual((total["copies"], total["flooded"]), (4 * 8, 4))

    def test_many_members(self):
        """200 ports, each a different fit: the copies do not write on each other."""
        config = Config().port("in", access=10)
        for i in range(200):
            config.port(f"p{i:03}", **[{"access": 10}, {"trunk": ["10"]},
                                       {"trunk": ["10"], "tag_protocol": "802.1ad"},
                                       {"access": 10, "priority_tags": "always"}][i % 4])
        result = self.replay(config, {"in": [ether(BROADCAST, A, "0/5", payload=bytes([n]) * 60)
                                             for n in range(20)]}, check_batches=True)
        for i in range(200):
            tags = ["-", "10/5", "s10/5", "0/5"][i % 4]
            self.assertEqual(result.frames(f"p{i:03}"),
                             [ether(BROADCAST, A, tags, payload=bytes([n]) * 60) for n in range(20)])

    def test_order(self):
        """Frames leave in the order in which they came, whatever they are."""
        config = Config().port("a", access=10).port("b", access=10).port("c", access=10)
        frames = [ether([BROADCAST, B, "01:00:5e:00:00:01"][i % 3], A,
                        payload=i.to_bytes(4, "big")) for i in range(3000)]
        result = self.replay(config, {"b": [(START, ether(BROADCAST, B))],
                                      "a": [(START + STEP, f) for f in frames]}, check_batches=True)
        self.assertEqual(result.frames("b"), frames)
        self.assertEqual(result.frames("c")[1:], [f for i, f in enumerate(frames) if i % 3 != 1])

    def test_times(self):
        """What leaves has the time at which it came in."""
        config = Config().port("a", access=10).port("b", access=10)
        times = [START, START + 1, START + 999, START + 10**9 - 1, START + 10**9 + 123456789]
        result = self.replay(config, {"a": [(t, ether(BROADCAST, A)) for t in times]})
        self.assertEqual([t for t, _ in result.packets["b"]], times)

    def test_disabled_port(self):
        """A port that is down gets no copies, and so drops none."""
        config = Config().port("a", access=10).port("b", access=10).port("c", access=10)
        config.ports[1]["enabled"] = False
        result = self.replay(config, {"a": [ether(BROADCAST, A)] * 3})
        self.assertEqual(len(result.frames("c")), 3)
        self.assertEqual(result.drops("b"), {})
        self.assertEqual(result.port("b")["offered"], 0)
        self.assertEqual(result.summary["totals"]["copies"], 0)

    def test_all_others_down(self):
        config = Config().port("a", access=10).port("b", access=10)
        config.ports[1]["enabled"] = False
        result = self.replay(config, {"a": [ether(BROADCAST, A)]})
        self.assertEqual(result.drops("a"), {"no_other_member": 1})

    def test_equal_times(self):
        """At equal times the port's name decides, not the order of the arguments."""
        config = Config().port("a", access=10).port("b", access=10).port("z", access=10)
        frames = {"b": [(START, ether(BROADCAST, B, payload=bytes([i]))) for i in range(5)],
                  "a": [(START, ether(BROADCAST, A, payload=bytes([i]))) for i in range(5)]}
        result = self.replay(config, frames, check_batches=True)
        self.assertEqual(result.frames("z"), [f for _, f in frames["a"] + frames["b"]])
        turned = self.replay(config, dict(reversed(frames.items())))
        self.assertEqual(turned.raw, result.raw)


if __name__ == "__main__":
    main()
