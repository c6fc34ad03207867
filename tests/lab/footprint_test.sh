#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# With the quick-start configuration: from start to forwarding in less than a second, below 60 MB
# resident in each plane besides the packet pool, and nothing left after the end.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

[ "$LAB_SANITIZED" = no ] || lab_skip "time and memory of a build with sanitizers mean nothing"
host_add physical web db dev test fw
ip link add eth1 type veth peer name eth0 netns physical
ip link set eth1 up

start_ms() { # NAME: spawns, and prints the milliseconds until a ping crosses the switch
	local began
	began=$(now_ms)
	heddle_spawn "$1" "$LAB_TOP/etc/quick-start.json"
	host_if web eth0 10.0.0.11/24
	host_if db eth0 10.0.0.12/24
	wait_for 15 on web ping -q -c 1 -W 1 -i 0.01 10.0.0.12
	took=$(($(now_ms) - began))
}

# The machine may be busy with something else: the best of three counts.
best=100000
for try in 1 2 3; do
	[ "$try" = 1 ] || heddle_stop "sw$((try - 1))"
	start_ms "sw$try"
	note "start to forwarding: $took ms"
	[ "$took" -ge "$best" ] || best=$took
	last=sw$try
done
check_ms 1000 "$best" "start to forwarding"
wait_for 10 state "$last" planes-ready

for plane in supervisor data control management; do
	pid=$(state "$last" plane-pid "$plane")
	# The packet pool lies in DPDK's memory: without hugepages that is one file in memory.
	kb=$(awk '/^[0-9a-f]+-[0-9a-f]+ / { pool = /nohuge|hugepages|hugetlbfs|rtemap/ }
		/^Rss:/ && !pool { sum += $2 } END { print sum }' "/proc/$pid/smaps")
	note "$plane: $kb kB resident besides the packet pool"
	check "$plane stays below 60 MB" -- [ "$kb" -lt 60000 ]
done

planes=$(state "$last" plane-pids)
heddle_stop "$last"
check "no process is left" -- [ -z "$(ps -o pid= -p "$(echo "$planes" | paste -sd,)" 2>/dev/null)" ]
check_not "no TAP device is left in a namespace" -- on web ip link show dev eth0
check_not "no host interface is left" -- ip link show dev hd-lab
# The state directory stays, as its run directory does, which heddled did not make; nothing else does.
left=$(find "$LAB_DIR/$last" -path "$LAB_DIR/$last/state" -prune -o ! -type d -print)
check "no socket and no other file is left in the run directory" -- eval "echo '$left'; [ -z '$left' ]"
