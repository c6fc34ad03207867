#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# TCP between TAP ports, with a checksum over all bytes: super-frames cross whole where both sides
# take them, and are cut correctly for one that does not.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

host_add a b plain
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged
	tap a namespace=a device=eth0 access=lan
	tap b namespace=b device=eth0 access=lan
	tap plain namespace=plain device=eth0 access=lan offloads=none
END
)"
ports_up sw a b plain
host_if a eth0 10.0.0.1/24 fd00::1/64
host_if b eth0 10.0.0.2/24 fd00::2/64
host_if plain eth0 10.0.0.3/24 fd00::3/64

check "a to b" -- transfer a b 10.0.0.2 64M
check "b to a" -- transfer b a 10.0.0.1 64M
check "a to b, IPv6" -- transfer a b fd00::2 64M
check "the frames were super-frames (more than 4000 bytes in the mean)" -- state sw mean-frame a rx 4000
check "... also when they left" -- state sw mean-frame b tx 4000
check "a to a host without offloads" -- transfer a plain 10.0.0.3 32M
check "a to a host without offloads, IPv6" -- transfer a plain fd00::3 32M
check "a host without offloads to a" -- transfer plain a 10.0.0.1 32M
check "the switch cut super-frames for it" -- state sw counter-at-least plain segmented 100
check_not "no frame to it was longer than its MTU" -- state sw mean-frame plain tx 1515
check_conserved sw

# Both directions at once, so that queues fill.
transfer a b 10.0.0.2 64M >"$LAB_DIR/one" 2>&1 &
one=$!
check "b to a, while a sends to b" -- transfer b a 10.0.0.1 64M
status=0
wait "$one" || status=$?
check "a to b, while b sends to a" -- eval "cat $LAB_DIR/one; [ $status = 0 ]"
check_conserved sw
heddle_stop sw
