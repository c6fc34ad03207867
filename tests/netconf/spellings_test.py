#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Random configurations in random spellings, by all doors, against a model that knows canonical forms.

A round boots a configuration that was written as JSON, XML or lines of set, changes it by NETCONF
and by the command, and compares, saves and loads it. 2 rounds, 60 in the long form.

usage: spellings_test.py HEDDLE_MGMT CONFIGS [NAME ...]     ($HEDDLE is the command)

SPELLINGS_SEED=N repeats a run.
"""
import contextlib
import copy
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from client import BASE, Client, errors, ok
from common import main, test, world
from datastores import HC, HP, HS, IF, OPS, changes, commit, edit, get, op, startup_differs
from spellings import Spelling

HEDDLE = os.environ["HEDDLE"]
LONG = bool(os.environ.get("HEDDLE_TEST_LONG"))
SEED = int(os.environ.get("SPELLINGS_SEED") or random.randrange(10**6))
ROUNDS, STEPS = (60, 40) if LONG else (2, 12)
GUARD, VU = "urn:heddle:yang:heddle-guard", "urn:heddle:yang:heddle-vhost-user"
PORTS = ["a", "b"]
LISTS = {"trunk": ("vlan", "range"), "mac": ("mac",), "ip": ("prefix",)}
LEAFS = {"mtu": "number", "mode": "mode"}
STATIC = "s"  # the port of static entries


class Config:
    """What is configured: canonical values only."""

    def __init__(self, spelling):
        self.s, self.rnd = spelling, spelling.rnd
        self.ports = {p: {"trunk": [], "mac": [], "ip": [], "mtu": None, "mode": None} for p in PORTS}
        self.addresses, self.static = [], []
        for p in PORTS:
            for name in LISTS:
                for _ in range(self.rnd.randrange(1, 4)):
                    self.add(p, name)
            for name, kind in LEAFS.items():
                self.ports[p][name] = self.s.any(kind)
        self.addresses = [self.s.any("address") for _ in range(2)]
        self.static = [(self.s.any("vlan"), self.s.any("mac")) for _ in range(2)]

    def value(self, name):
        return self.s.any(self.rnd.choice(LISTS[name]))

    def add(self, port, name):
        value = self.value(name)
        if value not in self.ports[port][name]:
            self.ports[port][name].append(value)

    def forms(self):
        """All of it, to be compared."""
        forms = lambda values: sorted(v[1] for v in values)
        return ({p: {n: forms(v) if n in LISTS else v and v[1] for n, v in port.items()}
                 for p, port in self.ports.items()},
                forms(self.addresses), sorted((v[1], m[1]) for v, m in self.static))

    # Each door: the whole configuration in its own words.

    def xml(self):
        t = lambda tag, v: f"<{tag}>{self.s.text(v, 'xml')}</{tag}>"
        ports = "".join(self.port_xml(p) for p in PORTS)
        return (f'<switches xmlns="{HS}"><switch><name>sw0</name><segment><name>lab</name><vlan>1</vlan>'
                "<host-only/><host-interface><name>hd-lab</name>"
                + "".join(t("address", a) for a in self.addresses) + "</host-interface></segment>"
                + "".join(f"<static-mac>{t('segment-or-vlan', v)}{t('mac', m)}<port>{STATIC}</port>"
                          "</static-mac>" for v, m in self.static)
                + f'</switch></switches><interfaces xmlns="{IF}">{ports}<interface><name>{STATIC}</name>'
                '<type xmlns:x="urn:heddle:yang:heddle-tap">x:tap</type>'
                f'<port xmlns="{HP}"><switch>sw0</switch><trunk>1..4094</trunk></port></interface>'
                "</interfaces>")

    def port_xml(self, p):
        t = lambda tag, v: f"<{tag}>{self.s.text(v, 'xml')}</{tag}>" if v else ""
        port = self.ports[p]
        spoof = "".join(t(n, v) for n in ("mac", "ip") for v in port[n])
        return (f'<interface><name>{p}</name><type xmlns:v="{VU}">v:vhost-user</type>'
                f'<vhost-user xmlns="{VU}"><mode>server</mode>{t("socket-mode", port["mode"])}'
                f'</vhost-user><port xmlns="{HP}"><switch>sw0</switch>{t("mtu", port["mtu"])}'
                + "".join(t("trunk", v) for v in port["trunk"])
                + f'<anti-spoof xmlns="{GUARD}">{spoof}</anti-spoof></port></interface>')

    def json(self):
        j = lambda values: [self.s.json(v) for v in values]
        ports = [{"name": p, "type": "heddle-vhost-user:vhost-user", "heddle-vhost-user:vhost-user": {
            "mode": "server", "socket-mode": self.s.json(port["mode"])}, "heddle-port:port": {
                "switch": "sw0", "mtu": self.s.json(port["mtu"]), "trunk": j(port["trunk"]),
                "heddle-guard:anti-spoof": {"mac": j(port["mac"]), "ip": j(port["ip"])}}}
                 for p, port in self.ports.items()]
        ports.append({"name": STATIC, "type": "heddle-tap:tap",
                      "heddle-port:port": {"switch": "sw0", "trunk": ["1..4094"]}})
        switch = {"name": "sw0", "segment": [{"name": "lab", "vlan": 1, "host-only": {},
                                              "host-interface": {"name": "hd-lab",
                                                                 "address": j(self.addresses)}}],
                  "static-mac": [{"segment-or-vlan": self.s.json(v), "mac": self.s.json(m),
                                  "port": STATIC} for v, m in self.static]}
        return json.dumps({"heddle-switch:switches": {"switch": [switch]},
                           "ietf-interfaces:interfaces": {"interface": ports}})

    def lines(self):
        w = lambda values: " ".join(self.s.text(v, "line") for v in values)
        out = ["switch sw0 segment lab vlan 01 host-only",
               f"switch sw0 segment lab interface hd-lab address [ {w(self.addresses)} ]",
               f"port {STATIC} tap switch sw0 trunk 0001-04094"]
        out += [f"switch sw0 static-mac {w((v, m))} port {STATIC}" for v, m in self.static]
        for p, port in self.ports.items():
            out += [f"port {p} vhost-user mode server socket-mode {w([port['mode']])}",
                    f"port {p} switch sw0 mtu {w([port['mtu']])} trunk [ {w(port['trunk'])} ]",
                    f"port {p} anti-spoof mac [ {w(port['mac'])} ]",
                    f"port {p} anti-spoof ip [ {w(port['ip'])} ]"]
        return "".join(f"set {line}\n" for line in out)

    def file(self, folder):
        door = self.rnd.choice(("json", "xml", "lines"))
        path = pathlib.Path(folder) / f"config.{door}"
        text = getattr(self, door)()
        path.write_text(text)
        return path


def read(data):
    """The same of a reply."""
    texts = lambda e, name, ns: sorted(x.text for x in e.iter(f"{{{ns}}}{name}"))
    one = lambda e, name, ns: next(iter(texts(e, name, ns)), None)
    ports = {i.findtext(f"{{{IF}}}name"): {
        "trunk": texts(i, "trunk", HP), "mac": texts(i, "mac", GUARD), "ip": texts(i, "ip", GUARD),
        "mtu": one(i, "mtu", HP), "mode": one(i, "socket-mode", VU)}
        for i in data.iter(f"{{{IF}}}interface") if i.findtext(f"{{{IF}}}name") != STATIC}
    static = sorted((s.findtext(f"{{{HS}}}segment-or-vlan"), s.findtext(f"{{{HS}}}mac"))
                    for s in data.iter(f"{{{HS}}}static-mac"))
    return ports, texts(data, "address", HS), static


class Round:
    def __init__(self, w, c, config, folder):
        self.w, self.c, self.config, self.folder = w, c, config, folder
        self.rnd, self.s = config.rnd, config.s

    def cli(self, *lines):
        text = "\n".join(("configure", *lines, "quit", ""))
        done = subprocess.run([HEDDLE, "--socket", str(self.w.path), "-f", "-"], text=True, input=text,
                              capture_output=True, timeout=200)
        assert done.returncode == 0, (lines, done)
        return done.stdout

    def check(self, source="candidate"):
        is_, should = read(get(self.c, source)), self.config.forms()
        assert is_ == should, (source, is_, should)

    def leaf_xml(self, port, name, value, operation):
        leaf = f'<{name} nc:operation="{operation}">{self.s.text(value, "xml")}</{name}>'
        if name != "trunk":
            leaf = f'<anti-spoof xmlns="{GUARD}">{leaf}</anti-spoof>'
        return (f'<interfaces xmlns="{IF}" {OPS}><interface><name>{port}</name><port xmlns="{HP}">{leaf}'
                "</port></interface></interfaces>")

    def words(self, port, name, value):
        where = name if name == "trunk" else f"anti-spoof {name}"
        return f"port {port} {where} {self.s.text(value, 'line')}"

    def add_value(self):
        port, name = self.rnd.choice(PORTS), self.rnd.choice(list(LISTS))
        value = self.config.value(name)
        if value in self.config.ports[port][name] or len(self.config.ports[port][name]) > 12:
            return
        if self.rnd.random() < 0.5:
            assert ok(edit(self.c, self.leaf_xml(port, name, value, "create"), test="set"))
        else:
            self.cli("set " + self.words(port, name, value))
        self.config.ports[port][name].append(value)

    def one_that_is_there(self):
        port, name = self.rnd.choice(PORTS), self.rnd.choice(list(LISTS))
        return port, name, self.rnd.choice(self.config.ports[port][name])

    def add_what_is_there(self):
        port, name, value = self.one_that_is_there()
        twice = edit(self.c, self.leaf_xml(port, name, value, "create"), test="set")
        assert [e[0] for e in errors(twice)] == ["data-exists"], (port, name, value, errors(twice))
        if self.rnd.random() < 0.5:
            assert ok(edit(self.c, self.leaf_xml(port, name, value, "merge"), test="set"))
        else:
            self.cli("set " + self.words(port, name, value))

    def delete_value(self):
        port, name, value = self.one_that_is_there()
        if len(self.config.ports[port][name]) < 2:
            return
        if self.rnd.random() < 0.5:
            gone = edit(self.c, self.leaf_xml(port, name, value, "delete"), test="set")
            assert ok(gone), (port, name, value, errors(gone))
        else:
            self.cli("delete " + self.words(port, name, value))
        self.config.ports[port][name].remove(value)

    def static_entry(self):
        vlan, mac = entry = self.s.any("vlan"), self.s.any("mac")
        at = lambda: f"switch sw0 static-mac {self.s.text(vlan, 'line')} {self.s.text(mac, 'line')}"
        self.cli(f"set {at()} port {STATIC}", f"set {at()} port {STATIC}")
        self.config.static.append(entry)
        self.check()
        vlan, mac = entry = self.rnd.choice(self.config.static)
        if self.rnd.random() < 0.5:
            self.cli(f"delete {at()}")
        else:
            key = lambda tag, v: f"<{tag}>{self.s.text(v, 'xml')}</{tag}>"
            assert ok(edit(self.c, f'<switches xmlns="{HS}" {OPS}><switch><name>sw0</name>'
                           f'<static-mac nc:operation="delete">{key("segment-or-vlan", vlan)}'
                           f'{key("mac", mac)}</static-mac></switch></switches>', test="set"))
        self.config.static.remove(entry)

    def leaf(self):
        port, kind = self.rnd.choice(PORTS), LEAFS["mtu"]
        value = self.s.any(kind)
        self.cli(f"set port {port} mtu {self.s.text(value, 'line')}",
                 f"delete port {port} mtu {self.s.text(value, 'line')}",
                 f"set port {port} mtu {self.s.text(value, 'line')}")
        self.config.ports[port]["mtu"] = value

    def everything_again(self):
        """The whole in other spellings, by another door: nothing changes."""
        if self.rnd.random() < 0.5:
            self.cli(f"load replace {self.config.file(self.folder)}")
        else:
            body = f'<config xmlns="{BASE}">{self.config.xml()}</config>'
            assert ok(self.c.rpc(f"<copy-config><target><candidate/></target><source>{body}</source>"
                                 "</copy-config>"))

    def commit(self):
        reply = commit(self.c, f'<save xmlns="{HC}"/>')
        assert ok(reply), errors(reply)
        self.check("running")
        self.check("startup")
        assert not startup_differs(self.c)
        for _ in range(2):
            self.everything_again()
            self.check()
            assert not changes(self.c), changes(self.c)
        assert "changes nothing" in self.cli("compare")

    def step(self):
        self.rnd.choice((self.add_value, self.add_value, self.add_what_is_there, self.delete_value,
                         self.static_entry, self.leaf, self.everything_again))()
        self.check()


def a_round(rnd, folder):
    config = Config(Spelling(rnd))
    state = pathlib.Path(folder) / "state"
    state.mkdir()
    config.file(folder).rename(state / "startup.conf")
    boot = lambda: world(None, options=("--state-dir", str(state)))
    with boot() as w, contextlib.closing(Client(w.path)) as c:
        walk = Round(w, c, config, folder)
        walk.check("running")
        assert not startup_differs(c)
        for _ in range(STEPS):
            walk.step()
        walk.commit()
        before, walk.config = config, copy.deepcopy(config)
        while walk.config.forms() == before.forms():
            walk.leaf()
        walk.commit()
        assert ok(op(c, "rollback", "<index>1</index>"))
        walk.config = before
        walk.check()
        walk.commit()
    with boot() as w, contextlib.closing(Client(w.path)) as c:
        Round(w, c, before, folder).check("running")


@test
def random_spellings_by_all_doors():
    print(f"seed {SEED} ... ", end="", flush=True)
    for n in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            a_round(random.Random(f"{SEED}/{n}"), folder)



if __name__ == "__main__":
    sys.exit(main())
