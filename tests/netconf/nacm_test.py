#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Access rules over the socket: several people, the shipped rules and others. Takes root.

usage: nacm_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import os
import re
import select
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

import accounts
from nacm_world import ACM, IF, HS, CONF, rules, switch, client, denied, one, merge, describe, description, FOLDER
from client import Client, Closed, NC, errors, ok
from common import PORTS, config, in_time, main, port, test


# All that changes, locks, or ends something; and what reads things that are not for all.
ACTS = {
    "lock": "<lock><target><running/></target></lock>",
    "unlock": "<unlock><target><running/></target></unlock>",
    "edit-config": merge(describe("web1", "x")),
    "edit-config of candidate": merge(describe("web1", "x"), "candidate"),
    "copy-config": "<copy-config><target><startup/></target><source><running/></source></copy-config>",
    "delete-config": "<delete-config><target><startup/></target></delete-config>",
    "commit": "<commit/>",
    "discard-changes": "<discard-changes/>",
    "cancel-commit": "<cancel-commit/>",
    "validate": "<validate><source><candidate/></source></validate>",
    "kill-session": "<kill-session><session-id>{other}</session-id></kill-session>",
    "open-configuration": f"<open-configuration {CONF}/>",
    "close-configuration": f"<close-configuration {CONF}/>",
    "rollback": f"<rollback {CONF}><index>0</index></rollback>",
    "get-history-config": f"<get-history-config {CONF}><index>0</index></get-history-config>",
    "clear-fdb": '<clear-fdb xmlns="urn:heddle:yang:heddle-system"/>',
    "clear-neighbours": '<clear-neighbours xmlns="urn:heddle:yang:heddle-gateway"/>',
    "clear-counters": '<clear-counters xmlns="urn:heddle:yang:heddle-system"/>',
}
READS = {
    "get": "<get/>",
    "get-config": "<get-config><source><running/></source></get-config>",
    "get-data": '<get-data xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-nmda"><datastore '
                'xmlns:ds="urn:ietf:params:xml:ns:yang:ietf-datastores">ds:running</datastore></get-data>',
    "get-schema": '<get-schema xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring">'
                  "<identifier>heddle-types</identifier></get-schema>",
    "get-fdb": '<get-fdb xmlns="urn:heddle:yang:heddle-system"/>',
    "get-neighbours": '<get-neighbours xmlns="urn:heddle:yang:heddle-gateway"/>',
    "get-routes": '<get-routes xmlns="urn:heddle:yang:heddle-gateway"/>',
    "get-punt": '<get-punt xmlns="urn:heddle:yang:heddle-gateway"/>',
    "create-subscription": '<create-subscription xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0"/>',
}


@test
def viewers_look_and_touch_nothing():
    with switch("view") as w, client(w, "olga") as olga, client(w, "vera") as vera:
        for name, body in ACTS.items():
            error = one(vera.rpc(body.format(other=olga.session)))
            assert error[0] == "access-denied" and error[2] is None, (name, error)
            assert "vera may not use the operation" in error[3], error
            assert "no-other-operation" in error[3] and "members of heddle may" in error[3], error
        for name, body in READS.items():
            reply = vera.rpc(body)
            assert not denied(reply), (name, errors(reply))
        assert description(olga, "web1") is None  # nothing of it was done
        # What is read has neither rules nor anything else that is marked.
        for name in ("get", "get-config", "get-data"):
            reply = vera.rpc(READS[name])
            assert len(list(reply.iter(IF + "interface"))) >= 4, name
            assert not list(reply.iter(ACM + "nacm")), name
        assert list(olga.rpc(READS["get-config"]).iter(ACM + "rule-list"))
        assert ok(vera.rpc("<close-session/>"))


@test
def operators_may_all():
    with switch("operators") as w, client(w, "olga") as olga, client(w, "vera") as vera:
        for name, body in ACTS.items():
            reply = olga.rpc(body.format(other=vera.session))
            assert not denied(reply), (name, errors(reply))
        try:
            vera.rpc("<get/>")
            raise AssertionError("a session that was killed answers")
        except (Closed, OSError):
            pass
        assert ok(olga.rpc(merge(describe("web1", "by olga"))))
        assert description(olga, "web1") == "by olga"


