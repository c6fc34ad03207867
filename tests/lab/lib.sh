# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# What every lab test stands on. A test is a bash script that begins with
#
#	. "$(dirname "$0")/lib.sh"
#
# and is called with the build directory (or finds it in HEDDLE_BUILD_DIR). Reading this file starts
# the test again inside a network and mount namespace of its own (in a user namespace as well when
# it is not run by root), with a private /run, so that the machine sees nothing of it and nothing of
# it stays. The test then makes namespaces (host_add), starts switches (heddle_start), and checks.
#
# `check` and `check_not` count and go on; any other command that fails ends the test (set -e).
# Whatever way it ends, what was started is stopped, by its pid, and when something failed the logs
# of the switches are printed. Exit status: 0 passed, 1 failed, 77 skipped with a reason.
#
# Nothing here waits for a fixed time: wait_for polls a condition until a deadline.

set -eu -o pipefail
shopt -s inherit_errexit

export PATH="$PATH:/usr/sbin:/sbin"
LAB_SELF=$(readlink -f "$0")
LAB_LIB=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
LAB_TOP=$(cd "$LAB_LIB/../.." && pwd)
LAB_PYTHON=/usr/bin/python3

lab_skip() {
	echo "SKIP: $*"
	exit 77
}

# --- into namespaces of our own ---------------------------------------------------------------

lab_unshare_flags() {
	if [ "$(id -u)" = 0 ]; then echo "-mn"; else echo "-Urmn"; fi
}

if [ -z "${LAB_INSIDE:-}" ]; then
	HEDDLE_BUILD_DIR=$(readlink -f "${1:-${HEDDLE_BUILD_DIR:-$LAB_TOP/build}}")
	[ -x "$HEDDLE_BUILD_DIR/supervisor/heddled" ] || {
		echo "no heddled in $HEDDLE_BUILD_DIR: build first, or name the build directory" >&2
		exit 1
	}
	unshare "$(lab_unshare_flags)" true 2>/dev/null ||
		lab_skip "cannot make namespaces: neither root's nor a user's (unshare $(lab_unshare_flags))"
	[ -c /dev/net/tun ] || lab_skip "no /dev/net/tun on this machine"
	export HEDDLE_BUILD_DIR
	exec env LAB_INSIDE=1 unshare "$(lab_unshare_flags)" -- bash "$LAB_SELF" "$@"
fi
unset LAB_INSIDE

HEDDLED=$HEDDLE_BUILD_DIR/supervisor/heddled
HEDDLE=$HEDDLE_BUILD_DIR/mgmt/cli/heddle
LAB_TOOLS=$LAB_LIB/tools
LAB_DIR=$(mktemp -d "${TMPDIR:-/tmp}/hd-lab.XXXXXX")
# Under a sanitizer everything is slower and larger; tests ask this where that matters.
LAB_SANITIZED=$(grep -qa __asan_init "$HEDDLE_BUILD_DIR/dataplane/heddle-dp" && echo yes || echo no)
export LAB_SANITIZED

exec {LAB_NEVER}<> <(:) # nothing is ever read from it: what wait_for pauses on

declare -A HEDDLE_PID=() # of heddled, by the name given to heddle_start
LAB_PIDS=()              # of everything else in the background
LAB_PASSED=0
LAB_FAILED=0

mount -t tmpfs tmpfs /run
mkdir -p /run/netns
ip link set lo up

# --- saying what happened ---------------------------------------------------------------------

note() { echo "   $*"; }

pass() {
	LAB_PASSED=$((LAB_PASSED + 1))
	echo "ok   $*"
}

fail() {
	LAB_FAILED=$((LAB_FAILED + 1))
	echo "FAIL $*"
}

# check WORDS -- COMMAND...: the command must succeed. Its output is shown when it does not.
check() {
	local words=() out
	while [ "$1" != -- ]; do words+=("$1"); shift; done
	shift
	if out=$("$@" 2>&1); then
		pass "${words[*]}"
	else
		fail "${words[*]}"
		printf '%s\n' "$out" | sed 's/^/     | /' | tail -n 25
	fi
}

