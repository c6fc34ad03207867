#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Every operation on a datastore by every way to name one (RFC 6241 7, RFC 8526 3).

usage: nmda_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import pathlib
import sys
import tempfile

from client import Client, errors, ok
from common import config, main, test, world
from datastores import HC, NMDA, edit, ifs, info, names, tap

DS = f'xmlns:ds="urn:ietf:params:xml:ns:yang:ietf-datastores" xmlns:hc="{HC}"'
IDENTITIES = ("ds:running", "ds:candidate", "ds:startup", "ds:intended", "hc:transient",
              "ds:operational", "ds:conventional", "ds:dynamic")
ELEMENTS = ("running", "candidate", "startup", "intended", "operational")
MONITORING = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"


def named(identity):
    return f'<datastore xmlns="{NMDA}" {DS}>{identity}</datastore>'


def locked(c):
    """The datastores that ietf-netconf-monitoring says are locked, with the session."""
    tag = lambda n: f"{{{MONITORING}}}{n}"
    state = c.rpc(f'<get><filter><netconf-state xmlns="{MONITORING}"/></filter></get>')
    return {d.findtext(tag("name")): int(d.find(".//" + tag("locked-by-session")).text)
            for d in state.iter(tag("datastore")) if d.find(tag("locks")) is not None}


@contextlib.contextmanager
def two(**more):
    with world(**more) as w, contextlib.closing(Client(w.path)) as a, \
            contextlib.closing(Client(w.path)) as b:
        yield w, a, b


@test
def a_lock_by_identity_is_the_lock_by_element():
    lock, unlock = "<lock><target>{}</target></lock>", "<unlock><target>{}</target></unlock>"
    with two() as (w, a, b):
        for name in ("running", "candidate", "startup"):
            element, identity = f"<{name}/>", named("ds:" + name)
            for one, other in ((element, identity), (identity, element), (identity, identity)):
                assert ok(a.rpc(lock.format(one))), name
                assert locked(b) == {name: a.session}
                for way in (element, identity):
                    reply = b.rpc(lock.format(way))
                    assert errors(reply)[0][0] == "lock-denied", (name, way)
                    assert info(reply, "session-id") == str(a.session)
                    assert errors(b.rpc(unlock.format(way)))[0][0] == "operation-failed"
                assert ok(a.rpc(unlock.format(other)))
                assert locked(b) == {}
        # It keeps others from editing.
        assert ok(a.rpc(lock.format(named("ds:running"))))
        reply = edit(b, ifs(tap("x")), "running")
        assert errors(reply)[0][0] == "in-use" and "x" not in names(b)


@test
def no_operation_takes_a_datastore_that_it_is_not_for():
    ways = {"lock": "<lock><target>{}</target></lock>", "unlock": "<unlock><target>{}</target></unlock>",
            "validate": "<validate><source>{}</source></validate>"}
    taken = {"ds:running", "ds:candidate", "ds:startup"}
    with two() as (w, a, b):
        for op, text in ways.items():
            for identity in IDENTITIES:
                got = errors(a.rpc(text.format(named(identity))))
                if identity in taken:
                    assert not got, (op, identity, got)
                    continue
                assert got[0][0] == "invalid-value", (op, identity, got)
                assert "ncds:datastore" in got[0][2] and "ietf-datastores:candidate" in got[0][3], got
            if op == "unlock":
                assert locked(b) == {}
        data = {"get-data": ({"ds:running", "ds:candidate", "ds:startup", "ds:intended",
                              "hc:transient", "ds:operational"}, "<max-depth>1</max-depth>"),
                "edit-data": ({"ds:running", "ds:candidate", "hc:transient"}, "<config/>")}
        for op, (taken, rest) in data.items():
            for identity in IDENTITIES:
                got = errors(a.rpc(f'<{op} xmlns="{NMDA}"><datastore {DS}>{identity}</datastore>'
                                   f'{rest}</{op}>'))
                assert (got and got[0][0]) == ([] if identity in taken else "invalid-value"), \
                    (op, identity, got)


@test
def the_older_operations_know_no_identities():
    """RFC 8526 3.2 gives <datastore> to lock, unlock and validate only."""
    rows = {"get-config": "<get-config><source>{}</source></get-config>",
            "edit-config": "<edit-config><target>{}</target><config/></edit-config>",
            "copy-config": "<copy-config><target>{}</target><source><running/></source></copy-config>",
            "copy-config from": "<copy-config><target><candidate/></target><source>{}</source></copy-config>",
            "delete-config": "<delete-config><target>{}</target></delete-config>"}
    elements = {"get-config": {"running", "candidate", "startup"},
                "edit-config": {"running", "candidate"},
                "copy-config": {"running", "candidate", "startup"},
                "copy-config from": {"running", "candidate", "startup"},
                "delete-config": {"startup"}}
    with two() as (w, a, _):
        for op, text in rows.items():
            for identity in IDENTITIES:
                reply = a.rpc(text.format(named(identity)))
                assert errors(reply)[0][0] == "unknown-element", (op, identity)
                assert info(reply, "bad-element") == "datastore"
            for name in ELEMENTS:
                got = errors(a.rpc(text.format(f"<{name}/>")))
                if name not in elements[op]:
                    assert got[0][0] == "unknown-element", (op, name, got)
                else:
                    assert not got or got[0][0] in ("invalid-value", "operation-not-supported"), got


@test
def edit_data_is_in_the_datastore_that_it_names():
    with two() as (w, a, b):
        for n, identity in enumerate(("ds:candidate", "ds:running")):
            assert ok(a.rpc(f'<edit-data xmlns="{NMDA}"><datastore {DS}>{identity}</datastore>'
                            f"<config>{ifs(tap(f'x{n}'))}</config></edit-data>"))
            assert f"x{n}" in names(b, identity[3:])
        assert "x0" not in names(b)


@test
def validate_looks_at_what_it_names():
    validate = "<validate><source>{}</source></validate>"
    with two() as (w, a, _):
        assert ok(edit(a, ifs(tap("x", access="nowhere"))))
        for way in ("<candidate/>", named("ds:candidate")):
            assert errors(a.rpc(validate.format(way)))[0][0] == "data-missing", way
        for way in ("<running/>", named("ds:running")):
            assert ok(a.rpc(validate.format(way)))


@test
def a_startup_that_cannot_be_read_is_not_valid():
    ways = ("<startup/>", named("ds:startup"))
    with tempfile.TemporaryDirectory() as state:
        with two(config=None, options=["--state-dir", state]) as (_, a, _b):
            assert ok(a.rpc("<copy-config><target><startup/></target>"
                            f"<source><config>{config([])}</config></source></copy-config>"))
            for way in ways:
                assert ok(a.rpc(f"<validate><source>{way}</source></validate>"))
            (pathlib.Path(state) / "startup.conf").write_text("set nonsense\n")
            for way in ways:
                got = errors(a.rpc(f"<validate><source>{way}</source></validate>"))
                assert got and "nonsense" in got[0][3], got


if __name__ == "__main__":
    sys.exit(main())
