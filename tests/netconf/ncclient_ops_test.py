#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Commits, locks, startup, monitoring, notifications, NMDA and more through ncclient.

Over a real sshd and heddle-netconf. Takes root.
usage: PROGRAM HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]    (HEDDLE_NETCONF: the proxy)
"""
import sys
import time

from ncclient_world import (NS, check, config, description, described, edit, interfaces,  # first
                            names, port, refused, switch, tap, until, xpath, enough)
from ncclient.operations import RPCError
from ncclient.xml_ import to_ele
from common import main, test

@test
def candidate():
    with switch() as s:
        m, other = s.session(), s.session()
        edit(m, interfaces(tap("new")))
        check("new" in names(other, "candidate"), "one candidate for all")
        check("new" not in names(other), "not in force")
        check(m.commit().ok, "commit")
        check("new" in names(other), "in force")
        check(m.commit().ok, "a commit of nothing")
        edit(other, interfaces(port("new", op="delete")))
        m.discard_changes()
        check("new" in names(m, "candidate"), "discarded")
        check(m.validate("candidate").ok, "validate")
        check(m.validate("running").ok, "validate")
        m.copy_config(source="running", target="candidate")
        check(set(names(m, "candidate")) == set(names(m)), "copied")
        source = to_ele(config(interfaces(tap("alone"))).replace("<config", "<config"))
        try:
            m.validate(source)
        except RPCError as e:
            check(e.tag in ("data-missing", "operation-failed", "invalid-value"), e.tag)
        else:
            raise AssertionError("a port on a switch that is not there is right")


@test
def locks():
    with switch() as s:
        m, other = s.session(), s.session()
        for target in ("running", "candidate", "startup"):
            check(m.lock(target).ok, "lock", target)
            refused(lambda t=target: other.lock(t), "lock-denied", info=m.session_id)
            refused(lambda t=target: other.unlock(t), "operation-failed")
            check(m.unlock(target).ok, "unlock", target)
            refused(lambda t=target: m.unlock(t), "operation-failed")
        m.lock("candidate")
        refused(lambda: edit(other, interfaces(tap("x"))), "in-use")
        refused(other.discard_changes, "in-use")
        refused(other.commit, "in-use")
        edit(m, interfaces(tap("x")))
        m.commit()
        m.unlock("candidate")
        with m.locked("running"):
            refused(lambda: edit(other, interfaces(tap("y")), target="running"), "in-use")
            edit(other, interfaces(tap("y")))
            refused(other.commit, "in-use")
            refused(lambda: m.lock("candidate"), "lock-denied")  # it has changes
        other.discard_changes()
        m.lock("candidate")
        m.lock("running")
        edit(m, interfaces(tap("z")))
        m.close_session()
        until("locks go with the session", lambda: free(other, "running"))
        check(free(other, "candidate") and "z" not in names(other, "candidate"), "and its edits")


def free(m, target):
    try:
        m.lock(target)
    except RPCError:
        return False
    m.unlock(target)
    return True


@test
def confirmed_commits():
    with switch() as s:
        m, other = s.session(), s.session()
        def change(name):
            edit(m, interfaces(tap(name)))
        change("a")
        m.commit(confirmed=True, timeout="600")
        check("a" in names(m), "in force")
        refused(other.commit, "in-use")
        check(m.commit().ok and "a" in names(m), "confirmed")
        change("b")
        m.commit(confirmed=True, timeout="1")
        check("b" in names(m), "in force")
        until("it is reverted", lambda: "b" not in names(other))
        m.discard_changes()
        change("c")
        m.commit(confirmed=True, timeout="600")
        m.cancel_commit()
        check("c" not in names(m), "cancelled")
        m.discard_changes()
        change("d")
        m.commit(confirmed=True, timeout="600", persist="token")
        refused(lambda: other.commit(persist_id="guess"), "invalid-value")
        refused(lambda: other.cancel_commit(persist_id="guess"), "invalid-value")
        m.close_session()
        until("the session is gone", lambda: int(sessions(other)) == 1)
        check("d" in names(other), "it outlives its session")
        check(other.commit(persist_id="token").ok and "d" in names(other), "confirmed by another")
        refused(other.cancel_commit, "operation-failed")
        third = s.session()
        edit(third, interfaces(tap("e")))
        third.commit(confirmed=True, timeout="600")
        check("e" in names(other), "in force")
        third._session.close()
        until("it is reverted with its session", lambda: "e" not in names(other))
        other.discard_changes()
        # An extension of one that waits: what is in candidate meanwhile comes along.
        fourth = s.session()
        edit(fourth, interfaces(tap("f")))
        fourth.commit(confirmed=True, timeout="600", persist="p1")
        edit(fourth, interfaces(tap("g")))
        fourth.dispatch(to_ele(f'<commit xmlns="{NS["nc"]}"><confirmed/><persist>p2</persist>'
                               "<persist-id>p1</persist-id></commit>"))  # ncclient has no words for it
        check({"f", "g"} <= set(names(other)), "extended")
        other.cancel_commit(persist_id="p2")
        check(not {"f", "g"} & set(names(other)), "both are reverted")


def sessions(m):
    data = m.get(filter=("subtree", f'<netconf-state xmlns="{NS["ncm"]}"><sessions/></netconf-state>'))
    return len(xpath(data.data, "//ncm:session"))


@test
def startup():
    with switch() as s:
        m = s.session()
        edit(m, interfaces(tap("kept")), target="running")
        m.copy_config(source="running", target="startup")
        check("kept" in names(m, "startup"), "saved")
        m.copy_config(source="startup", target="candidate")
        check("kept" in names(m, "candidate"), "from startup")
        edit(m, interfaces(port("kept", op="delete")), target="running")
        check("kept" in names(m, "startup"), "startup is its own")
        m.delete_config("startup")
        check(names(m, "startup") == [], "deleted")
        refused(lambda: m.delete_config("running"), "unknown-element")
        refused(lambda: m.copy_config(source="running", target="running"), "invalid-value")


@test
def schemas_and_monitoring():
    with switch() as s:
        m = s.session()
        text = m.get_schema("heddle-switch").data
        check(text.startswith("module heddle-switch {"), text[:60])
        check("revision 2026" in m.get_schema("heddle-switch", version="2026-11-20").data, "version")
        check("module ietf-interfaces" in m.get_schema("ietf-interfaces").data, "ietf")
        refused(lambda: m.get_schema("nothing"), "invalid-value")
        refused(lambda: m.get_schema("heddle-switch", version="1999-01-01"), "invalid-value")
        def formatted(word):
            return m.dispatch(to_ele(f'<get-schema xmlns="{NS["ncm"]}"><identifier>heddle-switch'
                                     f"</identifier><format>{word}</format></get-schema>")).xml
        check("module heddle-switch" in formatted("yang"), "format")
        check("module heddle-switch" in m.get_schema("heddle-switch", format="yang").data, "format")
        refused(lambda: formatted("xsd"), "invalid-value")
        state = m.get(filter=("subtree", f'<netconf-state xmlns="{NS["ncm"]}"/>')).data
        known = {n.text for n in xpath(state, "//ncm:schema/ncm:identifier")}
        for module in ("heddle-switch", "heddle-config", "ietf-netconf-acm", "ietf-interfaces"):
            check(module in known, module)
        mine = xpath(state, f"//ncm:session[ncm:session-id='{m.session_id}']")
        check(len(mine) == 1 and xpath(mine[0], "ncm:username")[0].text == "olga", "session")
        check({n.text for n in xpath(state, "//ncm:datastore/ncm:name")} ==
              {"running", "candidate", "startup"}, "datastores")
        check(xpath(state, "//ncm:capabilities/ncm:capability"), "capabilities")
        check(int(xpath(state, "//ncm:statistics/ncm:in-rpcs")[0].text) >= 6, "statistics")
        library = m.get(filter=("subtree", f'<yang-library xmlns="{NS["yl"]}"/>')).data
        check("heddle-switch" in {n.text for n in xpath(library, "//yl:module/yl:name")}, "library")
        # Each schema that it names can be had.
        for schema in xpath(state, "//ncm:schema")[:60]:
            name = xpath(schema, "ncm:identifier")[0].text
            version = xpath(schema, "ncm:version")[0].text
            check(name in m.get_schema(name, version=version).data, name)


@test
def notifications():
    with switch() as s:
        m, editor = s.session(), s.session()
        check(m.create_subscription(stream_name="NETCONF").ok, "subscribed")
        refused(m.create_subscription, "in-use")
        edit(editor, interfaces(tap("told")))
        editor.commit()
        event = wait_event(m, "netconf-config-change")
        check(xpath(event, "//nn:username")[0].text == "olga", "who")
        check(xpath(event, "//nn:session-id")[0].text == editor.session_id, "session")
        check("told" in xpath(event, "//nn:edit/nn:target")[0].text, "what")
        check(xpath(event, "//nn:edit/nn:operation")[0].text == "create", "how")
        check("told" in names(m), "requests go on (interleave)")
        third = s.session()
        check(wait_event(m, "netconf-session-start") is not None, "a session began")
        third.close_session()
        event = wait_event(m, "netconf-session-end")
        check(xpath(event, "//nn:termination-reason")[0].text == "closed", "a session ended")
        # What was before, of one kind, and no more.
        replay = s.session()
        replay.create_subscription(filter=("subtree", f'<netconf-config-change xmlns="{NS["nn"]}"/>'),
                                   start_time="2020-01-01T00:00:00Z",
                                   stop_time=time.strftime("%Y-%m-%dT%H:%M:%SZ",
                                                           time.gmtime(time.time() + 2)))
        check(wait_event(replay, "netconf-config-change", "told") is not None, "replayed")
        check(wait_event(replay, "replayComplete") is not None, "replayComplete")
        check(wait_event(replay, "notificationComplete") is not None, "notificationComplete")
        late = s.session()
        refused(lambda: late.create_subscription(stream_name="nothing"), "invalid-value")
        refused(lambda: late.create_subscription(start_time="2999-01-01T00:00:00Z"), "bad-element")


def wait_event(m, name, about="", seconds=60):
    """The next event of that name, and about that: others are passed over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        event = m.take_notification(timeout=1)
        if event is None:
            continue
        tree = event.notification_ele
        if tree.xpath(f"//*[local-name()='{name}']") and about in event.notification_xml:
            check(xpath(tree, "/n:notification/n:eventTime"), "eventTime")
            return tree
    raise AssertionError(f"no {name} in {seconds} s")


