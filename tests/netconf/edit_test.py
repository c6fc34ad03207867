#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""edit-config on candidate and running: operations, options and every error.

usage: edit_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import sys

from client import BASE, Client, errors, ok
from common import SWITCH, main, test, world
from datastores import (HS, OPS, TAP, commit, edit, get, hport, iface, ifs, info, leaf, names, op,
                        tap)
from planes import DATA, PORT

ALL = ["eth1", "web1", "fw", "cust"]


@contextlib.contextmanager
def client(config="good/canonical.json"):
    with world(config) as w, contextlib.closing(Client(w.path)) as c:
        yield w, c


def first(reply):
    found = errors(reply)
    assert found, "no error"
    assert found[0][3], found
    return found[0]


def segment(name, body, op=""):
    op = f' nc:operation="{op}"' if op else ""
    return f"<segment{op}><name>{name}</name>{body}</segment>"


def switch(*parts):
    return (f'<switches xmlns="{HS}" {OPS}><switch><name>sw0</name>{"".join(parts)}</switch>'
            "</switches>")


@test
def merge_and_commit():
    with client() as (w, c):
        assert names(c) == ALL
        assert ok(edit(c, ifs(tap("a"))))
        assert names(c, "candidate") == ALL + ["a"] and names(c) == ALL
        assert ok(commit(c))
        assert names(c) == ALL + ["a"] and (PORT, "a") in w.ends[DATA].objects
        full, bracket = w.ends[DATA].brackets[-1]
        assert not full and {k for _, _, k in bracket} == {"a"}, bracket
        assert ok(edit(c, ifs(iface("a", hport("<mtu>9000</mtu>")))))
        assert leaf(c, "a", "mtu", "candidate") == "9000" and leaf(c, "a", "mtu") is None
        assert ok(commit(c)) and leaf(c, "a", "mtu") == "9000"
        assert ok(edit(c, ifs(iface("a", op="delete")))) and ok(commit(c))
        assert names(c) == ALL and (PORT, "a") not in w.ends[DATA].objects


@test
def discarded_and_undone_edits_leave_no_trace():
    with client() as (_, c):
        before = get(c, "candidate")
        text = lambda e: [(x.tag, x.text) for x in e.iter()]
        assert ok(edit(c, ifs(tap("a"), iface("eth1", op="delete"), iface("fw", hport("<mtu>2000</mtu>"))),
                       test="set"))
        assert text(get(c, "candidate")) != text(before)
        assert text(get(c)) == text(before)
        assert ok(c.rpc("<discard-changes/>"))
        assert text(get(c, "candidate")) == text(before)
        # One that is refused half-way through.
        for config in (ifs(iface("eth1", op="delete"), iface("fw", op="delete"), iface("nope", op="delete")),
                       ifs(iface("web1", op="remove"), tap("fw", op="create")),
                       ifs(tap("a"), iface("cust", hport("<mtu>9000</mtu>")), iface("b", hport("")))):
            assert errors(edit(c, config)), config
            assert text(get(c, "candidate")) == text(before)
        # What is edited back is no change.
        assert ok(edit(c, ifs(tap("a")))) and ok(edit(c, ifs(iface("a", op="delete"))))
        assert ok(edit(c, ifs(iface("fw", hport("<mtu>2000</mtu>")))))
        assert ok(edit(c, ifs(iface("fw", hport('<mtu nc:operation="delete"/>')))))
        assert not list(op(c, "get-changes")) or ok(op(c, "get-changes"))


