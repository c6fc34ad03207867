#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Learning: what is flooded, what is not, where addresses move, and when they are forgotten."""
from scenario import BROADCAST, SECOND, START, Config, Scenario, ether, main

A, B, C = "02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:0c"


def three():
    return Config().port("a", access=10).port("b", access=10).port("c", access=10)


def at(seconds, frame):
    return (START + round(seconds * SECOND), frame)


class Learning(Scenario):
    def test_unknown_then_known(self):
        config = three()
        result = self.replay(config, {"a": [at(0, ether(B, A))], "b": [at(1, ether(A, B))],
                                      "c": [at(2, ether(B, C))]}, check_batches=True)
        self.assert_frames(result, {"a": [ether(A, B)], "b": [ether(B, A), ether(B, C)],
                                    "c": [ether(B, A)]})
        self.assertEqual(result.macs(), {("sw0", 10, A): "a", ("sw0", 10, B): "b",
                                         ("sw0", 10, C): "c"})

    def test_back_to_back(self):
        """A frame in the same burst as the one that taught its destination goes to one port."""
        result = self.replay(three(), {
            "a": [at(0, ether(BROADCAST, A))], "b": [at(0, ether(A, B)), at(0, ether(A, B))]},
            check_batches=True)
        self.assert_frames(result, {"a": [ether(A, B)] * 2, "b": [ether(BROADCAST, A)],
                                    "c": [ether(BROADCAST, A)]})

    def test_same_port(self):
        """A frame for an address behind the port that it came by goes nowhere."""
        result = self.replay(three(), {"a": [ether(BROADCAST, A), ether(A, B)]})
        self.assert_frames(result, {"b": [ether(BROADCAST, A)], "c": [ether(BROADCAST, A)]})
        self.assertEqual(result.drops("a"), {"same_port": 1})

    def test_alone(self):
        """A VLAN with one member has nobody to send to."""
        result = self.replay(Config().port("a", access=10).port("b", access=12),
                             {"a": [ether(BROADCAST, A), ether(B, A)]})
        self.assert_frames(result, {})
        self.assertEqual(result.drops("a"), {"no_other_member": 2})

    def test_move(self):
        result = self.replay(three(), {
            "a": [at(0, ether(BROADCAST, A)), at(4, ether(BROADCAST, A))],
            "b": [at(2, ether(BROADCAST, A))],
            "c": [at(1, ether(A, C)), at(3, ether(A, C)), at(5, ether(A, C))]}, check_batches=True)
        self.assertEqual(result.frames("a").count(ether(A, C)), 2)
        self.assertEqual(result.frames("b").count(ether(A, C)), 1)
        self.assertEqual(result.summary["totals"]["moved"], 2)
        self.assertEqual(result.macs()["sw0", 10, A], "a")

    def test_each_vlan_for_itself(self):
        """The same address may be at one port in one VLAN and at another in the next."""
        config = (Config().port("t", trunk=["10", "12"]).port("u", trunk=["10", "12"])
                  .port("a", access=10).port("b", access=12))
        result = self.replay(config, {
            "t": [at(0, ether(BROADCAST, C, "10"))], "u": [at(1, ether(BROADCAST, C, "12"))],
            "a": [at(2, ether(C, A))], "b": [at(3, ether(C, B))]}, check_batches=True)
        self.assertEqual(result.frames("t"), [ether(BROADCAST, C, "12"), ether(C, A, "10")])
        self.assertEqual(result.frames("u"), [ether(BROADCAST, C, "10"), ether(C, B, "12")])
        self.assertEqual(result.macs()["sw0", 10, C], "t")
        self.assertEqual(result.macs()["sw0", 12, C], "u")

    def test_refused_frames_teach_nothing(self):
        config = Config().port("a", access=10).port("b", access=10).port("t", trunk=["12"])
        result = self.replay(config, {
            "a": [ether(BROADCAST, A, "10"), ether(BROADCAST, "01:00:5e:00:00:01"),
                  ether(BROADCAST, "00:00:00:00:00:00"), ether(BROADCAST, BROADCAST)],
            "t": [ether(BROADCAST, C, "10")]})
        self.assert_frames(result, {})
        self.assertEqual(result.macs(), {})
        self.assertEqual(result.drops("a"), {"vlan_tagged": 1, "bad_source": 3})
        self.assertEqual(result.drops("t"), {"vlan_not_allowed": 1})

    def test_local_and_group_bits(self):
        """Any unicast address is an address; any group address is flooded."""
        odd = "fe:ff:ff:ff:ff:fe"
        result = self.replay(three(), {
            "a": [at(0, ether(BROADCAST, odd)), at(1, ether("03:00:00:00:00:01", odd))],
            "b": [at(2, ether(odd, B))]})
        self.assertEqual(result.frames("a"), [ether(odd, B)])
        self.assertEqual(len(result.frames("c")), 2)


