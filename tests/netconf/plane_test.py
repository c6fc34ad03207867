#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""heddle-mgmt as a plane: its start, commits on both planes or none, restarts of others.

usage: plane_test.py HEDDLE_MGMT CONFIGS [NAME ...] [--valgrind]
"""
import contextlib
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import api
from client import BASE, Client, errors, ok
from common import CONFIGS, MGMT, WRAPPER, config, in_time, main, port, test, world
from datastores import IF, edit, iface, ifs, tap
from planes import CONTROL, DATA, EVENT, PORT, PORT_STATE, World, port_state


@test
def start_commits_on_both_planes():
    with world() as w:
        data, control = w.ends[DATA], w.ends[CONTROL]
        assert data.brackets[0][0] and control.brackets[0][0]  # full ones
        keys = {k for _, k in data.objects}
        assert {"sw0", "sw0/office", "sw0/lan", "sw0/lab", "eth1", "web1", "fw", "cust",
                "hd-lab", "sw0/10/02:00:00:00:00:05"} == keys, keys
        assert {k for _, k in control.objects} == {"hd-lab"}
        assert data.generation == control.generation != 0
        assert "in force" in w.ready_text


@test
def a_new_port_is_not_the_old_one_of_its_name():
    """Gone and made again, or of another kind or device: nothing is shown of what there was."""
    def state(c, name):
        reply = c.rpc(f'<get><filter><interfaces xmlns="{IF}"><interface><name>{name}</name></interface>'
                      "</interfaces></filter></get>")
        texts = {e.tag.split("}")[1]: e.text for e in next(reply.iter(f"{{{IF}}}interface")).iter()}
        return {k: texts.get(k) for k in ("oper-status", "reason", "detail", "flaps", "queues")}

    fresh = {"oper-status": "dormant", "reason": "opening", "detail": None, "flaps": None, "queues": None}
    pcap = '<type xmlns:t="urn:heddle:yang:heddle-pcap">t:pcap</type>'
    device = '<tap xmlns="urn:heddle:yang:heddle-tap"><device>other</device></tap>'
    with world() as w, contextlib.closing(Client(w.path)) as c:
        def up(name):
            w.ends[DATA].send(EVENT, PORT_STATE, port_state(name, detail="of the old one"))
            w.wait("it is up", lambda: state(c, name)["detail"] == "of the old one")
        assert ok(edit(c, ifs(tap("a"), tap("b")), target="running"))
        assert state(c, "a") == fresh
        up("a")
        up("b")
        assert ok(edit(c, ifs(iface("a", op="delete")), target="running"))
        assert ok(edit(c, ifs(tap("a")), target="running"))
        assert state(c, "a") == fresh and state(c, "b")["reason"] == "up"
        for other in (iface("a", device), iface("a", pcap)):
            up("a")
            assert ok(edit(c, ifs(other), target="running"))
            assert state(c, "a") == fresh, other
        # What changes nothing about the port itself leaves it as it is.
        up("a")
        assert ok(edit(c, ifs(iface("a", "<description>x</description>")), target="running"))
        assert state(c, "a")["detail"] == "of the old one"
        # Cleared counters and events are of ports that are there.
        assert ok(edit(c, ifs(iface("b", op="delete")), target="running"))
        got = errors(c.rpc('<clear-counters xmlns="urn:heddle:yang:heddle-system"><port>b</port></clear-counters>'))
        assert "no port" in got[0][3], got
        w.kill_plane(DATA)
        w.wait("unknown", lambda: state(c, "a")["oper-status"] == "unknown")


@test
def what_is_known_of_a_link_is_answered():
    """phys-address and speed of ietf-interfaces; not there where there is none."""
    with world() as w, contextlib.closing(Client(w.path)) as c:
        w.ends[DATA].send(EVENT, PORT_STATE, port_state("eth1", mac="02:00:00:00:00:0a", speed=2500))
        w.ends[DATA].send(EVENT, PORT_STATE, port_state("web1"))

        def known(name):
            reply = c.rpc(f'<get><filter><interfaces xmlns="{IF}"><interface><name>{name}</name></interface>'
                          "</interfaces></filter></get>")
            i = next(reply.iter(f"{{{IF}}}interface"))
            return [i.findtext(f"{{{IF}}}{leaf}") for leaf in ("oper-status", "phys-address", "speed")]
        w.wait("both are up", lambda: known("web1")[0] == known("eth1")[0] == "up")
        assert known("eth1") == ["up", "02:00:00:00:00:0a", "2500000000"], known("eth1")
        assert known("web1") == ["up", None, None], known("web1")


@test
def start_waits_for_planes():
    with world(ready=False, planes=(DATA,)) as w:
        w.wait("hello", lambda: w.ends[DATA].greeted)
        assert not w.ready.is_set()
        w.start_plane(CONTROL)
        w.wait("ready", w.ready.is_set)


@test
def refused_file_ends_with_3():
    for name in ("bad/several.json", "bad/empty.json", "good/absent.json"):
        with world(name, ready=False) as w:
            w.expect = 3
            assert w.process.wait(30) == 3
        assert "refused" in "".join(w.log)


@test
def refused_by_a_plane_ends_with_3():
    with world(ready=False, planes=(CONTROL,)) as w:
        w.expect = 3
        with w.lock:
            w.start_plane(DATA).refuse = "port web1: of a kind that is not known"
        assert w.process.wait(30) == 3
    assert "port web1: of a kind" in "".join(w.log)


@test
def load_is_a_difference():
    with world("good/empty.json") as w, contextlib.closing(Client(w.path)) as c:
        assert ok(c.edit(config([port("a", "lab"), port("b", "lab")])))
        w.wait("second bracket", lambda: len(w.ends[DATA].brackets) == 2)
        assert ok(c.edit(config([port("a", "lab"), port("c", "lab")])))
        full, bracket = w.ends[DATA].brackets[-1]
        assert not full
        assert {k for _, _, k in bracket} == {"b", "c"}, bracket
        assert {op for op, _, k in bracket if k == "b"} == {2}
        assert ok(c.edit(config([port("a", "lab"), port("c", "lab")])))
        assert w.ends[DATA].brackets[-1] == (False, [])


@test
def internal_numbers_are_stable():
    with world("good/empty.json") as w, contextlib.closing(Client(w.path)) as c:
        def numbers():
            with w.lock:
                return {k[1]: api.segment_object.read(v).vlan
                        for k, v in w.ends[DATA].objects.items() if k[0] == api.SEGMENT.id}
        assert ok(c.edit(config([], ("m", "z"))))
        first = numbers()
        assert first == {"sw0/m": 4096, "sw0/z": 4097}, first
        assert ok(c.edit(config([], ("a", "m", "z"))))
        assert numbers() == {**first, "sw0/a": 4098}
        # No port can mean one of them, whatever it is configured to.
        assert ok(c.edit(config([port("p", "4094"), port("q", "1")], ("a", "m", "z"))))
        assert numbers() == {**first, "sw0/a": 4098}, numbers()
        assert not ok(c.edit(config([port("p", "4096")], ("a", "m", "z"))))


@test
def internal_numbers_survive_a_restart():
    def numbers(w):
        return {k[1]: api.segment_object.read(v).vlan
                for k, v in w.ends[DATA].objects.items() if k[0] == api.SEGMENT.id}
    with tempfile.TemporaryDirectory() as folder:
        with world("good/empty.json", run_dir=folder) as w, contextlib.closing(Client(w.path)) as c:
            assert ok(c.edit(config([], ("m", "z"))))
            assert ok(c.edit(config([], ("a", "m", "z"))))
            before = numbers(w)
            assert before["sw0/a"] == 4098
            log = pathlib.Path(folder) / "state" / "journal" / "log"
            assert log.stat().st_mode & 0o777 == 0o600
        with world("good/canonical.json", {"HEDDLE_RESTARTS": "1"}, run_dir=folder) as w:
            w.wait("what ran", lambda: numbers(w) == before)
        with world("good/empty.json", {"HEDDLE_RESTARTS": "0"}, run_dir=folder) as w:
            assert numbers(w) == {}, numbers(w)


@test
def restart_is_told_from_a_boot():
    with tempfile.TemporaryDirectory() as folder:
        with world("good/empty.json", run_dir=folder) as w, contextlib.closing(Client(w.path)) as c:
            assert ok(c.edit(config([port("a", "lab")])))
        # The same parent starts it again: what ran is taken up, not the file.
        with world("good/empty.json", run_dir=folder) as w:
            w.wait("what ran", lambda: (PORT, "a") in w.ends[DATA].objects)
        # Another parent: a boot, and the file counts.
        mark = pathlib.Path(folder) / "state" / "journal" / "boot"
        mark.write_text("1" + mark.read_text())
        with world("good/empty.json", run_dir=folder) as w:
            assert w.ends[DATA].objects == {}


@test
def broken_journal_falls_back_to_the_file():
    with tempfile.TemporaryDirectory() as folder:
        with world("good/empty.json", run_dir=folder) as w, contextlib.closing(Client(w.path)) as c:
            assert ok(c.edit(config([port("a", "lab")])))
        (pathlib.Path(folder) / "state" / "journal" / "log").write_text("nonsense")
        with world(env={"HEDDLE_RESTARTS": "2"}, run_dir=folder) as w:
            assert (PORT, "web1") in w.ends[DATA].objects
        assert "journal" in "".join(w.log)


@test
def refused_load_changes_nothing():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        before, brackets = dict(w.ends[DATA].objects), len(w.ends[DATA].brackets)
        running = w.running()
        reply = c.edit(config([port("a", "nowhere")]))
        (error,) = errors(reply)
        assert error[0] == "data-missing" and "no segment" in error[3], error
        assert error[2] == ("/if:interfaces/if:interface[if:name='a']/hp:port/hp:access"), error
        # A plane that says no: the other is told to forget it, and nothing is different.
        for plane in (DATA, CONTROL):
            with w.lock:
                w.ends[plane].refuse = "out of ids"
            reply = c.edit(config([port("a", "lab")]))
            assert "out of ids" in errors(reply)[0][3], errors(reply)
        assert w.ends[DATA].objects == before and len(w.ends[DATA].brackets) == brackets
        assert w.running() == running
        assert ok(c.edit(config([port("a", "lab")])))
        assert not list(w.run_dir.glob("*.new"))


@test
def check_changes_nothing():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        brackets = len(w.ends[DATA].brackets)
        assert ok(c.edit(config([port("a", "lab")]), test="test-only"))
        assert errors(c.edit(config([port("a", "labb")]), test="test-only"))
        assert ok(c.rpc("<validate><source><running/></source></validate>"))
        assert ok(c.rpc(f"<validate><source><config>{config([])}</config></source></validate>"))
        assert len(w.ends[DATA].brackets) == brackets


@test
def restarted_plane_gets_everything():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        for plane in (DATA, CONTROL):
            old = w.ends[plane]
            others = len(w.ends[CONTROL if plane == DATA else DATA].brackets)
            w.kill_plane(plane)
            end = w.start_plane(plane)
            w.wait("resync", lambda: end.generation == old.generation)
            assert end.brackets[0][0] and end.objects == old.objects
            assert len(w.ends[CONTROL if plane == DATA else DATA].brackets) == others
        # One that kept its configuration is not touched.
        end = w.ends[DATA]
        generation = end.generation
        w.kill_plane(DATA)
        kept = w.start_plane(DATA, generation)
        kept.objects = end.objects
        w.wait("hello", lambda: kept.greeted)
        assert ok(c.edit(config([port("a", "lab")])))
        assert len(kept.brackets) == 1 and not kept.brackets[0][0]


@test
def stale_plane_gets_everything():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        with w.lock:
            w.ends[DATA].generation += 17  # it holds something else than we think
        assert ok(c.edit(config([port("a", "lab")])))
        assert w.ends[DATA].brackets[-1][0]
        assert (PORT, "a") in w.ends[DATA].objects


@test
def plane_that_is_down():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        w.kill_plane(CONTROL)
        start = time.monotonic()
        (error,) = errors(c.edit(config([port("a", "lab")])))
        waited = time.monotonic() - start
        assert error[0] == "resource-denied" and "heddle-cp" in error[3], error
        assert waited > 1.5, waited
        in_time(waited, 10)
        c.send(f'<rpc xmlns="{BASE}" message-id="9"><edit-config><target><running/></target>'
               f'<default-operation>replace</default-operation><config>{config([port("b", "lab")])}'
               '</config></edit-config></rpc>')
        w.start_plane(CONTROL)
        assert "<ok/>" in c.receive()
        assert (PORT, "b") in w.ends[DATA].objects


@test
def plane_that_dies_in_prepare():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        with w.lock:
            w.ends[DATA].silent = True
        c.send(f'<rpc xmlns="{BASE}" message-id="9"><edit-config><target><running/></target>'
               f'<default-operation>replace</default-operation><config>{config([port("b", "lab")])}'
               '</config></edit-config></rpc>')
        w.wait("bracket", lambda: w.ends[CONTROL].full is not None)
        w.kill_plane(DATA)
        w.start_plane(DATA)
        assert "<ok/>" in c.receive()
        assert (PORT, "b") in w.ends[DATA].objects and w.ends[CONTROL].objects == {}
        assert w.ends[DATA].generation == w.ends[CONTROL].generation


@test
def full_disk_is_refused():
    with world() as w, contextlib.closing(Client(w.path)) as c:
        size = (w.run_dir / "state" / "journal" / "log").stat().st_size
        soft, hard = resource.prlimit(w.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(w.process.pid, resource.RLIMIT_FSIZE, (size + 100, hard))
        brackets, running = len(w.ends[DATA].brackets), w.running()
        (error,) = errors(c.edit(config([port("a", "lab")])))
        assert error[0] == "resource-denied" and "nothing was changed" in error[3], error
        assert len(w.ends[DATA].brackets) == brackets and w.running() == running
        resource.prlimit(w.process.pid, resource.RLIMIT_FSIZE, (soft, hard))
        assert ok(c.edit(config([port("a", "lab")])))


@test
def another_one_is_running():
    with world() as w:
        other = subprocess.run(
            [str(MGMT), "-c", str(CONFIGS / "good/empty.json"), "--run-dir", str(w.run_dir)],
            capture_output=True, text=True, timeout=30)
        assert other.returncode == 2 and "heddled starts" in other.stderr, other
        with World(MGMT, CONFIGS / "good/empty.json", w.run_dir) as second:
            assert second.process.wait(20) == 1
        assert "another heddle-mgmt listens" in "".join(second.log)
        with contextlib.closing(Client(w.path)) as c:
            assert not errors(c.rpc("<get/>"))


@test
def privileges_are_gone():
    if WRAPPER:
        return
    with world() as w:
        status = pathlib.Path(f"/proc/{w.process.pid}/status").read_text()
        caps = {l.split(":")[0]: l.split()[1] for l in status.splitlines() if l.startswith("Cap")}
        assert int(caps["CapEff"], 16) == int(caps["CapPrm"], 16) == 0, caps
        assert "NoNewPrivs:\t1" in status


if __name__ == "__main__":
    sys.exit(main())
