#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Notifications of heddle-mgmt: subscriptions, replay, filters, what is told, clients that do not read.

usage: notify_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import datetime
import os
import pathlib
import sys
import tempfile
import time
import xml.etree.ElementTree as ET

import api
from client import BASE, Client, Closed, errors, ok
from common import CONFIGS, WRAPPER, config, main, port, test, world
from planes import CONTROL, DATA, EVENT, MAC_EVENT, PORT_STATE, port_state

NOTIFICATION = "{urn:ietf:params:xml:ns:netconf:notification:1.0}"
HE = "{urn:heddle:yang:heddle-events}"
NCN = "{urn:ietf:params:xml:ns:yang:ietf-netconf-notifications}"
MANAGE = "{urn:ietf:params:xml:ns:netmod:notification}"
SLOW = bool(WRAPPER) or "HEDDLE_TEST_SANITIZER" in os.environ


def subscribe(c, inner=""):
    return c.rpc("<create-subscription xmlns='urn:ietf:params:xml:ns:netconf:notification:1.0'>"
                 f"{inner}</create-subscription>")


def stamp(seconds):
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return when.isoformat().replace("+00:00", "Z")


def event(c, sessions=True):
    """The next notification: its content, which is one element; the time is checked. Others' sessions
    are left out on demand."""
    found = next_event(c)
    while not sessions and "netconf-session" in found.tag:
        found = next_event(c)
    return found


def next_event(c):
    note = ET.fromstring(c.receive())
    assert note.tag == NOTIFICATION + "notification", note.tag
    assert note[0].tag == NOTIFICATION + "eventTime", note[0].tag
    when = datetime.datetime.fromisoformat(note[0].text[:26] + "+00:00")
    age = datetime.datetime.now(datetime.timezone.utc) - when
    assert abs(age.total_seconds()) < 600, note[0].text
    assert len(note) == 2
    return note[1]


def values(element):
    return {child.tag.split("}")[1]: child.text for child in element}


def mac_event(kind, left_out=0, to="eth1", came="web1", segment="office"):
    return bytes(api.mac_event(switch_name="sw0", segment=segment, to=to, left_out=left_out, vlan=10,
                               mac=bytes.fromhex("020000000005"), kind=kind, **{"from": came}))


def names(c):
    """Names of all that is sent until nothing more comes, found by asking something."""
    c.next_id += 1
    c.send(f'<rpc xmlns="{BASE}" message-id="{c.next_id}"><get-config><source><running/></source>'
           '</get-config></rpc>')
    found = []
    while True:
        message = ET.fromstring(c.receive())
        if message.tag.endswith("rpc-reply"):
            return found
        found.append(message[1].tag.split("}")[1])


@test
def wrong_subscriptions():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        rows = [
            ("<stream>NOPE</stream>", "invalid-value", "NETCONF"),
            (f"<startTime>{stamp(3600)}</startTime>", "bad-element", "future"),
            (f"<stopTime>{stamp(3600)}</stopTime>", "missing-element", "startTime"),
            (f"<startTime>{stamp(-10)}</startTime><stopTime>{stamp(-20)}</stopTime>", "bad-element",
             "not after"),
            ("<startTime>yesterday</startTime>", "invalid-value", ""),
            ("<filter type='xpath'/>", "missing-attribute", "select"),
            ("<filter type='xpath' select='//*[//*[//*]]'/>", "resource-denied", "each event"),
            (f"<filter type='xpath' select='{'a' * 20000}'/>", "too-big", "characters"),
            ("<nope/>", "unknown-element", ""),
        ]
        for inner, tag, word in rows:
            got = errors(subscribe(c, inner))
            assert got and got[0][0] == tag and word in got[0][3], (inner[:100], got)
        assert ok(subscribe(c))
        (error,) = errors(subscribe(c))
        assert error[0] == "in-use", error


@test
def streams():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        reply = c.rpc("<get><filter><netconf xmlns='urn:ietf:params:xml:ns:netmod:notification'/>"
                      "</filter></get>")
        (stream,) = reply.iter(MANAGE + "stream")
        assert stream.findtext(MANAGE + "name") == "NETCONF"
        assert stream.findtext(MANAGE + "replaySupport") == "true"
        assert stream.findtext(MANAGE + "replayLogCreationTime")[:2] == "20"


