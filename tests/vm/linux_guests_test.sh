#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Real Linux guests, started with the lines of docs/guests.md: on vhost-user ports of both modes, and on
# a TAP that QEMU opens by name. They ping and transfer with each other and with a host on a TAP;
# one is killed and comes back; heddle-dp is killed, and heddled is restarted, and they go on; one is
# migrated. Guests whose memory is not shared are named.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"
# shellcheck source=tests/vm/guest.sh
. "$(dirname "$0")/guest.sh"

vm_needs
vm_initramfs
host_add lan
mkdir /run/heddle # the page has the paths of an installed switch
switch_start() {
	heddle_start sw "$LAB_DIR/sw.json" --vhost-dir /run/heddle/vhost
	host_if lan eth0 10.0.0.9/24 fd00::9/64
}
config sw <<-END >/dev/null
	switch sw
	segment lan bridged
	vhost-user web1 access=lan
	vhost-user moved access=lan
	vhost-user web2 mode=server queues=2 access=lan
	vm-tap web3 access=lan
	vhost-user own access=lan
	vhost-user copy access=lan
	tap host namespace=lan device=eth0 mac-address=02:00:00:00:00:09 access=lan
END
switch_start
ports_up sw host
wait_for 10 state sw port-is web3 reason no-peer # QEMU would make a device that is not there

guest_page web1
guest_page web2
guest_page web3
guest_attach own memory-backend-memfd,id=mem,size=192M,share=on memory-backend-ram,id=mem,size=192M
guest_attach copy share=on share=off
guest_ready web1 10.0.0.1/24 fd00::1/64
guest_ready web2 10.0.0.2/24 fd00::2/64
guest_ready web3 10.0.0.3/24 fd00::3/64
ports_up sw web1 web2 web3

# Guests whose memory is not shared: ordinary memory, and a file of which QEMU has private copies.
guest_ready own 10.0.0.4/24
guest_ready copy 10.0.0.5/24
check_within 10 "a guest with ordinary memory: the port says why" -- state sw port-is own reason not-shared
check_says "memory is not shared" "... in words, with what would mend it" -- hd sw show ports own
guest_talks() { guest copy "ping -c 1 -W 1 10.0.0.1"; hd sw show ports copy | grep "memory is not shared"; }
check_within 20 "a guest with private copies of a file: the port says why" -- guest_talks
check_says "port own: the guest's memory is not shared" "so does the log" -- cat "$LAB_DIR/sw.log"
check_says "port copy: the guest's memory is not shared" "... of both" -- cat "$LAB_DIR/sw.log"
check_not "a guest that is well is not told so" -- grep "port web[0-9]: the guest's memory" "$LAB_DIR/sw.log"
guest_kill own
guest_kill copy

# Something to fetch on each, and the sums to compare with.
guest web1 "dd if=/dev/urandom of=/srv/blob bs=64k count=96 2>/dev/null; httpd -h /srv"
sum1=$(guest web1 "sha256sum </srv/blob" | cut -c 1-64)
mkdir "$LAB_DIR/srv"
head -c 8M /dev/urandom >"$LAB_DIR/srv/blob"
sum_host=$(sha256sum <"$LAB_DIR/srv/blob" | cut -c 1-64)
spawn lan busybox httpd -f -p 10.0.0.9:80 -h "$LAB_DIR/srv"

same_at_guest() { # NAME URL SUM [OUTPUT]
	[ "$(guest "$1" "wget -q -O - $2 | tee ${4:-/dev/null} | sha256sum" | cut -c 1-64)" = "$3" ]
}
same_at_host() { # URL SUM
	[ "$(on lan busybox wget -q -O - "$1" | sha256sum | cut -c 1-64)" = "$2" ]
}

check "guest to guest: ping" -- guest web1 "ping -c 3 -W 2 10.0.0.2"
check "guest to guest: ping, IPv6" -- guest web2 "ping -c 3 -W 2 fd00::1"
check "guest on vhost-user to guest on a TAP: ping" -- guest web1 "ping -c 3 -W 2 10.0.0.3"
check "guest on a TAP to guest on vhost-user: ping, IPv6" -- guest web3 "ping -c 3 -W 2 fd00::2"
check "guest to TAP host: ping" -- guest web1 "ping -c 3 -W 2 10.0.0.9"
check "guest on a TAP to TAP host: ping" -- guest web3 "ping -c 3 -W 2 10.0.0.9"
check_says "2 queues" "a guest with two processors has two queues" -- hd sw show ports web2
check "guest to guest: 6 MB of TCP, checksum" -- same_at_guest web2 http://10.0.0.1/blob "$sum1"
hd sw clear counters web3 >/dev/null
check "guest on vhost-user to guest on a TAP: 6 MB of TCP, checksum" -- \
	same_at_guest web3 http://10.0.0.1/blob "$sum1" /srv/blob
