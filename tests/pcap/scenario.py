# SPDX-License-Identifier: BSD-3-Clause
"""Scenarios by replay: a configuration, captures that come in, and what must come out.

    class Flood(Scenario):
        def test_two(self):
            config = Config().port("a", access=10).port("b", access=10)
            result = self.replay(config, {"a": [ether(BROADCAST, A)]})
            self.assertEqual(result.frames("b"), [ether(BROADCAST, A)])

replay() runs `heddle replay` and always checks that every packet is accounted for. With
check_batches=True the same must come out, byte for byte, at a batch of 1 and of 256, and when the
input is pcapng. HEDDLE_BUILD_DIR names the build that is tested.
"""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

import capture
from frames import *  # noqa: F401,F403 the words that scenarios are written in

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("HEDDLE_BUILD_DIR", os.path.join(TOP, "build"))
# HEDDLE_REPLAY=direct: without the command, to tell its mistakes from those of the planes
DIRECT = os.environ.get("HEDDLE_REPLAY") == "direct"
HEDDLE = os.path.join(BUILD, "mgmt", "cli", "heddle")

SECOND = 10**9
START = 1700000000 * SECOND  # of captures whose packets have no time
STEP = 10**6  # between those

TIMEOUT = int(os.environ.get("HEDDLE_TEST_TIMEOUT", "120"))


class Config:
    """A configuration, built up by calls that can be chained. Ports are of kind pcap, which has no
    guards of its own accord; kind="tap" gives what a virtual machine gets."""

    def __init__(self):
        self.switches = {}
        self.ports = []
        self.gateways = []

    def switch(self, name="sw0", **leaves):
        self.switches.setdefault(name, {"name": name}).update(
            {key.replace("_", "-"): value for key, value in leaves.items()})
        return self

    def segment(self, name, vlan=None, switch="sw0", uplink=None, **leaves):
        segment = {"name": name}
        if vlan:
            segment["vlan"] = vlan
        segment["bridged" if uplink else "host-only"] = {"uplink": uplink} if uplink else {}
        segment.update({key.replace("_", "-"): value for key, value in leaves.items()})
        self.switch(switch).switches[switch].setdefault("segment", []).append(segment)
        return self

    def static(self, vlan, address, port, switch="sw0"):
        self.switch(switch).switches[switch].setdefault("static-mac", []).append(
            {"segment-or-vlan": vlan, "mac": address, "port": port})
        return self

    def port(self, name, kind="pcap", switch="sw0", guards=None, **leaves):
        port = {}
        if switch:
            self.switch(switch)
            port["switch"] = switch
        for key, value in leaves.items():
            port[key.replace("_", "-")] = value
        for key, value in (guards or {}).items():
            port["heddle-guard:" + key.replace("_", "-")] = value
        self.ports.append({"name": name, "type": f"heddle-{kind}:{kind}", "heddle-port:port": port})
        return self

    def gateway(self, name, segment, addresses, switch="sw0", **leaves):
        self.switch(switch)
        self.gateways.append(name)
        self.ports.append({"name": name, "type": "heddle-gateway:gateway",
                           "heddle-gateway:gateway": {"switch": switch, "segment": segment,
                                                      "address": addresses, **leaves}})
        return self

    def json(self):
        return json.dumps({
            "heddle-switch:switches": {"switch": list(self.switches.values())},
            "ietf-interfaces:interfaces": {"interface": self.ports},
        }, indent=1)


class Result:
    """What a replay left behind. @gateways: names of ports that are the switch itself."""

    def __init__(self, directory, gateways=()):
        self.gateways = gateways
        with open(os.path.join(directory, "summary.json"), encoding="utf-8") as file:
            self.summary = json.load(file)
        self.ports = sorted(self.summary["ports"])
        self.raw, self.packets = {}, {}
        for port in self.ports:
            path = os.path.join(directory, port + ".pcap")
            if os.path.exists(path):
                with open(path, "rb") as file:
                    self.raw[port] = file.read()
                self.packets[port] = capture.read_pcap(path)

    def frames(self, port):
        """The frames that left by a port, in order."""
        return [frame for _, frame in self.packets[port]]

    def port(self, name):
        """A port's counters, from the summary."""
        return self.summary["ports"][name]

    def drops(self, name):
        """{reason: packets} of a port, those that are not 0."""
        return self.port(name)["drops"]

    def macs(self):
        """{(switch, vlan, MAC): port} as learned or fixed at the end."""
        return {(m["switch"], m["vlan"], m["mac"]): m["port"] for m in self.summary["macs"]}


class Refused(Exception):
    """A replay that was not possible; the text is what the user sees."""


def run_cli(config, arguments, out):
    done = subprocess.run([HEDDLE, "replay", "-c", config, *arguments], capture_output=True,
                          text=True, timeout=TIMEOUT, check=False, stdin=subprocess.DEVNULL)
    return done.returncode, done.stderr + done.stdout


def run_planes(config, arguments, out):
    """What the command does, without it: the two planes on a socket pair."""
    try:
        os.makedirs(out, exist_ok=True)
    except OSError as error:
        return 2, str(error)
    mgmt_end, dp_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    planes = []
    for end, command in (
            (mgmt_end, [os.path.join(BUILD, "mgmt", "heddle-mgmt"), "--offline", "-c", config,
                        "--dp-fd", str(mgmt_end.fileno())]),
            (dp_end, [os.path.join(BUILD, "dataplane", "heddle-dp"), "--replay",
                      "--mgmt-fd", str(dp_end.fileno()), *arguments])):
        planes.append(subprocess.Popen(command, pass_fds=[end.fileno()], text=True,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT))
        end.close()
    status, text = 0, ""
    for plane in planes:
        try:
            text += plane.communicate(timeout=TIMEOUT)[0]
        except subprocess.TimeoutExpired:
            plane.kill()
            text += plane.communicate()[0] + "took too long, and was ended"
        status = status or plane.returncode
    return status, text


