#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Datastores: locks, confirmed commits, private and exclusive candidates, history, startup, and the
transient ports.

usage: store_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import pathlib
import sys
import tempfile
import time

from client import Client, Closed, errors, ok
from common import CONFIGS, main, test, world
from datastores import (HC, HP, IF, NMDA, changes, commit, edit, get, history, hport, iface, ifs, info,
                        leaf, names, op, startup_differs, tap, transient)
from planes import CONTROL, DATA, PORT

ALL = ["eth1", "web1", "fw", "cust"]


@contextlib.contextmanager
def clients_of(w, n):
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(contextlib.closing(Client(w.path))) for _ in range(n)]


@contextlib.contextmanager
def clients(n=2, config="good/canonical.json", **more):
    with world(config, **more) as w, contextlib.ExitStack() as stack:
        yield w, *(stack.enter_context(contextlib.closing(Client(w.path))) for _ in range(n))


def first(reply):
    found = errors(reply)
    assert found, "no error"
    return found[0]


def lock(c, ds, name="lock"):
    return c.rpc(f"<{name}><target><{ds}/></target></{name}>")


@test
def locks():
    with clients() as (w, a, b):
        assert ok(lock(a, "running"))
        for c in (a, b):
            reply = lock(c, "running")
            assert first(reply)[0] == "lock-denied" and info(reply, "session-id") == str(a.session)
        assert first(edit(b, ifs(tap("x")), target="running"))[0] == "in-use"
        assert ok(edit(b, ifs(tap("x")))) and first(commit(b))[0] == "in-use"
        assert ok(edit(a, ifs(tap("y")), target="running"))
        assert first(lock(b, "running", "unlock"))[0] == "operation-failed"
        # A dirty candidate cannot be locked: RFC 6241 7.5.
        reply = lock(a, "candidate")
        assert first(reply)[0] == "lock-denied" and info(reply, "session-id") == "0"
        assert ok(lock(a, "running", "unlock"))
        assert first(lock(a, "running", "unlock"))[0] == "operation-failed"
        assert ok(b.rpc("<discard-changes/>"))
        assert ok(lock(a, "candidate"))
        for reply in (edit(b, ifs(tap("z"))), b.rpc("<discard-changes/>"), commit(b),
                      op(b, "rollback", "<index>0</index>")):
            assert first(reply)[0] == "in-use" and str(a.session) in first(reply)[3], errors(reply)
        assert ok(edit(a, ifs(tap("z"))))
        # The lock goes with its session, and what was edited under it, too.
        a.close()
        w.wait("unlocked", lambda: ok(lock(b, "candidate")))
        assert names(b, "candidate") == ALL + ["y"]
        assert ok(lock(b, "startup"))


@test
def confirmed_commit_in_time():
    with clients() as (_, a, b):
        assert ok(edit(a, ifs(tap("x"))))
        assert ok(commit(a, "<confirmed/><confirm-timeout>60</confirm-timeout>"))
        assert names(a) == ALL + ["x"] and history(a)[0]["pending"]
        state = next(a.rpc("<get/>").iter(f"{{{HC}}}confirmed-commit"))
        assert state.findtext(f"{{{HC}}}session-id") == str(a.session)
        # Another's is in the way, and says so.
        assert ok(edit(b, ifs(tap("y"))))
        got = first(commit(b))
        assert got[0] == "in-use" and str(a.session) in got[3] and "seconds" in got[3], got
        assert first(edit(b, ifs(tap("z")), target="running"))[0] == "in-use"
        assert first(b.rpc("<cancel-commit/>"))[0] == "in-use"
        assert first(commit(b, "<persist-id>guess</persist-id>"))[0] == "invalid-value"
        assert first(lock(b, "running"))[0] == "lock-denied" and ok(lock(a, "running"))
        assert ok(lock(a, "running", "unlock"))
        assert ok(b.rpc("<discard-changes/>"))
        assert ok(commit(a)) and not history(a)[0]["pending"]
        assert not list(a.rpc("<get/>").iter(f"{{{HC}}}confirmed-commit"))
        assert names(a) == ALL + ["x"]
        assert first(a.rpc("<cancel-commit/>"))[0] == "operation-failed"


