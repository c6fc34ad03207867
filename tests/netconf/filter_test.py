#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What filters select (RFC 6241 6.2, 8.9.5; RFC 8526 3.1.1; RFC 5277 2.1.1).

usage: filter_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import sys
import xml.etree.ElementTree as ET

from client import BASE, NC, Client, errors, ok
from common import main, test, world
from datastores import HP, HS, IF, NMDA, edit, ifs, iface

ALL = ["eth1", "web1", "fw", "cust"]
NOTIFICATION = "urn:ietf:params:xml:ns:netconf:notification:1.0"
NS = f'xmlns:i="{IF}" xmlns:s="{HS}"'
READS = {
    "get": f'<get><filter type="xpath" {NS} select="{{}}"/></get>',
    "get-config": '<get-config><source><running/></source>'
                  f'<filter type="xpath" {NS} select="{{}}"/></get-config>',
    "get-data": f'<get-data xmlns="{NMDA}"><datastore xmlns:ds="urn:ietf:params:xml:ns:yang:'
                f'ietf-datastores">ds:running</datastore><xpath-filter {NS}>{{}}</xpath-filter></get-data>',
}
FW = "/i:interfaces/i:interface[i:name='fw']"


@contextlib.contextmanager
def client():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        yield w, c


def ports(reply):
    assert not errors(reply), errors(reply)
    return [i.findtext(f"{{{IF}}}name") for i in reply.iter(f"{{{IF}}}interface")]


def leafs(reply):
    assert not errors(reply), errors(reply)
    return sorted(e.tag.split("}")[1] for e in reply.iter() if not len(e) and e.tag.split("}")[1] != "data")


@test
def xpath_is_evaluated_from_the_root():
    same = [FW + "/i:type", FW[1:] + "/i:type", "." + FW + "/i:type", "./" + FW[1:] + "/i:type",
            "child::i:interfaces/i:interface[3]/i:type", "/" + FW + "/i:type", "current()" + FW + "/i:type",
            "/i:interfaces/i:interface[i:name = current()/i:interfaces/i:interface[3]/i:name]/i:type",
            "/i:interfaces/i:interface[count(/i:interfaces/i:interface) = 4][3]/i:type"]
    whole = ["/", ".", " / ", "self::node()", "/self::node()", "/.", "./.", "/i:interfaces/..", "current()",
             "/ | " + FW, "/*", "*", "/child::node()", "(.)", "/i:interfaces/ancestor-or-self::node()"]
    none = ["..", "/..", "ancestor::*", "/i:nope", "i:nope", "i:interface", "/i:interface",
            "/i:interfaces/i:interface[i:name='$x']", "s:switches/i:interface", "self::i:interfaces"]
    with client() as (_, c):
        everything = ET.tostring(c.rpc("<get-config><source><running/></source></get-config>")[0])
        for read, text in READS.items():
            for xpath in same[:-1] if read == "get" else same:
                assert leafs(c.rpc(text.format(xpath))) == ["name", "type"], (read, xpath)
                assert ports(c.rpc(text.format(xpath))) == ["fw"], (read, xpath)
            for xpath in whole:
                reply = c.rpc(text.format(xpath))
                assert set(ports(reply)) >= set(ALL), (read, xpath)
                assert next(reply.iter(f"{{{HS}}}switch"), None) is not None, (read, xpath)
                if read == "get-config":
                    assert ET.tostring(reply[0]) == everything, xpath
            for xpath in none:
                assert not list(c.rpc(text.format(xpath))[0]), (read, xpath)
        both = c.rpc(READS["get-config"].format("s:switches/s:switch/s:name | i:interfaces/i:interface[1]/i:name"))
        assert leafs(both) == ["name", "name"] and ports(both) == ["eth1"]


