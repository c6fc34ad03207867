#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What heddled and its planes may do at run time, as the kernel has it (/proc/PID/status), and what
# becomes of a plane that was taken over and tries more (tools/captive.c).
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"
# shellcheck source=tests/hostile/rights.sh
. "$(dirname "$0")/rights.sh"

echo "== a build tree"
config=$(config sw <<END
switch sw
segment sw lan host-only
END
)
heddle_start sw "$config"
for plane in data control management; do
	check_plane "$plane" "$(state sw plane-pid "$plane")" no
done
check_plane supervisor "${HEDDLE_PID[sw]}" no
helper=$(helper_of "${HEDDLE_PID[sw]}")
check_plane netns "$helper" no
heddle_stop sw
check "the helper ends with heddled" -- lab_gone "$helper"

echo "== a heddled without its helper"
heddle_start alone "$config"
pid=${HEDDLE_PID[alone]}
kill -KILL "$(helper_of "$pid")"
wait_for 10 lab_gone "$pid" || { echo "it does not end by itself"; exit 1; }
status=0
wait "$pid" || status=$?
unset "HEDDLE_PID[alone]"
check "as one that failed" -- test "$status" = 1
check "and says why" -- grep -q "error: the helper for namespaces has ended" "$LAB_DIR/alone.log"

echo "== planes that were taken over"
mkdir -p "$LAB_DIR/taken"/{dataplane,ctrlplane,mgmt}
for plane in dataplane/heddle-dp ctrlplane/heddle-cp mgmt/heddle-mgmt; do
	ln "$HEDDLE_BUILD_DIR/tests/hostile/captive" "$LAB_DIR/taken/$plane" 2>/dev/null ||
		cp "$HEDDLE_BUILD_DIR/tests/hostile/captive" "$LAB_DIR/taken/$plane"
done
HEDDLE_BUILD_DIR=$LAB_DIR/taken heddle_spawn taken "$config"
tried() { [ "$(grep -c ': all tried' "$LAB_DIR/taken.log")" -ge 3 ]; }
wait_for 20 tried || { echo "they did not come to an end"; exit 1; }
# came PLANE TRY RESULT: what it wrote
came() {
	grep -qF "heddle-$1: $2: $3" "$LAB_DIR/taken.log" || {
		grep -F "heddle-$1: $2:" "$LAB_DIR/taken.log"
		return 1
	}
}
for plane in dp cp mgmt; do
	for try in exec execveat process_vm_writev mount unshare setns bpf; do
		check "heddle-$plane: $try ends it" -- came $plane "$try" "killed by signal 31"
	done
	[ "$LAB_SANITIZED" = yes ] ||
		check "heddle-$plane: ptrace ends it" -- came $plane ptrace "killed by signal 31"
	for try in pidfd_open "kill all" "limits of another process" "clone into a namespace" io_uring \
		"packet socket" "internet socket" "typing into the terminal"; do
		check "heddle-$plane: $try" -- came $plane "$try" refused
	done
	for try in thread "unix socket"; do
		check "heddle-$plane: $try goes on working" -- came $plane "$try" "done"
	done
done
for plane in dp cp; do
	for try in kill "memory of another process"; do
		check "heddle-$plane: $try" -- came $plane "$try" refused
	done
	[ "$(user_of data no)" = root ] ||
		for try in "read /etc/shadow" "write core_pattern"; do
			check "heddle-$plane: $try" -- came $plane "$try" refused
		done
done
