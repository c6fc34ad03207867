# SPDX-License-Identifier: BSD-3-Clause
"""Frames a second between two vhost-user ports.

All candidates are up for the whole time, each with a generator of its own; those whose turn it is
not are stopped by a signal. So a row is measured on one after the other within seconds.
"""
import pathlib
import time

from benchlib.machine import say
from benchlib.process import Failed, Generator
from benchlib.switches import CANDIDATES

# name: frame size with FCS, addresses behind each port, flows each way
ROWS = {
    "64-1": (64, 1, 1),
    "64-1000": (64, 100, 1000),
    "64-50000": (64, 1000, 50000),
    "1518-1": (1518, 1, 1),
    "1518-1000": (1518, 100, 1000),
    "1518-50000": (1518, 1000, 50000),
    "9018-1": (9018, 1, 1),
    "9018-1000": (9018, 100, 1000),
    "65226-1": (65226, 1, 1),
}
PING = "ping"  # a row too, but of another kind: frames that go there and back one by one
PINGS = 400


class Entrant:
    """A candidate with its generator."""

    def __init__(self, kind, args, cpus, huge, scratch):
        self.name = kind.name
        self.args = args
        self.generator = None
        self.switch = kind(args, cpus, huge.usable, scratch / kind.name)
        try:
            program = pathlib.Path(args.build) / "tests" / "bench" / "bench-gen"
            if not program.exists():
                raise Failed(f"{program} is not built")
            self.generator = Generator(program, self.switch.sockets, cpus.generator, huge.usable,
                                       scratch / kind.name / "gen.log", args.ring)
            self.generator.listening()
            self.switch.start()
            self.generator.ready()
            self.switch.check()
            # the first frames find a switch that is still starting, and memory that is not there
            self.generator.run(size=64, macs=1, flows=1, seconds=0.3, warmup=0.5)
            if args.realtime:
                self.switch.main.realtime(kind.worker)
                self.generator.realtime()
            self.switch.pause()
        except Failed:
            self.stop()
            raise

    def run(self, size, macs, flows):
        self.switch.check()
        self.switch.resume()
        try:
            before, begin = self.switch.main.busiest(), time.monotonic()
            answer = self.generator.run(size=size, macs=macs, flows=flows,
                                        seconds=self.args.seconds, warmup=self.args.warmup)
            answer["switch_cpu"] = self.switch.main.share(before, time.monotonic() - begin)
            return answer
        finally:
            self.switch.pause()

    def ping(self):
        """Round trips in microseconds, sorted."""
        self.switch.check()
        self.switch.resume()
        try:
            pings = sorted(self.generator.ping(PINGS)["pings_us"])
        finally:
            self.switch.pause()
        if pings[0] == 0:
            raise Failed(f"{pings.count(0)} of {PINGS} pings were lost")
        return {"pings_us": pings}

    def stop(self):
        if self.generator:
            self.generator.stop()
        self.switch.stop()


def chosen(names, only):
    picked = [n for n in names if n in only]
    return picked or list(names)


def start_all(args, cpus, huge, scratch, skipped):
    entrants = []
    for name in chosen(CANDIDATES, args.only):
        say(f"starting {name}")
        try:
            entrants.append(Entrant(CANDIDATES[name], args, cpus, huge, scratch))
        except (Failed, OSError) as error:
            skipped.append(f"{name}: {error}")
            say(f"  not measured: {error}")
    return entrants


def measure(args, cpus, huge, scratch, skipped):
    """{"rows": {row: {candidate: [answer of each round]}}, "pings": {candidate: [...]}}"""
    rows, pings = {}, {}
    groups = {"frames", "tcp"}
    if args.only and groups & set(args.only) and "frames" not in args.only:
        return {"rows": rows, "pings": pings}
    if args.only and not groups & set(args.only) and \
       not set(args.only) & ({*ROWS, PING, *CANDIDATES}):
        return {"rows": rows, "pings": pings}
    entrants = start_all(args, cpus, huge, scratch, skipped)
    try:
        for turn in range(args.rounds):
            for row in chosen([*ROWS, PING], args.only):
                for k in range(len(entrants)):
                    e = entrants[(k + turn) % len(entrants)]
                    one(e, row, turn, pings if row == PING else rows.setdefault(row, {}), skipped)
                entrants = [e for e in entrants if not getattr(e, "failed", False)]
    finally:
        for e in entrants:
            e.stop()
    return {"rows": {row: answers for row, answers in rows.items() if answers}, "pings": pings}


def one(entrant, row, turn, answers, skipped):
    """A row on one candidate, in one round; to @answers of the row, by candidate."""
    shape = ROWS.get(row, (64, 1, 1))
    if getattr(entrant, "failed", False) or entrant.switch.macs not in (None, shape[1]):
        return
    try:
        answer = entrant.ping() if row == PING else entrant.run(*shape)
    except (Failed, OSError) as error:
        entrant.failed = True
        skipped.append(f"{entrant.name}: {error}")
        say(f"  {entrant.name} failed: {error}")
        entrant.stop()
        return
    if "lacks" in answer:
        if turn == 0:
            skipped.append(f"{entrant.name}, row {row}: it lacks {answer['lacks']}")
        return
    answer["round"] = turn + 1
    answers.setdefault(entrant.name, []).append(answer)
    if row == PING:
        us = answer["pings_us"]
        say(f"round {turn + 1}  {row:10}  {entrant.name:7} median {us[len(us) // 2]:.1f} us, "
            f"99 % {us[len(us) * 99 // 100]:.1f} us")
        return
    say(f"round {turn + 1}  {row:10}  {entrant.name:7} {answer['mpps']:7.2f} Mpps"
        f"  loss {answer['loss'] * 100:.2f} %"
        f"  cores: switch {answer['switch_cpu']:.2f}, generator {answer['cpu']:.2f}")