def get_data(m, datastore, inner="", raw=None):
    op = raw or (f'<get-data xmlns="{NS["nmda"]}" xmlns:ds="urn:ietf:params:xml:ns:yang:'
                 f'ietf-datastores"><datastore>ds:{datastore}</datastore>{inner}</get-data>')
    reply = m.dispatch(to_ele(op))
    return to_ele(reply.xml)


@test
def nmda():
    with switch() as s:
        m = s.session()
        select = f"<subtree-filter>{interfaces(port('web1'))}</subtree-filter>"
        for store in ("running", "candidate", "startup"):
            check(xpath(get_data(m, store), "//nmda:data"), store)
        data = get_data(m, "running", select)
        check([n.text for n in xpath(data, "//if:name")] == ["web1"], "filter")
        check(xpath(get_data(m, "operational", select), "//if:oper-status"), "operational")
        check(not xpath(get_data(m, "operational", select + "<config-filter>true</config-filter>"),
                        "//if:oper-status"), "config-filter")
        shallow = get_data(m, "running", "<max-depth>1</max-depth>")
        check(xpath(shallow, "//if:interfaces") and not xpath(shallow, "//if:interface"), "max-depth")
        full = get_data(m, "running", select + "<with-defaults>report-all</with-defaults>")
        check(xpath(full, "//if:enabled"), "with-defaults")
        origin = get_data(m, "operational", select + "<with-origin/>")
        check(b"origin" in __import__("lxml.etree").etree.tostring(origin), "origin")
        refused(lambda: get_data(m, "nowhere"), "invalid-value")


