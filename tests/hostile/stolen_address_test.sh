#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A guest, and the network behind an uplink, use the address of another guest. Without anti-spoof they
# get its traffic, as on any switch; an address that is on its port's list is nobody else's.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"

A=02:00:00:00:0a:01
host_add phys a b c t
ip link add up0 type veth peer name eth0 netns phys
ip link set up0 up
conf() { # ANTI_SPOOF NAME
	config "$2" <<-END
		switch sw
		segment lan vlan=10 bridged=eth1
		segment lab vlan=20 host-only
		af-packet eth1 device=up0
		tap a namespace=a device=eth0 trunk=lan,lab native=lan mac-address=$A $1
		tap b namespace=b device=eth0 access=lan
		tap c namespace=c device=eth0 access=lan
		tap t namespace=t device=eth0 trunk=lan,lab
	END
}
heddle_start sw "$(conf "" open)"
on phys ip link set eth0 up
ports_up sw eth1 a b c t
host_if a eth0 10.0.0.1/24
host_if c eth0 10.0.0.3/24
for host in b t; do host_if "$host" eth0; done
events() { "$LAB_PYTHON" "$LAB_TOOLS/events.py" "$LAB_DIR/sw/netconf.sock" "$@"; }

at="a:eth0 b:eth0 c:eth0 t:eth0 phys:eth0"

stolen() { # a itself may speak at any time
	wire send b:eth0 --src $A
	is_seen "b:eth0" c:eth0 --dst $A
}
check_within 10 "without a list: who speaks last has the address" -- stolen
check "the list is set while the thief has the address" -- hd sw load replace "$(conf "anti-spoof-mac=$A" list)"
check "... its owner has it back before it says a word" -- is_seen "a:eth0" c:eth0 --dst $A

stays() { # WHEN
	check "$1: a guest that uses it is heard by nobody" -- is_seen "" b:eth0 --src $A
	check "$1: the network behind the uplink neither" -- is_seen "" phys:eth0 --tag 10 --src $A
	check "$1: nor a trunk's guest, in another VLAN of the owner's" -- is_seen "" t:eth0 --tag 20 --src $A
	check "$1: what is for it goes to its owner alone" -- is_seen "a:eth0" c:eth0 --dst $A
}
stays "before it speaks"
check "c reaches a" -- reaches c 10.0.0.1
check "it is learned at its port" -- state sw mac-is $A a learned 10
stays "when it is known"
for port in b eth1 t; do
	check "$port: counted by name" -- state sw drop-at-least "$port" foreign_source 2
done
hd sw clear fdb >/dev/null
check "clear fdb gives it to nobody" -- is_seen "" b:eth0 --src $A

pinger_start c 10.0.0.1
wire send b:eth0 --src $A --count 3000
wire send phys:eth0 --tag 10 --src $A --count 3000
pinger_more c 100
check_no_loss c "a answers c while others use its address"
check "an event names who, whose and why" -- events mac-refused reason=foreign-source port=b owner=a mac=$A
refused=$(events --count mac-refused)
check "... once for a port, not for each of thousands of frames ($refused)" -- test "$refused" -le 6
check "so does the log" -- grep -q "port b: .*$A belongs to port a" "$LAB_DIR/sw.log"
check "... and not for each frame" -- test "$(grep -c "belongs to port" "$LAB_DIR/sw.log")" -le 6

on a ip link set eth0 down
at=${at/a:eth0 /}
down() { state sw port-is a up false; }
wait_for 5 down
check "its port is down: a guest still cannot use it" -- is_seen "" b:eth0 --src $A
check "... but an uplink can: the guest was moved to another machine" -- \
	is_seen "b:eth0 c:eth0 t:eth0" phys:eth0 --tag 10 --src $A
check "... and is where it is reached" -- is_seen "phys:eth0" c:eth0 --dst $A
on a ip link set eth0 up
ports_up sw a
check "it is back, and has the address with its first frame" -- reaches a 10.0.0.3

kill -KILL "$(state sw plane-pid data)"
use_until_ready() {
	wire send b:eth0 --src $A --count 100
	heddle_ready sw && state sw ports-up a b c t eth1
}
wait_for 20 use_until_ready
at="$at a:eth0"
stays "with a new heddle-dp, under attack from its start"
check_conserved sw
heddle_stop sw
