#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Heddle as `make install` and systemd set it up: installed programs, the accounts and folders of the
# package, the command line and the capabilities of the unit.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/hostile/rights.sh
. "$(dirname "$0")/../hostile/rights.sh"

[ "$(id -u)" = 0 ] && grep -q ' 4294967295$' /proc/self/uid_map || lab_skip "users cannot be made here"
for tool in systemd-analyze systemd-sysusers systemd-tmpfiles setpriv meson; do
	command -v "$tool" >/dev/null || lab_skip "there is no $tool"
done
option() {
	meson introspect --buildoptions "$HEDDLE_BUILD_DIR" |
		"$LAB_PYTHON" -c 'import json, sys; print(*[o["value"] for o in json.load(sys.stdin)
			if o["name"] == sys.argv[1]])' "$1"
}
prefix=$(option prefix)
[ "$prefix" = /usr/local ] || lab_skip "this build is for $prefix, which cannot be covered by a copy"
[ -x "$HEDDLE_BUILD_DIR/tests/hostile/confine" ] || lab_skip "this build has no tests"
is() { [ "$1" = "$2" ] || { echo "is \"$1\", not \"$2\""; return 1; }; }

# The machine, as far as the package touches it.
ROOT=$LAB_DIR/root
DESTDIR=$ROOT meson install -C "$HEDDLE_BUILD_DIR" --no-rebuild >"$LAB_DIR/install.out" 2>&1 || {
	tail -n 20 "$LAB_DIR/install.out"
	lab_skip "this build is not complete"
}
chmod 755 "$LAB_DIR" "$ROOT" "$ROOT/usr" "$ROOT/usr/local"
mkdir -p "$LAB_DIR/accounts/etc"
cp /etc/passwd /etc/group "$LAB_DIR/accounts/etc"
mount --bind "$ROOT/usr/local" /usr/local
mount -t tmpfs -o mode=755 tmpfs /var/lib
systemd-sysusers --root="$LAB_DIR/accounts" /usr/local/lib/sysusers.d/heddle.conf >/dev/null 2>&1 ||
	systemd-sysusers --root="$LAB_DIR/accounts" "$ROOT/usr/local/lib/sysusers.d/heddle.conf"
printf 'hd-oper:x:64993:64993::/:/bin/sh\nhd-look:x:64994:64994::/:/bin/sh\nhd-none:x:64995:64995::/:/bin/sh\n' \
	>>"$LAB_DIR/accounts/etc/passwd"
for file in passwd group; do mount --bind "$LAB_DIR/accounts/etc/$file" /etc/$file; done
systemd-tmpfiles --create /usr/local/lib/tmpfiles.d/heddle.conf
gid() { awk -F: -v name="$1" '$1 == name { print $3 }' /etc/group; }
as() { # USER_ID GROUP COMMAND...
	local user=$1 groups=$1
	[ "$2" = - ] || groups="$1,$(gid "$2")"
	shift 2
	setpriv --reuid "$user" --regid "$user" --groups "$groups" -- "$@"
}
HEDDLE=/usr/local/bin/heddle
UNIT=/usr/local/lib/systemd/system/heddled.service

# What systemd would do: the command line of the unit with no more than it gives. /dev/net/tun is not there.
unit() { sed -n "s/^$1=//p" "$UNIT" | paste -sd' '; }
caps_of_unit() { # UNIT
	echo "-all,$(UNIT=$1 unit CapabilityBoundingSet | tr 'A-Z' 'a-z' | sed 's/cap_/+/g; s/ *$//; s/  */,/g')"
}
# as_unit UNIT: what runs its command that way, in the array AS_UNIT
as_unit() {
	local calls command hide='mount --bind /dev/null /dev/net/tun'
	[[ $1 != *netns@* ]] || hide=:
	read -ra calls < <("$LAB_PYTHON" "$LAB_TOOLS/unit.py" syscalls "$1")
	read -ra command < <(UNIT=$1 unit ExecStart)
	AS_UNIT=(env -u HEDDLE_BUILD_DIR unshare -m --propagation slave sh -c "$hide"'
		mount -t proc -o hidepid=invisible proc /proc
		mount -o bind,ro /proc/sys /proc/sys
		exec "$@"' sh setpriv --bounding-set "$(caps_of_unit "$1")" --no-new-privs --
		"$HEDDLE_BUILD_DIR/tests/hostile/confine" "${calls[@]}" -- "${command[@]}")
}
mount --make-rshared / # so that later namespaces are seen, as on a machine with systemd
as_unit "${UNIT%.service}-netns@.service"
"$LAB_PYTHON" "$LAB_TOOLS/unit.py" serve /run/heddled-netns.sock "${AS_UNIT[@]}" \
	>>"$LAB_DIR/helper.log" 2>&1 </dev/null &
