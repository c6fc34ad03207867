#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""heddle-mgmt as a plane: its start, commits, restarts of others, NETCONF and abuse of it.

usage: netconf_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET

from client import BASE, CAP, NC, Client, Closed, errors, ok
from planes import (ABORT, BEGIN, CONTROL, DATA, EVENT, PORT, PORT_STATE, World, port_state)

ARGS = [a for a in sys.argv[1:] if not a.startswith("--")]
MGMT, CONFIGS = pathlib.Path(ARGS[0]).resolve(), pathlib.Path(ARGS[1]).resolve()
WRAPPER = (["valgrind", "-q", "--error-exitcode=99", "--leak-check=full",
            "--errors-for-leak-kinds=definite"] if "--valgrind" in sys.argv else [])
IF = "{urn:ietf:params:xml:ns:yang:ietf-interfaces}"
HP = "{urn:heddle:yang:heddle-port}"
HS = "{urn:heddle:yang:heddle-switch}"
SYS = "{urn:heddle:yang:heddle-system}"
TESTS = []


def test(fn):
    TESTS.append(fn)
    return fn


SWITCH = ('<switches xmlns="urn:heddle:yang:heddle-switch"><switch><name>sw0</name>{}</switch>'
          '</switches>')
SEGMENT = "<segment><name>{}</name>{}<host-only/></segment>"
PORTS = '<interfaces xmlns="urn:ietf:params:xml:ns:yang:ietf-interfaces">{}</interfaces>'


def port(name, access, extra=""):
    return (f'<interface><name>{name}</name><type xmlns:t="urn:heddle:yang:heddle-tap">t:tap</type>'
            f'<port xmlns="urn:heddle:yang:heddle-port"><switch>sw0</switch><access>{access}'
            f'</access>{extra}</port></interface>')


def config(ports, segments=("lab",)):
    return (SWITCH.format("".join(SEGMENT.format(s, "") for s in segments)) +
            PORTS.format("".join(ports)))


@contextlib.contextmanager
def world(config="good/canonical.json", env=None, ready=True, run_dir=None, **more):
    folder = run_dir or tempfile.mkdtemp(prefix="heddle-netconf-")
    try:
        with World(MGMT, CONFIGS / config, folder, env, WRAPPER, **more) as w:
            w.path = pathlib.Path(folder) / "netconf.sock"
            w.run_dir = pathlib.Path(folder)
            if ready:
                w.wait("ready", w.ready.is_set)
            yield w
        assert w.status == w.__dict__.get("expect", 0), (w.status, "".join(w.log))
    finally:
        if not run_dir:
            shutil.rmtree(folder)


@test
def start_commits_on_both_planes():
    with world() as w:
        data, control = w.ends[DATA], w.ends[CONTROL]
        assert data.brackets[0][0] and control.brackets[0][0]  # full ones
        keys = {k for _, k in data.objects}
        assert {"sw0", "sw0/office", "sw0/lan", "sw0/lab", "eth1", "web1", "fw", "cust",
                "hd-lab", "sw0/10/02:00:00:00:00:05"} == keys, keys
        assert {k for _, k in control.objects} == {"hd-lab"}
        assert data.generation == control.generation != 0
        assert "in force" in w.ready_text


@test
def start_waits_for_planes():
    with world(ready=False, planes=(DATA,)) as w:
        w.wait("hello", lambda: w.ends[DATA].greeted)
        assert not w.ready.is_set()
        w.start_plane(CONTROL)
        w.wait("ready", w.ready.is_set)


@test
def refused_file_ends_with_3():
    for name in ("bad/several.json", "bad/empty.json", "good/absent.json"):
        with world(name, ready=False) as w:
            w.expect = 3
            assert w.process.wait(30) == 3
        assert "refused" in "".join(w.log)


@test
def refused_by_a_plane_ends_with_3():
    with world(ready=False, planes=(CONTROL,)) as w:
        w.expect = 3
        with w.lock:
            w.start_plane(DATA).refuse = "port web1: of a kind that is not known"
        assert w.process.wait(30) == 3
    assert "port web1: of a kind" in "".join(w.log)


