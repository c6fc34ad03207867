#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Abuse of the NETCONF server of heddle-mgmt, message by message: it answers with a clear error or ends
the session, and others do not notice.

usage: abuse_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import random
import socket
import sys
from xml.sax.saxutils import quoteattr
import xml.etree.ElementTree as ET

from abuse import GET, GONE, HELLO, SLOW, framed, healthy, rpc, rss, until_end
from client import BASE, Client, errors
from common import WRAPPER, main, test, world

# Before the hello: what is sent, and that the session ends.
NO_HELLO = [
    b"garbage]]>]]>", b"]]>]]>", b"<hello/>]]>]]>", b"<rpc/>]]>]]>", b"\0" * 100 + b"]]>]]>",
    b"\xff\xfe\x00\x01]]>]]>", b"<hello>]]>]]>", b"<?xml version='1.0'?>]]>]]>",
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n]]>]]>", b"SSH-2.0-OpenSSH_9.2\r\n]]>]]>",
    f'<hello xmlns="{BASE}"/>]]>]]>'.encode(),
    f'<hello xmlns="{BASE}"><capabilities/></hello>]]>]]>'.encode(),
    f'<hello xmlns="{BASE}"><capabilities><capability>urn:x</capability></capabilities></hello>]]>]]>'.encode(),
    f'<hello xmlns="{BASE}"><session-id>1</session-id></hello>]]>]]>'.encode(),
    (HELLO % 1).replace(BASE, "urn:wrong").encode(), (HELLO % 9).encode(),
    b"<a>" * 5000 + b"]]>]]>", b"<!DOCTYPE hello [<!ENTITY a 'b'>]>" + (HELLO % 1).encode(),
    framed(GET, True), b"\n#18446744073709551615\n",
]

# Chunked framing that is broken (RFC 6242 4.2): an error, then the end.
BAD_CHUNKS = [
    b"\n#0\n", b"\n#abc\n", b"\n##\n", b"\n#18446744073709551615\nxxx", b"\n#4294967296\n",
    b"\n#4294967295\n", b"\n#01\nx", b"x", b"\n\n", b"\n#3\nabc\n#\n", b"\n#3\nabcd", b"\n#99999999\n",
    b"\n#-1\n", b"\n#1 \nx", b"\n# 1\nx", b"\n#1\r\nx", b"\n#0x10\n", b"\n#+5\nabcde", b"\n#1e3\n",
    b"\n#9999999999999999999999999999\n", b"\n#", b"\n#5\nabcde\n##x", b"\0\0\0\0", b"]]>]]>",
    GET.encode() + b"]]>]]>", b"\r\n#5\r\nabcde",
]
WAITS = {b"\n#"}  # is not wrong yet

