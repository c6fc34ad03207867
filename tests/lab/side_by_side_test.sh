#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Any number of switches beside each other: each with its own run directory, none in another's way.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

for i in 1 2 3; do
	host_add "a$i" "b$i"
	heddle_start "sw$i" "$(config "sw$i" <<-END
		switch sw
		segment lan vlan=10 bridged
		tap a namespace=a$i device=eth0 access=lan
		tap b namespace=b$i device=eth0 access=lan
	END
	)"
	ports_up "sw$i" a b
	host_if "a$i" eth0 10.0.0.1/24
	host_if "b$i" eth0 10.0.0.2/24
done
for i in 1 2 3; do
	check "switch $i forwards" -- reaches "a$i" 10.0.0.2
done
check "each has its own processes" -- [ "$(for i in 1 2 3; do state "sw$i" plane-pids; done | sort -u | wc -l)" = 12 ]
pinger_start a1 10.0.0.2
heddle_stop sw2
check "the third does not mind that the second ended" -- reaches a3 10.0.0.2
pinger_more a1 100
check_no_loss a1 "the first does not mind either"
check_not "a second one in the same run directory is refused" -- \
	timeout 10 "$HEDDLED" -c "$LAB_DIR/sw1.json" --run-dir "$LAB_DIR/sw1" --netns-dir /run/netns
check "... and the first one still forwards" -- reaches a1 10.0.0.2
check "... and answers" -- hd sw1 show ports
check_conserved sw1
check_conserved sw3
heddle_stop sw1
heddle_stop sw3