@test
def confirmed_commit_runs_out():
    with clients() as (w, a, b):
        assert ok(edit(a, ifs(tap("x"), iface("fw", op="delete"))))
        assert ok(commit(a, "<confirmed/><confirm-timeout>1</confirm-timeout>"))
        assert names(b) == ["eth1", "web1", "cust", "x"]
        w.wait("reverted", lambda: sorted(names(b)) == sorted(ALL))
        assert (PORT, "fw") in w.ends[DATA].objects and (PORT, "x") not in w.ends[DATA].objects
        # A follow-up changes more, and starts the time anew; all of it goes back.
        assert ok(edit(a, ifs(tap("x"))))
        assert ok(commit(a, "<confirmed/><confirm-timeout>60</confirm-timeout>"))
        assert ok(edit(a, ifs(tap("y"), iface("x", hport("<mtu>2000</mtu>")))))
        assert ok(commit(a, "<confirmed/><confirm-timeout>1</confirm-timeout>"))
        w.wait("reverted", lambda: sorted(names(b)) == sorted(ALL))
        assert "not confirmed" in history(b)[0]["comment"]


@test
def confirmed_commit_of_a_session_that_ends():
    with clients() as (w, a, b):
        assert ok(edit(a, ifs(tap("x"))))
        assert ok(commit(a, "<confirmed/><confirm-timeout>600</confirm-timeout>"))
        a.close()
        w.wait("reverted", lambda: names(b) == ALL)


@test
def confirmed_commit_that_persists():
    with clients(3) as (w, a, b, c):
        assert ok(edit(a, ifs(tap("x"))))
        assert ok(commit(a, "<confirmed/><persist>token</persist>"))
        # Not even its own session can confirm without the token.
        assert first(commit(a))[0] == "in-use"
        a.close()
        assert names(b) == ALL + ["x"]
        assert first(commit(b, "<persist-id>other</persist-id>"))[0] == "invalid-value"
        assert first(b.rpc("<cancel-commit><persist-id>other</persist-id></cancel-commit>"))[0] \
            == "invalid-value"
        assert ok(commit(b, "<persist-id>token</persist-id>"))
        assert ok(edit(b, ifs(tap("y"))))
        assert ok(commit(b, "<confirmed/><persist>t2</persist>")) and names(c) == ALL + ["x", "y"]
        assert ok(c.rpc("<cancel-commit><persist-id>t2</persist-id></cancel-commit>"))
        assert names(c) == ALL + ["x"]
        assert first(commit(b, "<persist-id>t2</persist-id>"))[0] == "invalid-value"


@test
def revert_waits_for_planes():
    with clients() as (w, a, b):
        assert ok(edit(a, ifs(tap("x"))))
        assert ok(commit(a, "<confirmed/><confirm-timeout>1</confirm-timeout>"))
        w.kill_plane(CONTROL)
        w.wait("tries", lambda: any("could not be reverted" in l for l in w.log))
        assert names(b) == ALL + ["x"]
        w.start_plane(CONTROL)
        w.wait("reverted", lambda: names(b) == ALL)


@test
def confirmed_commit_over_a_restart():
    with tempfile.TemporaryDirectory() as folder:
        with clients(1, run_dir=folder) as (w, a):
            assert ok(edit(a, ifs(tap("x"), iface("fw", hport("<mtu>3000</mtu>")))))
            assert ok(commit(a, "<confirmed/><confirm-timeout>600</confirm-timeout>"
                             "<persist>token</persist>"))
            assert ok(edit(a, ifs(iface("x", hport("<mtu>2000</mtu>")))))
            assert ok(commit(a, "<confirmed/><confirm-timeout>600</confirm-timeout>"
                             "<persist>token</persist><persist-id>token</persist-id>"))
        with clients(1, run_dir=folder) as (w, a):
            w.wait("what ran", lambda: leaf(a, "x", "mtu") == "2000")
            assert history(a)[0]["pending"]
            assert first(commit(a))[0] == "in-use"
            assert ok(a.rpc("<cancel-commit><persist-id>token</persist-id></cancel-commit>"))
            assert names(a) == ALL and leaf(a, "fw", "mtu") is None
            assert ok(edit(a, ifs(tap("y"))))
            assert ok(commit(a, "<confirmed/><confirm-timeout>2</confirm-timeout>"))
        # The session is gone, its deadline holds.
        with clients(1, run_dir=folder) as (w, a):
            w.wait("reverted", lambda: names(a) == ALL)


