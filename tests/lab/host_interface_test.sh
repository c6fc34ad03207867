#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The host's interface in a segment: the kernel has it, with its addresses, and these follow the
# configuration.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

host_add a b
conf() { # ADDRESSES NAME
	config "$2" <<-END
		switch sw
		segment lab vlan=20 host-only interface=hd-lab address=$1
		segment lan bridged
		tap a namespace=a device=eth0 access=lab
		tap b namespace=b device=eth0 access=lan
	END
}
heddle_start sw "$(conf 192.168.56.1/24,fd56::1/64 one)"
ports_up sw a b
host_if a eth0 192.168.56.11/24 192.168.57.11/24 fd56::11/64
host_if b eth0 192.168.56.12/24

has() { ip addr show dev hd-lab | grep -qF " $1 "; }
check_within 5 "the interface has its IPv4 address" -- has 192.168.56.1/24
check_within 5 "the interface has its IPv6 address" -- has fd56::1/64
check "the host reaches its guest" -- reaches . 192.168.56.11
check "the guest reaches the host" -- reaches a 192.168.56.1
check_within 5 "the guest reaches the host, IPv6" -- on a ping -q -c 1 -W 1 fd56::1
check "TCP to the host" -- transfer a . 192.168.56.1 16M
check "TCP from the host" -- transfer . a 192.168.56.11 16M
check_not "a guest of another segment does not" -- answers b 192.168.56.1

check "other addresses load" -- hd sw load replace "$(conf 192.168.57.1/24 two)"
check_within 5 "the new address is there" -- has 192.168.57.1/24
check_within 5 "the old addresses are gone" -- eval '! has 192.168.56.1/24 && ! has fd56::1/64'
check "the guest reaches the new address" -- reaches a 192.168.57.1

ip link set hd-lab down
ip addr flush dev hd-lab
ip link set hd-lab up
check_within 5 "an address that somebody removed comes back" -- has 192.168.57.1/24
check_conserved sw
heddle_stop sw
check_not "the interface goes with the switch" -- ip link show dev hd-lab
