#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Captures at the ends of what their formats can say: interfaces, lengths, times, check sequences.

What one frame has ends nothing but that frame; a file that cannot be used is refused before anything
runs. What comes out is also read by tshark and capinfos, if they are there.
"""
import os
import shutil
import struct
import subprocess

import capture
from scenario import BROADCAST, START, STEP, Config, Result, Scenario, ether, main

A = "02:00:00:00:00:0a"
WLAN = 105
LAST_PCAP = (2**32 - 1) * 10**9 + 999999999
LAST = 2**64 - 1


def plain():
    return Config().port("a", access=10).port("b", access=10)


def frame(number, size=60):
    return ether(BROADCAST, A, payload=bytes([number]), size=size)


def wireshark(tool, *arguments):
    """What the tool prints, or None: it is not installed."""
    if not shutil.which(tool):
        return None
    return subprocess.run([tool, *arguments], capture_output=True, text=True, check=True,
                          stdin=subprocess.DEVNULL).stdout


class Formats(Scenario):
    def setUp(self):
        super().setUp()
        self.file = os.path.join(self.dir, "given.pcap")

    def run_it(self, config=None, port="a", batch=None):
        self.out = self.run_files(config or plain(), {port: self.file}, batch)
        return Result(self.out)

    def check_tools(self, packets):
        """tshark and capinfos find in b's capture what was to come out, to the nanosecond."""
        path = os.path.join(self.out, "b.pcap")
        text = wireshark("tshark", "-r", path, "-T", "fields", "-e", "frame.time_epoch", "-e",
                         "frame.cap_len", "-e", "frame.len")
        if text is None:
            return
        self.assertEqual([line.split() for line in text.splitlines()],
                         [[f"{t // 10**9}.{t % 10**9:09}", str(len(f)), str(len(f))]
                          for t, f in packets])
        text = wireshark("capinfos", "-M", "-c", "-E", path)
        self.assertRegex(text, rf"Number of packets:\s+{len(packets)}\n")
        self.assertRegex(text, r"File encapsulation:\s+(Ethernet|ether)")

    def came_through(self, result, packets, tools=False):
        self.assertEqual(result.packets["b"], packets)
        if tools:
            self.check_tools(packets)


