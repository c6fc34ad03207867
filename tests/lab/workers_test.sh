#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The same with 1 worker and with 3: order and contents of what crosses do not depend on it.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

host_add a b c d
for workers in 1 3; do
	heddle_start "sw$workers" "$(config "sw$workers" <<-END
		switch sw
		segment lan bridged
		tap a namespace=a device=eth0 access=lan
		tap b namespace=b device=eth0 access=lan
		tap c namespace=c device=eth0 access=lan queues=2
		tap d namespace=d device=eth0 access=lan queues=2
	END
	)" --workers "$workers"
	ports_up "sw$workers" a b c d
	host_if a eth0 10.0.0.1/24
	host_if b eth0 10.0.0.2/24
	host_if c eth0 10.0.0.3/24
	host_if d eth0 10.0.0.4/24
	for to in 2 3 4; do
		check "$workers workers: a reaches host $to" -- reaches a "10.0.0.$to"
	done
	check "$workers workers: there are that many" -- state "sw$workers" workers-are "$workers"
	transfer c d 10.0.0.4 32M >"$LAB_DIR/other" 2>&1 &
	other=$! status=0
	check "$workers workers: TCP a to b, while c sends to d" -- transfer a b 10.0.0.2 32M
	wait "$other" || status=$?
	check "$workers workers: TCP c to d, while a sends to b" -- eval "cat $LAB_DIR/other; [ $status = 0 ]"
	check "$workers workers: TCP from a port with two queues to one with one" -- transfer c a 10.0.0.1 16M
	check_conserved "sw$workers"
	heddle_stop "sw$workers"
done