@test
def operations():
    """(what is there, what is sent, default-operation, tag or None, MTU afterwards)."""
    there, mtu = "<mtu>2000</mtu>", lambda o, v="3000": f'<mtu nc:operation="{o}">{v}</mtu>'
    rows = [
        ("", mtu("create"), None, None, "3000"),
        (there, mtu("create"), None, "data-exists", "2000"),
        ("", mtu("merge"), None, None, "3000"),
        (there, mtu("merge"), None, None, "3000"),
        ("", mtu("replace"), None, None, "3000"),
        (there, mtu("replace"), None, None, "3000"),
        ("", mtu("delete"), None, "data-missing", None),
        ("", mtu("delete", ""), None, "data-missing", None),
        (there, mtu("delete"), None, None, None),
        (there, mtu("delete", ""), None, None, None),
        (there, mtu("delete", " \n"), None, None, None),
        ("", mtu("remove"), None, None, None),
        (there, mtu("remove", ""), None, None, None),
        (there, "<mtu>3000</mtu>", None, None, "3000"),
        (there, "<mtu>3000</mtu>", "none", None, "2000"),
        ("", "<mtu>3000</mtu>", "none", "data-missing", None),
        (there, mtu("create"), "none", "data-exists", "2000"),
        ("", mtu("create"), "none", None, "3000"),
        (there, "", "merge", None, "2000"),
    ]
    with client() as (_, c):
        for was, sent, default, tag, then in rows:
            assert ok(edit(c, ifs(tap("x", extra=was))))
            reply = edit(c, ifs(iface("x", hport(sent))), default=default)
            got = errors(reply)
            assert (got[0][0] if got else None) == tag, (was, sent, default, got)
            if tag:
                assert got[0][2].endswith("hp:mtu"), got
            assert leaf(c, "x", "mtu", "candidate") == then, (was, sent, default)
            assert ok(c.rpc("<discard-changes/>"))


@test
def operations_on_entries():
    with client() as (_, c):
        assert first(edit(c, ifs(tap("fw", op="create"))))[0] == "data-exists"
        assert first(edit(c, ifs(iface("x", op="delete"))))[0] == "data-missing"
        assert ok(edit(c, ifs(iface("x", op="remove"))))
        assert first(edit(c, ifs(iface("x")), default="none"))[0] == "data-missing"
        assert ok(edit(c, ifs(iface("fw")), default="none"))
        assert not list(op(c, "get-changes").iter("{urn:heddle:yang:heddle-config}change"))
        # Replaced where it stands: what is not told is gone, its place is the same.
        assert ok(edit(c, ifs(iface("fw", "<description>new</description>"
                                    '<type xmlns:t="urn:heddle:yang:heddle-tap">t:tap</type>'
                                    + hport("<switch>sw0</switch><access>lab</access>"), op="replace"))))
        assert names(c, "candidate") == ALL
        assert leaf(c, "fw", "trunk", "candidate") is None
        assert leaf(c, "fw", "access", "candidate") == "lab"
        assert ok(c.rpc("<discard-changes/>"))
        # The whole list, in one.
        assert ok(edit(c, ifs(op="delete"), test="set")) and names(c, "candidate") == []
        assert first(edit(c, ifs(op="delete"), test="set"))[0] == "data-missing"
        assert ok(edit(c, ifs(tap("n"), op="replace"), test="set"))
        assert names(c, "candidate") == ["n"] and names(c) == ALL
        assert first(edit(c, ifs(tap("m"), op="create"), test="set"))[0] == "data-exists"
        assert ok(c.rpc("<discard-changes/>")) and names(c, "candidate") == ALL


@test
def default_operation_replace():
    with client() as (_, c):
        assert ok(edit(c, SWITCH.format(segment("lab", "<host-only/>")) + ifs(tap("n")),
                       default="replace"))
        assert names(c, "candidate") == ["n"]
        assert ok(commit(c)) and names(c) == ["n"]
        assert ok(edit(c, "", default="replace")) and ok(commit(c))
        assert names(c) == [] and not list(get(c).iter(f"{{{HS}}}switch"))


