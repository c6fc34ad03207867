#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What the NETCONF server of heddle-mgmt says of itself, NMDA reads, and reads beside the loop.

usage: server_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import os
import pathlib
import re
import sys
import threading
import time
import xml.etree.ElementTree as ET

from client import BASE, Client, Closed, errors, ok
from common import CONFIGS, WRAPPER, config, main, port, test, world
from planes import DATA, EVENT, PORT_STATE, port_state

NC = f"{{{BASE}}}"
NCM_NS = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"
NCM = f"{{{NCM_NS}}}"
YL_NS = "urn:ietf:params:xml:ns:yang:ietf-yang-library"
YL = f"{{{YL_NS}}}"
IF_NS = "urn:ietf:params:xml:ns:yang:ietf-interfaces"
IF = f"{{{IF_NS}}}"
HP = "{urn:heddle:yang:heddle-port}"
ORIGIN = "{urn:ietf:params:xml:ns:yang:ietf-origin}origin"
DATA_NS = "urn:ietf:params:xml:ns:yang:ietf-netconf-nmda"
SLOW = bool(WRAPPER) or "HEDDLE_TEST_SANITIZER" in os.environ
MANAGED = {"config": None, "options": ("--initial-config", str(CONFIGS / "good/canonical.json"))}


def get(c, name, ns):
    reply = c.rpc(f"<get><filter><{name} xmlns='{ns}'/></filter></get>")
    assert not errors(reply), errors(reply)
    return reply


def schema(c, inner):
    return c.rpc(f"<get-schema xmlns='{NCM_NS}'>{inner}</get-schema>")


def get_data(c, inner):
    return c.rpc(f"<get-data xmlns='{DATA_NS}' xmlns:ds='urn:ietf:params:xml:ns:yang:ietf-datastores' "
                 "xmlns:or='urn:ietf:params:xml:ns:yang:ietf-origin' "
                 f"xmlns:hc='urn:heddle:yang:heddle-config' xmlns:i='{IF_NS}'>{inner}</get-data>")


@test
def hello():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        caps = [e.text for e in c.hello.iter(NC + "capability")]
        bare = [u.split("?")[0].removeprefix("urn:ietf:params:netconf:") for u in caps]
        for cap in ("base:1.0", "base:1.1", "writable-running:1.0", "candidate:1.0",
                    "confirmed-commit:1.1", "rollback-on-error:1.0", "validate:1.1", "startup:1.0",
                    "xpath:1.0", "with-defaults:1.0", "with-operational-defaults:1.0",
                    "notification:1.0", "interleave:1.0", "yang-library:1.1"):
            want = cap if cap.startswith("base") else "capability:" + cap
            assert bare.count(want) == 1, (cap, bare)
        library = next(u for u in caps if "yang-library:1.1" in u)
        assert "revision=2019-01-04&content-id=" in library
        # Modules of YANG 1.1 are in the library alone (RFC 8526 2).
        assert not any("module=heddle" in u or "module=ietf-netconf-nmda" in u for u in caps)
        netconf = next(u for u in caps if "module=ietf-netconf&" in u)
        assert "revision=2011-06-01" in netconf and "candidate" in netconf.split("features=")[1]
        assert any("module=ietf-netconf-notifications&" in u for u in caps)
        # What it says of itself later is the same.
        state = get(c, "netconf-state", NCM_NS)
        assert [e.text for e in state.iter(NCM + "capability")] == caps
        tree = get(c, "yang-library", YL_NS)
        assert library.split("content-id=")[1] == next(tree.iter(YL + "content-id")).text


