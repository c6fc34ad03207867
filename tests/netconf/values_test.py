#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""One value, one form: whatever the spelling and the door by which a value comes in.

usage: values_test.py HEDDLE_MGMT CONFIGS [NAME ...]     ($HEDDLE is the command)
"""
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

from client import BASE, Client, errors, ok
from common import main, test, world
from datastores import (HP, HS, IF, NMDA, OPS, TAP, commit, edit, get, hport, iface, ifs, tap,
                        transient)

HEDDLE = os.environ["HEDDLE"]
GUARD = "urn:heddle:yang:heddle-guard"
HTAP = "urn:heddle:yang:heddle-tap"


@contextlib.contextmanager
def client(config="good/canonical.json"):
    with world(config) as w, contextlib.closing(Client(w.path)) as c:
        yield w, c


def spoof(body):
    return f'<anti-spoof xmlns="{GUARD}">{body}</anti-spoof>'


# A leaf-list of each type: how it stands in the port, its namespace, and spellings of one value, the
# canonical one first.
LISTS = [
    ("trunk", HP, lambda e: hport(f"<switch>sw0</switch>{e}"), ["30", "030", "+30", "30..30"]),
    ("trunk", HP, lambda e: hport(f"<switch>sw0</switch>{e}"), ["40..50"]),
    ("mac", GUARD, lambda e: hport(spoof(e)), ["02:00:00:00:00:ab", "02:00:00:00:00:AB", "0200.0000.00Ab", "02-00-00-00-00-AB"]),
    ("ip", GUARD, lambda e: hport(spoof("<mac>02:00:00:00:00:01</mac>" + e)),
     ["fd00::1", "FD00::1", "fd00:0:0:0:0:0:0:1", "fd00::0001/128"]),
    ("ip", GUARD, lambda e: hport(spoof("<mac>02:00:00:00:00:01</mac>" + e)),
     ["10.0.0.0/24", "10.0.0.7/24", "10.0.0.0/024"]),
]


def values(element, name, ns):
    return [e.text for e in element.iter(f"{{{ns}}}{name}")]


def element(name, text, operation=""):
    operation = f' nc:operation="{operation}"' if operation else ""
    return f"<{name}{operation}>{text}</{name}>"


@test
def a_value_has_one_form_in_edits():
    with client() as (_, c):
        assert ok(edit(c, ifs(iface("fw", op="delete"), iface("cust", op="delete"))))
        for name, ns, place, spellings in LISTS:
            form = spellings[0]
            for one in spellings:
                for other in spellings:
                    assert ok(c.rpc("<discard-changes/>"))
                    body = place(element(name, one))
                    assert ok(edit(c, ifs(iface("x", TAP + body)))), (one, other)
                    assert form in values(get(c, "candidate"), name, ns), (name, one)
                    # It is there already, and no second time.
                    assert ok(edit(c, ifs(iface("x", place(element(name, other))))))
                    assert values(get(c, "candidate"), name, ns).count(form) == 1
                    twice = edit(c, ifs(iface("x", place(element(name, other, "create")))))
                    assert errors(twice)[0][0] == "data-exists", (name, one, other)
                    both = edit(c, ifs(iface("x", place(element(name, one) + element(name, other)))))
                    assert errors(both)[0][0] == "bad-element", (name, one, other)
                    gone = edit(c, ifs(iface("x", place(element(name, other, "delete")))), test="set")
                    assert ok(gone), (name, one, other, errors(gone))
                    assert form not in values(get(c, "candidate"), name, ns), (name, one, other)


@test
def filters_know_each_spelling():
    with client() as (_, c):
        new = tap("x", extra=spoof("<mac>02:00:00:00:00:AB</mac><ip>FD00::1</ip>"))
        assert ok(edit(c, ifs(new))) and ok(commit(c))
        def read(filter):
            data = c.rpc(f"<get-config><source><running/></source>{filter}</get-config>")
            return values(data, "mac", GUARD)
        for mac in ("02:00:00:00:00:AB", "02:00:00:00:00:ab", "\n 02:00:00:00:00:Ab ", "0200.0000.00AB"):
            assert read(f'<filter><interfaces xmlns="{IF}"><interface>{hport(spoof(element("mac", mac)))}'
                        "</interface></interfaces></filter>") == ["02:00:00:00:00:ab"], mac
        for mac in ("02:00:00:00:00:AB", "02:00:00:00:00:ab", "0200.0000.00AB"):
            assert read(f'<filter type="xpath" xmlns:i="{IF}" xmlns:p="{HP}" xmlns:g="{GUARD}" '
                        f'select="/i:interfaces/i:interface/p:port/g:anti-spoof/g:mac[.=\'{mac}\']"/>'
                        ) == ["02:00:00:00:00:ab"], mac



def heddle(w, *words, lines=()):
    """The command; @lines are what it does in configuration mode."""
    text = "\n".join(("configure",) + tuple(lines) + ("quit", ""))
    done = subprocess.run([HEDDLE, "--socket", str(w.path), *(words or ("-f", "-"))], text=True,
                          input=text if lines else "", capture_output=True, timeout=120)
    assert done.returncode == 0, (words, lines, done)
    return done.stdout


TEXTS = [" ", "\t", "\n", "\r", "\r\n", "a\r\nb", "  two  words  ", "a\nb", "", "]]>", "</x>", "&#32;",
         "<&>\"'", "\u2028", "\u00a0", "\U0001f600", "\x7f", "\u200f"]


def xml(text):
    for c, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
        text = text.replace(c, entity)
    return text


@test
def text_stays_as_it_is():
    with client() as (w, c):
        texts = {f"t{n}": t for n, t in enumerate(TEXTS)}
        def read(source="running"):
            found = {e.findtext(f"{{{IF}}}name"): e.findtext(f"{{{IF}}}description")
                     for e in get(c, source).iter(f"{{{IF}}}interface")}
            return {n: t for n, t in found.items() if n in texts}
        notes = [iface(n, TAP + f"<description>{xml(t)}</description>") for n, t in texts.items()]
        assert ok(edit(c, ifs(*notes))) and read("candidate") == texts
        assert ok(commit(c)) and read() == texts
        shown = json.loads(heddle(w, "show", "configuration", "--display", "json"))
        ports = shown["ietf-interfaces:interfaces"]["interface"]
        assert {p["name"]: p["description"] for p in ports if p["name"] in texts} == texts
        lines = [l for l in heddle(w, "show", "configuration", "--display", "set").splitlines()
                 if l.startswith("set port t") and " description " in l]
        assert len(lines) == len(texts)
        # What was shown is no change when it is typed, and what is typed is what is meant.
        assert "changes nothing" in heddle(w, lines=(*lines, "compare"))
        heddle(w, lines=(*(f"delete port {n} description" for n in texts), "commit"))
        assert read() == {n: None for n in texts}
        heddle(w, lines=(*lines, "commit"))
        assert read() == texts


def startup(*ports, folder):
    path = folder / "startup.json"
    path.write_text(json.dumps({"ietf-interfaces:interfaces": {"interface": list(ports)}}))
    return path


@test
def json_as_python_writes_it():
    texts = [t for t in TEXTS + ["\U0010ffff", "a\U0001f600\U00010000b"] if t != "\u200f"]
    ports = [{"name": f"t{n}", "type": "heddle-tap:tap", "description": t}
             for n, t in enumerate(texts)]
    with tempfile.TemporaryDirectory() as folder:
        path = startup(*ports, folder=pathlib.Path(folder))
        assert "\\ud83d\\ude00" in path.read_text()
        with client(path) as (w, c):
            read = lambda: [e.text or "" for e in get(c).iter(f"{{{IF}}}description")]
            assert read() == texts
            assert "changes nothing" in heddle(w, lines=(f"load replace {path}", "compare"))
            path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
            assert "changes nothing" in heddle(w, lines=(f"load replace {path}", "compare"))


@test
def commands_take_each_spelling():
    with client() as (w, c):
        def trunk():
            return sorted(e.text for i in get(c).iter(f"{{{IF}}}interface")
                          for e in i.iter(f"{{{HP}}}trunk") if i.findtext(f"{{{IF}}}name") == "t9")
        heddle(w, "port", "add", "t9", "tap", "--switch", "sw0", "--trunk", "010,0020-30,office")
        assert trunk() == ["10", "20..30", "office"]
        # What stays is said in another way.
        heddle(w, "port", "trunk", "t9", "10-10,20-030,40")
        assert trunk() == ["10", "20..30", "40"]
        heddle(w, "port", "move", "t9", "--access", "010")
        assert trunk() == [] and leaves(c, "access", source="running")["t9"][0] == "10"
        heddle(w, "port", "add", "t10", "tap", "--access", "office", "--mac-address", "02AB.0000.00CD")
        assert "02:ab:00:00:00:cd" in values(get(c), "mac-address", HTAP)
        line = "set switch sw0 static-mac 010 02AB.0000.00CD port t9"
        heddle(w, lines=(line, line.replace("010", "10").replace("02AB.0000.00CD", "02-ab-00-00-00-cd"), "commit"))
        assert values(get(c), "mac", HS).count("02:ab:00:00:00:cd") == 1
        assert "changes nothing" in heddle(w, lines=(line, "compare"))
        heddle(w, lines=("delete switch sw0 static-mac 10..10 02:AB:00:00:00:CD", "commit"))
        assert "02:ab:00:00:00:cd" not in values(get(c), "mac", HS)


@test
def transient_ports_have_one_form():
    with client() as (_, c):
        def macs():
            data = c.rpc(f'<get-data xmlns="{NMDA}"><datastore xmlns:ds="urn:ietf:params:xml:ns:yang:'
                         'ietf-datastores">ds:operational</datastore></get-data>')
            return values(data, "mac", GUARD)
        new = tap("vm9", extra=spoof("<mac>02:00:00:00:00:AB</mac><mac>02:00:00:00:00:01</mac>"))
        assert ok(transient(c, ifs(new))) and macs() == ["02:00:00:00:00:ab", "02:00:00:00:00:01"]
        gone = hport(spoof(element("mac", "02:00:00:00:00:aB", "delete")))
        assert ok(transient(c, ifs(iface("vm9", gone)))) and macs() == ["02:00:00:00:00:01"]


WD = 'xmlns:wd="urn:ietf:params:xml:ns:netconf:default:1.0"'
MODE = ('<with-defaults xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults">{}'
        "</with-defaults>")


def leaves(c, name, mode="explicit", source="candidate"):
    """{port: (text, tagged)} of a leaf."""
    data = c.rpc(f"<get-config><source><{source}/></source>{MODE.format(mode)}</get-config>")
    found = {}
    for i in data.iter(f"{{{IF}}}interface"):
        for leaf in i.iter(f"{{{HP}}}{name}"):
            tag = leaf.get("{urn:ietf:params:xml:ns:netconf:default:1.0}default")
            found[i.findtext(f"{{{IF}}}name")] = (leaf.text, tag == "true")
    return found


@test
def a_leaf_that_is_tagged_goes_back_to_its_default():
    with client() as (_, c):
        def mtu(text, attributes, **options):
            body = hport(f"<mtu {WD} {OPS} {attributes}>{text}</mtu>")
            return edit(c, ifs(iface("web1", body)), **options)
        for tag in ("true", "1"):
            for default in ("merge", "none"):
                assert ok(mtu("9000", ""))
                assert leaves(c, "mtu")["web1"] == ("9000", False)
                assert ok(mtu("1500", f'wd:default="{tag}"', default=default))
                assert "web1" not in leaves(c, "mtu"), (tag, default)
                assert leaves(c, "mtu", "report-all-tagged")["web1"] == ("1500", True)
                assert ok(mtu("1500", f'wd:default="{tag}"', default=default))  # and once more
        for operation in ("merge", "replace"):
            assert ok(mtu("9000", "")) and ok(mtu("1500", f'wd:default="true" nc:operation="{operation}"'))
            assert "web1" not in leaves(c, "mtu"), operation
        # A value that is no default, and a leaf that has none.
        for text in ("9000", "1501"):
            assert ok(mtu("9000", ""))
            tag, _, path, message = errors(mtu(text, 'wd:default="true"'))[0]
            assert tag == "invalid-value" and path.endswith(":mtu") and "1500" in message, (tag, path, message)
        refused = errors(edit(c, ifs(iface("web1", f'<description {WD} wd:default="true">x</description>'))))
        assert refused[0][0] == "invalid-value" and "has none" in refused[0][3], refused
        # Not tagged: it is set, to what is the default as well. Tagged and deleted: it is deleted.
        for attribute in ("", 'wd:default="false"', 'wd:default="0"'):
            assert ok(mtu("9000", "")) and ok(mtu("1500", attribute))
            assert leaves(c, "mtu")["web1"] == ("1500", False), attribute
        assert errors(mtu("1500", 'wd:default="true" nc:operation="create"'))[0][0] == "data-exists"
        assert ok(mtu("1500", 'wd:default="true" nc:operation="delete"')) and "web1" not in leaves(c, "mtu")
        assert ok(mtu("1500", 'wd:default="true" nc:operation="create"')) and "web1" not in leaves(c, "mtu")
        assert errors(mtu("1500", 'wd:default="true" nc:operation="delete"'))[0][0] == "data-missing"


@test
def a_tagged_read_written_back_is_the_identity():
    with client() as (_, c):
        text = lambda: sorted(ET.tostring(e).decode() for e in get(c, "candidate"))
        assert ok(edit(c, ifs(iface("web1", hport("<mtu>1500</mtu>")), iface("fw", hport("<mtu>9000</mtu>")))))
        before = text()
        # By the mode "explicit" a leaf that was set is none that has its default.
        tagged = leaves(c, "mtu", "report-all-tagged")
        assert tagged["web1"] == ("1500", False) and tagged["fw"] == ("9000", False)
        assert tagged["eth1"] == ("1500", True)
        c.send(f'<rpc xmlns="{BASE}" message-id="1"><get-config><source><candidate/></source>'
               f"{MODE.format('report-all-tagged')}</get-config></rpc>")
        config = re.search("<data[^>]*>(.*)</data>", c.receive(), re.S)[1]
        assert "default:1.0" in config and ':default="true"' in config
        for default in ("merge", "replace", "none"):
            assert ok(edit(c, config, default=default)), default
            assert text() == before, default
        assert ok(c.rpc(f"<copy-config><target><candidate/></target><source><config>{config}</config></source>"
                        "</copy-config>")) and text() == before
        # What was changed meanwhile becomes what was read.
        assert ok(edit(c, ifs(iface("eth1", hport("<mtu>2000</mtu>")), iface("fw", hport("<mtu>2000</mtu>")))))
        assert ok(edit(c, config)) and text() == before


if __name__ == "__main__":
    sys.exit(main())
