# SPDX-License-Identifier: BSD-3-Clause
"""Helpers for tests of datastores: requests as one-line calls."""
from client import BASE, NC

HC = "urn:heddle:yang:heddle-config"
IF = "urn:ietf:params:xml:ns:yang:ietf-interfaces"
HS = "urn:heddle:yang:heddle-switch"
HP = "urn:heddle:yang:heddle-port"
NMDA = "urn:ietf:params:xml:ns:yang:ietf-netconf-nmda"
OPS = f'xmlns:nc="{BASE}" xmlns:yang="urn:ietf:params:xml:ns:yang:1"'


def ifs(*entries, op=""):
    op = f' nc:operation="{op}"' if op else ""
    return f'<interfaces xmlns="{IF}" {OPS}{op}>{"".join(entries)}</interfaces>'


def iface(name, body="", op=""):
    op = f' nc:operation="{op}"' if op else ""
    return f"<interface{op}><name>{name}</name>{body}</interface>"


TAP = '<type xmlns:t="urn:heddle:yang:heddle-tap">t:tap</type>'


def tap(name, access="lab", extra="", op=""):
    return iface(name, TAP + hport(f"<switch>sw0</switch><access>{access}</access>{extra}"), op)


def hport(body):
    return f'<port xmlns="{HP}">{body}</port>'


def edit(c, config, target="candidate", default=None, test=None, error=None):
    parts = "".join(f"<{n}>{v}</{n}>" for n, v in (
        ("default-operation", default), ("test-option", test), ("error-option", error)) if v)
    return c.rpc(f"<edit-config><target><{target}/></target>{parts}<config>{config}</config>"
                 "</edit-config>")


def transient(c, config, default=None):
    default = f"<default-operation>{default}</default-operation>" if default else ""
    return c.rpc(f'<edit-data xmlns="{NMDA}"><datastore xmlns:hc="{HC}">hc:transient</datastore>'
                 f"{default}<config>{config}</config></edit-data>")


def commit(c, body=""):
    return c.rpc(f"<commit>{body}</commit>")


def op(c, name, body=""):
    return c.rpc(f'<{name} xmlns="{HC}">{body}</{name}>')


def get(c, source="running"):
    """The configuration as an element."""
    return c.rpc(f"<get-config><source><{source}/></source></get-config>").find(NC + "data")


def names(c, source="running"):
    return [i.findtext(f"{{{IF}}}name") for i in get(c, source).iter(f"{{{IF}}}interface")]


def leaf(c, port, name, source="running", ns=HP):
    for i in get(c, source).iter(f"{{{IF}}}interface"):
        if i.findtext(f"{{{IF}}}name") == port:
            found = next(i.iter(f"{{{ns}}}{name}"), None)
            return found.text if found is not None else None
    return None


def info(reply, name):
    """An element of error-info of the first error."""
    found = next(reply.iter(NC + name), None)
    return found.text if found is not None else None


def changes(c):
    return {e.findtext(f"{{{HC}}}path"): e.findtext(f"{{{HC}}}operation")
            for e in op(c, "get-changes").iter(f"{{{HC}}}change")}


def startup_differs(c):
    state = next(c.rpc("<get/>").iter(f"{{{HC}}}configuration-state"))
    assert state.findtext(f"{{{HC}}}startup-file")
    return state.findtext(f"{{{HC}}}startup-differs") == "true"


def history(c):
    tag = lambda n: f"{{{HC}}}{n}"
    return [{"comment": e.findtext(tag("comment")), "user": e.findtext(tag("user")),
             "client": e.findtext(tag("client")), "pending": e.find(tag("pending")) is not None}
            for e in op(c, "get-history").iter(tag("entry"))]