@test
def load_is_a_difference():
    with world("good/empty.json") as w, contextlib.closing(Client(w.path)) as c:
        assert ok(c.edit(config([port("a", "lab"), port("b", "lab")])))
        w.wait("second bracket", lambda: len(w.ends[DATA].brackets) == 2)
        assert ok(c.edit(config([port("a", "lab"), port("c", "lab")])))
        full, bracket = w.ends[DATA].brackets[-1]
        assert not full
        assert {k for _, _, k in bracket} == {"b", "c"}, bracket
        assert {op for op, _, k in bracket if k == "b"} == {2}
        assert ok(c.edit(config([port("a", "lab"), port("c", "lab")])))
        assert w.ends[DATA].brackets[-1] == (False, [])


@test
def internal_numbers_are_stable():
    with world("good/empty.json") as w, contextlib.closing(Client(w.path)) as c:
        def numbers():
            with w.lock:
                return {k[1]: struct.unpack_from("<H", v, 220)[0]
                        for k, v in w.ends[DATA].objects.items() if k[0] >> 16 == 0x12 and "/" in k[1]}
        assert ok(c.edit(config([], ("m", "z"))))
        first = numbers()
        assert first == {"sw0/m": 4094, "sw0/z": 4093}, first
        assert ok(c.edit(config([], ("a", "m", "z"))))
        assert numbers() == {**first, "sw0/a": 4092}
        # An explicit VLAN takes the number away, from that segment only.
        assert ok(c.edit(config([port("p", "4094")], ("a", "m", "z"))))
        assert numbers() == {"sw0/a": 4092, "sw0/z": 4093, "sw0/m": 4091}, numbers()
        folder = w.run_dir
        before = numbers()
        saved = {f: (folder / f).read_bytes() for f in ("running.json", "running.vlans")}
        assert (folder / "running.json").stat().st_mode & 0o777 == 0o600
    with tempfile.TemporaryDirectory() as again:
        for name, data in saved.items():
            (pathlib.Path(again) / name).write_bytes(data)
        with world("good/canonical.json", {"HEDDLE_RESTARTS": "1"}, run_dir=again) as w:
            assert numbers() == before, numbers()
        with world("good/empty.json", {"HEDDLE_RESTARTS": "0"}, run_dir=again) as w:
            assert numbers() == {}, numbers()


@test
def restart_is_told_from_a_boot():
    with tempfile.TemporaryDirectory() as folder:
        with world("good/empty.json", run_dir=folder) as w, contextlib.closing(Client(w.path)) as c:
            assert ok(c.edit(config([port("a", "lab")])))
        # The same parent starts it again: what ran is taken up, not the file.
        with world("good/empty.json", run_dir=folder) as w:
            assert (PORT, "a") in w.ends[DATA].objects
        # Another parent: a boot, and the file counts.
        meta = pathlib.Path(folder) / "running.vlans"
        meta.write_text(meta.read_text().replace("boot ", "boot 1"))
        with world("good/empty.json", run_dir=folder) as w:
            assert w.ends[DATA].objects == {}


@test
def broken_copy_falls_back_to_the_file():
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "running.json").write_text("{ nonsense")
        with world(env={"HEDDLE_RESTARTS": "2"}, run_dir=folder) as w:
            assert (PORT, "web1") in w.ends[DATA].objects
        assert "cannot be used" in "".join(w.log)


@test
def refused_load_changes_nothing():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        before, brackets = dict(w.ends[DATA].objects), len(w.ends[DATA].brackets)
        running = (w.run_dir / "running.json").read_bytes()
        reply = c.edit(config([port("a", "nowhere")]))
        (error,) = errors(reply)
        assert error[0] == "data-missing" and "no segment" in error[3], error
        assert error[2] == ("/if:interfaces/if:interface[if:name='a']/hp:port/hp:access"), error
        # A plane that says no: the other is told to forget it, and nothing is different.
        for plane in (DATA, CONTROL):
            with w.lock:
                w.ends[plane].refuse = "out of ids"
            reply = c.edit(config([port("a", "lab")]))
            assert "out of ids" in errors(reply)[0][3], errors(reply)
        assert w.ends[DATA].objects == before and len(w.ends[DATA].brackets) == brackets
        assert (w.run_dir / "running.json").read_bytes() == running
        assert ok(c.edit(config([port("a", "lab")])))
        assert not list(w.run_dir.glob("*.new"))


