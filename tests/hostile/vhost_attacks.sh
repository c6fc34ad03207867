# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# A switch under attack by guests of vhost-user ports. Read after tests/lab/lib.sh: it starts a switch
# with two TAPs that ping, two ports for good guests, and two that vhost-attack has, one of each mode.

GUEST=$HEDDLE_BUILD_DIR/tests/lab/vhost-guest
ATTACK=$HEDDLE_BUILD_DIR/tests/hostile/vhost-attack
V=$LAB_DIR/sw/vhost
A=02:00:00:00:00:0a B=02:00:00:00:00:0b
RSS_KB=4096 # that may come: pools and stacks whose pages were never used before
[ -z "${HEDDLE_TEST_SANITIZER:-}" ] || RSS_KB=300000 # it keeps 256 MB of what was freed; leaks it finds itself
MS=1500 TIMES=1
[ -z "${HEDDLE_TEST_LONG:-}" ] || MS=4000 TIMES=2

host_add a b
ports() { # OPTION: of the evil ones
	cat <<-END
		switch sw
		segment lan bridged
		tap a namespace=a device=eth0 access=lan
		tap b namespace=b device=eth0 access=lan
		vhost-user g1 socket=g1.sock access=lan
		vhost-user g2 socket=g2.sock access=lan
		vhost-user evil-c socket=c.sock access=lan $1
		vhost-user evil-s mode=server socket=s.sock access=lan $1
	END
}
heddle_start sw "$(ports "" | config sw)"
ports_up sw a b
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24
DATA=$(state sw plane-pid data)
"$GUEST" "$V/g2/g2.sock" $B >"$LAB_DIR/g2" 2>&1 </dev/null &
LAB_PIDS+=($!)
ports_up sw g2
fds() { find "/proc/$DATA/fd" -mindepth 1 | wc -l; }
rss() { awk '/^RssAnon/ { print $2 }' "/proc/$DATA/status"; }
fds_at_most() { [ "$(fds)" -le "$1" ]; }
rss_at_most() { [ "$(rss)" -le "$1" ]; }

# Their own processor time is not what they are to take from others.
attack_begin() { # NAME
	nice -n 19 "$ATTACK" "$V/evil-c/c.sock" "$1" >"$LAB_DIR/attack.c" 2>&1 </dev/null &
	EVIL=($!)
	nice -n 19 "$ATTACK" --connect "$V/evil-s/s.sock" "$1" >"$LAB_DIR/attack.s" 2>&1 </dev/null &
	EVIL+=($!)
	LAB_PIDS+=("${EVIL[@]}")
}

attack_end() {
	kill -KILL "${EVIL[@]}"
	wait "${EVIL[@]}" 2>/dev/null || true
	rm -f "$V/evil-c/c.sock"
}

attack_played() { grep -q played "$LAB_DIR/attack.c" && grep -q played "$LAB_DIR/attack.s"; }
is_over() { [ "$(now_ms)" -ge "$1" ]; }

# says PORT WORDS: in its text, or in the detail of one that is up.
says() {
	hd sw show ports "$1" --json | "$LAB_PYTHON" -c '
import json, sys
port = json.load(sys.stdin)["ports"][0]
sys.exit(sys.argv[1] not in port["text"] + port["detail"] and port["text"] + "; " + port["detail"])' "$2"
}

# attack NAME [WORDS]: by both ports. With WORDS it goes on until both are named with them.
attack() {
	local n
	for ((n = 0; n < TIMES; n++)); do attack_once "$@"; done
}

# The same by guests that are held back after it: an operator lets them in again before each.
attack_held() {
	local n
	for ((n = 0; n < TIMES; n++)); do
		hd sw load replace "$(ports enabled=false | config off)" >/dev/null
		wait_for 5 state sw port-is evil-s reason disabled
		hd sw load replace "$(ports "" | config on)" >/dev/null
		wait_for 5 state sw port-is evil-s reason no-peer
		attack_once "$@"
	done
}

attack_once() {
	local name=$1 words=${2:-} end
	pinger_start a 10.0.0.2
	attack_begin "$name"
	end=$(($(now_ms) + MS))
	check_within 20 "$name: it is played" -- attack_played
	check "$name: two good guests exchange 2,000 frames" -- "$GUEST" "$V/g1/g1.sock" $A $B 2000
	if [ -n "$words" ]; then
		check_within 15 "$name: the port in client mode is named" -- says evil-c "$words"
		check_within 15 "$name: so is the one in server mode" -- says evil-s "$words"
	fi
	wait_for 30 is_over "$end"
	attack_end
	pinger_more a 20 || fail "$name: two others do not reach each other"
	check_ms 50 "$(pinger_gap a)" "$name: no gap between two others"
	pinger_stop a >/dev/null
	check_not "$name: nothing is taken that must not be" -- grep accepted "$LAB_DIR/attack.c" "$LAB_DIR/attack.s"
	check_not "$name: heddle-dp is the same" -- lab_gone "$DATA"
	check_within 10 "$name: no descriptor is left" -- fds_at_most "$FDS"
	check_within 10 "$name: no memory is left" -- rss_at_most $((RSS + RSS_KB))
}

# What a port and its rings need once.
check "two good guests exchange 2,000 frames" -- "$GUEST" "$V/g1/g1.sock" $A $B 2000
attack_begin deaf
wait_for 20 attack_played
state_up() { state sw ports-up evil-c evil-s; }
wait_for 10 state_up
attack_end
wait_for 5 state sw port-is g1 up false
wait_for 5 state sw port-is evil-c up false
wait_for 5 state sw port-is evil-s up false
FDS=$(fds) RSS=$(rss)
