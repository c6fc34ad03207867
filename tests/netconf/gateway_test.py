#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Gateways by NETCONF: what they may be, what the data plane is told, what is told of them, and the
tables of neighbours and routes.

usage: gateway_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import sys

import api
from client import Client, errors, ok
from common import main, test, world
from datastores import IF, HP, HS, OPS, commit, edit, hport, iface, ifs, op, tap
from planes import DATA, EVENT, GATEWAY, PORT, PORT_STATE, port_state

HG = "urn:heddle:yang:heddle-gateway"
NS = f'xmlns="{HG}"'
G, I, P = f"{{{HG}}}", f"{{{IF}}}", f"{{{HP}}}"
TYPE = f'<type xmlns:g="{HG}">g:gateway</type>'
EFFECT = "{urn:heddle:yang:heddle-config}effect"


def gw(name="lab-gw", segment="lab", body="", sw="sw0", more="", op=""):
    return iface(name, f'{TYPE}{more}<gateway {NS}><switch>{sw}</switch><segment>{segment}</segment>'
                 f"{body}</gateway>", op)


def addresses(*list_of):
    return "".join(f"<address>{a}</address>" for a in list_of)


@contextlib.contextmanager
def setup():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        assert ok(edit(c, ifs(gw(body=addresses("192.168.77.254/24")))))
        assert ok(commit(c)), errors(commit(c))
        yield w, c


@test
def told():
    """A port of the kind in access mode, and an object with the addresses."""
    with setup() as (w, c):
        assert ok(edit(c, ifs(gw("blue-gw", "office", addresses("10.1.0.1/24", "fd00::1/64") +
                                 "<vrf>blue</vrf><mac>02:00:00:00:00:99</mac>", more=hport("<mtu>1400</mtu>")))))
        assert ok(commit(c))
        with w.lock:
            port = api.port_object.read(w.ends[DATA].objects[(PORT, "blue-gw")])
            gateway = api.gateway_object.read(w.ends[DATA].objects[(GATEWAY, "blue-gw")])
            other = api.gateway_object.read(w.ends[DATA].objects[(GATEWAY, "lab-gw")])
        got = (port.kind, port.switch_name, port.pvid, port.mtu, port.mode)
        assert got == (b"gateway", b"sw0", 10, 1400, api.VLAN_ACCESS), got
        assert port.flags == api.PORT_ENABLED | api.PORT_GATEWAY, port.flags
        assert gateway.vrf == b"blue" and bytes(gateway.mac).hex() == "020000000099"
        first = gateway.addresses[0]
        assert gateway.n_addresses == 2 and (first.family, first.length) == (4, 24)
        assert bytes(first.addr[:4]) == bytes((10, 1, 0, 1))
        assert other.vrf == b"default" and other.mac[0] & 3 == 2
        # It goes with both.
        assert ok(edit(c, ifs(iface("blue-gw", op="delete")))) and ok(commit(c))
        with w.lock:
            left = [k for k in w.ends[DATA].objects if k[1] == "blue-gw"]
        assert not left, left


@test
def mac_stays():
    """The same name has the same address, after a restart as well."""
    def mac():
        with setup() as (w, c):
            reply = c.rpc("<get/>")
            told = next(i.findtext(I + "phys-address") for i in reply.iter(I + "interface")
                        if i.findtext(I + "name") == "lab-gw")
            with w.lock:
                gateway = api.gateway_object.read(w.ends[DATA].objects[(GATEWAY, "lab-gw")])
            assert bytes(gateway.mac).hex() == told.replace(":", "")
            return told
    assert mac() == mac()


# What is wrong, and what its error says.
WRONG = [
    (gw("z", "labb"), "instance-required", 'has no segment "labb"; did you mean "lab"?'),
    (gw("z", sw="sw9"), "instance-required", 'there is no switch "sw9"; did you mean "sw0"?'),
    (gw("z", body=addresses("10.0.0.255/24")), "bad-address", "is the broadcast address of its subnet"),
    (gw("z", body=addresses("10.0.0.0/24")), "bad-address", "is the address of the subnet itself"),
    (gw("z", body=addresses("127.0.0.1/8")), "bad-address", "is a loopback address"),
    (gw("z", body=addresses("10.0.0.1/24", "10.0.0.1/16")), "address-twice", "as 10.0.0.1/"),
    (gw("z", body=addresses("192.168.77.254/24")), "address-twice", "is the address of gateway lab-gw"),
    (gw("z", body=addresses("192.168.77.1/24")), "networks-overlap", "choose another network, or another vrf"),
    (gw("z", "office", addresses("192.168.77.254/24")), "address-twice", "in VRF default already"),
    (gw("z", "office", addresses("192.168.0.1/16")), "networks-overlap",
     "192.168.77.254/24 overlaps with 192.168.0.1/16 of gateway z"),
    (gw("z", body=addresses("192.168.56.1/24")), "address-twice", "is the address of host interface hd-lab"),
    (gw("z", body="<mac>01:00:00:00:00:01</mac>"), "bad-mac", "is not the address of one station"),
    (iface("z", f"{TYPE}<gateway {NS}><switch>sw0</switch></gateway>"), "segment-missing",
     "set switch and segment"),
    (gw("z", more=hport("<access>lab</access>")), "port-leaf-on-gateway", "access is for ports: remove it"),
    (gw("z", more=hport("<trunk>lab</trunk>")), "port-leaf-on-gateway", "trunk is for ports: remove it"),
    (gw("z", more=hport('<ra-guard xmlns="urn:heddle:yang:heddle-guard">true</ra-guard>')),
     "port-leaf-on-gateway", "ra-guard is for ports: remove it"),
    (gw("hd-lab"), "name-twice", "is the name of another port or host interface"),
    (tap("z", extra=f"</port><gateway {NS}><segment>lab</segment></gateway><port>"), None, ""),
]