@test
def who_is_in_both_groups_is_an_operator():
    with switch("both") as w, client(w, "both") as c:
        assert ok(c.rpc(merge(describe("web1", "x"))))


@test
def strangers_are_turned_away():
    with switch("strangers") as w:
        for who, words in (("mara", "usermod -aG heddle mara"), (accounts.UNKNOWN, "no account")):
            with contextlib.closing(Client(None, hello=False,
                                           sock=accounts.connect_as(who, w.path))) as c:
                said = ET.fromstring(c.receive())
                assert one(said)[0] == "access-denied" and words in one(said)[3], errors(said)
                assert "hello" not in said.tag
                try:
                    c.more()
                    raise AssertionError("the session is still there")
                except Closed:
                    pass
        assert any("mara is in no group" in line for line in w.log)


@test
def a_directory_that_does_not_answer():
    """Names of groups may come from the network. Who is in does not wait for those who come."""
    fifo = FOLDER / "slow"
    os.mkfifo(fifo)
    with switch("slow") as w, contextlib.closing(Client(w.path)) as root:
        subprocess.run(["mount", "--bind", fifo, "/etc/group"], check=True)
        try:
            sock = accounts.connect_as("vera", w.path)
            for _ in range(100):
                assert root.rpc(READS["get-config"]).find(NC + "data") is not None
            assert not select.select([sock], [], [], 0)[0], "who is that?"
        finally:
            subprocess.run(["umount", "-l", "/etc/group"], check=True)
            with contextlib.suppress(BrokenPipeError):
                fifo.write_bytes(b"")  # somebody waits for it: now it is no directory at all
        with contextlib.closing(sock):
            assert sock.recv(100), "one way or the other"
        def comes_in():
            with contextlib.closing(Client(None, hello=False,
                                           sock=accounts.connect_as("vera", w.path))) as c:
                return b"<hello" in c.sock.recv(100)
        w.wait("vera is known again", comes_in)


@test
def only_root_bypasses():
    deny = {"read-default": "deny", "write-default": "deny", "exec-default": "deny",
            "rule-list": [{"name": "none", "group": ["*"], "rule": [{"name": "no", "action": "deny"}]}]}
    with switch("root", deny) as w, contextlib.closing(Client(w.path)) as root:
        with client(w, "olga") as olga:
            assert denied(olga.rpc(READS["get"]))
            assert denied(olga.rpc(ACTS["edit-config"]))
        assert list(root.rpc(READS["get-config"]).iter(ACM + "nacm"))
        assert ok(root.rpc(ACTS["edit-config"]))
        acm = next(root.rpc("<get/>").iter(ACM + "nacm"))
        assert acm.findtext(ACM + "denied-operations") == "2"


