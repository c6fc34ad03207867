# SPDX-License-Identifier: BSD-3-Clause
"""The hosts' side of the demonstration: namespaces, addresses, pings and transfers.

Everything lies in the network and mount namespace that demo/run put itself in, and ends with it.
"""
import concurrent.futures
import os
import subprocess
import sys
import threading

from hosts import BY_NAME, ENDS, SPACES, SUBNETS
from switch import Failed, wait_until

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../tests/lab/tools"))
import xfer  # noqa: E402


def command(space, *words):
    """@words as a command line inside namespace @space."""
    return list(words) if space == "." else ["nsenter", f"--net=/run/netns/{space}", "--", *words]


def run(space, *words):
    done = subprocess.run(command(space, *words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"{space}: {' '.join(words)}: {done.stdout.strip()}")
    return done.stdout


def quiet(space):
    """No IPv6 chatter, and an address answers on its own interface only. A convenience: where
    /proc/sys cannot be written, the demonstration works as well, with more broadcast."""
    subprocess.run(command(space, "sh", "-c",
                           "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6;"
                           "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6;"
                           "echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore"),
                   stderr=subprocess.DEVNULL, check=False)


def make_spaces():
    """A private /run, the hosts' namespaces, and the wire to the pretended physical network."""
    run(".", "mount", "-t", "tmpfs", "tmpfs", "/run")
    os.mkdir("/run/netns")
    run(".", "ip", "link", "set", "lo", "up")
    for space in SPACES:
        run(".", "ip", "netns", "add", space)
        run(space, "ip", "link", "set", "lo", "up")
        quiet(space)
    quiet(".")
    run(".", "ip", "link", "add", "eth1", "type", "veth", "peer", "name", "eth0", "netns", "physical")
    run(".", "ip", "link", "set", "eth1", "up")
    run("physical", "ip", "link", "set", "eth0", "up")


def has_device(end):
    return subprocess.run(command(end.space, "ip", "link", "show", "dev", end.device),
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


def give_addresses():
    """Who has no route believes that everybody is on its own wire: only the switch keeps them apart."""
    for end in ENDS:
        if not wait_until(10, lambda e=end: has_device(e)):
            raise Failed(f"{end.name}: there is no device {end.device} in namespace {end.space}")
        if end.space != ".":  # the host's interface has its address from the configuration
            run(end.space, "ip", "addr", "add", end.address + "/24", "dev", end.device)
            run(end.space, "ip", "link", "set", end.device, "up")
        elif not wait_until(10, lambda e=end: e.address in run(".", "ip", "addr", "show", "dev", e.device)):
            raise Failed(f"{end.device} did not get its address {end.address}")
        run(end.space, "ip", "route", "replace", "default", "dev", end.device)
        for segment, subnet in SUBNETS.items():
            if end.via and segment != end.segment:
                run(end.space, "ip", "route", "add", subnet, "via", end.via)
    answer_by_the_same_interface([end for end in ENDS if end.space == "fw"])


def answer_by_the_same_interface(ends):
    """A host in both segments would answer by the other one, and be a way around the gateways."""
    for table, end in enumerate(ends, 100):
        run(end.space, "ip", "route", "add", SUBNETS[end.segment], "dev", end.device, "table", str(table))
        run(end.space, "ip", "route", "add", "unreachable", "default", "table", str(table))
        run(end.space, "ip", "rule", "add", "from", end.address, "lookup", str(table))


def pings(pairs):
    """{(from, to): answered} by name, all at once."""
    def ping(pair):
        src, dst = BY_NAME[pair[0]], BY_NAME[pair[1]]
        return subprocess.run(
            command(src.space, "ping", "-q", "-n", "-c", "2", "-i", "0.3", "-W", "1",
                    "-I", src.device, dst.address),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            check=False).returncode == 0

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        return dict(zip(pairs, pool.map(ping, pairs)))


def transfer(src, dst, megabytes, timeout):
    """TCP from @src to @dst (names). The rate in bit/s, or None when it did not come through whole."""
    src, dst = BY_NAME[src], BY_NAME[dst]
    try:
        seconds, got, same = xfer.transfer(src.space, dst.space, dst.address, megabytes << 20,
                                           timeout, bind=src.address)
    except OSError:
        return None
    return got * 8 / seconds if same and got == megabytes << 20 else None


class Traffic:
    """Transfers that go on in the background, so that there is something to see."""

    def __init__(self, flows):
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._flow, args=flow, daemon=True) for flow in flows]
        for thread in self.threads:
            thread.start()

    def _flow(self, src, dst):
        while not self.over.is_set():
            transfer(src, dst, 2, 5)
            self.over.wait(0.3)

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join(6)