@test
def sessions_are_told_of():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        assert ok(subscribe(c))
        closes = Client(w.path)
        assert values(event(c)) == {"username": values_user(w), "session-id": str(closes.session)}
        assert ok(closes.rpc("<close-session/>"))
        end = event(c)
        assert end.tag == NCN + "netconf-session-end"
        assert end.findtext(NCN + "termination-reason") == "closed"
        victim, killer = Client(w.path), Client(w.path)
        event(c), event(c)
        killer.rpc(f"<kill-session><session-id>{victim.session}</session-id></kill-session>")
        end = event(c)
        assert end.findtext(NCN + "killed-by") == str(killer.session)
        assert end.findtext(NCN + "termination-reason") == "killed"
        killer.close()
        assert event(c).findtext(NCN + "termination-reason") == "dropped"
        bad = Client(w.path, hello=False)
        bad.raw(b"nonsense]]>]]>")
        assert event(c).findtext(NCN + "termination-reason") == "bad-hello"


def values_user(w):
    import pwd
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


@test
def ports_and_addresses_are_told_of():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        assert ok(subscribe(c))
        data = w.ends[DATA]
        data.send(EVENT, PORT_STATE, port_state("web1", "vhost-user", detail="2 queues"))
        up = event(c)
        assert up.tag == HE + "port-up"
        assert values(up) == {"name": "web1", "kind": "vhost-user", "detail": "2 queues"}, values(up)
        data.send(EVENT, PORT_STATE, port_state("web1", "vhost-user", detail="1 queue"))  # no news
        data.send(EVENT, PORT_STATE, port_state("web1", "vhost-user", "the guest is <gone>", up=0,
                                                reason=3))
        down = event(c)
        assert down.tag == HE + "port-down"
        assert values(down) == {"name": "web1", "kind": "vhost-user", "reason": "no-peer",
                                "text": "the guest is <gone>"}
        data.send(EVENT, MAC_EVENT, mac_event(0, 7))
        moved = event(c)
        assert moved.tag == HE + "mac-moved"
        assert values(moved) == {"mac": "02:00:00:00:00:05", "switch": "sw0", "vlan": "10",
                                 "segment": "office", "from": "web1", "to": "eth1",
                                 "left-out": "7"}
        for kind, word in ((1, "port"), (2, "segment"), (3, "switch")):
            data.send(EVENT, MAC_EVENT, mac_event(kind, came=""))
            limit = event(c)
            assert limit.tag == HE + "mac-limit-reached"
            assert limit.findtext(HE + "kind") == word
            assert limit.findtext(HE + "port") == "eth1"
        # What a broken plane says is dropped.
        for bad in (mac_event(99), mac_event(0)[:64] + b"x" * 64 + mac_event(0)[128:],
                    b"\xff" * 64 + mac_event(0)[64:]):
            data.send(EVENT, MAC_EVENT, bad)
        data.send(EVENT, PORT_STATE, port_state("fw"))
        assert event(c).tag == HE + "port-up"


@test
def filters_beside():
    """Any XPath is a filter; one that crashes libyang on an event ends its subscription, and nothing else."""
    with world() as w, contextlib.closing(Client(w.path)) as c, contextlib.closing(Client(w.path)) as odd:
        got = errors(subscribe(odd, "<filter type='xpath' select='//*[deref(.)]'/>"))
        assert got and got[0][0] == "operation-failed" and "signal 11, SIGSEGV" in got[0][3], got
        assert ok(subscribe(c, "<filter type='xpath' select='/*[starts-with(to, \"web\") or name]'/>"))
        assert ok(subscribe(odd, "<filter type='xpath' "
                                 "select='/*[local-name() = \"port-down\"][deref(*)] or true()'/>"))
        names(odd)
        data, n = w.ends[DATA], 20 if SLOW else 300
        for i in range(n):  # far more than one child is asked about
            data.send(EVENT, MAC_EVENT, mac_event(0, 2 * i + 1, to="web1"))
            data.send(EVENT, MAC_EVENT, mac_event(0, 2 * i + 2, to="fw"))
        assert [event(c).findtext(HE + "left-out") for _ in range(n)] == [str(2 * i + 1) for i in range(n)]
        assert [event(odd, False).findtext(HE + "left-out") for _ in range(2)] == ["1", "2"]
        data.send(EVENT, PORT_STATE, port_state("web1", "tap"))
        data.send(EVENT, PORT_STATE, port_state("web1", "tap", up=0, reason=3))
        told = event(odd, False)
        while told.tag in (HE + "mac-moved", HE + "port-up"):
            told = event(odd, False)
        assert told.tag == HE + "subscription-ended" and "SIGSEGV" in told.findtext(HE + "reason"), told.tag
        assert event(c).tag == HE + "port-up"
        assert event(c).tag == HE + "port-down"
        assert ok(subscribe(odd))  # another one
        for last in (odd, c):  # a session goes while it is asked for
            last.close()
            data.send(EVENT, PORT_STATE, port_state("web1", "tap"))
        with contextlib.closing(Client(w.path)) as good:
            assert not errors(good.rpc("<get-config><source><running/></source></get-config>"))