@test
def choice_cases():
    with client() as (_, c):
        assert ok(edit(c, switch(segment("s1", "<host-only/>"))))
        assert ok(edit(c, switch(segment("s1", "<vlan>77</vlan><bridged><uplink>eth1</uplink></bridged>"))))
        seg = next(s for s in get(c, "candidate").iter(f"{{{HS}}}segment")
                   if s.findtext(f"{{{HS}}}name") == "s1")
        assert seg.find(f"{{{HS}}}host-only") is None and seg.find(f"{{{HS}}}bridged") is not None
        reply = edit(c, switch(segment("s2", "<host-only/><bridged/>")))
        assert first(reply)[0] == "bad-element" and info(reply, "bad-element") in ("bridged", "host-only")
        assert ok(edit(c, switch(segment("s1", '<bridged nc:operation="delete"/><host-only/>'))))
        assert ok(commit(c))


@test
def the_order_within_a_request_says_nothing():
    """RFC 6241 7.2: what a request makes of the datastore counts, not the order of its elements."""
    each = lambda *parts: (parts, parts[::-1])
    old, new = '<{} nc:operation="{}"/>', '<bridged nc:operation="{}"><uplink>eth1</uplink></bridged>'
    acl = lambda *p: (f'<nacm xmlns="{NACM}" {OPS}><rule-list><name>l</name><group>g</group><rule>'
                      f'<name>r</name>{"".join(p)}<action>permit</action></rule></rule-list></nacm>')
    lab = lambda *p: switch(segment("s1", "".join(("<vlan>77</vlan>", *p))))
    port = lambda name, device, op="": iface(
        name, TAP + hport("<switch>sw0</switch><access>lab</access>") +
        f'<tap xmlns="urn:heddle:yang:heddle-tap"><device>{device}</device></tap>', op)
    gone = lambda name: iface(name, op="delete")
    host = lambda seg, name: segment(seg, f"<host-interface><name>{name}</name></host-interface>")
    vlan = lambda seg, vid: segment(seg, f"<vlan>{vid}</vlan>")
    with client() as (w, c):
        assert ok(edit(c, lab("<host-only/>") + acl("<rpc-name>get</rpc-name>") +
                       ifs(port("a", "d1"), port("b", "d2")), target="running"))
        assert ok(edit(c, switch(
            segment("s2", "<vlan>78</vlan><host-only/><host-interface><name>h2</name></host-interface>"),
            host("s1", "h1")), target="running"))
        for default in ("merge", "none"):
            for op in ("delete", "remove"):
                for way in ("create", "merge", "replace"):
                    for parts in each(old.format("host-only", op), new.format(way)):
                        rest = '<rpc-name nc:operation="{}"/>', '<path nc:operation="{}">/</path>'
                        assert ok(edit(c, switch(segment("s1", "".join(parts))), default=default)), parts
                        rules = each(rest[0].format(op), rest[1].format(way))[parts[0][1] == "b"]
                        assert ok(edit(c, acl(*rules).replace("<action>permit</action>", ""),
                                       default=default)), rules
                        seg = next(s for s in get(c, "candidate").iter(f"{{{HS}}}segment")
                                   if s.findtext(f"{{{HS}}}name") == "s1")
                        assert seg.find(f"{{{HS}}}host-only") is None
                        assert seg.find(f"{{{HS}}}bridged") is not None
                        rule = next(get(c, "candidate").iter(f"{{{NACM}}}rule"))
                        assert rule.findtext(f"{{{NACM}}}path") and rule.find(f"{{{NACM}}}rpc-name") is None
                        assert ok(c.rpc("<validate><source><candidate/></source></validate>"))
                        assert ok(c.rpc("<discard-changes/>"))
        # What is unique changes places, or goes over to a new name.
        def device(name):
            return leaf(c, name, "device", ns="urn:heddle:yang:heddle-tap")
        for swap in each(port("a", "d2"), port("b", "d1")):
            was = device("a")
            swap = swap if was == "d1" else [port("b", "d2"), port("a", "d1")]
            assert ok(edit(c, ifs(*swap), target="running")) and device("a") != was
        for n, parts in enumerate(each(gone("a"), port("a2", "d1", "create"))):
            if n:
                parts = (port("a", "d1", "create"), gone("a2"))
            assert ok(edit(c, ifs(*parts), target="running"))
        for parts in each(vlan("s1", 78), vlan("s2", 77)):
            vlans = {"s1": "78", "s2": "77"}
            if parts[0].startswith("<segment><name>s2"):
                parts, vlans = (vlan("s2", 78), vlan("s1", 77)), {"s1": "77", "s2": "78"}
            assert ok(edit(c, switch(*parts), target="running")), parts
            for s in get(c).iter(f"{{{HS}}}segment"):
                name = s.findtext(f"{{{HS}}}name")
                assert s.findtext(f"{{{HS}}}vlan") == vlans.get(name, s.findtext(f"{{{HS}}}vlan"))
        assert ok(edit(c, switch(host("s1", "h2"), host("s2", "h1")), target="running"))
        # A host interface goes and a port takes its name.
        no_host = switch(segment("s1", '<host-interface nc:operation="delete"/>'))
        for parts in each(no_host, ifs(port("h2", "d9"))):
            assert ok(edit(c, "".join(parts))) and ok(c.rpc("<discard-changes/>"))
        assert ok(edit(c, no_host + ifs(port("h2", "d9")), target="running"))
        # Still wrong: both cases, and a choice that loses its only one.
        assert first(edit(c, switch(segment("s1", "<host-only/><bridged/>"))))[0] == "bad-element"
        assert first(edit(c, switch(segment("s1", old.format("host-only", "delete")))))[1] == "missing-choice"


