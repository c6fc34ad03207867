#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Guests on vhost-user ports, played by DPDK's driver: they attach in both modes, with split and
# packed rings, mergeable buffers and not, in order and not, with one queue and several; they are killed
# in the middle, and come back.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

GUEST=$HEDDLE_BUILD_DIR/tests/lab/vhost-guest
[ -x "$GUEST" ] || lab_skip "no vhost-guest in $HEDDLE_BUILD_DIR (build with -Dtests=true)"
VHOST=$LAB_DIR/sw/vhost
A=02:00:00:00:00:0a B=02:00:00:00:00:0b

# guest_start NAME ARGUMENTS...: in the background; its output is in a file of that name.
guest_start() {
	local name=$1
	shift
	"$GUEST" "$@" >"$LAB_DIR/guest.$name" 2>&1 </dev/null &
	GUEST_PID=$!
	LAB_PIDS+=("$GUEST_PID")
}
guest_says() { grep -q "$2" "$LAB_DIR/guest.$1"; }

# port_says PORT TEXT: in what `show ports` has about it.
port_says() { hd sw show ports --json | grep -q -- "$2"; }

heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged
	vhost-user a socket=a.sock queues=2 access=lan
	vhost-user b socket=b.sock access=lan
	vhost-user s mode=server socket=s.sock access=lan
END
)"

check_within 3 "without a guest, the port says what it waits for" -- port_says sw "server=on"
check_says "path $VHOST/a/a.sock" "... and where" -- hd sw show ports a
guest_start b "$VHOST/b/b.sock" $B
answerer=$GUEST_PID
ports_up sw b
check "two guests exchange 20,000 frames" -- "$GUEST" "$VHOST/a/a.sock" $A $B 20000
# Every combination of what a driver may take, with frames of all lengths in turn.
size=60
for rings in "" --packed; do
	for merge in "" --no-merge; do
		for order in "" --in-order; do
			for queues in 1 2; do
				# shellcheck disable=SC2086
				check "... 5,000 of $size bytes by $queues queue(s) $rings $merge $order" -- \
					"$GUEST" $rings $merge $order --queues $queues --size $size "$VHOST/a/a.sock" $A $B 5000
				size=$((size + 97))
				[ $size -le 1514 ] || size=1514
			done
		done
	done
done
check "the guest connects to us in server mode" -- "$GUEST" --connect "$VHOST/s/s.sock" $A $B 5000
check "... and again" -- "$GUEST" --connect --packed "$VHOST/s/s.sock" $A $B 5000

# Killed in the middle of its rings, while its peer sends: the port goes down, comes back, and the
# other guest does not notice.
for round in 1 2 3; do
	guest_start flood --flood "$VHOST/a/a.sock" $A $B 1000
	flood=$GUEST_PID
	check_within 10 "round $round: a guest sends all the time" -- guest_says flood ready
	check_within 10 "round $round: its frames come in" -- state sw counter-at-least a rx.packets 100
	kill -KILL "$flood"
	wait "$flood" 2>/dev/null || true
	check_within 2 "round $round: killed, its port is down" -- state sw port-is a up false
	check "round $round: the next guest on the same socket reaches the other" -- \
		"$GUEST" "$VHOST/a/a.sock" $A $B 2000
	kill -KILL "$answerer"
	wait "$answerer" 2>/dev/null || true
	check_within 2 "round $round: the other one killed, its port is down" -- state sw port-is b up false
	guest_start b "$VHOST/b/b.sock" $B
	answerer=$GUEST_PID
	ports_up sw b
	check "round $round: back again" -- "$GUEST" "$VHOST/a/a.sock" $A $B 2000
done
kill "$answerer"
wait "$answerer" 2>/dev/null || true
check_conserved sw
heddle_stop sw
