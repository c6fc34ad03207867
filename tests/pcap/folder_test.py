#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The folder of a replay's results: all of one replay, or none, and never over what is read."""
import fcntl
import json
import os
import resource
import signal
import subprocess

import capture
from scenario import (BROADCAST, DIRECT, HEDDLE, START, TIMEOUT, Config, Result, Scenario, ether,
                      main)

A = "02:00:00:00:00:0a"
STAGE = ".replay"


def plain():
    return Config().port("a", access=10).port("b", access=10)


def no_large_files():
    """What is written beyond 64 KB of a file fails, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))


class Folder(Scenario):
    def setUp(self):
        super().setUp()
        self.file = self.path("given.pcap")
        self.write(self.file, 3)

    def path(self, *names):
        return os.path.join(self.dir, *names)

    @staticmethod
    def write(path, n, size=60):
        capture.write_pcap(path, [(START + i, ether(BROADCAST, A, payload=bytes([i % 251]),
                                                    size=size)) for i in range(n)])

    def again(self, config, files, **more):
        """A replay into the folder of the last one."""
        self.runs -= 1
        return self.run_files(config, files, **more)

    def test_made_with_those_above(self):
        out = self.path("new", "folder")
        self.run_files(plain(), {"a": self.file}, more=["-o", out])
        self.assertEqual(sorted(os.listdir(out)), ["a.pcap", "b.pcap", "summary.json"])

    def test_no_old_files_beside_new_ones(self):
        out = self.run_files(plain().port("c", access=10).port("d", access=10), {"a": self.file})
        for name in ("notes.txt", "mine.pcap"):
            with open(os.path.join(out, name), "w", encoding="utf-8") as file:
                file.write("not a result")
        self.again(plain(), {"a": self.file})
        self.assertEqual(sorted(os.listdir(out)),
                         ["a.pcap", "b.pcap", "mine.pcap", "notes.txt", "summary.json"])

    def test_after_one_that_was_killed(self):
        """Wherever it was: while it removed the results before it, wrote, or moved its own."""
        out = self.run_files(plain().port("c", access=10), {"a": self.file})
        os.mkdir(os.path.join(out, STAGE))
        for name in ("old.json", "summary.json"):
            os.rename(os.path.join(out, "summary.json"), os.path.join(out, STAGE, name))
            self.write(os.path.join(out, STAGE, "x.pcap"), 1)
            self.again(plain(), {"a": self.file})
            self.assertEqual(sorted(os.listdir(out)), ["a.pcap", "b.pcap", "summary.json"])
            self.again(plain().port("c", access=10), {"a": self.file})
            os.mkdir(os.path.join(out, STAGE))

    def test_a_summary_is_not_trusted(self):
        """Names in it lead nowhere else."""
        victim = self.path("victim.pcap")
        self.write(victim, 1)
        out = self.run_files(plain(), {"a": self.file})
        for text in (json.dumps({"ports": {"../victim": {}, "": {}, "a/../../victim": {}}}),
                     '{"ports": 5}', "[]", "not json", ""):
            with open(os.path.join(out, "summary.json"), "w", encoding="utf-8") as file:
                file.write(text)
            self.again(plain(), {"a": self.file})
            self.assertTrue(os.path.exists(victim))
            self.assertEqual(Result(out).port("b")["tx_packets"], 3)

    def test_aborted(self):
        """Nothing is left that looks like a result, also not of the replay before."""
        out = self.run_files(plain(), {"a": self.file})
        self.write(self.file, 200, 1000)
        config = self.path("config.json")
        done = subprocess.run([HEDDLE, "replay", "-c", config, "-i", f"a={self.file}", "-o", out],
                              preexec_fn=no_large_files, restore_signals=False, timeout=TIMEOUT,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("capture of port b failed: File too large", done.stderr)
        self.assertEqual(os.listdir(out), [])

    def test_interrupted(self):
        """The command is ended while it runs: what it began is removed."""
        self.write(self.file, 300000)
        config, out = self.path("config.json"), self.path("out")
        with open(config, "w", encoding="utf-8") as file:
            file.write(plain().json())
        command = subprocess.Popen([HEDDLE, "replay", "-c", config, "-i", f"a={self.file}", "-o",
                                    out], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        while not os.path.exists(os.path.join(out, STAGE, "b.pcap")):
            self.assertIsNone(command.poll(), "it was over before it could be stopped")
        command.terminate()
        command.communicate(timeout=TIMEOUT)  # the planes hold the pipe until they have ended
        self.assertEqual(os.listdir(out), [])

    def test_never_over_what_it_reads(self):
        out = self.run_files(plain().port("c", access=10), {"a": self.file})
        for name in ("a.pcap", "b.pcap", "c.pcap"):
            taken = os.path.join(out, name)
            os.symlink(taken, self.path("linked-" + name))
            before = Result(out).raw
            for given in (taken, self.path("linked-" + name)):
                with self.subTest(given=given):
                    self.runs -= 1
                    self.assert_refused([f"{name} in it is the capture that comes in by port b",
                                         "another folder"], plain(), {"b": given})
                    self.assertEqual(Result(out).raw, before)
        # beside the results it may lie
        self.write(os.path.join(out, "in.pcap"), 2)
        self.again(plain(), {"a": os.path.join(out, "in.pcap")})
        self.assertEqual(Result(out).port("b")["tx_packets"], 2)
        self.assertTrue(os.path.exists(os.path.join(out, "in.pcap")))

    def test_never_over_the_configuration(self):
        if DIRECT:
            self.skipTest("is seen to by the command")
        for name in ("config.json", "summary.json", "a.pcap"):
            path = self.path(name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(plain().json())
            done = subprocess.run([HEDDLE, "replay", "-c", path, "-i", f"a={self.file}", "-o",
                                   self.dir], timeout=TIMEOUT, capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 0 if name == "config.json" else 2, done.stderr)
            if name != "config.json":
                self.assertIn(f"{name} in it is the configuration", done.stderr)
            for result in ("summary.json", "a.pcap", "b.pcap"):
                if result != name and os.path.exists(self.path(result)):
                    os.unlink(self.path(result))
            with open(path, encoding="utf-8") as file:
                self.assertEqual(file.read(), plain().json())

    def test_never_over_what_is_expected(self):
        if DIRECT:
            self.skipTest("is seen to by the command")
        out = self.run_files(plain(), {"a": self.file})
        before = Result(out).raw
        self.runs -= 1
        self.assert_refused(["--expect", "compared with"], plain(), {"a": self.file},
                            more=["--expect", out + "/."])
        self.assertEqual(Result(out).raw, before)

    def test_two_at_once(self):
        out = self.run_files(plain(), {"a": self.file})
        os.mkdir(os.path.join(out, STAGE))
        other = os.open(os.path.join(out, STAGE), os.O_RDONLY)
        self.addCleanup(os.close, other)
        fcntl.flock(other, fcntl.LOCK_EX)
        self.runs -= 1
        self.assert_refused(["another replay writes there"], plain(), {"a": self.file})
        self.assertEqual(Result(out).port("b")["tx_packets"], 3)
        self.assertTrue(os.path.exists(os.path.join(out, STAGE)))

    def test_disabled_port(self):
        """It has its capture, with nothing in it; and what comes in by it is dropped."""
        config = plain().port("c", access=10)
        config.ports[0]["enabled"] = False
        result = Result(self.run_files(config, {"a": self.file, "b": self.file}))
        self.assertEqual(result.packets["a"], [])
        self.assertEqual(result.drops("a"), {"port_disabled": 3})
        self.assertEqual(result.port("a")["rx_packets"], 3)
        self.assertEqual(len(result.packets["c"]), 3)
        self.assertEqual(result.macs(), {("sw0", 10, A): "b"})


if __name__ == "__main__":
    main()
