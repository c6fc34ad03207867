# SPDX-License-Identifier: BSD-3-Clause
"""How long an advert takes to heddle-cp while the port that it comes by floods, and while a commit runs.

A real heddled, whose heddle-cp has one feature more, that answers adverts (tests/lab/tools/punt_cp.c);
two guests on vhost-user ports of one segment with a gateway, played by tests/lab/tools/punt_guest.c.
"""
import contextlib
import itertools
import json
import os
import pathlib
import select
import subprocess
import time
from statistics import median

from benchlib.machine import Cpus, Scratch, say
from benchlib.management import HP, IF, Raw
from benchlib.process import Failed, Process, die_with_us

RATE = 1000  # adverts a second
ADVERTS = 5000  # of a run
PORTS = 10000  # of a commit
PART = 1000  # of them in one edit
GOAL_US = 1000

# name: (words, what the guests do, commit?)
ROWS = {
    "quiet": ("nothing else happens", "flood none", False),
    "flood": ("the port floods the other one", "flood data", False),
    "other": ("the port floods another punted protocol", "flood other", False),
    "busy": ("both ports flood, the worker is busy", "flood data both 1", False),
    "commit": (f"a commit of {PORTS:,} ports", "flood none", True),
    "commit-flood": ("... and the port floods the other one", "flood data", True),
}


def config():
    ports = [{"name": n, "type": "heddle-vhost-user:vhost-user",
              "heddle-port:port": {"switch": "sw0", "access": "lan"}} for n in "ab"]
    gateway = {"name": "lab-gw", "type": "heddle-gateway:gateway",
               "heddle-gateway:gateway": {"switch": "sw0", "segment": "lan",
                                          "address": ["10.0.255.254/16"],
                                          "mac": "02:48:44:ff:00:01"}}
    return {"heddle-switch:switches": {"switch": [{"name": "sw0",
                                                   "segment": [{"name": "lan", "bridged": {}}]}]},
            "ietf-interfaces:interfaces": {"interface": ports + [gateway]}}


def prefer(pid):
    """Before the rest of the machine, but all of ours alike: as a session (autogroup, sched(7))."""
    with contextlib.suppress(OSError):
        pathlib.Path(f"/proc/{pid}/autogroup").write_text("-20", encoding="ascii")


def build_tree(build, folder):
    """One whose heddle-cp is that with the feature."""
    own = build / "tests" / "lab" / "heddle-cp-punt"
    for program in (own, build / "supervisor" / "heddled", build / "tests" / "lab" / "punt-guest"):
        if not program.exists():
            raise Failed(f"{program} is not built")
    (folder / "ctrlplane").mkdir(parents=True)
    (folder / "ctrlplane" / "heddle-cp").symlink_to(own)
    for name in ("dataplane", "mgmt"):
        (folder / name).symlink_to(build / name)
    return folder


