#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A port that cannot open says why, does not stop the rest, and recovers when the reason is gone.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

host_add a b
: >/run/netns/half # as it is for a moment while ip makes a namespace
ip link add taken type veth peer name taken-peer
echo "allow-users = nobody-here" >"$LAB_DIR/conf"
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged=nic
	tap a namespace=a device=eth0 access=lan
	tap b namespace=b device=eth0 access=lan
	tap late namespace=late device=eth0 access=lan
	tap name device=taken access=lan
	af-packet nic device=missing0
	vhost-user vm socket=vm.sock access=lan
	tap half namespace=half device=eth0 access=lan
	vm-tap owned owner=nobody-here access=lan
END
)" --conf "$LAB_DIR/conf"
ports_up sw a b
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24

check "the others forward" -- reaches a 10.0.0.2
check_within 3 "a namespace that is missing" -- state sw port-is late reason no-namespace
check_within 3 "a file that is no namespace yet" -- state sw port-is half reason no-namespace
check_says "no user nobody-here" "an owner that there is not" -- hd sw show ports owned
check_within 3 "a device whose name is taken" -- state sw port-is name reason name-taken
check_within 3 "a NIC that is missing" -- state sw port-is nic reason no-device
check_within 3 "a guest that is not there" -- state sw port-is vm reason no-peer
check_says late "show ports names the namespace" -- hd sw show ports late
check_says missing0 "show ports names the NIC" -- hd sw show ports nic
check_says late "the log names the namespace" -- cat "$LAB_DIR/sw.log"
check_says missing0 "the log names the NIC" -- cat "$LAB_DIR/sw.log"

pinger_start a 10.0.0.2
host_add late
check_within 5 "the port is up when the namespace is there" -- state sw ports-up late
host_if late eth0 10.0.0.3/24
check "... and forwards" -- reaches late 10.0.0.2
rm /run/netns/half
host_add half
check_within 5 "the port is up when the file is a namespace" -- state sw ports-up half
{ cat /etc/passwd && echo "nobody-here:x:64123:64123::/:/bin/false"; } >"$LAB_DIR/passwd"
mount --bind "$LAB_DIR/passwd" /etc/passwd
check_within 5 "the port waits for its machine when there is the owner" -- state sw port-is owned reason no-peer
umount /etc/passwd
ip link del taken
check_within 5 "the port is up when the name is free" -- state sw ports-up name
ip link add missing0 type veth peer name eth0 netns late 2>/dev/null ||
	ip link add missing0 type veth peer name nic0 netns late
ip link set missing0 up
on late ip link set nic0 up
check_within 5 "the port is up when the NIC is there" -- state sw ports-up nic
check "... and forwards" -- [ -n "$(wire probe a:eth0 --at late:nic0)" ]

# A container that is started again: a new namespace of the old name. What is kept open is in the old one.
ip netns del late
check_within 5 "a namespace that was deleted is noticed" -- state sw port-is late reason no-namespace
host_add late
check_within 5 "the port is up in the new namespace of that name" -- state sw ports-up late
host_if late eth0 10.0.0.3/24
check "... and forwards" -- reaches late 10.0.0.2

pinger_more a 100
check_no_loss a "meanwhile the others lost nothing"
check_conserved sw
heddle_stop sw
