#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The whole switch is frozen for longer than heddled waits for a silent plane, as a paused machine or a
# frozen cgroup does it: that is nobody's silence. No plane is killed, and traffic goes on.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

FROZEN=12 # seconds; heddled gives a plane 10

host_add a b
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged
	tap a namespace=a device=eth0 access=lan
	tap b namespace=b device=eth0 access=lan
END
)"
ports_up sw a b
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24
check "before" -- reaches a 10.0.0.2

planes() { hd sw show planes --json | python3 -c '
import json, sys
print(*sorted(str(p["pid"]) for p in json.load(sys.stdin)["planes"]))'; }

before=$(planes)
# shellcheck disable=SC2086 # several pids
kill -STOP $before
# This is the time that passes, not something to wait for.
sleep "$FROZEN"
# shellcheck disable=SC2086
kill -CONT $before
check "afterwards" -- reaches a 10.0.0.2
check_within 5 "the planes answer" -- hd sw show planes
check "they are the same processes" -- [ "$before" = "$(planes)" ]
check_conserved sw
heddle_stop sw
