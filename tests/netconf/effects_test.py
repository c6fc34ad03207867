#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""get-effects: what a commit would do, through the socket.

usage: effects_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import sys

from client import Client, errors, ok
from common import main, test, world
from datastores import HC, OPS, TAP, commit, edit, hport, iface, ifs, op, tap
from planes import DATA, EVENT, PORT_STATE, port_state

NS = f"{{{HC}}}"


@contextlib.contextmanager
def client():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        yield w, c


def effects(c, body=""):
    """[(severity, kind, path, text)]"""
    reply = op(c, "get-effects", body)
    assert not errors(reply), errors(reply)
    text = lambda e, n: e.findtext(NS + n)
    return [tuple(text(e, n) for n in ("severity", "kind", "path", "text"))
            for e in reply.findall(NS + "effect")]


def kinds(c, body=""):
    return [(severity, kind) for severity, kind, _, _ in effects(c, body)]


def path(port):
    return f"/ietf-interfaces:interfaces/interface[name='{port}']"


def all_up(w, *ports):
    """heddle-dp says that these ports are up, and heddle-mgmt has heard it."""
    for n, name in enumerate(ports):
        w.ends[DATA].send(EVENT, PORT_STATE, port_state(name, port_id=n))
    with contextlib.closing(Client(w.path)) as c:
        def seen():
            reply = c.rpc('<get><filter type="subtree"><interfaces xmlns="urn:ietf:params:xml:ns:'
                          'yang:ietf-interfaces"/></filter></get>')
            states = {e.findtext("{*}name"): e.findtext("{*}oper-status")
                      for e in reply.iter("{urn:ietf:params:xml:ns:yang:ietf-interfaces}interface")}
            return all(states.get(name) == "up" for name in ports)
        w.wait("ports are up", seen)


@test
def nothing_changes():
    with client() as (_, c):
        assert effects(c) == []


@test
def ports_and_numbers():
    with client() as (w, c):
        all_up(w, "cust")
        assert ok(edit(c, ifs(tap("new"), iface("cust", op="delete"))))
        found = effects(c)
        assert ("info", "port-added", path("new"), "port new is added") in found, found
        # The switch that is played has one address, whatever is asked.
        assert ("warning", "port-removed", path("cust"),
                "port cust is removed: it is up now, with 1 address behind it") in found, found
        assert [f[0] for f in found] == sorted((f[0] for f in found),
                                               key=("danger", "warning", "info").index)
        # It is the candidate that is shown, and nothing is changed by looking.
        assert w.ends[DATA].brackets and len(w.ends[DATA].brackets) == 1
        assert ok(c.rpc("<discard-changes/>")) and effects(c) == []


@test
def restarts():
    with client() as (_, c):
        assert ok(edit(c, ifs(iface("web1", '<vhost-user xmlns="urn:heddle:yang:heddle-vhost-user">'
                                            "<queues>4</queues></vhost-user>"))))
        assert [k for _, k, p, _ in effects(c) if p == path("web1")] == ["port-restarts"]


@test
def mistakes_are_named_once():
    with client() as (_, c):
        assert ok(edit(c, ifs(tap("lost", "3999"))))
        assert ("warning", "vlan-not-carried") in kinds(c)
        # A trunk that names a segment without a VLAN.
        assert ok(edit(c, ifs(iface("t", TAP + hport("<switch>sw0</switch><trunk>office</trunk><trunk>lab</trunk>")))))
        assert ("warning", "trunk-without-tag") in kinds(c)
        assert ok(commit(c))
        assert effects(c) == []
        assert ok(edit(c, ifs(tap("other"))))
        assert kinds(c) == [("info", "port-added")], kinds(c)


@test
def what_is_refused_is_an_error():
    with client() as (_, c):
        assert ok(edit(c, ifs(tap("bad", "nosuch")), test="set"))
        [(tag, app_tag, where, message)] = errors(op(c, "get-effects"))
        assert (tag, app_tag) == ("data-missing", "instance-required"), (tag, app_tag)
        assert "nosuch" in message and "bad" in where


@test
def the_first_of_a_session_of_its_own():
    with client() as (w, c), contextlib.closing(Client(w.path)) as other:
        assert ok(edit(c, ifs(tap("shared"))))
        assert not errors(op(other, "open-configuration", "<mode>private</mode>"))
        assert effects(other) == []
        assert kinds(c) == [("info", "port-added")]


@test
def the_connection_that_commits():
    address = ('<switches xmlns="urn:heddle:yang:heddle-switch" %s><switch><name>sw0</name><segment>'
               "<name>lab</name><host-interface%s><name>hd-lab</name>%s</host-interface>"
               "</segment></switch></switches>")
    with client() as (_, c):
        assert ok(edit(c, address % (OPS, "", "<address>192.0.2.1/24</address>"))), "no such segment"
        assert ok(commit(c))
        assert ok(edit(c, address % (OPS, ' nc:operation="delete"', "")))
        own = [(s, k) for s, k, _, _ in effects(c) if k == "own-connection"]
        assert own == [("danger", "own-connection")] * 2, effects(c)  # it has two addresses
        found = effects(c, "<local-address>192.0.2.1</local-address>")
        assert any("you are connected" in t for _, k, _, t in found if k == "own-connection"), found
        found = effects(c, "<local-address>198.51.100.1</local-address>")
        assert "own-connection" not in [k for _, k, _, _ in found]
        assert ("warning", "host-interface") in [(s, k) for s, k, _, _ in found], found


@test
def a_silent_heddle_dp_leaves_numbers_out():
    with client() as (w, c):
        all_up(w, "cust")
        with w.lock:
            w.ends[DATA].silent = True
        assert ok(edit(c, ifs(iface("cust", op="delete"))))
        found = effects(c)
        assert ("warning", "port-removed", path("cust"),
                "port cust is removed: it is up now") in found, found
        with w.lock:
            w.ends[DATA].silent = False


@test
def without_heddle_dp():
    with client() as (w, c):
        w.kill_plane(DATA)
        assert ok(edit(c, ifs(iface("cust", op="delete"))))
        assert ("warning", "port-removed", path("cust"), "port cust is removed") in effects(c)


@test
def sessions_that_leave_meanwhile():
    with client() as (w, c):
        with w.lock:
            w.ends[DATA].silent = True
        assert ok(edit(c, ifs(iface("cust", op="delete"))))
        for _ in range(5):
            gone = Client(w.path)
            gone.send('<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="1">'
                      f'<get-effects xmlns="{HC}"/></rpc>')
            gone.close()
        assert effects(c)
        with w.lock:
            w.ends[DATA].silent = False


if __name__ == "__main__":
    sys.exit(main())