@test
def validation_on_edit():
    """must, leafref, mandatory, when and the like, with paths to the instance."""
    rows = [
        (ifs(iface("x", TAP + hport("<access>lab</access>"))), "operation-failed", "switch-missing",
         "hp:access"),
        (ifs(iface("x")), "data-missing", None, "if:interface[if:name='x']"),
        (switch(segment("x", "")), "data-missing", "missing-choice", "hs:segment[hs:name='x']"),
        (switch(segment("x", "<host-only/><host-interface/>")), "data-missing", None, "hs:host-interface"),
        (switch(segment("x", "<host-only/><host-interface><name>h</name>" + "".join(
            f"<address>10.0.0.{i}/24</address>" for i in range(17)) + "</host-interface>")),
         "operation-failed", "too-many-elements", "hs:address"),
        (ifs(iface("x", '<type xmlns:t="urn:heddle:yang:heddle-tap">t:tap</type>'
                   '<pcap xmlns="urn:heddle:yang:heddle-pcap"><read>a.pcap</read></pcap>')),
         "unknown-element", None, "pcap"),
    ]
    with client() as (_, c):
        for config, tag, app, path in rows:
            got = first(edit(c, config))
            assert got[0] == tag and (not app or got[1] == app) and path in got[2], (config, got)
            # Set without a test, it is found at validate and at commit.
            assert ok(edit(c, config, test="set")), config
            assert first(c.rpc("<validate><source><candidate/></source></validate>"))[0] == tag
            assert first(commit(c))[0] == tag
            assert ok(c.rpc("<discard-changes/>"))
        # What it means is looked at then, too.
        assert ok(edit(c, ifs(tap("x", access="nowhere"))))
        for reply in (c.rpc("<validate><source><candidate/></source></validate>"), commit(c),
                      edit(c, "", test="test-only")):
            got = first(reply)
            assert got[:2] == ("data-missing", "instance-required") and "hp:access" in got[2], got
        assert names(c) == ALL