@test
def planes_are_told_of():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        assert ok(subscribe(c, "<filter><plane-lost xmlns='urn:heddle:yang:heddle-events'/>"
                               "<plane-restarted xmlns='urn:heddle:yang:heddle-events'/></filter>"))
        for plane, name in ((DATA, "data"), (CONTROL, "control")):
            w.kill_plane(plane)
            lost = event(c)
            assert lost.tag == HE + "plane-lost" and values(lost) == {"plane": name}
            with w.lock:
                w.start_plane(plane)
            back = event(c)
            assert back.tag == HE + "plane-restarted"
            assert back.findtext(HE + "plane") == name and int(back.findtext(HE + "outage")) < 60000


@test
def changes_are_told_of():
    with world(None, options=("--initial-config", str(CONFIGS / "good/canonical.json"))) as w, contextlib.closing(Client(w.path)) as c, \
            contextlib.closing(Client(w.path)) as editor:
        assert ok(subscribe(c))
        assert ok(editor.edit(config([port("a", "lab")])))
        change = event(c, False)
        assert change.tag == NCN + "netconf-config-change", ET.tostring(change)
        by = change.find(NCN + "changed-by")
        assert by.findtext(NCN + "session-id") == str(editor.session)
        assert change.findtext(NCN + "datastore") == "running"
        edits = {e.findtext(NCN + "target"): e.findtext(NCN + "operation")
                 for e in change.findall(NCN + "edit")}
        ports = {t.split("'")[1]: o for t, o in edits.items() if "if:interface[" in t}
        assert ports == {"a": "create", "eth1": "delete", "web1": "delete", "fw": "delete",
                         "cust": "delete"}, edits
        # Within a port: what was changed, and no more than that.
        def targets(conf):
            assert ok(editor.edit(conf, operation="merge"))
            return {e.findtext(NCN + "target").split("']", 1)[1]: e.findtext(NCN + "operation")
                    for e in event(c, False).findall(NCN + "edit")}
        same = "<interfaces xmlns='urn:ietf:params:xml:ns:yang:ietf-interfaces'>{}</interfaces>"
        one = "<interface><name>a</name>{}</interface>"
        got = targets(same.format(one.format("<description>x</description><enabled>true</enabled>")))
        assert got == {"/if:description": "create", "/if:enabled": "create"}, got
        got = targets(same.format(one.format("<description>y</description>")))
        assert got == {"/if:description": "replace"}, got
        nc = f"xmlns:nc='{BASE}' nc:operation='delete'"
        got = targets(same.format(one.format(
            f"<description {nc}/><port xmlns='urn:heddle:yang:heddle-port'><mtu>1400</mtu></port>")))
        assert got == {"/if:description": "delete", "/hp:port/hp:mtu": "create"}, got
        # The path has its prefixes declared.
        assert all(t.startswith("/") and ":" in t for t in edits)
        reply = editor.rpc("<copy-config><target><startup/></target><source><running/></source>"
                           "</copy-config>")
        assert ok(reply), errors(reply)
        assert event(c, False).findtext(NCN + "datastore") == "startup"
        # A confirmed commit: from its start to its end.
        def edit_candidate(name):
            assert ok(editor.rpc("<edit-config><target><candidate/></target><config>" +
                                 config([port(name, "lab")]) + "</config></edit-config>"))
        def events_of(n):
            out = []
            while len(out) < n:
                e = event(c, False)
                if e.tag == NCN + "netconf-confirmed-commit":
                    out.append((e.findtext(NCN + "confirm-event"), e.findtext(NCN + "timeout")))
            return out
        edit_candidate("b")
        assert ok(editor.rpc("<commit><confirmed/><confirm-timeout>100</confirm-timeout></commit>"))
        assert ok(editor.rpc("<commit><confirmed/><confirm-timeout>50</confirm-timeout></commit>"))
        assert ok(editor.rpc("<commit/>"))
        assert events_of(3) == [("start", "100"), ("extend", "50"), ("complete", None)]
        edit_candidate("d")
        assert ok(editor.rpc("<commit><confirmed/></commit>"))
        assert ok(editor.rpc("<cancel-commit/>"))
        assert events_of(2) == [("start", "600"), ("cancel", None)]
        assert ok(editor.rpc("<discard-changes/>"))
        edit_candidate("e")
        assert ok(editor.rpc("<commit><confirmed/><confirm-timeout>1</confirm-timeout></commit>"))
        assert events_of(2) == [("start", "1"), ("timeout", None)]


