#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A port that is bad for heddle-dp costs itself. A guest shares its memory and takes it away, again and
# again: heddle-dp goes on, the port is named and held back, longer each time, and the others have no
# gap. A fault in heddle-dp's own code while it serves a port: heddle-dp dies, is back at once, the port
# is named and held back, and heddled does not wait longer for it. A loop without an end in that code: the
# worker and the port are named, the port is taken away, and all goes on when the loop ends.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"

times=3 # after 1, 2, 4, ... s
[ "$LAB_SANITIZED" = no ] || times=5 # so long that it is held back still when slow commands look
[ -z "${HEDDLE_TEST_LONG:-}" ] || times=6
host_add a b
ports() { # OPTION: of the port "evil"
	cat <<-END
		switch sw
		segment lan bridged
		tap a namespace=a device=eth0 access=lan
		tap b namespace=b device=eth0 access=lan
		vhost-user evil socket=evil.sock access=lan $1
		vhost-user idle socket=idle.sock access=lan
	END
}
heddle_start sw "$(ports "" | config sw)" --workers 2
ports_up sw a b
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24

is_held() { state sw port-is evil reason held-back; }
# What was said of the port each time. A look at the port itself may come when it is up again.
logged() { grep -F "port evil: " "$LAB_DIR/sw.log" | grep -qF -- "$1"; }
was_held() { [ "$(grep -c "port evil: .*held back for" "$LAB_DIR/sw.log")" -ge "$1" ]; }
died() { [ "$(grep -c "port evil: heddle-dp died" "$LAB_DIR/sw.log")" -ge "$1" ]; }
attack_start() {
	"$HEDDLE_BUILD_DIR/tests/hostile/vhost-attack" "$LAB_DIR/sw/vhost/evil/evil.sock" "$1" \
		>"$LAB_DIR/attack" 2>&1 </dev/null &
	attack=$!
	LAB_PIDS+=("$attack")
}
attack_end() {
	kill -KILL "$attack"
	wait "$attack" 2>/dev/null || true
}

# Somebody who kills it from outside is nobody's guest.
kill -KILL "$(state sw plane-pid data)"
check_within 20 "it is back after kill -9" -- state sw planes-ready
check_not "no port is blamed for that" -- grep "heddle-dp died" "$LAB_DIR/sw.log"
ports_up sw a b

echo "== memory that goes away"
data=$(state sw plane-pid data)
pinger_start a 10.0.0.2
attack_start truncate
for ((round = 1; round <= times; round++)); do
	check_within $((20 + (1 << round))) "time $round: it is said what the guest did, how often, and how long the port is held back" -- \
		logged "the guest took away memory that it shares ($round times so far): it is held back for $((1 << (round - 1))) s"
done
check_within 10 "that is the reason for being down" -- is_held
check_says "the guest took away memory that it shares" "... and the port says so" -- state sw port evil text
attack_end
check_says "held-back" "so does an operator's table" -- hd sw show ports
check "heddle-dp is the same" -- test "$(state sw plane-pid data)" = "$data"
check_not "... and not blamed on the port" -- grep "heddle-dp died" "$LAB_DIR/sw.log"
pinger_more a 20
check_ms 50 "$(pinger_gap a)" "no gap between two others"
check_no_loss a "they lose nothing"

# An operator who disables the port and enables it again is believed.
check "the port is held back still" -- is_held
check "it is disabled" -- hd sw load replace "$(ports enabled=false | config off)"
check_within 10 "it says so" -- state sw port-is evil reason disabled
check "it is enabled" -- hd sw load replace "$(ports "" | config on)"
check_within 2 "it is no longer held back" -- state sw port-is evil reason no-peer

echo "== a fault of heddle-dp's own"
index=$(on a ip -o link show dev eth0 | cut -d: -f1)
pinger_start a 10.0.0.2
attack_start deaf
for ((round = 1; round <= 2; round++)); do
	check_within 20 "time $round: the guest runs" -- state sw ports-up evil
	"$LAB_PYTHON" "$LAB_TOOLS/break.py" "$(state sw plane-pid data)" vhost_user_rx die >/dev/null
	check_within 20 "time $round: heddle-dp dies" -- died "$round"
	check_within 20 "... and says how often, and by which signal" -- \
		grep -E "port evil: heddle-dp died $round time.*signal 4, SIGILL" "$LAB_DIR/sw.log"
	check_within 20 "the port is held back" -- was_held "$round"
	check_within 10 "the others are up" -- state sw ports-up a b
	pinger_more a 50
done
attack_end
check_says "inside port evil" "heddled says in which port it was" -- cat "$LAB_DIR/sw.log"
check "the last end of heddle-dp names the port" -- sh -c \
	"'$HEDDLE' --run-dir '$LAB_DIR/sw' show planes --json | grep 'inside port evil'"
check_not "heddled never waits longer for it" -- sh -c "grep 'inside port evil; starting' '$LAB_DIR/sw.log' | grep -v ' 50 ms'"
check_not "nobody else is blamed" -- grep -E "port (a|b|idle): heddle-dp died" "$LAB_DIR/sw.log"
check "the TAP that was there is the same" -- [ "$(on a ip -o link show dev eth0 | cut -d: -f1)" = "$index" ]
gap=$(pinger_gap a)
pinger_stop a >/dev/null
note "the longest time without forwarding was $gap ms"
if times_count; then
	check "the others are back soon, each time" -- test "$gap" -le 5000
fi
check "it is disabled" -- hd sw load replace "$(ports enabled=false | config off)"
check_within 10 "it says so" -- state sw port-is evil reason disabled
check "it is enabled" -- hd sw load replace "$(ports "" | config on)"
check_within 2 "it is no longer held back" -- state sw port-is evil reason no-peer

echo "== a worker that stands inside of a port"
worker() { hd sw show workers --json | python3 -c '
import json, sys
print(*(f"{w[sys.argv[1]]}" for w in json.load(sys.stdin)["workers"] if w["standing"] or sys.argv[2:]))' "$@"; }
stands() { [ "$(worker standing-port)" = evil ]; }
attack_start deaf
check_within 20 "the guest runs" -- state sw ports-up evil
data=$(state sw plane-pid data)
was=$("$LAB_PYTHON" "$LAB_TOOLS/break.py" "$data" vhost_user_rx stand)
check_within 20 "the worker is named, with the port" -- stands
check_says "stands for" "... in the table" -- hd sw show workers
check "... and in the log" -- grep -E "worker [01] stands for [0-9]+ ms, inside port evil while" "$LAB_DIR/sw.log"
check_within 20 "the port is held back" -- is_held
check_says "a worker stood inside it" "... and says why" -- state sw port evil text
check "a commit is not held up" -- hd sw load replace "$(ports "" | sed "/tap b/s/$/ mtu=1400/" | config mtu)"
"$LAB_PYTHON" "$LAB_TOOLS/break.py" "$data" vhost_user_rx "$was" >/dev/null
check_within 20 "it goes on when the loop ends" -- reaches a 10.0.0.2
check_not "no worker stands" -- stands
check_says 1 "it is remembered that one stood" -- worker stalls all
check "heddle-dp is the same" -- test "$(state sw plane-pid data)" = "$data"
check_within 20 "the port is back" -- state sw ports-up evil
attack_end
check_conserved sw
heddle_stop sw
