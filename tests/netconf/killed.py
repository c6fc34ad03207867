# SPDX-License-Identifier: BSD-3-Clause
"""A heddle-mgmt that is killed between planes that are not, and one to compare it with."""
import contextlib
import os
import pathlib
import shutil
import sys
import tempfile
import time
import xml.etree.ElementTree as ET

from client import NC, Client, errors, ok
from common import MGMT, PORTS, SWITCH, port
from planes import CONTROL, DATA, World

SLOW = 5 if os.environ.get("HEDDLE_TEST_SANITIZER") else 1
OWN = "urn:heddle:yang:heddle-config"
CANDIDATE, RUNNING = "<candidate/>", "<running/>"


def configuration(rnd):
    """Some ports of ten, each with something that changes."""
    names = sorted(rnd.sample(range(10), rnd.randrange(1, 8)))
    extra = "<mtu>{}</mtu>"
    segments = "".join(f"<segment><name>s{v}</name><vlan>{v}</vlan><host-only/></segment>"
                       for v in sorted({1, rnd.randrange(2, 5)}))
    return SWITCH.format(segments) + PORTS.format("".join(
        port(f"p{n}", "s1", extra.format(rnd.randrange(1000, 9000))) for n in names))


def edit(config, target=RUNNING, operation="replace"):
    return (f"<edit-config><target>{target}</target><default-operation>{operation}"
            f"</default-operation><config>{config}</config></edit-config>")


def canonical(element):
    """As text, with what stands below in an order of its own: entries of these lists have none."""
    inner = "".join(sorted(canonical(e) for e in element))
    return f"<{element.tag}>{(element.text or '').strip()}{inner}"


def text_of(reply):
    data = reply.find(NC + "data")
    return "" if data is None else "\n".join(sorted(canonical(e) for e in data))


def running(client, source=RUNNING):
    return text_of(client.rpc(f"<get-config><source>{source}</source></get-config>"))


class Switch:
    """heddle-mgmt that is killed, and planes that are not."""

    def __init__(self, env=None):
        self.folder = tempfile.mkdtemp(prefix="heddle-kill-")
        self.env = {"HEDDLE_INSTANCE": "one", "ASAN_OPTIONS": "verify_asan_link_order=0",
                    **(env or {})}
        self.restarts, self.world = 0, None
        self.planes = {DATA: (0, {}), CONTROL: (0, {})}  # generation, objects
        self.log = []

    def start(self):
        env = {**self.env, "HEDDLE_RESTARTS": str(self.restarts)}
        self.world = w = World(MGMT, None, self.folder, env, planes=(),
                               options=("--state-dir", self.folder + "/state"))
        for plane, (generation, objects) in self.planes.items():
            with w.lock:
                w.start_plane(plane, generation).objects = dict(objects)
        w.wait("ready", w.ready.is_set, 30 * SLOW)
        self.path = pathlib.Path(self.folder) / "netconf.sock"
        return self

    def kill(self):
        self.world.process.kill()

    def gone(self):
        """The process is dead; the planes read what it still said, and then stay alone."""
        w = self.world
        w.process.wait()
        for plane, end in list(w.ends.items()):
            w.wait("the planes to read all", lambda e=end: not self.registered(e))
            if plane in self.planes:
                self.planes[plane] = (end.generation, end.objects)
        w.__exit__()
        self.log += w.log
        self.restarts += 1

    def registered(self, end):
        return any(key.data is end for key in self.world.selector.get_map().values())

    def client(self):
        return contextlib.closing(Client(self.path, timeout=30 * SLOW))

    def in_step(self):
        """Both planes hold one and the same generation."""
        w = self.world
        w.wait("planes in step", lambda: w.ends[DATA].generation == w.ends[CONTROL].generation != 0)
        with w.lock:
            return w.ends[DATA].generation, {p: dict(w.ends[p].objects) for p in (DATA, CONTROL)}

    def stop(self):
        self.world.__exit__()
        self.log += self.world.log
        assert self.world.status == 0, (self.world.status, "".join(self.world.log))

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__(True)
            raise

    def __exit__(self, kind, *_):
        if self.world and self.world.process.poll() is None:
            self.world.process.kill()
            self.world.process.wait()
            self.world.__exit__()
        if kind:
            log = self.log + (self.world.log if self.world else [])
            print("".join(log[-60:]), file=sys.stderr)
        shutil.rmtree(self.folder)


class Reference:
    """What a configuration looks like in get-config, and what the planes are given of it."""

    def __init__(self, switch):
        self.switch, self.known = switch, {}

    def of(self, config):
        if config not in self.known:
            with self.switch.client() as c:
                reply = c.rpc(edit(config))
                assert ok(reply), errors(reply)
                self.known[config] = (running(c), self.switch.in_step()[1])
        return self.known[config]


def until(condition, what, seconds=20 * SLOW):
    """Not World.wait(): the planes have to go on meanwhile."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what}: not in {seconds} s"
        time.sleep(0.01)  # the condition is another process's; there is nothing to block on


def history(client):
    reply = client.rpc(f'<get-history xmlns="{OWN}"/>')
    assert not errors(reply), errors(reply)
    entries = []
    for entry in reply.iter(f"{{{OWN}}}entry"):
        leaf = {e.tag.partition("}")[2]: e.text for e in entry}
        entries.append((int(leaf["index"]), int(leaf["generation"]), leaf))
    return entries