class Interfaces(Formats):
    def mixed(self):
        """Three interfaces: of other link types and snapshot lengths, a fourth in a second section
        of the other byte order."""
        capture.write_blocks(self.file, [
            capture.section(), capture.interface(snaplen=64, name="eth0"),
            capture.interface(WLAN, 128, "wlan0"),
            capture.packet(0, START, frame(1)), capture.packet(1, START + 1, frame(2)),
            capture.interface(snaplen=262144, name="eth1", tsresol=6),
            capture.packet(2, (START + 2000) // 1000, frame(3)),
            capture.packet(0, START + 3000, frame(4, 1500)),
            capture.section(">"), capture.interface(name="eth0", order=">"),
            capture.packet(0, START + 4000, frame(5), order=">")])

    def test_all(self):
        self.mixed()
        result = self.run_it()
        self.came_through(result, [(START, frame(1)), (START + 2000, frame(3)),
                                   (START + 3000, frame(4, 1500)), (START + 4000, frame(5))], True)
        self.assertEqual(result.drops("a"), {"capture_link_type": 1})
        self.assertEqual(result.port("a")["rx_packets"], 5)

    def test_one_is_chosen(self):
        self.mixed()
        for chosen, packets in (
                ("eth0", [(START, frame(1)), (START + 3000, frame(4, 1500)),
                          (START + 4000, frame(5))]),
                ("eth1", [(START + 2000, frame(3))]), ("2", [(START + 2000, frame(3))]),
                ("3", [(START + 4000, frame(5))])):
            with self.subTest(chosen=chosen):
                result = self.run_it(port=f"a@{chosen}")
                self.came_through(result, packets)
                self.assertEqual(result.drops("a"), {})
                self.assertEqual(result.port("a")["rx_packets"], len(packets))

    def test_two_ports_of_one_file(self):
        self.mixed()
        config = plain().port("c", access=10)
        result = Result(self.run_files(config, {"a@eth0": self.file, "c@eth1": self.file}))
        self.assertEqual(result.port("a")["rx_packets"], 3)
        self.assertEqual(result.port("c")["rx_packets"], 1)
        self.assertEqual(len(result.frames("b")), 4)

    def test_refused(self):
        self.mixed()
        self.assert_refused(["given.pcap", '"eth9"', "0 eth0, 1 wlan0, 2 eth1, 3 eth0"], plain(),
                            {"a@eth9": self.file})
        self.assert_refused(["given.pcap", "IEEE802_11", "Ethernet"], plain(),
                            {"a@wlan0": self.file})
        self.assert_refused(["PORT@INTERFACE=FILE"], plain(), {"a@": self.file})
        capture.write_pcap(self.file, [(START, frame(1))])
        self.assert_refused(["given.pcap", '"eth0"'], plain(), {"a@eth0": self.file})
        for run in range(1, self.runs + 1):
            self.assertFalse(os.path.exists(os.path.join(self.dir, f"out{run}")))


class Lengths(Formats):
    def test_too_long(self):
        """Longer than 64 KB: dropped by name, and what comes after it is replayed."""
        packets = [(START, frame(1)), (START + 1, frame(2, 65558)), (START + 2, frame(3, 300000)),
                   (START + 3, frame(4))]
        for write in (capture.write_pcap, capture.write_pcapng):
            write(self.file, packets)
            result = self.run_it()
            self.came_through(result, [packets[0], packets[3]])
            self.assertEqual(result.drops("a"), {"capture_too_long": 2})
            self.assertEqual(result.port("a")["rx_bytes"], sum(len(f) for _, f in packets))

    def test_whole_though_longer_than_the_header_says(self):
        packets = [(START, frame(1, 1500)), (START + 1, frame(2))]
        capture.write_pcap(self.file, packets, snaplen=96)
        self.came_through(self.run_it(), packets, True)

    def test_check_sequences(self):
        """The four bytes of a frame check sequence are not of the frame."""
        packets = [(START, frame(1) + b"FCS!"), (START + 1, frame(2, 61) + b"FCS!")]
        want = [(t, f[:-4]) for t, f in packets]
        capture.write_pcap(self.file, packets, link=1 | 1 << 26 | 2 << 28)
        result = self.run_it()
        self.came_through(result, want)
        self.assertEqual(result.port("a")["rx_bytes"], 121)
        # the capture left the check sequence out, and is whole all the same
        capture.write_pcap(self.file, packets[:1], link=1 | 1 << 26 | 2 << 28, cut=60)
        self.came_through(self.run_it(), want[:1])
        for fcs in (4, 32):
            capture.write_blocks(self.file, [capture.section(), capture.interface(fcs=fcs)] +
                                 [capture.packet(0, t, f) for t, f in packets])
            self.came_through(self.run_it(), want)
        # without the bit that says so, the number says nothing
        capture.write_pcap(self.file, packets, link=1 | 2 << 28)
        self.came_through(self.run_it(), packets)


class Times(Formats):
    def both_batches(self, packets, tools=False):
        for batch in (1, 256):
            result = self.run_it(batch=batch)
            self.came_through(result, packets, tools and batch == 1)
        return result

    def test_pcap(self):
        """From the first second to the last of 32 bits."""
        times = [0, 1, 2**31 * 10**9 - 1, 2**31 * 10**9, 2**31 * 10**9 + 10**9, LAST_PCAP - 1,
                 LAST_PCAP, LAST_PCAP]
        packets = [(t, frame(i)) for i, t in enumerate(times)]
        for write in (capture.write_pcap, capture.write_pcapng):
            write(self.file, packets)
            self.both_batches(packets, write == capture.write_pcap)
            with open(os.path.join(self.out, "b.pcap"), "rb") as file:
                self.assertEqual(struct.unpack("<I", file.read(4))[0], 0xa1b23c4d)

    def test_pcapng(self):
        """Beyond the seconds of a pcap file, to the last nanosecond: what comes out is pcapng."""
        times = [START, LAST_PCAP + 1, 2**33 * 10**9 + 1, LAST - 1, LAST, LAST]
        packets = [(t, frame(i)) for i, t in enumerate(times)]
        capture.write_pcapng(self.file, packets)
        result = self.both_batches(packets, True)
        self.assertEqual(result.drops("a"), {})

    def test_offset(self):
        capture.write_blocks(self.file, [
            capture.section(), capture.interface(tsresol=6, tsoffset=2**33),
            capture.packet(0, 5, frame(1))])
        self.both_batches([(2**33 * 10**9 + 5000, frame(1))])

    def test_what_cannot_be_carried(self):
        """Before 1970, or after 64 bits of nanoseconds: that frame is dropped, by name."""
        capture.write_blocks(self.file, [
            capture.section(), capture.interface(tsresol=6),
            capture.interface(tsresol=9, tsoffset=-10),
            capture.packet(0, 7, frame(1)), capture.packet(0, LAST, frame(2)),
            capture.packet(1, 9 * 10**9, frame(3)), capture.packet(0, 8, frame(4))])
        result = self.both_batches([(7000, frame(1)), (8000, frame(4))])
        self.assertEqual(result.drops("a"), {"capture_time": 2})

    def test_ageing_at_the_end(self):
        """Nothing runs in circles where the next second cannot be told any more."""
        packets = [(LAST - 5 * 10**9 + i * 10**9, frame(i)) for i in range(6)]
        capture.write_pcapng(self.file, packets)
        self.both_batches(packets)


class Refusals(Formats):
    def test_compressed(self):
        capture.write_pcap(self.file, [(START, frame(1))])
        for tool, word, undo in (("gzip", "gzip", "gunzip"), ("zstd", "zstd", "unzstd"),
                                 ("xz", "xz", "unxz"), ("bzip2", "bzip2", "bunzip2")):
            if not shutil.which(tool):
                continue
            with open(self.file, "rb") as file:
                packed = subprocess.run([tool, "-c"], stdin=file, capture_output=True,
                                        check=True).stdout
            path = os.path.join(self.dir, "packed.pcap")
            with open(path, "wb") as file:
                file.write(packed)
            self.assert_refused(["packed.pcap", f"compressed ({word})", undo], plain(),
                                {"a": path})

    def test_no_regular_file(self):
        self.assert_refused(["Is a directory"], plain(), {"a": self.dir})

    def test_refused_before_anything_runs(self):
        """A file that is cut off, or damaged far behind: the results of last time stay whole."""
        capture.write_pcap(self.file, [(START + i * STEP, frame(1)) for i in range(2000)])
        out = self.run_files(plain(), {"a": self.file})
        before = self.listing(out)
        with open(self.file, "rb+") as file:
            file.truncate(os.path.getsize(self.file) - 1)
        self.runs -= 1
        self.assert_refused(["given.pcap", "truncated after frame 1999"], plain(), {"a": self.file})
        self.assertEqual(self.listing(out), before)

    @staticmethod
    def listing(folder):
        found = {}
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as file:
                found[name] = file.read()
        return found


if __name__ == "__main__":
    main()
