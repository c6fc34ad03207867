#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A bridged segment: the uplink is an af-packet port on a veth; its other end is the physical network.
# Tags on the wire are kept, TCP comes through whole, and the port follows its device.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

uplink_make() {
	ip link add up0 type veth peer name eth0 netns phys
	on phys ip link set eth0 address 02:00:00:00:00:99 up # the same each time: neighbours know it
	ip link set up0 up
}

host_add phys a b
uplink_make
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged=eth1
	segment office vlan=10 bridged=eth1
	af-packet eth1 device=up0
	tap a namespace=a device=eth0 access=lan
	tap b namespace=b device=eth0 access=office
END
)"
host_if phys eth0 10.0.0.9/24 fd00::9/64
ports_up sw eth1 a b
host_if a eth0 10.0.0.1/24 fd00::1/64
host_if b eth0 10.0.10.2/24

check "untagged: a reaches the physical network" -- reaches a 10.0.0.9
check "untagged: the physical network reaches a" -- reaches phys 10.0.0.1
check "untagged: IPv6" -- reaches a fd00::9
check "TCP out" -- transfer a phys 10.0.0.9 32M
check "TCP in" -- transfer phys a 10.0.0.1 32M
check "TCP in, IPv6" -- transfer phys a fd00::1 32M

seen() { # EXPECTED PROBE_WORDS...: the whole output of a probe
	local want=$1 got
	shift
	got=$(wire probe "$@")
	[ "$got" = "$want" ] || {
		echo "expected: $want"
		echo "seen: $got"
		return 1
	}
}
at="--at phys:eth0 --at a:eth0 --at b:eth0"
# shellcheck disable=SC2086
{
	check "from b it leaves with the tag of office" -- seen "phys:eth0 10.0/0x8100" b:eth0 $at
	check "from a it leaves untagged" -- seen "phys:eth0 untagged" a:eth0 $at
	check "tagged 10 it comes to b alone, untagged" -- seen "b:eth0 untagged" phys:eth0 --tag 10:5 $at
	check "an inner tag is payload" -- seen "b:eth0 20.3/0x8100" phys:eth0 --tag 10 --tag 20:3 $at
	check "a VLAN that nobody has comes to nobody" -- seen "" phys:eth0 --tag 20 $at
	check "untagged it comes to a alone" -- seen "a:eth0 untagged" phys:eth0 $at
}
check_conserved sw

# leaf PORT NAME: a leaf of the port's interface, by NETCONF (ietf-interfaces).
leaf() {
	PYTHONPATH=$LAB_LIB/../netconf "$LAB_PYTHON" - "$LAB_DIR/sw/netconf.sock" "$@" <<-'END'
		import sys
		from client import Client
		IF = "urn:ietf:params:xml:ns:yang:ietf-interfaces"
		c = Client(sys.argv[1])
		reply = c.rpc(f'<get><filter><interfaces xmlns="{IF}"><interface><name>{sys.argv[2]}</name>'
		              '</interface></interfaces></filter></get>')
		print(next((e.text for e in reply.iter(f"{{{IF}}}{sys.argv[3]}")), "none"))
	END
}
leaf_is() { [ "$(leaf "$1" "$2")" = "$3" ]; }
check "the device's address is the interface's" -- leaf_is eth1 phys-address "$(ip -br link show dev up0 | awk '{print $3}')"
check "... and so is its speed, which veth calls 10 Gbit/s" -- leaf_is eth1 speed 10000000000
check "a TAP has no speed" -- leaf_is a speed none
check "... but an address" -- leaf_is a phys-address "$(mac_of a eth0)"
check "no frame was wrong so far" -- leaf_is eth1 in-errors 0
discards=$(leaf eth1 in-discards)
wire send phys:eth0 --src 03:00:00:00:00:01 --count 3
check_within 5 "frames from a group address are errors" -- leaf_is eth1 in-errors 3
check "... and no discards" -- leaf_is eth1 in-discards "$discards"
wire send phys:eth0 --tag 20 --count 2
check_within 5 "frames of a VLAN that nobody has are discards" -- leaf_is eth1 in-discards $((discards + 2))
check "... and no errors" -- leaf_is eth1 in-errors 3

# The device goes: the port says so, the rest goes on; it comes again: the port is back.
ip link del up0
check_within 5 "the port of a device that vanished is down" -- state sw port-is eth1 reason no-device
uplink_make
host_if phys eth0 10.0.0.9/24
check_within 10 "the port is up when the device is back" -- state sw ports-up eth1
check "a reaches the physical network again" -- reaches a 10.0.0.9
ip link set up0 down
check_within 5 "a device that is down takes the port down" -- state sw port-is eth1 reason link-down
ip link set up0 up
check_within 5 "... and up again" -- state sw ports-up eth1
check "a reaches the physical network once more" -- reaches a 10.0.0.9
check_conserved sw
heddle_stop sw