@test
def check_changes_nothing():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        brackets = len(w.ends[DATA].brackets)
        assert ok(c.edit(config([port("a", "lab")]), test="test-only"))
        assert errors(c.edit(config([port("a", "labb")]), test="test-only"))
        assert ok(c.rpc("<validate><source><running/></source></validate>"))
        assert ok(c.rpc(f"<validate><source><config>{config([])}</config></source></validate>"))
        assert len(w.ends[DATA].brackets) == brackets


@test
def restarted_plane_gets_everything():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        for plane in (DATA, CONTROL):
            old = w.ends[plane]
            others = len(w.ends[CONTROL if plane == DATA else DATA].brackets)
            w.kill_plane(plane)
            end = w.start_plane(plane)
            w.wait("resync", lambda: end.generation == old.generation)
            assert end.brackets[0][0] and end.objects == old.objects
            assert len(w.ends[CONTROL if plane == DATA else DATA].brackets) == others
        # One that kept its configuration is not touched.
        end = w.ends[DATA]
        generation = end.generation
        w.kill_plane(DATA)
        kept = w.start_plane(DATA, generation)
        kept.objects = end.objects
        w.wait("hello", lambda: kept.greeted)
        assert ok(c.edit(config([port("a", "lab")])))
        assert len(kept.brackets) == 1 and not kept.brackets[0][0]


@test
def stale_plane_gets_everything():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        with w.lock:
            w.ends[DATA].generation += 17  # it holds something else than we think
        assert ok(c.edit(config([port("a", "lab")])))
        assert w.ends[DATA].brackets[-1][0]
        assert (PORT, "a") in w.ends[DATA].objects


@test
def plane_that_is_down():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        w.kill_plane(CONTROL)
        start = time.monotonic()
        (error,) = errors(c.edit(config([port("a", "lab")])))
        waited = time.monotonic() - start
        assert error[0] == "resource-denied" and "heddle-cp" in error[3], error
        assert 1.5 < waited < 10, waited
        c.send(f'<rpc xmlns="{BASE}" message-id="9"><edit-config><target><running/></target>'
               f'<default-operation>replace</default-operation><config>{config([port("b", "lab")])}'
               '</config></edit-config></rpc>')
        w.start_plane(CONTROL)
        assert "<ok/>" in c.receive()
        assert (PORT, "b") in w.ends[DATA].objects


@test
def plane_that_dies_in_prepare():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        with w.lock:
            w.ends[DATA].silent = True
        c.send(f'<rpc xmlns="{BASE}" message-id="9"><edit-config><target><running/></target>'
               f'<default-operation>replace</default-operation><config>{config([port("b", "lab")])}'
               '</config></edit-config></rpc>')
        w.wait("bracket", lambda: w.ends[CONTROL].full is not None)
        w.kill_plane(DATA)
        w.start_plane(DATA)
        assert "<ok/>" in c.receive()
        assert (PORT, "b") in w.ends[DATA].objects and w.ends[CONTROL].objects == {}
        assert w.ends[DATA].generation == w.ends[CONTROL].generation


