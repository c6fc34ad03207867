#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A TAP, with the addresses and routes that people put on it, stays whatever need not destroy it; and
# only devices that the switch made are taken or deleted.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

index_of() { on "$1" ip -o link show dev "$2" | cut -d: -f1; }
no_device() { ! on "$1" ip link show dev "$2"; }
config_of() { config "$1" <<<"switch sw
segment lan bridged
$2"; }

# as LINE...: the ports that the switch is to have, besides b.
as() {
	hd sw load replace "$(config_of next "tap b namespace=b device=eth0 access=lan
$(printf '%s\n' "$@")")" >/dev/null
	ports_up sw b
}

# check_kept WORDS...: the device is the one that it was, with all that was on it, and works.
check_kept() {
	wait_for 10 reaches a 10.0.0.2 || true
	check "$*: it is the same device" -- test "$(index_of a eth0)" = "$index"
	check "$*: its addresses are there" -- sh -c "
		nsenter --net=/run/netns/a ip addr show dev eth0 | grep -q 10.0.0.1/24 &&
		nsenter --net=/run/netns/a ip addr show dev eth0 | grep -q fd00::1/64"
	check "$*: its route is there" -- sh -c "nsenter --net=/run/netns/a ip route show dev eth0 | grep -q 10.9.0.0/16"
	check "$*: it works" -- reaches a 10.0.0.2
}

put_addresses() {
	host_if a eth0 10.0.0.1/24 fd00::1/64
	on a ip route replace 10.9.0.0/16 via 10.0.0.2 dev eth0
	index=$(index_of a eth0)
}

host_add a b
# Somebody else's device: of the user, and of another switch.
ip tuntap add mine mode tap
ip tuntap add theirs mode tap
ip link set theirs alias "heddle tap x in /run/another"
mine=$(index_of . mine)
theirs=$(index_of . theirs)

heddle_start sw "$(config_of sw "tap a namespace=a device=eth0 access=lan queues=2
tap b namespace=b device=eth0 access=lan")"
ports_up sw a b
host_if b eth0 10.0.0.2/24 fd00::2/64
put_addresses
check_kept "at first"

as "tap a namespace=a device=eth0 access=lan queues=2 mtu=1400"
check_kept "another MTU"
check "... which it has" -- sh -c "nsenter --net=/run/netns/a ip link show dev eth0 | grep -q 'mtu 1400'"
as "tap a namespace=a device=eth0 access=lan queues=2 mac-address=02:00:00:00:00:aa"
check_kept "another MAC address"
check "... which it has" -- test "$(mac_of a eth0)" = 02:00:00:00:00:aa
as "tap a namespace=a device=eth0 access=lan queues=4"
check_kept "more queues"
as "tap a namespace=a device=eth0 access=lan queues=2"
check_kept "fewer queues"
as "tap renamed namespace=a device=eth0 access=lan queues=2"
check_kept "another name of the port"
check "... which is its mark" -- sh -c "nsenter --net=/run/netns/a ip link show dev eth0 | grep -q 'alias heddle tap renamed in'"
as "tap renamed namespace=a device=eth0 access=lan queues=2 enabled=false"
as "tap renamed namespace=a device=eth0 access=lan queues=2"
check_kept "disabled for a while"

kill -KILL "$(state sw plane-pid data)"
check_kept "heddle-dp killed"
kill -KILL "${HEDDLE_PID[sw]}"
wait "${HEDDLE_PID[sw]}" 2>/dev/null || true
heddle_start sw "$LAB_DIR/next.json"
ports_up sw renamed b
check_kept "heddled killed"

# Two ports change their devices with each other.
as "tap renamed namespace=a device=eth0 access=lan queues=2" "tap other namespace=a device=eth1 access=lan queues=2"
ports_up sw renamed other
as "tap renamed namespace=a device=eth1 access=lan queues=2" "tap other namespace=a device=eth0 access=lan queues=2"
ports_up sw renamed other
check_kept "two ports changed devices"

# --- what must go ---------------------------------------------------------------------------------------
as "tap other namespace=a device=eth0 access=lan queues=2"
check_within 10 "the device goes with the port" -- no_device a eth1
check_kept "another port was removed"
as "tap other namespace=a device=eth0 access=lan"
ports_up sw other
check "from several queues to one, it is another device" -- test "$(index_of a eth0)" != "$index"
as "tap other namespace=a device=eth9 access=lan"
ports_up sw other
check_within 10 "a port that gets another device leaves none behind" -- no_device a eth0
as "tap other namespace=b device=eth9 access=lan"
ports_up sw other
check_within 10 "... nor in the namespace that it was in" -- no_device a eth9
as "vm-tap other device=mine2 access=lan"
check_within 10 "... nor when it becomes another kind" -- no_device b eth9
check_within 10 "the new one is there" -- ip link show dev mine2
as "tap other device=mine2 access=lan"
ports_up sw other
check "of the same name, and of another kind" -- sh -c "ip link show dev mine2 | grep -q 'alias heddle tap other in'"

as "vhost-user other access=lan"
check_within 10 "none is left by a port that becomes one without a device" -- no_device . mine2
check_within 10 "... which has a directory" -- test -d "$LAB_DIR/sw/vhost/other"
as "tap other device=mine2 access=lan"
ports_up sw other
check_within 10 "... that goes when it becomes a TAP again" -- test ! -e "$LAB_DIR/sw/vhost/other"

# --- what is not ours --------------------------------------------------------------------------------
as "tap m device=mine access=lan" "tap t device=theirs access=lan"
check_within 10 "a device of the user is not taken" -- state sw port-is m reason name-taken
check_within 10 "nor one of another switch" -- state sw port-is t reason name-taken
as
check "both are as they were" -- test "$(index_of . mine) $(index_of . theirs)" = "$mine $theirs"

# --- what a switch leaves, and finds -----------------------------------------------------------------
as "tap a namespace=a device=eth0 access=lan" "tap h device=left access=lan" "vm-tap v device=left-v access=lan"
ports_up sw a h
kill -KILL "${HEDDLE_PID[sw]}"
wait "${HEDDLE_PID[sw]}" 2>/dev/null || true
check "a switch that was killed leaves its devices" -- ip link show dev left
heddle_start sw "$(config_of less "tap b namespace=b device=eth0 access=lan")"
check_within 10 "the next one deletes what no port asks for" -- no_device . left
check_within 10 "... of all kinds" -- no_device . left-v
check_within 10 "... in all namespaces" -- no_device a eth0
check_not "... and the rule of the VM's" -- sh -c "$LAB_PYTHON $LAB_TOOLS/nft_tables.py | grep left"
check "devices of others are as they were" -- test "$(index_of . mine) $(index_of . theirs)" = "$mine $theirs"
heddle_stop sw
check "a switch with a file takes its devices with it" -- no_device b eth0

# --- many ------------------------------------------------------------------------------------------------
n=100
[ "${HEDDLE_TEST_LONG:-}" ] && n=750
heddle_start many "$(config_of many "tap b namespace=b device=eth0 access=lan
$(for i in $(seq $n); do echo "tap t$i access=lan"; done)")"
ports_up many b "t$n"
dp=$(state many plane-pid data)
began=$(now_ms)
hd many load replace "$(config_of few "tap b namespace=b device=eth0 access=lan")" >/dev/null
check_within 10 "another port is opened while $n devices go" -- sh -c "
	'$HEDDLE' --run-dir '$LAB_DIR/many' load replace '$(config_of one "tap b namespace=b device=eth0 access=lan
tap new namespace=a device=eth0 access=lan")' >/dev/null"
ports_up many new
note "the new port was up after $(($(now_ms) - began)) ms"
none_left() { ! ip -o link | grep -q ': t[0-9]*:'; }
check_within 60 "$n devices go" -- none_left
note "all were gone after $(($(now_ms) - began)) ms"
check "heddle-dp lives" -- test "$(state many plane-pid data)" = "$dp"
check "heddled has restarted nothing" -- test "$(hd many show planes --json | grep -c '"restarts": 0')" -ge 3
heddle_stop many

# --- a managed switch keeps its devices over a stop --------------------------------------------------
managed() {
	mkdir -p "$LAB_DIR/keeps" "$LAB_DIR/state"
	"$HEDDLED" --run-dir "$LAB_DIR/keeps" --state-dir "$LAB_DIR/state" --initial-config "$LAB_DIR/pair.json" \
		--conf "$LAB_DIR/heddled.conf" --netns-dir /run/netns --hugepages no \
		>>"$LAB_DIR/keeps.log" 2>&1 </dev/null &
	HEDDLE_PID[keeps]=$!
	wait_for 20 heddle_ready keeps
	ports_up keeps a b
}
touch "$LAB_DIR/heddled.conf"
config_of pair "tap a namespace=a device=eth0 access=lan
tap b namespace=b device=eth0 access=lan" >/dev/null
managed
host_if b eth0 10.0.0.2/24 fd00::2/64
put_addresses
heddle_stop keeps
check "a managed switch that ends leaves its devices" -- test "$(index_of a eth0)" = "$index"
managed
check_kept "the next start"
heddle_stop keeps