@test
def refused():
    with setup() as (_, c):
        for config, tag, says in WRONG:
            reply = edit(c, ifs(config))
            found = errors(reply) or errors(c.rpc("<validate><source><candidate/></source></validate>"))
            assert found, config
            assert tag is None or found[0][1] == tag, (config, found)
            assert says in found[0][3], (config, found)
            c.rpc("<discard-changes/>")
        # Bridged segments and static addresses name ports.
        for body, tag in (("<segment><name>office</name><bridged><uplink>lab-gw</uplink></bridged></segment>",
                           "bad-uplink"),
                          ("<static-mac><segment-or-vlan>lab</segment-or-vlan><mac>02:00:00:00:00:77</mac>"
                           "<port>lab-gw</port></static-mac>", "bad-static-mac")):
            assert ok(edit(c, f'<switches xmlns="{HS}" {OPS}><switch><name>sw0</name>{body}</switch></switches>'))
            found = errors(c.rpc("<validate><source><candidate/></source></validate>"))
            assert tag in [e[1] for e in found], found
            c.rpc("<discard-changes/>")
        # Another VRF, another network and another segment are right.
        assert ok(edit(c, ifs(gw("g", body="<vrf>b</vrf>" + addresses("192.168.77.1/24")),
                              gw("h", body=addresses("10.9.0.1/24")),
                              gw("i", "office", addresses("fe80::1/64")), gw("k", body=addresses("fe80::1/64")))))
        assert ok(commit(c)), errors(commit(c))


@test
def effects():
    with setup() as (_, c):
        def says():
            reply = op(c, "get-effects")
            out = [(e.findtext(EFFECT[:-6] + "kind"), e.findtext(EFFECT[:-6] + "text")) for e in reply.iter(EFFECT)]
            c.rpc("<discard-changes/>")
            return out
        assert ok(edit(c, ifs(gw("g", body=addresses("10.9.0.1/24")))))
        assert ("port-added", "gateway g is added") in says()
        assert ok(edit(c, ifs(gw(body=addresses("10.9.0.1/24") + "<vrf>b</vrf><mac>02:00:00:00:00:99</mac>"))))
        kinds = [k for k, _ in says()]
        assert kinds == ["gateway-vrf", "gateway-mac", "gateway-address"], kinds
        assert ok(edit(c, ifs(iface("lab-gw", op="delete"))))
        assert [k for k, t in says() if t.startswith("gateway lab-gw is removed")] == ["port-removed"]


@test
def state():
    with setup() as (w, c):
        def interface():
            return next(i for i in c.rpc("<get/>").iter(I + "interface") if i.findtext(I + "name") == "lab-gw")
        w.ends[DATA].send(EVENT, PORT_STATE, port_state("lab-gw", "gateway"))
        w.wait("up", lambda: interface().findtext(I + "oper-status") == "up")
        entry = interface()
        assert entry.findtext(I + "type").endswith(":gateway")
        of_port = entry.find(P + "port").find(P + "state")
        assert of_port.findtext(P + "role") == "gateway" and of_port.findtext(P + "segment") == "lab"
        lab = next(s for s in c.rpc("<get/>").iter(f"{{{HS}}}segment") if s.findtext(f"{{{HS}}}name") == "lab")
        assert "lab-gw" in [m.text for m in lab.iter(f"{{{HS}}}member")]


