#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The heddle command on a running switch: what it shows is what is there, and how it says no.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"

host_add a b c
base="switch sw
segment lan bridged
segment lab vlan=20 host-only
tap a namespace=a device=eth0 access=lan
tap b namespace=b device=eth0 access=lan
tap lost namespace=nowhere device=eth0 access=lab"
one=$(config one <<<"$base
static-mac lan 02:00:00:00:00:77 b")
two=$(config two <<<"$base
tap added access=lab")

check_says "no switch answers" "without a switch: says so" -- hd sw show ports
check "a file can be checked without a switch" -- hd sw load replace --check "$one"

heddle_start sw "$one"
ports_up sw a b
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24
check "traffic passes" -- reaches a 10.0.0.2

json_up() { CHECK="[p] = d['ports']; assert p['up']" json show ports "$1"; }
reaches_c() {
	host_if c eth0 10.0.0.3/24
	wait_for 5 reaches c 10.0.0.2
}
json() { hd sw "$@" --json | "$LAB_PYTHON" -c "import json,sys; d = json.load(sys.stdin); $CHECK"; }
CHECK='p = {x["name"]: x for x in d["ports"]}; assert p["a"]["rx"]["packets"] >= 3 and p["a"]["up"], p'
check "show ports counts what passed" -- json show ports
CHECK='[p] = d["ports"]; assert p["reason"] == "no-namespace" and "ip netns add nowhere" in p["text"], p'
check "show ports says what is wrong and what mends it" -- json show ports lost
CHECK='s = {x["name"]: x for x in d["segments"]}; assert set(s["lan"]["ports"]) == {"a", "b"}, s'
check "show segments has the ports" -- json show segments
CHECK='[s] = d["switches"]; assert s["ports"] == 3 and s["segments"] == 2, s'
check "show switches counts" -- json show switches
CHECK='assert {(e["mac"], e["kind"]) for e in d["entries"]} >= {("02:00:00:00:00:77", "static")}, d'
check "show fdb has the static address" -- json show fdb --port b
CHECK='assert len(d["entries"]) == 1 and d["entries"][0]["port"] == "a", d'
check "show fdb finds an address" -- json show fdb --mac "$(mac_of a eth0)"
CHECK='assert not d["more"] and len(d["entries"]) == d["table-entries"] >= 3, d'
check "show fdb shows all of it" -- json show fdb --limit 0
CHECK='assert d["more"] and len(d["entries"]) == 1, d'
check "show fdb stops at the limit" -- json show fdb --limit 1
CHECK='assert all(p["state"] == "running" and p["pid"] for p in d["planes"]) and len(d["planes"]) == 4, d'
check "show planes has all of them" -- json show planes
CHECK='assert d["switch"]["build"] == d["command"]["build"], d'
check "show version: one build" -- json show version
CHECK='[p] = d["ports"]; assert set(p["rates"]) == {"rx-packets", "tx-packets", "rx-bits", "tx-bits", "drops"}, p'
check "show ports --rates" -- json show ports a --rates
check_says "a static address never leaves" "clear fdb keeps static addresses" -- \
	bash -c "'$HEDDLE' --run-dir '$LAB_DIR/sw' clear fdb && '$HEDDLE' --run-dir '$LAB_DIR/sw' show fdb |
		grep -q 02:00:00:00:00:77 && echo a static address never leaves"
check_says "did you mean lost" "a mistyped name: suggests" -- hd sw show ports losst
check_says "no segment" "a segment that is not there" -- hd sw show fdb --segment nothing

wide() { hd sw "$@" | awk 'length > 100 { exit 1 }'; }
for what in ports switches segments fdb drops planes version configuration history changes sessions; do
	check "show $what fits 100 columns" -- wide show "$what"
	check "show $what --json is JSON" -- env CHECK=pass bash -c "'$HEDDLE' --run-dir '$LAB_DIR/sw' show $what --json |
		'$LAB_PYTHON' -m json.tool"
done

check_says "port added" "load says what it added" -- hd sw load replace "$two"
check_says "nothing had to change" "the same again" -- hd sw load replace "$two"
CHECK='assert d["removed"] == ["port added"] and d["applied"], d'
check "load --json says what it removed" -- json load replace "$one"

# --- daily verbs: one transaction each ---

check_says "port c added" "port add" -- hd sw port add c tap --namespace c --device eth0 --access lab
check_within 5 "the port comes up" -- json_up c
check_says "Nothing was changed" "port move --check" -- hd sw port move c --access lan --check
CHECK='[p] = d["ports"]; assert p["vlans"]["access"] == "lab", p'
check "and it is where it was" -- json show ports c
check_says "moved to lan" "port move" -- hd sw port move c --access lan
check "traffic passes where it moved to" -- reaches_c
check_says "is a trunk of lan,lab,100-109" "port trunk" -- hd sw port trunk c lan,lab,100-109 --native lan
CHECK='[p] = d["ports"]; v = p["vlans"]
assert v["native"] == "lan" and set(v["trunk"]) == {"lan", "lab", "100..109"} and len(v) == 3, v'
check "and it has those VLANs alone" -- json show ports c
check "traffic passes untagged" -- reaches_c
check_says "no segment" "a segment that is not there: refused" -- hd sw port move c --access nothing
check_says "disabled" "port disable" -- hd sw port disable c
CHECK='[p] = d["ports"]; assert p["reason"] == "disabled", p'
check "and it is down" -- json show ports c
carrier() { ! on c ip link show dev eth0 | grep -q NO-CARRIER; }
check_within 5 "its other end has no carrier" -- eval '! carrier'
check_says "enabled" "port enable" -- hd sw port enable c
check_within 5 "and has one again" -- carrier
for kind in tap vm-tap vhost-user "af-packet --device b" pcap; do
	# shellcheck disable=SC2086 # a kind and its options
	check "port add --disabled: ${kind%% *}" -- hd sw port add "off-${kind%% *}" $kind --disabled --access lab
done
CHECK='off = [p for p in d["ports"] if p["name"].startswith("off-")]
assert len(off) == 5 and all(p["reason"] == "disabled" and not p["up"] for p in off), off'
check "a disabled port of each kind is disabled, and nothing else" -- json show ports
check_says "removed" "and can be removed" -- hd sw port remove off-tap off-vm-tap off-vhost-user off-af-packet off-pcap
check_says "segment dmz added" "segment add" -- hd sw segment add dmz --vlan 30 --host-only --address 10.30.0.1/24
check_within 5 "the host has its interface" -- ip link show hd-dmz
check_says "segment dmz removed" "segment remove" -- hd sw segment remove dmz
check_says "switch other added" "switch add" -- hd sw switch add other
check_says "which switch" "with two switches the name is needed" -- hd sw segment add dmz --bridged
check_says "switch other removed" "switch remove" -- hd sw switch remove other

# What somebody left in the candidate is neither committed nor in the way.
left='configure; set port b description "left behind"'
check_not "a script that leaves edits fails" -- hd sw -c "$left"
check_says "port c removed" "port remove, beside edits of others" -- hd sw port remove c
CHECK='assert [c["what"] for c in d["changes"]] == ["port b"], d'
check "the edits wait still" -- json show changes
not_set() { ! hd sw show configuration --display set | grep -q "left behind"; }
check "and do not run" -- not_set
check_says "candidate is what runs" "discarded" -- hd sw -c "configure; discard; run show changes"

check_says "transient port vm7 added" "a transient port" -- hd sw port add vm7 vhost-user --access lab --transient
not_configured() { ! hd sw show configuration --display set | grep -q vm7; }
check "is on the switch" -- hd sw show ports vm7
check "and not in the configuration" -- not_configured
check_says "transient port vm7 removed" "and goes" -- hd sw port remove vm7

# --- counters from 0, and what adds up ---

check "traffic before" -- reaches a 10.0.0.2
check_says "counters of 1 port" "clear counters of a port" -- hd sw clear counters a
CHECK='p = {x["name"]: x for x in d["ports"]}; a = p["a"]; assert a["rx"]["packets"] < 3 < p["b"]["rx"]["packets"], p'
check "it counts from 0, others go on" -- json show ports
check "traffic after" -- reaches a 10.0.0.2
CHECK='[a] = d["ports"]; assert a["rx"]["packets"] >= 3, a
assert a["rx"]["packets"] == a["admitted"] + sum(a["drops"]["in"].values()), a
assert a["offered"] == a["tx"]["packets"] + sum(a["drops"]["out"].values()), a'
check_within 5 "what adds up goes on adding up" -- json show ports a
check_says "no port" "clear counters of nobody" -- hd sw clear counters nobody
check_says "port-up name c kind tap" "show events tells of the port" -- hd sw show events port-up
CHECK='assert d["history"][0]["client"] == "cli" and d["history"][-1]["client"] == "boot", d'
check "show history says what made the commits" -- json show history

check_says "heddled is process ${HEDDLE_PID[sw]}" "doctor finds the switch that runs" -- hd sw doctor
CHECK='assert d["problems"] >= 1 and any(c["mend"] == "sudo ip netns add nowhere" for c in d["checks"]), d'
json_of_doctor() { { hd sw doctor -c "$one" --json || true; } | "$LAB_PYTHON" -c "import json,sys; d = json.load(sys.stdin); $CHECK"; }
check "doctor says what the configuration lacks" -- json_of_doctor

pty() { "$LAB_PYTHON" "$LAB_TOP/tests/cli/pty_run.py" "$@"; }
check_says "ok" "monitor on a terminal: a screen, sorted by a key, left with q, nothing stays" -- \
	pty q "heddle monitor" "$HEDDLE" --run-dir "$LAB_DIR/sw" monitor -i 0.1
check_says "ok" "monitor ends with Ctrl-C and puts the terminal back" -- \
	pty $'\x03' "heddle monitor" "$HEDDLE" --run-dir "$LAB_DIR/sw" monitor -i 0.1

status() { local want=$1 got=0; shift; "$@" >/dev/null 2>&1 || got=$?; [ "$got" = "$want" ]; }
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && [ "$(awk '{print $3; exit}' /proc/self/uid_map)" -gt 1 ]; then
	chmod 711 "$LAB_DIR" "$LAB_DIR/sw"
	if setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$HEDDLE"; then
		check "somebody else: exit status 3" -- status 3 \
			setpriv --reuid 65534 --regid 65534 --clear-groups "$HEDDLE" --run-dir "$LAB_DIR/sw" show ports
	fi
fi
heddle_stop sw
check "a switch that has ended: exit status 3" -- status 3 hd sw show ports
