#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A switch that keeps its own configuration: the first start, what is saved and what is not, boots, a
# startup that somebody spoiled, a disk that is full, and heddle-mgmt as a user of its own.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

STATE=$LAB_DIR/state
RUN=$LAB_DIR/sw
mkdir "$STATE"
mount -t tmpfs -o size=256k,mode=700 tmpfs "$STATE"

# managed [ARGUMENTS]: a start without -c; returns when all planes are ready.
managed() {
	mkdir -p "$RUN"
	"$HEDDLED" --run-dir "$RUN" --state-dir "$STATE" --initial-config "$LAB_DIR/first.json" \
		--conf "$LAB_DIR/heddled.conf" --netns-dir /run/netns --hugepages no "$@" \
		>>"$LAB_DIR/sw.log" 2>&1 </dev/null &
	HEDDLE_PID[sw]=$!
	wait_for 20 heddle_ready sw
}
commits() { "$LAB_PYTHON" "$LAB_TOOLS/commits.py" "$HEDDLE" "$RUN" "$@"; }
add() { commits add "$1" sw other; }
save() { commits save; }
has() { state sw has-port "$1"; }
is() { [ "$1" = "$2" ] || { echo "is \"$1\", not \"$2\""; return 1; }; }
restart() {
	heddle_stop sw
	managed "$@"
}
log_says() { grep -q -- "$1" "$LAB_DIR/sw.log"; }

touch "$LAB_DIR/heddled.conf"
host_add a b
config first >/dev/null <<-END
	switch sw
	segment lan bridged
	segment other vlan=20 host-only
	tap a namespace=a device=eth0 access=lan
	tap b namespace=b device=eth0 access=lan
END

echo "== boots"
managed
check "the very first start takes the initial configuration" -- has a
check "which is not saved by that" -- test ! -e "$STATE/startup.conf"
check "a commit" -- add one
check "is saved" -- save
check "as lines of set" -- grep -q "^set port one tap" "$STATE/startup.conf"
check "that only their owner can read" -- is "$(stat -c %a "$STATE/startup.conf")" 600
check "another commit" -- add two
kill -KILL "$(state sw plane-pid management)"
check_within 10 "outlives heddle-mgmt" -- has two
restart
check "a start takes what was saved" -- has one
check_not "and nothing else" -- has two
check "but the history remembers it" -- commits remembers two
echo "set port one nonsense" >"$STATE/startup.conf"
restart
check "a startup that is spoiled does not keep the switch from starting" -- has one
check "it takes the last good one, and says so" -- log_says "startup.conf.good is in force, in place of one that was refused"
check "what was refused is kept" -- grep -q nonsense "$STATE/startup.conf.refused"
save
check "the next save mends it" -- grep -q "^set port one tap" "$STATE/startup.conf"
"$HEDDLED" -c "$STATE/startup.conf.refused" --run-dir "$LAB_DIR/other" --hugepages no \
	--conf "$LAB_DIR/heddled.conf" >"$LAB_DIR/other.log" 2>&1 &
other=$!
LAB_PIDS+=("$other")
check_within 20 "with -c, one that is not right is the end of it" -- lab_gone "$other"
check "with the reason" -- grep -q nonsense "$LAB_DIR/other.log"

echo "== a full disk"
ports_up sw a b
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24
pinger_start a 10.0.0.2
before=$(sha256sum "$STATE/startup.conf")
dd if=/dev/zero of="$STATE/filler" bs=4k 2>/dev/null || true
taken=0
for ((n = 0; n < 40; n++)); do # the last page of the journal has room for some
	said=$(add "full$n") || break
	taken=$((taken + 1))
done
check "a commit is refused" -- test "$n" -lt 40
check "for that reason, and nothing was changed" -- is "$said" \
	"resource-denied cannot write $STATE/journal/log: No space left on device, so nothing was changed"
check_not "running is unchanged" -- has "full$n"
[ "$taken" = 0 ] || check "the one before is there" -- has "full$((taken - 1))"
check_not "saving is refused as well" -- save
check "startup is unchanged" -- is "$(sha256sum "$STATE/startup.conf")" "$before"
kill -KILL "$(state sw plane-pid management)"
check_within 10 "heddle-mgmt can be started again" -- has a
check_not "with what ran" -- has "full$n"
rm "$STATE/filler"
check "with space again, commits work" -- add "full$n"
check "and saving" -- save
check_no_loss a "no packet lost meanwhile"

echo "== a user of its own"
if ! grep -q ' 4294967295$' /proc/self/uid_map; then
	note "users cannot be changed here: the rest of this is not tested"
	heddle_stop sw
	exit
fi
cp /etc/passwd /etc/group "$LAB_DIR"
printf 'hd-test:x:64990:64991::/nonexistent:/usr/sbin/nologin\nhd-oper:x:64993:64993::/:/bin/sh\n' >>"$LAB_DIR/passwd"
printf 'hd-test:x:64991:\nhd-oper:x:64993:\n' >>"$LAB_DIR/group"
grep -q '^heddle:' "$LAB_DIR/group" || echo "heddle:x:64994:" >>"$LAB_DIR/group"
heddle_gid=$(awk -F: '$1 == "heddle" { print $3 }' "$LAB_DIR/group")
mount --bind "$LAB_DIR/passwd" /etc/passwd
mount --bind "$LAB_DIR/group" /etc/group
# as GROUPS COMMAND...: as an ordinary user.
as() {
	local groups=$1
	shift
	setpriv --reuid 64993 --regid 64993 --groups "$groups" -- "$@"
}
chmod 755 "$LAB_DIR"
if ! setpriv --reuid 64990 --regid 64991 --clear-groups test -x "$HEDDLE_BUILD_DIR/mgmt/heddle-mgmt"; then
	note "$HEDDLE_BUILD_DIR cannot be read by others: the rest of this is not tested"
	heddle_stop sw
	exit
fi
restart --mgmt-user hd-test
pid=$(state sw plane-pid management)
check "heddle-mgmt is that user" -- is "$(awk '$1 == "Uid:" { print $2 }' "/proc/$pid/status")" 64990
check "with what root's one had saved" -- has "full$n"
check "and with the history" -- grep -q "full$n" "$STATE/journal/log"
check "a commit" -- add user
check "is saved" -- save
check "in its own file" -- is "$(stat -c %u "$STATE/startup.conf")" 64990
kill -KILL "$pid"
check_within 10 "it is restarted with what ran" -- has user
host_if a eth0 10.0.0.1/24
host_if b eth0 10.0.0.2/24
check "it forwards" -- reaches a 10.0.0.2
check_says "hd-oper is in no group that may use this switch" "who is in no group is turned away" -- \
	as 64993 "$HEDDLE" --run-dir "$RUN" show ports
check "a member of group heddle comes in" -- as "64993,$heddle_gid" "$HEDDLE" --run-dir "$RUN" show ports
chmod 600 "$LAB_DIR/first.json"
heddle_stop sw
heddle_spawn sw "$LAB_DIR/first.json" --mgmt-user hd-test --conf "$LAB_DIR/heddled.conf"
check_within 20 "a configuration of -c that only root can read" -- heddle_ready sw
check "is read all the same" -- has a
kill -KILL "$(state sw plane-pid management)"
check_within 10 "also after a restart" -- has a
heddle_stop sw
