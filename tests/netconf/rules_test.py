#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What validate accepts, commit accepts: whatever a plane can refuse a configuration for, heddle-mgmt
refuses at validate, with the path of what is wrong.

What the planes can refuse is read from their sources, so a check that is added there fails this test
until the model has it, too.

usage: rules_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import re
import sys

from abuse import SLOW
from client import Client, errors, ok
from common import CONFIGS, main, test, world
from datastores import HP, HS, OPS, TAP, edit, hport, iface, ifs, tap

ROOT = CONFIGS.parents[1]
FOLDERS = ("dataplane", "ctrlplane", "supervisor", "lib/api", "lib/config", "lib/net")
NOT_CONFIGURATION = re.compile(r"_test|_fixture|/replay/|/main/")
FUNCTION = re.compile(r"^(?:static |const |struct )*\w[\w *]*?\**\b(\w+)\(([^;{}]*)\)\n\{\n(.*?)^\}", re.M | re.S)
TEXT = r'"(?:[^"\\]|\\.)*"'
REFUSAL = re.compile(rf"\b(?:hd_err_set|hd_store_refuse)\(((?:[^;\"]|{TEXT})*);")
FORMAT = re.compile(rf"(?:{TEXT}\s*)+")


def sources():
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.c")):
            if not NOT_CONFIGURATION.search(str(path.relative_to(ROOT))):
                yield path, path.read_text(encoding="utf-8")


def refusals():
    """{message: function}: of each function that checks an object (".validate = F", opener_check_F) or
    puts a configuration together (hd_store_refuse), and what they call with a struct hd_err."""
    known, todo, seen, found = {}, [], set(), {}
    for path, text in sources():
        todo += [(name, path) for name in re.findall(r"\.validate = (\w+)", text)]
        for m in FUNCTION.finditer(text):
            # what is static is known in its own file
            known.setdefault((m[1], path if m[0].startswith("static") else None), []).append((m, path))
            if m[1].startswith("opener_check_") or "hd_store_refuse(" in m[3]:
                todo.append((m[1], path))
    assert len(todo) > 20, todo
    while todo:
        name, path = todo.pop()
        key = (name, path) if (name, path) in known else (name, None)
        if (name, path) in seen:
            continue
        seen.add((name, path))
        for function, inner in known.get(key, ()):
            for call in REFUSAL.findall(function[3]):
                text = FORMAT.search(call)
                if text:
                    found["".join(re.findall(TEXT, text[0])).replace('\\"', "'").replace('"', "")] = name
            todo += [(callee, inner) for callee in set(re.findall(r"\b(\w+)\(", function[3]))
                     if any("struct hd_err *" in f[0][2]
                            for f in known.get((callee, inner), known.get((callee, None), ())))]
    return found


# What no configuration can make the planes say, and why.
NEVER = {
    "heddle-mgmt sends no such thing": (
        "object type 0x%x", "%s: object without a name", "%s %s: operation %u", "VLAN mode %u",
        "bytes that must be zero", "an address of the unknown family", "more bytes than an IPv4",
        "anti-spoof: IP %u: family", "the kind is not a name", "the switch is not a name",
        "a host interface or gateway is in one VLAN", "the settings of kind",
        "there is no port of kind %s with that name", "the settings of the gateway are missing",
        "the MAC of a gateway is a unicast", "%u addresses, a gateway can have", "mode: %u is not client",
        "offloads 0x%x", "offloads: tso without", "segment %s: there is no switch",
        "%s: an object after prepare"),
    "it passes on what another check says": ("port %s: %s", "%s %s: %.160s", "gateways: %s"),
    "it is no configuration": (
        "out of memory", "more than %d features", "the memory's name", "%llu bytes of memory",
        "vm is 0 or 1", "only a VM's TAP has",
        "write is 0 or 1", "server is 0 or 1"),
}


def switch(body, name="sw0"):
    return f'<switches xmlns="{HS}" {OPS}><switch><name>{name}</name>{body}</switch></switches>'


def segment(name, body):
    return f"<segment><name>{name}</name>{body}</segment>"


def host(*addresses, name="h0"):
    return switch(segment("s", "<vlan>9</vlan><host-only/><host-interface><name>" + name + "</name>" +
                          "".join(f"<address>{a}</address>" for a in addresses) + "</host-interface>"))


