#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Reading and editing through ncclient, and what is refused.

Over a real sshd and heddle-netconf. Takes root.
usage: PROGRAM HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]    (HEDDLE_NETCONF: the proxy)
"""
import sys

from ncclient_world import (CAP, NS, check, description, described, edit, interfaces,  # first
                            first, names, port, refused, switch, tap, xpath, enough)
from ncclient.operations import RPCError
from ncclient.xml_ import to_ele
from common import main, test

@test
def hello():
    with switch() as s:
        m = s.session()
        caps = list(m.server_capabilities)
        for cap in ("urn:ietf:params:netconf:base:1.0", "urn:ietf:params:netconf:base:1.1",
                    CAP + "writable-running:1.0", CAP + "candidate:1.0",
                    CAP + "confirmed-commit:1.1", CAP + "rollback-on-error:1.0",
                    CAP + "validate:1.1", CAP + "startup:1.0", CAP + "xpath:1.0",
                    CAP + "notification:1.0", CAP + "interleave:1.0"):
            check(cap in caps, "capability", cap, caps)
        defaults = [c for c in caps if c.startswith(CAP + "with-defaults:1.0")]
        check("basic-mode=explicit" in defaults[0], defaults)
        for mode in ("report-all", "report-all-tagged", "trim"):
            check(mode in defaults[0], mode)
        check(any(c.startswith(CAP + "yang-library:1.1") for c in caps), "yang-library")
        check(int(m.session_id) > 0, "session id")
        check(s.session().session_id != m.session_id, "another one")


@test
def reading():
    with switch() as s:
        m = s.session()
        check(set(names(m)) == {"eth1", "web1", "fw", "cust"}, names(m))
        both = m.get_config("running").data
        check(xpath(both, "//hs:switch/hs:name")[0].text == "sw0", "switch")
        check(xpath(both, "//acm:rule-list"), "rules")
        one = m.get_config("running", filter=("subtree", interfaces(port("web1")))).data
        check([n.text for n in xpath(one, "//if:name")] == ["web1"], "content match")
        check(xpath(one, "//hp:access")[0].text == "office", "all of the entry")
        check(not xpath(one, "//hs:switch"), "nothing else")
        leaf = m.get_config("running", filter=("subtree", interfaces(
            "<interface><name/></interface>"))).data
        check(len(xpath(leaf, "//if:name")) == 4 and not xpath(leaf, "//if:type"), "selection")
        none = m.get_config("running", filter=("subtree", '<x xmlns="urn:nothing"/>')).data
        check(len(none) == 0, "an unknown namespace selects nothing")
        ns = {"if": NS["if"], "hp": NS["hp"]}
        by_path = m.get_config("running", filter=("xpath", (
            ns, "/if:interfaces/if:interface[hp:port/hp:access='office']"))).data
        check([n.text for n in xpath(by_path, "//if:name")] == ["web1"], "xpath")
        nothing = m.get_config("running", filter=("xpath", (ns, "/if:interfaces/if:interface[1=2]")))
        check(len(nothing.data) == 0, "an XPath that selects nothing")
        refused(lambda: m.get_config("running", filter=("xpath", (ns, "/if:interfaces["))),
                "invalid-value")
        state = m.get(filter=("subtree", interfaces(port("web1")))).data
        check(xpath(state, "//if:oper-status"), "state")
        check(xpath(state, "//hp:state/hp:role")[0].text == "vm", "state of ours")
        check(not xpath(one, "//if:oper-status"), "no state in a configuration")


@test
def with_defaults():
    with switch() as s:
        m = s.session()
        edit(m, interfaces(port("web1", "<enabled>true</enabled>")), target="running")
        def web1(mode):
            return m.get_config("running", filter=("subtree", interfaces(port("web1"))),
                                with_defaults=mode).data
        mtu = "//hp:port/hp:mac-limit | //hp:port/hp:priority-tags"
        check(not xpath(web1(None), mtu) and xpath(web1(None), "//if:enabled"), "explicit")
        check(not xpath(web1("explicit"), mtu) and xpath(web1("explicit"), "//if:enabled"), "explicit")
        check(xpath(web1("report-all"), mtu) and xpath(web1("report-all"), "//if:enabled"), "all")
        tagged = web1("report-all-tagged")
        check(xpath(tagged, mtu)[0].get(f'{{{NS["wd"]}}}default') == "true", "tagged")
        check(xpath(tagged, "//hp:access")[0].get(f'{{{NS["wd"]}}}default') is None, "not tagged")
        check(not xpath(web1("trim"), mtu) and not xpath(web1("trim"), "//if:enabled"), "trim")


@test
def edit_operations():
    with switch() as s:
        m = s.session()
        edit(m, interfaces(port("web1", described("one"))))
        check(description(m, "web1", "candidate") == "one", "merge")
        check(description(m, "web1") is None, "running is untouched")
        edit(m, interfaces(tap("new", op="create")))
        check("new" in names(m, "candidate"), "create")
        refused(lambda: edit(m, interfaces(tap("new", op="create"))), "data-exists",
                path="interface[")
        edit(m, interfaces(port("new", op="delete")))
        check("new" not in names(m, "candidate"), "delete")
        refused(lambda: edit(m, interfaces(port("new", op="delete"))), "data-missing",
                path="interface[")
        edit(m, interfaces(port("new", op="remove")))
        check("new" not in names(m, "candidate"), "remove of what is not there")
        edit(m, interfaces(port("web1", described("", "remove"))))
        check(description(m, "web1", "candidate") is None, "remove of a leaf")
        refused(lambda: edit(m, interfaces(port("web1", described("x", "delete")))), "data-missing",
                path="description")
        edit(m, interfaces(tap("fw", described("now an access port"), op="replace")))
        data = m.get_config("candidate", filter=("subtree", interfaces(port("fw")))).data
        check(not xpath(data, "//hp:trunk") and xpath(data, "//hp:access"), "replace")
        refused(lambda: edit(m, interfaces(tap("nobody")), default_operation="none"),
                "data-missing", path="interface[")
        edit(m, interfaces(port("web1", described("two", "merge"))), default_operation="none")
        check(description(m, "web1", "candidate") == "two", "none, with merge below")
        edit(m, interfaces(tap("only")), default_operation="replace")
        check(names(m, "candidate") == ["only"], "replace of all")
        m.discard_changes()
        check(set(names(m, "candidate")) == set(names(m)), "discard")
        # What is a choice: setting a case takes the other away.
        edit(m, f'<switches xmlns="{NS["hs"]}"><switch><name>sw0</name><segment><name>lan</name>'
             "<host-only/></segment></switch></switches>")
        data = m.get_config("candidate").data
        check(not xpath(data, "//hs:segment[hs:name='lan']/hs:bridged"), "the other case went")


@test
def order():
    """Lists whose order is the user's: yang:insert (RFC 7950 7.8.6)."""
    with switch() as s:
        m = s.session()
        yang = 'xmlns:yang="urn:ietf:params:xml:ns:yang:1"'
        def place(name, how, key=None):
            where = f' yang:insert="{how}"'
            if key:
                where += f" yang:key=\"[acm:name='{key}']\""
            edit(m, f'<nacm xmlns="{NS["acm"]}" xmlns:acm="{NS["acm"]}" {yang}><rule-list{where}>'
                 f"<name>{name}</name></rule-list></nacm>")
        def rule_lists():
            return [n.text for n in xpath(m.get_config("candidate").data, "//acm:rule-list/acm:name")]
        place("a", "first")
        check(rule_lists()[0] == "a", rule_lists())
        place("z", "last")
        check(rule_lists()[-1] == "z", rule_lists())
        place("b", "after", "a")
        check(rule_lists()[:2] == ["a", "b"], rule_lists())
        place("y", "before", "z")
        check(rule_lists()[-2:] == ["y", "z"], rule_lists())
        place("z", "before", "a")
        check(rule_lists()[:2] == ["z", "a"] and rule_lists()[-1] == "y", "moved", rule_lists())
        refused(lambda: place("c", "after", "nobody"), "bad-attribute", app="missing-instance")
        m.discard_changes()