@test
def max_depth_is_of_the_root_as_without_a_filter():
    text = READS["get-data"].replace("</get-data>", "<max-depth>{}</max-depth></get-data>")
    with client() as (_, c):
        for depth in ("1", "2", "3", "unbounded"):
            bare = c.rpc(text.format("", depth).replace(f"<xpath-filter {NS}></xpath-filter>", ""))
            for xpath in ("/", "self::node()", "/*"):
                reply = c.rpc(text.format(xpath, depth))
                assert not errors(reply) and len(reply[0]), (xpath, depth)
                assert ET.tostring(reply[0]) == ET.tostring(bare[0]), (xpath, depth)


@test
def xpath_without_a_meaning_is_an_error():
    rows = ["$x", FW + "[$x]", "/i:interfaces/i:interface[i:name=$name]", "$i:x", "count($x)", "concat('$', $x)",
            "1", "'a'", "true()", "count(/i:interfaces)", "string(.)", "((", "", " ", "foo()", "id('x')",
            "/nope:x", "/i:interfaces/", "i:interfaces[", "1 +"]
    with client() as (_, c):
        for read, text in READS.items():
            for xpath in rows:
                got = errors(c.rpc(text.format(xpath)))
                assert got and got[0][0] == "invalid-value", (read, xpath, got)
                assert got[0][3], (read, xpath)
        got = errors(c.rpc(READS["get"].format("$x")))
        assert "variable" in got[0][3], got


def subtree(c, content):
    text = lambda op, inner: c.rpc(f"<{op}>{inner}<filter type='subtree'>{content}</filter></{op}>")
    reply = text("get-config", "<source><running/></source>")
    data = c.rpc(f'<get-data xmlns="{NMDA}"><datastore xmlns:ds="urn:ietf:params:xml:ns:yang:ietf-datastores">'
                 f'ds:running</datastore><subtree-filter>{content}</subtree-filter></get-data>')
    tree = lambda r: [ET.tostring(e) for e in r[0]]
    assert tree(reply) == tree(data), content
    return reply


@test
def a_subtree_without_a_namespace_is_looked_for_in_all():
    """RFC 6241 6.2.1: xmlns="" anywhere, also where a child has a namespace again."""
    name = "<name>fw</name>"
    rows = [
        ("<interfaces xmlns=''/>", ALL),
        (f"<interfaces xmlns=''><interface>{name}</interface></interfaces>", ["fw"]),
        (f"<interfaces xmlns=''><interface>{name}<name/></interface></interfaces>", ["fw"]),
        (f"<interfaces xmlns='{IF}'><interface xmlns=''>{name}</interface></interfaces>", ["fw"]),
        (f"<interfaces xmlns='{IF}'><interface><name xmlns=''>fw</name></interface></interfaces>", ["fw"]),
        (f"<interfaces xmlns='{IF}'><interface><name xmlns=''>fw</name><type/></interface></interfaces>", ["fw"]),
        (f"<interfaces xmlns=''><interface xmlns='{IF}'>{name}</interface></interfaces>", ["fw"]),
        (f"<i:interfaces xmlns:i='{IF}'><interface xmlns=''>{name}</interface></i:interfaces>", ["fw"]),
        ("<interfaces xmlns=''><interface><type xmlns:t='urn:heddle:yang:heddle-tap'>t:tap</type>"
         "</interface></interfaces>", ["fw", "cust"]),
        ("<interfaces xmlns=''><interface><port><trunk>lab</trunk></port></interface></interfaces>", ALL),
        ("<interfaces xmlns=''><interface><name>nope</name></interface></interfaces>", []),
        ("<nope xmlns=''/><nope xmlns=''/>", []),
        (f"<interfaces xmlns=''><interface xmlns='{HP}'>{name}</interface></interfaces>", []),
    ]
    with client() as (_, c):
        for content, found in rows:
            assert ports(subtree(c, content)) == found, content
        both = subtree(c, "<switches xmlns=''/><interfaces xmlns=''><interface><name/></interface></interfaces>")
        assert ports(both) == ALL and next(both.iter(f"{{{HS}}}segment"), None) is not None
        # Of all modules: port is of another one than interface.
        some = subtree(c, f"<interfaces xmlns=''><interface>{name}<port><switch/></port></interface></interfaces>")
        assert leafs(some) == ["name", "switch"]