class Scenario(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        if not os.path.exists(HEDDLE):
            self.fail(f"there is no {HEDDLE}: build first, or name the build in HEDDLE_BUILD_DIR")
        self.dir = tempfile.mkdtemp(prefix="heddle-pcap-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.runs = 0

    def run_files(self, config, files, batch=None, more=()):
        """Runs a replay of capture files {port: path}; returns the folder with the output."""
        self.runs += 1
        out = os.path.join(self.dir, f"out{self.runs}")
        path = os.path.join(self.dir, "config.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(config if isinstance(config, str) else config.json())
        arguments = ["-o", out, *more]
        for port, name in files.items():
            arguments += ["-i", f"{port}={name}"]
        if batch:
            arguments += ["--batch", str(batch)]
        status, text = (run_planes if DIRECT else run_cli)(path, arguments, out)
        self.text = text
        for trouble in ("runtime error:", "Sanitizer", "Assertion"):
            self.assertNotIn(trouble, text)
        if status:
            raise Refused(f"exit status {status}\n{text}")
        return out

    def run_once(self, config, inputs, batch=None, pcapng=False):
        files = {}
        for port, packets in inputs.items():
            files[port] = os.path.join(self.dir, f"in-{port}.{'pcapng' if pcapng else 'pcap'}")
            (capture.write_pcapng if pcapng else capture.write_pcap)(files[port], packets)
        out = self.run_files(config, files, batch)
        return Result(out, getattr(config, "gateways", ()))

    def replay(self, config, inputs, check_batches=False):
        """Sends {port: [frame or (time_ns, frame)]} through @config. Frames without a time come in
        one after the other, a millisecond apart, in the order of the dictionary."""
        time, timed = START, {}
        for port, packets in inputs.items():
            timed[port] = []
            for packet in packets:
                if not isinstance(packet, tuple):
                    packet = (time, packet)
                    time += STEP
                timed[port].append(packet)
        result = self.run_once(config, timed)
        self.check_accounts(result, timed)
        if check_batches:
            for batch, pcapng in ((1, False), (256, True)):
                again = self.run_once(config, timed, batch, pcapng)
                self.check_accounts(again, timed)
                self.assertEqual(again.raw, result.raw, f"output at batch {batch}")
                self.assertEqual(again.summary, result.summary, f"summary at batch {batch}")
        return result

    def check_accounts(self, result, inputs):
        """Every packet is accounted for: in all, and at each port."""
        total = result.summary["totals"]
        left = sum(total[k] for k in ("rx", "injected", "generated", "copies"))
        right = sum(total[k] for k in ("tx", "consumed", "drops", "held"))
        self.assertEqual(left, right, f"packets appeared or were lost: {total}")
        self.assertEqual(total["held"], 0, "packets are still held after the end")
        dropped = received = sent = 0
        for name in result.ports:
            port = result.port(name)
            ingress, egress = port["ingress_drops"], port["egress_drops"]
            self.assertEqual(ingress + egress, sum(port["drops"].values()), f"{name}: drops")
            rx, tx = port["rx_packets"], port["tx_packets"]
            self.assertEqual(rx, port["admitted"] + ingress, f"{name}: received packets")
            self.assertEqual(port["offered"], tx + egress, f"{name}: offered packets")
            dropped += ingress + egress
            if name in result.gateways:
                continue  # what it sends and receives stays inside of the switch
            self.assertEqual(rx, len(inputs.get(name, ())), f"{name}: packets of the capture")
            self.assertEqual(port["rx_bytes"], sum(len(f) for _, f in inputs.get(name, ())),
                             f"{name}: bytes of the capture")
            self.assertEqual(tx, len(result.packets.get(name, ())), f"{name}: output capture")
            self.assertEqual(port["tx_bytes"],
                             sum(len(f) for _, f in result.packets.get(name, ())),
                             f"{name}: bytes of the output capture")
            received, sent = received + rx, sent + tx
        self.assertEqual((received, sent, dropped), (total["rx"], total["tx"], total["drops"]),
                         "ports and totals differ (rx, tx, drops)")

    def assert_refused(self, words, config, files, more=()):
        """The replay of capture files is refused, and the message has all of @words in it."""
        with self.assertRaises(Refused) as caught:
            self.run_files(config, files, more=more)
        text = str(caught.exception)
        for word in words:
            self.assertIn(word, text)
        return text

    def assert_frames(self, result, expected):
        """{port: [frames]}: exactly these left; ports that are not named sent nothing."""
        for port in result.ports:
            got = [describe(f) for f in result.frames(port)]
            want = [describe(f) for f in expected.get(port, [])]
            self.assertEqual(got, want, f"what left by {port}")


def describe(frame):
    """A frame as text: addresses, tags, length, and the bytes after the tags."""
    tags = tags_text(frame)
    at = 12 + (0 if tags == "-" else 4 * (tags.count(",") + 1))
    return (f"{mac_text(frame[:6])} < {mac_text(frame[6:12])} [{tags}] {len(frame)} "
            f"{frame[at:].rstrip(bytes(1)).hex()}")


def main():
    unittest.main(argv=sys.argv[:1] + sys.argv[1:], verbosity=2)
