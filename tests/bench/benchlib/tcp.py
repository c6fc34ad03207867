# SPDX-License-Identifier: BSD-3-Clause
"""TCP and pings between namespaces: the kernel's bridge on veth, and heddle on TAPs and on an uplink."""
import json
import pathlib
import resource
import shutil
import subprocess
import sys
import time

from benchlib.frames import PING, PINGS, ROWS, chosen
from benchlib.machine import busy_seconds, say, softirq_ns
from benchlib.process import Failed, Process
from benchlib.switches import CANDIDATES, TAPS_IDLE, heddle_config, heddle_process

NAMES = ("bridge", "tap", "tap-idle", "uplink")


def ip(*words, ns=None, data=None):
    argv = ["ip", *(["-n", ns] if ns else []), *words]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, input=data)
    if done.returncode:
        raise Failed(f"{' '.join(argv)}: {done.stderr.strip()}")
    return done.stdout


def namespace(name):
    ip("netns", "add", name)
    ip("link", "set", "lo", "up", ns=name)


def received(ns):
    """{device: (bytes, packets)} of a namespace, with the headers."""
    links = json.loads(ip("-s", "-j", "link", "show", ns=ns))
    return {link["ifname"]: (link["stats64"]["rx"]["bytes"], link["stats64"]["rx"]["packets"])
            for link in links}


class Row:
    """An iperf3 server in @server that stays; run() sends to it from @client, through @switch."""

    def __init__(self, client, server, address, cpus, scratch, switch=None):
        if not shutil.which("iperf3"):
            raise Failed("iperf3 is not installed")
        self.client, self.server, self.address = client, server, address
        self.cpus, self.switch = cpus, switch
        self.process = Process(["ip", "netns", "exec", server, "iperf3", "-s"],
                               scratch / f"iperf-{server}-{client}.log")

    def run(self, seconds):
        if self.switch:
            self.switch.resume()
        try:
            answer = self.send(seconds)
            answer["pings_us"] = self.ping()
            return answer
        finally:
            if self.switch:
                self.switch.pause()

    def cpu_seconds(self):
        """Of all that takes part: the switch, both ends, and the kernel's threads for soft interrupts."""
        ours = [self.process, *([self.switch] if self.switch else [])]
        used = resource.getrusage(resource.RUSAGE_CHILDREN)  # the client is one that ended
        return (sum(p.cpu_ns() for p in ours) + softirq_ns()) / 1e9 + used.ru_utime + used.ru_stime

    def send(self, seconds):
        argv = ["ip", "netns", "exec", self.client, "iperf3", "-c", self.address, "-J", "-O", "0.5",
                "-t", f"{seconds:g}"]
        size = received(self.server)["eth0"][0]
        cpu, busy = self.cpu_seconds(), busy_seconds()
        done = subprocess.run(argv, capture_output=True, text=True, timeout=seconds + 20,
                              check=False)
        cpu, busy = self.cpu_seconds() - cpu, busy_seconds() - busy
        size = received(self.server)["eth0"][0] - size
        try:
            answer = json.loads(done.stdout)
            if "error" in answer:
                raise Failed(f"iperf3: {answer['error']}")
            end = answer["end"]
            return {"gbits": end["sum_received"]["bits_per_second"] / 1e9,
                    "retransmits": end["sum_sent"].get("retransmits", 0),
                    "gigabytes": size / 1e9, "cpu_seconds": round(cpu, 3),
                    "cpu_per_gb": round(cpu / (size / 1e9), 4),
                    "others_cpu_seconds": round(busy - cpu, 3)}
        except (ValueError, KeyError, ZeroDivisionError) as error:
            raise Failed(f"iperf3: no result ({done.stderr.strip()[-200:]} {error})") from error

    def ping(self):
        """Round trips in microseconds, sorted."""
        program = pathlib.Path(__file__).with_name("ping.py")
        argv = ["ip", "netns", "exec", self.client, "taskset", "-c", self.cpus.generator,
                sys.executable, program, self.address, PINGS]
        done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, timeout=30,
                              check=False)
        if done.returncode:
            raise Failed(f"ping of {self.address}: {done.stderr.strip()[-200:]}")
        return sorted(json.loads(done.stdout))

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


def tap(ns, device="eth0", name=None):
    return (name or ns, "tap", {"namespace": ns, "device": device})


def start(args, cpus, huge, scratch, name, ports, ends):
    """A heddled; @ends: namespaces, whose eth0 gets an address of the same subnet each."""
    folder = pathlib.Path(scratch) / name
    folder.mkdir()
    switch = heddle_process(args, cpus, huge.usable, folder, heddle_config("sw0", ports))
    try:
        for ns, address in ends.items():
            deadline = time.monotonic() + 15
            while True:
                try:
                    ip("addr", "add", f"{address}/24", "dev", "eth0", ns=ns)
                    break
                except Failed as error:
                    if time.monotonic() > deadline or not switch.running():
                        raise Failed(f"heddle made no device in {ns}: {switch.tail()}") from error
                    time.sleep(0.02)
            ip("link", "set", "eth0", "up", ns=ns)
        first, *others = ends
        for ns in others:
            reach(first, ends[ns], switch)
    except Failed:
        switch.stop()
        raise
    return switch


