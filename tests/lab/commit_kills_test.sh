#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# heddle-mgmt is killed at random instants of commits while hosts talk: no packet is lost, and what
# runs is what it was before or what was committed, on all planes.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

kills=8
[ -z "${HEDDLE_TEST_LONG:-}" ] || kills=60
host_add a b
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged
	segment other vlan=20 host-only
	tap a namespace=a device=eth0 access=lan
	tap b namespace=b device=eth0 access=lan
END
)"
ports_up sw a b
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24
data=$(state sw plane-pid data) control=$(state sw plane-pid control)

pinger_start a 10.0.0.2
check "$kills kills in the middle of commits" -- \
	"$LAB_PYTHON" "$LAB_TOOLS/commits.py" "$HEDDLE" "$LAB_DIR/sw" "$kills" sw other
pinger_more a 50
check_no_loss a "no packet lost meanwhile"
check "heddle-dp and heddle-cp are the same as before" -- \
	[ "$(state sw plane-pid data) $(state sw plane-pid control)" = "$data $control" ]
check_conserved sw
heddle_stop sw
