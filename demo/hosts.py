# SPDX-License-Identifier: BSD-3-Clause
"""The sample network: what etc/quick-start.json and demo/fw.json describe, as the hosts see it."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class End:
    """Something with an address: one interface of one host."""

    name: str  # as the tables show it
    space: str  # network namespace; ".": the one that heddled runs in
    device: str
    address: str
    segment: str
    port: str  # of the switch sw0, that leads to it
    tag: int = 0  # on the wire of that port
    via: str = ""  # the gateway that it has a route through to the other segment; none: no route


ENDS = (
    End("printer", "physical", "eth0", "10.0.0.9", "office", "eth1"),
    End("web", "web", "eth0", "10.0.0.11", "office", "web", via="10.0.0.254"),
    End("db", "db", "eth0", "10.0.0.12", "office", "db"),
    End("fw-office", "fw", "office", "10.0.0.1", "office", "fw"),
    End("fw-lab", "fw", "lab", "192.168.56.254", "lab", "fw", 20),
    End("dev", "dev", "eth0", "192.168.56.11", "lab", "dev", via="192.168.56.253"),
    End("test", "test", "eth0", "192.168.56.12", "lab", "test", via="192.168.56.253"),
    End("host", ".", "hd-lab", "192.168.56.1", "lab", "hd-lab"),
)
BY_NAME = {end.name: end for end in ENDS}
SPACES = ("physical", "web", "db", "fw", "dev", "test")
PORTS = ("eth1", "web", "db", "fw", "dev", "test", "hd-lab")
GATEWAYS = ("office-gw", "lab-gw")
SUBNETS = {"office": "10.0.0.0/24", "lab": "192.168.56.0/24"}

# from, to, megabytes. What is expected follows from the segments.
TRANSFERS = (
    ("web", "db", 16),
    ("web", "printer", 8),
    ("printer", "db", 8),
    ("fw-office", "web", 8),
    ("dev", "test", 16),
    ("dev", "host", 8),
    ("host", "fw-lab", 8),
    ("web", "dev", 8),
    ("db", "dev", 1),
    ("printer", "host", 1),
)


def same_segment(src, dst):
    return src.segment == dst.segment


def expected(src, dst):
    """Two ends reach each other when they are on the same segment, or both have a route."""
    return same_segment(src, dst) or bool(src.via and dst.via)


def pairs():
    """Every end with every end of another host."""
    return [(src, dst) for src in ENDS for dst in ENDS if src.space != dst.space]


PICTURE = """\
      the physical network                                     this machine's kernel
        printer 10.0.0.9                                         host 192.168.56.1
               │ eth1 (af-packet)                                      │ hd-lab
    ┌──────────┴─────────────────── switch sw0 ────────────────────────┴───────────┐
    │          office-gw 10.0.0.254 ◄──── routes ────► 192.168.56.253 lab-gw       │
    │    office · bridged · untagged                lab · host-only · VLAN 20      │
    │   ━━┯━━━━━━━━━━━━┯━━━━━━━━━━━━┯━━          ━━┯━━━━━━━━━━━━┯━━━━━━━━━━━━┯━━   │
    └─────┼────────────┼────────────┼──────────────┼────────────┼────────────┼─────┘
          │            │            └─ fw, a trunk ┘            │            │
         web           db       fw-office       fw-lab         dev          test
      10.0.0.11    10.0.0.12    10.0.0.1    192.168.56.254     .11          .12

    web, dev and test have a route through the gateways; the others have none.
"""