@test
def ends_of_sessions():
    with switch() as s:
        m, victim = s.session(), s.session()
        refused(lambda: m.kill_session("4711"), "invalid-value", words="4711")
        refused(lambda: m.kill_session(m.session_id), "invalid-value")
        victim.lock("running")
        check(m.kill_session(victim.session_id).ok, "killed")
        until("it is gone", lambda: not victim.connected)
        check(free(m, "running"), "its lock as well")
        check(m.close_session().ok, "closed")
        until("it is gone", lambda: not m.connected)


@test
def viewers():
    with switch() as s:
        m, boss = s.session("vera"), s.session()
        check(len(names(m)) == 4, "reads")
        check(not xpath(m.get_config("running").data, "//acm:nacm"), "not the rules")
        for call in (lambda: m.lock("running"), lambda: m.lock("candidate"), m.commit,
                     m.discard_changes, lambda: edit(m, interfaces(tap("x"))),
                     lambda: edit(m, interfaces(tap("x")), target="running"),
                     lambda: m.copy_config(source="running", target="startup"),
                     lambda: m.delete_config("startup"), m.cancel_commit,
                     lambda: m.kill_session(boss.session_id)):
            refused(call, "access-denied", words="members of heddle may")
        check(m.create_subscription().ok, "is told of things")
        check("module" in m.get_schema("heddle-port").data, "reads the model")