LAB_PIDS+=($!)
LISTENER=$!
wait_for 10 test -S /run/heddled-netns.sock
as_unit "$UNIT"
start() {
	"${AS_UNIT[@]}" >>"$LAB_DIR/sw.log" 2>&1 </dev/null &
	HEDDLE_PID[sw]=$!
	wait_for 20 ready
}
ready() { "$LAB_PYTHON" "$LAB_TOOLS/state.py" "$HEDDLE" /run/heddle planes-ready; }
ask() { "$LAB_PYTHON" "$LAB_TOOLS/state.py" "$HEDDLE" /run/heddle "$@"; }
stop() {
	kill -TERM "${HEDDLE_PID[sw]}"
	wait "${HEDDLE_PID[sw]}" || fail "heddled ended with status $?"
	unset "HEDDLE_PID[sw]"
}
pid_user() { stat -c %U "/proc/$(ask plane-pid "$1")"; }

echo "== the first start"
start || { echo "it does not start"; exit 1; }
for plane in data control management; do
	check_plane "$plane" "$(ask plane-pid "$plane")" yes
done
check_plane supervisor "${HEDDLE_PID[sw]}" yes
check_plane netns "$(helper_of "$LISTENER")" yes
check "the memory of planes is seen" -- test "$(ask plane-memory data)" -gt 1000000
check "the state directory is theirs" -- is "$(stat -c '%U %a' /var/lib/heddle/mgmt)" "heddle-mgmt 700"
check "the run directory is not" -- is "$(stat -c %U /run/heddle)" root
check "it started with the shipped configuration" -- grep -q "configuration from /usr/local/etc/heddle/initial.json is in force" "$LAB_DIR/sw.log"

echo "== who may do what"
host_add a
cat >"$LAB_DIR/one.txt" <<END
configure
set switch sw0 segment lan vlan 10 host-only interface hd-lan address 192.0.2.1/24
set port v vhost-user socket v.sock mode server group heddle-vm
set port v switch sw0 access lan
set port tape pcap write out.pcap
set port tape switch sw0 access lan
set port a tap namespace a device eth0
set port a switch sw0 access lan
commit comment "from an operator"
END
chmod 644 "$LAB_DIR/one.txt"
check_says "hd-none is in no group that may use this switch" "who is in no group is turned away" -- \
	as 64995 - "$HEDDLE" show ports
check "a member of heddle-view looks" -- as 64994 heddle-view "$HEDDLE" show ports
check_not "and changes nothing" -- as 64994 heddle-view "$HEDDLE" -f "$LAB_DIR/one.txt"
check "a member of heddle commits" -- as 64993 heddle "$HEDDLE" -f "$LAB_DIR/one.txt"
check_within 10 "heddled opens what it takes" -- ask ports-up a tape
check_within 10 "a guest finds its socket" -- test -S /run/heddle/vhost/v/v.sock
check "in a directory of the port's own" -- is "$(stat -c '%U %G %a' /run/heddle/vhost/v)" "heddle-dp heddle-vm 3750"
check "and its group may use it" -- is "$(stat -c '%U %G' /run/heddle/vhost/v/v.sock)" "heddle-dp heddle-vm"
check_within 10 "the host has its address" -- grep -q 192.0.2.1 <(ip -o addr show dev hd-lan)
check "a capture is written" -- test -f /var/lib/heddle/captures/out.pcap
check "it is saved" -- grep -q "^set port a tap" /var/lib/heddle/mgmt/startup.conf
check "in a file of heddle-mgmt's" -- is "$(stat -c '%U %a' /var/lib/heddle/mgmt/startup.conf)" "heddle-mgmt 600"

echo "== and again"
pid=$(ask plane-pid management)
kill -KILL "$pid"
check_within 10 "heddle-mgmt is started again" -- ready
check "with what ran" -- ask has-port a
check "as its own user" -- is "$(pid_user management)" heddle-mgmt
read -ra reload < <(unit ExecReload)
check "systemctl reload" -- "${reload[@]}"
stop
check "the sockets of guests stay where they were" -- test -d /run/heddle/vhost
start || { echo "it does not start again"; exit 1; }
check "the next start takes what was saved" -- ask has-port a
check_within 10 "and it works" -- ask ports-up a
stop
