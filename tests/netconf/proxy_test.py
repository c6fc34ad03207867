#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""heddle-netconf: what comes in goes out, both ways, and it ends when either side does.

usage: proxy_test.py HEDDLE_NETCONF
"""
import contextlib
import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

PROXY = sys.argv.pop(1)
BIG = os.urandom(1 << 20) * 48


def both(*threads):
    for t in threads:
        t.start()
    for t in threads:
        t.join(120)
        assert not t.is_alive(), "stuck"


class Proxy(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="heddle-proxy-"))
        self.path = os.path.join(folder, "s")
        self.listener = self.enterContext(contextlib.closing(socket.socket(socket.AF_UNIX)))
        self.listener.bind(self.path)
        self.listener.listen()
        self.listener.settimeout(30)

    @staticmethod
    def shut(end):
        with contextlib.suppress(OSError):  # what was not written is of no interest
            end.close()

    def start(self):
        process = subprocess.Popen([PROXY, "--socket", self.path], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for end in (process.stdin, process.stdout, process.stderr):
            self.addCleanup(self.shut, end)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        server, _ = self.listener.accept()
        server.settimeout(60)
        self.addCleanup(server.close)
        return process, server

    def test_bytes_both_ways_at_once(self):
        """Neither side reads before it has sent all: both directions have to flow by themselves."""
        process, server = self.start()
        got = {}

        def serve():
            sender = threading.Thread(target=server.sendall, args=(BIG,))
            sender.start()
            seen = hashlib.sha256()
            n = 0
            while data := server.recv(1 << 20):
                seen.update(data)
                n += len(data)
            got["server"] = (n, seen.digest())
            sender.join()
            server.close()

        def send():
            process.stdin.write(BIG)
            process.stdin.close()

        def read():
            got["client"] = process.stdout.read()

        both(*(threading.Thread(target=f) for f in (serve, send, read)))
        self.assertEqual(got["server"], (len(BIG), hashlib.sha256(BIG).digest()))
        self.assertEqual(len(got["client"]), len(BIG))
        self.assertEqual(hashlib.sha256(got["client"]).digest(), hashlib.sha256(BIG).digest())
        self.assertEqual(process.wait(30), 0)

    def test_one_direction_does_not_wait_for_the_other(self):
        """A client that reads nothing can still send, until the switch has enough of it."""
        process, server = self.start()
        server.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                server.send(bytes(1 << 16))  # nobody reads these
        server.settimeout(60)
        process.stdin.write(b"hello\n")
        process.stdin.flush()
        self.assertEqual(server.recv(64), b"hello\n")

    def test_client_is_done_sending(self):
        process, server = self.start()
        process.stdin.write(b"ask")
        process.stdin.close()
        self.assertEqual(server.recv(64), b"ask")
        self.assertEqual(server.recv(64), b"")
        self.assertIsNone(process.poll())  # the answer is to come
        server.sendall(b"answer")
        server.close()
        self.assertEqual(process.stdout.read(), b"answer")
        self.assertEqual(process.wait(30), 0)

    def test_switch_ends(self):
        process, server = self.start()
        server.sendall(b"bye")
        server.close()
        self.assertEqual(process.stdout.read(), b"bye")  # though stdin is open
        self.assertEqual(process.wait(30), 0)

    def test_client_is_gone(self):
        process, server = self.start()
        process.stdout.close()
        with contextlib.suppress(OSError):
            while process.poll() is None:
                server.sendall(bytes(1 << 16))
        self.assertEqual(process.wait(30), 0)

    def test_switch_is_not_there(self):
        for path, words in ((self.path + "none", "systemctl start heddled"),
                            ("/" + "x" * 200, "too long")):
            said = subprocess.run([PROXY, "--socket", path], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=30, check=False)
            self.assertEqual(said.returncode, 1)
            self.assertIn(path, said.stderr)
            self.assertIn(words, said.stderr)

    def test_command_line(self):
        for args, status, words in ((["--help"], 0, "usage: heddle-netconf"),
                                    (["--version"], 0, "heddle-netconf "),
                                    (["--nothing"], 2, "usage:"), (["netconf"], 2, "\"netconf\"")):
            said = subprocess.run([PROXY, *args], stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, timeout=30, check=False)
            self.assertEqual(said.returncode, status, args)
            self.assertIn(words, said.stdout + said.stderr)


if __name__ == "__main__":
    unittest.main()
