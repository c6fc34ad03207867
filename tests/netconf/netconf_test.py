#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""NETCONF of heddle-mgmt: operations, filters, errors, state, and abuse of it.

usage: netconf_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import os
import pathlib
import sys
import time
import xml.etree.ElementTree as ET

import api
from client import BASE, Client, Closed, errors, ok
from common import PORTS, SWITCH, WRAPPER, config, in_time, main, port, test, world
from planes import DATA, EVENT, PORT_STATE, port_state

IF = "{urn:ietf:params:xml:ns:yang:ietf-interfaces}"
HP = "{urn:heddle:yang:heddle-port}"
HS = "{urn:heddle:yang:heddle-switch}"
SYS = "{urn:heddle:yang:heddle-system}"


@test
def state_of_ports():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        w.ends[DATA].send(EVENT, PORT_STATE, port_state(
            "web1", "vhost-user", "nobody on web1.sock: start the guest", up=0, reason=3))
        w.ends[DATA].send(EVENT, PORT_STATE, port_state("hd-lab", detail="1 queue", port_id=5))
        find = "<get><filter><interfaces xmlns='urn:ietf:params:xml:ns:yang:ietf-interfaces'/></filter></get>"
        def interfaces():
            return {i.find(IF + "name").text: i for i in c.rpc(find).iter(IF + "interface")}
        w.wait("state", lambda: interfaces()["hd-lab"].findtext(IF + "oper-status") == "up")
        all_ports = interfaces()
        assert set(all_ports) == {"eth1", "web1", "fw", "cust", "hd-lab"}
        web1 = all_ports["web1"]
        state = web1.find(HP + "port/" + HP + "state")
        assert web1.findtext(IF + "oper-status") == "dormant"
        assert state.findtext(HP + "reason") == "no-peer"
        assert state.findtext(HP + "text").startswith("nobody on")
        assert state.findtext(HP + "role") == "vm"
        assert [s.text for s in state.findall(HP + "segment")] == ["office"]
        lab = all_ports["hd-lab"].find(HP + "port")
        assert lab.findtext(HP + "access") == "lab"
        assert lab.findtext(HP + "state/" + HP + "role") == "host"
        assert all_ports["eth1"].findtext(HP + "port/" + HP + "state/" + HP + "role") == "uplink"
        w.kill_plane(DATA)
        w.wait("unknown", lambda: interfaces()["web1"].findtext(IF + "oper-status") == "unknown")


@test
def state_of_switches_and_planes():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        reply = c.rpc("<get/>")
        office = next(s for s in reply.iter(HS + "segment") if s.findtext(HS + "name") == "office")
        state = office.find(HS + "state")
        assert state.findtext(HS + "vlan") == "10" and state.findtext(HS + "macs") == "2"
        assert [m.text for m in state.findall(HS + "member")] == ["eth1", "fw", "web1"]
        vlan = next(reply.iter(HS + "switch")).find(HS + "state/" + HS + "vlan")
        assert vlan.findtext(HS + "id") == "10" and vlan.findtext(HS + "segment") == "office"
        planes = {p.findtext(SYS + "name"): p for p in reply.iter(SYS + "plane")}
        assert set(planes) == {"supervisor", "data", "control", "management"}
        assert planes["data"].findtext(SYS + "pid") == "102"
        assert planes["data"].findtext(SYS + "connected") == "true"
        assert [d.findtext(SYS + "name") for d in reply.iter(SYS + "drop-reason")] == ["bpdu_guard"]
        # A supervisor or data plane that does not answer delays the rest by a second, not more.
        with w.lock:
            w.ends[DATA].silent = w.supervisor.silent = True
        start = time.monotonic()
        assert next(c.rpc("<get/>").iter(HS + "switch")) is not None
        in_time(time.monotonic() - start, 8)