# times_count: whether times are judged: in the suite timing, whose tests run alone, and in the long
# form, which is for a quiet machine. Elsewhere, and with sanitizers, they are only printed.
times_count() { [ "${HEDDLE_TEST_TIMING:-}" ] && [ "$LAB_SANITIZED" = no ]; }

# check_ms LIMIT MS WORDS: something took MS milliseconds, and LIMIT are allowed in the long form, else
# twice as many. Only where times count.
check_ms() {
	local limit=$1
	[ "${HEDDLE_TEST_LONG:-}" ] || limit=$((limit * 2))
	if times_count; then
		check "${*:3} ($2 ms, at most $limit)" -- test "$2" -le "$limit"
	else
		note "${*:3}: $2 ms; the suite timing allows $limit"
	fi
}

# check_not WORDS -- COMMAND...: the command must fail.
check_not() {
	local words=() out
	while [ "$1" != -- ]; do words+=("$1"); shift; done
	shift
	if out=$("$@" 2>&1); then
		fail "${words[*]}"
		printf '%s\n' "$out" | sed 's/^/     | /' | tail -n 25
	else
		pass "${words[*]}"
	fi
}

# check_says TEXT WORDS -- COMMAND...: the output (both kinds) must contain TEXT, whatever the status.
check_says() {
	local text=$1 words=() out
	shift
	while [ "$1" != -- ]; do words+=("$1"); shift; done
	shift
	out=$("$@" 2>&1) || true
	if [[ $out == *"$text"* ]]; then
		pass "${words[*]}"
	else
		fail "${words[*]}: expected to read \"$text\""
		printf '%s\n' "$out" | sed 's/^/     | /' | tail -n 25
	fi
}

# wait_for SECONDS COMMAND...: until it succeeds. Fails when the time is over.
wait_for() {
	local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
	shift
	until "$@" >/dev/null 2>&1; do
		if [ "${EPOCHREALTIME/./}" -gt "$end" ]; then return 1; fi
		read -r -t 0.02 -u "$LAB_NEVER" || true
	done
}

# check_within SECONDS WORDS -- COMMAND...: becomes true in that time.
check_within() {
	local seconds=$1 words=()
	shift
	while [ "$1" != -- ]; do words+=("$1"); shift; done
	shift
	if wait_for "$seconds" "$@"; then
		pass "${words[*]}"
	else
		fail "${words[*]}: not within $seconds s"
		{ "$@" 2>&1 || true; } | sed 's/^/     | /' | tail -n 25
	fi
}

now_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }

# --- hosts --------------------------------------------------------------------------------------

# host_add NAME...: namespaces, as `ip netns` would name them.
host_add() {
	local name
	for name in "$@"; do
		ip netns add "$name"
		on "$name" ip link set lo up
		# Only what a test sends shall be on the wire; and no waiting for duplicate address
		# detection. (Where /proc/sys is read-only this cannot be had, and is not needed.)
		on "$name" sh -c '
			echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
			echo 0 >/proc/sys/net/ipv6/conf/default/router_solicitations
			echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore' 2>/dev/null || true
	done
}

# on NAME COMMAND...: in the namespace ("." is the one that the test and its switches are in).
on() {
	local name=$1
	shift
	if [ "$name" = . ]; then "$@"; else nsenter --net="/run/netns/$name" -- "$@"; fi
}

# spawn NAME COMMAND...: the same in the background; $! is the command itself.
spawn() {
	local name=$1
	shift
	nsenter --net="/run/netns/$name" -- "$@" &
	LAB_PIDS+=($!)
}

# host_if NAME DEVICE ADDRESS...: waits for the device, gives it addresses, brings it up.
host_if() {
	local name=$1 dev=$2 addr
	shift 2
	wait_for 10 on "$name" ip link show dev "$dev" || {
		echo "no device $dev in $name"
		return 1
	}
	on "$name" ip link set "$dev" up
	for addr in "$@"; do
		if [[ $addr == *:* ]]; then
			on "$name" ip addr replace "$addr" dev "$dev" nodad
		else
			on "$name" ip addr replace "$addr" dev "$dev"
		fi
	done
}

mac_of() { on "$1" ip -br link show dev "$2" | awk '{print $3}'; }