@test
def private_candidates():
    with clients(3) as (_, a, b, c):
        for x in (a, b):
            assert not errors(op(x, "open-configuration", "<mode>private</mode>"))
        assert first(op(a, "open-configuration", "<mode>private</mode>"))[0] == "in-use"
        assert ok(edit(a, ifs(tap("x")))) and ok(edit(b, ifs(tap("y")))) and ok(edit(c, ifs(tap("z"))))
        assert names(a, "candidate") == ALL + ["x"] and names(b, "candidate") == ALL + ["y"]
        assert names(c, "candidate") == ALL + ["z"] and names(c) == ALL
        assert list(changes(a).values()) == ["create"]
        # What the others have not touched follows running.
        assert ok(commit(a)) and names(c) == ALL + ["x"]
        assert sorted(names(b, "candidate")) == sorted(ALL + ["x", "y"]) and list(changes(b)) == [
            "/ietf-interfaces:interfaces/interface[name='y']"]
        # The same port, changed by two.
        mtu = lambda n: ifs(iface("fw", hport(f"<mtu>{n}</mtu>")))
        assert ok(edit(a, mtu(2000))) and ok(edit(b, mtu(3000)))
        assert ok(commit(b)) and leaf(c, "fw", "mtu") == "3000" and sorted(names(c)) == sorted(ALL + ["x", "y"])
        got = first(commit(a))
        assert got[0] == "in-use" and "name='fw'" in got[2] and f"session {b.session}" in got[3], got
        assert leaf(c, "fw", "mtu") == "3000"
        assert ok(a.rpc("<discard-changes/>")) and ok(edit(a, mtu(2500))) and ok(commit(a))
        assert leaf(c, "fw", "mtu") == "2500"
        # The shared candidate was never in it.
        assert sorted(names(c, "candidate")) == sorted(ALL + ["x", "y", "z"])
        assert ok(edit(a, ifs(tap("q")))) and ok(op(a, "close-configuration"))
        assert sorted(names(a, "candidate")) == sorted(ALL + ["x", "y", "z"])
        b.close()
        assert ok(commit(c)) and sorted(names(c)) == sorted(ALL + ["x", "y", "z"])


@test
def exclusive():
    with clients() as (w, a, b):
        assert ok(edit(b, ifs(tap("x"))))
        got = first(op(a, "open-configuration", "<mode>exclusive</mode>"))
        assert got[0] == "lock-denied" and "not committed" in got[3], got
        reply = op(a, "open-configuration")  # shared: what others left is told
        change = next(reply.iter(f"{{{HC}}}change"))
        assert change.findtext(f"{{{HC}}}session-id") == str(b.session)
        assert ok(b.rpc("<discard-changes/>"))
        assert not errors(op(a, "open-configuration", "<mode>exclusive</mode>"))
        for reply in (edit(b, ifs(tap("x"))), commit(b), edit(b, ifs(tap("x")), target="running")):
            got = first(reply)
            assert got[0] == "in-use" and "exclusively" in got[3], got
        for mode in ("private", "exclusive"):
            assert first(op(b, "open-configuration", f"<mode>{mode}</mode>"))[0] == "lock-denied"
        assert ok(edit(a, ifs(tap("y")))) and ok(commit(a))
        assert ok(edit(a, ifs(tap("z")))) and ok(op(a, "close-configuration"))
        assert names(b, "candidate") == ALL + ["y"]
        assert not errors(op(b, "open-configuration", "<mode>exclusive</mode>"))
        b.close()
        w.wait("free", lambda: ok(edit(a, ifs(tap("x")))))


@test
def refused_by_a_plane():
    with clients(1) as (w, a):
        assert ok(edit(a, ifs(tap("x"), iface("eth1", op="delete")), test="set"))
        assert errors(commit(a))
        assert ok(a.rpc("<discard-changes/>")) and ok(edit(a, ifs(tap("x"), iface("cust", op="delete"))))
        for plane in (DATA, CONTROL):
            with w.lock:
                w.ends[plane].refuse = "out of ids"
            assert "out of ids" in first(commit(a))[3]
            assert names(a) == ALL and sorted(names(a, "candidate")) == ["eth1", "fw", "web1", "x"]
        assert ok(commit(a)) and names(a) == ["eth1", "web1", "fw", "x"]


