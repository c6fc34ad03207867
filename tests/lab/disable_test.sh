#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A port that an operator disables, of every kind: its other side has no carrier, no frame passes, and
# none that was sent meanwhile comes later. It stays so whatever is restarted, and is enabled live.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

GUEST=$HEDDLE_BUILD_DIR/tests/lab/vhost-guest
[ -x "$GUEST" ] || lab_skip "no vhost-guest in $HEDDLE_BUILD_DIR (build with -Dtests=true)"
RUN=$LAB_DIR/sw
STATE=$LAB_DIR/state
mkdir -m 700 "$STATE"

# A switch that keeps its own configuration: what is disabled has to outlive it.
managed() {
	mkdir -p "$RUN"
	"$HEDDLED" --run-dir "$RUN" --state-dir "$STATE" --initial-config "$LAB_DIR/first.json" \
		--conf "$LAB_DIR/conf" --netns-dir /run/netns --hugepages no >>"$LAB_DIR/sw.log" 2>&1 </dev/null &
	HEDDLE_PID[sw]=$!
	wait_for 20 heddle_ready sw
}
link_says() { on "$1" ip link show dev "$2" | grep -q "$3"; }
no_device() { ! on "$1" ip link show dev "$2"; }
index_of() { on "$1" ip -o link show dev "$2" | cut -d: -f1; }
is_another() { local pid; pid=$(state sw plane-pid "$1") && [ "$pid" != "$2" ] && state sw planes-ready; }
planes() { state sw plane-pids | xargs; }
counted() { for name in "$@"; do state sw port "$name" rx.packets; state sw port "$name" tx.packets; done | xargs; }

# Each port is called like the namespace that is at its other side, as eth0 there.
cable_is_down() {
	case $1 in
	m) link_says . vt-m "state DOWN" ;; # a TAP does not tell the machine that has it open
	u) state sw port-is u up false ;;   # a network card is the host's: it stays as it is
	*) link_says "$1" eth0 NO-CARRIER ;;
	esac
}

# are_off WHEN PORT...: nothing passes, and nobody takes them for ports that work.
are_off() {
	local when=$1 name before
	shift
	for name in "$@"; do
		check_within 5 "$when: $name is shown as disabled" -- state sw port-is "$name" reason disabled
		check_within 5 "$when: $name has no carrier at its other side" -- cable_is_down "$name"
	done
	before=$(counted "$@")
	at="b:eth0 $(printf '%s:eth0 ' "$@")"
	for name in "$@"; do check "$when: what is sent to $name goes nowhere" -- is_seen "" "$name:eth0"; done
	check "$when: what others send reaches none of $*" -- is_seen "" b:eth0
	check "$when: none of $* counted a frame" -- test "$(counted "$@")" = "$before"
}

# are_on WHEN PORT...: when they were enabled.
are_on() {
	local when=$1 name
	shift
	for name in "$@"; do
		check_says "port $name enabled" "$when: $name is enabled" -- hd sw port enable "$name"
	done
	ports_up sw "$@"
	for name in "$@"; do
		check_within 10 "$when: $name is reached again" -- reaches b "${ADDRESS[$name]}"
	done
}
# Of the frames of wire's --flood-sources: has one come in by the port?
learned() { hd sw show fdb --port "$1" | grep -q 02:fd; }

declare -A ADDRESS=([a]=10.0.0.1 [m]=10.0.0.3 [v]=10.0.0.4 [u]=10.0.0.5)
host_add a b m v u
ip link add up0 type veth peer name eth0 netns u
ip link set up0 up
echo "allow-users = 65534" >"$LAB_DIR/conf"
config first >/dev/null <<-END
	switch sw
	segment lan bridged=u
	tap a device=eth0 namespace=a access=lan
	tap b device=eth0 namespace=b access=lan
	vm-tap m device=vt-m access=lan owner=65534
	vhost-user v access=lan
	af-packet u device=up0
END
managed
"$LAB_PYTHON" "$LAB_TOOLS/tap_vm.py" vt-m m --user 65534:65534 >"$LAB_DIR/vm.out" 2>&1 &
LAB_PIDS+=($!)
spawn v "$GUEST" --tap eth0 "$RUN/vhost/v/sock" 02:00:00:00:00:07 >"$LAB_DIR/guest.out" 2>&1 </dev/null
host_if u eth0 10.0.0.5/24
ports_up sw a b m v u
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24
host_if m eth0 10.0.0.3/24
host_if v eth0 10.0.0.4/24
on a ip route replace 10.9.0.0/16 via 10.0.0.2 dev eth0
index=$(index_of a eth0) vm_index=$(index_of . vt-m)
for name in a m v u; do check "at first $name is reached" -- reaches b "${ADDRESS[$name]}"; done

pids=$(planes)
for name in a m v u; do
	check_says "port $name disabled" "live: $name is disabled" -- hd sw port disable "$name"
	are_off live "$name"
	wire send "$name:eth0" --count 100 --flood-sources 100
	are_on live "$name"
	check_not "live: nothing that was sent to $name meanwhile came" -- learned "$name"
done
check "no plane was started again for that" -- test "$(planes)" = "$pids"

for name in a m v u; do hd sw port disable "$name" >/dev/null; done
pid=$(state sw plane-pid data)
kill -KILL "$pid"
check_within 10 "heddle-dp was killed, and is back" -- is_another data "$pid"
ports_up sw b
are_off "after the death of heddle-dp" a m v u

# The devices of disabled ports are not asked for: all the same they are not what is to be swept away.
heddle_stop sw
managed
ports_up sw b
are_off "after a restart of heddled" a m v u
kill -KILL "${HEDDLE_PID[sw]}"
wait "${HEDDLE_PID[sw]}" 2>/dev/null || true
managed
ports_up sw b
are_off "after the death of heddled" a m v u
check "the device of a disabled port is the one that it was" -- test "$(index_of a eth0)" = "$index"
check "... with its address" -- test -n "$(on a ip -o addr show dev eth0 to 10.0.0.1)"
check "a VM's device is the one that it was" -- test "$(index_of . vt-m)" = "$vm_index"
check_not "no device is said to be of no port" -- grep -q "is of no port" "$LAB_DIR/sw.log"
are_on "in the end" a m v u
check "the device is still the same" -- test "$(index_of a eth0)" = "$index"
check "a route by it is there" -- test -n "$(on a ip route show 10.9.0.0/16)"
check_conserved sw

# One that is removed takes its device along, also when this heddled never opened it.
hd sw port disable a >/dev/null
heddle_stop sw
managed
check_within 10 "after a restart a disabled port's device waits for it" -- link_says a eth0 NO-CARRIER
hd sw port remove a >/dev/null
check_within 10 "... and goes with the port" -- no_device a eth0
heddle_stop sw
