# SPDX-License-Identifier: BSD-3-Clause
"""Medians, ratios and the table."""
from statistics import median

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
    """What 200 guests that send nothing cost those that do."""
    lines = []
    for name, row in rows.items():
        r = ratios(row, "heddle-idle", "heddle")
        if r:
            lines.append(f"heddle with 200 idle guests: {median(r):.2f} of heddle without, {label(name)}")
    return lines


def routed(rows):
    """What the router carries between two segments, as parts of io."""
    return [f"heddle between two segments, routed: {median(ratios(row, 'heddle-routed', 'io')):.2f} of io, "
            f"{label(name)}" for name, row in rows.items() if ratios(row, "heddle-routed", "io")]


def tcp_table(rows):
    lines = [f"{'TCP between namespaces':31} {'Gbit/s':>15} {'to the bridge':>21}"]
    base = {a["round"]: a["gbits"] for a in rows.get("bridge", [])}
    names = {"bridge": "kernel bridge on veth", "tap": "heddle, TAP to TAP",
             "uplink": "heddle, TAP to uplink on veth"}
    for name, words in names.items():
        answers = rows.get(name)
        if not answers:
            continue
        r = [a["gbits"] / base[a["round"]] for a in answers if base.get(a["round"])]
        lines.append(f"{words:31} {median(a['gbits'] for a in answers):>15.2f} "
                     f"{f'{median(r):.2f}' if r else '-':>21}")
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
    if tcp:
        print("\n" + "\n".join(tcp_table(tcp)))
    for reason in result["skipped"]:
        print(f"not measured: {reason}")
