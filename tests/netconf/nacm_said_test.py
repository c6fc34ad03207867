#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What errors and notifications say to people who may not read all. Takes root.

usage: nacm_said_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import select
import sys
import xml.etree.ElementTree as ET

from nacm_world import ACM, CONF, IF_NS, switch, client, denied, one, merge, describe
from client import Client, NC, errors, ok
from common import PORTS, config, main, port, test
from planes import DATA, EVENT, PORT_STATE, port_state


@test
def notifications_are_for_those_who_may():
    """Live and in a replay; what is about the subscription itself comes all the same."""
    may = {"rule-list": [{"name": "staff", "group": ["staff2"], "rule": [
        {"name": "no-down", "module-name": "heddle-events", "notification-name": "port-down",
         "action": "deny"},
        {"name": "no-sessions", "module-name": "ietf-netconf-notifications",
         "notification-name": "*", "action": "deny"}]}]}
    subscribe = "<create-subscription xmlns='urn:ietf:params:xml:ns:netconf:notification:1.0'>{}</create-subscription>"
    def event(c):
        return ET.fromstring(c.receive())[1].tag.split("}")[1]
    with switch("notify", may) as w, client(w, "stan") as stan, client(w, "stan") as later, \
            contextlib.closing(Client(w.path)) as root:
        assert ok(stan.rpc(subscribe.format("")))
        assert ok(root.rpc(subscribe.format("")))
        for up in (1, 0, 1, 0):
            w.ends[DATA].send(EVENT, PORT_STATE, port_state("web1", up=up, reason=0 if up else 3))
        seen = []
        while seen.count("port-down") < 2:
            seen.append(event(root))
        assert [event(stan) for _ in range(2)] == ["port-up", "port-up"]
        assert ok(later.rpc(subscribe.format("<startTime>2020-01-01T00:00:00Z</startTime>")))
        assert [event(later) for _ in range(3)] == ["port-up", "port-up", "replayComplete"]
        # By a session that has not subscribed: a notification may come before a reply.
        with contextlib.closing(Client(w.path)) as other:
            state = other.rpc("<get><filter><nacm xmlns='urn:ietf:params:xml:ns:yang:ietf-netconf-acm'>"
                              "<denied-notifications/></nacm></filter></get>")
        assert int(next(state.iter(ACM + "denied-notifications")).text) >= 4


# Reads and writes all, but for one port, one segment and who is there.
HIDES = {"write-default": "permit", "rule-list": [{"name": "staff", "group": ["staff2"], "rule": [
    {"name": "no-eth1", "path": "/ietf-interfaces:interfaces/interface[name='eth1']",
     "access-operations": "*", "action": "deny"},
    {"name": "no-office", "path": "/heddle-switch:switches/switch[name='sw0']/segment[name='office']",
     "access-operations": "*", "action": "deny"},
    {"name": "no-sessions", "module-name": "ietf-netconf-monitoring", "access-operations": "read",
     "action": "deny"}]}]}