@test
def fdb():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        ns = "xmlns='urn:heddle:yang:heddle-system'"
        reply = c.rpc(f"<get-fdb {ns}><segment-or-vlan>office</segment-or-vlan><limit>10</limit></get-fdb>")
        entry = reply.find(SYS + "entry")
        assert entry.findtext(SYS + "mac") == "02:00:00:00:00:05"
        assert entry.findtext(SYS + "age") == "7" and entry.findtext(SYS + "kind") == "learned"
        assert reply.findtext(SYS + "cursor") == "0"
        with w.lock:
            asked = w.ends[DATA].asked.filter
        assert asked.switch_name == b"sw0" and asked.vlan == 10
        assert c.rpc(f"<clear-fdb {ns}/>").findtext(SYS + "entries") == "3"
        for body, tag in ((f"<get-fdb {ns}><limit>0</limit></get-fdb>", "invalid-value"),
                          (f"<get-fdb {ns}><port>nope</port></get-fdb>", "data-missing"),
                          (f"<get-fdb {ns}><segment-or-vlan>x</segment-or-vlan></get-fdb>", "data-missing")):
            assert errors(c.rpc(body))[0][0] == tag, errors(c.rpc(body))
        w.kill_plane(DATA)
        w.wait("down", lambda: errors(c.rpc(f"<get-fdb {ns}/>")) != [])


@test
def filters():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        ifs = "xmlns='urn:ietf:params:xml:ns:yang:ietf-interfaces'"
        def names(filter_text, op="get-config"):
            source = "<source><running/></source>" if op == "get-config" else ""
            reply = c.rpc(f"<{op}>{source}{filter_text}</{op}>")
            assert not errors(reply), errors(reply)
            return [i.findtext(IF + "name") for i in reply.iter(IF + "interface")]
        sub = "<filter type='subtree'><interfaces {}>{}</interfaces></filter>"
        assert set(names("")) == {"eth1", "web1", "fw", "cust"}
        assert names(sub.format(ifs, "<interface><name>fw</name></interface>")) == ["fw"]
        assert names(sub.format(ifs, "<interface><name> fw </name></interface>")) == ["fw"]
        assert names(sub.format(ifs, "<interface><name>nope</name></interface>")) == []
        assert set(names(sub.format(ifs, "<interface><name/></interface>"))) == {"eth1", "web1", "fw", "cust"}
        two = "<interface><name>fw</name></interface><interface><name>web1</name><type/></interface>"
        assert set(names(sub.format(ifs, two))) == {"fw", "web1"}
        assert set(names(sub.format("", "<interface/>"))) == {"eth1", "web1", "fw", "cust"}
        assert names("<filter type='subtree'/>") == []
        xpath = "<filter type='xpath' xmlns:i='urn:ietf:params:xml:ns:yang:ietf-interfaces' select=\"{}\"/>"
        assert names(xpath.format("/i:interfaces/i:interface[i:name='cust']")) == ["cust"]
        assert names(xpath.format("/i:interfaces/i:interface[i:name='cust']"), "get") == ["cust"]
        assert names(xpath.format("/i:interfaces/i:interface[i:name='x']")) == []
        for bad in ("((", "/nope:x", "1" * 2000, "count("):
            reply = c.rpc("<get-config><source><running/></source>" + xpath.format(bad) + "</get-config>")
            assert errors(reply), bad
        wd = "<with-defaults xmlns='urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults'>{}</with-defaults>"
        text = lambda mode: ET.tostring(c.rpc(
            "<get-config><source><running/></source>" + wd.format(mode) + "</get-config>")).decode()
        assert "priority-tags" in text("report-all") and "priority-tags" not in text("explicit")
        assert "mac-ageing-time" in text("explicit") and "mac-ageing-time" not in text("trim")