def own(m, name, inner=""):
    return to_ele(m.dispatch(to_ele(f'<{name} xmlns="{NS["hc"]}">{inner}</{name}>')).xml)


@test
def own_operations():
    with switch() as s:
        m, other = s.session(), s.session()
        own(m, "open-configuration", "<mode>private</mode>")
        edit(m, interfaces(port("web1", described("private"))))
        check(description(other, "web1", "candidate") is None, "nobody else sees it")
        changes = own(m, "get-changes")
        check("web1" in xpath(changes, "//hc:change/hc:path")[0].text, "get-changes")
        check(xpath(changes, "//hc:change/hc:operation")[0].text == "modify", "modify")
        check(not xpath(own(other, "get-changes"), "//hc:change"), "others have none")
        m.dispatch(to_ele(f'<commit xmlns="{NS["nc"]}"><comment xmlns="{NS["hc"]}">why not</comment>'
                          "</commit>"))
        check(description(other, "web1") == "private", "committed")
        own(m, "close-configuration")
        entries = xpath(own(m, "get-history"), "//hc:entry")
        check(xpath(entries[0], "hc:comment")[0].text == "why not", "comment")
        check(xpath(entries[0], "hc:user")[0].text == "olga", "user")
        check([xpath(e, "hc:index")[0].text for e in entries][:2] == ["0", "1"], "index")
        own(m, "rollback", "<index>1</index>")
        check(description(m, "web1", "candidate") is None, "rolled back")
        check(description(m, "web1") == "private", "and not committed")
        m.commit()
        check(description(m, "web1") is None, "now it is")
        refused(lambda: own(m, "rollback", "<index>49</index>"), "invalid-value")
        old = own(m, "get-history-config", "<index>1</index>")
        check(xpath(old, "//if:interface/if:description")[0].text == "private", "history")
        own(m, "open-configuration", "<mode>exclusive</mode>")
        refused(lambda: edit(other, interfaces(tap("x"))), "in-use")
        own(m, "close-configuration")
        check(edit(other, interfaces(tap("x"))).ok, "open again")


@test
def effects():
    """What a commit would do, before it does it."""
    with switch() as s:
        m = s.session()
        check(not xpath(own(m, "get-effects"), "//hc:effect"), "nothing would change")
        edit(m, interfaces(tap("added"), port("cust", op="delete")))
        effects_of = own(m, "get-effects")
        kinds = {n.text for n in xpath(effects_of, "//hc:effect/hc:kind")}
        check({"port-added", "port-removed"} <= kinds, kinds)
        check(all(n.text for n in xpath(effects_of, "//hc:effect/hc:text")), "in words")
        check("added" not in names(m), "nothing was done")


@test
def enough_checks():
    enough()


if __name__ == "__main__":
    sys.exit(main())