@test
def fallback_is_told_of():
    with tempfile.TemporaryDirectory() as folder:
        state = pathlib.Path(folder) / "state"
        options = ("--state-dir", str(state),
                   "--initial-config", str(CONFIGS / "good/canonical.json"))
        with world(None, options=options) as w, contextlib.closing(Client(w.path)) as c:
            assert ok(c.rpc("<copy-config><target><startup/></target><source><running/></source>"
                            "</copy-config>"))
        (state / "startup.conf").write_text("set nonsense\n")
        boot = {"HEDDLE_RESTARTS": "0"}
        with world(None, boot, options=options) as w, contextlib.closing(Client(w.path)) as c:
            assert ok(subscribe(c, "<filter><startup-fallback xmlns='urn:heddle:yang:heddle-events'/>"
                                   f"</filter><startTime>{stamp(-1000)}</startTime>"))
            told = event(c)
            assert told.tag == HE + "startup-fallback", (told.tag, "".join(w.log))
            assert "startup.conf" in told.findtext(HE + "text"), values(told)


@test
def filters():
    subtree = "<filter type='subtree'>{}</filter>"
    xpath = "<filter type='xpath' xmlns:he='urn:heddle:yang:heddle-events' select=\"{}\"/>"
    he = "xmlns='urn:heddle:yang:heddle-events'"
    rows = [
        (subtree.format(f"<port-down {he}/>"), ["port-down"] * 2),
        (subtree.format(f"<port-down {he}><name>fw</name></port-down>"), ["port-down"]),
        (subtree.format(f"<port-down {he}><name>fw</name></port-down><port-up {he}/>"),
         ["port-up", "port-up", "port-down"]),
        (subtree.format(f"<port-down {he}><reason>disabled</reason></port-down>"), []),
        (subtree.format(""), []),
        (xpath.format("/he:port-down"), ["port-down"] * 2),
        (xpath.format("/he:port-down[he:name='fw']"), ["port-down"]),
        (xpath.format("/he:port-up | /he:port-down[he:name='fw']"),
         ["port-up", "port-up", "port-down"]),
        (xpath.format("//he:name[.='web1']"), ["port-up", "port-down"]),
        (xpath.format("/he:nothing"), []),
        ("", ["port-up", "port-up", "port-down", "port-down"]),
    ]
    with world() as w:
        clients = [Client(w.path) for _ in rows]
        for c, (inner, _) in zip(clients, rows):
            assert ok(subscribe(c, inner)), (inner, errors(subscribe(c, inner)))
        for c in clients:
            names(c)  # of those that came after it
        with contextlib.closing(Client(w.path)) as last:
            assert ok(subscribe(last))
            for up in (1, 0):
                for name in ("web1", "fw"):
                    w.ends[DATA].send(EVENT, PORT_STATE, port_state(name, up=up, reason=0 if up else 3))
            for _ in range(4):
                event(last, False)
            for c, (inner, want) in zip(clients, rows):
                # What is judged beside comes when it is judged; nothing comes after what is wanted.
                got = [event(c, False).tag.split("}")[1] for _ in want]
                got += [n for n in names(c) if not n.startswith("netconf-session")]
                assert got == want, (inner, got, want)
        for c in clients:
            c.close()


