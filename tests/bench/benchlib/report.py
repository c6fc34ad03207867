# SPDX-License-Identifier: BSD-3-Clause
"""Medians, ratios and the table."""
from statistics import median

from benchlib.switches import GUESTS_IDLE, TAPS_IDLE

QUIET = 0.97  # a core's share, below which something else ran on it


def ratios(row, name, base):
    """Of each round, to @base's figure of the same row and round."""
    by_round = {a["round"]: a for a in row.get(base, [])}
    return [a["mpps"] / by_round[a["round"]]["mpps"] for a in row.get(name, [])
            if a["round"] in by_round and by_round[a["round"]]["mpps"] > 0]


def disturbed(answers):
    return any(a["cpu"] < QUIET or a["switch_cpu"] < QUIET - 0.03 for a in answers)


def cell(row, name):
    answers = row.get(name)
    if not answers:
        return "-"
    text = f"{median(a['mpps'] for a in answers):.2f}"
    r = ratios(row, name, "io") if name != "io" else []
    if r:
        text += f" ({median(r):.2f})"
    loss = median(a["loss"] for a in answers)
    if loss >= 0.0005:
        text += f" -{loss * 100:.1f}%"
    return text + ("*" if disturbed(answers) else " ")


def label(name):
    size, flows = name.split("-")
    macs = {"1": "1", "1000": "100", "50000": "1,000"}[flows]
    kind = "super-frames" if int(size) > 9018 else f"{size} bytes"
    return f"{kind}, {macs}, {int(flows):,}"


def frames_table(rows):
    lines = [f"{'frame, addresses a port, flows':31} {'io':>15} {'heddle':>21} {'ovs':>21} "
             f"{'heddle/ovs':>10}"]
    for name, row in rows.items():
        over = ratios(row, "heddle", "ovs")
        lines.append(f"{label(name):31} {cell(row, 'io'):>15} {cell(row, 'heddle'):>21} "
                     f"{cell(row, 'ovs'):>21} {f'{median(over):.1f}' if over else '-':>10}")
    return lines


def spread(rows):
    """How far heddle's rows of small frames lie apart, as parts of io."""
    r = [median(ratios(row, "heddle", "io")) for name, row in rows.items()
         if name.startswith("64-") and ratios(row, "heddle", "io")]
    m = [median(a["mpps"] for a in row["heddle"]) for name, row in rows.items()
         if name.startswith("64-") and "heddle" in row]
    if len(r) < 2:
        return []
    return [f"heddle, 64 bytes: the lowest row is {min(r):.2f} of io, and {min(m) / max(m):.2f} of "
            "the highest row"]


def idle_guests(rows):
    """What guests that send nothing cost those that do."""
    return [f"heddle with {GUESTS_IDLE} idle guests: {median(ratios(row, 'heddle-idle', 'heddle')):.2f} "
            f"of heddle without, {label(name)}"
            for name, row in rows.items() if ratios(row, "heddle-idle", "heddle")]


def ping_median(answers):
    """Of the medians of the rounds."""
    return median(median(a["pings_us"]) for a in answers)


def pings(answers):
    if not answers:
        return []
    lines = ["round trips of single frames, median: " + ", ".join(
        f"{name} {ping_median(a):.1f} us" for name, a in answers.items())]
    if "heddle" in answers and "heddle-idle" in answers:
        more = ping_median(answers["heddle-idle"]) - ping_median(answers["heddle"])
        lines.append(f"heddle with {GUESTS_IDLE} idle guests: {more:+.1f} us")
    return lines


def routed(rows):
    """What the router carries between two segments, as parts of io."""
    return [f"heddle between two segments, routed: {median(ratios(row, 'heddle-routed', 'io')):.2f} of io, "
            f"{label(name)}" for name, row in rows.items() if ratios(row, "heddle-routed", "io")]


def to_base(answers, base, key):
    """The median of what @key is to it in @base's answer of the same round, or -."""
    by_round = {a["round"]: a[key] for a in base}
    r = [a[key] / by_round[a["round"]] for a in answers if by_round.get(a["round"])]
    return f"{median(r):.2f}" if r else "-"


def others_ran(answers):
    """True if others than those that take part had more than a fiftieth of what these had."""
    return any(a["others_cpu_seconds"] > a["cpu_seconds"] / 50 for a in answers)


def tcp_table(rows):
    lines = [f"{'TCP between namespaces':36} {'Gbit/s':>7} {'to the bridge':>14} {'CPU s/GB':>9} "
             f"{'to the bridge':>14} {'ping, us':>9}"]
    names = {"bridge": "kernel bridge on veth", "tap": "heddle, TAP to TAP",
             "tap-idle": f"heddle, the same and {TAPS_IDLE} idle TAPs",
             "uplink": "heddle, TAP to uplink on veth"}
    for name, words in names.items():
        a, base = rows.get(name), rows.get("bridge", [])
        if a:
            lines.append(f"{words:36} {median(x['gbits'] for x in a):>7.2f} "
                         f"{to_base(a, base, 'gbits'):>14} {median(x['cpu_per_gb'] for x in a):>9.3f} "
                         f"{to_base(a, base, 'cpu_per_gb'):>14} {ping_median(a):>9.1f}"
                         + ("*" if others_ran(a) else ""))
    if "tap" in rows and "tap-idle" in rows:
        more = ping_median(rows["tap-idle"]) - ping_median(rows["tap"])
        lines.append(f"heddle with {TAPS_IDLE} idle TAPs: "
                     f"{to_base(rows['tap-idle'], rows['tap'], 'gbits')} of heddle without, and "
                     f"{more:+.1f} us at the median of a ping")
    if any(others_ran(a) for a in rows.values()):
        lines.append("* other work ran meanwhile")
    return lines


def show(result):
    frames, tcp = result["frames"]["rows"], result["tcp"]["rows"]
    m = result["machine"]
    print(f"\n{m['date']}, {m['cpus']} x {m['cpu']}, Linux {m['kernel']}, "
          f"{'2 MB' if m['hugepages'] else '4 KB'} pages")
    if frames:
        print("Mpps, both directions together; in brackets the ratio to io in the same row and "
              "round;\nafter them the loss; medians\n")
        print("\n".join(frames_table(frames)))
        print("\n".join(spread(frames) + idle_guests(frames) + routed(frames)))
        if any(disturbed(a) for row in frames.values() for a in row.values()):
            print("* other work ran on one of the two cores meanwhile")
    if result["frames"]["pings"]:
        print("\n" + "\n".join(pings(result["frames"]["pings"])))
    if tcp:
        print("\n" + "\n".join(tcp_table(tcp)))
    for reason in result["skipped"]:
        print(f"not measured: {reason}")