# Messages that are framed well and mean nothing: an error, and the session goes on.
NONSENSE = [
    b"", b" ", b"\n", b"x", b"<", b"<rpc", b"<rpc>", b"</rpc>", b"<rpc/>", b"<a/><b/>", b"<?xml?>", b"<!-- -->",
    b"\0", rpc("<get/>").encode() + b"\0", b"\0" + rpc("<get/>").encode(), b"\xff" * 20,
    rpc("<get><filter>\0</filter></get>").encode(),
    rpc("<get><filter><a xmlns='urn:x'>").encode() + b"\xc3\x28</a></filter></get></rpc>",
    rpc("<get/>").encode().replace(b"get", b"g\xed\xa0\x80t"),
    rpc("<get/>", 'message-id="\x01"').encode(), rpc("<get/>", "message-id=1").encode(),
    rpc("<get/>", 'message-id="1" message-id="2" <').encode(),
    b"<!DOCTYPE rpc [<!ENTITY a 'b'>]>" + rpc("<get/>").encode(),
    b"<!DOCTYPE rpc SYSTEM 'file:///etc/passwd'>" + rpc("<get>&x;</get>").encode(),
    rpc("<get><filter>&lol;</filter></get>").encode(), rpc("<get>&#0;</get>").encode(),
    rpc("<get>&#xd800;</get>").encode(), rpc("<get>&#99999999999;</get>").encode(),
    rpc("<get></got>").encode(), rpc("<get").encode(), rpc("<x:get/>").encode(),
    rpc("<get xmlns='urn:x'/>").encode(), rpc("<get xmlns=''/>").encode(), rpc("<edit-config/>").encode(),
    rpc("<a>" * 1000 + "</a>" * 1000).encode(), rpc("<a>" * 1000).encode(),
    rpc("<get " + " ".join(f"a{i}='x'" for i in range(5000)) + "/>").encode(),
    rpc(f"<get a='{'x' * 500000}'/>").encode(), rpc("<" + "n" * 100000 + "/>").encode(),
    rpc("<![CDATA[" + "x" * 1000 + "]]>").encode(), rpc("<?php system('x') ?>").encode(),
    (HELLO % 1).replace("]]>]]>", "").encode(),
    b"<rpc-reply xmlns='%s' message-id='1'><ok/></rpc-reply>" % BASE.encode(),
    b"<notification xmlns='urn:ietf:params:xml:ns:netconf:notification:1.0'/>",
    rpc("").encode(), rpc("text").encode(), rpc("<get/><get/>").encode(), rpc("<get/>", "").encode(),
    rpc("<get><filter type='xpath' select=\"" + "(" * 5000 + "\"/></get>").encode(),
    rpc("<get><filter type='xpath' select=\"" + "a" * 20000 + "\"/></get>").encode(),
    rpc("<get><filter type='xpath' select=\"" + "/" * 1000 + "\"/></get>").encode(),
]
# They are fine, and their answer is no error.
HARMLESS = {rpc("<?php system('x') ?>").encode()}


@test
def before_the_hello():
    with world(env={"HEDDLE_NETCONF_LIMITS": "hello_s=2"}) as w, contextlib.closing(Client(w.path)) as good:
        for data in NO_HELLO:
            c = Client(w.path, hello=False)
            c.raw(data)
            if data == b"\n#18446744073709551615\n":
                c.sock.shutdown(socket.SHUT_WR)
            until_end(c)
            healthy(good)
        assert good.rpc("<get><filter><netconf-state xmlns='urn:ietf:params:xml:ns:yang:ietf-netconf-"
                        "monitoring'><statistics/></netconf-state></filter></get>") is not None


@test
def broken_chunks():
    with world() as w, contextlib.closing(Client(w.path)) as good:
        for data in BAD_CHUNKS:
            c = Client(w.path, ("1",))
            c.raw(data)
            if data in WAITS:
                c.sock.shutdown(socket.SHUT_WR)
            said = until_end(c)
            if data not in WAITS:
                assert "malformed-message" in said or "too-big" in said, (data, said)
            healthy(good)


@test
def nonsense_in_both_framings():
    with world() as w, contextlib.closing(Client(w.path)) as good:
        for version in ("0", "1"):
            c = Client(w.path, (version,))
            for data in NONSENSE:
                if version == "1" and not data:
                    continue  # a chunk has at least one byte
                c.raw(framed(data, c.chunked))
                try:
                    reply = c.receive()
                    tree = ET.fromstring(reply)
                except GONE:
                    raise AssertionError(f"the session ended after {data[:200]}") from None
                if data not in HARMLESS:
                    got = errors(tree)
                    assert got and got[0][3], (data[:200], reply[:300])
                    if version == "0":
                        assert all(e[0] != "malformed-message" for e in got), (data[:200], got)
            healthy(c)  # it can go on
            c.close()
            healthy(good)
        before = rss(w)
        for _ in range(20):
            c = Client(w.path)
            for data in NONSENSE[1:]:
                c.raw(framed(data, True))
                c.receive()
            c.close()
        assert rss(w) < before + (300_000 if SLOW else 20_000), (before, rss(w))


