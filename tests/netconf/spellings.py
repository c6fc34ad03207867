# SPDX-License-Identifier: BSD-3-Clause
"""Values of a configuration, and the ways in which each door lets them be written.

A value is a pair: what it is, and its canonical form.
"""
import ipaddress


class Spelling:
    """Chooses at random; @door is xml, json or line."""

    def __init__(self, rnd):
        self.rnd = rnd

    def any(self, kind):
        """A random value."""
        rnd = self.rnd
        if kind == "vlan":
            return kind, str(rnd.randrange(2, 4000))
        if kind == "range":
            first = rnd.randrange(2, 3000)
            return kind, f"{first}..{first + rnd.randrange(1, 900)}"
        if kind == "mac":
            return kind, ":".join(["02"] + [f"{rnd.randrange(256):02x}" for _ in range(5)])
        if kind == "number":
            return kind, str(rnd.randrange(68, 9000))
        if kind == "mode":
            return kind, f"0{rnd.randrange(8)}{rnd.randrange(8)}{rnd.randrange(8)}"
        six = rnd.random() < 0.6
        bits = [0xfd00 << 112 | rnd.getrandbits(32) << 64 | rnd.choice((1, 5, rnd.getrandbits(64))),
                10 << 24 | rnd.getrandbits(16) << 8 | rnd.randrange(1, 200)][not six]
        address = (ipaddress.IPv6Address if six else ipaddress.IPv4Address)(bits)
        if kind == "address":
            return kind, f"{address}/{64 if six else 24}"
        length = rnd.choice((address.max_prefixlen, 48, 64) if six else (32, 8, 24))
        net = ipaddress.ip_network((address, length), strict=False)
        return kind, str(net.network_address if length == net.max_prefixlen else net)

    def text(self, value, door):
        """A spelling of it, without quotes."""
        kind, form = value
        return getattr(self, kind)(form, door)

    def number(self, form, door):
        return form if door == "json" else self.rnd.choice((form, "0" + form, "+" + form))

    def vlan(self, form, door):
        return self.rnd.choice((form, form, "0" + form, "00" + form))

    def range(self, form, door):
        first, last = form.split("..")
        if door != "line":
            return form
        return self.rnd.choice((form, f"{first}-{last}", f"0{first}-00{last}"))

    def mode(self, form, door):
        return self.rnd.choice((form, form[1:]))

    def mac(self, form, door):
        form = "".join(self.rnd.choice((c, c.upper())) for c in form)
        digits = form.replace(":", "")
        others = (form.replace(":", "-"), ".".join(digits[i:i + 4] for i in (0, 4, 8)))
        return self.rnd.choice((form, *others))

    def _host(self, address):
        text = self.rnd.choice((address.compressed, address.exploded))
        return self.rnd.choice((text, text.upper()))

    def _length(self, length):
        return "/" + str(length).zfill(self.rnd.randrange(1, 4))

    def address(self, form, door):
        at = ipaddress.ip_interface(form)
        return self._host(at.ip) + self._length(at.network.prefixlen)

    def prefix(self, form, door):
        net = ipaddress.ip_network(form)
        size = net.max_prefixlen - net.prefixlen
        host = net.network_address + (self.rnd.getrandbits(size) if size else 0)
        bare = not size and self.rnd.random() < 0.5
        return self._host(host) + ("" if bare else self._length(net.prefixlen))

    def json(self, value):
        """As Python has it: a number, or a text."""
        kind, form = value
        text = self.text(value, "json")
        if kind == "number" or (kind == "vlan" and text == form and self.rnd.random() < 0.5):
            return int(form)
        return text