BAD = [
    ("an unknown element", interfaces(port("web1", "<colour>red</colour>")), "unknown-element",
     {"info": "colour"}),
    ("an unknown module", '<x xmlns="urn:nothing"/>', "unknown-namespace", {"info": "urn:nothing"}),
    ("an unknown namespace inside", interfaces(port("web1", '<x xmlns="urn:nothing"/>')),
     "unknown-namespace", {"info": "urn:nothing"}),
    ("a missing key", interfaces("<interface><description>x</description></interface>"),
     "missing-element", {"info": "name"}),
    ("a bad boolean", interfaces(port("web1", "<enabled>perhaps</enabled>")), "invalid-value",
     {"path": "enabled"}),
    ("a bad identity", interfaces(port("web1", "<type>t:nothing</type>")), "invalid-value",
     {"path": "type"}),
    ("a bad number", f'<switches xmlns="{NS["hs"]}"><switch><name>sw0</name><mac-ageing-time>1'
     "</mac-ageing-time></switch></switches>", "invalid-value",
     {"app": "bad-ageing-time", "path": "mac-ageing-time"}),
    ("a bad name", f'<switches xmlns="{NS["hs"]}"><switch><name>a b</name></switch></switches>',
     "invalid-value", {"app": "bad-name"}),
    ("one instance twice", interfaces(port("web1", described("a")), port("web1", described("b"))),
     "bad-element", {"path": "web1", "info": "interface"}),
    ("two cases of a choice", f'<switches xmlns="{NS["hs"]}"><switch><name>sw0</name><segment>'
     "<name>lab</name><host-only/><bridged/></segment></switch></switches>", "bad-element",
     {"path": "lab"}),
    ("state", interfaces(port("web1", "<oper-status>up</oper-status>")), "invalid-value",
     {"path": "oper-status"}),
    ("a bad operation", interfaces(port("web1", described("x", "twist"))), "bad-attribute",
     {"info": "operation"}),
]


