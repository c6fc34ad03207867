#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Segments are kept apart whatever a guest sends: tags of other VLANs, two tags, another's address.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

host_add phys a b c d t e
ip link add up0 type veth peer name eth0 netns phys
ip link set up0 up
heddle_start sw "$(config sw <<-END
	switch sw
	segment office vlan=10 bridged=eth1
	segment lab vlan=20 host-only interface=hd-lab address=192.168.56.1/24
	af-packet eth1 device=up0
	tap a namespace=a device=eth0 access=office
	tap b namespace=b device=eth0 access=office
	tap c namespace=c device=eth0 access=lab
	tap d namespace=d device=eth0 access=lab
	tap t namespace=t device=eth0 trunk=office
	switch other
	segment office vlan=10 bridged
	tap e namespace=e device=eth0 access=office
END
)"
on phys ip link set eth0 up
ports_up sw eth1 a b c d t e
host_if c eth0 192.168.56.11/24
host_if d eth0 192.168.56.12/24
for host in a b t e; do host_if "$host" eth0; done

all="--at phys:eth0 --at a:eth0 --at b:eth0 --at c:eth0 --at d:eth0 --at t:eth0 --at e:eth0 --at .:hd-lab"
# is_seen EXPECTED PROBE_WORDS...: EXPECTED has "place tags" separated by "; "
is_seen() {
	local want=$1 got
	shift
	# shellcheck disable=SC2086
	got=$(wire probe "$@" ${all/--at $1 /} | paste -sd ';' | sed 's/;/; /g')
	[ "$got" = "$want" ] || {
		echo "expected: $want"
		echo "seen:     $got"
		return 1
	}
}

check "office: its hosts, its uplink with a tag, its trunk with a tag" -- \
	is_seen "phys:eth0 10.0/0x8100; b:eth0 untagged; t:eth0 10.0/0x8100" a:eth0
check "lab: its hosts and the host's interface, no uplink" -- \
	is_seen "d:eth0 untagged; .:hd-lab untagged" c:eth0
check "from the host's interface: the hosts of lab" -- \
	is_seen "c:eth0 untagged; d:eth0 untagged" .:hd-lab
check "another switch with the same VLAN: nobody" -- is_seen "" e:eth0
check "a frame tagged with another segment's VLAN: nobody" -- is_seen "" a:eth0 --tag 20
check "a frame tagged with its own VLAN on an access port: nobody" -- is_seen "" a:eth0 --tag 10
check "two tags on an access port: nobody" -- is_seen "" a:eth0 --tag 10 --tag 20
check "a priority tag: as untagged" -- \
	is_seen "phys:eth0 10.5/0x8100; b:eth0 untagged; t:eth0 10.5/0x8100" a:eth0 --tag 0:5
check "two tags, the outer one a priority tag: never in the inner one's VLAN" -- \
	is_seen "phys:eth0 10.0/0x8100 20.0/0x8100; b:eth0 20.0/0x8100; t:eth0 10.0/0x8100 20.0/0x8100" \
	a:eth0 --tag 0 --tag 20
check "a service tag on an access port is payload" -- \
	is_seen "phys:eth0 10.0/0x8100 20.0/0x88a8; b:eth0 20.0/0x88a8; t:eth0 10.0/0x8100 20.0/0x88a8" \
	a:eth0 --tag 20:0:88a8
check "trunk: the VLAN that it is in" -- \
	is_seen "phys:eth0 10.0/0x8100; a:eth0 untagged; b:eth0 untagged" t:eth0 --tag 10
check "trunk: a VLAN that it is not in" -- is_seen "" t:eth0 --tag 20
check "trunk without a native VLAN: untagged" -- is_seen "" t:eth0
check "uplink: the VLAN of the host-only segment" -- is_seen "" phys:eth0 --tag 20
check "uplink: untagged, where no segment is" -- is_seen "" phys:eth0
check "uplink: office, with an inner tag of lab" -- \
	is_seen "a:eth0 20.0/0x8100; b:eth0 20.0/0x8100; t:eth0 10.0/0x8100 20.0/0x8100" \
	phys:eth0 --tag 10 --tag 20
check "reserved addresses go nowhere" -- is_seen "" b:eth0 --dst 01:80:c2:00:00:0e

# Another's address, from another segment, changes nothing for the one who has it.
mac_c=$(mac_of c eth0)
pinger_start d 192.168.56.11
for _ in 1 2 3 4 5; do wire send a:eth0 --src "$mac_c" --count 20; done
pinger_more d 200
check_no_loss d "c is reached while a, in another segment, sends with its address"

check "what was refused is counted with a reason" -- state sw drops-at-least a 3
check_conserved sw
heddle_stop sw