def kind(name, body, port="<switch>sw0</switch><access>lab</access>"):
    module = f"urn:heddle:yang:heddle-{name}"
    return ifs(iface("p", f'<type xmlns:t="{module}">t:{name}</type>' + (hport(port) if port else "") +
                     f'<{name} xmlns="{module}">{body}</{name}>'))


def port(body):
    return ifs(iface("p", TAP + hport(body)))


def guard(body, name="p"):
    return iface(name, TAP + hport("<switch>sw0</switch><access>lab</access>") .replace(
        "</port>", f'<anti-spoof xmlns="urn:heddle:yang:heddle-guard">{body}</anti-spoof></port>'))


def limit(n):
    return port("<switch>sw0</switch><access>lab</access>"
                f'<mac-limit xmlns="urn:heddle:yang:heddle-guard">{n}</mac-limit>')


def static(mac="02:00:00:00:00:09", vlan="office", name="web1"):
    return switch(f"<static-mac><segment-or-vlan>{vlan}</segment-or-vlan><mac>{mac}</mac>"
                  f"<port>{name}</port></static-mac>")


def gateway(*addresses, body="", name="g"):
    return ifs(one_gateway(*addresses, body=body, name=name))


def one_gateway(*addresses, body="", name="g"):
    ns = "urn:heddle:yang:heddle-gateway"
    return iface(name, f'<type xmlns:g="{ns}">g:gateway</type><gateway xmlns="{ns}"><switch>sw0</switch>'
                       "<segment>lab</segment>" + "".join(f"<address>{a}</address>" for a in addresses) +
                       f"{body}</gateway>")


IN_LAB = "<switch>sw0</switch><access>lab</access>"
MACS = "".join(f"<mac>02:00:00:00:01:{i:02x}</mac>" for i in range(17))
IPS = "<mac>02:00:00:00:01:00</mac>" + "".join(f"<ip>10.0.0.{i}</ip>" for i in range(17))
ONE_MAC = "<mac>02:00:00:00:01:00</mac>"
MANY_VLANS = (f'<switches xmlns="{HS}">' + "".join(f"<switch><name>s{i}</name></switch>" for i in range(257))
              + "</switches>" + ifs(*(iface(f"p{i}", TAP + hport(
                  f"<switch>s{i}</switch><trunk>1..4094</trunk>")) for i in range(257))))
MANY_SWITCHES = (f'<switches xmlns="{HS}">' + "".join(f"<switch><name>s{i}</name></switch>"
                                                      for i in range(1024)) + "</switches>")
MANY_GATEWAYS = ifs(*(one_gateway(name=f"g{i}") for i in range(4097)))
MANY_STATIC = switch("".join(f"<static-mac><segment-or-vlan>office</segment-or-vlan><mac>02:00:01:{i >> 16:02x}:"
                             f"{i >> 8 & 255:02x}:{i & 255:02x}</mac><port>web1</port></static-mac>"
                             for i in range(16385)))
NO_SWITCH = f'<switches xmlns="{HS}" {OPS}><switch nc:operation="delete"><name>sw0</name></switch></switches>'