@test
def delimiters_of_1_0():
    """What looks like a delimiter and is none, split everywhere, many at once."""
    with world() as w, contextlib.closing(Client(w.path, ("0",))) as c:
        c.raw(b"]]>]]" + b">" + GET.encode() + b"]]>]]>")
        assert errors(ET.fromstring(c.receive()))
        assert "<data>" in c.receive()
        c.raw(b"]]>]]>" * 500)
        for _ in range(500):
            assert errors(ET.fromstring(c.receive()))
        message = rpc("<get><filter><a xmlns='urn:x'>]]&gt;]]</a></filter></get>").encode()
        for i in range(1, len(message)):
            c.raw(message[:i])
            c.raw(message[i:] + b"]]>]]>")
        for _ in range(1, len(message)):
            assert "<data" in c.receive()


@test
def second_hello():
    with world() as w:
        for version in (0, 1):
            c = Client(w.path, (str(version),))
            c.send((HELLO % version).replace("]]>]]>", ""))
            assert errors(ET.fromstring(c.receive()))
            healthy(c)
            c.close()


# All functions of libyang's XPath, the axes, and what may be given to them.
FUNCTIONS = ("bit-is-set boolean ceiling concat contains count current deref derived-from derived-from-or-self "
             "enum-value false floor lang last local-name name namespace-uri normalize-space not number "
             "position re-match round starts-with string string-length substring substring-after "
             "substring-before sum translate true comment text node processing-instruction id").split()
AXES = ("ancestor ancestor-or-self attribute child descendant descendant-or-self following following-sibling "
        "namespace parent preceding preceding-sibling self").split()
ARGUMENTS = ["*", "/", ".", "..", "//*", "@*", "''", "'a:b'", "1", "-1", "0 div 0", "1 div 0", "current()",
             "/..", "//text()", "*[1]", "string(.)", "//*[. = current()]", "9999999999", "'('", "*|.", "$x"]
CRASHES = ["deref(*)", "deref(/*)", "deref(//*)", "deref(.)", "deref(deref(*))", "//*[deref(.)]", "count(deref(*))"]


def odd_xpaths(n):
    """Fixed ones, and @n by chance: always the same."""
    chance = random.Random(7)
    yield from CRASHES
    for name in FUNCTIONS:
        yield f"{name}()"
        yield f"{name}(*)"
    for axis in AXES:
        yield f"{axis}::*"
        yield f"/*/{axis}::node()[{axis}::*]"
    for _ in range(n):
        args = ",".join(chance.choice(ARGUMENTS) for _ in range(chance.randint(1, 3)))
        yield chance.choice(["%s", "*[%s]", "//*[%s]", "%s/..", "%s|*", "not(%s)", "%s = *"]) % (
            f"{chance.choice(FUNCTIONS)}({args})")


def by_xpath(c, xpath, kind):
    select = quoteattr(xpath)
    return c.rpc({
        "subscribe": f"<create-subscription xmlns='urn:ietf:params:xml:ns:netconf:notification:1.0'>"
                     f"<filter type='xpath' select={select}/></create-subscription>",
        "get": f"<get><filter type='xpath' select={select}/></get>",
        "get-config": f"<get-config><source><running/></source><filter type='xpath' select={select}/>"
                      "</get-config>",
    }[kind])


@test
def xpaths_that_crash_libyang():
    """They are evaluated beside; whoever asks is told of a crash, and heddle-mgmt lives."""
    crashes = 0
    with world() as w, contextlib.closing(Client(w.path)) as good, contextlib.closing(Client(w.path)) as c:
        for i, xpath in enumerate(odd_xpaths(0 if WRAPPER else 60 if SLOW else 300)):
            with contextlib.closing(Client(w.path)) as subscriber:
                for asker, kind in ((subscriber, "subscribe"), (c, ("get", "get-config")[i % 2])):
                    got = errors(by_xpath(asker, xpath, kind))
                    assert all(e[3] for e in got), (xpath, kind, got)
                    if got and "crashed" in got[0][3]:
                        assert got[0][0] == "operation-failed" and "SIG" in got[0][3], (xpath, got)
                        crashes += 1
                healthy(subscriber)
            healthy(good)
        w.wait("it is said in the log", lambda: any("crashed (signal 11, SIGSEGV)" in l for l in w.log))
    assert crashes, "libyang does not crash any more: this test needs another XPath"


if __name__ == "__main__":
    sys.exit(main())
