#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A configuration that names what is not the switch's: the machine's own network cards and loopback
# as host interfaces or ports, devices that heddled.conf does not allow, other users, and a folder of
# namespaces that somebody else can write. Nothing of it is touched, and the port says why.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"

cat >"$LAB_DIR/conf" <<-END
	allow-devices = up*
END
ip link add nic1 type veth peer name nic2
ip link set nic1 up
ip link set nic2 up
ip link add up0 type veth peer name up1
ip link set up0 up
ip link set up1 up
lo=$(ip -o addr show dev lo | sort)

# says PORT TEXT: what is wrong with the port, in `show ports`.
says() { hd sw show ports "$1" | tr -s ' \n' ' ' | grep -qF -- "$2"; }
has() { ip -o addr show dev "$1" | grep -qF " $2 "; }
logged() { grep -qF -- "$1" "$LAB_DIR/sw.log"; }

heddle_start sw "$(config sw <<-END
	switch sw
	segment a host-only interface=nic1 address=10.66.0.1/24
	segment b host-only interface=lo address=10.66.1.1/24
	segment c host-only interface=hd-c address=10.66.2.1/24
	segment lan bridged
	af-packet p-nic device=nic2 access=lan
	af-packet p-up device=up0 access=lan
	vhost-user v-root owner=root access=lan
	vhost-user v-alien owner=daemon access=lan
	vhost-user v-group group=daemon access=lan
	vm-tap t-root device=vt-root owner=root access=lan
END
)" --conf "$LAB_DIR/conf"

echo "== host interfaces"
check_within 10 "an interface that heddled made gets its address" -- has hd-c 10.66.2.1/24
check_within 10 "a network card that only has the name: heddle-cp says that it waits" -- \
	logged "nic1: its addresses wait until heddled has made the interface"
check_within 10 "loopback: the same" -- logged "lo: its addresses wait until heddled has made the interface"
check_not "nothing is put on the network card" -- has nic1 10.66.0.1/24
check "nothing is put on loopback" -- test "$(ip -o addr show dev lo | sort)" = "$lo"
check_within 5 "the port says why" -- says nic1 "a device nic1 is there already"
ip link set hd-c name hd-moved
ip link add hd-c type veth peer name hd-d
ip link set hd-c up
ip addr del 10.66.2.1/24 dev hd-moved 2>/dev/null || true
check_not "the index counts: one that takes the name gets nothing" -- wait_for 2 has hd-c 10.66.2.1/24

echo "== devices"
check_within 5 "a device that is not allowed" -- says p-nic "nic2 is not among allow-devices of $LAB_DIR/conf"
check_within 5 "one that is allowed" -- state sw ports-up p-up

echo "== users"
check_within 5 "root owns no directory" -- says v-root "user root may own nothing here, unless allow-users of $LAB_DIR/conf names it"
check_within 5 "nor a TAP" -- says t-root "user root may own nothing here"
check_within 5 "a user that is not in the group" -- says v-alien "user daemon is no member of group heddle-vm"
check_within 5 "a group that is another one" -- says v-group "group daemon is not heddle-vm"
check "no TAP of root's was made" -- test ! -e /sys/class/net/vt-root
check "no directory was made" -- test ! -e "$LAB_DIR/sw/vhost/v-root"
heddle_stop sw

echo "== without allow-devices"
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged
	af-packet p-lo device=lo access=lan
	af-packet p-nic device=nic1 access=lan
END
)"
check_within 5 "a network card is taken" -- state sw ports-up p-nic
check_within 5 "loopback is not" -- says p-lo "lo is the loopback device, which no port may have"
heddle_stop sw

echo "== namespaces"
mkdir -m 777 "$LAB_DIR/netns"
chmod 777 "$LAB_DIR/netns"
ip netns add other
touch "$LAB_DIR/netns/other"
mount --bind /run/netns/other "$LAB_DIR/netns/other"
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged
	tap t namespace=other device=eth0 access=lan
END
)" --netns-dir "$LAB_DIR/netns"
check_within 5 "a folder of namespaces that all may write is not used" -- \
	says t "directory of namespaces $LAB_DIR/netns: $LAB_DIR/netns has mode 0777"
check_not "nothing is made in one" -- on other ip link show dev eth0
heddle_stop sw
umount "$LAB_DIR/netns/other"