@test
def full_disk_is_refused():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        (w.run_dir / "running.vlans.new").mkdir()
        (w.run_dir / "running.vlans.new" / "x").touch()
        brackets = len(w.ends[DATA].brackets)
        (error,) = errors(c.edit(config([port("a", "lab")])))
        assert "nothing was changed" in error[3], error
        assert len(w.ends[DATA].brackets) == brackets
        shutil.rmtree(w.run_dir / "running.vlans.new")
        assert ok(c.edit(config([port("a", "lab")])))


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
        assert time.monotonic() - start < 8


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
            asked = w.ends[DATA].fdb_filter
        assert asked[:4] == b"sw0\0" and struct.unpack_from("<H", asked, 134)[0] == 10
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
        ("<get-config><source><candidate/></source></get-config>", "unknown-element"),
        ("<get-config><source><running/></source><bar/></get-config>", "unknown-element"),
        ("<get><filter type='blah'/></get>", "invalid-value"),
        ("<get><filter type='xpath'/></get>", "missing-attribute"),
        ("<lock><target><running/></target></lock>", "operation-not-supported"),
        ("<kill-session><session-id>999</session-id></kill-session>", "invalid-value"),
        ("<kill-session><session-id>x</session-id></kill-session>", "invalid-value"),
        ("<edit-config><target><running/></target><config/></edit-config>", "operation-not-supported"),
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
             "operation-not-supported", "operation attribute"),
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
        assert (w.path.stat().st_mode & 0o777) == 0o660
        # A client that says all it has to say and shuts its side gets its answers.
        c = Client(w.path)
        c.send(f'<rpc xmlns="{BASE}" message-id="1"><get/></rpc>')
        c.sock.shutdown(1)
        assert "<data>" in c.receive()
        c.close()


ABUSE = [
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
        assert time.monotonic() - start < (60 if WRAPPER else 10)
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
        assert time.monotonic() - start < (60 if WRAPPER else 10)
        status = pathlib.Path(f"/proc/{w.process.pid}/status").read_text()
        rss = int(next(l for l in status.splitlines() if l.startswith("VmRSS")).split()[1])
        assert rss < (600_000 if WRAPPER else 60_000), rss
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
            assert "malformed-message" in reply and "bytes" in reply, reply
        except (Closed, ConnectionResetError):
            pass  # it was closed while we still sent
        c.close()
        assert not errors(good.rpc("<get/>"))


@test
def too_many_sessions():
    if WRAPPER:
        return
    with world() as w:
        clients = [Client(w.path) for _ in range(256)]
        c = Client(w.path, hello=False)
        try:
            c.receive()
            raise AssertionError("one too many was let in")
        except (Closed, ConnectionResetError):
            pass
        assert not errors(clients[200].rpc("<get/>"))
        for c in clients:
            c.close()


@test
def another_one_is_running():
    with world() as w:
        other = subprocess.run(
            [str(MGMT), "-c", str(CONFIGS / "good/empty.json"), "--run-dir", str(w.run_dir)],
            capture_output=True, text=True, timeout=30)
        assert other.returncode == 2 and "heddled starts" in other.stderr, other
        with World(MGMT, CONFIGS / "good/empty.json", w.run_dir) as second:
            assert second.process.wait(20) == 1
        assert "another heddle-mgmt listens" in "".join(second.log)
        with contextlib.closing(Client(w.path)) as c:
            assert not errors(c.rpc("<get/>"))


@test
def privileges_are_gone():
    if WRAPPER:
        return
    with world() as w:
        status = pathlib.Path(f"/proc/{w.process.pid}/status").read_text()
        caps = {l.split(":")[0]: l.split()[1] for l in status.splitlines() if l.startswith("Cap")}
        assert int(caps["CapEff"], 16) == int(caps["CapPrm"], 16) == 0, caps
        assert "NoNewPrivs:\t1" in status


def main():
    wanted = ARGS[2:]
    failed = passed = 0
    for fn in TESTS:
        if wanted and fn.__name__ not in wanted:
            continue
        start = time.monotonic()
        try:
            fn()
            passed += 1
            print(f"ok   {fn.__name__} ({time.monotonic() - start:.1f} s)", flush=True)
        except Exception as e:  # a test's failure, whatever it is, is told and counted
            import traceback
            failed += 1
            print(f"FAIL {fn.__name__}: {type(e).__name__}: {e}", flush=True)
            traceback.print_exc(limit=-2)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
