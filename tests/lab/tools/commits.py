#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Commits to a live switch, and kills of its heddle-mgmt in the middle of them.

	commits.py HEDDLE RUN_DIR KILLS SWITCH SEGMENT	kills at random instants of commits that add or
			remove TAP ports x0..x4: afterwards running is what it was, or what was
			committed, and heddle-dp has just those ports
	commits.py HEDDLE RUN_DIR add NAME SWITCH SEGMENT	one commit; the answer is printed
	commits.py HEDDLE RUN_DIR save		running becomes startup
	commits.py HEDDLE RUN_DIR remembers NAME	is there a port NAME in one of the history?

COMMITS_SEED=N repeats the random choices.
"""
import os
import random
import signal
import subprocess
import sys
import time
import json
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "netconf"))
from client import Client, Closed, errors, ok  # noqa: E402 (it lies elsewhere)

IF = "urn:ietf:params:xml:ns:yang:ietf-interfaces"


def interface(name, switch, segment, operation="merge"):
    if operation == "delete":
        return (f'<interface xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" '
                f'nc:operation="remove"><name>{name}</name></interface>')
    return (f'<interface><name>{name}</name><type xmlns:t="urn:heddle:yang:heddle-tap">t:tap</type>'
            f'<port xmlns="urn:heddle:yang:heddle-port"><switch>{switch}</switch>'
            f'<access>{segment}</access></port></interface>')


def edit(body):
    return (f'<edit-config><target><running/></target><config><interfaces xmlns="{IF}">{body}'
            "</interfaces></config></edit-config>")


def names(client, source):
    """Ports x0..: as configured, or as heddle-dp has them."""
    what = (f'<filter type="subtree"><interfaces xmlns="{IF}"><interface><name/></interface>'
            "</interfaces></filter>")
    reply = client.rpc(f"<get-config><source><running/></source>{what}</get-config>"
                       if source == "running" else f"<get>{what}</get>")
    assert not errors(reply), errors(reply)
    return {e.text for e in reply.iter(f"{{{IF}}}name")}


def live(heddle, run_dir):
    """{name: id} of the ports that heddle-dp tells of."""
    done = subprocess.run([heddle, "--run-dir", run_dir, "show", "ports", "--json"], check=True,
                          stdout=subprocess.PIPE, timeout=20)
    return {p["name"] for p in json.loads(done.stdout)["ports"] if "reason" in p or p.get("up")}


def management(heddle, run_dir):
    done = subprocess.run([heddle, "--run-dir", run_dir, "show", "planes", "--json"], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20)
    if done.returncode != 0:
        return 0, False
    planes = {p["name"]: p for p in json.loads(done.stdout)["planes"]}
    return planes["management"]["pid"], all(p["state"] == "running" for p in planes.values())


def until(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"{what}: not in {seconds} s")
        time.sleep(0.02)  # another process's doing; there is nothing to block on


def past(client, index):
    client.next_id += 1
    client.send(f'<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="1">'
                f'<get-history-config xmlns="urn:heddle:yang:heddle-config"><index>{index}</index>'
                "</get-history-config></rpc>")
    return client.receive()


def ports_now(path):
    client = Client(path)
    try:
        return {n for n in names(client, "running") if n.startswith("x")}
    finally:
        client.close()


def strike(path, pid, body, delay):
    """Commits @body and kills @pid after @delay seconds. True when it was answered with ok."""
    client = Client(path)
    client.next_id += 1
    start = time.perf_counter()
    client.send('<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="1">'
                f"{edit(body)}</rpc>")
    while time.perf_counter() - start < delay:
        pass
    os.kill(pid, signal.SIGKILL)
    try:
        return "<ok" in client.receive()
    except (Closed, OSError):
        return False
    finally:
        client.close()


def kills(heddle, run_dir, count, switch, segment):
    seed = int(os.environ.get("COMMITS_SEED") or random.randrange(10**6))
    rnd, path = random.Random(seed), Path(run_dir) / "netconf.sock"
    print(f"COMMITS_SEED={seed}")
    before, after, took = 0, 0, 0.01
    have = ports_now(path)
    for n in range(count):
        pid, _ = management(heddle, run_dir)
        changed = rnd.sample(["x0", "x1", "x2", "x3", "x4"], rnd.randrange(1, 4))
        target = have ^ set(changed)
        body = "".join(interface(p, switch, segment, "delete" if p in have else "merge")
                       for p in changed)
        delay = rnd.uniform(0, 2) * took
        acked = strike(path, pid, body, delay)
        until(lambda p=pid: management(heddle, run_dir) not in ((p, True), (p, False))
              and management(heddle, run_dir)[1], f"kill {n}: heddle-mgmt is back")
        now = ports_now(path)
        if now not in (have, target) or (acked and now != target):
            sys.exit(f"kill {n}, after {delay * 1000:.3f} ms: {sorted(now)} runs, it was "
                     f"{sorted(have)}, to be {sorted(target)}, answered: {acked}")
        until(lambda w=now: {p for p in live(heddle, run_dir) if p.startswith("x")} == w,
              f"kill {n}: heddle-dp has {sorted(now)}")
        took *= 1.3 if now == have else 1 / 1.3
        before, after, have = before + (now == have), after + (now != have), now
    print(f"{count} kills: {before} before, {after} after")


def main():
    heddle, run_dir, what = sys.argv[1:4]
    if what == "add":
        client = Client(Path(run_dir) / "netconf.sock")
        reply = client.rpc(edit(interface(*sys.argv[4:7])))
        client.close()
        for error in errors(reply):
            print(error[0], error[3])
        return 0 if ok(reply) else 1
    if what == "save":
        client = Client(Path(run_dir) / "netconf.sock")
        reply = client.rpc("<copy-config><target><startup/></target><source><running/></source>"
                           "</copy-config>")
        client.close()
        for error in errors(reply):
            print(error[0], error[3])
        return 0 if ok(reply) else 1
    if what == "remembers":
        client = Client(Path(run_dir) / "netconf.sock")
        found = [n for n in range(50) if f"<name>{sys.argv[4]}<" in past(client, n)]
        client.close()
        print(f"in the configurations {found}")
        return 0 if found else 1
    kills(heddle, run_dir, int(what), *sys.argv[4:6])
    return 0


if __name__ == "__main__":
    sys.exit(main())
