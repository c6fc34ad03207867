#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Group addresses that bridges keep to themselves (IEEE 802.1Q table 8-1, 802.1ad table 8-2)."""
from scenario import Config, Scenario, ether, llc_bpdu, main

A = "02:00:00:00:00:0a"
PASS_IN_PROVIDER = {0x00, 0x0b, 0x0c, 0x0d, 0x0f}


def group(last):
    return f"01:80:c2:00:00:{last:02x}"


class Reserved(Scenario):
    def test_customer_bridge(self):
        """00 to 0F go nowhere, untagged or tagged; from 10 on they are multicast like any other."""
        config = (Config().port("a", access=10).port("b", access=10)
                  .port("t", trunk=["10"]))
        frames = [ether(group(last), A) for last in range(0x30)]
        tagged = [ether(group(last), A, "10/7") for last in range(0x30)]
        result = self.replay(config, {"a": frames, "t": tagged}, check_batches=True)
        passed = [ether(group(last), A) for last in range(0x10, 0x30)]
        self.assert_frames(result, {
            "a": passed, "b": passed + passed,
            "t": [ether(group(last), A, "10") for last in range(0x10, 0x30)]})
        self.assertEqual(result.drops("a"), {"reserved_address": 16})
        self.assertEqual(result.drops("t"), {"reserved_address": 16})

    def test_not_learned(self):
        """Who sends nothing but such frames is not known."""
        config = Config().port("a", access=10).port("b", access=10).port("c", access=10)
        result = self.replay(config, {"a": [llc_bpdu(group(0), A)],
                                      "b": [ether(A, "02:00:00:00:00:0b")]})
        self.assertNotIn(("sw0", 10, A), result.macs())
        self.assertEqual(len(result.frames("a")), 1)
        self.assertEqual(len(result.frames("c")), 1)

    def test_provider_bridge(self):
        """Between tunnels, and on a provider's trunk, the customers' own protocols pass."""
        config = (Config().port("x", tunnel=300).port("y", tunnel=300)
                  .port("p", trunk=["300"], tag_protocol="802.1ad"))
        result = self.replay(config, {
            "x": [ether(group(last), A) for last in range(0x10)],
            "p": [ether(group(last), A, "s300") for last in range(0x10)]}, check_batches=True)
        passed = sorted(PASS_IN_PROVIDER)
        self.assert_frames(result, {
            "x": [ether(group(last), A) for last in passed],
            "y": [ether(group(last), A) for last in passed] * 2,
            "p": [ether(group(last), A, "s300") for last in passed]})
        self.assertEqual(result.drops("x"), {"reserved_address": 11})
        self.assertEqual(result.drops("p"), {"reserved_address": 11})

    def test_provider_access(self):
        """A port whose tags are the provider's is the provider's, in every mode."""
        config = (Config().port("x", access=300, tag_protocol="802.1ad")
                  .port("y", trunk=["301"], native=300, tag_protocol="802.1ad"))
        frames = [ether(group(last), A) for last in range(0x10)]
        result = self.replay(config, {"x": frames, "y": frames}, check_batches=True)
        passed = [ether(group(last), A) for last in sorted(PASS_IN_PROVIDER)]
        self.assert_frames(result, {"x": passed, "y": passed})
        self.assertEqual(result.drops("x"), {"reserved_address": 11})
        self.assertEqual(result.drops("y"), {"reserved_address": 11})

    def test_not_to_customer_ports(self):
        """What a provider's port lets in leaves by such ports only, whatever the mode."""
        config = (Config().port("x", tunnel=300).port("a", access=300).port("t", trunk=["300"])
                  .port("n", trunk=["12"], native=300).port("y", tunnel=300)
                  .port("p", trunk=["300"], tag_protocol="802.1ad"))
        frames = [ether(group(last), A) for last in range(0x12)]
        result = self.replay(config, {"x": frames}, check_batches=True)
        passed = sorted(PASS_IN_PROVIDER) + [0x10, 0x11]
        multicast = [ether(group(last), A) for last in (0x10, 0x11)]
        self.assert_frames(result, {
            "y": [ether(group(last), A) for last in passed],
            "p": [ether(group(last), A, "s300") for last in passed],
            "a": multicast, "n": multicast, "t": [ether(group(last), A, "300") for last in (0x10, 0x11)]})
        lonely = Config().port("x", tunnel=300).port("a", access=300)
        result = self.replay(lonely, {"x": frames})
        self.assert_frames(result, {"a": multicast})
        self.assertEqual(result.drops("x"), {"reserved_address": 16})

    def test_other_protocols(self):
        """Cisco's group addresses are no business of a port without BPDU guard."""
        config = Config().port("a", access=10).port("b", access=10)
        frames = [ether("01:00:0c:cc:cc:cc", A), ether("01:00:0c:cc:cc:cd", A),
                  llc_bpdu("01:00:5e:00:00:01", A)]
        result = self.replay(config, {"a": frames})
        self.assert_frames(result, {"b": frames})


if __name__ == "__main__":
    main()
