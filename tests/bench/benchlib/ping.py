#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Pings an address, one echo each 2 ms, and prints the round trips in microseconds as JSON.

ping(8) prints whole microseconds, and at such intervals it spins on a core that is measured.
"""
import json
import socket
import struct
import sys
import time

INTERVAL = 0.002
TIMEOUT = 1.0
LOST_MAX = 5  # none is expected; more, and there is nothing to measure


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff


def request(number):
    body = struct.pack("!HH", 0x4844, number) + bytes(48)
    return struct.pack("!BBH", 8, 0, checksum(struct.pack("!HH", 0x0800, 0) + body)) + body


def answered(sock, number):
    """Waits for the echo reply @number; raises TimeoutError."""
    while True:
        data = sock.recv(2048)
        icmp = data[(data[0] & 15) * 4:]
        if icmp[0] == 0 and icmp[4:8] == struct.pack("!HH", 0x4844, number):
            return


def main():
    address, count = sys.argv[1], int(sys.argv[2])
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    sock.settimeout(TIMEOUT)
    sock.connect((address, 0))
    times, lost = [], 0
    for number in range(1, count + 1):
        data = request(number)
        begin = time.monotonic_ns()
        sock.send(data)
        try:
            answered(sock, number)
        except TimeoutError:
            lost += 1
            if lost > LOST_MAX:
                sys.exit(f"{lost} of {number} pings were lost")
            continue
        times.append((time.monotonic_ns() - begin) / 1e3)
        time.sleep(INTERVAL)
    print(json.dumps(times))


if __name__ == "__main__":
    main()