# What a plane says, a configuration that it would say it of, and what the path of validate's error has.
ROWS = [
    ("%s %s: more than %u objects", MANY_STATIC, "hs:static-mac"),
    ("an interface's name has at most", host(name="h" * 16), "host-interface/hs:name"),
    ("not a name for an interface", host(name=".."), "host-interface/hs:name"),
    ("an interface's name has no spaces", host(name="a b"), "host-interface/hs:name"),
    ("an interface's name has no spaces", host(name="a:b"), "host-interface/hs:name"),
    ("not a name", host(name="_h"), "host-interface/hs:name"),
    ("not a name", host(name="h@0"), "host-interface/hs:name"),
    ("not a name", ifs(iface("-p", TAP + hport(IN_LAB))), "interface"),
    ("not a name", switch("", "-s"), "hs:switch"),
    ("the port's name is not valid", ifs(iface("p q", TAP + hport(IN_LAB))), "interface"),
    ("%u addresses, more than", host(*(f"10.0.{i}.1/24" for i in range(17))), "hs:address"),
    ("%s is there twice", host("10.9.0.1/24", "10.9.0.1/16"), "10.9.0.1/16"),
    ("%s is a loopback address", host("127.0.0.1/8"), "127.0.0.1/8"),
    ("%s is a loopback address", gateway("127.0.0.1/8"), "gateway/hgw:address"),
    ("%s is the broadcast address", gateway("10.9.0.255/24"), "gateway/hgw:address"),
    ("%s is the %s address", gateway("::1/64"), "gateway/hgw:address"),
    ("%u addresses, more than", gateway(*(f"10.0.{i}.1/24" for i in range(17))), "hgw:address"),
    ("the port's name is not valid", gateway(name="g q"), "interface"),
    ("%s is a multicast address", host("224.0.0.5/24"), "224.0.0.5/24"),
    ("%s is a multicast address", host("ff02::1/64"), "ff02::1/64"),
    ("%s is not an address that an interface", host("0.0.0.0/8"), "0.0.0.0/8"),
    ("%s is not an address that an interface", host("255.255.255.255/32"), "255.255.255.255/32"),
    ("%s is the address of the subnet itself", host("10.9.0.0/24"), "10.9.0.0/24"),
    ("%s is the broadcast address", host("10.9.0.255/24"), "10.9.0.255/24"),
    ("%s is the %s address", host("::1/128"), "::1/128"),
    ("%s is the %s address", host("::/64"), "::/64"),
    ("%s is an IPv4 address in IPv6 form", host("::ffff:10.0.0.1/96"), "hs:address"),
    ("%s: the prefix length is 1 to", host("10.9.0.1/0"), "10.9.0.1/0"),
    ("%s: the prefix length is 1 to", host("10.9.0.1/33"), "10.9.0.1/33"),
    ("%s: the prefix length is 1 to", host("fd00::1/129"), "fd00::1/129"),
    ("more than %u VLANs in use", MANY_VLANS, "hs:switch"),
    ("switch %s: more than %d switches", MANY_SWITCHES, "hs:switch"),
    ("gateway %s: %d gateways are there", MANY_GATEWAYS, "hgw:gateway"),
    ("more than %d ports", ifs(*(iface(f"p{i}", TAP) for i in range(16384))), "interface"),
    ("segment %s: VLAN %u of switch", switch(segment("s", "<vlan>10</vlan><host-only/>")), "hs:vlan"),
    ("port %s: anti-spoof: %d other ports", ifs(*(guard(ONE_MAC, f"p{i}") for i in range(17))),
     "anti-spoof/hg:mac"),
    ("port %s: its switch is removed", NO_SWITCH, "hp:switch"),
    ("port %s: there is no switch", port("<switch>none</switch><access>5</access>"), "hp:switch"),
    ("port %s: kind %s is unknown", ifs(iface("p", f'<type xmlns:t="{HP}">t:machine-kind</type>')), "if:type"),
    ("VLAN %u is not in %d..%d or", port("<switch>sw0</switch><access>4095</access>"), "hp:access"),
    ("VLAN %u is not in %d..%d or", port("<switch>sw0</switch><tunnel>0</tunnel>"), "hp:tunnel"),
    ("VLAN %u is not in %d..%d or", switch(segment("s", "<vlan>4095</vlan><host-only/>")), "hs:vlan"),
    ("VLAN %u is not in %d..%d or", port("<switch>sw0</switch><access>4095</access>"), "hp:access"),
    ("a tunnel makes no priority tags", port("<switch>sw0</switch><tunnel>7</tunnel>"
                                             "<priority-tags>always</priority-tags>"), "hp:priority-tags"),
    ("native-tagged, and the native VLAN has no id",
     port("<switch>sw0</switch><trunk>10</trunk><native>lan</native><native-tagged>true</native-tagged>"),
     "hp:native-tagged"),
    ("%s must not contain 0 or 4095", port("<switch>sw0</switch><trunk>0..7</trunk>"), "hp:trunk"),
    ("%s must not contain 0 or 4095", port("<switch>sw0</switch><trunk>7..4095</trunk>"), "hp:trunk"),
    ("%s must not contain 0 or 4095",
     port("<switch>sw0</switch><tunnel>7</tunnel><tunnel-cvlans>4095</tunnel-cvlans>"), "hp:tunnel-cvlans"),
    ("native-tagged is for trunks", port(IN_LAB + "<native-tagged>true</native-tagged>"), "hp:native-tagged"),
    ("native-tagged is for trunks", port("<switch>sw0</switch><tunnel>7</tunnel><native>8</native>"
                                         "<native-tagged>true</native-tagged>"), "hp:native"),
    ("customer VLANs are for tunnels", port(IN_LAB + "<tunnel-cvlans>7</tunnel-cvlans>"), "hp:tunnel-cvlans"),
    ("a VLAN mode and a switch go together", port("<access>7</access>"), "hp:access"),
    ("a VLAN mode and a switch go together", port("<switch>sw0</switch>"), "hp:port"),
    ("tag protocol 0x%04x", port(IN_LAB + "<tag-protocol>802.1ah</tag-protocol>"), "hp:tag-protocol"),
    ("MTU %u is not in %d..%d", port(IN_LAB + "<mtu>67</mtu>"), "hp:mtu"),
    ("mtu: %u is not in", port(IN_LAB + "<mtu>9601</mtu>"), "hp:mtu"),
    ("MTU %u is not in %u..%u", port(IN_LAB + "<mtu>65535</mtu>"), "hp:mtu"),
    ("priority settings are out of range", port(IN_LAB + "<default-priority>8</default-priority>"),
     "hp:default-priority"),
    ("ageing time %u s", switch("<mac-ageing-time>9</mac-ageing-time>"), "hs:mac-ageing-time"),
    ("anti-spoof: %u MAC addresses", ifs(guard("")), "hg:anti-spoof"),
    ("anti-spoof: %u MAC addresses", ifs(guard(MACS)), "hg:mac"),
    ("anti-spoof: %u IP prefixes", ifs(guard(IPS)), "hg:ip"),
    ("anti-spoof: IP %u: prefix length", ifs(guard(ONE_MAC + "<ip>10.0.0.0/33</ip>")), "hg:ip"),
    ("anti-spoof: MAC %u, %s", ifs(guard("<mac>03:00:00:00:00:01</mac>")), "hg:mac"),
    ("anti-spoof: MAC %u, %s", ifs(guard("<mac>00:00:00:00:00:00</mac>")), "hg:mac"),
    ("MAC limit %u is not in", limit(1048577), "hg:mac-limit"),
    ("switch or port is not a name", static(name="-x"), "hs:port"),
    ("VLAN %u is no number of a VLAN", static(vlan="4095"), "hs:static-mac"),
    ("a static address is a unicast address", static(mac="01:00:00:00:00:09"), "hs:mac"),
    ("%s: '%s' is not a name below the capture directory", kind("pcap", "<read>../x</read>"), "hpcap:read"),
    ("%s: character 0x%02x", kind("pcap", "<write>\t</write>"), "hpcap:write"),
    ("%s: longer than %d characters", kind("pcap", f"<read>{'x' * 256}</read>"), "hpcap:read"),
    ("read and write name the same file", kind("pcap", "<read>a</read><write>a</write>"), "hpcap:write"),
    ("the capture's name is not valid", kind("pcap", "<write>/a</write>"), "hpcap:write"),
    ("socket: longer than", kind("vhost-user", f"<socket>{'x' * 64}</socket>"), "hvu:socket"),
    ("socket: '%s' is not a file name", kind("vhost-user", "<socket>a/b</socket>"), "hvu:socket"),
    ("the socket's name is not valid", kind("vhost-user", "<socket>..</socket>"), "hvu:socket"),
    ("socket-mode: %#o has more", kind("vhost-user", "<mode>server</mode><socket-mode>1777</socket-mode>"),
     "hvu:socket-mode"),
    ("mode %o has more than permission bits",
     kind("vhost-user", "<mode>server</mode><socket-mode>4755</socket-mode>"), "hvu:socket-mode"),
    ("socket-mode: in client mode", kind("vhost-user", "<socket-mode>0660</socket-mode>"), "hvu:socket-mode"),
    ("queues: %u is not in 1..%d", kind("vhost-user", "<queues>17</queues>"), "hvu:queues"),
    ("queues: %u is not in 1..%u", kind("tap", "<queues>9</queues>"), "htap:queues"),
    ("%u queues: 1..%u are possible", kind("vm-tap", "<queues>17</queues>"), "hvt:queues"),
    ("%s: longer than 31 characters", kind("vm-tap", f"<owner>{'o' * 32}</owner>"), "hvt:owner"),
    ("%s: 0x%02x cannot be part", kind("vhost-user", "<group>a b</group>"), "hvu:group"),
    ("the name of the %s is not valid", kind("vm-tap", "<group>-g</group>"), "hvt:group"),
    ("namespace: a name of letters", kind("tap", "<namespace>a/b</namespace>"), "htap:namespace"),
    ("the namespace's name is not valid", kind("af-packet", "<namespace>-n</namespace>"), "hafp:namespace"),
    ("device: 1 to 15 characters", kind("tap", f"<device>{'d' * 16}</device>"), "htap:device"),
    ("device: 1 to 15 characters", ifs(iface("d" * 16, TAP + hport(IN_LAB))), "interface"),
    ("the device's name is not valid", kind("af-packet", "<device>a%d</device>"), "hafp:device"),
    ("mac-address: a multicast address",
     kind("vm-tap", "<mac-address>01:00:00:00:00:01</mac-address>"), "hvt:mac-address"),
    ("the MAC address of an interface is not a group's",
     kind("tap", "<mac-address>01:00:00:00:00:01</mac-address>"), "htap:mac-address"),
]


