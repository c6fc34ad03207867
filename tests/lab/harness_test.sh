#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What every lab test stands on: a test of which one check failed fails as a whole.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# ends_with STATUS LINES: a test of these lines does. Not by check: it is what is being tested.
ends_with() {
	local status=0
	printf '. %q\n%s\n' "$LAB_LIB/lib.sh" "$2" >"$LAB_DIR/inner_test.sh"
	TMPDIR=$LAB_DIR bash "$LAB_DIR/inner_test.sh" "$HEDDLE_BUILD_DIR" >"$LAB_DIR/inner.out" 2>&1 || status=$?
	[ "$status" = "$1" ] || {
		echo "FAIL status $status, and not $1, of: $2"
		cat "$LAB_DIR/inner.out"
		exit 1
	}
	pass "status $1: $2"
}

ends_with 0 'check good -- true'
ends_with 1 'check bad -- false'
ends_with 1 'check_not bad -- true; check good -- true'
ends_with 1 'check_says words bad -- echo none'
ends_with 1 'check_within 0 bad -- false'
ends_with 1 'check good -- true; false'
ends_with 1 'note "nothing was checked"'
ends_with 77 'lab_skip reason'

# A process that a test has in its list, and whose number is another one's now.
sleep 300 &
other=$!
LAB_PIDS+=("$other")
ends_with 0 "LAB_PIDS+=($other); check good -- true"
check "a test ends only what it started" -- kill -0 "$other"
# shellcheck disable=SC2016
ends_with 0 'sleep 300 & LAB_PIDS+=($!); echo $! >"$TMPDIR/started"; check good -- true'
check "... and that it does end" -- lab_gone "$(cat "$LAB_DIR/started")"
