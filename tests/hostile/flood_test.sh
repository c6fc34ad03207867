#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A guest floods a large segment as fast as it can. Another segment's pings stay below 5 ms at the
# median, commits go through, heddle-dp is not killed, the flood reaches everybody in the end, and
# every packet is accounted for.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"

crowd=200 commits=3
[ "${HEDDLE_TEST_LONG:-}" ] && crowd=1000 commits=10
[ "$LAB_SANITIZED" = no ] || crowd=60
host_add a b loud crowd
base="switch sw
segment quiet vlan=10 bridged
segment large vlan=20 bridged
tap a namespace=a device=eth0 access=quiet
tap b namespace=b device=eth0 access=quiet
tap loud namespace=loud device=eth0 access=large
$(for i in $(seq $crowd); do echo "tap c$i namespace=crowd device=c$i access=large"; done)"
one=$(config one <<<"$base")
two=$(config two <<<"$base
segment other vlan=30 bridged
tap d namespace=b device=eth9 access=other")

all_up() { [ "$(hd sw show ports --json | grep -o '"up": *true' | wc -l)" -ge "$1" ]; }

heddle_start sw "$one"
check_within 120 "$crowd ports and three are up" -- all_up $((crowd + 3))
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24
check "the quiet segment works" -- reaches a 10.0.0.2
data=$(state sw plane-pid data)

# The machine may be busy with something else: the best of some rounds counts.
best=1000000
for round in 1 2 3 4 5; do
	spawn loud "$LAB_PYTHON" "$LAB_TOOLS/flooder.py" eth0 broadcast
	flooder=$!
	wait_for 20 state sw counter-at-least c1 tx.packets $((round * 50))
	pinger_start a 10.0.0.2
	pinger_more a 400
	kill "$flooder"
	read -r lost sent < <(pinger_stop a)
	found=$(pinger_median a)
	note "round $round: median $found us, $lost of $sent lost"
	[ "$found" -ge "$best" ] || best=$found
	[ "$best" -lt 5000 ] && break
done
if [ "$best" -lt 5000 ]; then pass "pings of another segment take $best us"; else
	fail "pings of another segment take $best us"; fi

spawn loud "$LAB_PYTHON" "$LAB_TOOLS/flooder.py" eth0 broadcast
flooder=$!
for _ in $(seq $commits); do
	check "a commit during the flood adds a port" -- hd sw load replace "$two"
	check "... and takes it away" -- hd sw load replace "$one"
done
kill "$flooder"

# A flood that is over reaches everybody in full, in order or not at all: nothing is lost in the switch.
sum() { state sw port "$1" "$2"; }
settled() { state sw conserved; }
check_within $((30 + crowd / 4)) "what waited is sent" -- settled
before=$(sum "c$crowd" offered)
on loud "$LAB_PYTHON" "$LAB_TOOLS/flooder.py" eth0 unknown 200
check_within $((20 + crowd / 10)) "each port is offered every frame" -- state sw counter-at-least "c$crowd" offered $((before + 200))
check_within $((10 + crowd / 4)) "every packet is accounted for" -- settled
check "heddle-dp was not restarted" -- [ "$(state sw plane-pid data)" = "$data" ]
heddle_stop sw
