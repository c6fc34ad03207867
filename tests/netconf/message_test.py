#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Messages as XML: what comes in is well-formed or refused, what goes out says the same after parsing.

usage: message_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import sys
import xml.etree.ElementTree as ET

from client import BASE, NC, Client, errors, ok
from common import main, test, world
from datastores import HC, IF, NMDA, commit, edit, get, ifs, iface, info, op

GET = '<get-config xmlns="%s"><source><running/></source><filter/></get-config>' % BASE


@contextlib.contextmanager
def client(**more):
    with world() as w, contextlib.closing(Client(w.path, **more)) as c:
        yield w, c


def ask(c, message):
    c.send(message)
    return ET.fromstring(c.receive())


def rpc(attributes, body=GET, xmlns=f'xmlns="{BASE}"'):
    return f"<rpc {xmlns} {attributes}>{body}</rpc>"


@test
def attributes_of_rpc_come_back():
    """RFC 6241 4.2: all of them, and what they mean."""
    rows = [
        'message-id="1"', "message-id='1'", 'message-id=" a\'b "', "message-id='a\"b'",
        'message-id="a&lt;&amp;&quot;&apos;&gt;b"', 'message-id="&#13;&#10;&#9;"',
        'message-id="a\tb\nc\rd\r\ne"', 'message-id=""', 'message-id="\u00e4\U0001f600"',
        'message-id="1" other="2" x:other="3" xmlns:x="urn:mine"',
        'message-id="1" xmlns:x="urn:a&amp;b" x:y="&#x41;"', 'message-id="1" xml:lang="en"',
        'message-id = "1"\n  other\n=\n"2"',
    ]
    with client() as (_, c):
        for attributes in rows:
            message = rpc(attributes)
            for text in (message, message.replace(GET, "<nope/>")):
                assert ask(c, text).attrib == ET.fromstring(text).attrib, attributes


@test
def declarations_of_namespaces_come_back():
    """An xmlns attribute is one, too: also one that nothing uses."""
    with client() as (_, c):
        for text in (rpc('message-id="1" xmlns:unused="urn:unused"'),
                     f'<n:rpc xmlns:n="{BASE}" message-id="1" xmlns:o="urn:o">{GET}</n:rpc>',
                     f'<n:rpc xmlns:n="{BASE}" message-id="1" xmlns="urn:o">{GET}</n:rpc>'):
            c.send(text)
            reply = c.receive()
            assert ET.fromstring(reply).find(NC + "data") is not None
            for declared in ('xmlns:unused="urn:unused"', f'xmlns:n="{BASE}"', 'xmlns:o="urn:o"'):
                assert (declared in text) == (declared in reply), (text, reply)


@test
def what_is_not_well_formed_is_malformed():
    """Each is refused as that (RFC 6241 3), with its message-id where <rpc> could be read."""
    wrong = [
        rpc('message-id="1" message-id="2"'), rpc('message-id="1" x="1" x="1"'),
        rpc('message-id="1" xmlns:p="urn:x" xmlns:q="urn:x" p:a="1" q:a="1"'),
        rpc('message-id="1" p:a="1"'), rpc('message-id="1" a="<"'), rpc("message-id=1"),
        "<rpc", "words", " ", "{}", '<?xml version="1.0" encoding="UTF-16"?>' + rpc('message-id="1"'),
        "<!DOCTYPE rpc>" + rpc('message-id="1"'), rpc('message-id="1"') * 2, rpc('message-id="1"') + "x",
    ]
    inside = ["<get>", "</get>", "<get></get-config>", "<get/>&nope;", "<get>&#0;</get>", "<get x='1' x='1'/>",
              "<p:get/>", "<edit-config><target><running/></target><config><a></config></edit-config>",
              "<edit-config><target><running/></target><config><a b='1' b='2'/></config></edit-config>",
              "<get><filter><a xmlns='urn:a'>]]></a></filter></get>", "<get><!-- -- --></get>", "<get>\x01</get>"]
    for versions, tag in ((("1",), "malformed-message"), (("0",), "operation-failed")):
        with client(versions=versions) as (_, c):
            for text in wrong:
                reply = ask(c, text)
                assert [e[0] for e in errors(reply)] == [tag], (text, errors(reply))
                assert reply.findtext(f"{NC}rpc-error/{NC}error-type") == "rpc"
            for body in inside:
                reply = ask(c, rpc('message-id="7"', body))
                assert [e[0] for e in errors(reply)] == [tag], (body, errors(reply))
                assert reply.get("message-id") == "7", (body, reply.attrib)
            # The session goes on.
            assert ask(c, rpc('message-id="1"')).find(NC + "data") is not None