@test
def while_planes_think():
    """What is being committed stays as it is; the rest goes on."""
    with clients(4) as (w, a, b, c, d):
        assert not errors(op(d, "open-configuration", "<mode>private</mode>"))
        assert ok(edit(a, ifs(tap("x"), iface("cust", op="delete"))))
        with w.lock:
            w.ends[CONTROL].silent = True
        rpc = '<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="9">{}</rpc>'
        a.send(rpc.format("<commit/>"))
        w.wait("bracket", lambda: w.ends[CONTROL].full is not None or w.ends[DATA].full is not None)
        assert names(d) == ALL and sorted(names(d, "candidate")) == sorted(ALL)
        assert sorted(names(c, "candidate")) == ["eth1", "fw", "web1", "x"]
        for reply in (c.rpc("<discard-changes/>"), op(c, "rollback", "<index>0</index>")):
            assert first(reply)[0] == "in-use", errors(reply)
        assert ok(edit(d, ifs(tap("d"), iface("fw", op="delete"))))
        # An edit of the same candidate waits for its turn.
        b.send(rpc.format("<edit-config><target><candidate/></target><config>"
                          f"{ifs(tap('y'))}</config></edit-config>"))
        assert sorted(names(c, "candidate")) == ["eth1", "fw", "web1", "x"]
        w.kill_plane(CONTROL)
        w.start_plane(CONTROL)
        assert "<ok/>" in a.receive() and "<ok/>" in b.receive()
        assert sorted(names(c)) == ["eth1", "fw", "web1", "x"]
        assert sorted(names(c, "candidate")) == ["eth1", "fw", "web1", "x", "y"]
        assert sorted(names(d, "candidate")) == ["d", "eth1", "web1", "x"]
        assert ok(commit(d)) and sorted(names(c)) == ["d", "eth1", "web1", "x"]
        # Whoever commits may be gone before it is done.
        assert ok(edit(d, ifs(tap("e"))))
        with w.lock:
            w.ends[CONTROL].silent = True
        d.send(rpc.format("<commit/>"))
        w.wait("bracket", lambda: w.ends[DATA].full is not None)
        d.close()
        assert len(names(c)) == 4
        w.kill_plane(CONTROL)
        w.start_plane(CONTROL)
        w.wait("commit", lambda: len(names(c)) == 5)
        # So may who waits for a turn, whose private candidate goes as well: nothing is committed.
        with clients_of(w, 2) as (e, f):
            assert not errors(op(e, "open-configuration", "<mode>private</mode>"))
            assert ok(edit(e, ifs(tap("gone")))) and ok(edit(b, ifs(tap("kept"))))
            with w.lock:
                w.ends[CONTROL].silent = True
            f.send(rpc.format("<edit-config><target><running/></target><config>"
                              f"{ifs(tap('f'))}</config></edit-config>"))
            w.wait("bracket", lambda: w.ends[DATA].full is not None)
            e.send(rpc.format("<commit/>"))
            kill = f"<kill-session><session-id>{e.session}</session-id></kill-session>"
            assert ok(c.rpc(kill)) and first(c.rpc(kill))[0] == "invalid-value"
            assert len(names(c)) == 5
            w.kill_plane(CONTROL)
            w.start_plane(CONTROL)
            assert "<ok/>" in f.receive()
            assert ok(edit(f, ifs(tap("g")), target="running"))
            assert {"f", "g"} < set(names(c)), names(c)
            assert not {"gone", "kept"} & set(names(c))
        # A confirmed commit whose session ends while the planes work is reverted at once.
        assert ok(c.rpc("<discard-changes/>")) and ok(edit(a, ifs(tap("brief"))))
        with w.lock:
            w.ends[CONTROL].silent = True
        a.send(rpc.format("<commit><confirmed/></commit>"))
        w.wait("bracket", lambda: w.ends[DATA].full is not None)
        assert ok(c.rpc(f"<kill-session><session-id>{a.session}</session-id></kill-session>"))
        assert len(names(c)) == 7
        w.kill_plane(CONTROL)
        w.start_plane(CONTROL)
        w.wait("reverted", lambda: any("it is reverted" in l for l in w.log))
        w.wait("gone", lambda: "brief" not in names(c))