class Ageing(Scenario):
    def known(self, age, config=None):
        """Whether A, heard at 0, is still known @age seconds later (B asks; C would hear it)."""
        result = self.replay(config or three(), {"a": [at(0, ether(BROADCAST, A))],
                                                 "b": [at(age, ether(A, B))]})
        self.assertEqual(result.frames("a"), [ether(A, B)])
        return len(result.frames("c")) == 1

    def test_300_seconds(self):
        self.assertTrue(self.known(1))
        self.assertTrue(self.known(299.9))
        self.assertTrue(self.known(300))
        self.assertFalse(self.known(300.1))
        self.assertFalse(self.known(4000))

    def test_configured(self):
        for time in (10, 1000):
            config = three().switch(mac_ageing_time=time)
            self.assertTrue(self.known(time, config))
            self.assertFalse(self.known(time + 0.1, config))

    def test_never_early(self):
        """Whatever the fraction of a second in which it was heard: not before 300 s."""
        for fraction in (0.0, 0.033, 0.0999, 0.5, 0.95):
            result = self.replay(three(), {
                "a": [at(fraction, ether(BROADCAST, A))],
                "b": [at(fraction + 299.999, ether(A, B)), at(fraction + 300.2, ether(A, B))]})
            self.assertEqual(len(result.frames("c")), 2, f"heard at {fraction}")

    def test_refreshed_by_its_source_only(self):
        result = self.replay(three(), {
            "a": [at(0, ether(BROADCAST, A)), at(200, ether(B, A))],
            "b": [at(150, ether(A, B)), at(450, ether(A, B)), at(501, ether(A, B))]},
            check_batches=True)
        self.assertEqual(result.frames("c"), [ether(BROADCAST, A), ether(A, B)])
        asked = self.replay(three(), {
            "a": [at(0, ether(BROADCAST, A))],
            "b": [at(t, ether(A, B)) for t in range(10, 310, 10)]})
        self.assertEqual(len(asked.frames("c")), 1, "asking for an address keeps it alive")

    def test_forgotten_ones_go(self):
        """The table itself is emptied, not only ignored."""
        result = self.replay(three(), {
            "a": [at(i / 100, ether(BROADCAST, f"02:00:00:00:{i:02x}:01")) for i in range(200)],
            "b": [at(900, ether(BROADCAST, B))]}, check_batches=True)
        self.assertEqual(result.macs(), {("sw0", 10, B): "b"})
        self.assertEqual(result.summary["totals"]["aged"], 200)


class Static(Scenario):
    def test_never_moves_never_ages(self):
        config = three().static("10", A, "c")
        result = self.replay(config, {
            "a": [at(0, ether(BROADCAST, A))],
            "b": [at(1, ether(A, B)), at(5000, ether(A, B))]}, check_batches=True)
        self.assertEqual(result.frames("c"), [ether(BROADCAST, A), ether(A, B), ether(A, B)])
        self.assertEqual(result.frames("a"), [])
        self.assertEqual(result.macs()["sw0", 10, A], "c")

    def test_in_its_vlan_only(self):
        config = (Config().port("t", trunk=["10", "12"]).port("u", trunk=["10", "12"])
                  .port("v", trunk=["10", "12"]).static("10", A, "u"))
        result = self.replay(config, {"t": [ether(A, B, "10"), ether(A, B, "12")]})
        self.assert_frames(result, {"u": [ether(A, B, "10"), ether(A, B, "12")],
                                    "v": [ether(A, B, "12")]})

    def test_by_segment_name(self):
        config = (Config().segment("office", 10).port("a", access="office")
                  .port("b", access="office").port("c", access="office")
                  .static("office", A, "b"))
        result = self.replay(config, {"a": [ether(A, B)]})
        self.assert_frames(result, {"b": [ether(A, B)]})