@test
def wrong_requests():
    rows = [
        ("<foo/>", "operation-not-supported"),
        ("<foo xmlns='urn:x'/>", "unknown-namespace"),
        ("", "missing-element"),
        ("<get/><get/>", "unknown-element"),
        ("<get-config/>", "missing-element"),
        ("<get-config><source><url>http://x</url></source></get-config>", "unknown-element"),
        ("<get-config><source><running/></source><bar/></get-config>", "unknown-element"),
        ("<get><filter type='blah'/></get>", "bad-attribute"),
        ("<get><filter type='xpath'/></get>", "missing-attribute"),
        ("<lock><target><url>http://x</url></target></lock>", "unknown-element"),
        ("<unlock><target><running/></target></unlock>", "operation-failed"),
        ("<kill-session><session-id>999</session-id></kill-session>", "invalid-value"),
        ("<kill-session><session-id>x</session-id></kill-session>", "invalid-value"),
        ("<edit-config><target><startup/></target><config/></edit-config>", "unknown-element"),
        ("<edit-config><target><running/></target><default-operation>replacee</default-operation>"
         "<config/></edit-config>", "invalid-value"),
        ("<edit-config><target><running/></target><default-operation>replace</default-operation>"
         "</edit-config>", "missing-element"),
        ("<edit-config><target><running/></target><default-operation>replace</default-operation>"
         "<config>words</config></edit-config>", "invalid-value"),
        ("<x>" * 100 + "</x>" * 100, "too-big"),
        ("<get><filter>" + "<a xmlns='urn:b'>" * 300 + "</a>" * 300 + "</filter></get>", "too-big"),
    ]
    with world() as w, contextlib.closing(Client(w.path)) as c:
        for body, tag in rows:
            c.send(f'<rpc xmlns="{BASE}" message-id="1">{body}</rpc>')
            reply = ET.fromstring(c.receive())
            got = errors(reply)
            assert got and got[0][0] == tag, (body[:200], tag, got)
            assert got[0][3], body
        c.send(f'<rpc xmlns="{BASE}"><get/></rpc>')
        assert errors(ET.fromstring(c.receive()))[0][0] == "missing-attribute"
        c.send("<rpc")
        assert errors(ET.fromstring(c.receive()))[0][0] == "malformed-message"
        reply = c.rpc("<get-config><source><running/></source></get-config>",
                      ' xmlns:x="urn:mine" x:tag="a&amp;b" other="1"')
        assert reply.get("{urn:mine}tag") == "a&b" and reply.get("other") == "1", reply.attrib
        bad_config = [
            (config([port("a", "lab", "<mtuu>5</mtuu>")]), "unknown-element", "did you mean"),
            (config([port("a", "lab", "<mtu>5</mtu>")]), "invalid-value", "68 to 9600"),
            (config([port("a", "5000")]), "invalid-value", "1 to 4094"),
            (config([port("a", "lab"), port("a", "lab")]), "bad-element", "twice"),
            (PORTS.format("<interface><enabled>true</enabled></interface>"), "missing-element", "name"),
            (PORTS.format("<interface><name>x</name></interface>"), "data-missing", "type"),
            ("<top xmlns='urn:x'/>", "unknown-namespace", "no module"),
            (SWITCH.format("<segment><name>s</name><bridged/><host-only/></segment>"), "bad-element",
             "exclude"),
            (SWITCH.format("<state><macs>1</macs></state>"), "invalid-value", "state"),
            (config([port("a", "lab").replace("<interface>", f"<interface xmlns:nc='{BASE}' "
                                              "nc:operation='delete'>")]),
             "data-missing", "not there"),
        ]
        for text, tag, word in bad_config:
            got = errors(c.edit(text))
            assert got and got[0][0] == tag and word in got[0][3], (text, tag, got)


@test
def both_versions():
    with world() as w:
        for versions in (("0",), ("1",), ("0", "1")):
            with contextlib.closing(Client(w.path, versions)) as c:
                assert len(c.rpc("<get-config><source><running/></source></get-config>")) == 1
                # In any portions, and several in a row.
                c.next_id = 0
                text = f'<rpc xmlns="{BASE}" message-id="7"><get-config><source><running/></source></get-config></rpc>'
                framed = (f"\n#5\n{text[:5]}\n#{len(text) - 5}\n{text[5:]}\n##\n" if c.chunked
                          else text + "]]>]]>")
                for byte in framed.encode():
                    c.raw(bytes([byte]))
                assert "<data>" in c.receive()
                c.raw(framed * 50)
                assert all("<data>" in c.receive() for _ in range(50))
                assert ok(c.rpc("<close-session/>"))
                try:
                    c.receive()
                    raise AssertionError("the session is still open")
                except Closed:
                    pass


@test
def sessions():
    with world() as w, contextlib.closing(Client(w.path)) as a, contextlib.closing(Client(w.path)) as b:
        assert a.session != b.session
        assert errors(a.rpc(f"<kill-session><session-id>{a.session}</session-id></kill-session>"))
        assert ok(a.rpc(f"<kill-session><session-id>{b.session}</session-id></kill-session>"))
        try:
            b.receive()
            raise AssertionError("the session is still open")
        except (Closed, ConnectionResetError):
            pass
        assert (w.path.stat().st_mode & 0o777) == 0o666  # who may do what is for the access rules
        # A client that says all it has to say and shuts its side gets its answers.
        c = Client(w.path)
        c.send(f'<rpc xmlns="{BASE}" message-id="1"><get/></rpc>')
        c.sock.shutdown(1)
        assert "<data>" in c.receive()
        c.close()