@test
def the_past():
    with clients(1) as (w, a):
        # By name: a port that comes back stands last.
        lines = lambda e: sorted(repr([(x.tag, x.text) for x in i.iter()])
                                 for i in e.iter(f"{{{IF}}}interface"))
        text = lambda ds: lines(get(a, ds))
        start = text("running")
        states = [start]
        for n in range(5):
            assert ok(edit(a, ifs(tap(f"p{n}"), iface("fw", hport(f"<mtu>{2000 + n}</mtu>")))))
            assert ok(commit(a, f'<comment xmlns="{HC}">number {n}</comment>'))
            states.append(text("running"))
        assert ok(edit(a, ifs(iface("p0", op="delete"), iface("eth1", op="delete")), test="set"))
        assert errors(commit(a)) and ok(a.rpc("<discard-changes/>"))
        entries = history(a)
        assert [e["comment"] for e in entries[:5]] == [f"number {n}" for n in range(4, -1, -1)]
        assert entries[5]["client"] == "boot" and len(entries) == 6
        for index in range(6):
            config = next(op(a, "get-history-config", f"<index>{index}</index>").iter(f"{{{HC}}}config"))
            assert lines(config) == states[5 - index], index
            assert ok(op(a, "rollback", f"<index>{index}</index>"))
            assert text("candidate") == states[5 - index], index
        assert text("running") == states[5]
        assert ok(commit(a)) and text("running") == start
        assert ok(op(a, "rollback", "<index>1</index>")) and ok(commit(a)) and text("running") == states[5]
        assert first(op(a, "rollback", "<index>49</index>"))[0] == "invalid-value"
        assert first(op(a, "get-history-config", "<index>49</index>"))[0] == "invalid-value"


@test
def no_more_than_fifty():
    with tempfile.TemporaryDirectory() as folder:
        with clients(1, run_dir=folder) as (w, a):
            for n in range(130):
                assert ok(edit(a, ifs(iface("fw", hport(f"<mtu>{2000 + n}</mtu>")))))
                assert ok(commit(a, f'<comment xmlns="{HC}">number {n}</comment>'))
            assert len(history(a)) >= 50 and history(a)[49]["comment"] == "number 80"
            assert ok(op(a, "rollback", "<index>49</index>"))
            assert leaf(a, "fw", "mtu", "candidate") == "2080"
        with clients(1, run_dir=folder) as (w, a):
            w.wait("what ran", lambda: leaf(a, "fw", "mtu") == "2129")
            assert ok(op(a, "rollback", "<index>49</index>"))
            assert leaf(a, "fw", "mtu", "candidate") == "2080"


@test
def transient_ports():
    with tempfile.TemporaryDirectory() as folder:
        with clients(2, run_dir=folder) as (w, a, b):
            assert ok(transient(a, ifs(tap("vm1"), tap("vm2"))))
            assert names(a) == ALL and names(a, "candidate") == ALL
            assert {(PORT, "vm1"), (PORT, "vm2")} <= set(w.ends[DATA].objects)
            data = a.rpc(f'<get-data xmlns="{NMDA}"><datastore xmlns:hc="{HC}">hc:transient</datastore>'
                         "</get-data>")
            assert [e.text for e in data.iter(f"{{{IF}}}name")] == ["vm1", "vm2"]
            # Neither lock nor confirmed commit nor history has to do with them.
            assert ok(lock(b, "running")) and ok(lock(b, "candidate"))
            entries = len(history(a))
            assert ok(transient(a, ifs(iface("vm2", hport("<mtu>2000</mtu>")))))
            assert ok(transient(a, ifs(tap("vm3")))) and len(history(a)) == entries
            assert ok(lock(b, "running", "unlock")) and ok(lock(b, "candidate", "unlock"))
            # One name is one port.
            assert first(transient(a, ifs(tap("fw"))))[0] == "data-exists"
            assert ok(edit(a, ifs(tap("vm1")))) and first(commit(a))[0] == "data-exists"
            assert ok(a.rpc("<discard-changes/>"))
            assert first(edit(a, ifs(tap("vm1")), target="running"))[0] == "data-exists"
            # Nothing but ports.
            reply = transient(a, '<switches xmlns="urn:heddle:yang:heddle-switch"><switch><name>s</name>'
                              "</switch></switches>")
            assert first(reply)[0] == "operation-not-supported"
            assert first(transient(a, ifs(tap("vm4", access="nowhere"))))[0] == "data-missing"
            with w.lock:
                w.ends[DATA].refuse = "out of ids"
            assert "out of ids" in first(transient(a, ifs(tap("vm4"), iface("vm1", op="delete"))))[3]
            assert {k for t, k in w.ends[DATA].objects if t == PORT and k[:2] == "vm"} == {"vm1", "vm2", "vm3"}
            # What they stand on cannot be taken from under them.
            gone = ('<switches xmlns="urn:heddle:yang:heddle-switch" '
                    'xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0"><switch><name>sw0</name>'
                    '<segment nc:operation="delete"><name>lab</name></segment></switch></switches>')
            assert ok(edit(a, gone + ifs(iface("fw", hport("<trunk>office</trunk>"), "merge")), test="set"))
            found = errors(commit(a))
            assert any("transient port" in e[3] and "vm1" in e[2] for e in found), found
            assert ok(a.rpc("<discard-changes/>"))
            assert ok(transient(a, ifs(iface("vm1", op="delete"))))
            assert ok(edit(a, ifs(tap("vm1")))) and ok(commit(a))
        with clients(1, run_dir=folder) as (w, a):
            w.wait("they are back", lambda: {(PORT, "vm2"), (PORT, "vm3")} <= set(w.ends[DATA].objects))
            assert names(a) == ALL + ["vm1"] and ok(transient(a, "", default="replace"))
            assert not any(k in ("vm2", "vm3") for _, k in w.ends[DATA].objects)