@test
def yang_library():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        tree = get(c, "yang-library", YL_NS)
        modules = {m.findtext(YL + "name"): m for m in tree.iter(YL + "module")}
        assert {"heddle-port", "heddle-switch", "heddle-config", "heddle-events", "ietf-interfaces",
                "ietf-netconf", "ietf-netconf-acm", "ietf-netconf-nmda", "nc-notifications"} <= set(modules)
        assert modules["ietf-interfaces"].findtext(YL + "revision") == "2018-02-20"
        features = [f.text for f in modules["ietf-netconf"].findall(YL + "feature")]
        assert {"candidate", "confirmed-commit", "startup", "xpath", "validate"} <= set(features)
        stores = [d.findtext(YL + "name").split(":")[-1] for d in tree.iter(YL + "datastore")]
        assert set(stores) == {"running", "candidate", "startup", "intended", "operational", "transient"}
        names = {s.findtext(YL + "name") for s in tree.iter(YL + "schema") if len(s)}
        assert {d.findtext(YL + "schema") for d in tree.iter(YL + "datastore")} == names
        # Nothing of this machine's folders.
        assert "file:" not in ET.tostring(tree).decode()
        assert "file:" not in ET.tostring(get(c, "modules-state", YL_NS)).decode()


@test
def schemas_can_be_had():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        listed = [(s.findtext(NCM + "identifier"), s.findtext(NCM + "version"))
                  for s in get(c, "netconf-state", NCM_NS).iter(NCM + "schema")]
        assert len(listed) > 30 and len(set(listed)) == len(listed)
        for name, version in listed:
            reply = schema(c, f"<identifier>{name}</identifier><version>{version}</version>")
            assert not errors(reply), (name, errors(reply))
            text = reply.findtext(NCM + "data")
            assert re.match(rf"(sub)?module {name} {{", text), (name, text[:100])
            assert not version or f"revision {version}" in text, name
        # Every module that one of them imports is there, too.
        names = {n for n, _ in listed}
        for name, _ in listed:
            text = schema(c, f"<identifier>{name}</identifier>").findtext(NCM + "data")
            missing = set(re.findall(r"^  import ([\w.-]+)", text or "", re.M)) - names
            assert not missing, (name, missing)
        yin = schema(c, "<identifier>heddle-port</identifier><format>yin</format>")
        assert ET.fromstring(yin.findtext(NCM + "data")).get("name") == "heddle-port"
        for inner, tag, word in (
                ("<identifier>heddle-prot</identifier>", "invalid-value", "did you mean \"heddle-port\""),
                ("<identifier>heddle-port</identifier><version>1999-01-01</version>", "invalid-value",
                 "no revision 1999-01-01"),
                ("<identifier>heddle-port</identifier><format>xsd</format>", "invalid-value", "yang or yin"),
                ("<identifier>heddle-port</identifier><format>nope</format>", "invalid-value", ""),
                ("<version>2020-01-01</version>", "missing-element", "")):
            got = errors(schema(c, inner))
            assert got and got[0][0] == tag and word in got[0][3], (inner, got)


@test
def monitoring():
    with world() as w, contextlib.closing(Client(w.path)) as c, \
            contextlib.closing(Client(w.path)) as other:
        other.rpc("<nope/>")
        other.rpc("<lock><target><candidate/></target></lock>")
        state = get(c, "netconf-state", NCM_NS)
        sessions = {s.findtext(NCM + "session-id"): s for s in state.iter(NCM + "session")}
        assert set(sessions) == {str(c.session), str(other.session)}
        theirs = sessions[str(other.session)]
        assert theirs.findtext(NCM + "in-rpcs") == "2"
        assert theirs.findtext(NCM + "in-bad-rpcs") == "1"
        assert theirs.findtext(NCM + "out-rpc-errors") == "1"
        assert theirs.findtext(NCM + "login-time")[:2] == "20"
        stores = {d.findtext(NCM + "name"): d for d in state.iter(NCM + "datastore")}
        assert set(stores) == {"running", "candidate", "startup"}
        lock = stores["candidate"].find(NCM + "locks/" + NCM + "global-lock")
        assert lock.findtext(NCM + "locked-by-session") == str(other.session)
        assert stores["running"].find(NCM + "locks") is None
        bad = Client(w.path, hello=False)
        bad.raw(b"nonsense]]>]]>")
        count = lambda name: int(get(c, "netconf-state", NCM_NS).find(
            f"{NC}data/{NCM}netconf-state/{NCM}statistics/{NCM}{name}").text)
        w.wait("counted", lambda: count("in-bad-hellos") == 1)
        assert count("in-sessions") == 2 and count("in-bad-rpcs") == 1
        Client(w.path).close()
        w.wait("dropped", lambda: count("dropped-sessions") == 1)


