#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The guards of guests' ports at work: bridge protocol frames, routers, DHCP servers, a limit on addresses,
# anti-spoofing.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

host_add phys a b c r
ip link add up0 type veth peer name eth0 netns phys
ip link set up0 up
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged=eth1
	af-packet eth1 device=up0
	tap a namespace=a device=eth0 access=lan mac-limit=5
	tap b namespace=b device=eth0 access=lan
	tap r namespace=r device=eth0 access=lan ra-guard=false dhcp-guard=false
	tap c namespace=c device=eth0 access=lan mac-address=02:00:00:00:0c:01 \
		anti-spoof-mac=02:00:00:00:0c:01 anti-spoof-ip=10.0.0.3
END
)"
on phys ip link set eth0 up
ports_up sw eth1 a b c r
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24
host_if c eth0 10.0.0.3/24
host_if r eth0 10.0.0.4/24
check "a reaches b" -- reaches a 10.0.0.2
check "c, with its own addresses, reaches b" -- reaches c 10.0.0.2

at="phys:eth0 b:eth0"
pvst="--dst 01:00:0c:cc:cc:cd --type 0x0032 --payload aaaa0300000c010b"
# shellcheck disable=SC2086
check "Cisco's spanning tree (PVST+) from a guest goes nowhere" -- is_seen "" a:eth0 $pvst
check "spanning tree from a guest goes nowhere" -- \
	is_seen "" a:eth0 --dst 01:80:c2:00:00:00 --type 0x0026 --payload 424203
check "... and is counted" -- state sw drop-at-least a bpdu_guard 1
check "an ordinary group address passes" -- is_seen "phys:eth0 b:eth0" a:eth0 --dst 01:00:5e:01:02:03

# A router's advertisement, and an answer of a DHCP server.
from=fe800000000000000000000000000001 to=ff020000000000000000000000000001
ra="--dst 33:33:00:00:00:01 --type 0x86dd --payload 6000000000103aff${from}${to}86000000400007080000000000000000"
offer="--type 0x0800 --payload 450000240001000040110000c0000201ffffffff00430044001000000201060000000000"
# shellcheck disable=SC2086
check "a router's advertisement from a guest goes nowhere" -- is_seen "" a:eth0 $ra
check "... and is counted" -- state sw drop-at-least a ra_guard 1
# shellcheck disable=SC2086
check "a DHCP server's answer from a guest goes nowhere" -- is_seen "" a:eth0 $offer
check "... and is counted" -- state sw drop-at-least a dhcp_guard 1
# shellcheck disable=SC2086
check "without the guard an advertisement passes" -- is_seen "phys:eth0 b:eth0" r:eth0 $ra
# shellcheck disable=SC2086
check "... and so does a DHCP server's answer" -- is_seen "phys:eth0 b:eth0" r:eth0 $offer

wire send a:eth0 --count 200 --flood-sources 100
check "of 100 further addresses only the limit was learned" -- state sw macs-at-most a 5
check "... and the others were dropped with a reason" -- state sw drop-at-least a mac_limit 150
check "the guest itself still works" -- reaches a 10.0.0.2
check "another guest still works" -- reaches b 10.0.0.1

check "another's MAC from a guarded port: nobody" -- is_seen "" c:eth0 --src 02:00:00:00:0b:0b
check "another's IP address in ARP from a guarded port: nobody" -- is_seen "" c:eth0 --arp 10.0.0.2
check "... both are counted" -- eval "state sw drop-at-least c spoofed_mac 1 && state sw drop-at-least c spoofed_ip 1"
on c ip addr add 10.0.0.33/24 dev eth0
check_not "another IP address as source: no answer" -- answers c 10.0.0.2 -I 10.0.0.33
check "its own still works" -- reaches c 10.0.0.2 -I 10.0.0.3
check_conserved sw
heddle_stop sw
