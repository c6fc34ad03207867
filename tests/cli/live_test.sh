#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The heddle command on a running switch: what it shows is what is there, and how it says no.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"

host_add a b
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
check "a file can be checked without a switch" -- hd sw load --check "$one"

heddle_start sw "$one"
ports_up sw a b
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24
check "traffic passes" -- reaches a 10.0.0.2

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
for what in ports switches segments fdb drops planes version; do
	check "show $what fits 100 columns" -- wide show "$what"
	check "show $what --json is JSON" -- env CHECK=pass bash -c "'$HEDDLE' --run-dir '$LAB_DIR/sw' show $what --json |
		'$LAB_PYTHON' -m json.tool"
done

check_says "port added" "load says what it added" -- hd sw load "$two"
check_says "nothing had to change" "the same again" -- hd sw load "$two"
CHECK='assert d["removed"] == ["port added"] and d["applied"], d'
check "load --json says what it removed" -- json load "$one"

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
