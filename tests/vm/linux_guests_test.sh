#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Two real Linux guests on vhost-user ports: they ping and transfer with each other and with a host
# on a TAP; one is killed and comes back; heddle-dp is killed, and both are attached again.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"
# shellcheck source=tests/vm/guest.sh
. "$(dirname "$0")/guest.sh"

vm_needs
vm_initramfs
host_add lan
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged
	vhost-user vm1 socket=vm1.sock access=lan
	vhost-user vm2 socket=vm2.sock access=lan
	vhost-user own socket=own.sock access=lan
	vhost-user copy socket=copy.sock access=lan
	tap host namespace=lan device=eth0 access=lan
END
)" --vhost-dir "$LAB_DIR/sw/vhost"
host_if lan eth0 10.0.0.9/24 fd00::9/64
ports_up sw host

guest_start vm1 02:00:00:00:01:01
guest_start vm2 02:00:00:00:01:02
guest_start own 02:00:00:00:01:03 -m 192
guest_start copy 02:00:00:00:01:04 -object memory-backend-memfd,id=mem,size=192M,share=off -numa node,memdev=mem
guest_ready vm1 10.0.0.1/24 fd00::1/64
guest_ready vm2 10.0.0.2/24 fd00::2/64
ports_up sw vm1 vm2

# Guests whose memory is not shared: ordinary memory, and a file of which QEMU has private copies.
guest_ready own 10.0.0.3/24
guest_ready copy 10.0.0.4/24
check_within 10 "a guest with ordinary memory: the port says why" -- state sw port-is own reason not-shared
check_says "memory is not shared" "... in words, with what would mend it" -- hd sw show ports own
guest_talks() { guest copy "ping -c 1 -W 1 10.0.0.1"; hd sw show ports copy | grep "memory is not shared"; }
check_within 20 "a guest with private copies of a file: the port says why" -- guest_talks
check_says "port own: the guest's memory is not shared" "so does the log" -- cat "$LAB_DIR/sw.log"
check_says "port copy: the guest's memory is not shared" "... of both" -- cat "$LAB_DIR/sw.log"
check_not "a guest that is well is not told so" -- grep "port vm[12]: the guest's memory" "$LAB_DIR/sw.log"
guest_kill own
guest_kill copy

# web_pages: something to fetch on each, and the sums to compare with.
guest vm1 "dd if=/dev/urandom of=/srv/blob bs=64k count=96 2>/dev/null; httpd -h /srv"
sum1=$(guest vm1 "sha256sum </srv/blob" | cut -c 1-64)
mkdir "$LAB_DIR/srv"
head -c 8M /dev/urandom >"$LAB_DIR/srv/blob"
sum_host=$(sha256sum <"$LAB_DIR/srv/blob" | cut -c 1-64)
spawn lan busybox httpd -f -p 10.0.0.9:80 -h "$LAB_DIR/srv"

same_at_guest() { # NAME URL SUM
	[ "$(guest "$1" "wget -q -O - $2 | sha256sum" | cut -c 1-64)" = "$3" ]
}
same_at_host() { # URL SUM
	[ "$(on lan busybox wget -q -O - "$1" | sha256sum | cut -c 1-64)" = "$2" ]
}

check "guest to guest: ping" -- guest vm1 "ping -c 3 -W 2 10.0.0.2"
check "guest to guest: ping, IPv6" -- guest vm2 "ping -c 3 -W 2 fd00::1"
check "guest to TAP host: ping" -- guest vm1 "ping -c 3 -W 2 10.0.0.9"
check "guest to guest: 6 MB of TCP, checksum" -- same_at_guest vm2 http://10.0.0.1/blob "$sum1"
check "guest to TAP host: 6 MB of TCP, checksum" -- same_at_host http://10.0.0.1/blob "$sum1"
check "TAP host to guest: 8 MB of TCP, checksum" -- same_at_guest vm1 http://10.0.0.9/blob "$sum_host"

# A guest that dies takes nobody with it, and is back when it boots again.
pinger_start lan 10.0.0.2
guest_kill vm1
check_within 5 "the port of a killed guest is down" -- state sw port-is vm1 reason no-peer
pinger_more lan 300
check_no_loss lan "the other guest does not notice"
guest_start vm1 02:00:00:00:01:01
guest_ready vm1 10.0.0.1/24
ports_up sw vm1
check "the guest that came back is reached" -- guest vm2 "ping -c 3 -W 2 10.0.0.1"

# A data plane that dies is started again and takes up the guests where they are.
kill -KILL "$(state sw plane-pid data)"
check_within 10 "both guests are attached again after heddle-dp was killed" -- state sw ports-up vm1 vm2 host
check "guest to guest after that: ping" -- guest vm1 "ping -c 3 -W 2 10.0.0.2"
check "guest to TAP host after that: ping" -- guest vm2 "ping -c 3 -W 2 10.0.0.9"

check_conserved sw
heddle_stop sw