@test
def each_refusal_of_a_plane_has_a_row():
    said = refusals()
    assert len(said) > 80, len(said)
    rows = [row[0] for row in ROWS] + [text for texts in NEVER.values() for text in texts]
    missing = {f"{where}: {text}" for text, where in said.items() if not any(row in text for row in rows)}
    assert not missing, "give each a row, and a rule to heddle-mgmt:\n" + "\n".join(sorted(missing))
    stale = [row for row in rows if not any(row in text for text in said)]
    assert not stale, f"no plane says this any more: {stale}"


@test
def validate_refuses_what_a_plane_would():
    validate = "<validate><source><candidate/></source></validate>"
    with world() as w, contextlib.closing(Client(w.path, timeout=300 if SLOW else 20)) as c:
        wrong = []
        for said, config, path in ROWS:
            reply = edit(c, config, test="set")
            if ok(reply):
                reply = c.rpc(validate)
            got = errors(reply)
            if not got or not all(e[2] for e in got) or not any(path in e[2] for e in got):
                wrong.append(f"{said}: {config[:200]}: {path} is not in {got}")
            assert ok(c.rpc("<discard-changes/>"))
        assert not wrong, "\n".join(wrong)


@test
def what_just_fits_is_taken():
    """The same limits, from within; and a port more, by an edit of ports alone, is one too many."""
    trunks = [iface(f"t{i}", TAP + hport(f"<switch>s{i}</switch><trunk>1..4094</trunk>")) for i in range(256)]
    switches = (f'<switches xmlns="{HS}">' + "".join(f"<switch><name>s{i}</name></switch>" for i in range(257))
                + "</switches>")
    one = lambda vlans: ifs(iface("more", TAP + hport(f"<switch>s256</switch><trunk>{vlans}</trunk>")))
    with world() as w, contextlib.closing(Client(w.path)) as c:
        assert ok(edit(c, ifs(*(guard(ONE_MAC, f"p{i}") for i in range(16))), target="running"))
        got = errors(edit(c, ifs(guard(ONE_MAC, "q")), target="running"))
        assert [e[1] for e in got] == ["too-many-owners"] and "16 other ports" in got[0][3], got
        assert ok(edit(c, ifs(iface("p0", op="delete"), guard(ONE_MAC, "q")), target="running"))
        for good in ("10.9.0.1/31", "10.9.0.0/32", "fd00::/64", "169.254.1.1/16", "fe80::7/64"):
            assert ok(edit(c, host(good, name="h9"), target="running")), good
            assert ok(edit(c, switch('<segment nc:operation="delete"><name>s</name></segment>'),
                           target="running"))
        assert ok(edit(c, switches + ifs(*trunks), target="running"))
        got = errors(edit(c, one("1..1000"), target="running"))
        assert [e[1] for e in got] == ["too-many-vlans"], got
        assert ok(edit(c, one("1..100"), target="running"))
        for vlans in ("1..101", "5..300", "1..400", "1..20"):  # it is counted again, not added up
            assert ok(edit(c, one(vlans).replace("<trunk>", '<trunk nc:operation="create">').replace(
                "<interface>", '<interface nc:operation="replace">'), target="running")), vlans


if __name__ == "__main__":
    sys.exit(main())