class Guest:
    """punt-guest: lines of JSON."""

    def __init__(self, program, cpu, sockets, log):
        with open(log, "ab") as err:
            self.child = subprocess.Popen([program, "--cpu", str(cpu), *sockets], stdin=subprocess.PIPE,
                                          stdout=subprocess.PIPE, stderr=err, start_new_session=True,
                                          preexec_fn=die_with_us)
        self.log, self.buffer = log, b""

    def say(self, line):
        self.child.stdin.write(line.encode() + b"\n")
        self.child.stdin.flush()

    def hear(self, seconds):
        end = time.monotonic() + seconds
        while b"\n" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.child.stdout], [], [], left)[0]:
                raise Failed(f"punt-guest said nothing for {seconds:.0f} s")
            data = os.read(self.child.stdout.fileno(), 65536)
            if not data:
                raise Failed("punt-guest ended: " + self.log.read_text(encoding="utf-8")[-300:])
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        answer = json.loads(line)
        if "error" in answer:
            raise Failed(f"punt-guest: {answer['error']}")
        return answer

    def close(self):
        with contextlib.suppress(BrokenPipeError):
            self.child.stdin.close()
        try:
            self.child.wait(5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


def ask(raw, body):
    reply = raw.ask(raw.message(body))
    if b"<ok/>" not in reply:
        raise Failed(f"a request was refused: {reply[-300:]}")


def edit(raw, add):
    """Candidate gets or loses all the ports."""
    if add:
        one = ('<interface><name>vm{0:05}</name><type xmlns:t="urn:heddle:yang:heddle-vhost-user">'
               f't:vhost-user</type><port xmlns="{HP}"><switch>sw0</switch><access>lan</access></port>'
               "</interface>")
    else:
        one = ('<interface xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" nc:operation="delete">'
               "<name>vm{0:05}</name></interface>")
    for start in range(0, PORTS, PART):
        body = "".join(one.format(i) for i in range(start, start + PART))
        ask(raw, "<edit-config><target><candidate/></target><config>"
            f'<interfaces xmlns="{IF}">{body}</interfaces></config></edit-config>')


def commit_run(guest, raw, what, add):
    edit(raw, add)
    guest.say(f"adverts 0 rate {RATE} {what}")
    begin = time.monotonic()
    ask(raw, "<commit/>")
    taken = time.monotonic() - begin
    guest.say("adverts 1")  # that ends the run
    answer = guest.hear(30)
    guest.hear(30)
    return {**answer, "commit_s": round(taken, 3), "ports": PORTS if add else -PORTS}


def one_row(guest, raw, name):
    _, what, commit = ROWS[name]
    if commit:
        return [commit_run(guest, raw, what, True), commit_run(guest, raw, what, False)]
    guest.say(f"adverts {ADVERTS} rate {RATE} {what}")
    return [guest.hear(30 + ADVERTS / RATE)]


def rounds(args, guest, raw):
    rows = {}
    for turn, name in itertools.product(range(args.rounds), ROWS):
        for answer in one_row(guest, raw, name):
            answer["round"] = turn + 1
            rows.setdefault(name, []).append(answer)
            t = answer.get("to_cp", {})
            say(f"round {turn + 1}  punt {name:13} {answer['came']} of {answer['sent']} adverts, "
                f"us: median {t.get('p50')}, 99 % {t.get('p99')}, most {t.get('max')}; "
                f"flood {answer['flood_mpps']:.2f} Mpps")
    return rows


def measure(args):
    """{"rows": {name: [answer of each run]}}"""
    cpus, build = Cpus(), pathlib.Path(args.build)
    if cpus.reason:
        return {"rows": {}, "skipped": cpus.reason}
    with Scratch() as scratch, contextlib.ExitStack() as stack:
        tree = build_tree(build, scratch / "build")
        sockets = [scratch / "vhost" / n / "sock" for n in "ab"]
        for socket in sockets:
            socket.parent.mkdir(parents=True)
        (scratch / "config.json").write_text(json.dumps(config(), indent=1), encoding="utf-8")
        guest = Guest(build / "tests" / "lab" / "punt-guest", cpus.generator, sockets,
                      scratch / "guest.log")
        stack.callback(guest.close)
        guest.hear(10)
        switch = Process([build / "supervisor" / "heddled", "-c", scratch / "config.json", "--run-dir",
                          scratch, "--workers", "1", "--cpus", str(cpus.switch), "--hugepages", "no",
                          "--vhost-dir", scratch / "vhost"],
                         scratch / "heddled.log", env=dict(os.environ, HEDDLE_BUILD_DIR=str(tree)))
        stack.callback(switch.stop)
        try:
            guest.hear(40)
            if args.realtime:
                prefer(guest.child.pid)
                prefer(switch.child.pid)
            raw = Raw(scratch / "netconf.sock")
            stack.callback(raw.close)
            return {"rows": rounds(args, guest, raw)}
        except (Failed, OSError) as error:
            return {"rows": {}, "skipped": f"{error}; heddled: {switch.tail()}"}


def verdict(answers):
    """The worst of all runs against the goal."""
    return all(a["came"] == a["sent"] for a in answers) and \
        max(a["to_cp"]["p99"] for a in answers) < GOAL_US


def show(result):
    if "skipped" in result:
        print(f"not measured: punt: {result['skipped']}")
    if not result["rows"]:
        return
    print(f"\n{f'{RATE:,} adverts/s to heddle-cp, us':44} {'median':>8} {'99 %':>8} {'most':>8} "
          f"{'lost':>5} {'flood, Mpps':>12}")
    for name, answers in result["rows"].items():
        t = [a["to_cp"] for a in answers]
        lost = sum(a["sent"] - a["came"] for a in answers)
        print(f"{ROWS[name][0]:44} {median(x['p50'] for x in t):>8.0f} {max(x['p99'] for x in t):>8.0f} "
              f"{max(x['max'] for x in t):>8.0f} {lost:>5} "
              f"{median(a['flood_mpps'] for a in answers):>12.2f}  {'met' if verdict(answers) else 'MISSED'}")
    print(f"(median of the runs' medians, the highest 99 % and the longest of all runs; goal: "
          f"99 % below {GOAL_US / 1000:.0f} ms, none lost)")
