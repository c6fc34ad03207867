#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Questions about a running switch, answered from `heddle show ... --json` by exit status
(and, where it does not show something, from the model by NETCONF).

	state.py HEDDLE RUN_DIR QUESTION [ARGUMENTS]

	planes-ready			all four planes run and are ready
	plane-pid NAME			prints the process of supervisor, data, control or management
	plane-memory NAME		prints its bytes
	plane-pids			prints all of them
	workers-are N			it forwards with that many workers
	has-port NAME
	ports-up NAME...
	port-is NAME LEAF VALUE		of `show ports`: reason, up, mtu, ...
	port NAME LEAF			prints it; "rx.packets" goes deeper
	counter-at-least NAME LEAF N
	drops-at-least NAME N		of all reasons
	drop-at-least NAME REASON N
	mean-frame NAME rx|tx BYTES	the mean length of its frames is at least BYTES
	macs-at-most NAME N		addresses learned on the port
	mac-is MAC PORT KIND [VLAN]	the address is at that port: learned, static or local
	conserved			every packet is accounted for, at every port and over all workers
"""
import json
import os
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"
SYSTEM = "urn:heddle:yang:heddle-system"
EOM = b"]]>]]>"
WORKER_SUMS = ("rx", "injected", "generated", "copies", "tx", "consumed", "drops", "held")
PLANES = ("supervisor", "data", "control", "management")


class Switch:
    def __init__(self, heddle, run_dir):
        self.command = [heddle, "--run-dir", run_dir]
        self.socket = os.path.join(run_dir, "netconf.sock")

    def show(self, *what):
        done = subprocess.run(self.command + ["show", *what, "--json"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False, timeout=20)
        if done.returncode != 0:
            sys.exit(f"show {' '.join(what)}: {done.stderr.decode().strip()}")
        return json.loads(done.stdout)

    def ports(self):
        return {port["name"]: port for port in self.show("ports")["ports"]}

    def port(self, name):
        ports = self.ports()
        if name not in ports:
            sys.exit(f"there is no port {name}; there are: {' '.join(sorted(ports))}")
        return ports[name]

    def planes(self):
        return {plane["name"]: plane for plane in self.show("planes")["planes"]}

    def workers(self):
        """A dict of counters for each worker, from the model's heddle-system:system/worker."""
        with socket.socket(socket.AF_UNIX) as conn:
            conn.settimeout(20)
            conn.connect(self.socket)
            conn.sendall(f'<hello xmlns="{NETCONF}"><capabilities><capability>{NETCONF.replace(":xml:ns:", ":")}'
                         f'</capability></capabilities></hello>'.encode() + EOM)
            conn.sendall(f'<rpc xmlns="{NETCONF}" message-id="1"><get><filter type="subtree">'
                         f'<system xmlns="{SYSTEM}"><worker/></system></filter></get></rpc>'.encode() + EOM)
            got = b""
            while got.count(EOM) < 2:
                data = conn.recv(65536)
                if not data:
                    sys.exit(f"heddle-mgmt closed its socket after: {got!r}")
                got += data
        reply = ET.fromstring(got.split(EOM)[1].strip())
        return [{leaf.tag.rpartition("}")[2]: int(leaf.text) for leaf in worker}
                for worker in reply.iter(f"{{{SYSTEM}}}worker")]


def leaf(port, path):
    for name in path.split("."):
        port = port[name]
    return str(port).lower() if isinstance(port, bool) else port


def expect(ok, words):
    if not ok:
        sys.exit(words)


def at_least(found, wanted, words):
    expect(found >= int(wanted), f"{words}: {found}, expected at least {wanted}")


# --- conservation ------------------------------------------------------------------------------

def quiet(switch, seconds=5.0):
    """Two readings in a row that are the same: nothing moves. Returns it, or the last one."""
    deadline = time.monotonic() + seconds
    before = None
    while time.monotonic() < deadline:
        now = counters(switch)
        if now == before:
            return now
        before = now
        time.sleep(0.05)
    sys.exit(f"the counters did not come to rest within {seconds} s")


def counters(switch):
    ports = {name: {"rx": p["rx"]["packets"], "admitted": p["admitted"], "offered": p["offered"],
                    "tx": p["tx"]["packets"], "in": sum(p["drops"]["in"].values()),
                    "out": sum(p["drops"]["out"].values()), "drops": p["drops"]}
             for name, p in switch.ports().items()}
    return {"ports": ports, "workers": [{key: worker.get(key, 0) for key in WORKER_SUMS}
                                        for worker in switch.workers()]}


