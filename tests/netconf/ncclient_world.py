# SPDX-License-Identifier: BSD-3-Clause
"""What the tests through ncclient share: a switch behind a real sshd and heddle-netconf, and words.

For programs that have called accounts.enter(). HEDDLE_NETCONF is the proxy of the build.
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
except ImportError:
    accounts.skip("there is no ncclient (apt install python3-ncclient)")
import ssh_world  # noqa: E402
from common import CONFIGS, MGMT, world  # noqa: E402

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


def enough():
    """The last one: it counts the others, when all were run."""
    print(f"     {CHECKS[0]} checks")
    assert len(sys.argv) > 3 or CHECKS[0] >= 100, CHECKS[0]