@test
def what_is_well_formed_is_not_malformed():
    rows = [("<lock>x<target><running/></target></lock>", "bad-element", "lock"),
            ("<lock><target>x<running/></target></lock>", "bad-element", "target"),
            ("<get/>x", "bad-element", "rpc"), ("x<get/>", "bad-element", "rpc"),
            ("<![CDATA[x]]>", "bad-element", "rpc"), ("<get/><get/>", "unknown-element", "get"),
            ("", "missing-element", "operation")]
    with client() as (_, c):
        for body, tag, bad in rows:
            reply = ask(c, rpc('message-id="1"', body))
            assert errors(reply)[0][0] == tag, (body, errors(reply))
            assert info(reply, "bad-element") == bad
        reply = ask(c, f'<hello xmlns="{BASE}"/>')
        assert errors(reply)[0][0] == "unknown-element" and info(reply, "bad-element") == "hello"
        reply = ask(c, '<rpc xmlns="urn:x" message-id="1"><get/></rpc>')
        assert errors(reply)[0][0] == "unknown-namespace" and info(reply, "bad-element") == "rpc"
        assert info(reply, "bad-namespace") == "urn:x" and reply.get("message-id") == "1"


@test
def a_byte_order_mark_is_taken():
    for versions in (("0",), ("1",)):
        with world() as w, contextlib.closing(Client(w.path, hello=False)) as c:
            c.receive()
            caps = f"<capability>urn:ietf:params:netconf:base:1.{versions[0]}</capability>"
            c.send(f'\ufeff<hello xmlns="{BASE}"><capabilities>{caps}</capabilities></hello>')
            c.chunked = versions == ("1",)
            for text in ("\ufeff" + rpc('message-id="1"'),
                         '\ufeff<?xml version="1.0" encoding="UTF-8"?>' + rpc('message-id="1"')):
                assert ask(c, text).find(NC + "data") is not None


@test
def ends_of_lines_are_read_as_xml_reads_them():
    """A CR, alone or before an LF, is an LF (XML 1.0 2.11); one that is written as a reference stays."""
    rows = [("a\r\nb\rc\nd", "a\nb\nc\nd"), ("a&#13;b&#xD;&#10;c", "a\rb\r\nc"), ("a\tb&#9;c", "a\tb\tc")]
    wd = "urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults"
    nmda = ('<get-data xmlns="%s"><datastore xmlns:ds="urn:ietf:params:xml:ns:yang:ietf-datastores">'
            "ds:running</datastore></get-data>" % NMDA)
    with client() as (_, c):
        for sent, meant in rows:
            assert ok(edit(c, ifs(iface("fw", f"<description>{sent}</description>"))))
            assert ok(commit(c, f'<comment xmlns="{HC}">x</comment>'))
            whole = "<get-config><source><running/></source>{}</get-config>"
            for read in ("<get/>", whole.format(""), nmda, whole.format(
                    f'<with-defaults xmlns="{wd}">report-all-tagged</with-defaults>')):
                found = [d.text for d in c.rpc(read).iter(f"{{{IF}}}description")]
                assert meant in found, (read, found)
            old = op(c, "get-history-config", "<index>0</index>")
            assert meant in [d.text for d in old.iter(f"{{{IF}}}description")]


@test
def white_space_in_values_of_attributes_is_read_as_xml_reads_it():
    select = "/i:interfaces/i:interface[i:description='{}']"
    filters = f'<get-config><source><running/></source><filter type="xpath" xmlns:i="{IF}" select="{{}}"/></get-config>'
    with client() as (_, c):
        assert ok(edit(c, ifs(iface("fw", "<description>a b</description>"))))
        assert ok(edit(c, ifs(iface("web1", "<description>a\tb</description>")))) and ok(commit(c))
        for sent, port in (("a\tb", "fw"), ("a\nb", "fw"), ("a b", "fw"), ("a&#9;b", "web1")):
            reply = c.rpc(filters.format(select.format(sent)))
            assert [n.text for n in reply.iter(f"{{{IF}}}name")] == [port], (sent, ET.tostring(reply))


if __name__ == "__main__":
    sys.exit(main())