# reaches NAME ADDRESS [ping arguments]: three answers to three requests (the first may wait for ARP).
reaches() {
	local name=$1 addr=$2
	shift 2
	on "$name" ping -q -c 3 -i 0.05 -W 2 "$@" "$addr"
}

# Fails when nobody answers; for `check_not`.
answers() {
	local name=$1 addr=$2
	shift 2
	on "$name" ping -q -c 2 -i 0.2 -W 1 "$@" "$addr"
}

# transfer FROM TO ADDRESS BYTES: TCP, one way, with a checksum over all bytes at both ends.
transfer() {
	"$LAB_PYTHON" "$LAB_TOOLS/xfer.py" between "$1" "$2" "$3" "$4"
}

wire() { "$LAB_PYTHON" "$LAB_TOOLS/wire.py" "$@"; }

# is_seen EXPECTED PROBE_WORDS...: of the places in $at, a frame comes out at those in EXPECTED and no others.
is_seen() {
	local got place places=()
	# shellcheck disable=SC2154
	for place in $at; do [ "$place" = "$2" ] || places+=(--at "$place"); done
	got=$(wire probe "${@:2}" "${places[@]}" | cut -d " " -f 1 | xargs)
	[ "$got" = "$1" ] || {
		echo "expected at: $1"
		echo "seen at:     $got"
		return 1
	}
}

# A stream of pings at 1 ms, so that a gap shows to the millisecond.
# pinger_start NAME ADDRESS; pinger_stop NAME prints how many were lost, and how many were sent.
pinger_start() {
	local file=$LAB_DIR/pinger.$1
	spawn "$1" ping -D -n -i 0.001 -W 1 "$2" >"$file" 2>&1
	echo $! >"$file.pid"
	wait_for 10 pinger_has "$1" 100 || {
		echo "no pings from $1 to $2"
		return 1
	}
}

pinger_has() { [ "$(grep -c 'icmp_seq=' "$LAB_DIR/pinger.$1")" -ge "$2" ]; }

# pinger_more NAME N: waits until N more were answered, so that the time after an event counts too.
pinger_more() {
	local have
	have=$(grep -c 'icmp_seq=' "$LAB_DIR/pinger.$1")
	wait_for 20 pinger_has "$1" $((have + $2))
}

# The longest time without an answer so far, in ms.
pinger_gap() {
	awk -F'[][]' '/icmp_seq=/ { if (last && $2 - last > gap) gap = $2 - last; last = $2 }
		END { printf "%d\n", gap * 1000 }' "$LAB_DIR/pinger.$1"
}

# The median of its round trips so far, in us.
pinger_median() {
	sed -n 's/.*time=\([0-9.]*\) ms/\1/p' "$LAB_DIR/pinger.$1" | sort -n |
		awk '{ t[NR] = $1 } END { printf "%d\n", t[int((NR + 1) / 2)] * 1000 }'
}

pinger_stop() {
	local file=$LAB_DIR/pinger.$1
	kill -INT "$(cat "$file.pid")"
	wait_for 5 lab_gone "$(cat "$file.pid")" || echo "ping did not end" >&2
	awk -F'[= ]' '/icmp_seq=/ { for (i = 1; i < NF; i++) if ($i == "icmp_seq") {
			if (!seen[$(i + 1)]++) n++; if ($(i + 1) > max) max = $(i + 1) } }
		END { print max - n, max }' "$file"
}

# check_no_loss NAME WORDS: ends the stream; every request up to the last answered one was answered.
check_no_loss() {
	local name=$1 lost sent
	shift
	read -r lost sent < <(pinger_stop "$name")
	if [ "$lost" = 0 ]; then
		pass "$* (0 of $sent lost)"
	else
		fail "$*: $lost of $sent lost"
	fi
}

# --- switches -------------------------------------------------------------------------------------

# config NAME: the path of a new configuration file, made from the lines on stdin; see tools/config.py.
config() {
	"$LAB_PYTHON" "$LAB_TOOLS/config.py" >"$LAB_DIR/$1.json"
	echo "$LAB_DIR/$1.json"
}

# heddle_start NAME CONFIG [arguments of heddled]: in the background; returns when all planes are ready.
heddle_start() {
	heddle_spawn "$@"
	wait_for 20 heddle_ready "$1" || {
		echo "heddled \"$1\" did not become ready"
		return 1
	}
}