@test
def rules_by_path():
    """An edit is refused as a whole, with the path of each node that may not be changed."""
    may = {"rule-list": [{"name": "staff", "group": ["staff2"], "rule": [
        {"name": "own", "path": "/ietf-interfaces:interfaces/interface[name='web1']/description",
         "action": "permit"},
        {"name": "no-eth1", "path": "/ietf-interfaces:interfaces/interface[name='eth1']",
         "access-operations": "read", "action": "deny"},
        {"name": "no-switches", "module-name": "heddle-switch", "access-operations": "read",
         "action": "deny"}]}]}
    with switch("path", may) as w, client(w, "stan") as stan, \
            contextlib.closing(Client(w.path)) as root:
        assert ok(stan.rpc(merge(describe("web1", "mine"))))
        assert description(root, "web1") == "mine"
        error = one(stan.rpc(merge(describe("web1", "again").replace(
            "</interfaces>", describe("fw", "mine too").split(">", 1)[1]))))
        assert error[0] == "access-denied", error
        assert error[2].endswith("interface[if:name='fw']/if:description") or \
            "fw" in error[2] and "description" in error[2], error
        assert description(root, "web1") == "mine"
        assert one(stan.rpc(merge(config([port("new", "lab")]))))[0] == "access-denied"
        reply = stan.rpc(READS["get"])
        names = {i.findtext(IF + "name") for i in reply.iter(IF + "interface")}
        assert names == {"web1", "fw", "cust", "hd-lab"}, names
        assert not list(reply.iter(HS + "switches"))
        # What cannot be read cannot be asked about either.
        asks = (f"<get-config><source><running/></source><filter type='xpath' "
                "xmlns:if='urn:ietf:params:xml:ns:yang:ietf-interfaces' select=\"/if:interfaces/"
                "if:interface[if:name='web1'][/if:interfaces/if:interface[if:name='eth1']]\"/>"
                "</get-config>")
        assert not list(stan.rpc(asks).iter(IF + "interface"))
        for operation in ("create", "delete"):
            edit = merge(describe("eth1", "x").replace("<interface>", f'<interface nc:operation="{operation}" '
                         'xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0">'))
            assert one(stan.rpc(edit))[0] == "access-denied", operation
        assert list(root.rpc(asks).iter(IF + "interface"))


@test
def paths_with_some_keys():
    """A key that is left out stands for all; $USER is who asks (RFC 8341, node-instance-identifier)."""
    mac = "/hs:switches/hs:switch/hs:static-mac[hs:segment-or-vlan='office']"
    acm = 'xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm"'
    entry = ('<switches xmlns="urn:heddle:yang:heddle-switch"><switch><name>sw0</name><static-mac>'
             "<segment-or-vlan>{}</segment-or-vlan><mac>02:00:00:00:00:77</mac><port>{}</port>"
             "</static-mac></switch></switches>")
    with switch("keys", {}) as w, client(w, "olga") as olga, \
            contextlib.closing(Client(w.path)) as root:
        def rule(name, path):
            return root.rpc(merge(
                f"<nacm {acm}><rule-list><name>keys</name><group>heddle</group><rule><name>{name}"
                "</name><path xmlns:hs='urn:heddle:yang:heddle-switch' xmlns:if='urn:ietf:params:xml"
                f":ns:yang:ietf-interfaces'>{path}</path><action>permit</action></rule></rule-list>"
                "</nacm>"))
        reply = rule("macs", mac)
        assert ok(reply), errors(reply)
        assert ok(olga.rpc(merge(entry.format("office", "web1"))))
        assert one(olga.rpc(merge(entry.format("lab", "fw"))))[0] == "access-denied"
        assert ok(rule("own", "/if:interfaces/if:interface[if:name=$USER]"))
        assert ok(olga.rpc(merge(config([port("olga", "lab")]).split("</switches>")[1])))
        assert one(olga.rpc(merge(describe("fw", "x"))))[0] == "access-denied"
        text = w.running()
        assert "static-mac[" in text and "segment-or-vlan='office'" in text


@test
def commits_of_what_others_edited():
    """A commit needs the right to all that differs, whoever edited it (RFC 8341 3.2.5)."""
    may = {"rule-list": [{"name": "staff", "group": ["staff2"], "rule": [
        {"name": "own", "path": "/ietf-interfaces:interfaces/interface[name='web1']/description",
         "action": "permit"},
        {"name": "back", "module-name": "heddle-config", "rpc-name": "rollback",
         "action": "permit"}]}]}
    with switch("commit", may) as w, client(w, "stan") as stan, \
            contextlib.closing(Client(w.path)) as root:
        assert ok(root.rpc(merge(describe("fw", "by root"), "candidate")))
        assert ok(stan.rpc(merge(describe("web1", "by stan"), "candidate")))
        error = one(stan.rpc("<commit/>"))
        assert error[0] == "access-denied" and "fw" in error[2], error
        assert description(root, "web1") is None
        assert ok(root.rpc("<commit/>"))
        assert description(root, "web1") == "by stan" and description(root, "fw") == "by root"
        # Nor is going back a way to edit what another then commits; and edits that are there stay.
        assert ok(stan.rpc(merge(describe("web1", "again"), "candidate")))
        back = one(stan.rpc(ACTS["rollback"].replace("0", "1")))
        assert back[0] == "access-denied" and "fw" in back[2], back
        assert ok(root.rpc("<commit/>"))
        assert description(root, "web1") == "again" and description(root, "fw") == "by root"


