#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Guests without a mac-limit make up addresses until the forwarding database has no room, in the
# smallest table that there is and in a larger one (in the default one: tests/pcap/learning_test.py,
# and here in the long form): others are learned all the same, their unicast is not flooded, and the
# switch says which port it was.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"

sizes="256 4096"
[ "${HEDDLE_TEST_LONG:-}" = 1 ] && sizes="256 4096 65536"
host_add a b c d e f
conf=$(config sw <<-END
	switch sw
	segment lan host-only interface=hd-lan address=10.0.0.1/24
	tap a namespace=a device=eth0 access=lan mac-limit=0
	tap b namespace=b device=eth0 access=lan
	tap c namespace=c device=eth0 access=lan
	tap d namespace=d device=eth0 access=lan mac-limit=0
	tap e namespace=e device=eth0 access=lan mac-limit=0
	tap f namespace=f device=eth0 access=lan
END
)
at="a:eth0 b:eth0 c:eth0 d:eth0 e:eth0 f:eth0 .:hd-lan"
events() { "$LAB_PYTHON" "$LAB_TOOLS/events.py" "$LAB_DIR/$size/netconf.sock" "$@"; }
flood() { wire send "$1:eth0" --count "$2" --flood-sources "$2"; }
learned() { # PORT...: how many addresses are learned there
	hd "$size" show fdb --limit 0 --json | "$LAB_PYTHON" -c '
import json, sys
ports = [e["port"] for e in json.load(sys.stdin)["entries"] if e["kind"] == "learned"]
print(sum(ports.count(name) for name in sys.argv[1:]))' "$@"
}

for size in $sizes; do
	heddle_start "$size" "$conf" --fdb-size "$size"
	ports_up "$size" a b c d e f hd-lan
	hd "$size" clear counters a >/dev/null # its kernel's first frame may come before another port is up
	# A TAP's queue loses some of what is sent faster than the switch reads.
	flood_until_refused() { flood a $((size * 2)) && state "$size" counter-at-least a learn-refused 100; }
	check_within 60 "$size: one port makes up addresses until it has its share" -- flood_until_refused
	greedy=$(learned a)
	check "$size: one port has most of the table, and not all ($greedy)" -- \
		test "$greedy" -gt $((size * 3 / 4)) -a "$greedy" -lt $((size * 15 / 16))
	check "$size: nothing of it was dropped" -- state "$size" port-is a drops.total 0
	check "$size: what was not learned is shown at the port" -- eval "hd $size show ports a | grep 'has its share of the table'"
	check "$size: an event says which port, and why" -- events mac-limit-reached kind=table port=a
	check "$size: so does the log, once" -- \
		test "$(grep -c "port a: .* has its share of the forwarding database" "$LAB_DIR/$size.log")" = 1

	host_if b eth0 10.0.0.2/24
	host_if c eth0 10.0.0.3/24
	check "$size: two others reach each other" -- reaches b 10.0.0.3
	check "$size: what is for one of them is not flooded" -- is_seen "c:eth0" b:eth0 --dst "$(mac_of c eth0)"
	check "$size: nor in the other direction" -- is_seen "b:eth0" c:eth0 --dst "$(mac_of b eth0)"

	for name in d e a; do flood "$name" "$size"; done
	check "$size: the table is not over its size" -- test "$(learned a b c d e f)" -le "$size"
	host_if f eth0 10.0.0.6/24
	check "$size: three without a limit: one that comes late reaches others" -- reaches f 10.0.0.3
	check "$size: ... and what is for it is not flooded" -- is_seen "f:eth0" c:eth0 --dst "$(mac_of f eth0)"
	check "$size: those that were there stay" -- is_seen "c:eth0" b:eth0 --dst "$(mac_of c eth0)"
	check "$size: so does the host's own address" -- state "$size" mac-is "$(mac_of . hd-lan)" hd-lan local
	check "$size: the host answers" -- reaches f 10.0.0.1
	check_conserved "$size"
	heddle_stop "$size"
	for name in b c f; do wait_for 5 eval "! on $name ip link show eth0"; done
done