def unbalanced(reading):
    """Words for each equation that does not hold (see include/heddle/api/stats.h)."""
    wrong = []
    for name, p in reading["ports"].items():
        if p["rx"] != p["admitted"] + p["in"]:
            wrong.append(f"port {name}: rx {p['rx']} != admitted {p['admitted']} + drops {p['in']} "
                         f"{p['drops']['in']}")
        if p["offered"] != p["tx"] + p["out"]:
            wrong.append(f"port {name}: offered {p['offered']} != tx {p['tx']} + drops {p['out']} "
                         f"{p['drops']['out']}")
    if not reading["workers"]:
        return wrong + ["the model has no workers to add up"]
    total = {key: sum(w[key] for w in reading["workers"]) for key in WORKER_SUMS}
    left = total["rx"] + total["injected"] + total["generated"] + total["copies"]
    right = total["tx"] + total["consumed"] + total["drops"] + total["held"]
    if left != right:
        wrong.append(f"over all workers: {left} came or were made, {right} left or were dropped: {total}")
    return wrong


# --- questions -----------------------------------------------------------------------------------

def ask_planes_ready(switch):
    planes = switch.planes()
    for name in PLANES:
        expect(planes.get(name, {}).get("state") == "running", f"{name} is not ready: {planes.get(name)}")
        expect(planes[name]["connected"] or name == "management", f"{name} is not connected")


def ask_plane_pid(switch, name):
    pid = switch.planes()[name].get("pid")
    expect(pid, f"{name} does not run")
    print(pid)


def ask_plane_memory(switch, name):
    print(switch.planes()[name]["memory"])


def ask_plane_pids(switch):
    for plane in switch.planes().values():
        if plane.get("pid"):
            print(plane["pid"])


def ask_workers_are(switch, n):
    found = len(switch.workers())
    expect(found == int(n), f"{found} workers")


def ask_has_port(switch, name):
    switch.port(name)


def ask_ports_up(switch, *names):
    ports = switch.ports()
    for name in names:
        expect(name in ports, f"there is no port {name}")
        expect(ports[name]["up"], f"port {name}: {ports[name]['reason']}: {ports[name]['text']}")


def ask_port_is(switch, name, path, value):
    found = leaf(switch.port(name), path)
    expect(str(found) == value, f"port {name}: {path} is {found}, expected {value}")


def ask_port(switch, name, path):
    print(leaf(switch.port(name), path))


def ask_counter_at_least(switch, name, path, n):
    at_least(leaf(switch.port(name), path), n, f"port {name}: {path}")


def ask_drops_at_least(switch, name, n):
    drops = switch.port(name)["drops"]
    at_least(drops["total"], n, f"drops at port {name} {drops}")


def ask_drop_at_least(switch, name, reason, n):
    drops = switch.port(name)["drops"]
    at_least(drops["in"].get(reason, 0) + drops["out"].get(reason, 0), n, f"{reason} at {name} {drops}")


def ask_mean_frame(switch, name, side, wanted):
    found = switch.port(name)[side]
    expect(found["packets"], f"port {name} has no {side} packets")
    at_least(found["bytes"] // found["packets"], wanted, f"mean {side} frame of port {name}")


def ask_macs_at_most(switch, name, n):
    found = switch.show("fdb", "--port", name)["entries"]
    found = [entry for entry in found if entry["kind"] == "learned"]
    expect(0 < len(found) <= int(n), f"{len(found)} addresses on {name}, expected 1 to {n}")


def ask_mac_is(switch, mac, port, kind, vlan=None):
    found = [(e["port"], e["kind"], e["vlan"]) for e in switch.show("fdb", "--mac", mac)["entries"]
             if vlan is None or e["vlan"] == int(vlan)]
    expect(len(found) == 1 and found[0][:2] == (port, kind), f"{mac} is at {found}")


def ask_conserved(switch):
    # A sending process may be quiet for longer than two readings take: look again before crying out.
    deadline = time.monotonic() + 3
    while (wrong := unbalanced(quiet(switch))) and time.monotonic() < deadline:
        time.sleep(0.2)
    expect(not wrong, "\n".join(wrong))


def main():
    heddle, run_dir, question, *arguments = sys.argv[1:]
    ask = globals().get("ask_" + question.replace("-", "_"))
    if not ask:
        sys.exit(f"state.py: no such question: {question}")
    try:
        ask(Switch(heddle, run_dir), *arguments)
    except subprocess.TimeoutExpired:
        sys.exit("the heddle command did not answer within 20 s")


if __name__ == "__main__":
    main()