def make_heddle(args, cpus, huge, scratch):
    for ns in ("h1", "h2", "phys"):
        namespace(ns)
    ip("link", "add", "up0", "type", "veth", "peer", "name", "eth0", "netns", "phys")
    ip("link", "set", "up0", "up")
    ports = [tap("h1"), tap("h2"), ("up0", "af-packet", {"device": "up0"})]
    return start(args, cpus, huge, scratch, "tcp", ports,
                 {"h1": "10.2.0.1", "h2": "10.2.0.2", "phys": "10.2.0.3"})


def make_idle(args, cpus, huge, scratch):
    """Two TAPs as there, and TAPS_IDLE more on the segment, which are up and send nothing."""
    for ns in ("i1", "i2", "idle"):
        namespace(ns)
    subprocess.run(["ip", "netns", "exec", "idle", "sh", "-c",
                    "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6"], check=False)
    idle = [f"t{i}" for i in range(TAPS_IDLE)]
    ports = [tap("i1"), tap("i2"), *(tap("idle", name, name) for name in idle)]
    switch = start(args, cpus, huge, scratch, "tcp-idle", ports,
                   {"i1": "10.3.0.1", "i2": "10.3.0.2"})
    try:
        wait_for_idle(idle, switch)
    except Failed:
        switch.stop()
        raise
    return switch


def wait_for_idle(idle, switch):
    """Until all have got a broadcast: then the switch has them in its segment, and they are up."""
    deadline = time.monotonic() + 30
    ready = 0
    while time.monotonic() < deadline:
        there = received("idle")
        down = [f"link set {name} up" for name in idle if name in there]
        ip("-b", "-", ns="idle", data="\n".join(down) + "\n")
        poke("i1", "10.3.0.99")  # nobody has it, so that it is asked for
        ready = sum(there.get(name, (0, 0))[1] > 0 for name in idle)
        if ready == len(idle):
            return
        time.sleep(0.2)
    raise Failed(f"only {ready} of {len(idle)} idle TAPs got a broadcast: {switch.tail()}")


def poke(ns, address):
    subprocess.run(["ip", "netns", "exec", ns, "bash", "-c",
                    f": >/dev/udp/{address}/9; echo x >/dev/udp/{address}/9"],
                   capture_output=True, check=False)


def reach(ns, address, switch):
    """Waits until @address answers (its neighbour entry is complete), at most 10 s."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        poke(ns, address)
        shown = subprocess.run(["ip", "-n", ns, "neigh", "show", address], capture_output=True,
                               text=True, check=False).stdout
        if "lladdr" in shown:
            return
        time.sleep(0.05)
    raise Failed(f"{ns} does not reach {address}: {switch.tail()}")


def wanted(args):
    """The rows that are asked for."""
    rows = chosen(NAMES, args.only)
    if not args.only or "tcp" in args.only or set(args.only) & set(NAMES):
        return rows
    return [] if set(args.only) & {"frames", PING, *ROWS, *CANDIDATES} else rows


class Stand:
    """What the rows run on, as far as it could be made."""

    def __init__(self, args, cpus, huge, scratch, skipped):
        self.rows, self.switches = {}, []
        self.cpus, self.scratch, self.skipped = cpus, scratch, skipped
        names = wanted(args)
        if "bridge" in names:
            self.add("the kernel's bridge", make_bridge,
                     {"bridge": ("k1", "k2", "10.1.0.2")})
        if "tap" in names or "uplink" in names:
            self.add("heddle with TAPs and an uplink",
                     lambda: make_heddle(args, cpus, huge, scratch),
                     {"tap": ("h1", "h2", "10.2.0.2"), "uplink": ("h1", "phys", "10.2.0.3")})
        if "tap-idle" in names:
            self.add(f"heddle with {TAPS_IDLE} idle TAPs",
                     lambda: make_idle(args, cpus, huge, scratch),
                     {"tap-idle": ("i1", "i2", "10.3.0.2")})
        self.rows = {name: self.rows[name] for name in names if name in self.rows}

    def add(self, words, make, rows):
        say(f"starting {words}")
        try:
            switch = make()
            if switch:
                self.switches.append(switch)
            for name, ends in rows.items():
                self.rows[name] = Row(*ends, self.cpus, self.scratch, switch)
            if switch:
                switch.pause()
        except Failed as error:
            self.skipped.append(f"{words}, TCP: {error}")
            say(f"  not measured: {error}")

    def stop(self):
        for thing in [*self.rows.values(), *self.switches]:
            thing.stop()


def measure(args, cpus, huge, scratch, skipped):
    """{"rows": {"tap", "tap-idle", "uplink" or "bridge": [answer of each round]}}"""
    rows = {}
    if not wanted(args):
        return {"rows": rows}
    stand = Stand(args, cpus, huge, scratch, skipped)
    try:
        time.sleep(0.3)  # servers: iperf3 has nothing to wait for but its port
        rounds(args, stand.rows, rows, skipped)
    finally:
        stand.stop()
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
            pings = answer["pings_us"]
            say(f"round {turn + 1}  TCP         {name:8} {answer['gbits']:7.2f} Gbit/s"
                f"  retransmits {answer['retransmits']:4}  CPU {answer['cpu_per_gb']:.3f} s/GB"
                f" (others {answer['others_cpu_seconds']:.2f} s)"
                f"  ping {pings[len(pings) // 2]:.1f} us")
