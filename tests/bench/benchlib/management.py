# SPDX-License-Identifier: BSD-3-Clause
"""The management plane: a real heddled, a client on its UNIX socket.

Ports are vhost-user ports without guests, and one pcap uplink: they need no privilege, and are all
the work for heddle-mgmt and for the configuration of heddle-dp that ports with guests are.
"""
import contextlib
import itertools
import os
import pathlib
import subprocess
import sys
import time
from statistics import median

TOP = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "tests" / "netconf"))

from client import BASE, Client  # noqa: E402
from live import Switch  # noqa: E402

SIZES = (1000, 10000)
SEGMENTS = 20
MANY = 100 if os.geteuid() == 0 else 50  # sessions: others than root may have 64 of them
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
IF = "urn:ietf:params:xml:ns:yang:ietf-interfaces"
HP = "urn:heddle:yang:heddle-port"


def config(n):
    segments = [{"name": f"net{i}", "vlan": 100 + i, "bridged": {"uplink": ["up"]}}
                for i in range(SEGMENTS)] + [{"name": "lab", "host-only": {}}]
    ports = [{"name": "up", "type": "heddle-pcap:pcap", "heddle-port:port": {"switch": "sw0"}}]
    for i in range(n - 1):
        where = ({"trunk": ["net1", "net2", "200..300"], "native": "net1"} if i % 10 == 0 else
                 {"access": f"net{i % SEGMENTS}"})
        ports.append({"name": f"vm{i:05}", "type": "heddle-vhost-user:vhost-user",
                      "heddle-port:port": {"switch": "sw0", **where}})
    return {"heddle-switch:switches": {"switch": [{"name": "sw0", "segment": segments}]},
            "ietf-interfaces:interfaces": {"interface": ports}}


class Raw:
    """Requests as bytes, and the time until the whole reply is there: nothing is parsed."""

    def __init__(self, path):
        self.client = Client(path, timeout=60)
        self.sock = self.client.sock

    @staticmethod
    def message(body):
        text = f'<rpc xmlns="{BASE}" message-id="1">{body}</rpc>'.encode()
        return b"\n#%d\n%s\n##\n" % (len(text), text)

    def ask(self, message):
        self.sock.sendall(message)
        reply = b""
        while not reply.endswith(b"\n##\n"):
            data = self.sock.recv(1 << 18)
            if not data:
                raise RuntimeError("the session ended")
            reply += data
        return reply

    def close(self):
        self.client.close()


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))]


def get_configs(raw, seconds):
    """Requests a second for the configuration of one port."""
    ask = raw.message(
        f'<get-config><source><running/></source><filter type="subtree"><interfaces xmlns="{IF}">'
        "<interface><name>vm00017</name></interface></interfaces></filter></get-config>")
    if b"vm00017" not in raw.ask(ask):
        raise RuntimeError("get-config does not have the port")
    n, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        raw.ask(ask)
        n += 1
    return n / (time.perf_counter() - start)


CHANGES = itertools.count()  # no two commits set the same, or they would change nothing


def commits(raw, ports, times):
    """Seconds of one edit of one port in candidate and its commit, each another port."""
    commit, taken = raw.message("<commit/>"), []
    for i in itertools.islice(CHANGES, times):
        name, mtu = f"vm{(i * 7919) % (ports - 1):05}", 1300 + i // (ports - 1)
        edit = raw.message(
            "<edit-config><target><candidate/></target><config>"
            f'<interfaces xmlns="{IF}"><interface><name>{name}</name><port xmlns="{HP}"><mtu>{mtu}'
            "</mtu></port></interface></interfaces></config></edit-config>")
        start = time.perf_counter()
        replies = raw.ask(edit), raw.ask(commit)
        taken.append(time.perf_counter() - start)
        if any(b"<ok/>" not in r for r in replies):
            raise RuntimeError(f"a commit was refused: {replies}")
    return taken


def show_ports(args, switch, times=7):
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run([pathlib.Path(args.build) / "mgmt" / "cli" / "heddle", "--run-dir",
                        switch.folder / "run", "show", "ports"], check=True,
                       stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - start)
    return median(taken)


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S


def rss_mb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0