@test
def startup():
    with tempfile.TemporaryDirectory() as folder:
        with clients(1, run_dir=folder, config=None) as (w, a):
            copy = lambda s, t: a.rpc(f"<copy-config><target><{t}/></target><source>{s}</source></copy-config>")
            assert names(a) == []
            sw = ('<switches xmlns="urn:heddle:yang:heddle-switch"><switch><name>sw0</name><segment>'
                  "<name>lab</name><host-only/></segment></switch></switches>")
            assert ok(edit(a, sw + ifs(tap("a")))) and ok(commit(a)) and names(a, "startup") == []
            assert startup_differs(a)
            assert ok(copy("<running/>", "startup")) and names(a, "startup") == ["a"]
            assert not startup_differs(a)
            assert ok(edit(a, ifs(tap("b")))) and ok(commit(a, f'<save xmlns="{HC}"/>'))
            assert names(a, "startup") == ["a", "b"]
            assert ok(edit(a, ifs(tap("c"))))
            assert ok(commit(a, f'<confirmed/><save xmlns="{HC}"/>')) and names(a, "startup") == ["a", "b"]
            assert startup_differs(a)
            assert ok(commit(a)) and names(a, "startup") == ["a", "b", "c"]
            assert not startup_differs(a)
            assert first(copy(f"<config>{ifs(tap('x'))}</config>", "startup"))[0] == "data-missing"
            assert ok(copy(f"<config>{sw + ifs(tap('x'))}</config>", "startup"))
            assert names(a, "startup") == ["x"] and names(a) == ["a", "b", "c"]
            assert ok(copy("<startup/>", "candidate")) and names(a, "candidate") == ["x"]
            assert ok(a.rpc("<validate><source><startup/></source></validate>"))
            assert ok(copy("<running/>", "candidate")) and not changes(a)
            assert first(copy("<running/>", "running"))[0] == "invalid-value"
            assert ok(copy(f"<config>{sw + ifs(tap('y'))}</config>", "running")) and names(a) == ["y"]
            assert first(a.rpc("<delete-config><target><running/></target></delete-config>"))
        with clients(1, run_dir=folder, config=None, env={"HEDDLE_INSTANCE": "another"}) as (w, a):
            w.wait("boot", lambda: names(a) == ["x"])
            assert history(a)[0]["client"] == "boot" and ok(op(a, "rollback", "<index>1</index>"))
            assert names(a, "candidate") == ["y"]
            assert ok(a.rpc("<delete-config><target><startup/></target></delete-config>"))
            assert names(a, "startup") == []


@test
def a_given_file_is_never_written():
    with clients(1) as (w, a):
        assert ok(edit(a, ifs(tap("x")))) and ok(commit(a, f'<save xmlns="{HC}"/>'))
        assert names(a, "startup") == ALL
        got = first(a.rpc("<copy-config><target><startup/></target><source><running/></source></copy-config>"))
        assert got[0] == "operation-not-supported" and "-c" in got[3], got


@test
def many_at_once():
    with clients(6) as (w, *all_of_them):
        for n, c in enumerate(all_of_them):
            assert not errors(op(c, "open-configuration", "<mode>private</mode>"))
            assert ok(edit(c, ifs(tap(f"n{n}"))))
        for c in all_of_them:
            c.send('<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="9"><commit/></rpc>')
        for c in all_of_them:
            assert "<ok/>" in c.receive()
        assert sorted(names(all_of_them[0])) == sorted(ALL + [f"n{n}" for n in range(6)])


if __name__ == "__main__":
    sys.exit(main())
