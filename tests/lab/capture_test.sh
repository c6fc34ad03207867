#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# heddle capture: what it shows is what came in, left and was dropped, at ports of several kinds; a reader
# that does not read costs nobody but itself; and it ends when it has to.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

for program in tshark capinfos; do
	command -v "$program" >/dev/null || lab_skip "no $program (apt install tshark)"
done
GUEST=$HEDDLE_BUILD_DIR/tests/lab/vhost-guest
A=02:00:00:00:00:0a B=02:00:00:00:00:0b

host_add a b c
mkdir "$LAB_DIR/captures"
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged
	segment red vlan=10 bridged
	segment vms host-only interface=hd-vms
	tap a namespace=a device=eth0 access=lan bpdu-guard=true
	tap b namespace=b device=eth0 access=lan
	tap c namespace=c device=eth0 trunk=red
	pcap file write=out.pcap access=red
	vhost-user v1 socket=v1.sock access=vms
	vhost-user v2 socket=v2.sock access=vms
END
)" --capture-dir "$LAB_DIR/captures"
ports_up sw a b c file
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24
check "traffic passes" -- reaches a 10.0.0.2

# capture NAME ARGUMENTS...: in the background, once it runs; $CAPTURE is its pid.
capture() {
	local name=$1
	shift
	"$HEDDLE" --run-dir "$LAB_DIR/sw" capture "$@" >"$LAB_DIR/$name.out" 2>"$LAB_DIR/$name.err" </dev/null &
	CAPTURE=$!
	LAB_PIDS+=("$CAPTURE")
	wait_for 10 grep -q "^capturing" "$LAB_DIR/$name.err" || {
		cat "$LAB_DIR/$name.err"
		echo "no capture $name"
		return 1
	}
}
# captured NAME TEXT WORDS: it ended by itself, with TEXT in what it said.
captured() {
	local status=0
	check_within 10 "$3" -- lab_gone "$CAPTURE"
	wait "$CAPTURE" || status=$?
	check_says "$2" "... and says so" -- cat "$LAB_DIR/$1.err"
	check "... with status $4" -- test "$status" = "$4"
}
shows() { grep -qE "$2" "$LAB_DIR/$1.out"; }
count() { grep -cE "$2" "$LAB_DIR/$1.out"; }
fields() { tshark -r "$LAB_DIR/$1" -T fields -e frame.interface_name -e frame.packet_flags_direction \
	-e frame.comment -e vlan.id -e eth.type 2>/dev/null; }

# --- lines ---

capture lines a icmp -c 6
on a ping -q -c 3 -i 0.05 10.0.0.2 >"$LAB_DIR/ping"
captured lines "6 frames captured" "-c ends it" 0
check "three requests came in" -- test "$(count lines ' a +in .* 10.0.0.1 > 10.0.0.2 ICMP echo request')" = 3
check "... and three replies left, no ARP among them" -- test "$(count lines ' a +out .* ICMP echo reply')" = 3

capture json --json b --in arp -c 1
wire send b:eth0 --arp 10.0.0.2
captured json "1 frame captured" "a filter of one direction" 0
check "an object a line" -- "$LAB_PYTHON" -c "
import json, sys
f = json.loads(open(sys.argv[1]).read())
assert f['port'] == 'b' and f['direction'] == 'in' and 'ARP' in f['text'], f
assert len(f['data']) == 2 * f['length'] and f['data'][24:28] == '0806', f" "$LAB_DIR/json.out"

# --- drops ---

capture drops --drops -c 2 ether src 00:00:00:00:00:00 or ether dst 01:80:c2:00:00:00
wire send a:eth0 --src 00:00:00:00:00:00
wire send a:eth0 --dst 01:80:c2:00:00:00
captured drops "2 frames captured" "what is dropped" 0
check "the reason of the one" -- shows drops ' a +drop bad_source: 00:00:00:00:00:00 > '
check "... and of the other" -- shows drops ' a +drop bpdu_guard: '

# --- files: interfaces by name, tags as on the wire, reasons as comments ---

capture file -w "$LAB_DIR/x.pcapng" -c 4 ether proto 0x88b5 or ether proto 0x8100
wire send c:eth0 --tag 10 --type 0x88b5
wire send c:eth0 --tag 11 --type 0x88b5
captured file "4 frames captured" "a file" 0
check "capinfos reads it" -- capinfos "$LAB_DIR/x.pcapng"
check_says "nanoseconds" "... with nanoseconds" -- capinfos "$LAB_DIR/x.pcapng"
fields x.pcapng >"$LAB_DIR/fields"
check "tagged where it came in" -- grep -qP '^c\t0x0*1\t\t10\t' "$LAB_DIR/fields"
check "... untagged where it left, into a file" -- grep -qP '^file\t0x0*2\t\t\t0x88b5' "$LAB_DIR/fields"
check "one that is not allowed came in" -- grep -qP '^c\t0x0*1\t\t11\t' "$LAB_DIR/fields"
check "... and its drop has the reason" -- grep -qP '^c\t0x0*1\tdropped: vlan_not_allowed\t11\t' "$LAB_DIR/fields"

