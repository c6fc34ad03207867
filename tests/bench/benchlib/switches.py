# SPDX-License-Identifier: BSD-3-Clause
"""The candidates for frames: each forwards between two vhost-user sockets on one core."""
import json
import os
import pathlib
import subprocess
import time

from benchlib.process import Failed, Process

GUESTS_IDLE = 200
TAPS_IDLE = 500


def peers(top):
    return pathlib.Path(top) / "build" / "peers" / "bench"


def peer_env(top):
    root = peers(top)
    env = dict(os.environ)
    env["PATH"] = ":".join([f"{root}/usr/sbin", f"{root}/usr/bin", env["PATH"], "/usr/sbin"])
    libs = [str(p) for p in (root / "usr/lib").glob("*-linux-gnu")]
    env["LD_LIBRARY_PATH"] = ":".join(libs + [env.get("LD_LIBRARY_PATH", "")]).rstrip(":")
    return env


def find(top, name, *places):
    for place in places:
        for root in (peers(top), pathlib.Path("/")):
            path = root / place / name
            if path.exists():
                return path
    raise Failed(f"{name} is not here: tests/tools/peers bench unpacks it")


class Candidate:
    """start() and stop() once; pause() and resume() between measurements."""

    name = None
    worker = None  # part of the forwarding thread's name
    macs = None  # as many addresses behind each port as it can do with; None: any number

    def __init__(self, args, cpus, huge, folder):
        self.args, self.cpus, self.huge, self.folder = args, cpus, huge, pathlib.Path(folder)
        self.folder.mkdir()
        self.processes = []
        self.sockets = [str(self.folder / "a.sock"), str(self.folder / "b.sock")]

    def start(self):
        raise NotImplementedError

    def check(self):
        for p in self.processes:
            if not p.running():
                raise Failed(f"{self.name} ended: {p.tail()}")

    @property
    def main(self):
        return self.processes[-1]

    def pause(self):
        for p in self.processes:
            p.pause()

    def resume(self):
        for p in reversed(self.processes):
            p.resume()

    def stop(self):
        for p in reversed(self.processes):
            p.stop()


class Io(Candidate):
    """testpmd: copies from one port to the other and looks at nothing."""

    name, worker = "io", "worker"

    def start(self):
        program = find(self.args.top, "dpdk-testpmd", "usr/bin")
        memory = ["-m", "192"] if self.huge else ["--no-huge", "--no-shconf", "-m", "192"]
        argv = [program, "--lcores", f"0@{self.cpus.generator},1@{self.cpus.switch}", "--no-pci",
                "--no-telemetry", *(["--in-memory"] if self.huge else []), *memory]
        for i, socket in enumerate(self.sockets):
            argv += ["--vdev", f"net_vhost{i},iface={socket},client=1,queues=1,tso=1"]
        argv += ["--", "--forward-mode=io", f"--burst={self.args.io_burst}", "--nb-cores=1",
                 "--total-num-mbufs=32768", "--auto-start", "--no-mlockall"]
        # it ends when its standard input does
        self.input = os.pipe()
        self.processes.append(Process(argv, self.folder / "testpmd.log", stdin=self.input[0],
                                      env=peer_env(self.args.top)))

    def stop(self):
        super().stop()
        for fd in getattr(self, "input", ()):
            os.close(fd)


class Ovs(Candidate):
    name, worker = "ovs", "pmd"

    def call(self, *argv, timeout=30):
        try:
            done = subprocess.run([str(a) for a in argv], env=self.env, capture_output=True,
                                  text=True, timeout=timeout, check=False)
        except subprocess.TimeoutExpired as error:
            self.check()
            raise Failed(f"{argv[0]} did not end within {timeout} s") from error
        if done.returncode:
            raise Failed(f"{argv[0]}: {done.stderr.strip()[-200:]}")
        return done.stdout

    def start(self):
        top = self.args.top
        if not self.huge:
            raise Failed("Open vSwitch 3.1 gives DPDK --in-memory, which cannot do without 2 MB "
                         "pages")
        schema = find(top, "vswitch.ovsschema", "usr/share/openvswitch")
        vswitchd = find(top, "ovs-vswitchd-dpdk", "usr/lib/openvswitch-switch-dpdk")
        folder = self.folder
        self.env = peer_env(top)
        for name in ("OVS_RUNDIR", "OVS_DBDIR", "OVS_LOGDIR", "OVS_SYSCONFDIR"):
            self.env[name] = str(folder)
        server = f"unix:{folder}/db.sock"
        others = [self.cpus.generator]
        self.call("ovsdb-tool", "create", folder / "conf.db", schema)
        self.processes.append(Process(
            ["ovsdb-server", folder / "conf.db", f"--remote=punix:{folder}/db.sock", "--no-chdir",
             f"--unixctl={folder}/ovsdb.ctl", "-vconsole:warn"],
            folder / "ovsdb.log", cpus=others, env=self.env))
        deadline = time.monotonic() + 5
        while not (folder / "db.sock").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        vsctl = ["ovs-vsctl", f"--db={server}"]
        config = ["dpdk-init=true", "dpdk-extra=--no-pci --no-telemetry", "dpdk-socket-mem=512",
                  f"dpdk-lcore-mask={1 << self.cpus.generator:#x}",
                  f"pmd-cpu-mask={1 << self.cpus.switch:#x}"]
        self.call(*vsctl, "--no-wait", "init", "--", "set", "Open_vSwitch", ".",
                  *[f'other_config:{c.split("=", 1)[0]}="{c.split("=", 1)[1]}"' for c in config])
        self.processes.append(Process(
            [vswitchd, server, f"--unixctl={folder}/vswitchd.ctl", "--no-chdir", "-vconsole:warn"],
            folder / "vswitchd.log", env=self.env))
        self.call(*vsctl, "add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=netdev")
        for name, socket in zip("ab", self.sockets):
            self.call(*vsctl, "add-port", "br0", name, "--", "set", "interface", name,
                      "type=dpdkvhostuserclient", f"options:vhost-server-path={socket}")
        self.call("ovs-ofctl", "del-flows", f"{folder}/br0.mgmt")
        self.call("ovs-ofctl", "add-flow", f"{folder}/br0.mgmt", "actions=NORMAL")


