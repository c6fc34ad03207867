#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Any plane may die. heddle-mgmt and heddle-cp: no packet is lost, and they are back. heddle-dp:
# forwarding comes back by itself, with the same TAP devices and addresses.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=2
[ -z "${HEDDLE_TEST_LONG:-}" ] || rounds=50
host_add a b
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged
	segment lab vlan=20 host-only interface=hd-lab address=192.168.56.1/24
	tap a namespace=a device=eth0 access=lan
	tap b namespace=b device=eth0 access=lan
END
)"
ports_up sw a b
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24

is_back() { # PLANE OLD_PID: another process, ready and connected
	local pid
	pid=$(state sw plane-pid "$1") && [ "$pid" != "$2" ] && state sw planes-ready
}

for plane in management control; do
	pinger_start a 10.0.0.2
	for ((round = 1; round <= rounds; round++)); do
		pid=$(state sw plane-pid "$plane")
		kill -KILL "$pid"
		wait_for 10 is_back "$plane" "$pid" || break
		pinger_more a 50
	done
	check "the $plane plane is back after kill -9" -- is_back "$plane" "$pid"
	check_no_loss a "no packet lost while the $plane plane was killed $rounds times"
done
check "the configuration is still in force" -- state sw ports-up a b
check "another one loads" -- hd sw load "$LAB_DIR/sw.json"
check_conserved sw

index=$(on a ip -o link show dev eth0 | cut -d: -f1)
for ((round = 1; round <= rounds; round++)); do
	pid=$(state sw plane-pid data)
	kill -KILL "$pid"
	check_within 10 "the data plane is back after kill -9" -- is_back data "$pid"
	check_within 5 "forwarding is back" -- on a ping -q -c 1 -W 1 10.0.0.2
done
check "the TAP device is the same one" -- [ "$(on a ip -o link show dev eth0 | cut -d: -f1)" = "$index" ]
check "the host interface has its address" -- ip addr show dev hd-lab to 192.168.56.1
check "the log says which plane died, and how" -- grep -q "signal 9\|SIGKILL\|Killed\|killed" "$LAB_DIR/sw.log"
check_conserved sw
heddle_stop sw