check "... with frames of many segments" -- state sw mean-frame web3 tx 1600
guest web3 "httpd -h /srv"
hd sw clear counters web3 >/dev/null
check "guest on a TAP to guest on vhost-user: 6 MB of TCP, checksum" -- \
	same_at_guest web1 http://10.0.0.3/blob "$sum1"
check "... with frames of many segments" -- state sw mean-frame web3 rx 1600
check "guest to TAP host: 6 MB of TCP, checksum" -- same_at_host http://10.0.0.1/blob "$sum1"
check "TAP host to guest: 8 MB of TCP, checksum" -- same_at_guest web1 http://10.0.0.9/blob "$sum_host"

# A guest that dies takes nobody with it, and is back when it boots again.
pinger_start lan 10.0.0.2
guest_kill web1
check_within 5 "the port of a killed guest is down" -- state sw port-is web1 reason no-peer
pinger_more lan 300
check_no_loss lan "the other guest does not notice"
guest_page web1
guest_ready web1 10.0.0.1/24
ports_up sw web1
check "the guest that came back is reached" -- guest web2 "ping -c 3 -W 2 10.0.0.1"

# A data plane that dies is started again and takes up the guests where they are.
kill -KILL "$(state sw plane-pid data)"
check_within 10 "all guests are attached again after heddle-dp was killed" -- \
	state sw ports-up web1 web2 web3 host
check "guest to guest after that: ping" -- guest web1 "ping -c 3 -W 2 10.0.0.2"
check "guest to guest on a TAP after that: ping" -- guest web2 "ping -c 3 -W 2 10.0.0.3"
check "guest to TAP host after that: ping" -- guest web2 "ping -c 3 -W 2 10.0.0.9"
check_conserved sw

# The whole switch ends and comes back: the same machines go on.
heddle_stop sw
check_not "without a switch nobody is reached" -- guest web1 "ping -c 1 -W 1 10.0.0.2"
switch_start
check_within 10 "all guests are attached again after heddled was restarted" -- \
	state sw ports-up web1 web2 web3 host
check "guest to guest after that: ping" -- guest web1 "ping -c 3 -W 2 10.0.0.2"
check "guest to guest on a TAP after that: ping" -- guest web2 "ping -c 3 -W 2 10.0.0.3"
check "guest on a TAP to TAP host after that: ping" -- guest web3 "ping -c 3 -W 2 10.0.0.9"

# A machine moves to another QEMU, on another port, while it is pinged.
guest_args page web1
guest_start moved "${ARGS[@]/"vhost/web1/"/"vhost/moved/"}" -incoming "unix:$LAB_DIR/moved.incoming"
wait_for 10 test -S "$LAB_DIR/moved.incoming"
# QEMU forgets to tell what the guest's card has taken when the switch comes to it during the migration.
waits_for_guest() { hd sw show ports moved | grep -q "has not started its driver"; }
check_within 10 "the port that it moves to is connected" -- waits_for_guest
# QEMU's emulated processor loses writes of a guest that does not switch between processes: what it has
# cached of a page goes on saying "written already" after QEMU copied it. So the guest switches.
guest web1 "{ (while true; do usleep 1000; done) >/dev/null 2>&1 & }"
pinger_start lan 10.0.0.1
check "a guest is migrated" -- guest_migrate web1 moved
pinger_more lan 100
note "migrated: $(pinger_stop lan) (lost, of); the longest gap $(pinger_gap lan) ms"
ports_up sw moved
check "the port that it left is down" -- state sw port-is web1 reason no-peer
check "its address is behind its new port" -- state sw mac-is 52:54:00:00:00:01 moved learned
check "it reaches a guest on a TAP" -- guest moved "ping -c 3 -W 2 10.0.0.3"
check_conserved sw
heddle_stop sw