@test
def unknown_operations_and_parameters():
    rows = [  # RFC 6241 appendix A
        ("<frobnicate/>", "operation-not-supported", "frobnicate"),
        ("<get-confg/>", "operation-not-supported", "get-config"),
        ("<get><fliter/></get>", "unknown-element", None),
        ("<lock/>", "missing-element", None),
        ("<lock><target/></lock>", "missing-element", None),
        ("<commit><confirm-timeout>0</confirm-timeout></commit>", "invalid-value", None),
        ("<kill-session><session-id>-1</session-id></kill-session>", "invalid-value", None),
        ("<partial-lock xmlns='urn:ietf:params:xml:ns:netconf:partial-lock:1.0'/>", "unknown-namespace", None),
    ]
    with world() as w, contextlib.closing(Client(w.path)) as c:
        for body, tag, word in rows:
            got = errors(c.rpc(body))
            assert got and got[0][0] == tag, (body, got)
            assert not word or word in got[0][3], (body, got)
        # A reply repeats all attributes, also when nothing else could be read.
        c.send(f'<rpc xmlns="{BASE}" message-id="a&quot;b" mark="x"><nope/></rpc>')
        reply = ET.fromstring(c.receive())
        assert reply.get("message-id") == 'a"b' and reply.get("mark") == "x", reply.attrib


@test
def nmda_reads():
    with world(**MANAGED) as w, contextlib.closing(Client(w.path)) as c:
        names = lambda reply: [i.findtext(IF + "name") for i in reply.iter(IF + "interface")]
        for store in ("ds:running", "ds:candidate", "ds:intended"):
            reply = get_data(c, f"<datastore>{store}</datastore>")
            assert set(names(reply)) == {"eth1", "web1", "fw", "cust"}, (store, errors(reply))
        assert names(get_data(c, "<datastore>hc:transient</datastore>")) == []
        operational = get_data(c, "<datastore>ds:operational</datastore>")
        assert "hd-lab" in names(operational)
        # Filters and depth.
        one = ("<datastore>ds:running</datastore>"
               "<xpath-filter>/i:interfaces/i:interface[i:name='fw']</xpath-filter>")
        assert names(get_data(c, one)) == ["fw"]
        subtree = ("<datastore>ds:running</datastore><subtree-filter><interfaces "
                   f"xmlns='{IF_NS}'><interface><name>fw</name></interface></interfaces></subtree-filter>")
        assert names(get_data(c, subtree)) == ["fw"]
        depth = lambda n: get_data(c, one + f"<max-depth>{n}</max-depth>").find(f".//{IF}interface")
        assert [e.tag for e in depth(1)] == [IF + "name"]
        assert all(len(e) == 0 for e in depth(2)) and len(depth(2)) > 1
        assert len(depth(3).find(HP + "port")) > 1
        whole = get_data(c, "<datastore>ds:running</datastore><max-depth>1</max-depth>")
        assert len(next(whole.iter(IF + "interfaces"))) == 0
        # Configuration and state apart.
        both = "<datastore>ds:operational</datastore><xpath-filter>/i:interfaces</xpath-filter>"
        true = ET.tostring(get_data(c, both + "<config-filter>true</config-filter>")).decode()
        false = get_data(c, both + "<config-filter>false</config-filter>")
        assert "oper-status" not in true and "access" in true
        assert next(false.iter(IF + "oper-status")) is not None
        assert not list(false.iter(HP + "access")) and not list(false.iter(IF + "type"))
        assert set(names(false)) == {"eth1", "web1", "fw", "cust", "hd-lab"}
        # Origins.
        tree = get_data(c, both + "<with-origin/>")
        assert next(tree.iter(IF + "interfaces")).get(ORIGIN) == "or:intended"
        origin = {i.findtext(IF + "name"): i.get(ORIGIN) for i in tree.iter(IF + "interface")}
        assert origin["hd-lab"] == "or:system" and origin["fw"] is None, origin
        got = get_data(c, both + "<origin-filter>or:system</origin-filter><config-filter>true</config-filter>")
        assert names(got) == ["hd-lab"], names(got)
        got = get_data(c, both + "<negated-origin-filter>or:system</negated-origin-filter>"
                                 "<config-filter>true</config-filter>")
        assert "hd-lab" not in names(got) and "fw" in names(got)
        defaults = get_data(c, both + "<with-defaults xmlns='urn:ietf:params:xml:ns:yang:ietf-netconf-with"
                                      "-defaults'>report-all</with-defaults><with-origin/>")
        defaults = defaults if not errors(defaults) else get_data(
            c, both + "<with-defaults>report-all</with-defaults><with-origin/>")
        assert any(e.get(ORIGIN) == "or:default" for e in defaults.iter()), errors(defaults)
        for inner, tag in (("<datastore>ds:dynamic</datastore>", "invalid-value"),
                           ("<datastore>ds:nope</datastore>", "invalid-value"),
                           ("", "missing-element"),
                           ("<datastore>ds:running</datastore><with-origin/>", "invalid-value"),
                           (one + "<max-depth>0</max-depth>", "invalid-value"),
                           ("<datastore>ds:running</datastore><xpath-filter>((</xpath-filter>",
                            "invalid-value")):
            got = errors(get_data(c, inner))
            assert got and got[0][0] == tag, (inner, got)


