#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What every lab test stands on: a test of which one check failed fails as a whole.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# ends_with STATUS LINES: a test of these lines does. Not by check: it is what is being tested.
ends_with() {
	local status=0
	printf '. %q\n%s\n' "$LAB_LIB/lib.sh" "$2" >"$LAB_DIR/inner_test.sh"
	bash "$LAB_DIR/inner_test.sh" "$HEDDLE_BUILD_DIR" >"$LAB_DIR/inner.out" 2>&1 || status=$?
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