@test
def a_port_of_another_kind():
    """What belonged to the old kind goes by itself (RFC 7950 8.2), whatever was told of it."""
    kind = lambda k: f'<type xmlns:t="urn:heddle:yang:heddle-{k}">t:{k}</type>'
    with client() as (_, c):
        device = '<{0} xmlns="urn:heddle:yang:heddle-{0}"><device>q0</device></{0}>'
        socket = '<vhost-user xmlns="urn:heddle:yang:heddle-vhost-user"><socket>x</socket></vhost-user>'
        for body, old in ((kind("tap"), "vhost-user"), (kind("af-packet") + device.format("af-packet"), "tap"),
                          (kind("tap") + device.format("tap"), "af-packet"),
                          (kind("vhost-user") + socket, "tap")):
            assert ok(edit(c, ifs(iface("web1", body)))), errors(edit(c, ifs(iface("web1", body))))
            assert leaf(c, "web1", old, "candidate", f"urn:heddle:yang:heddle-{old}") is None
            assert ok(commit(c))
        # What never belonged to it is an error.
        assert first(edit(c, ifs(iface("web1", device.format("tap")))))[0] == "unknown-element"
        # A prefix that is declared nowhere.
        got = first(edit(c, ifs(iface("web1", "<type>heddle-tap:tap</type>"))))
        assert got[0] == "invalid-value" and 'xmlns:heddle-tap="urn:heddle:yang:heddle-tap"' in got[3], got


@test
def several_errors_are_all_told():
    with client() as (_, c):
        got = errors(edit(c, ifs(iface("x"), iface("y"), tap("z", extra="<native>lab</native>"))))
        assert len(got) == 3 and {e[0] for e in got} == {"data-missing", "operation-failed"}, got
        got = errors(edit(c, ifs(iface("fw", op="create"), iface("n", op="delete"))))
        assert [e[0] for e in got] == ["data-exists", "data-missing"], got


@test
def wrong_requests():
    rows = [
        (ifs(tap("x", extra="<mtuu>5</mtuu>")), "unknown-element", None, "bad-element", "mtuu"),
        ('<top xmlns=""/><top xmlns=""/>', "unknown-namespace", None, None, None),
        ('<p:top xmlns:p=""/><p:top xmlns:p=""/>', "malformed-message", None, None, None),
        ('<top xmlns="urn:nobody"/>', "unknown-namespace", None, "bad-namespace", "urn:nobody"),
        (ifs(iface("x", '<port xmlns="urn:nobody"/>')), "unknown-namespace", None, "bad-namespace",
         "urn:nobody"),
        (ifs("<interface><description>x</description></interface>"), "missing-element", None,
         "bad-element", "name"),
        (ifs(tap("x", extra="<mtu>5</mtu>")), "invalid-value", "bad-mtu", None, None),
        (ifs(tap("x", extra="<mtu>word</mtu>")), "invalid-value", None, None, None),
        (ifs(tap("x", extra="<native-tagged>maybe</native-tagged>")), "invalid-value", None, None, None),
        (ifs(iface("x", '<type xmlns:t="urn:heddle:yang:heddle-tap">t:tab</type>')), "invalid-value",
         None, None, None),
        (ifs(tap("x"), tap("x")), "bad-element", None, "bad-element", "interface"),
        (ifs(tap("x", extra="<mtu>1000</mtu><mtu>2000</mtu>")), "bad-element", None, "bad-element",
         "mtu"),
        (ifs(iface("x", TAP + hport("<switch>sw0</switch><trunk>5</trunk><trunk>5</trunk>"))),
         "bad-element", None, "bad-element", "trunk"),
        (ifs(iface("x", op="destroy")), "bad-attribute", None, "bad-attribute", "operation"),
        (ifs(iface("x", hport("<nope/>"))), "unknown-element", None, None, None),
        (ifs('<interface><name nc:operation="delete">fw</name></interface>'), "bad-attribute", None,
         "bad-attribute", "operation"),
        (ifs(tap("x", extra="<state><queues>4</queues></state>")), "invalid-value", None, None, None),
        (ifs(iface("fw", hport('<mtu yang:insert="first">2000</mtu>'))), "unknown-attribute", None,
         "bad-attribute", "insert"),
    ]
    with client() as (_, c):
        for config, tag, app, element, bad in rows:
            reply = edit(c, config)
            got = first(reply)
            assert got[0] == tag and (not app or got[1] == app), (config, got)
            assert not element or info(reply, element) == bad, (config, info(reply, element))
            assert ok(commit(c)) and names(c) == ALL


