#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What people do to a device behind the switch's back (down, MTU, other name, deleted), and capture
# files as ports.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

host_add a b phys
ip link add up0 type veth peer name eth0 netns phys
ip link set up0 up mtu 1400
mkdir "$LAB_DIR/captures"
# Three broadcast frames, 0.2 s apart, and one that its capture cut.
"$LAB_PYTHON" - "$LAB_DIR/captures/in.pcap" <<-'END'
	import struct
	import sys

	frame = b"\xff" * 6 + bytes.fromhex("020000000077") + b"\x88\xb5" + b"x" * 46
	with open(sys.argv[1], "wb") as out:
	    out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
	    for i in range(3):
	        out.write(struct.pack("<IIII", 1000, i * 200000, len(frame), len(frame)) + frame)
	    out.write(struct.pack("<IIII", 1001, 0, 40, 1500) + frame[:40])
END
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged=eth1
	af-packet eth1 device=up0
	tap a namespace=a device=eth0 access=lan
	tap b namespace=b device=eth0 access=lan
	pcap tape read=in.pcap write=out.pcap access=lan
	pcap broken read=missing.pcap access=lan
END
)" --capture-dir "$LAB_DIR/captures"
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24
host_if phys eth0 10.0.0.9/24
ports_up sw a b tape eth1
check "a reaches b" -- reaches a 10.0.0.2

says() { hd sw show ports --json | grep -qF "$1"; }

# --- capture files
check_within 20 "a missing capture takes its own port down" -- state sw port-is broken reason error
check_says "missing.pcap" "... and the log names it" -- cat "$LAB_DIR/sw.log"
check_within 20 "the capture came in" -- state sw counter-at-least tape rx.packets 4
check "the frame that its capture cut was dropped" -- state sw drop-at-least tape rx_truncated 1
check_within 20 "the port says how far it read" -- says "4 read, to its end"
written() { # at least one ARP frame, in a capture with nanoseconds
	"$LAB_PYTHON" - "$LAB_DIR/captures/out.pcap" <<-'END'
		import struct
		import sys

		data, at, found = open(sys.argv[1], "rb").read(), 24, 0
		magic, _, _, _, _, _, link = struct.unpack_from("<IHHiIII", data)
		assert (magic, link) == (0xa1b23c4d, 1), (hex(magic), link)
		while at + 16 <= len(data):
		    size = struct.unpack_from("<IIII", data, at)[2]
		    found += data[at + 28:at + 30] == b"\x08\x06"
		    at += 16 + size
		sys.exit(found == 0)
	END
}
check_within 20 "what a asked all hosts was written" -- written

# --- a NIC with a smaller MTU than its port
check "a reaches the physical network" -- reaches a 10.0.0.9
check_not "a frame that the NIC does not take is lost" -- answers a 10.0.0.9 -s 1450
check "... and counted as the kernel's refusal" -- state sw drop-at-least eth1 tx_refused 1
check_within 20 "... whose reason the port tells" -- says "its mtu is 1400, the port's is 1500"
check_conserved sw

# --- a TAP, handled from its namespace
on a ip link set eth0 down
check_within 20 "a device that is down takes the port down" -- state sw port-is a reason link-down
check_says "ip -n a link set eth0 up" "... and the text says what mends it" -- hd sw show ports --json
on a ip link set eth0 up
check_within 20 "... and up again" -- state sw ports-up a
check "a reaches b again" -- reaches a 10.0.0.2
on a ip link set eth0 mtu 1300
check_within 20 "another MTU than the port's is told" -- says "its mtu is 1300, the port's is 1500"
on a ip link set eth0 mtu 1500
on a ip link set eth0 down
on a ip link set eth0 name other
on a ip link set other up
host_if a other 10.0.0.1/24
check_within 20 "another name is fine" -- state sw ports-up a
check "... and forwards" -- reaches a 10.0.0.2
on a ip link del other
check_within 20 "a device that was deleted is made again" -- on a ip link show dev eth0
host_if a eth0 10.0.0.1/24
ports_up sw a
check "... and forwards" -- transfer a b 10.0.0.2 1M
check_conserved sw
heddle_stop sw
