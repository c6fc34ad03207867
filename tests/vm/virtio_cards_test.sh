#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A Linux guest with a card for each way in which a guest may use its rings: event index and flags, split
# and packed, mergeable buffers and not, indirect tables and not, with offloads and without, and a card
# of old (virtio 0.9). Each card's port is in a segment with one host; both fetch a file from each other.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"
# shellcheck source=tests/vm/guest.sh
. "$(dirname "$0")/guest.sh"

vm_needs
vm_initramfs
cards=(
	"event_idx=on"
	"event_idx=off"
	"packed=on"
	"packed=on,event_idx=off"
	"packed=on,mrg_rxbuf=off,indirect_desc=off"
	"mrg_rxbuf=off"
	"mrg_rxbuf=off,guest_tso4=off,guest_tso6=off,guest_csum=off,csum=off"
	"indirect_desc=off,event_idx=off"
	"disable-modern=on,disable-legacy=off"
	"disable-modern=on,disable-legacy=off,mrg_rxbuf=off,event_idx=off"
)
host_add lan
config sw <<-END >/dev/null
	switch sw
	segment lan bridged
	tap host namespace=lan device=eth0 access=lan
	$(for i in "${!cards[@]}"; do echo "vhost-user c$i access=lan"; done)
END
heddle_start sw "$LAB_DIR/sw.json"

ARGS=(-m 192M -object "memory-backend-memfd,id=mem,size=192M,share=on" -numa "node,memdev=mem")
for i in "${!cards[@]}"; do
	ARGS+=(-chardev "socket,id=chr$i,path=$LAB_DIR/sw/vhost/c$i/sock,server=on,wait=off"
		-netdev "vhost-user,id=net$i,chardev=chr$i"
		-device "virtio-net-pci,netdev=net$i,mac=52:54:00:00:01:0$i,vectors=0,romfile=,${cards[i]}")
done
guest_start cards "${ARGS[@]}"
host_if lan eth0
guest_ready cards
guest cards "echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore"
guest cards "dd if=/dev/urandom of=/srv/blob bs=64k count=16 2>/dev/null; httpd -h /srv"
sum=$(guest cards "sha256sum </srv/blob" | cut -c 1-64)
mkdir "$LAB_DIR/srv"
head -c 1M /dev/urandom >"$LAB_DIR/srv/blob"
sum_host=$(sha256sum <"$LAB_DIR/srv/blob" | cut -c 1-64)
spawn lan busybox httpd -f -p 80 -h "$LAB_DIR/srv"

at_host() { # URL
	[ "$(on lan busybox wget -q -O - "$1" | sha256sum | cut -c 1-64)" = "$sum" ]
}
at_guest() { # URL
	[ "$(guest cards "wget -q -O - $1 | sha256sum" | cut -c 1-64)" = "$sum_host" ]
}
feature() { # CARD BIT: 1 when the guest's driver has it
	guest cards "cut -c $(($2 + 1)) /sys/class/net/eth$1/device/features"
}
# has CARD WORD BIT: the driver has the feature exactly when the card's words do not take it away.
has() {
	local want=1 card=",${cards[$1]},"
	case $2 in
	modern) [[ $card != *,disable-modern=on,* ]] || want=0 ;;
	packed) [[ $card == *,packed=on,* ]] || want=0 ;;
	*) [[ $card != *,$2=off,* ]] || want=0 ;;
	esac
	[ "$(feature "$1" "$3")" = "$want" ]
}
for i in "${!cards[@]}"; do
	guest cards "ip link set eth$i up; ip addr add 10.0.$i.1/24 dev eth$i"
	on lan ip addr add "10.0.$i.9/24" dev eth0
	ports_up sw "c$i"
	for found in mrg_rxbuf:15 indirect_desc:28 event_idx:29 modern:32 packed:34; do
		check "${cards[i]}: ${found%:*} as it says" -- has "$i" "${found%:*}" "${found#*:}"
	done
	check "${cards[i]}: ping" -- reaches lan "10.0.$i.1"
	check "${cards[i]}: 1 MB of TCP from the guest" -- at_host "http://10.0.$i.1/blob"
	check "${cards[i]}: 1 MB of TCP to the guest" -- at_guest "http://10.0.$i.9/blob"
done
check_conserved sw
heddle_stop sw
