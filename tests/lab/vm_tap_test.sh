#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Guests on TAPs that they open by name, as QEMU does: a stand-in for the machine (tools/tap_vm.py)
# opens the device as an ordinary user, and a namespace is the guest.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# Rules of the packet filter, as the kernel has them: nft need not be there.
tables() { "$LAB_PYTHON" "$LAB_TOOLS/nft_tables.py"; }


# Does the host tell guest a its MAC address? (What it would answer further, it sends by another device.)
host_answers() {
	on a ip neigh del 10.0.0.100 dev eth0 2>/dev/null || true
	on a ping -q -c 2 -i 0.2 -W 1 10.0.0.100 >/dev/null || true
	on a ip neigh show 10.0.0.100 | grep -q lladdr
}
echos() { awk '/^Icmp: [0-9]/ { print $10 }' /proc/net/snmp; }
# Do pings of guest a to the host's address, which must be known to it, reach the host's stack?
host_hears() {
	local before
	before=$(echos)
	on a ping -q -c 2 -i 0.2 -W 1 10.0.0.100 >/dev/null || true
	[ "$(echos)" -gt "$before" ]
}
test_tables() { [ "$(tables)" = "$1" ]; }
index_of() { ip -o link show dev "$1" | cut -d: -f1; }
no_device() { ! ip link show dev "$1"; }

# vm NAME DEVICE [arguments]: a machine with DEVICE open, whose guest is the namespace NAME.
vm() {
	local name=$1 device=$2
	shift 2
	rm -f "$LAB_DIR/vm.$name"
	"$LAB_PYTHON" "$LAB_TOOLS/tap_vm.py" "$device" "$name" "$@" >"$LAB_DIR/vm.$name" 2>&1 &
	LAB_PIDS+=($!)
	VM[$name]=$!
	wait_for 10 grep -q open "$LAB_DIR/vm.$name"
	on "$name" ip link set eth0 address "02:00:00:00:00:$(printf %02x "'$name")"
}
declare -A VM=()

vm_stop() {
	kill -TERM "${VM[$1]}"
	wait "${VM[$1]}" || true
}

# longest NAME WAY: of the frames that crossed; the machine must have ended.
longest() { sed -n "s/.*$2 \([0-9]*\).*/\1/p" "$LAB_DIR/vm.$1"; }

host_add a b c v
echo "allow-users = 65534 65533" >"$LAB_DIR/conf"
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged
	vm-tap a device=vt-a access=lan owner=65534
	vm-tap b device=vt-b access=lan group=65533 queues=2
	tap c namespace=c device=eth0 access=lan mac-address=02:00:00:00:00:cc
	vhost-user v access=lan
END
)" --conf "$LAB_DIR/conf"
# The host has an address that a guest should like to reach.
ip link add hosted type dummy 2>/dev/null || ip link add hosted type veth peer name hosted2
ip link set hosted up
ip addr add 10.0.0.100/24 dev hosted

check_within 10 "until a VM opens it, the port waits for one" -- state sw port-is a reason no-peer
check "the kernel marks it as ours" -- sh -c "ip link show dev vt-a | grep -q 'alias heddle vm-tap a in $LAB_DIR/sw'"
check "nobody else may open it" -- test "$("$LAB_PYTHON" "$LAB_TOOLS/tap_vm.py" vt-a a --user 4321:4321 2>&1 | grep -c 'Operation not permitted')" = 1

vm a vt-a --user 65534:65534
vm b vt-b --user 1234:65533 --queues 2
ports_up sw a b c
host_if a eth0 10.0.0.1/24 fd00::1/64
host_if b eth0 10.0.0.2/24 fd00::2/64
host_if c eth0 10.0.0.3/24 fd00::3/64
check "a guest reaches a guest" -- reaches a 10.0.0.2
check "a guest reaches a namespace" -- reaches b 10.0.0.3
check "TCP between two guests" -- transfer a b 10.0.0.2 32M
check "TCP between two guests, IPv6" -- transfer b a fd00::1 32M
check "TCP from a namespace to a guest" -- transfer c a 10.0.0.1 32M
check "TCP from a guest to a namespace" -- transfer b c 10.0.0.3 32M
spawn v "$HEDDLE_BUILD_DIR/tests/lab/vhost-guest" --tap eth0 "$LAB_DIR/sw/vhost/v/sock" 02:00:00:00:00:07 \
	>"$LAB_DIR/guest.log" 2>&1 </dev/null
ports_up sw v
host_if v eth0 10.0.0.7/24 fd00::7/64
check "TCP to a guest on vhost-user" -- transfer a v 10.0.0.7 8M
check "TCP from a guest on vhost-user" -- transfer v b 10.0.0.2 8M

# --- the host is not there for guests ---------------------------------------------------------------
check "no address came to the host's side" -- test -z "$(ip -o addr show dev vt-a)$(ip -o addr show dev vt-b)"
check "a rule of ours holds for each device" -- test "$(tables)" = "heddle-vt-a
heddle-vt-b"
check_not "the host does not answer an ARP request for its own address" -- host_answers
on a ip neigh replace 10.0.0.100 lladdr "$(mac_of . vt-a)" dev eth0
check_not "... and does not hear what is sent to it all the same" -- host_hears
# A firewall that starts flushes all tables. (With a heddled that cannot mend it, the host does answer:
# without the rule all of the above would have failed.)
kill -STOP "${HEDDLE_PID[sw]}"
"$LAB_PYTHON" "$LAB_TOOLS/nft_tables.py" flush
check_within 10 "without the rule the host would hear the guest" -- host_hears
check_within 10 "... and answer it" -- host_answers
kill -CONT "${HEDDLE_PID[sw]}"
check_within 10 "the rules come back after a flush" -- test_tables "heddle-vt-a
heddle-vt-b"
check_not "... and hold" -- host_answers

