#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""All kinds of rpc-error: type, tag, app-tag, path and info (RFC 6241 appendix A, RFC 7950 15).

The table of docs/netconf.md names the same tags. usage: errors_test.py HEDDLE_MGMT CONFIGS [NAME ...]
"""
import contextlib
import pathlib
import re
import sys
import xml.etree.ElementTree as ET

from client import BASE, NC, Client, errors, ok
from common import main, test, world
from datastores import HS, IF, NMDA, OPS, TAP, commit, edit, hport, iface, ifs, tap

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs" / "netconf.md"
YANG = "{urn:ietf:params:xml:ns:yang:1}"
SUBSCRIBE = ('<create-subscription xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0">{}'
             "</create-subscription>")
ACM = "urn:ietf:params:xml:ns:yang:ietf-netconf-acm"


def ed(config, target="candidate"):
    return f"<edit-config><target><{target}/></target><config>{config}</config></edit-config>"


def rules(entry):
    return ed(f'<nacm xmlns="{ACM}" {OPS}><rule-list{entry}</rule-list></nacm>')


def segment(body):
    return f'<switches xmlns="{HS}"><switch><name>sw0</name><segment><name>n</name>{body}</segment></switch></switches>'


FW = "/if:interfaces/if:interface[if:name='fw']"
X = "/if:interfaces/if:interface[if:name='x']"
# (request, type, tag, app-tag, end of path, {info: value})
ROWS = [
    ("<nope/>", "protocol", "operation-not-supported", None, None, {}),
    ("", "protocol", "missing-element", None, None, {"bad-element": "operation"}),
    ("<nope xmlns='urn:x'/>", "protocol", "unknown-namespace", None, None,
     {"bad-element": "nope", "bad-namespace": "urn:x"}),
    ("<get xmlns=''/>", "protocol", "unknown-namespace", None, None, {"bad-element": "get", "bad-namespace": None}),
    ("<get><nope/></get>", "protocol", "unknown-element", None, "/nc:get", {"bad-element": "nope"}),
    ("<get><x xmlns='urn:x'/></get>", "protocol", "unknown-namespace", None, "/nc:get",
     {"bad-element": "x", "bad-namespace": "urn:x"}),
    ("<get a='1'/>", "protocol", "unknown-attribute", None, "/nc:get", {"bad-attribute": "a", "bad-element": "get"}),
    ("<get><filter type='x'/></get>", "protocol", "bad-attribute", None, "/nc:get/nc:filter",
     {"bad-attribute": "type", "bad-element": "filter"}),
    ("<get><filter type='xpath'/></get>", "protocol", "missing-attribute", None, "/nc:get/nc:filter",
     {"bad-attribute": "select", "bad-element": "filter"}),
    ("<get><filter type='xpath' select='1'/></get>", "protocol", "invalid-value", None, None, {}),
    ("<kill-session/>", "protocol", "missing-element", None, "/nc:kill-session", {"bad-element": "session-id"}),
    ("<lock/>", "protocol", "missing-element", None, "/nc:lock", {"bad-element": "target"}),
    ("<edit-config><target><candidate/></target></edit-config>", "protocol", "missing-element", None,
     "/nc:edit-config", {"bad-element": "config"}),
    ("<lock><target><running/><candidate/></target></lock>", "protocol", "bad-element", None, "/nc:lock",
     {"bad-element": None}),
    ("<lock><target>x<running/></target></lock>", "protocol", "bad-element", None, "/nc:lock",
     {"bad-element": "target"}),
    ("<commit><confirm-timeout>x</confirm-timeout></commit>", "protocol", "invalid-value", None,
     "/nc:commit/nc:confirm-timeout", {}),
    ("<unlock><target><running/></target></unlock>", "protocol", "operation-failed", None, None, {}),
    ("<kill-session><session-id>999</session-id></kill-session>", "protocol", "invalid-value", None, None, {}),
    (SUBSCRIBE.format("<stopTime>2030-01-01T00:00:00Z</stopTime>"), "protocol", "missing-element", None, None,
     {"bad-element": "startTime"}),
    (SUBSCRIBE.format("<startTime>2130-01-01T00:00:00Z</startTime>"), "protocol", "bad-element", None, None,
     {"bad-element": "startTime"}),
    (SUBSCRIBE.format("<startTime>2020-01-02T00:00:00Z</startTime><stopTime>2020-01-01T00:00:00Z</stopTime>"),
     "protocol", "bad-element", None, None, {"bad-element": "stopTime"}),
    ("<a>" * 70 + "</a>" * 70, "protocol", "too-big", None, None, {}),
    # In the configuration that an operation brings.
    (ed(ifs(iface("fw", "<nope/>"))), "application", "unknown-element", None, FW + "/if:nope", {"bad-element": "nope"}),
    (ed('<top xmlns="urn:x"/>'), "application", "unknown-namespace", None, None,
     {"bad-element": "top", "bad-namespace": "urn:x"}),
    (ed(ifs("<interface operation='delete'><name>fw</name></interface>")), "application", "unknown-attribute", None,
     FW, {"bad-attribute": "operation", "bad-element": "interface"}),
    (ed(ifs(iface("fw", op="destroy"))), "application", "bad-attribute", None, FW,
     {"bad-attribute": "operation", "bad-element": "interface"}),
    (ed(ifs("<interface><name nc:operation='delete'>fw</name></interface>")), "application", "bad-attribute", None,
     FW + "/if:name", {"bad-attribute": "operation", "bad-element": "name"}),
    (ed(ifs("<interface yang:insert='first'><name>fw</name></interface>")), "application", "unknown-attribute", None,
     FW, {"bad-attribute": "insert", "bad-element": "interface"}),
    (rules(" yang:insert='before'><name>a</name>"), "application", "missing-attribute", None,
     "/nacm:nacm/nacm:rule-list[nacm:name='a']", {"bad-attribute": "key", "bad-element": "rule-list"}),
    (rules(" yang:insert='before' yang:key=\"[name='no']\"><name>a</name>"), "application", "bad-attribute",
     "missing-instance", "/nacm:nacm/nacm:rule-list[nacm:name='a']",
     {"bad-attribute": "key", "bad-element": "rule-list"}),
    (ed(ifs("<interface><enabled>true</enabled></interface>")), "application", "missing-element", None,
     "/if:interfaces/if:interface", {"bad-element": "name"}),
    (ed(ifs(tap("x"), tap("x"))), "application", "bad-element", None, X, {"bad-element": "interface"}),
    (ed(segment("<host-only/><bridged/>")), "application", "bad-element", None, None, {"bad-element": "host-only"}),
    (ed(ifs(tap("x", extra="<mtu>5</mtu>"))), "application", "invalid-value", "bad-mtu", X + "/hp:port/hp:mtu", {}),
    (ed(ifs(tap("x", extra="<state><queues>1</queues></state>"))), "application", "invalid-value", None, None, {}),
    (ed(ifs(tap("fw", op="create"))), "application", "data-exists", None, FW, {}),
    (ed(ifs(iface("x", op="delete"))), "application", "data-missing", None, X, {}),
    (ed(ifs(iface("x"))), "application", "data-missing", None, X, {}),
    (ed(segment("")), "application", "data-missing", "missing-choice", "/hs:segment[hs:name='n']",
     {YANG + "missing-choice": "kind"}),
    (ed(ifs(tap("x", access="nowhere")), "running"), "application", "data-missing", None, "hp:access", {}),
    (ed(ifs(iface("x", TAP + hport("<access>lab</access>")))), "application", "operation-failed", "switch-missing",
     X + "/hp:port/hp:access", {}),
    (ed(segment("<host-only/><host-interface><name>h</name>" + "".join(
        f"<address>10.0.0.{i}/24</address>" for i in range(17)) + "</host-interface>")), "application",
     "operation-failed", "too-many-elements", None, {}),
    (f'<edit-data xmlns="{NMDA}"><datastore xmlns:ds="urn:ietf:params:xml:ns:yang:ietf-datastores">ds:startup'
     "</datastore><config/></edit-data>", "protocol", "invalid-value", None, "/ncds:edit-data/ncds:datastore", {}),
]


def shape(reply):
    """The first error: (type, tag, app-tag, path, {info: text}), in the order of RFC 6241 4.3."""
    found = reply.find(NC + "rpc-error")
    assert found is not None, ET.tostring(reply)
    order = [e.tag.replace(NC, "") for e in found]
    right = ["error-type", "error-tag", "error-severity", "error-app-tag", "error-path", "error-message", "error-info"]
    assert order == [n for n in right if n in order], order
    assert found.findtext(NC + "error-severity") == "error" and found.findtext(NC + "error-message")
    text = lambda n: found.findtext(NC + n)
    info = found.find(NC + "error-info")
    return (text("error-type"), text("error-tag"), text("error-app-tag"), text("error-path"),
            {e.tag.replace(NC, ""): e.text for e in (info if info is not None else ())})


def check(reply, row):
    kind, tag, app, path, info = row
    got = shape(reply)
    assert got[:2] == (kind, tag), (row, got)
    assert app is None or got[2] == app, (row, got)
    assert path is None or (got[3] or "").endswith(path), (row, got)
    assert set(got[4]) == set(info), (row, got)
    for name, value in info.items():
        assert value is None or got[4][name] == value, (row, got)
    return tag


def others(w, a, b):
    """What needs a state, or two sessions: yields the reply and what it has to be."""
    ask = lambda text: (a.send(text), ET.fromstring(a.receive()))[1]
    yield ask(f'<rpc xmlns="{BASE}"><get/></rpc>'), ("rpc", "missing-attribute", None, None,
                                                    {"bad-attribute": "message-id", "bad-element": "rpc"})
    yield ask("<rpc"), ("rpc", "malformed-message", None, None, {})
    assert ok(a.rpc("<lock><target><running/></target></lock>"))
    yield b.rpc("<lock><target><running/></target></lock>"), ("protocol", "lock-denied", None, None,
                                                             {"session-id": str(a.session)})
    yield edit(b, ifs(tap("y")), "running"), ("protocol", "in-use", None, None, {})
    assert ok(a.rpc("<unlock><target><running/></target></unlock>"))
    assert ok(edit(a, ifs(tap("y"))))
    yield b.rpc("<lock><target><candidate/></target></lock>"), ("protocol", "lock-denied", None, None,
                                                               {"session-id": "0"})
    assert ok(a.rpc("<discard-changes/>"))
    yield a.rpc("<copy-config><target><startup/></target><source><running/></source></copy-config>"), \
        ("protocol", "operation-not-supported", None, None, {})
    wide = "//*[" * 3 + "1" + "]" * 3
    yield a.rpc(SUBSCRIBE.format(f"<filter type='xpath' select='{wide}'/>")), \
        ("protocol", "resource-denied", None, None, {})


@test
def every_kind_of_error():
    told = set()
    with world() as w, contextlib.closing(Client(w.path)) as a, contextlib.closing(Client(w.path)) as b:
        for request, *row in ROWS:
            told.add(check(a.rpc(request), row))
            assert ok(a.rpc("<discard-changes/>"))
        for reply, row in others(w, a, b):
            told.add(check(reply, row))
        assert not errors(commit(a))
    # Access: nacm_test.py. Each tag of the page is one that was seen here.
    page = DOCS.read_text().split("\n## Errors\n")[1].split("\n## ")[0]
    named = set(re.findall(r"^\| `([a-z-]+)`", page, re.M))
    assert named == told | {"access-denied"}, (named ^ told)


if __name__ == "__main__":
    sys.exit(main())
