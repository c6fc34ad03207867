#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""A TCP transfer between two namespaces, with a checksum at both ends.

	xfer.py between FROM TO ADDRESS BYTES [--timeout S] [--port N] [--bind ADDRESS]

FROM and TO are names below /run/netns (".": where we are). ADDRESS is one of TO's. Prints one line
with the rate and exits with 0 when every byte came and the SHA-256 of both ends is the same.
BYTES may end in k or M.
"""
import argparse
import hashlib
import random
import socket
import sys
import threading
import time

from netns import inside

CHUNK = 1 << 18


def size(text):
    unit = {"k": 1 << 10, "M": 1 << 20, "G": 1 << 30}.get(text[-1], 1)
    return int(text.rstrip("kMG")) * unit


def chunks(total):
    """@total bytes, different all along, so that a lost or doubled piece changes the sum."""
    rng = random.Random(total)
    while total > 0:
        piece = rng.randbytes(min(CHUNK, total))
        total -= len(piece)
        yield piece


class Receiver(threading.Thread):
    """Takes one connection, keeps what comes, and then sends the sum of it back."""

    def __init__(self, listener, timeout):
        super().__init__(daemon=True)
        self.listener, self.timeout = listener, timeout
        self.bytes, self.last = 0, 0.0
        self.error = None

    def run(self):
        try:
            conn, _ = self.listener.accept()
            conn.settimeout(self.timeout)
            with conn:
                self.serve(conn)
        except OSError as err:
            self.error = err

    def serve(self, conn):
        pieces = []
        while data := conn.recv(CHUNK):
            pieces.append(data)
            self.bytes += len(data)
        self.last = time.monotonic()
        digest = hashlib.sha256()
        for piece in pieces:
            digest.update(piece)
        conn.sendall(digest.hexdigest().encode())


def transfer(src, dst, address, total, timeout=20.0, port=0, bind=None):
    """Returns (seconds from the first byte to the last, bytes received, sums are the same)."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    pieces, digest = list(chunks(total)), hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    with inside(dst):
        listener = socket.create_server((address, port), family=family)
    listener.settimeout(timeout)
    with inside(src):
        conn = socket.socket(family, socket.SOCK_STREAM)
    conn.settimeout(timeout)
    with conn, listener:
        if bind:
            conn.bind((bind, 0))
        receiver = Receiver(listener, timeout)
        receiver.start()
        try:
            conn.connect((address, listener.getsockname()[1]))
        except OSError:
            listener.shutdown(socket.SHUT_RDWR)  # ends the receiver's wait
            raise
        start = time.monotonic()
        for piece in pieces:
            conn.sendall(piece)
        conn.shutdown(socket.SHUT_WR)
        theirs = b""
        while len(theirs) < 64 and (data := conn.recv(64)):
            theirs += data
    receiver.join(timeout)
    return receiver.last - start, receiver.bytes, theirs.decode() == digest.hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=["between"])
    parser.add_argument("src")
    parser.add_argument("dst")
    parser.add_argument("address")
    parser.add_argument("bytes", type=size)
    parser.add_argument("--timeout", type=float, default=20.0)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--bind")
    args = parser.parse_args()
    try:
        seconds, got, same = transfer(args.src, args.dst, args.address, args.bytes, args.timeout,
                                      args.port, args.bind)
    except OSError as err:
        sys.exit(f"{args.src} -> {args.dst}: {err}")
    if got != args.bytes or not same:
        sys.exit(f"{args.src} -> {args.dst}: {got} of {args.bytes} bytes, checksum "
                 f"{'same' if same else 'differs'}")
    print(f"{args.src} -> {args.dst}: {got} bytes, checksum same, {got * 8 / seconds / 1e6:.0f} Mbit/s")


if __name__ == "__main__":
    main()
