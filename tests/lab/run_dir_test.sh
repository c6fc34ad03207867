#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The run directory is removed under a running switch: all of it comes back, and no packet is lost.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

RUN=$LAB_DIR/sw
GUEST=$HEDDLE_BUILD_DIR/tests/lab/vhost-guest
host_add a b
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged
	tap a namespace=a device=eth0 access=lan
	tap b namespace=b device=eth0 access=lan
	vhost-user v access=lan
	vhost-user w mode=server access=lan
END
)"
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24
ports_up sw a b
planes=$(state sw plane-pids)

asks() { hd sw show version; }
same_planes() { [ "$(state sw plane-pids)" = "$planes" ]; }
is_socket() { [ "$(stat -c '%F %a' "$1")" = "$2" ]; }

wait_for 5 test -S "$RUN/vhost/w/sock"
pinger_start a 10.0.0.2
for what in "$RUN" "$RUN/netconf.sock" "$RUN/heddled.lock" "$RUN/vhost" "$RUN/vhost/w/sock"; do
	rm -rf "$what"
	name=${what#"$LAB_DIR/"}
	check_within 10 "$name is removed: the CLI works again" -- asks
	check_within 10 "... the lock is back" -- test -f "$RUN/heddled.lock"
	check_within 10 "... the directory of a guest is back" -- test -d "$RUN/vhost/v"
	check_within 10 "... and the socket of the other one" -- test -S "$RUN/vhost/w/sock"
done
check "the directory is as it was" -- is_socket "$RUN" "directory 755"
check "the socket is open to all" -- is_socket "$RUN/netconf.sock" "socket 666"
check "it belongs to this heddled alone" -- grep -qx "${HEDDLE_PID[sw]}" "$RUN/heddled.lock"
check_says "another heddled (pid ${HEDDLE_PID[sw]})" "no other can start there" -- \
	"$HEDDLED" -c "$LAB_DIR/sw.json" --run-dir "$RUN"
check "no plane was started again for it" -- same_planes
pinger_more a 50
check_no_loss a "no packet was lost"
if [ -x "$GUEST" ]; then
	"$GUEST" "$RUN/vhost/v/sock" 02:00:00:00:00:0a >"$LAB_DIR/guest" 2>&1 </dev/null &
	LAB_PIDS+=($!)
	check_within 10 "a guest attaches" -- state sw ports-up v
fi
kill -KILL "$(state sw plane-pid management)"
check_within 10 "heddle-mgmt gets the new socket when it is started again" -- asks
check_within 10 "the configuration is in force" -- state sw ports-up a b
heddle_stop sw
check "the directory is gone at the end" -- test ! -e "$RUN/netconf.sock"