@test
def bad_edits():
    with switch() as s:
        m = s.session()
        before = m.get_config("candidate").data_xml
        for name, inner, tag, more in BAD:
            try:
                edit(m, inner)
                raise AssertionError(f"{name} was accepted")
            except RPCError as e:
                print(f"     {name}: {e.tag} {e.app_tag} {e.path}: {e.message}")
                check(e.tag == tag, name, e.tag, e.message)
                check(len(e.message) > 8, name)
                check(not more.get("path") or more["path"] in (e.path or ""), name, e.path)
                check(not more.get("app") or e.app_tag == more["app"], name, e.app_tag)
                check(not more.get("info") or more["info"] in (e.info or ""), name, e.info)
        check(m.get_config("candidate").data_xml == before, "nothing of it was done")


@test
def what_a_commit_refuses():
    with switch() as s:
        m = s.session()
        running = m.get_config("running").data_xml
        for name, inner, path in (
                ("a segment that is not there", interfaces(port("web1", f'<port xmlns="{NS["hp"]}">'
                 "<access>nowhere</access></port>")), "web1"),
                ("a port without a type", interfaces(port("bare")), "bare"),
                ("a switch that ports need", f'<switches xmlns="{NS["hs"]}">'
                 '<switch nc:operation="delete"><name>sw0</name></switch></switches>', "interface")):
            edit(m, inner, test_option="set")
            for call in (m.commit, lambda: m.validate("candidate")):
                try:
                    call()
                    raise AssertionError(f"{name} was committed")
                except RPCError as several:
                    e = first(several)
                    check(path in (e.path or ""), name, e.path, e.message)
                    check(e.tag in ("data-missing", "operation-failed", "invalid-value"), name, e.tag)
            check(m.get_config("running").data_xml == running, name)
            m.discard_changes()


@test
def options_of_edit():
    with switch() as s:
        m = s.session()
        bad = interfaces(port("web1", described("new")), tap("cust", op="create"), tap("late"))
        for option in ("stop-on-error", "rollback-on-error"):
            refused(lambda o=option: edit(m, bad, error_option=o), "data-exists")
            check("late" not in names(m, "candidate"), option)
        check(description(m, "web1", "candidate") is None, "rollback-on-error")
        m.discard_changes()
        refused(lambda: edit(m, bad, error_option="continue-on-error"), "data-exists")
        check("late" in names(m, "candidate"), "continue-on-error goes on")
        m.discard_changes()
        good = interfaces(port("web1", described("only tested")))
        check(edit(m, good, test_option="test-only").ok, "test-only")
        check(description(m, "web1", "candidate") is None, "test-only changes nothing")
        wrong = interfaces(port("web1", f'<port xmlns="{NS["hp"]}"><access>nowhere</access></port>'))
        refused(lambda: edit(m, wrong, test_option="test-only"), "data-missing", path="access")
        bare = interfaces(port("bare"))
        refused(lambda: edit(m, bare, test_option="test-then-set"), "data-missing", path="bare")
        check(edit(m, bare, test_option="set").ok, "set does not test")
        m.discard_changes()
        # On running all of it is checked and applied, or nothing.
        refused(lambda: edit(m, wrong, target="running"), "data-missing", path="access")
        edit(m, interfaces(port("web1", described("at once"))), target="running")
        check(description(m, "web1") == "at once", "running")
        check(description(m, "web1", "candidate") == "at once", "candidate follows")


@test
def requests_that_are_wrong():
    with switch() as s:
        m = s.session()
        for inner, tag in (
                ("<fly/>", "operation-not-supported"),
                ('<fly xmlns="urn:nothing"/>', "unknown-namespace"),
                ("<get-config/>", "missing-element"),
                ("<get-config><source><moon/></source></get-config>", "unknown-element"),
                ("<lock/>", "missing-element"),
                ("<kill-session><session-id>x</session-id></kill-session>", "invalid-value")):
            op = to_ele(inner if "xmlns" in inner else inner.replace(
                inner[1:].split(">")[0].split("/")[0],
                inner[1:].split(">")[0].split("/")[0] + f' xmlns="{NS["nc"]}"', 1))
            refused(lambda o=op: m.dispatch(o), tag)
        check(len(names(m)) == 4, "and the session goes on")


@test
def many_ports():
    with switch() as s:
        m = s.session()
        many = interfaces(*(tap(f"p{i:04}") for i in range(1000)))
        edit(m, many)
        m.commit()
        check(len(names(m)) == 1004, "1,000 ports more")
        edit(m, interfaces(port("p0500", described("in the middle"))))
        m.commit()
        check(description(m, "p0500") == "in the middle", "one of them")
        edit(m, interfaces(*(port(f"p{i:04}", op="delete") for i in range(1000))))
        m.commit()
        check(len(names(m)) == 4, "and gone")


@test
def enough_checks():
    enough()


if __name__ == "__main__":
    sys.exit(main())
