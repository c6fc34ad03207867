#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Punt under flood. Adverts of a guest reach heddle-cp, all of them and 1,000 each second, whatever the same
# port floods meanwhile: frames to another guest, another protocol that is punted. So they do while ports
# are added by the hundred. Each is answered into the segment, past the flood. heddle-cp is a real one with
# one feature more (tools/punt_cp.c), the guests are tools/punt_guest.c.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

GUEST=$HEDDLE_BUILD_DIR/tests/lab/punt-guest
PLANE=$HEDDLE_BUILD_DIR/tests/lab/heddle-cp-punt
[ -x "$GUEST" ] || lab_skip "no punt-guest in $HEDDLE_BUILD_DIR (build with -Dtests=true)"
ADVERTS=500
[ -z "${HEDDLE_TEST_LONG:-}" ] || ADVERTS=10000

# A build tree whose heddle-cp is that one.
mkdir -p "$LAB_DIR/build/ctrlplane"
ln -s "$PLANE" "$LAB_DIR/build/ctrlplane/heddle-cp"
ln -s "$HEDDLE_BUILD_DIR"/{dataplane,mgmt} "$LAB_DIR/build/"
chmod 711 "$LAB_DIR"

switch() { # PORTS: so many more, which nobody is attached to
	{
		cat <<-END
			switch sw
			segment lan bridged
			vhost-user a socket=sock access=lan
			vhost-user b socket=sock access=lan
			gateway lab-gw segment=lan address=10.0.255.254/16 mac=02:48:44:ff:00:01
		END
		for ((i = 0; i < $1; i++)); do echo "vhost-user x$i access=lan"; done
	} | config "ports-$1"
}

guest_start() {
	mkfifo "$LAB_DIR/guest.in"
	exec {ask}<>"$LAB_DIR/guest.in"
	"$GUEST" "$LAB_DIR/sw/vhost"/{a,b}/sock <"$LAB_DIR/guest.in" >"$LAB_DIR/guest.out" \
		2>"$LAB_DIR/guest.log" {ask}>&- &
	GUEST_PID=$!
	LAB_PIDS+=("$GUEST_PID")
}
guest_end() { # its input ends
	exec {ask}>&-
	check_within 5 "the guest ends" -- lab_gone "$GUEST_PID"
	rm "$LAB_DIR/guest.in"
}
lines() { wc -l <"$LAB_DIR/guest.out"; }
more_lines() { [ "$(lines)" -gt "$1" ]; }
guest_says() { grep -q "$1" "$LAB_DIR/guest.out"; }
guest_ask() { echo "$*" >&"$ask"; }

# guest_run WORDS: a run, and what came of it in $answer.
guest_run() {
	local had
	had=$(lines)
	guest_ask "$@"
	wait_for 60 more_lines "$had" || fail "no answer to: $*"
	answer=$(sed -n "$((had + 1))p" "$LAB_DIR/guest.out")
}
# answer_is EXPRESSION: of the answer's fields.
answer_is() { "$LAB_PYTHON" -c 'import json, sys; a = json.loads(sys.argv[1]); print(a); sys.exit(not eval(sys.argv[2], a))' "$answer" "$1"; }
dropped() { # REASON: so far, of what was for the gateway
	hd sw show ports --json | "$LAB_PYTHON" -c '
import json, sys
gw = next(p for p in json.load(sys.stdin)["ports"] if p["name"] == "lab-gw")
print(sum(gw["drops"][way].get(sys.argv[1], 0) for way in ("in", "out")))' "$1"
}

# check_run WORDS -- COMMAND of the guest: all adverts come.
check_run() {
	local words=()
	while [ "$1" != -- ]; do words+=("$1"); shift; done
	shift
	guest_run "adverts $ADVERTS rate 1000 $*"
	check "${words[*]}: all adverts reach heddle-cp" -- answer_is "sent == $ADVERTS and came == sent"
}
check_answered() { check "... and its answers the guest" -- answer_is "answered == sent"; }

for workers in 1 3; do
	echo "== $workers workers"
	HEDDLE_BUILD_DIR=$LAB_DIR/build heddle_start sw "$(switch 0)" --workers "$workers"
	guest_start
	ports_up sw a b lab-gw
	wait_for 20 guest_says ready || fail "heddle-cp answers no advert"

	check_run "quiet" -- flood none
	check_answered
	check_run "the port floods another one" -- flood data
	check_answered
	check "... with more than it has adverts" -- answer_is "flood_received > 10 * sent"
	check "no frame for heddle-cp was dropped so far" -- [ "$(dropped punt_policed)-$(dropped punt_queue_full)" = 0-0 ]
	check_run "the port floods another punted protocol" -- flood other
	check_answered
	check "the flood is policed by name" -- [ "$(dropped punt_policed)" -gt 0 ]
	# Now the guests' own rings are full, and what does not fit is dropped, answers as well.
	check_run "both ports flood" -- flood data both 1
	check_conserved sw

	had=$(lines)
	guest_ask "adverts 0 rate 1000 flood data"
	check "ports are added meanwhile" -- hd sw load replace "$(switch 300)"
	check "... and removed" -- hd sw load replace "$(switch 0)"
	guest_ask "adverts 1 flood none"
	wait_for 60 more_lines $((had + 1)) || fail "the guest does not end its run"
	answer=$(sed -n "$((had + 1))p" "$LAB_DIR/guest.out")
	check "all adverts of that time reached heddle-cp" -- answer_is "sent > 0 and came == sent"
	check_answered

	check_conserved sw
	guest_end
	heddle_stop sw
done