check_conserved sw
vm_stop b
check "super-frames crossed whole to the switch" -- test "$(longest b to-switch)" -gt 4000
check "super-frames crossed whole to the guest" -- test "$(longest b to-guest)" -gt 4000
check_within 10 "a port whose VM closed it waits for one again" -- state sw port-is b reason no-peer

# --- a guest without offloads -------------------------------------------------------------------------
vm b vt-b --user 1234:65533 --queues 2 --offloads none
ports_up sw b
host_if b eth0 10.0.0.2/24 fd00::2/64
check "TCP to a guest that takes no super-frames" -- transfer a b 10.0.0.2 16M
check "TCP to it, IPv6" -- transfer a b fd00::2 16M
check "TCP from it" -- transfer b a 10.0.0.1 16M
check_conserved sw
vm_stop b
check "no frame to it was longer than its MTU" -- test "$(longest b to-guest)" -le 1514

# --- restarts: the VM keeps its descriptor --------------------------------------------------------------
check "before the restarts" -- reaches a 10.0.0.3
index=$(index_of vt-a)
kill -KILL "$(state sw plane-pid data)"
check_within 10 "traffic goes on after the death of a plane" -- reaches a 10.0.0.3
heddle_stop sw
check "an orderly end leaves the device that a VM has open" -- ip link show dev vt-a
check_not "... and takes the one that nobody has" -- ip link show dev vt-b
check_not "... and its rule" -- sh -c "$LAB_PYTHON $LAB_TOOLS/nft_tables.py | grep vt-b"
check_not "the host is not there for the guest meanwhile" -- host_answers
heddle_start sw "$LAB_DIR/sw.json" --conf "$LAB_DIR/conf"
ports_up sw a c
host_if c eth0 10.0.0.3/24
check_within 10 "traffic goes on after a restart of heddled" -- reaches a 10.0.0.3
kill -KILL "${HEDDLE_PID[sw]}"
wait "${HEDDLE_PID[sw]}" 2>/dev/null || true
heddle_start sw "$LAB_DIR/sw.json" --conf "$LAB_DIR/conf"
ports_up sw a c
check_within 10 "traffic goes on after the death of heddled" -- reaches a 10.0.0.3
check "it was the same device all the time" -- test "$(index_of vt-a)" = "$index"

# --- what a VM has open waits for it ----------------------------------------------------------------------
owner_is() { ip -d -o link show dev "$1" | grep -q "user $2 "; }
flushes() { grep -c "packet filter was flushed" "$LAB_DIR/sw.log"; }
flushed=$(flushes)
hd sw load replace "$(config owner <<-END
	switch sw
	segment lan bridged
	vm-tap a device=vt-a access=lan owner=65533
	tap c namespace=c device=eth0 access=lan mac-address=02:00:00:00:00:cc
END
)" >/dev/null
ports_up sw a c
check_within 10 "the guest notices nothing of another owner" -- reaches a 10.0.0.3
check "... and keeps its device" -- test "$(index_of vt-a)" = "$index"
vm_stop a
check_within 10 "when the VM closes it, it gets the new owner" -- owner_is vt-a 65533
check_within 10 "... and waits for a VM" -- state sw port-is a reason no-peer
check "nobody is said to have flushed the packet filter" -- test "$(flushes)" = "$flushed"
vm a vt-a --user 65533:65533
ports_up sw a
host_if a eth0 10.0.0.1/24 fd00::1/64
check_within 10 "... which works as before" -- reaches a 10.0.0.3

# --- the port goes --------------------------------------------------------------------------------------
hd sw load replace "$(config less <<-END
	switch sw
	segment lan bridged
	tap c namespace=c device=eth0 access=lan mac-address=02:00:00:00:00:cc
END
)" >/dev/null
check_within 10 "the device goes with the port" -- no_device vt-a
check_within 10 "... and its rule with it" -- test_tables ""
check_within 10 "... and the VM sees that" -- lab_gone "${VM[a]}"
heddle_stop sw

# --- two switches side by side -----------------------------------------------------------------------------
for one in x y; do
	heddle_start $one "$(config $one <<<"switch sw
segment lan bridged
vm-tap v device=vt-$one access=lan owner=65534
vm-tap same device=vt-same access=lan
tap c namespace=c device=eth-$one access=lan")" --conf "$LAB_DIR/conf"
done
check_within 10 "a device of the other switch is not taken" -- state y port-is same reason name-taken
vm a vt-x --user 65534:65534
vm b vt-y --user 65534:65534
ports_up x v c
ports_up y v c
host_if a eth0 10.1.0.1/24
host_if b eth0 10.2.0.1/24
host_if c eth-x 10.1.0.2/24
host_if c eth-y 10.2.0.2/24
check "each guest reaches what is on its switch" -- reaches a 10.1.0.2
check "... and so does the other" -- reaches b 10.2.0.2
check "three devices, three rules" -- test "$(tables | wc -l)" = 3
heddle_stop x
check "the end of one leaves the other alone" -- reaches b 10.2.0.2
check_within 10 "... which gets the device that is free now" -- state y port-is same reason no-peer

# --- somebody else deletes the device, and the switch ends before it is made again ---------------------------
kill -STOP "$(state y plane-pid data)"
ip link del vt-y
kill -TERM "${HEDDLE_PID[y]}"
wait "${HEDDLE_PID[y]}"
unset "HEDDLE_PID[y]"
check "its rule goes all the same; that of a VM's device stays" -- test_tables heddle-vt-x
