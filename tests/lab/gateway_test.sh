#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Gateways, with the kernel's stacks as hosts: they answer ARP, neighbour discovery and echo, route between
# the segments of one VRF and not between two, and say so where they cannot: TTL, MTU, no such host.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

host_add a b c blue
switch() { # WORKERS OPTIONS of the gateway of lab
	config "$1" <<-END
		switch sw
		segment lab vlan=10 host-only
		segment dmz vlan=20 bridged
		segment far vlan=30 bridged
		tap a namespace=a device=eth0 access=lab
		tap b namespace=b device=eth0 access=dmz
		tap c namespace=c device=eth0 access=far mtu=1400
		tap d namespace=blue device=eth0 access=far
		gateway lab-gw segment=lab address=10.1.0.254/24,fd00:1::fe/64 $2
		gateway dmz-gw segment=dmz address=10.2.0.254/24,fd00:2::fe/64
		gateway far-gw segment=far address=10.3.0.254/24,fd00:3::fe/64 mtu=1400
		gateway blue-gw segment=far address=10.9.0.254/24 vrf=blue
	END
}
routes() { # HOST NUMBER
	on "$1" ip route replace default via "10.$2.0.254"
	on "$1" ip -6 route replace default via "fd00:$2::fe"
}
gateways_up() { state sw ports-up lab-gw dmz-gw far-gw blue-gw; }
mac_of() { on a ip neigh show "$1" dev eth0 | sed -n 's/.* lladdr \([^ ]*\).*/\1/p'; }
knows() { [ "$(mac_of "$1")" = "$2" ]; } # ADDRESS MAC
neighbour() { hd sw show neighbours --json | grep -q "\"address\": *\"$1\""; }

for workers in 1 3; do
	echo "== $workers workers"
	heddle_start sw "$(switch "w$workers" "")" --workers "$workers"
	ports_up sw a b c d
	check_within 10 "the gateways are up" -- gateways_up
	host_if a eth0 10.1.0.1/24 fd00:1::1/64
	host_if b eth0 10.2.0.1/24 fd00:2::1/64
	host_if c eth0 10.3.0.1/24 fd00:3::1/64
	host_if blue eth0 10.9.0.1/24
	routes a 1
	routes b 2
	routes c 3
	on blue ip route replace default via 10.9.0.254

	check "a gateway answers (IPv4)" -- reaches a 10.1.0.254
	check "a gateway answers (IPv6)" -- reaches a fd00:1::fe
	check "... also by an address of another segment's" -- reaches a 10.2.0.254
	check "a host of another segment is reached (IPv4)" -- reaches a 10.2.0.1
	check "a host of another segment is reached (IPv6)" -- reaches a fd00:2::1
	check "a third one" -- reaches b 10.3.0.1
	check "the hosts are known" -- neighbour 10.2.0.1
	check_says "No feature of the control plane asks for frames" "nothing is punted" -- hd sw show punt
	check_says "ttl=63" "a packet that is routed loses one of its TTL" -- on a ping -c 1 -W 2 10.2.0.1
	check_says "Time to live exceeded" "one that has no more is told of" -- on a ping -c 1 -t 1 -W 2 10.2.0.1
	check_says "Hop limit" "... IPv6 as well" -- on a ping -c 1 -t 1 -W 2 fd00:2::1
	check_says "From 10.1.0.254" "... by the gateway that it came to" -- on a ping -c 1 -t 1 -W 2 10.2.0.1
	check_says "Host Unreachable" "a host that does not answer is told of" -- on a ping -c 1 -W 9 10.2.0.77
	check_says "nreachable" "... IPv6 as well" -- on a ping -c 1 -W 9 fd00:2::77
	check_says "Net Unreachable" "a network without a route is told of" -- on a ping -c 1 -W 2 192.0.2.1
	check_says "nreachable" "... IPv6 as well" -- on a ping -c 1 -W 2 2001:db8::1
	check_not "another VRF is not reached" -- answers blue 10.1.0.1
	check "its own gateway is" -- reaches blue 10.9.0.254

	check "TCP across two segments" -- transfer a b 10.2.0.1 32M
	check "TCP across two segments, IPv6" -- transfer b a fd00:1::1 32M
	check_says "mtu = 1400" "a packet that is too large is told of" -- on a ping -c 1 -W 2 -M "do" -s 1450 10.3.0.1
	check "TCP finds out how much fits (IPv4)" -- transfer b c 10.3.0.1 8M
	check "TCP finds out how much fits (IPv6)" -- transfer b c fd00:3::1 8M
	check_conserved sw
	heddle_stop sw
done

echo "== changes"
heddle_start sw "$(switch first "")"
ports_up sw a b c d
check_within 10 "the gateways are up" -- gateways_up
host_if a eth0 10.1.0.1/24 10.5.0.1/24 fd00:1::1/64
host_if b eth0 10.2.0.1/24 fd00:2::1/64
routes a 1
routes b 2
check "before" -- reaches a 10.2.0.1
flaps=$(state sw port lab-gw flaps)
pinger_start a 10.2.0.1
sed 's|"10.1.0.254/24"|"10.1.0.254/24", "10.5.0.254/24"|' "$(switch second "")" >"$LAB_DIR/more.json"
check "an address is added" -- hd sw load replace "$LAB_DIR/more.json"
check "it answers" -- reaches a 10.5.0.254
pinger_more a 20
check "the gateway did not go down for it" -- [ "$(state sw port lab-gw flaps)" = "$flaps" ]
check_no_loss a "what it routes meanwhile is not lost"
for addr in 10.1.0.254 fd00:1::fe; do # an entry that the kernel uses, and does not ask about by itself
	reaches a "$addr" >/dev/null
	on a ip neigh replace "$addr" lladdr "$(mac_of "$addr")" nud stale dev eth0
done
check "the gateway gets another MAC" -- hd sw load replace "$(switch moved mac=02:00:00:00:77:01)"
check_within 5 "a host that sends nothing knows it (IPv4)" -- knows 10.1.0.254 02:00:00:00:77:01
check_within 5 "... IPv6 as well" -- knows fd00:1::fe 02:00:00:00:77:01
check "another VRF" -- hd sw load replace "$(switch third vrf=blue)"
check_not "a route that is gone is not used" -- answers a 10.2.0.1
check "back" -- hd sw load replace "$(switch fourth "")"
check_within 10 "it routes again" -- reaches a 10.2.0.1
check "disabled" -- hd sw load replace "$(switch fifth enabled=false)"
check_not "a gateway that is disabled does not answer" -- answers a 10.1.0.254
check_conserved sw
heddle_stop sw
