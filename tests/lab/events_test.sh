#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What a switch tells of by itself: ports, addresses that move, limits, processes that die.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

host_add a b
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan host-only
	tap a namespace=a device=eth0 access=lan mac-limit=5
	tap b namespace=b device=eth0 access=lan
END
)"
socket=$LAB_DIR/sw/netconf.sock
event() { "$LAB_PYTHON" "$LAB_TOOLS/events.py" "$socket" "$@"; }

check "a port that comes up" -- event port-up name=a kind=tap
check "the other one" -- event port-up name=b kind=tap
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24
check "a reaches b" -- reaches a 10.0.0.2

wire send a:eth0 --src 02:00:00:00:00:77
wire send b:eth0 --src 02:00:00:00:00:77
check "an address that moves" -- event mac-moved mac=02:00:00:00:00:77 from=a to=b switch=sw segment=lan
wire send a:eth0 --src 02:00:00:00:00:77
check "... and moves back" -- event mac-moved mac=02:00:00:00:00:77 from=b to=a

wire send a:eth0 --count 200 --flood-sources 100
check "a limit that is reached" -- event mac-limit-reached kind=port port=a switch=sw segment=lan
told=$(event --count mac-limit-reached)
check "... is told of once, not for each frame" -- test "$told" -le 3

on a ip link set eth0 down
check "a port that goes down" -- event port-down name=a
on a ip link set eth0 up

kill -KILL "$(state sw plane-pid data)"
check "heddle-dp that dies" -- event plane-lost plane=data
check "... and is back" -- event plane-restarted plane=data
heddle_stop sw
