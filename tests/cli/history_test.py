#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What was done to the switch and by whom: history, differences, events and the log, over a real
heddle-mgmt with played planes.

usage: history_test.py HEDDLE_MGMT CONFIGS [NAME ...]     ($HEDDLE is the command)
"""
import contextlib
import getpass
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "netconf"))

from client import Client, ok  # noqa: E402
from datastores import commit, edit, ifs, tap  # noqa: E402
from scripts import Cli, has  # noqa: E402
from common import main, test, world  # noqa: E402

UTC = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"


def comments(cli):
    return [e["comment"] for e in cli.json("show", "history")["history"]]


@test
def what_was_typed_stands_in_the_history():
    with world() as w:
        cli = Cli(w)
        cli.one("port", "add", "web9", "tap", "--access", "lab", "--description", "two words")
        cli.run("edit port web9", "set mtu 1400", "top", 'set port web9 description "why"', "commit")
        cli.run("set port web9 mtu 1300", "commit comment smaller frames")
        assert comments(cli) == [
            "smaller frames", 'set port web9 mtu 1400; set port web9 description "why"',
            'port add web9 tap --access lab --description "two words"', "start"]
        has(cli.one("show", "history"), "smaller frames", "runs")
        has(cli.run("history"), "smaller frames", "set port web9 mtu 1400")
        # What was refused, undone or only looked at is no part of it.
        cli.run("set port web9 mtu 1200", "show port web9", "discard", "set port web9 mtu 1100", "commit")
        assert comments(cli)[0] == "set port web9 mtu 1100"
        cli.run("rollback 1", "commit")
        assert comments(cli)[0] == "rollback 1"
        # Others than the command line are told by what they asked for.
        with contextlib.closing(Client(w.path)) as c:
            assert ok(edit(c, ifs(tap("web8")))) and ok(commit(c))
        first = cli.json("show", "history", "-n", "1")["history"]
        assert [(e["comment"], e["client"], e["user"]) for e in first] == [
            ("commit", "netconf", getpass.getuser())], first
        assert re.fullmatch(UTC, first[0]["time"]), first


@test
def secrets_are_not_kept_in_the_history():
    with world() as w:
        cli = Cli(w)
        cli.run('set port fw description "the password is xyzzy"', "set port fw mtu 1400", "commit")
        cli.one("port", "add", "web9", "tap", "--access", "lab", "--description", "its secret is xyzzy")
        cli.run('set port fw description "token xyzzy"', "commit")
        assert comments(cli) == ["commit", "port add", "set port fw mtu 1400", "start"]
        assert "xyzzy" not in cli.one("show", "history") + "".join(w.log)


@test
def long_edits_fit_into_the_history():
    with world() as w:
        cli = Cli(w)
        cli.run(*(f"set port web{n} tap switch sw0 access lab" for n in range(200, 300)), "commit")
        [comment, _] = comments(cli)
        assert len(comment) == 200 and comment.endswith("..."), comment
        has(comment, "set port web200 tap switch sw0 access lab; set port web201 ")


@test
def what_a_commit_changed():
    with world() as w:
        cli = Cli(w)
        cli.run("set port fw mtu 1400", "commit comment smaller")
        cli.one("port", "add", "web9", "tap", "--access", "lab")
        cli.run("set port fw mtu 1300", "commit")
        out = cli.one("show", "history", "1")
        assert re.fullmatch(r"commit 1, \S+ \S+ by \S+ with cli: port add web9 tap --access lab\n"
                            r"\+ set port web9 tap\n\+ set port web9 switch sw0\n\+ set port web9 access lab\n",
                            out), out
        assert cli.run("history 1") == out
        has(cli.one("show", "history", "2"), "smaller", "+ set port fw mtu 1400\n")
        # The oldest has nothing before it.
        has(cli.one("show", "history", "3"), "start", "+ set port fw ")
        assert cli.one("compare", "1") == "- set port fw mtu 1400\n+ set port fw mtu 1300\n"
        assert cli.one("compare", "0", "1") == "- set port fw mtu 1300\n+ set port fw mtu 1400\n"
        out = cli.one("compare", "3", "2")
        assert out == "+ set port fw mtu 1400\n" == cli.run("compare 3 2"), out
        has(cli.one("compare", "2", "2"), "Nothing is different.")
        has(cli.run("compare 0"), "changes nothing")
        has(cli.run("set port fw mtu 1200", "compare 1", "discard"), "+ set port fw mtu 1200")
        assert cli.run("compare rollback 2") == cli.run("compare 2")
        assert cli.json("compare", "1") == {"from": 1, "to": 0, "removed": ["set port fw mtu 1400"],
                                            "added": ["set port fw mtu 1300"]}
        one = cli.json("show", "history", "1")
        assert one["removed"] == [] and one["added"][0] == "set port web9 tap", one
        assert one["index"] == 1 and one["client"] == "cli" and re.fullmatch(UTC, one["time"]), one


@test
def numbers_that_are_not_in_the_history():
    with world() as w:
        cli = Cli(w)
        for words in (("show", "history", "7"), ("compare", "7"), ("compare", "0", "7")):
            cli.one(*words, rc=1)
            has(cli.err, "the history, which has 1")
        for words in (("show", "history", "x"), ("show", "history", "-1"), ("compare", "50"),
                      ("compare", "0", "1x"), ("compare",), ("compare", "0", "0", "0")):
            cli.one(*words, rc=2)
        for line in ("compare 50", "compare 0 x", "compare rollback", "compare 0 0 0", "history x",
                     "history 0 0"):
            cli.run(line, rc=2)
        cli.run("compare 0 7", rc=1)
        cli.run("history 7", rc=1)


@test
def events_that_were():
    kind = "netconf-config-change"
    with world() as w:
        cli = Cli(w)
        for n in range(1, 5):
            cli.one("port", "add", f"x{n}", "tap", "--access", "lab")
        lines = cli.one("show", "events", kind).splitlines()
        assert len(lines) >= 4 and all(kind in line for line in lines), lines
        assert cli.one("show", "events", kind, "-n", "2").splitlines() == lines[-2:]
        assert cli.one("show", "events", "-n", "10000", kind).splitlines() == lines
        events = cli.events(kind, "-n", "1")
        [event] = events
        assert re.fullmatch(UTC, event["time"]) and event["event"] == kind, event
        assert isinstance(event["data"]["edit"], list) and len(event["data"]["edit"]) >= 1, event
        has(str(event["data"]["edit"]), "x4")
        assert isinstance(event["data"]["changed-by"]["session-id"], int), event
        cli.one("show", "events", "netconf-config-chang", rc=2)
        has(cli.err, f"did you mean {kind}?", "port-up", "mac-moved", "netconf-session-start")
        cli.one("monitor", "events", "nonsense", rc=2)
        has(cli.err, 'there is no event "nonsense"')
        for n in ("0", "x", "10001"):
            cli.one("show", "events", "-n", n, rc=2)
        # A list without entries is one, too.
        w.kill_plane(3)
        w.wait("plane-lost", lambda: cli.events("plane-lost"))


@test
def a_commit_is_one_line_of_the_log():
    with world() as w:
        cli = Cli(w)
        cli.one("port", "add", "web9", "tap", "--access", "lab")
        cli.run("set port fw mtu 1400", "commit comment smaller")
        def commits():
            return [line for line in w.log if " is in force" in line]
        w.wait("three lines", lambda: len(commits()) >= 3)
        lines = commits()
        assert len(lines) == 3, lines  # the start is the first
        user = getpass.getuser()
        assert re.search(rf': by {user} with cli, session \d+, "port add web9 tap --access lab"; \d+ added, ',
                         lines[1]), lines
        assert re.search(rf': by {user} with cli, session \d+, "smaller"; \d+ added, ', lines[2]), lines
        # Our own commands begin and end a session each: that is no news. Others are.
        assert not [line for line in w.log if "netconf session" in line], w.log
        Client(w.path).sock.close()
        w.wait("a line", lambda: any(re.search("netconf session .* ends", line) for line in w.log))


@test
def the_level_of_the_log_is_changed_live():
    with world() as w:
        cli = Cli(w)
        has(cli.one("log", "level", "debug"), "the log level is debug")
        w.wait("heddled was told", lambda: w.supervisor.log_level == 7)
        w.wait("the line", lambda: any("the log level is debug from now on: by" in line for line in w.log))
        cli.one("show", "history")
        w.wait("sessions of the tool", lambda: any("netconf session" in line for line in w.log))
        assert cli.json("log", "level", "error") == {"level": "error"}
        w.wait("heddled was told", lambda: w.supervisor.log_level == 3)
        before = len(w.log)
        cli.one("port", "add", "web9", "tap", "--access", "lab")
        has(cli.one("log", "level", "info"), "info")
        w.wait("the line", lambda: any("is info from now on" in line for line in w.log))
        assert not [line for line in w.log[before:] if "in force" in line or "session" in line], w.log
        cli.one("log", "level", "loud", rc=2)
        has(cli.err, 'there is no log level "loud"', "notice")
        cli.one("log", "level", rc=2)
        with contextlib.closing(Client(w.path)) as c:
            assert not ok(c.rpc('<set-log-level xmlns="urn:heddle:yang:heddle-system"/>'))
        w.wait("heddled was told", lambda: w.supervisor.log_level == 6)


@test
def overlapping_addresses_of_the_host_are_warned_of():
    with world() as w:
        out = Cli(w).run("set switch sw0 segment one host-only interface hd-one address 10.77.0.1/16",
                         "set switch sw0 segment two host-only interface hd-two address 10.77.5.1/24",
                         "commit check")
        assert re.search(r"warning: .*10\.77\.", out), out


if __name__ == "__main__":
    sys.exit(main())