def idle(switch, seconds, sessions):
    """Share of a processor that each program takes while nothing happens."""
    with contextlib.ExitStack() as stack:
        for _ in range(sessions):
            stack.enter_context(contextlib.closing(Client(switch.path, timeout=60)))
        time.sleep(1)  # what came before is over
        pids = switch.pids()
        before = {name: cpu_s(pid) for name, pid in pids.items()}
        start = time.perf_counter()
        time.sleep(seconds)  # that is what is measured
        taken = time.perf_counter() - start
        return {name: (cpu_s(pid) - before[name]) / taken for name, pid in pids.items()}


def one_size(args, ports):
    row = {"ports": ports}
    with Switch(args.build, config(ports), ["--log-level", "notice"]) as switch, \
            contextlib.closing(Raw(switch.path)) as raw:
        row["start_s"] = switch.started_s
        row["get_configs"] = get_configs(raw, args.seconds)
        commits(raw, ports, 20)  # caches are warm
        taken = commits(raw, ports, args.commits)
        row["commit_p50_ms"] = percentile(taken, 0.50) * 1e3
        row["commit_p99_ms"] = percentile(taken, 0.99) * 1e3
        row["show_ports_ms"] = show_ports(args, switch) * 1e3
        row["rss_mb"] = {name: rss_mb(pid) for name, pid in switch.pids().items()}
        row["idle"] = {str(n): idle(switch, args.seconds * 2, n) for n in (0, 1, MANY)}
    return row


def measure(args):
    return {"rows": [one_size(args, n) for n in SIZES]}


def verdicts(rows):
    """(what, target, measured, met) of each goal."""
    by = {r["ports"]: r for r in rows}
    small, large = by[1000], by[10000]
    busiest = max(r["idle"][n]["heddle-mgmt"] for r in rows for n in r["idle"])
    return [
        ("small get-configs a second", ">= 10,000", f"{small['get_configs']:,.0f}",
         small["get_configs"] >= 10000),
        ("edit and commit in 1,000 ports, median", "<= 3 ms", f"{small['commit_p50_ms']:.2f} ms",
         small["commit_p50_ms"] <= 3),
        ("edit and commit in 10,000 ports, median", "<= 15 ms", f"{large['commit_p50_ms']:.2f} ms",
         large["commit_p50_ms"] <= 15),
        ("show ports of 1,000 ports", "<= 50 ms", f"{small['show_ports_ms']:.1f} ms",
         small["show_ports_ms"] <= 50),
        (f"idle CPU of heddle-mgmt, up to {MANY} sessions", "0", f"{busiest * 100:.2f} %",
         busiest * 100 < 0.05),
    ]


def show(result):
    rows = result["rows"]
    print(f"{'management, one client':46} " + " ".join(f"{r['ports']:>9,} ports" for r in rows))
    lines = [("small get-configs a second", lambda r: f"{r['get_configs']:,.0f}"),
             ("edit and commit, median, ms", lambda r: f"{r['commit_p50_ms']:.2f}"),
             ("edit and commit, 99 %, ms", lambda r: f"{r['commit_p99_ms']:.2f}"),
             ("heddle show ports, ms", lambda r: f"{r['show_ports_ms']:.1f}"),
             ("start until it forwards, s", lambda r: f"{r['start_s']:.2f}"),
             ("memory of heddle-mgmt, MB", lambda r: f"{r['rss_mb']['heddle-mgmt']:.0f}"),
             ("memory of heddle-dp, MB", lambda r: f"{r['rss_mb']['heddle-dp']:.0f}")]
    for n in rows[0]["idle"]:
        lines.append((f"idle CPU of heddle-mgmt, {n} sessions, %",
                      lambda r, n=n: f"{r['idle'][n]['heddle-mgmt'] * 100:.2f}"))
    lines.append(("idle CPU of heddle-dp, %",
                  lambda r: f"{r['idle']['0']['heddle-dp'] * 100:.2f}"))
    for label, cell in lines:
        print(f"{label:46} " + " ".join(f"{cell(r):>15}" for r in rows))
    print()
    print(f"{'goal':46} {'target':>12} {'measured':>12}")
    for what, target, measured, met in verdicts(rows):
        print(f"{what:46} {target:>12} {measured:>12}  {'met' if met else 'MISSED'}")
