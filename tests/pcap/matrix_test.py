#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Classification and egress as a table: each kind of port, each kind of tag.

PORTS configures one switch. INGRESS says, row by row, what a broadcast frame with these tags becomes
when it comes in by that port: "VLAN/PCP + tags that are payload", or the reason it is dropped for.
EGRESS says how a frame of a VLAN leaves each member. Together they give the exact set of frames that
must come out for each row: by which ports, with which tags, bytes and all.
"""
from scenario import (BROADCAST, START, STEP, Config, Scenario, ether, main, mac_text, tags_text)

PORTS = {
    "trunk": {"trunk": ["10", "12", "20"]},
    "acc10": {"access": 10},
    "acc10pvid": {"access": 10, "accept-pvid-tag": True},
    "acc10always": {"access": 10, "priority-tags": "always"},
    "acc12": {"access": 12},
    "acc12nonzero": {"access": 12, "priority-tags": "nonzero"},
    "acc20prio5": {"access": 20, "default-priority": 5},
    "native10": {"trunk": ["12"], "native": 10},
    "native10tagged": {"trunk": ["10", "20"], "native": 10, "native-tagged": True},
    "native12prio": {"trunk": ["20"], "native": 12, "priority-tags": "nonzero",
                     "default-priority": 3},
    "tunnel": {"tunnel": 300},
    "tunnelcv": {"tunnel": 300, "tunnel-cvlans": ["12", "20..25"]},
    "provider": {"trunk": ["300", "20"], "tag-protocol": "802.1ad"},
    "ctrunk300": {"trunk": ["300"]},
}

# in port, tags of the frame, what it becomes
INGRESS = """
trunk           -           vlan_untagged
trunk           0/5         vlan_untagged
trunk           10          10
trunk           10/3        10/3
trunk           10/7d       10/7d
trunk           12/1        12/1
trunk           20/6        20/6
trunk           11          vlan_not_allowed
trunk           300         vlan_not_allowed
trunk           1/4         vlan_not_allowed
trunk           4094        vlan_not_allowed
trunk           4095        vlan_reserved
trunk           4095/7      vlan_reserved
trunk           s10         vlan_untagged
trunk           10/2,12/3   10/2+12/3
trunk           12,10       12+10
trunk           20/1,s300   20/1+s300
trunk           10,0/7      10+0/7
acc10           -           10
acc10           0/0         10
acc10           0/6         10/6
acc10           0/6d        10/6d
acc10           10          vlan_tagged
acc10           10/3        vlan_tagged
acc10           12          vlan_tagged
acc10           4095        vlan_reserved
acc10           s10         10+s10
acc10           s12/4       10+s12/4
acc10           0/2,12      10/2+12
acc10           0,s12       10+s12
acc10pvid       -           10
acc10pvid       10          10
acc10pvid       10/4        10/4
acc10pvid       10/4d       10/4d
acc10pvid       0/1         10/1
acc10pvid       12          vlan_tagged
acc10pvid       10,12       10+12
acc10pvid       10/5,20/1   10/5+20/1
acc10pvid       4095        vlan_reserved
acc10always     -           10
acc10always     0/5         10/5
acc10always     10          vlan_tagged
acc12           -           12
acc12           0/2         12/2
acc12           10          vlan_tagged
acc12           12          vlan_tagged
acc12nonzero    -           12
acc12nonzero    0/7         12/7
acc12nonzero    12/7        vlan_tagged
acc20prio5      -           20/5
acc20prio5      0/1         20/1
acc20prio5      0           20
acc20prio5      20          vlan_tagged
acc20prio5      s20/2       20/5+s20/2
native10        -           10
native10        0/4         10/4
native10        10          10
native10        10/2        10/2
native10        12/2        12/2
native10        20          vlan_not_allowed
native10        4095        vlan_reserved
native10        0/1,12      10/1+12
native10        10,20       10+20
native10        s12         10+s12
native10        12,20/1     12+20/1
native10tagged  -           10
native10tagged  0/3         10/3
native10tagged  10/6        10/6
native10tagged  20          20
native10tagged  12          vlan_not_allowed
native10tagged  20/3,10     20/3+10
native12prio    -           12/3
native12prio    0           12
native12prio    0/5         12/5
native12prio    12/1        12/1
native12prio    20          20
native12prio    10          vlan_not_allowed
tunnel          -           300
tunnel          0/3         300/3+0/3
tunnel          10          300+10
tunnel          12/5        300/5+12/5
tunnel          12/5d       300/5d+12/5d
tunnel          300/1       300/1+300/1
tunnel          10/2,12/3   300/2+10/2,12/3
tunnel          s10         300+s10
tunnel          4095        300+4095
tunnelcv        -           cvlan_not_allowed
tunnelcv        0/3         cvlan_not_allowed
tunnelcv        10          cvlan_not_allowed
tunnelcv        12          300+12
tunnelcv        12/6        300/6+12/6
tunnelcv        20          300+20
tunnelcv        25/1        300/1+25/1
tunnelcv        26          cvlan_not_allowed
tunnelcv        s12         cvlan_not_allowed
tunnelcv        22,12       300+22,12
provider        -           vlan_untagged
provider        10          vlan_untagged
provider        300         vlan_untagged
provider        s300        300
provider        s300/4      300/4
provider        s300/4d     300/4d
provider        s300/2,10   300/2+10
provider        s300,12/5   300+12/5
provider        s300,s12    300+s12
provider        s20/3       20/3
provider        s10         vlan_not_allowed
provider        s4095       vlan_reserved
provider        s0/4        vlan_untagged
ctrunk300       -           vlan_untagged
ctrunk300       300/1       300/1
ctrunk300       300/1,12    300/1+12
ctrunk300       300/1,26/7  300/1+26/7
ctrunk300       s300        vlan_untagged
ctrunk300       10          vlan_not_allowed
"""

# How a frame of the VLAN leaves each member:
#   plain    without a tag                     nonzero  with VID 0, if its priority is not 0
#   tag      with the VLAN's tag               always   with VID 0
#   stag     with the VLAN's service tag       cvlans   without a tag, if the payload's is on the list
#   native   without a tag, unless the payload would start with one: it then is dropped
#   native0  likewise, and VID 0 if its priority is not 0
EGRESS = {
    10: {"trunk": "tag", "acc10": "plain", "acc10pvid": "plain", "acc10always": "always",
         "native10": "native", "native10tagged": "tag"},
    12: {"trunk": "tag", "acc12": "plain", "acc12nonzero": "nonzero", "native10": "tag",
         "native12prio": "native0"},
    20: {"trunk": "tag", "acc20prio5": "plain", "native10tagged": "tag", "native12prio": "tag",
         "provider": "stag"},
    300: {"tunnel": "plain", "tunnelcv": "cvlans", "provider": "stag", "ctrunk300": "tag"},
}
CVLANS = {12, 20, 21, 22, 23, 24, 25}


def rows():
    return [tuple(line.split()) for line in INGRESS.strip().splitlines()]


def prefixed(tag, payload):
    return ",".join(t for t in (tag, payload) if t) or "-"


def leaves_as(how, vlan, priority, payload):
    """The tags that a frame leaves with, or None. @priority: "", "/3", "/3d"."""
    pcp = priority.strip("/d")
    if how == "tag":
        return prefixed(f"{vlan}{priority}", payload)
    if how == "stag":
        return prefixed(f"s{vlan}{priority}", payload)
    if how == "always" or (how in ("nonzero", "native0") and pcp not in ("", "0")):
        return prefixed(f"0{priority}", payload)
    if how in ("native", "native0") and payload:
        return None
    if how == "cvlans":
        first = payload.split(",")[0].split("/")[0]
        if not first.isdigit() or int(first) not in CVLANS:
            return None
    return prefixed("", payload)


class Matrix(Scenario):
    @classmethod
    def setUpClass(cls):
        cls.addresses = {name: f"02:00:00:00:{i:02x}:01" for i, name in enumerate(PORTS)}

    def config(self):
        config = Config()
        for name, leaves in PORTS.items():
            config.port(name, **leaves)
        return config

    def frame(self, number, port, tags):
        payload = number.to_bytes(4, "big") + bytes(range(42))
        return ether(BROADCAST, self.addresses[port], tags, payload=payload)

    def expectation(self):
        """({port: [frame]}, {in port: {reason: n}}, {out port: {reason: n}})"""
        out, ingress = {name: [] for name in PORTS}, {name: {} for name in PORTS}
        egress = {name: {} for name in PORTS}
        for number, (port, _, becomes) in enumerate(rows()):
            if not becomes[0].isdigit():
                ingress[port][becomes] = ingress[port].get(becomes, 0) + 1
                continue
            first, _, payload = becomes.partition("+")
            vlan, slash, priority = first.partition("/")
            for member, how in EGRESS[int(vlan)].items():
                if member == port:
                    continue
                tags = leaves_as(how, vlan, slash + priority, payload)
                if tags is not None:
                    out[member].append(self.frame(number, port, tags))
                    continue
                reason = "cvlan_filtered" if how == "cvlans" else "hidden_tag"
                egress[member][reason] = egress[member].get(reason, 0) + 1
        return out, ingress, egress

    def name_rows(self, frames):
        """Frames as text that names their row, so that a difference can be read."""
        table, text = rows(), []
        for frame in frames:
            at = 12 + 4 * (0 if tags_text(frame) == "-" else tags_text(frame).count(",") + 1)
            number = int.from_bytes(frame[at + 2:at + 6], "big")
            row = " ".join(table[number]) if number < len(table) else "unknown row"
            text.append(f"row {number + 1} ({row}) from {mac_text(frame[6:12])} leaves as "
                        f"{tags_text(frame)}, {len(frame)} bytes: {frame[at:].hex()}")
        return text

    def test_size(self):
        self.assertGreaterEqual(len(PORTS), 12)
        self.assertGreaterEqual(len(rows()), 80)

    def test_table(self):
        inputs = {name: [] for name in PORTS}
        for number, (port, tags, _) in enumerate(rows()):
            inputs[port].append((START + number * STEP, self.frame(number, port, tags)))
        result = self.replay(self.config(), inputs, check_batches=True)
        out, ingress, egress = self.expectation()
        for name in PORTS:
            with self.subTest(port=name):
                self.assertEqual(self.name_rows(result.frames(name)), self.name_rows(out[name]))
                self.assertEqual(result.frames(name), out[name])
                self.assertEqual(result.drops(name), {**ingress[name], **egress[name]})

    def test_unicast(self):
        """The same rules for one member: a learned address gets the frame, and nobody else."""
        config, out, inputs, time = self.config(), {}, {}, START
        for vlan, members in EGRESS.items():
            for target, how in members.items():
                source = next(m for m in members if m != target and
                              members[m] not in ("cvlans", "stag"))
                hello = self.frame(0, target, "12" if how == "cvlans" else self.own(target, vlan))
                frame = self.frame(1, source, self.own(source, vlan))
                frame = bytes.fromhex(self.addresses[target].replace(":", "")) + frame[6:]
                inputs.setdefault(target, []).append((time, hello))
                inputs.setdefault(source, []).append((time + STEP, frame))
                time += 2 * STEP
        result = self.replay(config, {p: inputs.get(p, []) for p in PORTS})
        for name in PORTS:
            out[name] = [f for f in result.frames(name) if not f[0] & 1]
            mine = sum(name in members and members[name] != "cvlans"
                       for members in EGRESS.values())
            with self.subTest(port=name):
                self.assertEqual(len(out[name]), mine if name != "tunnelcv" else 0)
                for frame in out[name]:
                    self.assertEqual(mac_text(frame[:6]), self.addresses[name])

    @staticmethod
    def own(port, vlan):
        """Tags with which a frame comes in by a member and belongs to the VLAN."""
        if EGRESS[vlan][port] == "stag":
            return f"s{vlan}"
        return str(vlan) if EGRESS[vlan][port] == "tag" else "-"


if __name__ == "__main__":
    main()
