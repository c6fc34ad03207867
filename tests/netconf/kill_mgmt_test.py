#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""kill -9 of heddle-mgmt while it commits: what runs afterwards is what ran before or what was
committed, never a mixture; the planes hold just that; what was answered with ok is kept; the history
has no gap; a confirmed commit's deadline holds.

The planes are played (planes.py) and outlive heddle-mgmt, as they do under heddled. A second
heddle-mgmt that is never killed says what a configuration looks like, and what planes are given of
it. 50 random instants, 500 in the long form; then each single call that changes a file or tells
somebody something (tools/kill_at.c), before it and in the middle of it.

	kill_mgmt_test.py HEDDLE_MGMT CONFIGS KILL_AT_LIBRARY [NAME ...]

KILL_SEED=N repeats the random choices of a run.
"""
import contextlib
import os
import pathlib
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import xml.etree.ElementTree as ET

LIBRARY = pathlib.Path(sys.argv.pop(3)).resolve()

from client import Closed, errors, ok  # noqa: E402 (common.py reads sys.argv)
from common import PORTS, main, port, test  # noqa: E402
from killed import (CANDIDATE, OWN, SLOW, Reference, Switch, configuration, edit,  # noqa: E402
                    history, running, until)
from planes import CONTROL, DATA  # noqa: E402

LONG = bool(os.environ.get("HEDDLE_TEST_LONG"))
SEED = int(os.environ.get("KILL_SEED") or random.randrange(10**6))


def text(reply):
    return ET.tostring(reply, encoding="unicode")


def confirmed(token, seconds):
    return (f"<commit><confirmed/><confirm-timeout>{seconds}</confirm-timeout>"
            f"<persist>{token}</persist></commit>")


def request_of(kind, config):
    """What is sent before the clock runs, and what the kill is to hit."""
    save = f'<save xmlns="{OWN}"/>'
    comment = f'<comment xmlns="{OWN}">a change</comment>'
    return {
        "edit": ([], edit(config)),
        "commit": ([edit(config, CANDIDATE)], f"<commit>{comment}</commit>"),
        "save": ([edit(config, CANDIDATE)], f"<commit>{save}</commit>"),
    }[kind]


def check_after(switch, ref, before, config, acked, entries_before):
    """Returns the configuration that runs now."""
    generation, objects = switch.in_step()
    with switch.client() as c:
        now, entries = running(c), history(c)
        after, before_text = ref.of(config)[0], ref.of(before)[0]
        assert now in (before_text, after), f"neither before nor after:\n{now}"
        if acked:
            assert now == after, "what was answered with ok is lost"
        mine = config if now == after else before
        for plane in (DATA, CONTROL):
            assert objects[plane] == ref.of(mine)[1][plane], f"plane {plane} holds something else"
        assert [e[0] for e in entries] == list(range(len(entries))), entries
        assert entries[0][1] == generation, (entries[0], generation)
        generations = [e[1] for e in entries]
        assert generations == sorted(set(generations), reverse=True), generations
        assert len(entries) <= 50, len(entries)
        old = [e[1] for e in entries_before]
        assert generations in (old, [generation] + old, ([generation] + old)[:50]), (generations, old)
        if generations != old and len(entries) > 1:
            reply = c.rpc(f'<get-history-config xmlns="{OWN}"><index>1</index></get-history-config>')
            assert not errors(reply), errors(reply)
        check_candidate(c, now)
    return mine, entries


def check_candidate(client, now):
    """Nothing is left of what nobody committed."""
    assert running(client, CANDIDATE) == now


def strike(switch, client, request, delay):
    """Sends @request, and kills after @delay seconds. True when it was answered with ok."""
    client.next_id += 1
    start = time.perf_counter()
    client.send(f'<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="1">{request}</rpc>')
    while time.perf_counter() - start < delay:
        pass
    switch.kill()
    try:
        return b"<ok" in client.receive().encode()
    except (Closed, OSError):
        return False
    finally:
        switch.gone()


def durations(switch, ref, rnd):
    """How long each kind takes here, so that the kills fall into it."""
    found = {}
    for kind in ("edit", "commit", "save"):
        times = []
        for _ in range(3):
            config = configuration(rnd)
            before, request = request_of(kind, config)
            with switch.client() as c:
                for body in before:
                    assert ok(c.rpc(body))
                start = time.perf_counter()
                reply = c.rpc(request)
                times.append(time.perf_counter() - start)
                assert ok(reply), errors(reply)
        found[kind] = sorted(times)[1]
    return config, found


@test
def random_instants():
    rounds = 500 if LONG else 50
    rnd = random.Random(SEED)
    print(f"     KILL_SEED={SEED}, {rounds} kills")
    done = {"before": 0, "after": 0, "acked": 0}
    with Switch() as switch, Switch() as second:
        ref = Reference(second)
        config, took = durations(switch, ref, rnd)
        with switch.client() as c:
            entries = history(c)
        for n in range(rounds):
            kind = rnd.choice(("edit", "commit", "save"))
            target = configuration(rnd)
            first, request = request_of(kind, target)
            delay = rnd.uniform(0, 2) * took[kind]
            try:
                with switch.client() as c:
                    for body in first:
                        reply = c.rpc(body)
                        assert ok(reply), errors(reply)
                    acked = strike(switch, c, request, delay)
                switch.start()
                old = config
                config, entries = check_after(switch, ref, config, target, acked, entries)
            except Exception:
                print(f"     kill {n}: {kind}, {delay * 1000:.3f} ms after it was sent")
                raise
            done["acked"] += acked
            # So that about half of them fall before, on this machine, as busy as it is now.
            took[kind] *= 1.2 if config == old else 1 / 1.2
            done["before" if config == old else "after"] += 1
        switch.stop()
        second.stop()
    print(f"     before: {done['before']}, after: {done['after']}, of those answered: {done['acked']}")
    assert done["before"] and done["after"], "the kills did not fall into the commits"


def points(kind, half):
    """Kills at call 1, 2, ... of what @kind does, until it is done before the kill."""
    rnd = random.Random(kind)
    with Switch() as second:
        ref = Reference(second)
        mark = pathlib.Path(second.folder) / "kill-at"
        env = {"LD_PRELOAD": str(LIBRARY), "KILL_AT": str(mark)}
        with Switch(env) as switch:
            config = configuration(rnd)
            with switch.client() as c:
                assert ok(c.rpc(edit(config)))
                entries = history(c)
            for n in range(1, 200):
                target = configuration(rnd)
                first, request = request_of(kind, target)
                with switch.client() as c:
                    for body in first:
                        assert ok(c.rpc(body))
                    mark.write_text(f"{n}{' half' if half else ''}")
                    try:
                        reply = c.rpc(request)
                        refused, acked = bool(errors(reply)), ok(reply)
                    except (Closed, OSError):
                        refused, acked = False, False
                    mark.unlink()
                    if switch.world.process.poll() is None and acked and not_hit(switch):
                        break
                    # A child that saves was hit: the switch lives on, and says what was not done.
                    if refused:
                        assert kind == "save", errors(reply)
                        switch.kill()
                    switch.gone()
                try:
                    switch.start()
                    config, entries = check_after(switch, ref, config, target, acked, entries)
                except Exception:
                    print(f"     {kind}: killed at call {n}{' by half' if half else ''}")
                    raise
            else:
                raise AssertionError(f"{kind} never came to its end")
        print(f"     {kind}: killed at each of {n - 1} calls")
        assert n > 5, n


def not_hit(switch):
    """It answered: was the rest, after the answer, beyond the call too?"""
    with contextlib.suppress(Closed, OSError), switch.client() as c:
        running(c)
        return switch.world.process.poll() is None
    return False


@test
def each_call_of_an_edit():
    points("edit", False)


@test
def each_call_of_a_commit():
    points("commit", False)


@test
def each_write_by_half():
    points("commit", True)


@test
def each_call_of_a_save():
    points("save", False)


@test
def each_call_of_a_confirmation():
    """It is still pending, and can be cancelled, or it is confirmed, and cannot."""
    rnd = random.Random(5)
    with Switch() as second:
        ref, mark = Reference(second), pathlib.Path(second.folder) / "kill-at"
        with Switch({"LD_PRELOAD": str(LIBRARY), "KILL_AT": str(mark)}) as switch:
            config, kept, back = configuration(rnd), 0, 0
            with switch.client() as c:
                assert ok(c.rpc(edit(config)))
            for n in range(1, 100):
                target, acked = configuration(rnd), False
                with switch.client() as c:
                    assert ok(c.rpc(edit(target, CANDIDATE)))
                    assert ok(c.rpc(confirmed("t", 600)))
                    mark.write_text(str(n))
                    with contextlib.suppress(Closed, OSError):
                        acked = ok(c.rpc("<commit><persist-id>t</persist-id></commit>"))
                    mark.unlink()
                    if acked and not_hit(switch):
                        break
                    switch.gone()
                switch.start()
                with switch.client() as c:
                    assert running(c) == ref.of(target)[0], n
                    cancelled = ok(c.rpc("<cancel-commit><persist-id>t</persist-id></cancel-commit>"))
                    assert not (acked and cancelled), f"call {n}: it was confirmed"
                    config = config if cancelled else target
                    assert running(c) == ref.of(config)[0], n
                kept, back = kept + (not cancelled), back + cancelled
                assert switch.in_step()[1] == ref.of(config)[1], n
            print(f"     killed at each of {n - 1} calls: {kept} confirmed, {back} not")
            assert kept and back


NMDA = "urn:ietf:params:xml:ns:yang:ietf-netconf-nmda"
TRANSIENT = f'<datastore xmlns:hc="{OWN}">hc:transient</datastore>'


@test
def each_call_of_a_transient_port():
    """It is there with all that it needs, or not at all; so are those before it, and running."""
    rnd = random.Random(6)
    with tempfile.TemporaryDirectory() as folder:
        mark = pathlib.Path(folder) / "kill-at"
        with Switch({"LD_PRELOAD": str(LIBRARY), "KILL_AT": str(mark)}) as switch:
            config, there, lost = configuration(rnd), set(), 0
            with switch.client() as c:
                assert ok(c.rpc(edit(config)))
                was = running(c)
            fixed = {key for _, key in switch.in_step()[1][DATA]}
            for n in range(1, 100):
                body, acked = PORTS.format(port(f"t{n}", "s1")), False
                with switch.client() as c:
                    mark.write_text(str(n))
                    with contextlib.suppress(Closed, OSError):
                        reply = c.rpc(f'<edit-data xmlns="{NMDA}">{TRANSIENT}<config>{body}'
                                      "</config></edit-data>")
                        acked = ok(reply)
                        assert acked, errors(reply)
                    mark.unlink()
                    if acked and not_hit(switch):
                        break
                    switch.gone()
                switch.start()
                with switch.client() as c:
                    assert running(c) == was, n
                    reply = c.rpc(f'<get-data xmlns="{NMDA}">{TRANSIENT}</get-data>')
                ports = set(re.findall(r"\bt\d+\b", text(reply)))
                assert ports in (there, there | {f"t{n}"}), (n, ports, there)
                assert f"t{n}" in ports or not acked, f"call {n}: what was answered with ok is lost"
                lost += ports == there
                there = ports
                # Planes that took more are given what is in force: both may be as they were yet.
                until(lambda: {key for _, key in switch.in_step()[1][DATA]} - fixed == there, n)
            print(f"     killed at each of {n - 1} calls: {len(there)} ports are there, {lost} are not")
            assert there and lost


@test
def deadlines_hold():
    rnd = random.Random(SEED)
    with Switch() as switch, Switch() as second:
        ref = Reference(second)
        config, took = durations(switch, ref, rnd)
        for n in range(12 if LONG else 3):
            target, seconds = configuration(rnd), 2 * SLOW
            with switch.client() as c:
                assert ok(c.rpc(edit(target, CANDIDATE)))
                start = time.monotonic()
                reply = c.rpc(confirmed(f"t{n}", seconds))
                assert ok(reply), errors(reply)
            for _ in range(n % 3 + 1):  # once, or again and again until the end
                switch.kill()
                switch.gone()
                switch.start()
            with switch.client() as c:
                left = seconds - (time.monotonic() - start)
                if left > 0.3:
                    assert running(c) == ref.of(target)[0], "reverted before its time"
                until(lambda: running(c) == ref.of(config)[0], "the deadline", seconds + 5 * SLOW)
                took = time.monotonic() - start
                assert took >= seconds - 0.1, f"reverted after {took:.2f} s of {seconds}"
            assert switch.in_step()[1] == ref.of(config)[1]
            # Confirmed over a kill, it stays.
            with switch.client() as c:
                assert ok(c.rpc(edit(target, CANDIDATE)))
                assert ok(c.rpc(confirmed("x", 600)))
            switch.kill()
            switch.gone()
            switch.start()
            with switch.client() as c:
                reply = c.rpc("<commit><persist-id>x</persist-id></commit>")
                assert ok(reply), errors(reply)
            switch.kill()
            switch.gone()
            switch.start()
            with switch.client() as c:
                assert running(c) == ref.of(target)[0], "what was confirmed was reverted"
                assert "pending" not in history(c)[0][2]
            config = target
        switch.stop()
        second.stop()


@test
def one_of_a_session_ends_with_it():
    """It was to last as long as its session, and that is gone when heddle-mgmt was killed."""
    rnd = random.Random(1)
    with Switch() as switch, Switch() as second:
        ref, config, target = Reference(second), configuration(rnd), configuration(rnd)
        with switch.client() as c:
            assert ok(c.rpc(edit(config)))
            assert ok(c.rpc(edit(target, CANDIDATE)))
            assert ok(c.rpc("<commit><confirmed/></commit>"))
            switch.kill()
        switch.gone()
        switch.start()
        with switch.client() as c:
            until(lambda: running(c) == ref.of(config)[0], "the old one")
        assert switch.in_step()[1] == ref.of(config)[1]


@test
def a_boot_takes_startup():
    """Also before the deadline of a confirmed commit, and with nothing of what was not saved."""
    rnd = random.Random(2)
    with Switch() as switch, Switch() as second:
        ref = Reference(second)
        saved, lost = configuration(rnd), configuration(rnd)
        with switch.client() as c:
            assert ok(c.rpc(edit(saved, CANDIDATE)))
            assert ok(c.rpc(f'<commit><save xmlns="{OWN}"/></commit>'))
            assert ok(c.rpc(edit(lost, CANDIDATE)))
            reply = c.rpc('<commit><confirmed/><confirm-timeout>600</confirm-timeout><persist>z'
                          f'</persist><save xmlns="{OWN}"/></commit>')
            assert ok(reply), errors(reply)
        switch.kill()
        switch.gone()
        switch.planes = {DATA: (0, {}), CONTROL: (0, {})}
        switch.restarts, switch.env["HEDDLE_INSTANCE"] = 0, "two"
        switch.start()
        with switch.client() as c:
            assert running(c) == ref.of(saved)[0]
            assert switch.in_step()[1] == ref.of(saved)[1]
            entries = history(c)
            assert len(entries) >= 3, entries  # it outlives boots
            assert not ok(c.rpc("<commit><persist-id>z</persist-id></commit>"))
        conf = pathlib.Path(switch.folder) / "state/startup.conf"
        assert re.search(r"\bp\d\b", conf.read_text()), conf.read_text()
        # Spoiled: the last good one, and it is said.
        conf.write_text("set port p1 nonsense\n")
        switch.kill()
        switch.gone()
        switch.planes = {DATA: (0, {}), CONTROL: (0, {})}
        switch.restarts, switch.env["HEDDLE_INSTANCE"] = 0, "three"
        switch.start()
        with switch.client() as c:
            assert running(c) == ref.of(saved)[0]
        said = "".join(switch.log + switch.world.log)
        assert "startup.conf was refused" in said and "startup.conf.good" in said, said
        assert (conf.parent / "startup.conf.refused").exists()
        assert "in place of one that was refused" in switch.world.ready_text
        with switch.client() as c:
            state = c.rpc('<get><filter type="subtree"><configuration-state xmlns="' + OWN +
                          '"/></filter></get>').find(f".//{{{OWN}}}configuration-state")
            leaf = {e.tag.partition("}")[2]: e.text for e in state}
            assert leaf["startup-file"] == str(conf), leaf
            assert "startup.conf.good" in leaf["startup-problem"], leaf
            # The next save mends it.
            assert ok(c.rpc("<copy-config><target><startup/></target><source><running/></source>"
                            "</copy-config>"))
        assert re.search(r"\bp\d\b", conf.read_text()), conf.read_text()


@test
def the_journal_does_not_grow():
    """Commit after commit, and kills while it is folded: 50 are remembered, and each is right."""
    rnd = random.Random(3)
    with Switch() as switch, Switch() as second:
        ref, last = Reference(second), []
        journal = pathlib.Path(switch.folder) / "state/journal"
        for kill in range(12 if LONG else 4):
            with switch.client() as c:
                while not (journal / "base.new").exists() and len(last) < 130 * (kill + 1):
                    config = configuration(rnd)
                    assert ok(c.rpc(edit(config)))
                    last.append(config)
            switch.kill()
            switch.gone()
            switch.start()
        with switch.client() as c:
            until(lambda: (journal / "base").exists() or not ok(c.rpc(edit(last[-1]))), "a base")
            entries = history(c)
            assert len(entries) >= 50, len(entries)
            for index in (0, 1, 25, 49):
                reply = c.rpc(f'<get-history-config xmlns="{OWN}"><index>{index}</index>'
                              '</get-history-config>')
                assert not errors(reply), errors(reply)
            for back in (1, 30, 49):
                reply = c.rpc(f'<rollback xmlns="{OWN}"><index>{back}</index></rollback>')
                assert ok(reply), errors(reply)
                assert running(c, CANDIDATE) == ref.of(last[-1 - back])[0], back
        assert (journal / "log").stat().st_size < 2 << 20


@test
def no_place_for_a_journal():
    """The switch starts, refuses changes, and takes them when there is a place again."""
    rnd = random.Random(4)
    with Switch() as switch, Switch() as second:
        ref, saved, other = Reference(second), configuration(rnd), configuration(rnd)
        with switch.client() as c:
            assert ok(c.rpc(edit(saved, CANDIDATE)))
            assert ok(c.rpc(f'<commit><save xmlns="{OWN}"/></commit>'))
        switch.kill()
        switch.gone()
        journal = pathlib.Path(switch.folder) / "state/journal"
        shutil.rmtree(journal)
        journal.write_text("in the way")
        switch.start()
        with switch.client() as c:
            assert running(c) == ref.of(saved)[0]
            (error,) = errors(c.rpc(edit(other)))
            assert error[0] == "resource-denied" and "journal" in error[3], error
            assert running(c) == ref.of(saved)[0]
            journal.unlink()
            assert ok(c.rpc(edit(other)))
        switch.kill()
        switch.gone()
        switch.start()
        with switch.client() as c:
            assert running(c) == ref.of(other)[0]
            assert len(history(c)) == 1
        assert switch.in_step()[1] == ref.of(other)[1]


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
