#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Captures that cannot be used are refused with a message that says which one, and why."""
import os
import struct

import capture
from scenario import BROADCAST, START, STEP, Config, Refused, Result, Scenario, ether, main

A = "02:00:00:00:00:0a"
FRAMES = [(START + i * STEP, ether(BROADCAST, A, payload=bytes([i]))) for i in range(5)]


class Captures(Scenario):
    def setUp(self):
        super().setUp()
        self.config = Config().port("a", access=10).port("b", access=10)
        self.file = os.path.join(self.dir, "given.pcap")

    def refused(self, *words):
        return self.assert_refused(["given.pcap", *words], self.config, {"a": self.file})

    def write(self, data):
        with open(self.file, "wb") as file:
            file.write(data)

    def whole(self):
        capture.write_pcap(self.file, FRAMES)
        with open(self.file, "rb") as file:
            return file.read()

    def accepted(self):
        return capture.read_pcap(os.path.join(self.run_files(self.config, {"a": self.file}),
                                              "b.pcap"))

    def test_link_type(self):
        """`tcpdump -i any` writes no Ethernet frames."""
        capture.write_pcap(self.file, FRAMES, link=capture.LINUX_SLL)
        self.refused("LINUX_SLL", "Ethernet", "tcpdump -i")
        capture.write_pcap(self.file, FRAMES, link=276)
        self.refused("LINUX_SLL2", "Ethernet")
        capture.write_pcap(self.file, FRAMES, link=105)
        self.refused("Ethernet")
        capture.write_pcapng(self.file, FRAMES, link=capture.LINUX_SLL)
        self.refused("LINUX_SLL", "Ethernet")

    def test_not_a_capture(self):
        for data in (b"", b"\x00", b"\xd4\xc3\xb2", b"not a capture at all, but text\n" * 100,
                     bytes(1000)):
            self.write(data)
            self.refused("not a capture")

    def test_cut_header(self):
        self.write(self.whole()[:20])
        self.refused("not a capture")

    def test_cut_in_a_packet(self):
        """A capture that ends within a packet: nothing says how much was lost."""
        data = self.whole()
        for cut in (1, 30, 59, 60, 61, 75):
            self.write(data[:len(data) - cut])
            self.refused("truncated")

    def test_insane_lengths(self):
        data = bytearray(self.whole())
        for length in (0x7fffffff, 0xffffffff, 300000):
            data[24 + 8:24 + 12] = struct.pack("<I", length)
            self.write(data)
            self.refused()

    def test_cut_pcapng(self):
        capture.write_pcapng(self.file, FRAMES)
        with open(self.file, "rb") as file:
            data = file.read()
        for cut in (1, 4, 33):
            self.write(data[:-cut])
            self.refused()

    def test_missing(self):
        self.refused("No such file")

    def test_unknown_port(self):
        capture.write_pcap(self.file, FRAMES)
        text = self.assert_refused(["given.pcap"], self.config, {"nowhere": self.file})
        self.assertRegex(text, 'no port "?nowhere')

    def test_output_folder(self):
        capture.write_pcap(self.file, FRAMES)
        blocked = os.path.join(self.dir, "out1")
        with open(blocked, "w", encoding="utf-8"):
            pass
        self.assert_refused(["out1"], self.config, {"a": self.file})

    def test_bad_configuration(self):
        capture.write_pcap(self.file, FRAMES)
        bad = Config().port("a", access=4095)
        self.assert_refused(["4095", "access"], bad, {"a": self.file})
        self.assert_refused(["config.json"], "{ not json", {"a": self.file})

    def test_forms(self):
        """Each form of capture that libpcap reads gives the same."""
        times = [START + i * STEP for i in range(5)]
        for write in (lambda: capture.write_pcap(self.file, FRAMES),
                      lambda: capture.write_pcap(self.file, FRAMES, nano=False),
                      lambda: capture.write_pcap(self.file, FRAMES, order=">"),
                      lambda: capture.write_pcapng(self.file, FRAMES)):
            write()
            self.assertEqual(self.accepted(), [(t, f) for t, (_, f) in zip(times, FRAMES)])

    def test_empty(self):
        capture.write_pcap(self.file, [])
        self.assertEqual(self.accepted(), [])

    def test_no_input(self):
        """A replay of nothing is a mistake in the command, or says that nothing came in."""
        out = None
        try:
            out = self.run_files(self.config, {})
        except Refused as refused:
            self.assertIn("-i", str(refused))
        if out:
            self.assertEqual(capture.read_pcap(os.path.join(out, "b.pcap")), [])

    def test_cut_by_snaplen(self):
        """Packets that the capture holds only the start of are dropped, and counted."""
        capture.write_pcap(self.file, [(START, ether(BROADCAST, A, size=100)),
                                       (START + STEP, ether(BROADCAST, A, size=60))], cut=64)
        out = self.run_files(self.config, {"a": self.file})
        result = Result(out)
        self.assertEqual(result.frames("b"), [ether(BROADCAST, A, size=60)])
        self.assertEqual(result.drops("a"), {"capture_cut": 1})

    def test_time_going_back(self):
        """A capture out of order is replayed in its own order, and time never goes back."""
        frames = [(START + t * STEP, ether(BROADCAST, A, payload=bytes([t]))) for t in (3, 1, 4, 2)]
        capture.write_pcap(self.file, frames)
        got = self.accepted()
        self.assertEqual([f for _, f in got], [f for _, f in frames])
        self.assertEqual([t for t, _ in got],
                         [START + t * STEP for t in (3, 3, 4, 4)])


if __name__ == "__main__":
    main()