# --- into another program, while it goes on ---

"$HEDDLE" --run-dir "$LAB_DIR/sw" capture a -w - 2>"$LAB_DIR/pipe.err" |
	tshark -l -n -r - -T fields -e frame.interface_name -e icmp.seq >"$LAB_DIR/pipe.out" 2>/dev/null &
LAB_PIDS+=($!)
wait_for 10 grep -q "^capturing" "$LAB_DIR/pipe.err"
pinger_start a 10.0.0.2
check_within 20 "tshark -r - reads it while it is written" -- grep -qP '^a\t[0-9]' "$LAB_DIR/pipe.out"

# --- a reader that does not read ---

capture slow
kill -STOP "$CAPTURE"
on b iperf3 -s -1 -D -I "$LAB_DIR/iperf.pid"
check "TCP goes on while the reader stands still" -- \
	bash -c "for i in 1 2 3 4 5; do nsenter --net=/run/netns/a iperf3 -c 10.0.0.2 -n 200M && exit; done; exit 1"
check_no_loss a "... and no ping is lost"
kill -CONT "$CAPTURE"
kill -INT "$CAPTURE"
captured slow " lost because they were not read fast enough" "going on, it ends" 0
check_conserved sw

# --- guests ---

if [ -x "$GUEST" ]; then
	"$GUEST" "$LAB_DIR/sw/vhost/v2/v2.sock" $B >"$LAB_DIR/guest" 2>&1 </dev/null &
	LAB_PIDS+=($!)
	ports_up sw v2
	capture guest v1 v2 -w "$LAB_DIR/guest.pcapng" "ether src $A"
	check "two guests exchange frames" -- "$GUEST" "$LAB_DIR/sw/vhost/v1/v1.sock" $A $B 2000
	kill -INT "$CAPTURE"
	captured guest "frames captured" "Ctrl-C ends it" 0
	fields guest.pcapng >"$LAB_DIR/fields"
	for where in 'v1	0x0*1' 'v2	0x0*2'; do
		check "each frame of the guest is there: ${where%%	*}" -- \
			test "$(grep -cP "^$where\t" "$LAB_DIR/fields")" -ge 2000
	done
fi

# --- ports that no configuration has ---

hd sw port add guest1 tap --namespace a --device eth1 --access vms --transient >"$LAB_DIR/add" 2>&1
ports_up sw guest1 hd-vms
capture host hd-vms guest1 -c 2 ether proto 0x88b5
wire send a:eth1 --type 0x88b5
captured host "2 frames captured" "a transient port and a host interface" 0
check "it came in at the one" -- shows host ' guest1 +in '
check "... and left by the other" -- shows host ' hd-vms +out '

# --- how it ends ---

capture gone c
hd sw port remove c >"$LAB_DIR/remove" 2>&1
captured gone "none of its ports is left" "the last of its ports goes" 1
capture killed a
kill -KILL "$(state sw plane-pid data)"
captured killed "the capture has ended" "heddle-dp dies" 1
ports_up sw a b
capture managed a
kill -KILL "$(state sw plane-pid management)"
captured managed "heddle-mgmt is gone" "heddle-mgmt dies" 1
wait_for 20 heddle_ready sw

# --- what is refused, in words ---

check_says 'no port; did you mean file?' "a mistyped port" -- hd sw capture fiel
check_says "syntax error" "a filter that is none" -- hd sw capture a tcp prot
check_says "jumps back" "a filter that could loop" -- hd sw capture a ip6 protochain 6
check_says "16 to 65600" "a snapshot length" -- hd sw capture -s 3
check_says "No such file" "a file that cannot be made" -- hd sw capture -w "$LAB_DIR/no/such/x"
check_says "not for a terminal" "a terminal gets no pcapng" -- \
	script -qec "'$HEDDLE' --run-dir '$LAB_DIR/sw' capture -w - -c 1" /dev/null
for i in 1 2 3 4 5 6 7 8; do capture "many$i" a; done
check_says "8 captures run already" "the ninth at once" -- hd sw capture a
heddle_stop sw