@test
def errors_speak_of_what_their_reader_may_read():
    TAP = '<type xmlns:t="urn:heddle:yang:heddle-tap">t:tap</type>'
    switch_of = lambda body: (f'<switches xmlns="urn:heddle:yang:heddle-switch"><switch><name>sw0</name>{body}'
                              "</switch></switches>")
    device = lambda name: (f"<interfaces {IF_NS}><interface><name>{name}</name>{TAP}<tap "
                           'xmlns="urn:heddle:yang:heddle-tap"><device>enp3s0</device></tap></interface>'
                           "</interfaces>")
    ports = lambda *p: PORTS.format("".join(p))
    segment = "<segment><name>{}</name><vlan>{}</vlan><host-only/></segment>"
    rows = [  # what is edited, what only root is told, what both are
        (ports(port("p", "offce")), "office", 'no segment "offce"'),
        (switch_of("<segment><name>s</name><vlan>9</vlan><bridged><uplink>eth2</uplink></bridged></segment>"),
         "eth1", 'no port "eth2"'),
        (switch_of("<static-mac><segment-or-vlan>ofice</segment-or-vlan><mac>02:00:00:00:00:09</mac>"
                   "<port>web1</port></static-mac>"), "office", 'no segment "ofice"'),
        (device("zz"), "eth1", ""),
        (device("aa"), "eth1", ""),
        (switch_of(segment.format("zz", 10)), "office", ""),
        (switch_of(segment.format("aa", 10)), "office", ""),
    ]
    with switch("hides", HIDES) as w, client(w, "stan") as stan, client(w, "stan") as other, \
            contextlib.closing(Client(w.path)) as root:
        test_only = lambda c, body: ET.tostring(c.rpc(merge(body).replace(
            "<config>", "<test-option>test-only</test-option><config>")), encoding="unicode")
        for body, hidden, both in rows:
            for c, told in ((root, True), (stan, False)):
                said = test_only(c, body)
                assert "rpc-error" in said and both in said, (body, said)
                assert (hidden in said) == told, (c is root, hidden, said)
        assert 'mean "lab"' in test_only(stan, ports(port("p", "lb"))).replace("&quot;", '"')
        # Who has locked, edited or committed.
        lock = "<lock><target><{}/></target></lock>"
        assert ok(root.rpc(lock.format("running")))
        for c, told in ((stan, False), (other, False)):
            for body in (lock.format("running"), merge(describe("web1", "x")),
                         "<unlock><target><running/></target></unlock>"):
                said = ET.tostring(c.rpc(body), encoding="unicode")
                assert "rpc-error" in said and ("root" in said) == told, said
        assert ok(root.rpc("<unlock><target><running/></target></unlock>"))
        assert ok(root.rpc(merge(describe("eth1", "x"), "candidate")))
        said = ET.tostring(stan.rpc(lock.format("candidate")), encoding="unicode")
        assert "not committed" in said and "eth1" not in said and "root" not in said, said
        changes = f"<get-changes {CONF}/>"
        assert "eth1" in ET.tostring(root.rpc(changes), encoding="unicode")
        assert "eth1" not in ET.tostring(stan.rpc(changes), encoding="unicode")
        # One that goes is no better known than one that stays.
        assert ok(root.rpc("<discard-changes/>"))
        assert ok(root.rpc(merge(describe("eth1", "x").replace("<interface>", f"<interface xmlns:nc='{NC[1:-1]}' "
                  "nc:operation='delete'>"), "candidate")))
        assert "eth1" not in ET.tostring(stan.rpc(changes), encoding="unicode")
        # Candidate is wrong where stan may not look.
        said = ET.tostring(stan.rpc("<validate><source><candidate/></source></validate>"), encoding="unicode")
        assert "may not read" in said and "office" not in said, said
        assert ok(root.rpc("<discard-changes/>"))
        assert ok(root.rpc(merge(describe("fw", "x"), "candidate")))
        assert ok(root.rpc("<commit><confirmed/></commit>"))
        said = ET.tostring(stan.rpc("<commit/>"), encoding="unicode")
        assert "rpc-error" in said and "root" not in said, said
        assert ok(root.rpc("<commit/>"))


@test
def notifications_speak_of_what_their_reader_may_read():
    subscribe = "<create-subscription xmlns='urn:ietf:params:xml:ns:netconf:notification:1.0'>{}</create-subscription>"
    hidden = ("<filter xmlns:n='urn:ietf:params:xml:ns:yang:ietf-netconf-notifications' type='xpath' select=\""
              "/n:netconf-config-change[n:edit/n:target[contains(., 'eth1')]]\"/>")
    both = describe("eth1", "{0}").replace("</interfaces>", describe("web1", "{0}").split(">", 1)[1])
    with switch("tells", HIDES) as w, client(w, "stan") as stan, client(w, "stan") as asks, \
            contextlib.closing(Client(w.path)) as root, contextlib.closing(Client(w.path)) as editor:
        for c, wish in ((stan, ""), (asks, hidden), (root, "")):
            assert ok(c.rpc(subscribe.format(wish)))
        w.ends[DATA].send(EVENT, PORT_STATE, port_state("eth1"))
        w.ends[DATA].send(EVENT, PORT_STATE, port_state("web1"))
        w.wait("both are up", lambda: ET.tostring(editor.rpc("<get/>")).count(b"oper-status>up<") >= 2)
        assert ok(editor.rpc(merge(describe("eth1", "1"))))
        assert ok(editor.rpc(merge(both.format("2"))))
        assert ok(editor.rpc(merge(describe("web1", "3"))))

        def read(c, n):
            """The first @n events of changes, and all before the last of them."""
            said, changes = [], 0
            while changes < n:
                text = c.receive()
                changes += "netconf-config-change" in text
                said.append(text)
            return "".join(said)
        said = read(root, 3)
        assert said.count("name='eth1'") == 2 and said.count("name='web1'") == 2, said
        assert said.count("<name>eth1</name>") == 1 and said.count("<name>web1</name>") == 1, said
        said = read(stan, 2)
        assert "eth1" not in said and said.count("name='web1'") == 2, said
        assert said.count("<name>web1</name>") == 1, said
        assert asks.rpc("<get-config><source><running/></source></get-config>") is not None  # and nothing before it


