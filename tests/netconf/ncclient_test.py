#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Every operation and capability through ncclient, over a real sshd and heddle-netconf. Takes root.

usage: ncclient_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]    (HEDDLE_NETCONF: the proxy)
"""
import contextlib
import json
import os
import pathlib
import sys
import time

import accounts

FOLDER = accounts.enter()

# pylint: disable=wrong-import-position
try:
    from ncclient.operations import RPCError
    from ncclient.xml_ import to_ele
except ImportError:
    accounts.skip("there is no ncclient (apt install python3-ncclient)")
import ssh_world  # noqa: E402
from common import CONFIGS, MGMT, main, test, world  # noqa: E402

PROXY = pathlib.Path(os.environ.get("HEDDLE_NETCONF",
                                    MGMT.parent / "proxy" / "heddle-netconf")).resolve()
ssh_world.keys(FOLDER)
CHECKS, COUNT = [0], iter(range(1000))
CAP = "urn:ietf:params:netconf:capability:"
NS = {"nc": "urn:ietf:params:xml:ns:netconf:base:1.0",
      "if": "urn:ietf:params:xml:ns:yang:ietf-interfaces",
      "hs": "urn:heddle:yang:heddle-switch", "hp": "urn:heddle:yang:heddle-port",
      "hc": "urn:heddle:yang:heddle-config", "ht": "urn:heddle:yang:heddle-tap",
      "acm": "urn:ietf:params:xml:ns:yang:ietf-netconf-acm",
      "ncm": "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring",
      "nmda": "urn:ietf:params:xml:ns:yang:ietf-netconf-nmda",
      "n": "urn:ietf:params:xml:ns:netconf:notification:1.0",
      "nn": "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications",
      "yl": "urn:ietf:params:xml:ns:yang:ietf-yang-library",
      "wd": "urn:ietf:params:xml:ns:netconf:default:1.0"}


def check(condition, *what):
    CHECKS[0] += 1
    assert condition, what


class Switch:
    def __init__(self, w):
        self.w, self.open = w, []

    def session(self, user="olga"):
        m = ssh_world.connect(FOLDER, user)
        self.open.append(m)
        return m


@contextlib.contextmanager
def switch():
    conf = json.loads((CONFIGS / "good" / "canonical.json").read_text(encoding="utf-8"))
    conf.update(json.loads((ssh_world.ROOT / "packaging" / "nacm.json").read_text(encoding="utf-8")))
    run = FOLDER / f"run{next(COUNT)}"
    run.mkdir()
    run.chmod(0o755)
    state = run / "state"
    state.mkdir()
    path = run / "first.json"
    path.write_text(json.dumps(conf), encoding="utf-8")
    with world(None, run_dir=run, options=("--state-dir", state, "--initial-config", path)) as w, \
            ssh_world.sshd(FOLDER, w.path, PROXY):
        s = Switch(w)
        try:
            yield s
        finally:
            for m in s.open:
                with contextlib.suppress(Exception):
                    m.close_session()


def xpath(data, path):
    return data.xpath(path, namespaces=NS)


def config(inner):
    return f'<config xmlns="{NS["nc"]}" xmlns:nc="{NS["nc"]}">{inner}</config>'


def interfaces(*inner):
    return f'<interfaces xmlns="{NS["if"]}">{"".join(inner)}</interfaces>'


def port(name, inner="", op=""):
    op = f' nc:operation="{op}"' if op else ""
    return f"<interface{op}><name>{name}</name>{inner}</interface>"


def tap(name, inner="", op=""):
    return port(name, f'<type xmlns:t="{NS["ht"]}">t:tap</type>{inner}'
                f'<port xmlns="{NS["hp"]}"><switch>sw0</switch><access>office</access></port>', op)


def described(text, op=""):
    op = f' nc:operation="{op}"' if op else ""
    return f"<description{op}>{text}</description>"


def edit(m, inner, target="candidate", **more):
    return m.edit_config(target=target, config=config(inner), **more)


def names(m, source="running"):
    data = m.get_config(source, filter=("subtree", interfaces())).data
    return [n.text for n in xpath(data, "//if:interface/if:name")]


def description(m, name, source="running"):
    data = m.get_config(source, filter=("subtree", interfaces(port(name)))).data
    found = xpath(data, "//if:interface/if:description")
    return found[0].text if found else None


def first(e):
    """ncclient has the errors in a list when there are several."""
    return e.errlist[0] if getattr(e, "errlist", None) else e


def refused(call, tag, path=None, app=None, words=None, info=None):
    """The call is refused with this error; it is returned."""
    try:
        call()
    except RPCError as several:
        e = first(several)
        check(e.tag == tag, "tag", e.tag, tag, e.message)
        check(e.message and len(e.message) > 8, "a message for people", e.message)
        if path is not None:
            check(e.path and path in e.path, "path", e.path, path)
        if app:
            check(e.app_tag == app, "app-tag", e.app_tag, app)
        if words:
            check(words in e.message, "message", e.message, words)
        if info:
            check(e.info and info in e.info, "info", e.info, info)
        return e
    raise AssertionError(f"it was not refused: {tag}")


def until(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            CHECKS[0] += 1
            return
        time.sleep(0.05)  # what happens is told to nobody
    raise AssertionError(f"{what}: not in {seconds} s")


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
     None, {}),
    ("two cases of a choice", f'<switches xmlns="{NS["hs"]}"><switch><name>sw0</name><segment>'
     "<name>lab</name><host-only/><bridged/></segment></switch></switches>", None, {}),
    ("state", interfaces(port("web1", "<oper-status>up</oper-status>")), None, {}),
    ("a bad operation", interfaces(port("web1", described("x", "twist"))), None, {}),
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
                check(tag is None or e.tag == tag, name, e.tag, e.message)
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
    """The last one: it counts the others, when all were run."""
    print(f"     {CHECKS[0]} checks")
    assert len(sys.argv) > 3 or CHECKS[0] >= 100, CHECKS[0]


if __name__ == "__main__":
    sys.exit(main())
