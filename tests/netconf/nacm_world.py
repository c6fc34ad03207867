# SPDX-License-Identifier: BSD-3-Clause
"""A switch with access rules and several people, for the tests of them. Takes root."""
import contextlib
import json
import pathlib
import xml.etree.ElementTree as ET

import accounts

FOLDER = accounts.enter()

# pylint: disable=wrong-import-position
from client import Client, errors  # noqa: E402
from common import CONFIGS, world  # noqa: E402

ACM = "{urn:ietf:params:xml:ns:yang:ietf-netconf-acm}"
IF = "{urn:ietf:params:xml:ns:yang:ietf-interfaces}"
HS = "{urn:heddle:yang:heddle-switch}"
NACM = pathlib.Path(__file__).resolve().parents[2] / "packaging" / "nacm.json"
CONF = 'xmlns="urn:heddle:yang:heddle-config"'
IF_NS = 'xmlns="urn:ietf:params:xml:ns:yang:ietf-interfaces"'


def rules(name, nacm):
    """A configuration with these rules; "shipped": those of the package."""
    conf = json.loads((CONFIGS / "good" / "canonical.json").read_text(encoding="utf-8"))
    conf.update(json.loads(NACM.read_text(encoding="utf-8")) if nacm == "shipped"
                else {"ietf-netconf-acm:nacm": nacm})
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(conf), encoding="utf-8")
    return path


@contextlib.contextmanager
def switch(name, nacm="shipped", env=None):
    run = FOLDER / f"run-{name}"
    run.mkdir(mode=0o755)
    run.chmod(0o755)
    with world(rules(name, nacm), env, run_dir=run) as w:
        yield w


def client(w, user):
    return contextlib.closing(Client(None, sock=accounts.connect_as(user, w.path)))


def denied(reply):
    return [e for e in errors(reply) if e[0] == "access-denied"]


def one(reply):
    assert len(errors(reply)) == 1, ET.tostring(reply)
    return errors(reply)[0]


def merge(inner, target="running"):
    return (f"<edit-config><target><{target}/></target><default-operation>merge"
            f"</default-operation><config>{inner}</config></edit-config>")


def describe(name, text):
    return (f"<interfaces {IF_NS}><interface><name>{name}</name><description>{text}</description>"
            "</interface></interfaces>")


def description(c, name):
    reply = c.rpc(f"<get-config><source><running/></source><filter><interfaces {IF_NS}><interface>"
                  f"<name>{name}</name></interface></interfaces></filter></get-config>")
    return next(reply.iter(IF + "interface")).findtext(IF + "description")
