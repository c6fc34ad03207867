#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Waits for an event of a switch, or counts those that there were.

usage: events.py SOCKET [--count] EVENT [LEAF=VALUE ...]

Prints the first event of that name with these values, also of those before; --count: how many there
were so far. Fails when it does not come in 20 seconds.
"""
import pathlib
import sys
import xml.etree.ElementTree as ET

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "netconf"))
from client import Client, ok  # noqa: E402: its folder is known only now


def main():
    args = [a for a in sys.argv[1:] if a != "--count"]
    socket, name = args[:2]
    want = dict(a.split("=", 1) for a in args[2:])
    c = Client(socket, timeout=20)
    assert ok(c.rpc("<create-subscription xmlns='urn:ietf:params:xml:ns:netconf:notification:1.0'>"
                    "<startTime>2020-01-01T00:00:00Z</startTime></create-subscription>"))
    found = 0
    while True:
        try:
            event = ET.fromstring(c.receive())[1]
        except TimeoutError:
            print(f"no {name} with {want} came")
            return 1
        if "--count" in sys.argv and event.tag.endswith("}replayComplete"):
            print(found)
            return 0
        leaves = {leaf.tag.split("}")[1]: leaf.text for leaf in event}
        if event.tag.endswith("}" + name) and want.items() <= leaves.items():
            found += 1
            if "--count" not in sys.argv:
                print(name, leaves)
                return 0


if __name__ == "__main__":
    sys.exit(main())