@test
def neighbours():
    with setup() as (w, c):
        w.ends[DATA].neighbours += [("lab-gw", "fd00::9", "000000000000", 0, 1, 4), ("lab-gw", "10.0.0.9", "02" * 6, 9, 1, 0)]
        reply = c.rpc(f"<get-neighbours {NS}/>")
        rows = [{leaf.tag[len(G):]: leaf.text for leaf in e} for e in reply.iter(G + "entry")]
        assert rows[0] == {"gateway": "lab-gw", "address": "192.168.56.9", "mac": "02:00:00:00:00:09",
                           "state": "reachable", "age": "3", "held": "0"}, rows
        assert rows[1] == {"gateway": "lab-gw", "address": "fd00::9", "state": "incomplete", "age": "1",
                           "held": "4"}, rows
        assert rows[2]["state"] == "unknown"
        assert (reply.findtext(G + "cursor"), reply.findtext(G + "entries"), reply.findtext(G + "capacity")) == \
            ("0", "3", "4096")
        c.rpc(f"<get-neighbours {NS}><gateway>lab-gw</gateway><address>fd00::9</address><limit>7</limit>"
              "<cursor>5</cursor></get-neighbours>")
        with w.lock:
            asked = w.ends[DATA].asked
        of = asked.filter
        assert (of.gateway, of.family, bytes(of.addr[:2]).hex()) == (b"lab-gw", 6, "fd00")
        assert (asked.cursor, asked.limit) == (5, 7)
        assert c.rpc(f"<clear-neighbours {NS}><address>10.0.0.9</address></clear-neighbours>").findtext(
            G + "entries") == "2"
        with w.lock:
            asked = w.ends[DATA].asked
        of = asked.filter
        assert (of.gateway, of.family, bytes(of.addr[:4])) == (b"", 4, bytes((10, 0, 0, 9)))
        for body, tag, says in (("<limit>0</limit>", "invalid-value", "1 to 10000"),
                                ("<gateway>lab-g</gateway>", "data-missing", 'did you mean "lab-gw"?'),
                                ("<gateway>web1</gateway>", "data-missing", 'no gateway "web1"'),
                                ("<address>10.0.0</address>", "invalid-value", "no IPv4 or IPv6 address"),
                                ("<address>10.0.0.1/24</address>", "invalid-value", "address is needed")):
            found = errors(c.rpc(f"<get-neighbours {NS}>{body}</get-neighbours>"))
            assert found[0][0] == tag and says in found[0][3], (body, found)
        w.kill_plane(DATA)
        w.wait("down", lambda: errors(c.rpc(f"<get-neighbours {NS}/>")) != [])


@test
def routes():
    with setup() as (w, c):
        w.ends[DATA].routes.append(("blue", "lab-gw", "fd00::1/128", 1))
        reply = c.rpc(f"<get-routes {NS}/>")
        rows = [[leaf.text for leaf in e] for e in reply.iter(G + "entry")]
        assert rows == [["default", "192.168.56.0/24", "connected", "lab-gw"],
                        ["blue", "fd00::1/128", "local", "lab-gw"]], rows
        assert (reply.findtext(G + "cursor"), reply.findtext(G + "entries")) == ("0", "2")
        assert not errors(c.rpc(f"<get-routes {NS}><vrf>default</vrf><family>ipv6</family></get-routes>"))
        with w.lock:
            asked = w.ends[DATA].asked
        assert (asked.vrf, asked.cursor, asked.limit, asked.family) == (b"default", 0, 1000, 6)
        found = errors(c.rpc(f"<get-routes {NS}><vrf>defualt</vrf></get-routes>"))
        assert found[0][0] == "data-missing" and 'did you mean "default"?' in found[0][3], found


@test
def punt():
    with setup() as (w, c):
        rows = lambda reply, what: [{leaf.tag[len(G):]: leaf.text for leaf in e} for e in reply.findall(G + what)]
        w.ends[DATA].punt_rules = [("vrrp-10", "lab-gw", 0), ("other", "not-yet", 7)]
        w.ends[DATA].punt_leases = [("vrrp-10", "lab-gw", "lab", 4, "192.168.56.1", 0),
                                    ("mac", "lab-gw", "", 0, "0.0.0.0", 1)]
        reply = c.rpc(f"<get-punt {NS}/>")
        assert rows(reply, "class") == [
            {"name": "vrrp", "rate": "1000", "port-rate": "100", "burst": "20", "rules": "5", "matched": "9",
             "passed": "3", "policed": "1", "queue-full": "2", "unusable": "3", "waiting": "4"}], rows(reply, "class")
        assert rows(reply, "rule") == [
            {"name": "vrrp-10", "class": "vrrp", "gateway": "lab-gw", "destination": "01:00:5e:00:00:12",
             "ethertype": "0x0800", "protocol": "112", "copy": "false"},
            {"name": "other", "gateway": "not-yet", "destination": "01:00:5e:00:00:12",
             "ethertype": "0x0800", "protocol": "112", "copy": "false"}], rows(reply, "rule")
        assert rows(reply, "lease") == [
            {"name": "vrrp-10", "gateway": "lab-gw", "segment": "lab", "mac": "00:00:5e:00:01:0a",
             "address": "192.168.56.1", "state": "live", "left": "250", "resign-packet": "true"},
            {"name": "mac", "gateway": "lab-gw", "mac": "00:00:5e:00:01:0a", "state": "resigning", "left": "250",
             "resign-packet": "true"}], rows(reply, "lease")
        assert [reply.findtext(G + leaf) for leaf in
                ("injected", "inject-refused", "leases-expired", "resign-packets")] == ["11", "12", "13", "14"]
        w.kill_plane(DATA)
        w.wait("down", lambda: errors(c.rpc(f"<get-punt {NS}/>")) != [])


if __name__ == "__main__":
    sys.exit(main())