@test
def replay():
    with world() as w, contextlib.closing(Client(w.path)) as first:
        assert ok(subscribe(first))
        def toggle(n):
            for i in range(n):
                w.ends[DATA].send(EVENT, PORT_STATE, port_state("web1", up=(i + 1) % 2, reason=3))
            for _ in range(n):
                event(first, False)
        toggle(6)
        only = "<filter><port-up xmlns='urn:heddle:yang:heddle-events'/></filter>"
        c = Client(w.path)
        assert ok(subscribe(c, f"{only}<startTime>{stamp(-1000)}</startTime>"))
        assert [event(c).tag for _ in range(4)] == [HE + "port-up"] * 3 + [MANAGE + "replayComplete"]
        toggle(2)
        assert event(c).tag == HE + "port-up"  # and it goes on
        c.close()
        # From a time on.
        mark = stamp(0)
        toggle(2)
        c = Client(w.path)
        assert ok(subscribe(c, f"{only}<startTime>{mark}</startTime>"))
        assert [event(c).tag for _ in range(2)] == [HE + "port-up", MANAGE + "replayComplete"]
        c.close()
        # Up to a time in the past: it ends, and the session can have another one.
        c = Client(w.path)
        assert ok(subscribe(c, f"{only}<startTime>{stamp(-1000)}</startTime><stopTime>{mark}"
                               "</stopTime>"))
        got = [event(c).tag for _ in range(6)]
        assert got == [HE + "port-up"] * 4 + [MANAGE + "replayComplete",
                                              MANAGE + "notificationComplete"], got
        assert ok(subscribe(c, only))
        c.close()
        # Up to a time to come.
        c = Client(w.path)
        assert ok(subscribe(c, f"{only}<startTime>{stamp(0)}</startTime><stopTime>{stamp(1)}"
                               "</stopTime>"))
        assert event(c).tag == MANAGE + "replayComplete"
        assert event(c).tag == MANAGE + "notificationComplete"
        c.close()


@test
def interleave():
    """Requests are served between notifications; a reply is never cut by one."""
    with world() as w, contextlib.closing(Client(w.path)) as c:
        assert ok(subscribe(c))
        ports = "".join(port(f"p{i}", "lab") for i in range(150))
        assert ok(c.edit(config([ports])))
        seen = 0
        for i in range(16 if SLOW else 40):
            w.ends[DATA].send(EVENT, PORT_STATE, port_state("p1", up=(i + 1) % 2, reason=3))
            c.next_id += 1
            c.send(f'<rpc xmlns="{BASE}" message-id="{c.next_id}"><get/></rpc>')
            while True:
                message = ET.fromstring(c.receive())  # each is whole
                if message.tag.endswith("rpc-reply"):
                    assert len(list(message.iter("{urn:ietf:params:xml:ns:yang:ietf-interfaces}"
                                                 "interface"))) >= 150
                    break
                seen += 1
        assert seen >= 8, seen


@test
def client_that_does_not_read():
    limits = {"HEDDLE_NETCONF_LIMITS": "events=100,output_kb=16"}
    with world(env=limits) as w, contextlib.closing(Client(w.path)) as reads, \
            contextlib.closing(Client(w.path)) as deaf:
        for c in (deaf, reads):
            c.sock.setsockopt(1, 8, 4096)
            assert ok(subscribe(c, "<filter><mac-moved xmlns='urn:heddle:yang:heddle-events'/></filter>"))
        total = 3000
        status = lambda: pathlib.Path(f"/proc/{w.process.pid}/status").read_text()
        before = int(status().split("VmRSS:")[1].split()[0])
        for i in range(total):
            w.ends[DATA].send(EVENT, MAC_EVENT, mac_event(0, i + 1))
            # Who reads gets every single one, in order.
            assert event(reads).findtext(HE + "left-out") == str(i + 1)
        after = int(status().split("VmRSS:")[1].split()[0])
        # (a sanitizer keeps 256 MB of what was freed)
        assert after < before + (300_000 if SLOW else 8_000), (before, after)
        # The deaf one hears again: the first ones, how many it lost, and the newest.
        got, lost = [], 0
        while not got or got[-1] != total:
            e = event(deaf)
            if e.tag == HE + "events-lost":
                lost += int(e.findtext(HE + "count"))
            else:
                got.append(int(e.findtext(HE + "left-out")))
        assert lost > 0 and len(got) + lost == total, (len(got), lost)
        assert got == sorted(got) and got[0] == 1
        assert len(got) < total
        w.wait("a word in the log", lambda: "does not read its notifications" in "".join(w.log))


@test
def many_subscribers():
    with world(env={"HEDDLE_NETCONF_LIMITS": "user_sessions=120"}) as w:
        clients = [Client(w.path) for _ in range(20 if SLOW else 100)]
        for c in clients:
            assert ok(subscribe(c, "<filter><port-up xmlns='urn:heddle:yang:heddle-events'/></filter>"))
        w.ends[DATA].send(EVENT, PORT_STATE, port_state("web1"))
        for c in clients:
            assert event(c).tag == HE + "port-up"
        for c in clients:
            c.close()


if __name__ == "__main__":
    sys.exit(main())
