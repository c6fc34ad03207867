#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration mode of the heddle command, in scripts, over a real heddle-mgmt with played planes.

usage: conf_test.py HEDDLE_MGMT CONFIGS [NAME ...]     ($HEDDLE is the command)
"""
import contextlib
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "netconf"))

import machine  # noqa: E402
from client import BASE, Client, ok  # noqa: E402
from planes import DATA  # noqa: E402
from scripts import HEDDLE, Cli, has  # noqa: E402
from terminal import Terminal  # noqa: E402
from common import CONFIGS, main, test, world  # noqa: E402

CONFIG = "urn:heddle:yang:heddle-config"


@test
def set_show_compare_commit():
    with world() as w:
        cli = Cli(w)
        out = cli.run("set port web9 vhost-user socket web9.sock",
                      'set port web9 switch sw0 access lab description "two words"',
                      "compare", "show port web9", "show port web9 access", "show port fw trunk")
        assert out == (
            '+ set port web9 description "two words"\n'
            "+ set port web9 vhost-user socket web9.sock\n"
            "+ set port web9 switch sw0\n"
            "+ set port web9 access lab\n"
            'description "two words";\n'
            "vhost-user {\n    socket web9.sock;\n}\n"
            "switch sw0;\naccess lab;\n"
            "access lab;\n"
            "trunk [ office lab 100-200 ];\n"), out
        assert "web9" not in str(w.ends[DATA].objects)
        has(cli.run("commit check"), "port web9 is added", "Nothing was committed")
        assert "web9" not in str(w.ends[DATA].objects)
        has(cli.run("commit comment why not"), "Committed.")
        assert "web9" in str(w.ends[DATA].objects)
        has(cli.run("compare", "history"), "changes nothing", "why not")
        has(cli.run("compare rollback 1"), "+ set port web9 access lab")


@test
def gateways():
    """A kind with a word of its own; in the model it is in the list of ports."""
    with world() as w:
        cli = Cli(w)
        has(cli.run("set gateway lab-gw switch sw0 segment lab address 192.168.77.254/24", "commit check"),
            "gateway lab-gw is added")
        out = cli.run("edit gateway lab-gw", "set address [ fd00::1/64 10.9.0.1/24 ] vrf blue", "show", "up",
                      "show gateway", "show gateway lab-gw vrf", "compare")
        block = ("switch sw0;\nsegment lab;\naddress [ 192.168.77.254/24 fd00::1/64 10.9.0.1/24 ];\nvrf blue;\n")
        assert block in out, out
        has(out, "gateway lab-gw {\n    switch sw0;\n", "\nvrf blue;\n", "+ set gateway lab-gw segment lab")
        assert "port" not in out, out
        has(cli.run("commit"), "Committed.")
        has(cli.run("set gateway lab-gw vrf red mac 02:00:00:00:00:99", "compare", "commit check"),
            "- set gateway lab-gw vrf blue\n+ set gateway lab-gw vrf red\n+ set gateway lab-gw mac 02:00:00:00:00:99",
            "gateway lab-gw is in VRF red instead of blue")
        has(cli.run("rename gateway lab-gw to den-gw", "rename switch sw0 segment lab to den", "show gateway den-gw"),
            "segment den;")
        cli.run("delete port den-gw", rc=2)
        has(cli.err, 'there is no port "den-gw"')
        cli.run("delete gateway web1", rc=2)
        has(cli.err, 'there is no gateway "web1"')
        cli.run("set gateway den-gw access den", rc=2)
        has(cli.err, 'gateway den-gw has no "access"')
        cli.run("set gateway den-gw segment nowhere", "commit", rc=1)
        has(cli.err, "gateway den-gw segment\n", 'switch sw0 has no segment "nowhere"')
        cli.run("set gateway den-gw segment den", "set gateway x switch sw0 segment office address 10.9.0.2/24 vrf red",
                "commit", rc=1)
        has(cli.err, "gateway den-gw address 10.9.0.1/24\n" if "den-gw address" in cli.err else "gateway x address",
            "overlaps with", "another vrf than red")
        cli.run("delete gateway x address 10.9.0.2/24", "commit")
        has(cli.run("delete gateway", "commit check"), "gateway den-gw is removed", "gateway x is removed")


@test
def what_the_switch_refuses():
    with world() as w:
        cli = Cli(w)
        cli.run("set port web9 tap switch sw0 access nowhere", "commit", rc=1)
        has(cli.err, "port web9 access\n", 'no segment "nowhere"')
        cli.run("delete port web9", "compare")
        cli.run("set port x mtu 3", rc=2)
        has(cli.err, 'mtu: "3": an MTU is 68 to 9600 bytes')
        cli.run("set prot x mtu 3", rc=2)
        has(cli.err, 'did you mean "port"?')
        cli.run("sett port x mtu 3", rc=2)
        has(cli.err, 'did you mean set?')
        cli.run('set port x description "a', rc=2)
        cli.run("delete port nobody", rc=2)
        has(cli.err, 'there is no port "nobody"')
        cli.run("delete port fw access", rc=2)
        has(cli.err, "port fw has no access that was set")
        cli.run("edit port fw", "delete", rc=2)
        has(cli.err, "what is to be deleted is missing")
        cli.run("show port nobody", rc=1)
        has(cli.err, "there is no port nobody")
        has(cli.run("show nacm"), "# nothing is configured")
        cli.run("edit port", rc=2)
        cli.run("rollback 77", rc=2)
        cli.run("rollback 7", rc=1)
        cli.run("commit sometime", rc=2)
        cli.run("confirm", rc=1)
        has(cli.err, "no commit that waits")
        cli.run("load everything x", rc=2)
        cli.run("load set /nonexistent/file", rc=2)


@test
def delete_and_kinds():
    with world() as w:
        cli = Cli(w)
        out = cli.run("delete port fw native", "delete port fw trunk [ lab 100-200 ]",
                      "set port fw pcap read a.pcap", "delete port cust",
                      "delete switch sw0 static-mac", "compare", "commit")
        has(out, "- set port fw native office\n", "- set port fw trunk [ lab 100-200 ]\n",
            "- set port fw tap device fw0\n- set port fw tap namespace fw\n"
            "+ set port fw pcap read a.pcap\n",
            "- set port cust tap\n", "- set switch sw0 static-mac office 02:00:00:00:00:05")
        assert cli.run("show port fw") == ("pcap {\n    read a.pcap;\n}\nswitch sw0;\n"
                                           "trunk office;\n")
        # One kind of segment takes the place of the other.
        out = cli.run("delete switch sw0 segment lab interface",
                      "set switch sw0 segment lab bridged uplink eth1 vlan 30", "compare")
        has(out, "- set switch sw0 segment lab host-only",
            "+ set switch sw0 segment lab bridged uplink eth1")


@test
def levels():
    with world() as w:
        cli = Cli(w)
        out = cli.run("edit switch sw0", "edit segment lab", "set mac-limit 77", "show", "up",
                      "show segment lab mac-limit", "set mac-limit 5", "exit",
                      "compare", "edit port new tap", "set queues 2", "top",
                      "show port new | display set")
        assert out == (
            "host-only;\ninterface hd-lab {\n    address 192.168.56.1/24;\n}\nmac-limit 77;\n"
            "mac-limit 77;\n"
            "- set switch sw0 mac-limit 65536\n+ set switch sw0 mac-limit 5\n"
            "+ set switch sw0 segment lab mac-limit 77\n"
            "set port new tap queues 2\n"), out


@test
def rollback_and_discard():
    with world() as w:
        cli = Cli(w)
        cli.run("set port cust mtu 2000", "commit", "set port cust mtu 3000", "commit")
        has(cli.run("rollback 1", "compare"), "- set port cust mtu 3000\n+ set port cust mtu 2000")
        has(cli.run("discard", "compare"), "changes nothing")
        has(cli.run("rollback 2", "commit", "show port cust mtu"), "mtu 1500;")
        has(cli.run("set port cust mtu 70", "rollback 0", "compare"), "changes nothing")


@test
def confirmed():
    with world() as w:
        cli = Cli(w)
        has(cli.run("set port cust mtu 2000", "commit confirmed 5 comment try"), "Reverts in 5 min")
        has(cli.err, "reverts in 5 minutes unless somebody types confirm")
        # The session has ended, and it holds: another one confirms.
        has(cli.run("show port cust mtu", "history"), "mtu 2000;", "not confirmed  try")
        cli.run("set port cust mtu 2100", "confirm", rc=1)
        has(cli.err, "further edits")
        has(cli.run("discard", "confirm"), "Confirmed.")
        has(cli.err, "reverts in")
        cli.run("compare")
        assert "reverts" not in cli.err, cli.err
        has(cli.run("set port cust mtu 3000", "commit confirmed", "cancel", "show port cust mtu"),
            "Reverts in 10", "mtu 2000;")
        has(cli.run("set port cust mtu 3000", "commit confirmed 1", "set port cust mtu 3100",
                    "commit", "show port cust mtu"), "what was to be confirmed is", "mtu 3100;")


@test
def load_and_save():
    with world() as w, tempfile.TemporaryDirectory() as folder:
        cli, f = Cli(w), pathlib.Path(folder)
        cli.run(f"save {f}/a.set")
        saved = (f / "a.set").read_text()
        assert (f / "a.set").stat().st_mode & 0o777 == 0o600
        has(saved, "set port cust tunnel 300\n", "set switch sw0 segment office vlan 10\n")
        for name in ("set", "json", "xml"):
            (f / name).write_text(cli.run(f"show | display {name}"))
        assert (f / "set").read_text() == saved
        has(cli.run("delete port", "delete switch", "show | display set", f"load set {f}/a.set",
                    "compare"), "nothing is configured", "changes nothing")
        for name in ("set", "json", "xml"):
            has(cli.run("delete port", "set port other tap", f"load replace {f}/{name}",
                        "compare"), "changes nothing")
            has(cli.run("delete port", "set port other tap", f"load merge {f}/{name}", "compare"),
                "+ set port other tap\n")
            cli.run("discard")
        (f / "edits").write_text("# edits\nset port a tap\ndelete port cust\ndelete port nobody\n"
                                 "delete port fw trunk office\n")
        has(cli.run(f"load set {f}/edits", "compare"), "4 lines; 1 of them delete what is not",
            "- set port cust tap", "+ set port a tap", "- set port fw trunk office")
        (f / "bad").write_text("set port a tap\nset port a quack 7\n\nset port b\nset port\n")
        cli.run("discard", f"load set {f}/bad", rc=2)
        has(cli.err, "2 errors; nothing was changed", "line 2, column 12", "line 5, column 9")
        has(cli.run("compare"), "changes nothing")
        (f / "bad").write_text('{"heddle-switch:switches": {"swich": []}}')
        cli.run(f"load merge {f}/bad", rc=2)
        (f / "bad").write_text("<a")
        cli.run(f"load replace {f}/bad", rc=2)
        (f / "empty").write_text("# all of it is gone\n")
        has(cli.run(f"load replace {f}/empty", "show"), "nothing is configured")


@test
def rename_and_copy():
    with world() as w:
        cli = Cli(w)
        has(cli.run("rename port web1 to web2", "compare", "commit"), "1 place that named it",
            "- set port web1 access office", "+ set port web2 access office",
            "- set switch sw0 static-mac office 02:00:00:00:00:05 port web1\n"
            "+ set switch sw0 static-mac office 02:00:00:00:00:05 port web2\n")
        out = cli.run("rename switch sw0 segment office to bureau", "compare", "commit",
                      "show port fw | display set")
        has(out, "4 places that named it", "set port fw trunk [ lab 100-200 bureau ]",
            "set port fw native bureau",
            "+ set switch sw0 static-mac bureau 02:00:00:00:00:05 port web2\n")
        has(cli.run("rename switch sw0 to core", "commit", "show port fw switch"), "switch core;")
        has(cli.run("edit switch core", "rename segment lab to labor", "top", "commit",
                    "show port fw trunk"), "labor")
        has(cli.run("copy port web2 to web3", "show port web3", "compare"), "access bureau",
            "+ set port web3 vhost-user socket web1.sock\n")
        cli.run("rename port web2 to fw", rc=2)
        has(cli.err, 'there is a port "fw" already')
        cli.run("rename port nobody to x", rc=2)
        cli.run("rename port to x", rc=2)
        cli.run("rename port web2", rc=2)
        cli.run('rename port web2 to "a b"', "commit", rc=1)


@test
def modes_and_others():
    with world() as w:
        cli = Cli(w)
        cli.run("set port cust mtu 2000")
        has(cli.err, "stay in the candidate")
        has(cli.run("compare"), "mtu 2000")
        has(cli.err, "nobody committed yet", "port cust (modify, by")
        # A private candidate is as running, and ends with the session.
        has(cli.run("compare", "set port cust mtu 4000", "compare", mode="configure private"),
            "changes nothing", "+ set port cust mtu 4000")
        has(cli.err, "The edits were not committed, and are gone.")
        has(cli.run("compare"), "+ set port cust mtu 2000")
        has(cli.run("set port fw mtu 3000", "commit", mode="configure private"), "Committed")
        has(cli.run("compare", "discard"), "+ set port cust mtu 2000")
        cli.run("set port cust mtu 6000", mode="configure exclusive")
        has(cli.err, "and are gone")
        has(cli.run("compare"), "changes nothing")
        # Nobody else edits while one has it exclusively.
        with contextlib.closing(Client(w.path)) as other:
            assert ok(other.rpc(f'<open-configuration xmlns="{CONFIG}"><mode>exclusive</mode>'
                                "</open-configuration>"))
            cli.run("set port cust mtu 5000", rc=1)
            has(cli.err, "locked") if "locked" in cli.err else has(cli.err, "session")


class Typist:
    """Somebody at a terminal, in configuration mode."""

    def __init__(self, w, home, where=()):
        self.terminal = Terminal([*where, HEDDLE, "--socket", str(w.path)],
                                 {"HOME": home, "PAGER": "cat", "XDG_STATE_HOME": ""}, seconds=60)
        self.prompt = r"# $"
        self.terminal.expect(r"> $")
        self.do("configure")

    def do(self, text, end="\r"):
        """Types a line (or a part of one, with another end); returns what comes of it."""
        self.terminal.type(text + end)
        self.terminal.expect(r"\n")
        return self.terminal.expect(r"(.*?)\S*" + self.prompt).group(1)

    def asks(self, text):
        """What `?` says behind a part of a line, which goes then."""
        self.terminal.type(text + "?")
        said = self.terminal.expect(r"\?\n(.*?)\n[^\n]*# " + re.escape(text) + "$").group(1)
        self.terminal.type("\x03")
        self.terminal.expect(self.prompt)
        return said

    def completes(self, text, full):
        self.terminal.type(text + "\t")
        self.terminal.expect(re.escape(full) + "$")
        self.terminal.type("\x03")
        self.terminal.expect(self.prompt)


@test
def typed():
    with world() as w, tempfile.TemporaryDirectory() as home:
        me = Typist(w, home)
        with me.terminal:
            me.completes("se", "set ")
            me.completes("set port web1 vho", "set port web1 vhost-user ")
            me.completes("delete switch sw0 segment of", "delete switch sw0 segment office ")
            me.completes("set port fw access lab native of", "set port fw access lab native office ")
            me.completes("rollb", "rollback ")
            has(me.asks("set port x tap "), "queues", "Pairs of queues", "access")
            has(me.asks("set port x tap queues "), "<1..8>", "Pairs of queues; default: 1")
            has(me.asks("set port fw access "), "office", "lab", "lan", "<1..4094>")
            has(me.asks("delete port fw "), "native", "trunk")
            assert "access" not in me.asks("delete port fw ")
            has(me.asks("rename port fw "), "to")
            has(me.asks("load "), "merge", "replace")
            has(me.asks("rollback "), "0 ")
            # What is wrong is pointed at.
            lines = me.do("set port web1 acess lab").split("\n")
            caret = next(line for line in lines if line.strip() == "^")
            typed_at = re.search(r"(\S*# )set port web1 acess lab", me.terminal.seen).group(1)
            assert len(caret) - 1 == len(typed_at) + len("set port web1 "), (caret, typed_at)
            # What this line makes is told at once, and once.
            out = me.do("set port vm9 tap switch sw0 access 77")
            has(out, "warning: port vm9 is in VLAN 77, which no uplink carries")
            out = me.do("set port vm9 mtu 1400")
            assert "warning" not in out, out
            has(me.do("edit switch sw0"), "[edit switch sw0]")
            has(me.do("set segment lab vlan 78"), "")
            has(me.do("top"), "[edit]")
            out = me.do("delete switch sw0 segment lan")
            me.terminal.type("commit\r")
            me.terminal.expect(r"danger: .*\[y/N\]")
            me.terminal.type("n\r")
            me.terminal.expect(me.prompt)
            has(me.do("compare"), "- set switch sw0 segment lan bridged uplink eth1")
            me.do("com ch")  # neither is the only one: compare, commit
            has(me.do("discard"), "[edit]")
            me.terminal.type("exit\r")
            me.terminal.expect(r"> $")
            me.terminal.type("exit\r")
            assert me.terminal.wait() == 0


@test
def names_of_the_machine_are_offered():
    if not machine.allowed():
        return  # tests of the suite lab need namespaces, too
    with world() as w, tempfile.TemporaryDirectory() as home:
        me = Typist(w, home, machine.MACHINE)
        with me.terminal:
            said = me.asks("set port x af-packet device ")
            has(said, "cable0", "cable1", "hd-old")
            assert not re.search(r"^ *lo\b", said, re.M), said
            me.completes("set port x tap namespace bl", "set port x tap namespace blue ")
            has(me.asks("set port x tap namespace "), "blue", "green")
            # In a namespace there are other devices.
            assert "cable0" not in me.asks("set port x af-packet namespace blue device ")
            said = me.asks("set switch sw0 segment new interface ")
            assert "hd-old" in said and "cable" not in said, said


@test
def display_forms_are_one():
    """All forms of one configuration are taken again as they are, and are the same."""
    for name in sorted(p.name for p in (CONFIGS / "good").iterdir()):
        with world(f"good/{name}") as w, tempfile.TemporaryDirectory() as folder:
            cli, f = Cli(w), pathlib.Path(folder)
            for form in ("text", "set", "json", "xml"):
                text = cli.run(f"show | display {form}")
                if form == "xml":
                    assert ET.fromstring(text).tag == f"{{{BASE}}}config", text
                (f / form).write_text(text)
                out = cli.run("delete port" if re.search("interface|port ", text) else "top",
                              f"load replace {f}/{form}", "compare")
                has(out, "changes nothing")
                # The same from the shell: printed by one command, taken by another.
                one = cli.one("show", "configuration", "--display", form)
                assert form in ("json", "xml") or one == text, (one, text)
                has(cli.one("load", "replace", "-", stdin=one), "nothing had to change")


@test
def a_refused_startup_is_said_where_an_operator_looks():
    def one_shot(*words):
        return re.sub(r"\s+", " ", cli.one(*words, rc=None if words[0] == "doctor" else 0))

    with tempfile.TemporaryDirectory() as folder:
        conf = pathlib.Path(folder, "startup.conf")
        conf.write_text("set switch sw0 segmnt lan\n")
        said = f"{conf} was refused"
        places = ("show history", "show version", "show version --json", "doctor", "doctor --json")
        with world(None, options=("--state-dir", folder)) as w:
            cli = Cli(w)
            cli.run("show")
            has(cli.err, said)
            has(cli.run("history"), said)
            for place in places:
                has(one_shot(*place.split()), said)
            out = re.sub(r"\s+", " ", cli.run("set switch sw0 segment lan host-only", "commit check"))
            has(out, f"warning: {said}", "replaces that file", "startup.conf.refused")
            assert "segmnt" in conf.read_text()
            # The commit replaces it, and then it is said no more.
            has(cli.run("commit"), "Committed.")
            assert "segmnt" not in conf.read_text() and "segmnt" in pathlib.Path(f"{conf}.refused").read_text()
            assert said not in cli.run("show", "history") + cli.err
            for place in places:
                assert said not in one_shot(*place.split()), place


if __name__ == "__main__":
    sys.exit(main())
