#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Loading another configuration is a difference: what did not change loses no packet. A bad one is
# refused as a whole with the place, the reason and what would be right; the running one stays.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

host_add a b c d
base="switch sw
segment lan bridged
segment lab vlan=20 host-only
tap a namespace=a device=eth0 access=lan
tap b namespace=b device=eth0 access=lan"
one=$(config one <<<"$base
tap c namespace=c device=eth0 access=lab")
two=$(config two <<<"$base
segment dmz vlan=30 bridged
static-mac lan 02:00:00:00:00:77 b
tap c namespace=c device=eth0 access=lan
tap d namespace=d device=eth0 access=lan mtu=2000")

heddle_start sw "$one"
ports_up sw a b c
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24
host_if c eth0 10.0.0.3/24

check_not "c is in another segment" -- answers a 10.0.0.3
pinger_start a 10.0.0.2
check "another configuration loads" -- hd sw load replace "$two"
ports_up sw a b c d
host_if d eth0 10.0.0.4/24
check "a port that was added works" -- reaches d 10.0.0.2
check "a port that moved to the segment works" -- reaches c 10.0.0.2
check "back to the first one" -- hd sw load replace "$one"
check_not "the port that was removed is gone" -- on d ip link show dev eth0
check_not "the port that moved back is apart again" -- answers c 10.0.0.2
for _ in 1 2 3 4 5; do
	hd sw load replace "$two" >/dev/null
	hd sw load replace "$one" >/dev/null
done
check "the same again changes nothing" -- hd sw load replace "$one"
pinger_more a 200
check_no_loss a "two ports that no load touched lost nothing"

# refused WORDS TEXT: the configuration on stdin must be refused by load and by load --check, with TEXT.
refused() {
	local file
	file=$(config bad)
	check_not "$1: refused" -- hd sw load replace "$file"
	check_says "$2" "$1: says so" -- hd sw load replace "$file"
	check_not "$1: refused by --check" -- hd sw load replace --check "$file"
}
refused "a VLAN out of range" "4094" <<<"${base/vlan=20/vlan=4095}"
refused "a segment that is not defined" "dmzz" <<<"$base
tap c namespace=c device=eth0 access=dmzz"
refused "a socket that is a path" "without a slash" <<<"$base
vhost-user v1 socket=v2/vm.sock access=lan"
refused "two ports on one device" "eth0" <<<"$base
tap c namespace=a device=eth0 access=lan"
refused "an uplink on a port that does not exist" "eth7" <<<"switch sw
segment lan bridged=eth7
tap a namespace=a device=eth0 access=lan"
refused "a switch that is not defined" "nosuch" <<<"$base
tap c namespace=c device=eth0 switch=nosuch access=lan"
sed 's/"host-only": {}/"host-only": { "uplink": ["a"] }/' "$one" >"$LAB_DIR/uplink.json"
check_says uplink "an uplink on a host-only segment: refused" -- hd sw load replace "$LAB_DIR/uplink.json"
sed 's/"access"/"acess"/' "$one" >"$LAB_DIR/unknown.json"
check_says acess "an unknown name: refused" -- hd sw load replace "$LAB_DIR/unknown.json"
head -c 100 "$one" >"$LAB_DIR/half.json"
check_not "half a file: refused" -- hd sw load replace "$LAB_DIR/half.json"
check_not "no file: refused" -- hd sw load replace "$LAB_DIR/nowhere.json"
check "--check of a good one" -- hd sw load replace --check "$two"
check_not "... and it did not load" -- state sw has-port d
check "the running configuration stays" -- reaches a 10.0.0.2
check_conserved sw
heddle_stop sw