def heddle_config(switch, ports):
    """@ports: (name, kind, container). All on one segment; a kind af-packet is its uplink."""
    uplinks = [name for name, kind, _ in ports if kind == "af-packet"]
    interfaces = []
    for name, kind, container in ports:
        port = {"switch": switch}
        if kind == "vhost-user":
            port["mtu"] = 9000  # there is a row of such frames
        if kind != "af-packet":
            port["access"] = "lan"
        interfaces.append({"name": name, "type": f"heddle-{kind}:{kind}",
                           f"heddle-{kind}:{kind}": container, "heddle-port:port": port})
    bridged = {"uplink": uplinks} if uplinks else {}
    segment = {"name": "lan", "bridged": bridged}
    return {"heddle-switch:switches": {"switch": [{"name": switch, "segment": [segment]}]},
            "ietf-interfaces:interfaces": {"interface": interfaces}}


def heddle_process(args, cpus, huge, folder, config):
    """Starts a heddled with @config; its worker on the switch's core, the rest on the other."""
    build = pathlib.Path(args.build)
    heddled = build / "supervisor" / "heddled"
    for program in (heddled, build / "dataplane" / "heddle-dp", build / "mgmt" / "heddle-mgmt"):
        if not program.exists():
            raise Failed(f"{program} is not built")
    (folder / "vhost").mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=1))
    argv = [heddled, "-c", folder / "config.json", "--run-dir", folder, "--workers", "1",
            "--cpus", str(cpus.switch), "--hugepages", "yes" if huge else "no",
            "--vhost-dir", folder / "vhost", "--netns-dir", "/run/netns"]
    return Process(argv, folder / "heddled.log", env=dict(os.environ, HEDDLE_BUILD_DIR=args.build))


class Heddle(Candidate):
    name, worker = "heddle", "worker"
    ports = ["a", "b"]

    def __init__(self, *args):
        super().__init__(*args)
        self.sockets = [str(self.folder / "vhost" / n / "sock") for n in self.ports]
        for socket in self.sockets:  # the guests come first
            pathlib.Path(socket).parent.mkdir(parents=True)

    def start(self):
        ports = [(n, "vhost-user", {}) for n in self.ports]
        self.processes.append(heddle_process(self.args, self.cpus, self.huge, self.folder,
                                             heddle_config("sw0", ports)))


class HeddleIdle(Heddle):
    """The same, with more guests on the segment, which are attached and send nothing."""

    name = "heddle-idle"
    ports = [*Heddle.ports, *(f"idle{i}" for i in range(GUESTS_IDLE))]


def routed_config(switch, ports):
    """Each port on a segment of its own, whose gateway has the address that the frames are for."""
    segments = [{"name": f"lan{i}", "vlan": 10 + i, "bridged": {}} for i in range(len(ports))]
    config = heddle_config(switch, ports)
    config["heddle-switch:switches"]["switch"][0]["segment"] = segments
    interfaces = config["ietf-interfaces:interfaces"]["interface"]
    for i, port in enumerate(list(interfaces)):
        port["heddle-port:port"]["access"] = f"lan{i}"
        interfaces.append({
            "name": f"gw{i}", "type": "heddle-gateway:gateway", "heddle-port:port": {"mtu": 9000},
            "heddle-gateway:gateway": {"switch": switch, "segment": f"lan{i}",
                                       "address": [f"10.{i}.255.254/16"],
                                       "mac": f"02:48:44:0{i ^ 1}:00:00"}})
    return config


class HeddleRouted(Heddle):
    """The ports are on two segments, and what they send each other is routed."""

    name, macs = "heddle-routed", 1

    def start(self):
        ports = [(n, "vhost-user", {}) for n in self.ports]
        self.processes.append(heddle_process(self.args, self.cpus, self.huge, self.folder,
                                             routed_config("sw0", ports)))


CANDIDATES = {c.name: c for c in (Io, Heddle, HeddleIdle, HeddleRouted, Ovs)}
