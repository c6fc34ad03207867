#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Hosts on TAP ports reach each other: IPv4, IPv6, and packets as long as the MTU says, not longer.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

host_add a b small
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged
	tap a namespace=a device=eth0 access=lan mtu=9000
	tap b namespace=b device=eth0 access=lan mtu=9000
	tap small namespace=small device=eth0 access=lan
END
)"
ports_up sw a b small
host_if a eth0 10.0.0.1/24 fd00::1/64
host_if b eth0 10.0.0.2/24 fd00::2/64
host_if small eth0 10.0.0.3/24 fd00::3/64

check "a reaches b" -- reaches a 10.0.0.2
check "b reaches a" -- reaches b 10.0.0.1
check "a reaches b, IPv6" -- reaches a fd00::2
check "link-local neighbours by multicast" -- on a ping -q -c 2 -W 2 -I eth0 ff02::1
check "jumbo frames, IPv4" -- reaches a 10.0.0.2 -M "do" -s 8972
check "jumbo frames, IPv6" -- reaches a fd00::2 -M "do" -s 8952
check "the TAP has the port's MTU" -- [ "$(on a cat /proc/sys/net/ipv6/conf/eth0/mtu)" = 9000 ]
check "a reaches the host with the small MTU" -- reaches a 10.0.0.3 -M "do" -s 1472
check_not "a frame that is too long for the egress is not delivered" -- answers a 10.0.0.3 -M "do" -s 4000
check_within 5 "... and is counted there" -- state sw drops-at-least small 1
check_not "nobody answers for an address that nobody has" -- answers a 10.0.0.99
check_conserved sw
heddle_stop sw