@test
def transient_ports_have_an_origin():
    with world(**MANAGED) as w, contextlib.closing(Client(w.path)) as c:
        ports = f"<interfaces xmlns='{IF_NS}'>{port('guest7', 'lab')}</interfaces>"
        reply = c.rpc(f"<edit-data xmlns='{DATA_NS}' xmlns:hc='urn:heddle:yang:heddle-config'><datastore>"
                      f"hc:transient</datastore><config>{ports}</config></edit-data>")
        assert ok(reply), errors(reply)
        tree = get_data(c, "<datastore>ds:operational</datastore><with-origin/>"
                           "<xpath-filter>/i:interfaces</xpath-filter>")
        origin = {i.findtext(IF + "name"): i.get(ORIGIN) for i in tree.iter(IF + "interface")}
        assert origin["guest7"] == "or:dynamic", origin
        names = [i.findtext(IF + "name") for i in
                 get_data(c, "<datastore>ds:running</datastore>").iter(IF + "interface")]
        assert "guest7" not in names
        names = [i.findtext(IF + "name") for i in
                 get_data(c, "<datastore>hc:transient</datastore>").iter(IF + "interface")]
        assert names == ["guest7"]


def many(n):
    return config([port(f"p{i}", "lab") for i in range(n)])


@test
def large_reads_are_whole_and_beside_the_loop():
    n = 300 if SLOW else 3000
    with world("good/empty.json") as w, contextlib.closing(Client(w.path, timeout=120)) as c, \
            contextlib.closing(Client(w.path, ("0",), timeout=120)) as old:
        assert ok(c.edit(many(n)))
        for client in (c, old):  # chunks, and the delimiter
            reply = client.rpc("<get-config><source><running/></source></get-config>")
            names = [i.findtext(IF + "name") for i in reply.iter(IF + "interface")]
            assert names == [f"p{i}" for i in range(n)]
            reply = client.rpc("<get/>")
            assert len(list(reply.iter(IF + "oper-status"))) == n
        # One at a time of a session, in order; and what is small overtakes in another.
        answers = []
        def read():
            with contextlib.closing(Client(w.path, timeout=120)) as big:
                for i in range(3):
                    big.send(f'<rpc xmlns="{BASE}" message-id="{i}"><get/></rpc>')
                for i in range(3):
                    reply = ET.fromstring(big.receive())
                    assert reply.get("message-id") == str(i)
                    answers.append(len(list(reply.iter(IF + "interface"))))
        threads = [threading.Thread(target=read) for _ in range(5)]
        for t in threads:
            t.start()
        small = 0
        while any(t.is_alive() for t in threads):
            reply = c.rpc("<get-config><source><running/></source><filter><interfaces "
                          f"xmlns='{IF_NS}'><interface><name>p7</name></interface></interfaces></filter>"
                          "</get-config>")
            assert [i.findtext(IF + "name") for i in reply.iter(IF + "interface")] == ["p7"]
            small += 1
        assert answers == [n] * 15 and small > 5, (answers, small)


