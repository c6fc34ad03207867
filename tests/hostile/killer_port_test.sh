#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A guest that kills heddle-dp, again and again: it shares its memory and takes it away, so that whoever
# reads a ring gets SIGBUS. It costs itself: its port is named and held back, longer each time; the
# others are back at once, and stay, since heddled does not wait longer for what one port does.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"

deaths=3 # they come after 1, 2, 4, ... s
[ -z "${HEDDLE_TEST_LONG:-}" ] || deaths=7
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

died() { [ "$(grep -c "port evil: heddle-dp died" "$LAB_DIR/sw.log")" -ge "$1" ]; }
is_held() { state sw port-is evil reason held-back; }
text_of() { state sw port "$1" text; }

# Somebody who kills it from outside is nobody's guest.
pid=$(state sw plane-pid data)
kill -KILL "$pid"
check_within 20 "it is back after kill -9" -- state sw planes-ready
check_not "no port is blamed for that" -- grep "heddle-dp died" "$LAB_DIR/sw.log"

index=$(on a ip -o link show dev eth0 | cut -d: -f1)
pinger_start a 10.0.0.2
"$HEDDLE_BUILD_DIR/tests/lab/vhost-killer" "$LAB_DIR/sw/vhost/evil/evil.sock" >"$LAB_DIR/killer" 2>&1 </dev/null &
killer=$!
LAB_PIDS+=("$killer")
for ((round = 1; round <= deaths; round++)); do
	check_within 80 "it dies, time $round" -- died "$round"
	check_within 20 "the port is held back" -- is_held
	check_says "died $round time" "it says how often" -- text_of evil
	check_within 10 "the others are up" -- state sw ports-up a b
	pinger_more a 50
done
check_says "signal 7, SIGBUS" "the port says by which signal" -- text_of evil
check_says "held-back" "so does an operator's table" -- hd sw show ports
check_says "inside port evil" "heddled says whose doing it was" -- cat "$LAB_DIR/sw.log"
check "the last end of heddle-dp names the port" -- sh -c \
	"'$HEDDLE' --run-dir '$LAB_DIR/sw' show planes --json | grep 'inside port evil'"
check_not "heddled never waits longer for it" -- sh -c "grep 'inside port evil; starting' '$LAB_DIR/sw.log' | grep -v ' 50 ms'"
check_not "nobody else is blamed" -- grep -E "port (a|b|idle): heddle-dp died" "$LAB_DIR/sw.log"
check "the TAP that was there is the same" -- [ "$(on a ip -o link show dev eth0 | cut -d: -f1)" = "$index" ]
# While it is held back nothing happens to the others.
check_within 80 "it is tried again, and dies" -- died $((deaths + 1))
check_within 20 "the others are there" -- state sw ports-up a b
pinger_more a 50
gap=$(pinger_gap a)
pinger_stop a >/dev/null
note "the longest time without forwarding was $gap ms"
limit=5000
[ "$LAB_SANITIZED" = no ] || limit=20000
check "the others are back soon, each time" -- test "$gap" -le "$limit"

# The guest is gone; an operator who disables the port and enables it again is believed.
kill -KILL "$killer"
wait "$killer" 2>/dev/null || true
check_within 10 "the port is held back still" -- is_held
check "it is disabled" -- hd sw load replace "$(ports enabled=false | config off)"
check_within 10 "it says so" -- state sw port-is evil reason disabled
check "it is enabled" -- hd sw load replace "$(ports "" | config on)"
check_within 2 "it is no longer held back" -- state sw port-is evil reason no-peer
check_conserved sw
heddle_stop sw