ABUSE = [
    b"<hello xmlns=''><a/><a/></hello>]]>]]>", b"<hello><p:a xmlns:p=''/><p:a xmlns:p=''/></hello>]]>]]>",
    b"garbage]]>]]>", b"<hello/>]]>]]>", b"<rpc/>]]>]]>", b"\0" * 100 + b"]]>]]>",
    f'<hello xmlns="{BASE}"><capabilities><capability>urn:x</capability></capabilities></hello>]]>]]>'.encode(),
    f'<hello xmlns="{BASE}"><session-id>1</session-id></hello>]]>]]>'.encode(),
    b"<a>" * 5000 + b"]]>]]>",
]
CHUNK_ABUSE = [
    b"\n#0\n", b"\n#abc\n", b"\n##\n", b"\n#18446744073709551615\nxxx", b"\n#4294967296\n",
    b"\n#4294967295\n", b"\n#01\nx", b"x", b"\n\n", b"\n#3\nabc\n#\n", b"\n#3\nabcd", b"\n#99999999\n",
    b"\n#-1\n", b"\n#1 \nx",
]


@test
def abuse():
    with world() as w, contextlib.closing(Client(w.path)) as good:
        def closed(c):
            try:
                while True:
                    c.more()
            except (Closed, ConnectionResetError):
                c.close()
        for data in ABUSE:
            c = Client(w.path, hello=False)
            c.raw(data)
            closed(c)
            assert not errors(good.rpc("<get/>")), data
        for data in CHUNK_ABUSE:
            c = Client(w.path)
            c.raw(data)
            closed(c)
            assert not errors(good.rpc("<get/>")), data
        half = [Client(w.path) for _ in range(20)]
        for c in half:
            c.raw("\n#500\n<rpc")
        silent = [Client(w.path, hello=False) for _ in range(20)]
        start = time.monotonic()
        for _ in range(20):
            good.rpc("<get/>")
        in_time(time.monotonic() - start, 10)
        # Vanishes while its request is under way.
        with w.lock:
            w.ends[DATA].silent = True
        gone = Client(w.path)
        gone.send(f'<rpc xmlns="{BASE}" message-id="1"><get/></rpc>')
        gone.close()
        assert not errors(good.rpc("<get/>"))
        for c in half + silent:
            c.close()


@test
def client_that_never_reads():
    with world() as w, contextlib.closing(Client(w.path)) as good:
        greedy = Client(w.path, timeout=1)
        text = f'<rpc xmlns="{BASE}" message-id="1"><get/></rpc>'.encode()
        framed = b"\n#%d\n%s\n##\n" % (len(text), text)
        try:
            for _ in range(100):
                greedy.raw(framed * 1000)
            raise AssertionError("100,000 requests were taken from a client that reads nothing")
        except TimeoutError:
            pass  # it is not read from any more: as it should be
        start = time.monotonic()
        for _ in range(20):
            good.rpc("<get/>")
        in_time(time.monotonic() - start, 10)
        status = pathlib.Path(f"/proc/{w.process.pid}/status").read_text()
        rss = int(next(l for l in status.splitlines() if l.startswith("VmRSS")).split()[1])
        watched = WRAPPER or "HEDDLE_TEST_SANITIZER" in os.environ
        assert rss < (600_000 if watched else 60_000), rss
        greedy.close()


@test
def too_large_a_message():
    with world() as w, contextlib.closing(Client(w.path)) as good:
        c = Client(w.path)
        try:
            for _ in range(40):
                c.raw(b"\n#%d\n" % (1 << 20) + b" " * (1 << 20))
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            reply = c.receive()
            assert "too-big" in reply and "bytes" in reply, reply
        except (Closed, ConnectionResetError):
            pass  # it was closed while we still sent
        c.close()
        assert not errors(good.rpc("<get/>"))


@test
def too_many_sessions():
    # Root may have eight more, to mend what others broke.
    most = 12 if os.geteuid() == 0 else 4
    with world(env={"HEDDLE_NETCONF_LIMITS": "sessions=4"}) as w:
        clients = [Client(w.path) for _ in range(most)]
        c = Client(w.path, hello=False)
        reply = ET.fromstring(c.receive())
        assert errors(reply)[0][0] == "resource-denied", errors(reply)
        assert "which is the most" in errors(reply)[0][3]
        try:
            c.receive()
            raise AssertionError("one too many was let in")
        except (Closed, ConnectionResetError):
            pass
        assert not errors(clients[2].rpc("<get/>"))
        clients[0].close()
        clients[1].rpc("<close-session/>")
        Client(w.path).close()
        for c in clients:
            c.close()


if __name__ == "__main__":
    sys.exit(main())
