#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Who may capture, at which ports, and for how long. Takes root.

usage: capture_test.py HEDDLE_MGMT CONFIGS [NAME ...]
"""
import array
import base64
import contextlib
import json
import socket
import struct
import sys

import api
import accounts

FOLDER = accounts.enter()

# pylint: disable=wrong-import-position
from client import Client, errors, ok  # noqa: E402
from common import config, main, port, test, world  # noqa: E402
from planes import CAPTURE_ENDED, DATA, EVENT  # noqa: E402

CAPTURE = '<capture xmlns="urn:heddle:yang:heddle-capture">{}</capture>'
PROGRAM = ((0x28, 0, 0, 12), (0x15, 0, 1, 0x806), (6, 0, 0, 65535), (6, 0, 0, 0))  # arp
ACM = "urn:ietf:params:xml:ns:yang:ietf-netconf-acm"


def rule(name, **more):
    return {"name": name, "action": "permit", **more}


WATCH = {"rule-list": [
    {"name": "heddle", "group": ["heddle"], "rule": [rule("all")]},
    {"name": "watch", "group": ["staff2"], "rule": [
        rule("secret", action="deny",
             path="/ietf-interfaces:interfaces/interface[name='web2']"),
        rule("capture", **{"module-name": "heddle-capture", "rpc-name": "capture",
                           "access-operations": "exec"})]},
    {"name": "view", "group": ["heddle-view"], "rule": [rule("look", **{"access-operations": "read"})]},
]}


@contextlib.contextmanager
def switch(name):
    run = FOLDER / f"run-{name}"
    run.mkdir(mode=0o755)
    run.chmod(0o755)
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps({"ietf-netconf-acm:nacm": WATCH}), encoding="utf-8")
    with world(path, run_dir=run) as w:
        with client(w, "olga") as olga:
            assert ok(olga.rpc("<edit-config><target><running/></target><config>" +
                               config([port(n, "lab") for n in ("web1", "web2", "web3")]) +
                               "</config></edit-config>"))
        w.dp = w.ends[DATA]
        yield w


def client(w, user):
    return contextlib.closing(Client(None, sock=accounts.connect_as(user, w.path)))


def capture(c, ports=(), more=""):
    return c.rpc(CAPTURE.format("".join(f"<port>{p}</port>" for p in ports) + more))


def one(reply):
    assert len(errors(reply)) == 1, errors(reply)
    return errors(reply)[0]


@test
def whoever_no_rule_permits_gets_nothing():
    with switch("denied") as w, client(w, "vera") as vera, client(w, "olga") as olga:
        for ports in ((), ("web1",)):
            error = one(capture(vera, ports))
            assert error[0] == "access-denied" and "capture" in error[3], error
        assert not w.dp.captures
        assert not errors(capture(olga, ["web2"])) and w.dp.captures[0][2] == ["web2"]


@test
def only_of_ports_that_may_be_read():
    with switch("ports") as w, client(w, "stan") as stan, client(w, "olga") as olga:
        error = one(capture(stan, ["web2"]))
        assert error[3] == 'there is no port "web2"', error  # the words are those for one that is not
        assert one(capture(stan, ["web9"]))[3] == 'there is no port "web9"'
        assert not errors(capture(stan))
        assert w.dp.captures[0][2] == ["web1", "web3"], w.dp.captures
        assert not errors(capture(olga))
        assert w.dp.captures[1][2] == [], "all ports, also later ones"


@test
def what_is_asked_for_arrives():
    raw = b"".join(struct.pack("!HBBI", *i) for i in PROGRAM)
    with switch("ask") as w, client(w, "olga") as olga:
        more = (f"<filter>{base64.b64encode(raw).decode()}</filter><what>in</what><what>drops</what>"
                "<snapshot-length>96</snapshot-length>")
        assert not errors(capture(olga, ["web1"], more))
        what, snap, ports, insns, _ = w.dp.captures[0]
        assert (what, snap, ports, tuple(insns)) == (5, 96, ["web1"], PROGRAM), w.dp.captures
        odd = base64.b64encode(raw[:12]).decode()
        assert "12 bytes are no BPF program" in one(capture(olga, (), f"<filter>{odd}</filter>"))[3]
        assert one(capture(olga, (), "<snapshot-length>3</snapshot-length>"))[0] == "invalid-value"


@test
def the_descriptor_comes_with_the_reply():
    with switch("fd") as w, client(w, "olga") as olga:
        olga.send('<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="7">' +
                  CAPTURE.format("") + "</rpc>")
        data, anc, _, _ = olga.sock.recvmsg(65536, socket.CMSG_SPACE(16))
        assert b"rpc-reply" in data and len(anc) == 1, (data, anc)
        fds = array.array("i")
        fds.frombytes(anc[0][2])
        with socket.socket(fileno=fds[0]) as mine:
            w.dp.captures[0][4].send(b"frames")
            assert mine.recv(100) == b"frames"


@test
def it_ends_with_the_session_and_with_the_right():
    with switch("end") as w, client(w, "olga") as olga:
        with client(w, "stan") as stan:
            assert not errors(capture(stan, ["web1"]))
        w.wait("the session's end", lambda: w.dp.stopped)
        assert w.dp.stopped == [(1, "the session with the switch has ended")], w.dp.stopped
        with client(w, "stan") as stan:
            assert not errors(capture(stan, ["web1"]))
            # A commit that changes nothing about it, and then one that does.
            assert ok(olga.rpc("<edit-config><target><running/></target><config>" +
                               config([port("web4", "lab")]) + "</config></edit-config>"))
            assert len(w.dp.stopped) == 1
            assert ok(olga.rpc(
                f'<edit-config><target><running/></target><config><nacm xmlns="{ACM}"><rule-list '
                'xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0"><name>watch</name><rule '
                'nc:operation="delete"><name>capture</name></rule></rule-list></nacm></config>'
                "</edit-config>"))
            w.wait("the right's end", lambda: len(w.dp.stopped) == 2)
            assert w.dp.stopped[1] == (2, "access rules no longer permit it"), w.dp.stopped
            assert one(capture(stan, ["web1"]))[0] == "access-denied"
        # One that heddle-dp ended is not ended again.
        assert not errors(capture(olga, ["web1"]))
        w.dp.send(EVENT, CAPTURE_ENDED, api.capture_started(id=3))
        w.wait("the log", lambda: any("ends capture 3 of port web1" in line for line in w.log))
    assert len(w.dp.stopped) == 2, w.dp.stopped


if __name__ == "__main__":
    sys.exit(main())