@test
def there_is_no_way_around():
    """Without the right to write, no operation writes; and nothing of it is left behind."""
    with switch("around", {}) as w, client(w, "olga") as olga:
        before, saved = w.running(), "<get-config><source><startup/></source></get-config>"
        startup = ET.tostring(olga.rpc(saved)[0])
        changed = re.search("<data>(.*)</data>", before, re.S)[1].replace("office", "bureau")
        target = "<target><{}/></target>"
        inline = f"<source><config>{changed}</config></source>"
        data = ('<edit-data xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-nmda" xmlns:d="urn:ietf:'
                'params:xml:ns:yang:ietf-datastores" xmlns:hc="urn:heddle:yang:heddle-config">'
                "<datastore>{}</datastore><config>{}</config></edit-data>")
        ways = {
            "copy to running": f"<copy-config>{target.format('running')}{inline}</copy-config>",
            "replace running": "<edit-config><target><running/></target><default-operation>replace"
                               f"</default-operation><config>{changed}</config></edit-config>",
            "edit-data of running": data.format("d:running", describe("web1", "x")),
            "edit-data of candidate": data.format("d:candidate", describe("web1", "x")),
            "edit-data of transient": data.format("hc:transient", PORTS.format(port("t", "office"))),
            "rollback": ACTS["rollback"],
            "delete-config": ACTS["delete-config"],
        }
        for name, body in ways.items():
            reply = olga.rpc(body)
            assert denied(reply), (name, ET.tostring(reply))
        # Candidate is a draft: what counts is the commit of it.
        for body in (f"<copy-config>{target.format('candidate')}{inline}</copy-config>",):
            if ok(olga.rpc(body)):
                assert denied(olga.rpc("<commit/>")), body
                assert denied(olga.rpc("<commit><confirmed/></commit>")), body
                assert ok(olga.rpc("<discard-changes/>"))
        assert w.running() == before
        assert ET.tostring(olga.rpc(saved)[0]) == startup


@test
def who_would_lock_themselves_out_is_told():
    with switch("out") as w, client(w, "olga") as olga:
        assert ok(olga.rpc(merge(describe("web1", "x"), "candidate")))
        effects = f"<get-effects {CONF}/>"
        assert "own-access" not in ET.tostring(olga.rpc(effects), encoding="unicode")
        acm = 'xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm"'
        assert ok(olga.rpc(merge(f"<nacm {acm} xmlns:nc='{NC[1:-1]}' nc:operation='delete'/>",
                                 "candidate")))
        said = ET.tostring(olga.rpc(effects), encoding="unicode")
        assert "own-access" in said and "danger" in said, said
        assert ok(olga.rpc("<commit/>"))
        assert one(olga.rpc(merge(describe("web1", "y"))))[0] == "access-denied"


@test
def rules_follow_the_configuration():
    """A rule holds from the commit on, for sessions that are there already."""
    with switch("follow") as w, client(w, "vera") as vera, \
            contextlib.closing(Client(w.path)) as root:
        assert one(vera.rpc(ACTS["lock"]))[0] == "access-denied"
        acm = 'xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm"'
        assert ok(root.rpc(merge(
            f"<nacm {acm}><groups><group><name>heddle</name><user-name>vera</user-name>"
            "<user-name>stan</user-name></group></groups></nacm>")))
        assert ok(vera.rpc(ACTS["lock"]))
        assert ok(vera.rpc(ACTS["unlock"]))
        with client(w, "stan") as stan:  # let in by the configuration alone
            assert ok(stan.rpc(merge(describe("web1", "x"))))
        assert ok(root.rpc(merge(f"<nacm {acm}><enable-nacm>false</enable-nacm></nacm>")))
        with client(w, "vera") as again:
            assert list(again.rpc(READS["get-config"]).iter(ACM + "nacm"))


