#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""NETCONF over SSH as it is shipped: OpenSSH's client, and yangcli. Takes root.

usage: ssh_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]    (HEDDLE_NETCONF: the proxy)
"""
import contextlib
import json
import os
import pathlib
import pty
import re
import select
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

import accounts

FOLDER = accounts.enter()

# pylint: disable=wrong-import-position
import ssh_world  # noqa: E402
from client import BASE, NC  # noqa: E402
from common import CONFIGS, MGMT, main, test, world  # noqa: E402

PROXY = pathlib.Path(os.environ.get("HEDDLE_NETCONF",
                                    MGMT.parent / "proxy" / "heddle-netconf")).resolve()
HELLO = (f'<hello xmlns="{BASE}"><capabilities><capability>urn:ietf:params:netconf:base:1.0'
         "</capability></capabilities></hello>]]>]]>")
ssh_world.need("ssh", "openssh-client")
KEYS = ssh_world.keys(FOLDER)
COUNT = iter(range(1000))


@contextlib.contextmanager
def switch():
    conf = json.loads((CONFIGS / "good" / "canonical.json").read_text(encoding="utf-8"))
    conf.update(json.loads((ssh_world.ROOT / "packaging" / "nacm.json").read_text(encoding="utf-8")))
    run = FOLDER / f"run{next(COUNT)}"
    run.mkdir()
    run.chmod(0o755)
    path = run / "startup.json"
    path.write_text(json.dumps(conf), encoding="utf-8")
    with world(path, run_dir=run) as w, ssh_world.sshd(FOLDER, w.path, PROXY) as w.sshd_log:
        yield w


def ssh(user, *args):
    return ["ssh", "-q", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
            "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-i", str(KEYS["ed25519"]),
            "-p", str(ssh_world.PORT), f"{user}@127.0.0.1", *args]


def rpc(n, body):
    return f'<rpc xmlns="{BASE}" message-id="{n}">{body}</rpc>]]>]]>'


def run(command, text, timeout=60):
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=timeout,
                          check=False)
    return done.returncode, [ET.fromstring(m) for m in done.stdout.split("]]>]]>") if m.strip()]


GET = "<get-config><source><running/></source></get-config>"
CLOSE = "<close-session/>"


@test
def subsystem():
    with switch() as w:
        status, said = run(ssh("olga", "-s", "netconf"), HELLO + rpc("a", GET) + rpc("b", CLOSE))
        assert status == 0, status
        assert [m.get("message-id") for m in said] == [None, "a", "b"]
        assert len(said[1].find(NC + "data")) >= 3
        # What was asked is answered when the client says no more, without close-session.
        status, said = run(ssh("olga", "-s", "netconf"),
                           HELLO + "".join(rpc(i, GET) for i in range(200)))
        assert status == 0 and [m.get("message-id") for m in said[1:]] == [str(i) for i in range(200)]
        w.wait("log", lambda: any("of olga begins" in line for line in w.log))


@test
def host_key_is_made_once():
    def seen():
        return subprocess.run(["ssh-keyscan", "-p", str(ssh_world.PORT), "127.0.0.1"], check=True,
                              capture_output=True, text=True, timeout=60).stdout.split("ssh-")[1:]
    with switch():
        first = seen()
        assert len(first) == 1 and first[0].startswith("ed25519 "), first
        key = FOLDER / "etc" / "heddle" / "ssh_host_ed25519_key"
        assert key.stat().st_mode & 0o777 == 0o600
    with switch():
        assert seen() == first


@test
def nothing_but_netconf():
    """A shell or a command: it is NETCONF all the same. Terminals, files, ports: refused."""
    with switch() as w:
        status, said = run([*ssh("olga")[:1], "-tt", *ssh("olga")[1:]], HELLO)
        assert status == 255 and not said, "there is a terminal"
        for args in ((), ("id",), ("bash", "-i"), ("$(touch /tmp/no)",)):
            status, said = run(ssh("olga", *args), HELLO + rpc(1, CLOSE))
            assert said and said[0].tag == NC + "hello", (args, status)
            assert len(said) == 2 and said[1].find(NC + "ok") is not None, args
        assert not os.path.exists("/tmp/no")
        status, said = run(ssh("olga", "-s", "sftp"), "")
        assert status != 0 and not said
        for forward in (["-W", "127.0.0.1:830"], ["-R", "8300:127.0.0.1:22"], ["-w", "0:0"]):
            command = ssh("olga") if forward[0] == "-W" else ssh("olga", "-s", "netconf")
            command[1:1] = ["-o", "ExitOnForwardFailure=yes", *forward]
            status, said = run(command, "")
            assert status != 0 and not said, forward
        assert w.process.poll() is None


@test
def people():
    with switch() as w:
        status, said = run(ssh("vera", "-s", "netconf"), HELLO + rpc(1, GET) + rpc(2, (
            "<lock><target><running/></target></lock>")) + rpc(3, CLOSE))
        assert status == 0 and len(said) == 4
        assert said[1].find(NC + "data") is not None
        assert said[2].findtext(f"{NC}rpc-error/{NC}error-tag") == "access-denied"
        for user in ("mara", "root", "nobody"):
            status, said = run(ssh(user, "-s", "netconf"), HELLO)
            assert status == 255 and not said, user
        said = w.sshd_log.read_text(encoding="utf-8", errors="replace")
        assert "User mara from 127.0.0.1 not allowed" in said, said


@test
def many_and_big():
    """Sessions beside each other, replies that do not fit any buffer, clients that vanish."""
    with switch() as w:
        gone = [subprocess.Popen(ssh("olga", "-s", "netconf"), stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE) for _ in range(4)]
        for p in gone:
            p.stdin.write((HELLO + "".join(rpc(i, "<get/>") for i in range(500))).encode())
            p.stdin.flush()
            p.stdout.read1(1)
        schema = ('<get-schema xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring">'
                  "<identifier>ietf-netconf-acm</identifier></get-schema>")
        status, said = run(ssh("olga", "-s", "netconf"),
                           HELLO + "".join(rpc(i, schema) for i in range(300)), timeout=200)
        assert status == 0 and len(said) == 301
        assert len({ET.tostring(m) for m in (s[0] for s in said[1:])}) == 1
        for p in gone:
            p.kill()
            p.wait()
            p.stdin.close()
            p.stdout.close()
        w.wait("their sessions end", lambda: sum(" ends: " in x for x in w.log) >= 5)


class Yangcli:
    """yangcli on a terminal: it takes no other."""

    def __init__(self, user):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(HOME=str(FOLDER / "home"), TERM="dumb", COLUMNS="200")
            os.execvp("yangcli", ["yangcli", "server=127.0.0.1", f"ncport={ssh_world.PORT}",
                                  f"user={user}", "password=none", f"private-key={KEYS['ecdsa']}",
                                  f"public-key={KEYS['ecdsa']}.pub"])
        self.prompt = f"yangcli {user}@127.0.0.1> "
        self.hello = self.until()

    def until(self):
        text, end = "", time.monotonic() + 60
        while time.monotonic() < end:
            if select.select([self.fd], [], [], 0.2)[0]:
                try:
                    text += os.read(self.fd, 65536).decode(errors="replace")
                except OSError:
                    break
                if re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text).endswith(self.prompt):
                    return text
        raise AssertionError(f"no prompt: {text}")

    def say(self, command):
        os.write(self.fd, command.encode() + b"\n")
        return self.until()

    def close(self):
        with contextlib.suppress(OSError):
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


@test
def yangcli():
    ssh_world.need("yangcli", "yangcli")
    with switch(), contextlib.closing(Yangcli("olga")) as y:
        assert "base:1.1" in y.hello and "with-defaults:1.0" in y.hello
        assert "confirmed-commit:1.1" in y.hello
        assert "heddle-view" in y.say("sget-config source=running /nacm/rule-list")
        for command in ("lock target=candidate", "discard-changes",
                        "merge target=/nacm/write-default value=deny", "validate source=candidate",
                        "commit", "unlock target=candidate"):
            said = y.say(command)
            assert "OK" in said and "rror" not in said, (command, said)
        said = y.say("kill-session session-id=4711")
        assert "invalid-value" in said and "there is no session 4711" in said, said
        # The path of an error has prefixes that are declared: else it complains of that.
        said = y.say("create target=/nacm/write-default value=deny")
        if "data-exists" in said:
            assert "/nacm:nacm/nacm:write-default" in said.replace("ietf-netconf-acm", "nacm"), said
            assert "invalid XPath" not in said, said
        assert "invalid XPath" not in said


if __name__ == "__main__":
    sys.exit(main())
