# SPDX-License-Identifier: BSD-3-Clause
"""TCP between namespaces: the kernel's bridge on veth, and heddle on TAPs and on an uplink."""
import json
import pathlib
import shutil
import subprocess
import time

from benchlib.frames import ROWS, chosen
from benchlib.machine import say
from benchlib.process import Failed, Process
from benchlib.switches import CANDIDATES, heddle_config, heddle_process

MTU = 1500


def ip(*words, ns=None):
    argv = ["ip", *(["-n", ns] if ns else []), *words]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(argv)}: {done.stderr.strip()}")


def namespace(name):
    ip("netns", "add", name)
    ip("link", "set", "lo", "up", ns=name)


class Iperf:
    """A server in @server that stays; run() sends to it from @client."""

    def __init__(self, client, server, address, scratch):
        if not shutil.which("iperf3"):
            raise Failed("iperf3 is not installed")
        self.client, self.address = client, address
        self.process = Process(["ip", "netns", "exec", server, "iperf3", "-s"],
                               scratch / f"iperf-{server}-{client}.log")

    def run(self, seconds):
        argv = ["ip", "netns", "exec", self.client, "iperf3", "-c", self.address, "-J", "-O", "0.5",
                "-t", f"{seconds:g}"]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=seconds + 20,
                              check=False)
        try:
            answer = json.loads(done.stdout)
            if "error" in answer:
                raise Failed(f"iperf3: {answer['error']}")
            end = answer["end"]
            return {"gbits": end["sum_received"]["bits_per_second"] / 1e9,
                    "retransmits": end["sum_sent"].get("retransmits", 0)}
        except (ValueError, KeyError) as error:
            raise Failed(f"iperf3: no result ({done.stderr.strip()[-200:]} {error})") from error

    def stop(self):
        self.process.stop(2)


def make_bridge():
    ip("link", "add", "kbr", "type", "bridge")
    ip("link", "set", "kbr", "up")
    for i in (1, 2):
        ns = f"k{i}"
        namespace(ns)
        ip("link", "add", f"kv{i}", "type", "veth", "peer", "name", "eth0", "netns", ns)
        ip("link", "set", f"kv{i}", "master", "kbr", "up")
        ip("addr", "add", f"10.1.0.{i}/24", "dev", "eth0", ns=ns)
        ip("link", "set", "eth0", "up", ns=ns)


def make_heddle(args, cpus, huge, scratch):
    for ns in ("h1", "h2", "phys"):
        namespace(ns)
    ip("link", "add", "up0", "type", "veth", "peer", "name", "eth0", "netns", "phys")
    ip("link", "set", "up0", "up")
    folder = pathlib.Path(scratch) / "tcp"
    folder.mkdir()
    ports = [("h1", "tap", {"namespace": "h1", "device": "eth0"}),
             ("h2", "tap", {"namespace": "h2", "device": "eth0"}),
             ("up0", "af-packet", {"device": "up0"})]
    switch = heddle_process(args, cpus, huge.usable, folder, heddle_config("sw0", ports))
    try:
        for i, ns in enumerate(("h1", "h2", "phys"), 1):
            deadline = time.monotonic() + 15
            while True:
                try:
                    ip("addr", "add", f"10.2.0.{i}/24", "dev", "eth0", ns=ns)
                    break
                except Failed as error:
                    if time.monotonic() > deadline or not switch.running():
                        raise Failed(f"heddle made no device in {ns}: {switch.tail()}") from error
                    time.sleep(0.02)
            ip("link", "set", "eth0", "up", ns=ns)
        reach("h1", "10.2.0.2", switch)
        reach("h1", "10.2.0.3", switch)
    except Failed:
        switch.stop()
        raise
    return switch


def reach(ns, address, switch):
    """Waits until @address answers (its neighbour entry is complete), at most 10 s."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        subprocess.run(["ip", "netns", "exec", ns, "bash", "-c",
                        f": >/dev/udp/{address}/9; echo x >/dev/udp/{address}/9"],
                       capture_output=True, check=False)
        shown = subprocess.run(["ip", "-n", ns, "neigh", "show", address], capture_output=True,
                               text=True, check=False).stdout
        if "lladdr" in shown:
            return
        time.sleep(0.05)
    raise Failed(f"{ns} does not reach {address}: {switch.tail()}")


def wanted(args):
    if not args.only or "tcp" in args.only:
        return True
    return not set(args.only) & ({"frames"} | set(ROWS) | set(CANDIDATES))


def measure(args, cpus, huge, scratch, skipped):
    """{"rows": {"tap" or "uplink" or "bridge": [answer of each round]}}"""
    rows, runners, switch = {}, {}, None
    if not wanted(args):
        return {"rows": rows}
    try:
        try:
            say("starting the kernel's bridge")
            make_bridge()
            runners["bridge"] = Iperf("k1", "k2", "10.1.0.2", scratch)
        except Failed as error:
            skipped.append(f"kernel bridge: {error}")
        try:
            say("starting heddle with TAPs and an uplink")
            switch = make_heddle(args, cpus, huge, scratch)
            runners["tap"] = Iperf("h1", "h2", "10.2.0.2", scratch)
            runners["uplink"] = Iperf("h1", "phys", "10.2.0.3", scratch)
        except Failed as error:
            skipped.append(f"heddle, TCP: {error}")
            say(f"  not measured: {error}")
        time.sleep(0.3)  # servers: iperf3 has nothing to wait for but its port
        rounds(args, runners, rows, skipped)
    finally:
        for r in runners.values():
            r.stop()
        if switch:
            switch.stop()
    return {"rows": rows}


def rounds(args, runners, rows, skipped):
    names = list(runners)
    for turn in range(args.rounds):
        for k in range(len(names)):
            name = names[(k + turn) % len(names)]
            try:
                answer = runners[name].run(max(2.0, args.seconds))
            except (Failed, subprocess.TimeoutExpired) as error:
                skipped.append(f"TCP, {name}: {error}")
                say(f"  {name}: {error}")
                continue
            answer["round"] = turn + 1
            rows.setdefault(name, []).append(answer)
            say(f"round {turn + 1}  TCP         {name:7} {answer['gbits']:7.2f} Gbit/s"
                f"  retransmits {answer['retransmits']}")