class Share(Scenario):
    """A port without a limit fills most of the table, and never the others' part of it."""

    @staticmethod
    def crowd(port, n, dst=BROADCAST):
        return [ether(dst, f"02:{port:02x}:{i >> 24:02x}:{i >> 16 & 255:02x}:"
                                 f"{i >> 8 & 255:02x}:{i & 255:02x}") for i in range(n)]

    def test_one_greedy_port(self):
        """100,000 sources of one port, then others speak: what is for them is not flooded."""
        step = SECOND // 1000
        crowd = [(START + i * step, f) for i, f in enumerate(self.crowd(1, 100000))]
        after = START + 100000 * step
        config = three().port("d", access=10).switch(mac_ageing_time=1000)
        talk = [(A, "b"), (B, "c"), (C, "d")]
        inputs = {"a": crowd, "b": [], "c": [], "d": []}
        for i, (mac, port) in enumerate(talk):
            inputs[port] += [(after + i, ether(BROADCAST, mac))]
        for i, (mac, port) in enumerate(talk):
            asker = talk[i - 1]
            inputs[asker[1]] += [(after + 10 + i, ether(mac, asker[0]))]
        result = self.replay(config, inputs, check_batches=True)
        for i, (mac, port) in enumerate(talk):
            self.assertEqual(result.macs()["sw0", 10, mac], port)
            self.assertEqual(result.frames(port)[-1], ether(mac, talk[i - 1][0]))
        self.assertEqual(len(result.frames("a")), 3, "a hears their broadcasts and no more")
        learned = sum(port == "a" for port in result.macs().values())
        self.assertEqual(learned, 65536 * 8 // 9 + 1)
        self.assertEqual(result.port("a")["learn_refused"], 100000 - learned)
        self.assertEqual(result.summary["totals"]["learn_refused"], 100000 - learned)
        self.assertEqual(result.summary["totals"]["learn_skipped"], 100000 - learned)
        self.assertEqual(result.summary["totals"]["displaced"], 0)
        self.assertEqual(result.drops("a"), {})
        self.assertEqual(result.port("b")["learn_refused"], 0)

    def test_several_greedy_ports(self):
        """Ports that learn without end come to equal shares, and one that comes late has room."""
        step = SECOND // 10000
        config = Config().switch(mac_ageing_time=1000)
        inputs, time = {}, START
        for p in range(8):
            config.port(f"p{p}", access=10)
            inputs[f"p{p}"] = []
            for frame in self.crowd(p, 20000 if p else 70000, dst=f"02:{p:02x}:00:00:00:00"):
                inputs[f"p{p}"].append((time, frame))
                time += step
        config.port("late", access=10).port("asks", access=10)
        late = [f"02:ff:00:00:00:{i:02x}" for i in range(8)]
        inputs["late"] = [(time + i, ether(BROADCAST, mac)) for i, mac in enumerate(late)]
        inputs["asks"] = [(time + 100 + i, ether(mac, C)) for i, mac in enumerate(late)]
        result = self.replay(config, inputs)
        self.assertEqual(result.frames("late")[-8:], [ether(mac, C) for mac in late])
        ports = list(result.macs().values())
        shares = [ports.count(f"p{p}") for p in range(8)]
        self.assertGreater(min(shares), 65536 / 8 * 0.9)
        self.assertLess(max(shares), 65536 / 8 * 1.1)
        self.assertEqual(ports.count("late"), 8)


class Limits(Scenario):
    """A frame from one address too many is dropped, and nothing that was learned is lost for it."""

    @staticmethod
    def crowd(n, first=0):
        return [ether(BROADCAST, f"02:00:00:01:{i >> 8:02x}:{i & 255:02x}")
                for i in range(first, first + n)]

    def test_port(self):
        config = (Config().port("a", access=10, guards={"mac_limit": 3}).port("b", access=10))
        frames = self.crowd(5) + self.crowd(3)
        result = self.replay(config, {"a": frames, "b": self.crowd(10, 100)}, check_batches=True)
        self.assertEqual(result.frames("b"), self.crowd(3) + self.crowd(3))
        self.assertEqual(result.drops("a"), {"mac_limit": 2})
        self.assertEqual(result.drops("b"), {})
        self.assertEqual(sum(port == "a" for port in result.macs().values()), 3)

    def test_port_counts_all_its_vlans(self):
        config = (Config().port("t", trunk=["10", "12"], guards={"mac_limit": 2})
                  .port("u", trunk=["10", "12"]))
        result = self.replay(config, {"t": [ether(BROADCAST, A, "10"), ether(BROADCAST, A, "12"),
                                            ether(BROADCAST, B, "10")]})
        self.assertEqual(len(result.frames("u")), 2)
        self.assertEqual(result.drops("t"), {"mac_limit": 1})

    def test_port_after_ageing(self):
        config = (Config().port("a", access=10, guards={"mac_limit": 1}).port("b", access=10))
        result = self.replay(config, {"a": [at(0, ether(BROADCAST, A)), at(1, ether(BROADCAST, B)),
                                            at(400, ether(BROADCAST, C))]}, check_batches=True)
        self.assertEqual(result.frames("b"), [ether(BROADCAST, A), ether(BROADCAST, C)])

    def test_port_that_another_moves_to(self):
        """An address that moves to a full port is one too many there, and stays where it was."""
        config = (Config().port("a", access=10, guards={"mac_limit": 1}).port("b", access=10)
                  .port("c", access=10))
        result = self.replay(config, {
            "a": [at(0, ether(BROADCAST, A)), at(2, ether(BROADCAST, B))],
            "b": [at(1, ether(BROADCAST, B))], "c": [at(3, ether(B, C))]})
        self.assertEqual(result.macs()["sw0", 10, B], "b")
        self.assertIn(ether(B, C), result.frames("b"))
        self.assertEqual(result.drops("a"), {"mac_limit": 1})

    def test_segment(self):
        config = (Config().segment("office", 10, mac_limit=4).segment("lab", 12)
                  .port("a", access="office").port("b", access="office")
                  .port("c", access="lab").port("d", access="lab"))
        result = self.replay(config, {"a": self.crowd(3), "b": self.crowd(3, 50),
                                      "c": self.crowd(9)}, check_batches=True)
        self.assertEqual(result.drops("b"), {"segment_mac_limit": 2})
        self.assertEqual((result.drops("a"), result.drops("c")), ({}, {}))
        self.assertEqual(len(result.frames("d")), 9)

    def test_switch(self):
        config = (Config().switch(mac_limit=5).port("a", access=10).port("b", access=10)
                  .port("c", access=12).port("d", access=12)
                  .port("e", switch="sw1", access=10).port("f", switch="sw1", access=10))
        result = self.replay(config, {"a": self.crowd(3), "c": self.crowd(3),
                                      "e": self.crowd(9)}, check_batches=True)
        self.assertEqual(result.drops("c"), {"switch_mac_limit": 1})
        self.assertEqual((result.drops("a"), result.drops("e")), ({}, {}))
        self.assertEqual(len(result.frames("d")), 2)

    def test_fixed_addresses_do_not_count(self):
        """Limits are of learned addresses: those that are configured have their own place."""
        fixed = [f"02:00:00:00:07:{i:02x}" for i in range(8)]
        config = (Config().switch(mac_limit=2)
                  .segment("office", 10, mac_limit=2, host_interface={"name": "hd-o"})
                  .port("a", access="office", guards={"mac_limit": 2}).port("b", access="office"))
        for mac in fixed:
            config.static("office", mac, "a")
        result = self.replay(config, {"a": [ether(BROADCAST, mac) for mac in fixed] + self.crowd(3)},
                             check_batches=True)
        self.assertEqual(len(result.frames("b")), 10)
        self.assertEqual(result.drops("a"), {"mac_limit": 1})
        self.assertEqual(result.summary["totals"]["learned"], 2)

    def test_moves_within_a_full_segment(self):
        """A known address may move when the segment is full: it is not one more."""
        config = (Config().segment("office", 10, mac_limit=2).port("a", access="office")
                  .port("b", access="office"))
        result = self.replay(config, {"a": [at(0, ether(BROADCAST, A)), at(1, ether(BROADCAST, B))],
                                      "b": [at(2, ether(BROADCAST, A))]})
        self.assertEqual(result.macs()["sw0", 10, A], "b")
        self.assertEqual(result.drops("b"), {})


if __name__ == "__main__":
    main()
