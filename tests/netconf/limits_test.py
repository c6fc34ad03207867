#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Limits of the NETCONF server of heddle-mgmt: what one client may take, and that others do not notice
what it tries.

usage: limits_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import os
import pathlib
import sys
import threading
import time
import xml.etree.ElementTree as ET

from abuse import GET, GONE, ROOT, SLOW, framed, healthy, rpc, rss, until_end
from client import Client, errors, ok
from common import TIMING, WRAPPER, config, in_time, main, port, test, world
from planes import DATA

@test
def sizes():
    limits = {"HEDDLE_NETCONF_LIMITS": "message_mb=2,request_kb=64"}
    with world(env=limits) as w, contextlib.closing(Client(w.path)) as good:
        filler = "<!--" + "x" * 100_000 + "-->"
        got = errors(good.rpc(f"<get>{filler}</get>"))
        assert got and got[0][0] == "too-big" and "64 KB" in got[0][3], got
        # What carries a configuration may be larger; whatever comes of it, it is not too big.
        got = errors(good.edit(filler + config([port("a", "lab")]), test="test-only"))
        assert all(e[0] != "too-big" for e in got), got
        for version in ("0", "1"):
            c = Client(w.path, (version,))
            try:
                c.raw((b"\n#%d\n" % (3 << 20) if version == "1" else b"") + b" " * (3 << 20))
            except GONE:
                pass
            said = until_end(c)
            assert "too-big" in said or not said, said
            # In chunks of one byte, too: they take no more memory than their bytes.
        c = Client(w.path, ("1",))
        before = rss(w)
        try:
            for _ in range(40):
                c.raw(b"\n#1\nx" * 20000)
        except GONE:
            pass
        assert rss(w) < before + (200_000 if SLOW else 10_000)
        c.close()
        healthy(good)


# Documents for which libyang takes quadratic time: what they are made of, around N of the middle.
QUADRATIC = [
    ("", "<a xmlns='urn:x'/>", "", "resource-denied"),
    ("<interfaces {}>", "<interface><name>x</name></interface>", "</interfaces>", "resource-denied"),
    ("<interfaces {}><interface><name>x</name>", "<description>a</description>",
     "</interface></interfaces>", "resource-denied"),
    ("<interfaces {}><interface><name>x</name><description ", "xmlns:a%d='urn:a' ",
     "/></interface></interfaces>", "too-big"),
]


@test
def messages_that_take_long_to_read():
    """They are read beside the loop first, and refused when that takes too long for their size."""
    ns = "xmlns='urn:ietf:params:xml:ns:yang:ietf-interfaces'"
    if WRAPPER:
        return  # it is about processor time; sizes() reads a long message, too
    # With a sanitizer all takes longer, and what is quadratic stands out later.
    n, limits = (120_000, {"HEDDLE_NETCONF_LIMITS": "parse_ns=10000"}) if SLOW else (40_000, None)
    with world(env=limits) as w:
        for before, middle, after, tag in QUADRATIC:
            many = "".join(middle % i if "%d" in middle else middle for i in range(n))
            with Healthy(w) as good, contextlib.closing(Client(w.path, timeout=120)) as c:
                got = errors(c.edit(before.format(ns) + many + after, "merge"))
                assert got and got[0][0] == tag, (middle, got)
                healthy(c)
            in_time(max(good.times), 2, middle)
        with contextlib.closing(Client(w.path, timeout=120)) as c:
            # A session that ends meanwhile takes its message along.
            c.send(rpc("<edit-config><target><candidate/></target><config>" +
                       QUADRATIC[0][1] * n + "</config></edit-config>"))
        with contextlib.closing(Client(w.path, timeout=120)) as c:
            # What is only large passes.
            assert ok(c.edit(config([port(f"p{i}", "lab") for i in range(3000)])))


