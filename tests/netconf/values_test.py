#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""One value, one form: whatever the spelling and the door by which a value comes in.

usage: values_test.py HEDDLE_MGMT CONFIGS [NAME ...]     ($HEDDLE is the command)
"""
import contextlib
import sys

from client import Client, errors, ok
from common import main, test, world
from datastores import HP, IF, commit, edit, get, hport, iface, ifs, tap

GUARD = "urn:heddle:yang:heddle-guard"


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
    ("mac", GUARD, lambda e: hport(spoof(e)), ["02:00:00:00:00:ab", "02:00:00:00:00:AB"]),
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
                    new = iface("x", '<type xmlns:t="urn:heddle:yang:heddle-tap">t:tap</type>' + body)
                    assert ok(edit(c, ifs(new))), (one, other)
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
        for mac in ("02:00:00:00:00:AB", "02:00:00:00:00:ab", "\n 02:00:00:00:00:Ab "):
            assert read(f'<filter><interfaces xmlns="{IF}"><interface>{hport(spoof(element("mac", mac)))}'
                        "</interface></interfaces></filter>") == ["02:00:00:00:00:ab"], mac
        for mac in ("02:00:00:00:00:AB", "02:00:00:00:00:ab"):
            assert read(f'<filter type="xpath" xmlns:i="{IF}" xmlns:p="{HP}" xmlns:g="{GUARD}" '
                        f'select="/i:interfaces/i:interface/p:port/g:anti-spoof/g:mac[.=\'{mac}\']"/>'
                        ) == ["02:00:00:00:00:ab"], mac



if __name__ == "__main__":
    sys.exit(main())
