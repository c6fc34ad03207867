#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Datastores: what a revert takes with it, and what a refusal leaves alone.

usage: revert_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import sys
import tempfile

from client import BASE, Client, errors, ok
from common import SEGMENT, SWITCH, main, test, world
from datastores import HC, NMDA, commit, edit, history, iface, ifs, names, op, tap, transient
from planes import CONTROL, DATA, PORT

ALL = ["eth1", "web1", "fw", "cust"]


@contextlib.contextmanager
def clients(n=2, config="good/canonical.json", **more):
    with world(config, **more) as w, contextlib.ExitStack() as stack:
        yield w, *(stack.enter_context(contextlib.closing(Client(w.path))) for _ in range(n))


def kill(w):
    w.expect = -9
    w.process.kill()
    w.process.wait()


@test
def edits_of_running_while_a_commit_waits():
    """They are part of what is not confirmed, also after a restart."""
    with tempfile.TemporaryDirectory() as folder, clients(2, run_dir=folder) as (w, a, b):
        def attempt():
            assert ok(edit(a, ifs(tap("x")))) and ok(commit(a, "<confirmed/>"))
            assert ok(edit(a, ifs(tap("y")), target="running"))
            assert names(b) == ALL + ["x", "y"] and history(b)[0]["pending"]

        attempt()
        assert ok(a.rpc("<cancel-commit/>")) and names(b) == ALL
        attempt()
        kill(w)
        with clients(1, run_dir=folder) as (w2, c):
            w2.wait("reverted", lambda: names(c) == ALL and not history(c)[0]["pending"])


@test
def a_revert_under_a_transient_port():
    """The port of that name that came meanwhile stays, and goes to the one that is configured."""
    with clients() as (w, a, b):
        held = lambda: w.ends[DATA].objects.get((PORT, "x"))
        assert ok(edit(a, ifs(tap("x")), target="running"))
        first_one = held()
        assert ok(edit(a, ifs(iface("x", op="delete")))) and ok(commit(a, "<confirmed/>"))
        assert ok(transient(b, ifs(tap("x", extra="<mtu>2000</mtu>"))))
        second = held()
        assert ok(a.rpc("<cancel-commit/>")) and "x" in names(b) and held() == second != first_one
        assert ok(transient(b, ifs(iface("x", op="remove"))))
        assert "x" in names(b) and held() == first_one


@test
def what_is_refused_leaves_all_as_it_was():
    with tempfile.TemporaryDirectory() as state, \
            clients(config=None, options=("--state-dir", state)) as (w, a, b):
        assert ok(edit(a, SWITCH.format(SEGMENT.format("lab", "")) + ifs(tap("x"))))
        assert errors(op(a, "rollback", "<index>99</index>"))[0][0] == "invalid-value"
        assert names(a, "candidate") == ["x"]
        assert ok(b.rpc("<lock><target><startup/></target></lock>"))
        reply = commit(a, f'<save xmlns="{HC}"/>')
        assert errors(reply)[0][0] == "in-use" and names(a) == [], errors(reply)
        assert ok(commit(b, f'<save xmlns="{HC}"/>')) and names(a, "startup") == ["x"]


@test
def what_was_cancelled_stays_so():
    """Also when it had changed nothing, and left no other trace."""
    with tempfile.TemporaryDirectory() as folder:
        with clients(1, run_dir=folder) as (w, a):
            assert ok(commit(a, "<confirmed/><persist>t</persist>")) and history(a)[0]["pending"]
            assert ok(a.rpc("<cancel-commit><persist-id>t</persist-id></cancel-commit>"))
            kill(w)
        with clients(1, run_dir=folder) as (w, a):
            assert not history(a)[0]["pending"] and ok(edit(a, ifs(tap("x")), target="running"))


@test
def a_lock_ends_while_its_commit_is_refused():
    """The edits go with the lock (RFC 6241 8.3.5.2), though planes looked at them when it ended."""
    with clients() as (w, a, b):
        assert ok(a.rpc("<lock><target><candidate/></target></lock>"))
        assert ok(edit(a, ifs(tap("x"))))
        with w.lock:
            w.ends[CONTROL].silent = True
        a.send(f'<rpc xmlns="{BASE}" message-id="9"><commit/></rpc>')
        w.wait("bracket", lambda: w.ends[DATA].full is not None)
        assert ok(b.rpc(f"<kill-session><session-id>{a.session}</session-id></kill-session>"))
        assert names(b, "candidate") == ALL + ["x"]
        w.kill_plane(CONTROL)
        with w.lock:
            w.start_plane(CONTROL).refuse = "no room"
        w.wait("refused", lambda: names(b, "candidate") == ALL)
        assert names(b) == ALL and ok(b.rpc("<lock><target><candidate/></target></lock>"))


@test
def a_revert_is_of_the_commit_that_ran_out():
    """Not of one that waited for its turn before it."""
    rpc = f'<rpc xmlns="{BASE}" message-id="9">{{}}</rpc>'
    with clients(3) as (w, a, b, c):
        assert not errors(op(c, "open-configuration", "<mode>private</mode>"))
        assert ok(edit(c, ifs(tap("y")))) and ok(edit(a, ifs(tap("x"))))
        assert ok(commit(a, "<confirmed/><confirm-timeout>4</confirm-timeout>"))
        with w.lock:
            w.ends[CONTROL].silent = True
        b.send('<rpc xmlns="{}" message-id="9"><edit-data xmlns="{}"><datastore xmlns:hc="{}">'
               "hc:transient</datastore><config>{}</config></edit-data></rpc>".format(
                   BASE, NMDA, HC, ifs(tap("t"))))
        w.wait("bracket", lambda: w.ends[DATA].full is not None)
        a.send(rpc.format("<commit/>"))
        assert names(c, "startup")  # so that the commit of a stands before the one that follows
        c.send(rpc.format("<commit><confirmed/></commit>"))
        w.wait("the deadline", lambda: any("was not confirmed" in line for line in w.log))
        w.kill_plane(CONTROL)
        w.start_plane(CONTROL)
        assert all("<ok/>" in session.receive() for session in (b, a, c))
        assert ok(edit(c, ifs(tap("z")), target="running"))
        assert sorted(names(a)) == sorted(ALL + ["x", "y", "z"]), names(a)
        assert history(a)[0]["pending"]


if __name__ == "__main__":
    sys.exit(main())