LONG = "x" * (8 << 20)
INTERFACE = "<interfaces xmlns='urn:ietf:params:xml:ns:yang:ietf-interfaces'><interface><name>x</name>{}"
# Where 8 MB may stand, and whose name the error has.
LONG_PLACES = {
    "a name": (INTERFACE.format("").replace(">x<", f">{LONG}<") + "</interface></interfaces>", "name"),
    "a value": (INTERFACE.format(f"<port xmlns='urn:heddle:yang:heddle-port'><access>{LONG}</access></port>") +
                "</interface></interfaces>", "access"),
    "CDATA": (INTERFACE.format(f"<description><![CDATA[{LONG}]]></description>") +
              "</interface></interfaces>", "description"),
    "a value in pieces": (INTERFACE.format(f"<description>{'xxxxxxxx<!-- -->' * 500000}</description>") +
                          "</interface></interfaces>", "description"),
    "an attribute": (f"<interfaces a='{LONG}' xmlns='urn:ietf:params:xml:ns:yang:ietf-interfaces'/>", "interfaces"),
    "a namespace": (f"<interfaces xmlns='{LONG}'/>", "interfaces"),
    "a prefix": (f"<{LONG[:4 << 20]}:interfaces xmlns:{LONG[:4 << 20]}='urn:x'/>", "xxxx"),
    "an element": (f"<{LONG}/>", "xxxx"),
    "text between elements": (INTERFACE.format("") + f"</interface>{LONG}</interfaces>", "interface"),
    "white space": (INTERFACE.format("") + f"</interface>{' ' * (8 << 20)}</interfaces>", "interface"),
    "a value that never ends": (INTERFACE.format(f"<description>{LONG}"), "config"),
    "100,000 empty elements": (INTERFACE.split("<interface>", maxsplit=1)[0] + "<a/>" * 100000 + "</interfaces>", None),
    "100,000 empty entries": ("<interfaces xmlns='urn:ietf:params:xml:ns:yang:ietf-interfaces'>" +
                              "<interface/>" * 100000 + "</interfaces>", None),
    "a message-id": None,
    "an XPath": None,
}


@test
def values_that_are_long():
    """8 MB in any place are refused before they are read; others do not wait for it."""
    limits = {"HEDDLE_NETCONF_LIMITS": "read_cpu_s=300,read_s=300"} if SLOW else None
    with world(env=limits) as w:
        for place, row in LONG_PLACES.items():
            if place == "a message-id":
                text = rpc("<edit-config><target><candidate/></target><config/></edit-config>",
                           f'message-id="{LONG}"')
            elif place == "an XPath":
                text = rpc(f"<get><filter type='xpath' select='{LONG}'/></get>")
            else:
                text = rpc(f"<edit-config><target><candidate/></target><config>{row[0]}</config></edit-config>")
            waited = []
            while not waited or (TIMING and min(waited) > 0.5 and len(waited) < 5):  # the least disturbed one counts
                with contextlib.closing(Client(w.path, timeout=120)) as c, Healthy(w) as good:
                    c.send(text)
                    reply = c.receive()
                waited.append(max(good.times, default=0))
                if row and not row[1]:  # it is not long, but wrong
                    assert errors(ET.fromstring(reply)) and 'message-id="1"' in reply[:200], reply[:300]
                    continue
                assert len(reply) < 2000, (place, len(reply))
                (error,) = errors(ET.fromstring(reply))
                assert error[0] == "too-big" and (not row or row[1] in error[3]), (place, error)
            in_time(min(waited), 0.5, (place, waited))


@test
def memory_of_all_messages():
    """Messages that never end share a bound; small requests of others pass all the same."""
    limits = {"HEDDLE_NETCONF_LIMITS": "buffers_mb=8,message_mb=4,sessions=100,user_sessions=100"}
    with world(env=limits) as w, contextlib.closing(Client(w.path)) as good:
        before, refused, halves = rss(w), 0, []
        for _ in range(20):
            c = Client(w.path, timeout=5)
            halves.append(c)
            try:
                c.raw(b"\n#%d\n" % (3 << 20) + b" " * (1 << 20))
            except GONE:
                pass
            healthy(good)
        assert rss(w) < before + (200_000 if SLOW else 40_000), (before, rss(w))
        for c in halves:
            c.sock.settimeout(0.05)
            try:
                refused += "resource-denied" in c.receive()
            except (TimeoutError, *GONE):
                pass
            c.close()
        assert refused >= 10, refused
        w.wait("freed", lambda: not errors(good.edit("<!--" + "x" * 2_000_000 + "-->" + config(
            [port("a", "lab")]), test="test-only")))