@test
def error_options():
    with client() as (_, c):
        config = ifs(tap("a"), iface("nope", op="delete"), tap("b"), tap("fw", op="create"))
        for error in (None, "stop-on-error", "rollback-on-error"):
            assert errors(edit(c, config, error=error))
            assert names(c, "candidate") == ALL
        got = errors(edit(c, config, error="continue-on-error"))
        assert [e[0] for e in got] == ["data-missing", "data-exists"], got
        assert names(c, "candidate") == ALL + ["a", "b"]
        assert ok(c.rpc("<discard-changes/>"))
        got = errors(edit(c, config, target="running", error="continue-on-error"))
        assert [e[0] for e in got] == ["data-missing", "data-exists"], got
        assert names(c) == ALL + ["a", "b"]


@test
def continue_on_error_does_what_can_be_done():
    """One port is wrong, in each way that there is; its neighbours on both sides are done."""
    wrong = [
        iface("w", "<nope/>"), iface("w", '<port xmlns="urn:nobody"/>'), tap("w", extra="<mtu>5</mtu>"),
        tap("w", extra="<mtu>2000</mtu><mtu>2001</mtu>"), iface("w"), "<interface><enabled>true</enabled></interface>",
        iface("w", TAP + hport("<access>lab</access>")), tap("w", extra="<state><queues>1</queues></state>"),
        tap("w", extra='<mtu yang:insert="first">2000</mtu>'),
        iface("w", '<type xmlns:t="urn:heddle:yang:heddle-tap">t:nope</type>'),
    ]
    with client() as (_, c):
        for target in ("candidate", "running"):
            for one in wrong:
                for config in (ifs(tap("a"), one, tap("b")), ifs(tap("a"), tap("b"), one), ifs(one, tap("a"), tap("b"))):
                    got = errors(edit(c, config, target, error="continue-on-error"))
                    assert len(got) == 1, (one, got)
                    assert names(c, target) == ALL + ["a", "b"], (one, names(c, target))
                    assert ok(edit(c, ifs(iface("a", op="delete"), iface("b", op="delete")), target))
        # Another top-level node, and an unknown one.
        both = switch(segment("new", "<host-only/>")) + '<top xmlns="urn:nobody"/>' + ifs(tap("w", access="lab"))
        assert [e[0] for e in errors(edit(c, both, error="continue-on-error"))] == ["unknown-namespace"]
        assert names(c, "candidate") == ALL + ["w"] and "new" in [
            s.findtext(f"{{{HS}}}name") for s in get(c, "candidate").iter(f"{{{HS}}}segment")]
        assert ok(c.rpc("<discard-changes/>"))
        # All right is ok, all wrong changes nothing, and what is deleted as a whole is not taken apart.
        assert ok(edit(c, ifs(tap("a")), error="continue-on-error")) and ok(c.rpc("<discard-changes/>"))
        assert len(errors(edit(c, ifs(*wrong[:1]), error="continue-on-error"))) == 1
        assert errors(edit(c, ifs(tap("a"), wrong[0], op="replace"), error="continue-on-error"))
        assert errors(edit(c, ifs(tap("a"), wrong[0]), default="replace", error="continue-on-error"))
        assert names(c, "candidate") == ALL and ok(commit(c)) and names(c) == ALL


@test
def running_directly():
    with client() as (w, c):
        assert ok(edit(c, ifs(tap("a")), target="running")) and names(c) == ALL + ["a"]
        assert names(c, "candidate") == ALL + ["a"]
        assert first(edit(c, ifs(tap("b", access="nowhere")), target="running"))[0] == "data-missing"
        with w.lock:
            w.ends[DATA].refuse = "out of ids"
        assert "out of ids" in first(edit(c, ifs(tap("b")), target="running"))[3]
        assert names(c) == ALL + ["a"]
        assert ok(edit(c, ifs(tap("b")), target="running", test="test-only")) and names(c) == ALL + ["a"]
        # Candidate keeps its own edits over it.
        assert ok(edit(c, ifs(tap("c"))))
        assert ok(edit(c, ifs(iface("a", op="delete")), target="running"))
        assert names(c, "candidate") == ALL + ["c"] and names(c) == ALL


