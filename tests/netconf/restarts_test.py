#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What get-effects says of ports that open, restart and close is what heddle-dp then does: for each
setting of a port, on a real switch.

usage: restarts_test.py BUILD-DIR
"""
import contextlib
import sys

from client import Client, errors, ok
from datastores import HC, commit, edit, hport, iface, ifs, op
from live import IN_FORCE, Switch

VHOST = "urn:heddle:yang:heddle-vhost-user"
PCAP = "urn:heddle:yang:heddle-pcap"
GUARD = "urn:heddle:yang:heddle-guard"

START = {
    "heddle-switch:switches": {"switch": [{"name": "sw0", "segment": [
        {"name": "office", "vlan": 10, "bridged": {"uplink": ["up"]}},
        {"name": "lab", "host-only": {}}]}]},
    "ietf-interfaces:interfaces": {"interface": [
        {"name": "up", "type": "heddle-pcap:pcap", "heddle-port:port": {"switch": "sw0"}},
        *({"name": n, "type": "heddle-vhost-user:vhost-user",
           "heddle-port:port": {"switch": "sw0", "access": "lab"}} for n in ("a", "b", "c")),
        {"name": "cap", "type": "heddle-pcap:pcap", "heddle-pcap:pcap": {"write": "cap.pcap"},
         "heddle-port:port": {"switch": "sw0", "access": "lab"}}]},
}


def vhost(body):
    return f'<vhost-user xmlns="{VHOST}">{body}</vhost-user>'


def pcap(body):
    return f'<pcap xmlns="{PCAP}">{body}</pcap>'


def typed(kind):
    return f'<type xmlns:t="urn:heddle:yang:heddle-{kind}">t:{kind}</type>'


# One commit each: what is edited, and what heddle-dp is to do: (opened, restarted, closed)
CHANGES = [
    ("mtu", ifs(iface("a", hport("<mtu>1400</mtu>"))), (0, 0, 0)),
    ("disabled", ifs(iface("a", "<enabled>false</enabled>")), (0, 0, 0)),
    ("enabled", ifs(iface("a", "<enabled>true</enabled>")), (0, 0, 0)),
    ("description and mtu", ifs(iface("a", "<description>x</description>" + hport("<mtu>1500</mtu>"))),
     (0, 0, 0)),
    ("access", ifs(iface("a", hport("<access>office</access>"))), (0, 0, 0)),
    ("guard", ifs(iface("a", hport(f'<bpdu-guard xmlns="{GUARD}">false</bpdu-guard>'))), (0, 0, 0)),
    ("mac-limit", ifs(iface("a", hport(f'<mac-limit xmlns="{GUARD}">7</mac-limit>'))), (0, 0, 0)),
    ("queues", ifs(iface("a", vhost("<queues>2</queues>"))), (0, 1, 0)),
    ("socket", ifs(iface("a", vhost("<socket>other.sock</socket>"))), (0, 1, 0)),
    ("offloads", ifs(iface("a", vhost("<offloads>none</offloads>"))), (0, 1, 0)),
    ("two at once", ifs(iface("a", vhost("<queues>1</queues>")),
                        iface("b", vhost("<queues>2</queues>"))), (0, 2, 0)),
    ("capture", ifs(iface("cap", pcap("<write>other.pcap</write>"))), (0, 1, 0)),
    ("kind", ifs(iface("c", typed("pcap"))), (0, 1, 0)),
    ("new", ifs(iface("d", typed("pcap") + hport("<switch>sw0</switch><access>lab</access>"))),
     (1, 0, 0)),
    ("new, gone and restarted",
     ifs(iface("e", typed("pcap") + hport("<switch>sw0</switch><access>lab</access>")),
         iface("d", op="delete"), iface("b", vhost("<queues>1</queues>"))), (1, 1, 1)),
]
NS = f"{{{HC}}}"


def foretold(c):
    reply = op(c, "get-effects")
    assert not errors(reply), errors(reply)
    kinds = [e.findtext(NS + "kind") for e in reply.findall(NS + "effect")]
    return tuple(kinds.count(k) for k in ("port-added", "port-restarts", "port-removed"))


def main():
    failed = 0
    with Switch(sys.argv[1], START) as switch, \
            contextlib.closing(Client(switch.path, timeout=60)) as c:
        for name, config, want in CHANGES:
            assert ok(edit(c, config)), name
            said = foretold(c)
            reply = commit(c)
            assert ok(reply), (name, errors(reply))
            did, switch.at = switch.wait_line(IN_FORCE, switch.at)
            did = tuple(int(did[n]) for n in (2, 3, 4))
            right = said == did == want
            failed += not right
            print(f"{'ok  ' if right else 'FAIL'} {name}: foretold {said}, did {did}, wanted {want}")
    print(f"{len(CHANGES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