@test
def tables_have_what_their_reader_may_read():
    """Rows of the forwarding table are of a port, and of a segment or a switch; users of commits and edits."""
    ns = 'xmlns="urn:heddle:yang:heddle-system"'
    rows = [("office", "web1", "020000000005", 10), ("lab", "eth1", "020000000006", 4097),
            ("lab", "web1", "020000000007", 4097), ("", "eth1", "020000000008", 300),
            ("", "web1", "020000000009", 300)]
    hides_switch = {"rule-list": [{"name": "staff", "group": ["staff2"], "rule": [
        {"name": "no-sw0", "path": "/heddle-switch:switches/switch", "access-operations": "*", "action": "deny"}]}]}
    with switch("tables", HIDES) as w, client(w, "stan") as stan, contextlib.closing(Client(w.path)) as root:
        def macs(c, body=""):
            reply = c.rpc(f"<get-fdb {ns}>{body}</get-fdb>")
            return [e.text[-2:] for e in reply.iter("{urn:heddle:yang:heddle-system}mac")]
        w.ends[DATA].fdb = rows
        assert macs(root) == ["05", "06", "07", "08", "09"]
        assert macs(stan) == ["07", "09"]
        # What they may not read is not there, whether it is or not.
        for query in ("get-fdb", "clear-fdb"):
            for body, hidden in (("<port>{}</port>", "eth1"), ("<segment-or-vlan>{}</segment-or-vlan>", "office")):
                ask = lambda c, name: c.rpc(f"<{query} {ns}>{body.format(name)}</{query}>")
                assert not errors(ask(root, hidden))
                said, unknown = one(ask(stan, hidden)), one(ask(stan, "nope"))
                assert said[0] == "data-missing", said
                assert [str(x).replace(hidden, "nope") for x in said] == [str(x) for x in unknown], said
        for name in ("eth1", "nope"):
            assert "there is no port" in ET.tostring(stan.rpc(
                f"<clear-counters {ns}><port>{name}</port></clear-counters>"), encoding="unicode")
        hg = "urn:heddle:yang:heddle-gateway"
        w.ends[DATA].neighbours = [(name, "10.0.0.9", "0200000000" + mac, 1, 1, 0)
                                   for name, mac in (("web1", "0a"), ("eth1", "0b"))]
        w.ends[DATA].routes = [("default", "web1", "10.0.0.0/24", 0), ("default", "eth1", "10.1.0.0/24", 0)]
        w.ends[DATA].punt_rules = [("r1", "web1", 0), ("r2", "eth1", 0)]
        w.ends[DATA].punt_leases = [("l1", "web1", "lab", 4, "10.0.0.1", 0), ("l2", "eth1", "lab", 0, "0.0.0.0", 0)]
        for query, leaf, seen in (("get-neighbours", "mac", ["02:00:00:00:00:0a", "02:00:00:00:00:0b"]),
                                  ("get-routes", "prefix", ["10.0.0.0/24", "10.1.0.0/24"]),
                                  ("get-punt", "ethertype", ["0x0800", "0x0800"]),
                                  ("get-punt", "left", ["250", "250"])):
            read = lambda c: [e.text for e in c.rpc(f'<{query} xmlns="{hg}"/>').iter(f"{{{hg}}}{leaf}")]
            assert read(root) == seen and read(stan) == seen[:1], (query, read(stan))
        history = f"<get-history {CONF}/>"
        users = lambda c, what: {e.text for e in c.rpc(what).iter("{urn:heddle:yang:heddle-config}user")}
        assert ok(root.rpc(merge(describe("web1", "x")))) and ok(stan.rpc(merge(describe("web1", "y"))))
        assert {"root", "stan"} <= users(root, history) and users(stan, history) == {"stan"}
        assert ok(root.rpc(merge(describe("web1", "z"), "candidate")))
        changes = f"<get-changes {CONF}/>"
        assert users(root, changes) == {"root"} and users(stan, changes) == set()
        assert "web1" in ET.tostring(stan.rpc(changes), encoding="unicode")
    with switch("tables2", hides_switch) as w, client(w, "stan") as stan:
        w.ends[DATA].fdb = rows
        reply = stan.rpc(f"<get-fdb {ns}/>")
        assert [e.tag.split("}")[1] for e in reply] == ["cursor", "entries", "capacity"], ET.tostring(reply)


if __name__ == "__main__":
    sys.exit(main())
