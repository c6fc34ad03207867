#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""`heddle replay --expect`: what came is compared with what was to come, and a difference is explained."""
import os
import shutil

import capture
from scenario import BROADCAST, DIRECT, START, STEP, Config, Refused, Scenario, ether, main

A, B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"


class Expect(Scenario):
    def setUp(self):
        super().setUp()
        if DIRECT:
            self.skipTest("this is about the command, which HEDDLE_REPLAY=direct leaves out")
        self.config = Config().port("a", access=10).port("b", trunk=["10"])
        self.frames = [(START + i * STEP, ether(BROADCAST, A, payload=bytes([i] * 4)))
                       for i in range(10)]
        self.file = os.path.join(self.dir, "in.pcap")
        capture.write_pcap(self.file, self.frames)
        self.golden = os.path.join(self.dir, "golden")
        shutil.copytree(self.run_files(self.config, {"a": self.file}), self.golden)

    def compare(self):
        return self.run_files(self.config, {"a": self.file}, more=["--expect", self.golden])

    def differs(self, packets, *words):
        capture.write_pcap(os.path.join(self.golden, "b.pcap"), packets)
        with self.assertRaises(Refused) as caught:
            self.compare()
        text = str(caught.exception)
        self.assertIn("exit status 1\n", text)
        for word in ("port b", *words):
            self.assertIn(word, text)

    def expected(self):
        return [(time, frame[:12] + b"\x81\x00\x00\x0a" + frame[12:]) for time, frame in self.frames]

    def test_same(self):
        self.compare()
        capture.write_pcap(os.path.join(self.golden, "b.pcap"), self.expected())
        self.compare()

    def test_other_byte(self):
        packets = self.expected()
        packets[3] = (packets[3][0], packets[3][1][:15] + b"\x0b" + packets[3][1][16:])
        self.differs(packets, "packet 4", "byte 15", "VLAN")

    def test_other_length(self):
        packets = self.expected()
        packets[0] = (packets[0][0], packets[0][1] + b"x")
        self.differs(packets, "packet 1")

    def test_missing_and_extra(self):
        packets = self.expected()
        self.differs(packets + [(START + 100 * STEP, ether(A, B, "10"))], "11")
        self.differs(packets[:-1], "10")

    def test_other_time(self):
        packets = [(time + 1, frame) for time, frame in self.expected()]
        self.differs(packets, "packet 1")
        self.run_files(self.config, {"a": self.file},
                       more=["--expect", self.golden, "--ignore-time"])


if __name__ == "__main__":
    main()