heddle_spawn() {
	local name=$1 config=$2
	shift 2
	mkdir -p "$LAB_DIR/$name"
	"$HEDDLED" -c "$config" --run-dir "$LAB_DIR/$name" --netns-dir /run/netns --hugepages no "$@" \
		>>"$LAB_DIR/$name.log" 2>&1 </dev/null &
	HEDDLE_PID[$name]=$!
}

# hd NAME ARGUMENTS...: the heddle command on that switch.
hd() {
	local name=$1
	shift
	"$HEDDLE" --run-dir "$LAB_DIR/$name" "$@"
}

# state NAME QUESTION...: facts from `heddle show ... --json`; see tools/state.py.
state() {
	local name=$1
	shift
	"$LAB_PYTHON" "$LAB_TOOLS/state.py" "$HEDDLE" "$LAB_DIR/$name" "$@"
}

heddle_ready() {
	kill -0 "${HEDDLE_PID[$1]}" && state "$1" planes-ready
}

# ports_up NAME PORT...: waits until all of them are up.
ports_up() {
	wait_for 10 state "$1" ports-up "${@:2}" || {
		hd "$1" show ports || true
		echo "ports are not up: ${*:2}"
		return 1
	}
}

# Every packet is accounted for: the equations of include/heddle/api/stats.h, at a quiet moment.
check_conserved() {
	check "$1: every packet is accounted for" -- state "$1" conserved
}

# heddle_stop NAME: as an operator would; it must end by itself, with status 0, with all its planes.
heddle_stop() {
	local name=$1 pid=${HEDDLE_PID[$1]} planes status=0
	planes=$(state "$name" plane-pids) || planes=
	kill -TERM "$pid"
	wait_for 10 lab_gone "$pid" || {
		fail "$name: heddled did not end within 10 s of SIGTERM"
		kill -KILL "$pid" 2>/dev/null || true
	}
	wait "$pid" || status=$?
	unset "HEDDLE_PID[$name]"
	[ "$status" = 0 ] || fail "$name: heddled ended with status $status"
	for pid in $planes; do
		wait_for 2 lab_gone "$pid" || fail "$name: a plane (pid $pid) outlived heddled"
	done
}

# A process is gone also when it only waits to be reaped.
lab_gone() {
	local stat
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
	[[ ${stat##*) } == Z* ]]
}

# --- the end ----------------------------------------------------------------------------------------

lab_end() {
	local status=$? name pid running
	trap - EXIT
	trap '' PIPE # nobody may be reading any more: clean up all the same
	set +e
	# What ended may have left its number to somebody else's process by now.
	running=" $(jobs -pr | xargs) "
	for pid in "${LAB_PIDS[@]}"; do [[ $running != *" $pid "* ]] || kill -TERM "$pid" 2>/dev/null; done
	for name in "${!HEDDLE_PID[@]}"; do
		pid=${HEDDLE_PID[$name]}
		kill -TERM "$pid" 2>/dev/null
		wait_for 5 lab_gone "$pid" || {
			echo "FAIL $name: heddled had to be killed"
			LAB_FAILED=$((LAB_FAILED + 1))
			kill -KILL "$pid"
		}
	done
	wait 2>/dev/null
	if [ "$status" != 77 ] && { [ "$status" != 0 ] || [ "$LAB_FAILED" != 0 ]; }; then
		for name in "$LAB_DIR"/*.log; do
			[ -f "$name" ] || continue
			echo "--- $(basename "$name")"
			tail -n 80 "$name"
		done
	fi
	if [ "${LAB_KEEP:-}" ]; then echo "kept: $LAB_DIR"; else rm -rf "$LAB_DIR"; fi
	[ "$status" = 77 ] && exit 77
	[ "$status" = 0 ] || echo "FAIL ended early with status $status"
	echo "$LAB_PASSED passed, $LAB_FAILED failed"
	# `exit` alone would end with the status from before this trap, whatever the checks said.
	[ "$status" = 0 ] && [ "$LAB_FAILED" = 0 ] && [ "$LAB_PASSED" -gt 0 ] && exit 0
	exit 1
}
trap lab_end EXIT
trap 'exit 130' INT TERM