@test
def a_subtree_with_an_attribute_selects_nothing():
    """RFC 6241 6.2.2: no data has the attribute. What stands beside it selects as before."""
    entry = "<interface>{}</interface>"
    top = f"<interfaces xmlns='{IF}' xmlns:i='{IF}'>{{}}</interfaces>"
    rows = [
        (f"<interfaces xmlns='{IF}' a='b'/>", []), (f"<i:interfaces xmlns:i='{IF}' i:a='b'/>", []),
        (f"<interfaces xmlns='{IF}' xml:lang='en'/>", []), (f"<interfaces xmlns='{IF}' a=''/>", []),
        (f"<interfaces xmlns='' a='b'/>", []),
        (top.format("<interface a='b'/>"), []), (top.format("<interface a='b'><name>fw</name></interface>"), []),
        (top.format("<i:interface i:a='b'><i:name>fw</i:name><i:type>x</i:type></i:interface>"), []),
        (top.format(entry.format("<name a='b'>fw</name>")), []),
        (top.format("<interface a='b'/>" + entry.format("<name>web1</name>")), ["web1"]),
        (top.format(entry.format("<name>fw</name><type a='b'/>")), ["fw"]),
    ]
    with client() as (_, c):
        for content, found in rows:
            assert ports(subtree(c, content)) == found, content
        some = subtree(c, top.format(entry.format("<name>fw</name><type a='b'/>")))
        assert leafs(some) == ["name"]


def event(c):
    """Edits, and takes what is notified of up to the end of the edit's notification."""
    while "netconf-config-change" not in (text := c.receive()):
        pass
    return text


@test
def a_subscription_has_the_same_filters():
    nc = 'xmlns:n="urn:ietf:params:xml:ns:yang:ietf-netconf-notifications"'
    change = "n:netconf-config-change"
    wanted = ["<filter type='xpath' select='/'/>", f"<filter type='xpath' {nc} select='{change}'/>",
              f"<filter type='xpath' {nc} select='/{change}/n:changed-by/n:username'/>",
              f"<filter type='xpath' {nc} select='{change}/n:datastore=&quot;running&quot;'/>",
              "<filter><netconf-config-change xmlns=''/></filter>"]
    unwanted = [f"<filter type='xpath' {nc} select='{change}/n:datastore=&quot;startup&quot;'/>",
                f"<filter type='xpath' {nc} select='n:nope'/>", "<filter type='xpath' select='..'/>",
                "<filter><netconf-config-change xmlns='' a='b'/></filter>"]
    text = f'<create-subscription xmlns="{NOTIFICATION}">{{}}</create-subscription>'
    with client() as (w, c):
        for xpath in ("$x", "/n:x[$y]"):
            got = errors(c.rpc(text.format(f"<filter type='xpath' {nc} select='{xpath}'/>")))
            assert got and got[0][0] == "invalid-value", got
        with contextlib.ExitStack() as stack:
            listen = lambda f: stack.enter_context(contextlib.closing(Client(w.path)))
            told, silent = [listen(f) for f in wanted], [listen(f) for f in unwanted]
            for session, f in zip(told + silent, wanted + unwanted):
                assert ok(session.rpc(text.format(f))), f
            assert ok(edit(c, ifs(iface("fw", "<description>x</description>")), target="running"))
            for session in told:
                assert "netconf-config-change" in event(session)
            for session, f in zip(silent, unwanted):
                session.send(f'<rpc xmlns="{BASE}" message-id="last"><get><filter/></get></rpc>')
                assert "netconf-config-change" not in session.receive(), f


if __name__ == "__main__":
    sys.exit(main())
