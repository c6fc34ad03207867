#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A guest, a trunk's guest and the network behind an uplink claim the address of the host's interface:
# nothing that is meant for the host goes to them, and the frame is dropped by name.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"

host_add phys a b t
ip link add up0 type veth peer name eth0 netns phys
ip link set up0 up
conf() { # VLAN NAME [OPTION]
	config "$2" <<-END
		switch sw
		segment lan vlan=$1 bridged=eth1 interface=hd-lan address=10.0.0.1/24 ${3:-}
		af-packet eth1 device=up0
		tap a namespace=a device=eth0 access=lan
		tap b namespace=b device=eth0 access=lan
		tap t namespace=t device=eth0 trunk=lan
	END
}
heddle_start sw "$(conf 10 one)"
on phys ip link set eth0 up
ports_up sw eth1 a b t hd-lan
host_if a eth0 10.0.0.11/24
for host in b t; do host_if "$host" eth0; done
own=$(mac_of . hd-lan)

at=".:hd-lan a:eth0 b:eth0 t:eth0 phys:eth0"
is_own() { # MAC VLAN
	state sw mac-is "$1" hd-lan local "$2"
}
# claims WORDS: everybody claims the address, and nobody gets anything by it
claims() {
	check "$1: a guest that claims it is heard by nobody" -- is_seen "" b:eth0 --src "$own"
	check "$1: nor does it get what is for the host" -- is_seen ".:hd-lan" a:eth0 --dst "$own"
}

check "the interface's address is in the table before it sent anything that counts" -- is_own "$own" 10
claims "at first"
check "a trunk's guest that claims it is heard by nobody" -- is_seen "" t:eth0 --tag 10 --src "$own"
check "the network behind the uplink neither" -- is_seen "" phys:eth0 --tag 10 --src "$own"
for port in b t eth1; do
	check "$port: counted by name" -- state sw drop-at-least "$port" own_address 1
done
check "it is still the host's" -- is_own "$own" 10

pinger_start a 10.0.0.1
wire send b:eth0 --src "$own" --count 3000
wire send phys:eth0 --tag 10 --src "$own" --count 3000
pinger_more a 100
check_no_loss a "the host answers a while others claim its address"

hd sw clear fdb >/dev/null
check "clear fdb leaves it" -- is_own "$own" 10
ip link set hd-lan down
claims_nothing() { state sw port-is hd-lan up false; }
check_within 5 "the interface is down" -- claims_nothing
check "... and its address still nobody else's" -- is_seen "" b:eth0 --src "$own"
ip link set hd-lan up
ports_up sw hd-lan
claims "after down and up"

check "the segment gets another VLAN" -- hd sw load replace "$(conf 30 two)"
check_within 5 "the address is in that VLAN" -- is_own "$own" 30
ports_up sw eth1 a b t hd-lan
claims "in another VLAN"

kill -KILL "$(state sw plane-pid data)"
claim_until_ready() {
	wire send b:eth0 --src "$own" --count 100
	heddle_ready sw && state sw ports-up a b t hd-lan eth1
}
wait_for 20 claim_until_ready
check_within 5 "a new heddle-dp, under attack from its start, has it again" -- is_own "$own" 30
claims "after a restart"

was=$own own=02:00:00:00:0a:0a
ip link set hd-lan address "$own"
check_within 5 "another address is followed" -- is_own "$own" 30
claims "with another address"
was=$own own=02:00:00:00:0b:0b
check "one that is configured" -- hd sw load replace "$(conf 30 three mac-address=$own)"
has_own() { [ "$(mac_of . hd-lan)" = "$own" ]; }
check_within 5 "... is the interface's" -- has_own
check_within 5 "... and the switch's own" -- is_own "$own" 30
ports_up sw hd-lan
claims "with a configured address"
check "the old one is free" -- is_seen ".:hd-lan a:eth0 t:eth0 phys:eth0" b:eth0 --src "$was"
check_conserved sw
heddle_stop sw
