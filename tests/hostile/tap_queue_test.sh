#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A local user without rights wants a queue of a VM's TAP, to read and to send what the VM does: it attaches
# in the moment in which a device with several queues has no owner yet. Such a device is made again.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"

setpriv --reuid 64321 --regid 64321 --clear-groups true 2>/dev/null ||
	lab_skip "another user is needed, and cannot be had here: run it as root"
echo "allow-users = 64322 65533" >"$LAB_DIR/conf"
ports="switch sw
segment lan bridged
vm-tap u device=vt-u access=lan owner=64322 queues=2
vm-tap g device=vt-g access=lan group=65533 queues=2
tap t device=vt-t access=lan queues=2"
all=$(config all <<<"$ports")
none=$(config none <<<"switch sw")
heddle_start sw "$none" --conf "$LAB_DIR/conf"

for n in 1 2; do
	setpriv --reuid 64321 --regid 64321 --clear-groups -- "$LAB_PYTHON" \
		"$(dirname "$0")/tools/tap_thief.py" vt-u vt-g vt-t >"$LAB_DIR/thief.$n" 2>&1 </dev/null &
	LAB_PIDS+=($!)
	THIEF[n]=$!
	wait_for 10 grep -q tries "$LAB_DIR/thief.$n"
done
got() { cat "$LAB_DIR"/thief.? | grep -c "^got $1" || true; }
# is_as DEVICE TEXT: what the kernel says of it
is_as() { ip -d -o link show dev "$1" | grep -q -- "$2"; }
gone() { ! ip link show dev "$1"; }

rounds=20
[ -z "${HEDDLE_TEST_LONG:-}" ] || rounds=100
for ((round = 1; round <= rounds; round++)); do
	hd sw load replace "$all" >/dev/null
	for n in u g; do
		wait_for 30 state sw port-is $n reason no-peer || fail "round $round: port $n does not wait for its VM"
	done
	wait_for 30 state sw ports-up t || fail "round $round: port t is not up"
	is_as vt-u "numqueues 0 numdisabled 0 .*user 64322" || fail "round $round: vt-u is not its owner's alone"
	is_as vt-g "numqueues 0 numdisabled 0 .*group 65533" || fail "round $round: vt-g is not its group's alone"
	is_as vt-t "numqueues 2 numdisabled 0 " || fail "round $round: vt-t has a queue that is not the switch's"
	hd sw load replace "$none" >/dev/null
	for n in u g t; do wait_for 10 gone vt-$n; done
	[ "$(got vt-)" = 0 ] || [ "$round" -lt 3 ] || [ "${HEDDLE_TEST_LONG:-}" ] || break
done
kill "${THIEF[@]}"
note "they attached $(got vt-) times in $round rounds"
check "each that they attached to was made again" -- test "$LAB_FAILED" = 0
[ "$(got vt-)" = 0 ] ||
	check "the log says why" -- grep -q "another process attached to the new TAP vt-[ugt]" "$LAB_DIR/sw.log"
heddle_stop sw