NACM = "urn:ietf:params:xml:ns:yang:ietf-netconf-acm"


@test
def lists_that_the_user_orders():
    def rules(*parts):
        return f'<nacm xmlns="{NACM}" {OPS}>{"".join(parts)}</nacm>'

    def entry(name, attributes="", body="<group>g</group>"):
        return f"<rule-list {attributes}><name>{name}</name>{body}</rule-list>"

    with client() as (_, c):
        def order():
            return [r.findtext(f"{{{NACM}}}name") for r in get(c, "candidate").iter(f"{{{NACM}}}rule-list")]
        assert ok(edit(c, rules(entry("b"), entry("d")))) and order() == ["b", "d"]
        assert ok(edit(c, rules(entry("a", 'yang:insert="first"')))) and order() == ["a", "b", "d"]
        assert ok(edit(c, rules(entry("c", 'yang:insert="before" yang:key="[name=\'d\']"'))))
        assert order() == ["a", "b", "c", "d"]
        assert ok(edit(c, rules(entry("a", 'yang:insert="last"', "")))) and order() == ["b", "c", "d", "a"]
        assert ok(edit(c, rules(entry("a", 'yang:insert="after" yang:key="[name=\'b\']"', ""))))
        assert order() == ["b", "a", "c", "d"]
        assert ok(edit(c, rules(entry("e", 'yang:insert="after" yang:key="[name=\'c\']" '
                                       'nc:operation="create"'))))
        assert order() == ["b", "a", "c", "e", "d"]
        reply = edit(c, rules(entry("f", 'yang:insert="after" yang:key="[name=\'zz\']"')))
        assert first(reply)[:2] == ("bad-attribute", "missing-instance"), errors(reply)
        reply = edit(c, rules(entry("f", 'yang:insert="before"')))
        assert first(reply)[0] == "missing-attribute", errors(reply)
        assert info(reply, "bad-attribute") == "key" and info(reply, "bad-element") == "rule-list"
        assert first(edit(c, rules(entry("f", 'yang:insert="nowhere"'))))[0] == "bad-attribute"
        assert order() == ["b", "a", "c", "e", "d"]
        # Beside entries that the same request makes, before or after them.
        chain = [entry("z1", 'yang:insert="after" yang:key="[name=\'z2\']"'),
                 entry("z2", 'yang:insert="before" yang:key="[name=\'z3\']"'), entry("z3")]
        for parts in (chain, chain[::-1], [chain[1], chain[0], chain[2]]):
            assert ok(edit(c, rules(*parts))) and order() == ["b", "a", "c", "e", "d", "z2", "z1", "z3"]
            gone = [entry(n, 'nc:operation="delete"', "") for n in ("z1", "z2", "z3")]
            assert ok(edit(c, rules(*gone)))
        circle = [entry("z1", 'yang:insert="after" yang:key="[name=\'z9\']"'), entry("z2")]
        assert first(edit(c, rules(*circle)))[:2] == ("bad-attribute", "missing-instance")
        leaving = [entry("e", 'yang:insert="after" yang:key="[name=\'d\']"', ""),
                   entry("d", 'nc:operation="delete"', "")]
        for parts in (leaving, leaving[::-1]):
            assert first(edit(c, rules(*parts)))[:2] == ("bad-attribute", "missing-instance")
        assert order() == ["b", "a", "c", "e", "d"]
        assert ok(commit(c))
        assert ok(edit(c, rules(entry("e", 'yang:insert="first"', "")))) and ok(c.rpc("<discard-changes/>"))
        assert order() == ["b", "a", "c", "e", "d"]


if __name__ == "__main__":
    sys.exit(main())