@test
def timeouts():
    limits = {"HEDDLE_NETCONF_LIMITS": "hello_s=1,message_s=1,idle_s=1"}
    with world(env=limits) as w:
        silent = Client(w.path, hello=False)
        half_hello = Client(w.path, hello=False)
        half_hello.raw("<hello")
        half_chunk, half_eom, idle = Client(w.path, ("1",)), Client(w.path, ("0",)), Client(w.path)
        half_chunk.raw("\n#500\n<rpc")
        half_eom.raw("<rpc")
        subscribed = Client(w.path)
        assert ok(subscribed.rpc("<create-subscription xmlns='urn:ietf:params:xml:ns:netconf:"
                                 "notification:1.0'/>"))
        for c in (silent, half_hello, half_chunk, half_eom, idle):
            c.sock.settimeout(30)
            until_end(c)
        seen = ""
        while seen.count("<termination-reason>timeout<") < 5:
            seen += subscribed.receive()
        subscribed.close()


@test
def replies_that_nobody_takes():
    limits = {"HEDDLE_NETCONF_LIMITS": "stall_s=1,output_kb=16"}
    with world(env=limits) as w, contextlib.closing(Client(w.path)) as good:
        assert ok(good.rpc("<create-subscription xmlns='urn:ietf:params:xml:ns:netconf:notification:1.0'/>"))
        deaf = Client(w.path, timeout=1)
        with contextlib.suppress(TimeoutError, *GONE):
            while True:
                deaf.raw(framed(GET, True) * 100)
        seen = ""
        while f"<session-id>{deaf.session}</session-id><termination-reason>timeout<" not in seen:
            seen += good.receive()
        deaf.close()


@test
def stopped_while_answers_are_owed():
    """heddle-mgmt is told to stop when others owe it something, and reads run."""
    with world() as w:
        with w.lock:
            w.ends[DATA].silent = w.supervisor.silent = True
        clients = [Client(w.path) for _ in range(6)]
        for i, c in enumerate(clients):
            c.send(rpc("<get/>") if i % 2 else rpc(
                f'<get-config><source><running/></source><filter type="xpath" select="{BOMBS[0]}"/>'
                '</get-config>'))
        healthy_one = Client(w.path)
        healthy(healthy_one)  # it has seen the others
    for c in [*clients, healthy_one]:
        c.close()


@test
def sessions_of_one_user():
    limits = {"HEDDLE_NETCONF_LIMITS": "user_sessions=5,sessions=9"}
    most = 9 + ROOT if ROOT else 5
    with world(env=limits) as w:
        clients = [Client(w.path) for _ in range(most)]
        for _ in range(3):
            c = Client(w.path, hello=False)
            assert "resource-denied" in until_end(c)
        clients.pop().close()
        w.wait("a free place", lambda: opens(w))
        for c in clients:
            c.close()


def opens(w):
    c = Client(w.path, hello=False)
    try:
        return "<hello" in c.receive()
    finally:
        c.close()


@test
def rate_is_bounded_and_pipelining_is_not_punished():
    if SLOW:
        return
    with world(env={"HEDDLE_NETCONF_LIMITS": "rate=200"}) as w, \
            contextlib.closing(Client(w.path)) as c, contextlib.closing(Client(w.path)) as other:
        text = framed(GET, True)
        start = time.monotonic()
        c.raw(text * 150)  # a burst of less than a second's worth: at once
        for _ in range(150):
            c.receive()
        burst = time.monotonic() - start
        threading.Thread(target=lambda: c.raw(text * 600), daemon=True).start()
        start = time.monotonic()
        for _ in range(600):
            c.receive()
        steady = time.monotonic() - start
        assert steady > 1.5, steady  # 750 requests at 200 a second, of which 200 are free
        in_time(burst, steady / 2)
        start = time.monotonic()
        healthy(other)
        in_time(time.monotonic() - start, 1)


class Healthy:
    """A client that asks for small things all the time, and remembers how long it took."""

    def __init__(self, w):
        self.client, self.times, self.running = Client(w.path, timeout=60), [], True
        self.thread = threading.Thread(target=self.loop, daemon=True)

    def loop(self):
        while self.running:
            start = time.monotonic()
            healthy(self.client)
            self.times.append(time.monotonic() - start)
            time.sleep(0.002)  # a person's pace, not a load of its own

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.running = False
        self.thread.join(60)
        self.client.close()


def percentile(times, p):
    return sorted(times)[int(len(times) * p)]


BOMBS = ["//*[//*[//*[//*[//*[//*]]]]]", "count(//*[count(//*[count(//*[count(//*)])])])",
         "//*[.=//*[.=//*[.=//*]]]"]