@test
def rules_that_make_no_sense():
    with switch("sense") as w, contextlib.closing(Client(w.path)) as root:
        acm = 'xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm"'
        for path in ("/if:interfaces/if:nothing", "/none:x", "interfaces", "/if:interfaces["):
            reply = root.rpc(merge(
                f"<nacm {acm} xmlns:if='urn:ietf:params:xml:ns:yang:ietf-interfaces'><rule-list>"
                f"<name>x</name><rule><name>r</name><path>{path}</path><action>deny</action></rule>"
                "</rule-list></nacm>"))
            assert one(reply)[0] == "invalid-value", (path, errors(reply))


@test
def sessions_of_one_user():
    """They have a bound, and others and root come in all the same."""
    with switch("crowd", "shipped", {"HEDDLE_NETCONF_LIMITS": "user_sessions=3,sessions=5"}) as w:
        crowd = [Client(None, sock=accounts.connect_as("olga", w.path)) for _ in range(3)]
        refused = Client(None, sock=accounts.connect_as("olga", w.path), hello=False)
        error = one(ET.fromstring(refused.receive()))
        assert error[0] == "resource-denied" and "olga has 3 sessions" in error[3], error
        crowd += [Client(None, sock=accounts.connect_as("vera", w.path)) for _ in range(2)]
        refused = Client(None, sock=accounts.connect_as("vera", w.path), hello=False)
        error = one(ET.fromstring(refused.receive()))
        assert error[0] == "resource-denied" and "5 sessions are open" in error[3], error
        with contextlib.closing(Client(w.path)) as root:
            assert not errors(root.rpc(READS["get-config"]))
        for c in crowd:
            c.close()


@test
def reads_of_one_user_do_not_keep_others_waiting():
    limits = {"HEDDLE_NETCONF_LIMITS": "reads=2,read_cpu_s=20,read_s=60"}
    bomb = ("<get-config><source><running/></source><filter type='xpath' "
            "select='//*[//*[//*[//*[//*[//*[//*]]]]]]'/></get-config>")
    ask = ("<get-config><source><running/></source><filter type='xpath' "
           "select='//*[local-name()=\"name\"]'/></get-config>")
    with switch("bombs", "shipped", limits) as w, client(w, "vera") as vera:
        crowd = [Client(None, sock=accounts.connect_as("olga", w.path)) for _ in range(4)]
        for c in crowd:
            c.send(f'<rpc xmlns="{NC[1:-1]}" message-id="1">{bomb}</rpc>')
        start = time.monotonic()
        for _ in range(3):
            reply = vera.rpc(ask)
            assert list(reply.iter(IF + "name")), errors(reply)
        in_time(time.monotonic() - start, 15, "the reads of somebody else were waited for")
        for c in crowd:
            c.close()


@test
def who_may_only_read_crashes_nothing():
    """vera may read and subscribe: with an XPath that libyang crashes on, she hears of it, alone."""
    subscribe = ("<create-subscription xmlns='urn:ietf:params:xml:ns:netconf:notification:1.0'>"
                 "<filter type='xpath' select='//*[deref(.)]'/></create-subscription>")
    with switch("crash") as w, client(w, "olga") as olga, client(w, "vera") as vera:
        for _ in range(30):
            error = one(vera.rpc(subscribe))
            assert error[0] == "operation-failed" and "crashed (signal 11, SIGSEGV)" in error[3], error
            assert not errors(vera.rpc(READS["get-config"]))
        assert ok(olga.rpc(merge(describe("web1", "it lives"))))
        assert sum("a read of vera was stopped" in line for line in w.log) <= 20  # and a number of the rest


if __name__ == "__main__":
    sys.exit(main())
