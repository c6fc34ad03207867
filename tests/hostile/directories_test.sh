#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A local user who wants heddled to make its sockets and files elsewhere: directories that are there
# before it, links, and a race for the names while it starts. It refuses what is not safe, by name,
# and touches nothing of what a link leads to.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"

setpriv --reuid 64321 --regid 64321 --clear-groups true 2>/dev/null ||
	lab_skip "another user is needed, and cannot be had here: run it as root"
they() { setpriv --reuid 64321 --regid 64321 --clear-groups -- "$@"; }

chmod 755 "$LAB_DIR"
OPEN=$LAB_DIR/open STICKY=$LAB_DIR/sticky VICTIM=$LAB_DIR/victim
mkdir -m 777 "$OPEN"
chmod 777 "$OPEN"
mkdir "$STICKY" "$LAB_DIR/root-only"
chmod 1777 "$STICKY"
echo secret >"$VICTIM"
chmod 600 "$VICTIM"
echo '# nothing' >"$LAB_DIR/empty.set"

# refused WORDS TEXT ARGUMENTS...: heddled must end by itself with status 1, and say TEXT.
refused() {
	local what=$1 text=$2 status=0
	shift 2
	timeout 10 "$HEDDLED" -c "$LAB_DIR/empty.set" --hugepages no "$@" >"$LAB_DIR/out" 2>&1 </dev/null ||
		status=$?
	check "$what: refused" -- test "$status" = 1
	check_says "$text" "$what: says why" -- cat "$LAB_DIR/out"
}
untouched() { [ "$(stat -c '%a %u' "$VICTIM")" = "600 0" ] && [ "$(cat "$VICTIM")" = secret ]; }

refused "a folder that all may write" "$OPEN has mode 0777, so others could replace what is in it: chmod go-w $OPEN" \
	--run-dir "$OPEN/run"
refused "the same, as the directory itself" "$STICKY has mode 1777" --run-dir "$STICKY"
they mkdir "$STICKY/theirs"
refused "a directory of theirs" "$STICKY/theirs belongs to user 64321, who could replace it: chown root $STICKY/theirs" \
	--run-dir "$STICKY/theirs"
refused "a directory below one of theirs" "$STICKY/theirs belongs to user 64321" --run-dir "$STICKY/theirs/deep/run"
they ln -s "$LAB_DIR/root-only" "$STICKY/link"
refused "a link of theirs" "$STICKY/link belongs to user 64321" --run-dir "$STICKY/link"
refused "a state directory of theirs" "state directory $STICKY/theirs: $STICKY/theirs belongs to user 64321" \
	--run-dir "$STICKY/a" --state-dir "$STICKY/theirs"
mkdir "$LAB_DIR/group" && chown 0:64321 "$LAB_DIR/group" && chmod 775 "$LAB_DIR/group"
refused "a directory of a group" "$LAB_DIR/group has mode 0775" --run-dir "$LAB_DIR/group/run"
ln -s "$STICKY/theirs" "$LAB_DIR/ours"
refused "a link of ours to a directory of theirs" "$STICKY/theirs belongs to user 64321" --run-dir "$LAB_DIR/ours"
check "nothing was left" -- test ! -e "$STICKY/a"
check "nothing was made" -- test -z "$(ls "$LAB_DIR/root-only")"

# A socket directory of theirs is not used, and the port says so.
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged
	vhost-user v access=lan
END
)" --vhost-dir "$STICKY/theirs"
check_within 5 "a socket directory of theirs is not used" -- \
	grep -q "socket directory $STICKY/theirs: .* belongs to user 64321" "$LAB_DIR/sw.log"
says_why() { hd sw show ports v | tr -s ' \n' ' ' | grep -q "there is no socket directory"; }
check_within 5 "the port says so" -- says_why
check "nothing is made in it" -- test -z "$(ls "$STICKY/theirs")"
heddle_stop sw

# The race: they try all the time to be first, with a directory or with links to what they want.
cat >"$LAB_DIR/race.py" <<'END'
import os, sys
run, victim = sys.argv[1:]
def attempt(fn, *args):
    try:
        fn(*args)
    except OSError:
        pass
while True:
    for name in ("netconf.sock", "heddled.lock"):
        attempt(os.symlink, victim, os.path.join(run, name))
        attempt(os.unlink, os.path.join(run, name))
    attempt(os.mkdir, run, 0o777)
    attempt(os.symlink, victim, os.path.join(run, "netconf.sock"))
    attempt(os.rename, run, run + ".away")
    attempt(os.unlink, os.path.join(run + ".away", "netconf.sock"))
    attempt(os.rmdir, run + ".away")
    attempt(os.symlink, os.path.dirname(victim), run)
    attempt(os.unlink, run)
END
setpriv --reuid 64321 --regid 64321 --clear-groups -- "$LAB_PYTHON" "$LAB_DIR/race.py" "$STICKY/run" "$VICTIM" \
	>/dev/null 2>&1 </dev/null &
LAB_PIDS+=($!)
ours_or_none() { [ ! -e "$STICKY/run/heddled.lock" ] || [ "$(stat -c %u "$STICKY/run")" = 0 ]; }
decided() { lab_gone "$1" || grep -q forwarding "$LAB_DIR/race.log"; }
rounds=8
[ -z "${HEDDLE_TEST_LONG:-}" ] || rounds=100
won=0
for ((round = 1; round <= rounds; round++)); do
	: >"$LAB_DIR/race.log"
	"$HEDDLED" -c "$LAB_DIR/empty.set" --hugepages no --run-dir "$STICKY/run" >"$LAB_DIR/race.log" 2>&1 </dev/null &
	pid=$!
	wait_for 20 decided "$pid" || fail "round $round: heddled neither ran nor ended"
	if ! lab_gone "$pid"; then
		won=$((won + 1))
		ours_or_none || fail "round $round: it runs in a directory of theirs"
		[ "$(stat -c '%a %u' "$STICKY/run/netconf.sock")" = "666 0" ] ||
			fail "round $round: its socket is not its own"
		kill -TERM "$pid"
	elif ! grep -q "belongs to user 64321\|File exists\|No such file\|Not a directory" "$LAB_DIR/race.log"; then
		fail "round $round: it ended without a word: $(cat "$LAB_DIR/race.log")"
	fi
	wait "$pid" || true
	untouched || fail "round $round: the file that a link led to was touched"
done
note "it won the name in $won of $rounds rounds, and refused in the others"
check "in $rounds rounds nothing but its own was touched" -- untouched