@test
def a_hundred_sessions():
    """Stalled, deaf, babbling and greedy ones at once: a healthy client does not notice."""
    limits = {"HEDDLE_NETCONF_LIMITS": "user_sessions=200,read_cpu_s=3"}
    seconds = 3
    with world(env=limits) as w:
        before, clients, stop = rss(w), [], threading.Event()
        with Healthy(w) as alone:
            time.sleep(1)  # nothing happens: that is what is measured
        def babble(c, data):
            try:
                while not stop.is_set():
                    c.raw(data)
            except (OSError, TimeoutError):
                pass
        def open_with(data, n, chunked=True):
            for _ in range(n):
                c = Client(w.path, timeout=60)
                c.sock.settimeout(1)
                clients.append(c)
                threading.Thread(target=babble, args=(c, data), daemon=True).start()
        for _ in range(30):  # stalled
            c = Client(w.path, timeout=60)
            c.raw("\n#500\n<rpc")
            clients.append(c)
        for _ in range(20):  # no hello
            clients.append(Client(w.path, hello=False))
        with Healthy(w) as during:
            open_with(framed(GET, True) * 50, 15)            # never read
            open_with(b"\n#%d\n" % (1 << 22) + b"x" * 65536, 5)  # gigabytes
            for _ in range(10):  # garbage, again and again
                threading.Thread(target=garbage, args=(w, stop), daemon=True).start()
            for i in range(20):  # explode
                c = Client(w.path, timeout=60)
                c.send(rpc(f'<get-config><source><running/></source><filter type="xpath" '
                           f'select="{BOMBS[i % 3]}"/></get-config>'))
                clients.append(c)
            time.sleep(seconds)  # the time that is measured
        stop.set()
        for c in clients:
            c.close()
        p99 = percentile(during.times, 0.99)
        print(f"    alone p50 {percentile(alone.times, 0.5) * 1e3:.2f} ms p99 "
              f"{percentile(alone.times, 0.99) * 1e3:.2f} ms; during p50 "
              f"{percentile(during.times, 0.5) * 1e3:.2f} ms p99 {p99 * 1e3:.2f} ms, "
              f"{len(during.times)} requests; memory {before} -> {rss(w)} KB")
        assert len(during.times) > 5, len(during.times)
        in_time(p99, 1)
        assert rss(w) < before + (900_000 if SLOW else 200_000), (before, rss(w))


def garbage(w, stop):
    while not stop.is_set():
        with contextlib.suppress(OSError, TimeoutError, *GONE):
            c = Client(w.path, hello=False, timeout=2)
            c.raw(os.urandom(4096) + b"]]>]]>")
            until_end(c)


@test
def exploding_xpaths():
    limits = {"HEDDLE_NETCONF_LIMITS": "read_cpu_s=1,read_s=20,reads=2"}
    ports = "".join(f"<interface><name>p{i}</name><type xmlns:t='urn:heddle:yang:heddle-tap'>t:tap</type>"
                    "</interface>" for i in range(80))
    with world(env=limits) as w, contextlib.closing(Client(w.path)) as good:
        assert ok(good.edit(f"<interfaces xmlns='urn:ietf:params:xml:ns:yang:ietf-interfaces'>{ports}"
                            "</interfaces>"))
        for bomb in BOMBS:
            c = Client(w.path, timeout=60)
            c.send(rpc(f'<get-config><source><running/></source><filter type="xpath" select="{bomb}"/>'
                       '</get-config>'))
            start = time.monotonic()
            healthy(good)
            in_time(time.monotonic() - start, 1)
            (error,) = errors(ET.fromstring(c.receive()))
            assert error[0] == "resource-denied" and "processor time" in error[3], error
            healthy(c)
            c.close()
        # Whoever vanishes takes the work along.
        gone = [Client(w.path) for _ in range(6)]
        for c in gone:
            c.send(rpc(f'<get-config><source><running/></source><filter type="xpath" '
                       f'select="{BOMBS[0]}"/></get-config>'))
        for c in gone:
            c.close()
        children = pathlib.Path(f"/proc/{w.process.pid}/task/{w.process.pid}/children")
        if not WRAPPER:
            w.wait("no children", lambda: not children.read_text().split())
        healthy(good)


if __name__ == "__main__":
    sys.exit(main())