@test
def a_read_sees_one_instant():
    """While a large answer is being sent the configuration changes: the answer does not."""
    n = 300 if SLOW else 3000
    with world("good/empty.json") as w, contextlib.closing(Client(w.path, timeout=120)) as c:
        assert ok(c.edit(many(n)))
        slow = Client(w.path, timeout=120)
        slow.send(f'<rpc xmlns="{BASE}" message-id="1"><get-config><source><running/></source></get-config></rpc>')
        while len(slow.buffer) < 1000:
            slow.more()
        assert ok(c.edit(many(2)))
        reply = ET.fromstring(slow.receive())
        assert len(list(reply.iter(IF + "interface"))) == n
        assert len(list(c.rpc("<get-config><source><running/></source></get-config>").iter(IF + "interface"))) == 2
        slow.close()


@test
def a_session_that_ends_takes_its_read_along():
    n = 300 if SLOW else 3000
    with world("good/empty.json") as w, contextlib.closing(Client(w.path, timeout=120)) as c:
        assert ok(c.edit(many(n)))
        for _ in range(10):
            gone = Client(w.path)
            gone.send(f'<rpc xmlns="{BASE}" message-id="1"><get/></rpc>')
            gone.close()
        victim = Client(w.path)
        victim.send(f'<rpc xmlns="{BASE}" message-id="1"><get/></rpc>')
        assert ok(c.rpc(f"<kill-session><session-id>{victim.session}</session-id></kill-session>"))
        try:
            while True:
                victim.more()
        except (Closed, ConnectionResetError):
            pass
        if not WRAPPER:
            children = pathlib.Path(f"/proc/{w.process.pid}/task/{w.process.pid}/children")
            w.wait("no children", lambda: not children.read_text().split())
        reply = c.rpc("<get-config><source><running/></source></get-config>")
        assert len(list(reply.iter(IF + "interface"))) == n


@test
def idle_costs_nothing():
    with world() as w:
        clients = [Client(w.path) for _ in range(30)]
        for c in clients[:10]:
            assert ok(c.rpc("<create-subscription xmlns='urn:ietf:params:xml:ns:netconf:"
                            "notification:1.0'/>"))
        def ticks():
            fields = pathlib.Path(f"/proc/{w.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
            return int(fields[11]) + int(fields[12])
        before = ticks()
        time.sleep(2)  # the time that is measured
        assert ticks() - before <= (40 if SLOW else 2), ticks() - before
        for c in clients:
            c.close()


@test
def memory_of_a_read_is_bounded():
    if SLOW:
        return  # address space means something else there
    # The state of so many ports takes more than 1 MB. So does reading the message: the process that
    # tries it runs out of memory at some place, and what it finds there must not count.
    limits = {"HEDDLE_NETCONF_LIMITS": "read_mb=1,read_cpu_s=20"}
    with world("good/empty.json", env=limits) as w, contextlib.closing(Client(w.path, timeout=120)) as c:
        reply = c.edit(many(5000))
        assert ok(reply), errors(reply)
        reply = c.rpc("<get/>")
        got = errors(reply)
        assert got and got[0][0] in ("resource-denied", "operation-failed"), (got, len(list(reply.iter())))
        reply = c.rpc("<get-config><source><running/></source></get-config>")
        assert len(list(reply.iter(IF + "interface"))) == 5000


if __name__ == "__main__":
    sys.exit(main())
