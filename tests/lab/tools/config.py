#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes a configuration (JSON instance data) from short lines, so that tests show what matters.

	switch sw0 mac-limit=100
	segment lan bridged=eth1			# of the switch named last
	segment office vlan=10 bridged=eth1,eth2
	segment lab host-only interface=hd-lab address=192.168.56.1/24,fd00::1/64
	static-mac lan 02:00:00:00:00:05 web
	tap web namespace=web device=eth0 access=lan mtu=9000
	vm-tap vm2 device=vt0 access=lan
	tap fw trunk=lan,office,100..200 native=lan
	af-packet eth1 namespace=phys device=veth0
	vhost-user vm1 socket=vm1.sock access=lan mac-limit=5
	tap r access=lan bpdu-guard=false ra-guard=false dhcp-guard=false
	gateway gw segment=lab address=192.168.56.254/24,fd00::fe/64 vrf=blue mtu=9000
	tap c tunnel=300 anti-spoof-mac=02:00:00:00:00:01 anti-spoof-ip=10.0.0.1

A port is on the switch named last; switch=NAME says otherwise, switch= says none. Options of a kind
go to its container, the rest to the port. Lines end at a "#".
"""
import json
import sys

KIND_LEAVES = {
    "tap": ("device", "namespace", "queues", "mac-address", "offloads"),
    "vm-tap": ("device", "namespace", "owner", "group", "queues", "mac-address"),
    "af-packet": ("device", "namespace", "offloads"),
    "vhost-user": ("socket", "mode", "queues", "owner", "group", "socket-mode", "offloads"),
    "pcap": ("read", "write"),
    "gateway": ("switch", "segment", "address", "vrf", "mac"),
}
LISTS = ("trunk", "tunnel-cvlans", "bridged", "address", "anti-spoof-mac", "anti-spoof-ip")
NUMBERS = ("vlan", "mtu", "queues", "mac-limit", "mac-ageing-time", "default-priority")
BOOLEANS = ("bpdu-guard", "ra-guard", "dhcp-guard", "native-tagged", "accept-pvid-tag", "enabled")


def value(key, text):
    if key in LISTS:
        return text.split(",") if text else []
    if key in NUMBERS:
        return int(text)
    if key in BOOLEANS:
        return text == "true"
    return text


def options(words):
    """Words with "=" become a dict, others are flags."""
    found = {}
    for word in words:
        key, is_pair, text = word.partition("=")
        found[key] = value(key, text) if is_pair else True
    return found


def segment(name, opts):
    made = {"name": name, **{k: opts[k] for k in ("vlan", "mac-limit") if k in opts}}
    if "host-only" in opts:
        made["host-only"] = {}
    else:
        made["bridged"] = {"uplink": opts["bridged"]} if opts.get("bridged") not in (None, True) else {}
    if "interface" in opts:
        made["host-interface"] = {"name": opts["interface"], "address": opts.get("address", [])}
        if "mac-address" in opts:
            made["host-interface"]["mac-address"] = opts["mac-address"]
    return made


def port(kind, name, opts, switch):
    made = {"name": name, "type": f"heddle-{kind}:{kind}"}
    if "enabled" in opts:
        made["enabled"] = opts.pop("enabled")
    if kind == "gateway":
        opts.setdefault("switch", switch)
        switch = None
    own = {k: opts.pop(k) for k in KIND_LEAVES[kind] if k in opts}
    if own:
        made[f"heddle-{kind}:{kind}"] = own
    switch = opts.pop("switch", switch)
    rest = {"switch": switch} if switch else {}
    spoof = {k: opts.pop(f"anti-spoof-{k}") for k in ("mac", "ip") if f"anti-spoof-{k}" in opts}
    for key, setting in opts.items():
        guard = key in ("mac-limit", "bpdu-guard", "ra-guard", "dhcp-guard")
        rest[f"heddle-guard:{key}" if guard else key] = setting
    if spoof:
        rest["heddle-guard:anti-spoof"] = spoof
    if rest:
        made["heddle-port:port"] = rest
    return made


def main():
    switches, ports = [], []
    for number, line in enumerate(sys.stdin, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        what, name, *rest = words
        if what == "switch":
            switches.append({"name": name, **options(rest)})
        elif what == "segment":
            switches[-1].setdefault("segment", []).append(segment(name, options(rest)))
        elif what == "static-mac":
            switches[-1].setdefault("static-mac", []).append(
                {"segment-or-vlan": name, "mac": rest[0], "port": rest[1]})
        elif what in KIND_LEAVES:
            ports.append(port(what, name, options(rest), switches[-1]["name"] if switches else None))
        else:
            sys.exit(f"line {number}: {what}: not a switch, a segment, a static-mac or a kind of port")
    json.dump({"heddle-switch:switches": {"switch": switches},
               "ietf-interfaces:interfaces": {"interface": ports}}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
