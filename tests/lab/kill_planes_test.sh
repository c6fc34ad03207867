#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Any plane may die. heddle-mgmt and heddle-cp: no packet is lost, and they are back. heddle-dp:
# forwarding is back within a second, programmed as before, with the same TAP devices and addresses,
# and guests on vhost-user go on with what they were sending.
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
	vhost-user v socket=v.sock access=lan
	vhost-user w socket=w.sock queues=2 access=lan mac-limit=5
	vhost-user x socket=x.sock access=lan
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
check "another one loads" -- hd sw load replace "$LAB_DIR/sw.json"
check_conserved sw

# What heddle-dp was told: ports and segments as `show` has them, but for what counts and moves.
programmed() {
	hd sw show ports --json | "$LAB_PYTHON" -c '
import json, sys
keep = ("name", "kind", "switch", "mode", "access", "trunk", "native", "mtu", "up", "mac-limit")
print([{k: p.get(k) for k in keep} for p in json.load(sys.stdin)["ports"]])'
	hd sw show switches --json | grep -v '"macs"'
}
as_before() { diff <(echo "$PROGRAMMED") <(programmed); }
guest_says() { grep -q "$2" "$LAB_DIR/guest.$1"; }

GUEST=$HEDDLE_BUILD_DIR/tests/lab/vhost-guest
A=02:00:00:00:00:0a
declare -A MAC=([v]=02:00:00:00:00:0b [w]=02:00:00:00:00:0c)
index=$(on a ip -o link show dev eth0 | cut -d: -f1)
for guest in v w; do
	"$GUEST" "$LAB_DIR/sw/vhost/$guest/$guest.sock" ${MAC[$guest]} >"$LAB_DIR/guest.$guest" 2>&1 </dev/null &
	LAB_PIDS+=($!)
	check_within 10 "a guest is there: $guest" -- guest_says "$guest" ready
done
ports_up sw v w
PROGRAMMED=$(programmed)
best=
for ((round = 1; round <= rounds + 1; round++)); do
	pinger_start a 10.0.0.2
	pid=$(state sw plane-pid data)
	kill -KILL "$pid"
	check_within 20 "round $round: the data plane is back after kill -9" -- is_back data "$pid"
	pinger_more a 50
	gap=$(pinger_gap a)
	pinger_stop a >/dev/null
	note "nothing was forwarded for $gap ms"
	if [ -z "$best" ] || [ "$gap" -lt "$best" ]; then best=$gap; fi
	check_within 10 "round $round: it is programmed as before, with the guests that were there" -- as_before
	for guest in v w; do
		check "round $round: they are reached: $guest" -- "$GUEST" "$LAB_DIR/sw/vhost/x/x.sock" $A ${MAC[$guest]} 2000
	done
done
# Of the rounds, the one that other work on this machine disturbed least.
check_ms 1000 "$best" "forwarding is back in time"
check "the TAP device is the same one" -- [ "$(on a ip -o link show dev eth0 | cut -d: -f1)" = "$index" ]
check "the host interface has its address" -- ip addr show dev hd-lab to 192.168.56.1
check_conserved sw
# Killed in full work, a flood: what it has in hand is lost, counted (lost_with_plane), and a connection
# goes on.
lost_lines() { grep -c "had in hand are lost" "$LAB_DIR/sw.log"; }
lost=0
for ((round = 1; round <= 20 && lost == 0; round++)); do
	before=$(lost_lines || true)
	pid=$(state sw plane-pid data)
	transfer a b 10.0.0.2 $((200 << 20)) >"$LAB_DIR/transfer" 2>&1 &
	LAB_PIDS+=($!)
	busy=$!
	spawn a "$LAB_PYTHON" "$LAB_TOOLS/flooder.py" eth0 broadcast
	flooder=$!
	sent=$(state sw port a rx.packets)
	wait_for 10 state sw counter-at-least a rx.packets $((sent + 300)) || true
	kill -KILL "$pid"
	kill "$flooder"
	check_within 20 "killed under load, round $round: it is back" -- is_back data "$pid"
	if wait "$busy"; then pass "round $round: the connection went on"; else fail "round $round: the connection broke"; fi
	lost=$(($(lost_lines || true) - before))
done
check "packets were in hand, and were counted as lost" -- test "$lost" -gt 0
hd sw show drops | grep lost_with_plane | sed 's/^/   /' || true
check_conserved sw
check "the log says which plane died, and how" -- grep -q "signal 9\|SIGKILL\|Killed\|killed" "$LAB_DIR/sw.log"
heddle_stop sw
