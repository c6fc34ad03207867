#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# heddled alone, between planes that only do as they are told (tools/fake_plane.c): the processes it
# starts, hands to each other, starts again and ends; what it opens for them and what it refuses.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

FAKE_DIR=$LAB_DIR/fake
RUN=$LAB_DIR/run
export FAKE_DIR
mkdir -p "$FAKE_DIR/build"/{dataplane,ctrlplane,mgmt} "$RUN.cwd"
for plane in dataplane/heddle-dp ctrlplane/heddle-cp mgmt/heddle-mgmt; do
	ln -s "$HEDDLE_BUILD_DIR/supervisor/fake-plane" "$FAKE_DIR/build/$plane"
	mkfifo "$FAKE_DIR/${plane#*/}.in"
	: >"$FAKE_DIR/${plane#*/}.log"
done
# Planes are other users than heddled, and are to come here all the same.
chmod 711 "$LAB_DIR"
chmod -R a+rwX "$FAKE_DIR"
exec {held}<>"$FAKE_DIR/heddle-dp.in" {held_cp}<>"$FAKE_DIR/heddle-cp.in" {held_mgmt}<>"$FAKE_DIR/heddle-mgmt.in"
: "$held $held_cp $held_mgmt"

# start NAME ARGUMENTS...: heddled in the background, with its output in NAME.log.
start() {
	local name=$1
	shift
	HEDDLE_BUILD_DIR=$FAKE_DIR/build "$HEDDLED" -c some.json --run-dir "$RUN" --conf "$LAB_DIR/conf" \
		"$@" >"$LAB_DIR/$name.log" 2>&1 </dev/null &
	HEDDLE_PID[$name]=$!
}

# check_ended NAME STATUS WORDS: it ends by itself, with that status.
check_ended() {
	local name=$1 expected=$2 pid=${HEDDLE_PID[$1]} status=0
	shift 2
	wait_for 10 lab_gone "$pid" || {
		kill -KILL "$pid"
		note "$name did not end by itself"
	}
	wait "$pid" || status=$?
	unset "HEDDLE_PID[$name]"
	check "$@" -- is "$status" "$expected"
}

says() { grep -qF -- "$2" "$LAB_DIR/$1.log"; }
logged() { grep -qF -- "$2" "$FAKE_DIR/$1.log"; }
logged_n() { [ "$(grep -cF -- "$2" "$FAKE_DIR/$1.log")" -ge "$3" ]; }
pid_of() { awk '/^start/ { pid = $2 } END { print pid }' "$FAKE_DIR/$1.log"; }
is() { [ "$1" = "$2" ] || { echo "is \"$1\", not \"$2\""; return 1; }; }
# gone DEVICE [on NAME]
gone() {
	local dev=$1
	shift
	! "$@" ip link show dev "$dev"
}
links() { readlink "/proc/$1/ns/net"; }
fds() { find "/proc/$1/fd" -mindepth 1 | wc -l; }
env_of() { tr '\0' '\n' <"/proc/$(pid_of "$1")/environ" | sed -n "s/^$2=//p"; }
status_of() { awk -v key="$2:" '$1 == key { $1 = ""; print substr($0, 2) }' "/proc/$(pid_of "$1")/status"; }
# The descriptor that the plane was given is the socket of that name.
listens() {
	local inode
	inode=$(readlink "/proc/$(pid_of "$1")/fd/$(env_of "$1" HEDDLE_NETCONF_FD)" | tr -dc 0-9)
	grep -q " 00010000 0001 01 *$inode .*/netconf.sock" /proc/net/unix
}

# tell PLANE COMMAND...: has it done; prints what it wrote about it.
tell() {
	local plane=$1 before
	shift
	before=$(wc -l <"$FAKE_DIR/$plane.log")
	echo "$*" >"$FAKE_DIR/$plane.in"
	wait_for 5 told "$plane" "$before" "$1" || { echo "no answer to $*"; return 1; }
	tail -n +$((before + 1)) "$FAKE_DIR/$plane.log" | grep "^$1"
}
told() { tail -n +$(($2 + 1)) "$FAKE_DIR/$1.log" | grep -q "^$3"; }

: >"$LAB_DIR/conf"

echo "== command line and heddled.conf"
check_says "did you mean --workers?" "an unknown option names the right one" -- "$HEDDLED" --wrkers 2
check_says "a number in 1..16 is needed" "a number out of range" -- "$HEDDLED" --workers 0
check_says "usage: heddled" "--help" -- "$HEDDLED" --help
check_says "heddled " "--version" -- "$HEDDLED" --version
echo "wrokers = 2" >"$LAB_DIR/conf"
start conf
check_ended conf 2 "a wrong heddled.conf ends with status 2"
check "and names file, line and the right key" -- says conf "conf:1: wrokers is not known: did you mean workers?"
printf '# ok\nworkers = 2\ncpus = 0\n' >"$LAB_DIR/conf"
chmod o+w "$LAB_DIR/conf"
start conf
check_ended conf 2 "a heddled.conf that others can write is refused"
check "and told how to mend it" -- says conf "chmod go-w $LAB_DIR/conf"
chmod o-w "$LAB_DIR/conf"
long=$LAB_DIR/$(printf 'x%.0s' {1..100})
check_says "choose one of at most 94" "a run directory too long for a socket" -- \
	env HEDDLE_BUILD_DIR="$FAKE_DIR/build" "$HEDDLED" --conf "$LAB_DIR/conf" --run-dir "$long"
check "leaves nothing" -- test ! -e "$long"

echo "== start"
host_add fw web
start main --memory 128 --no-idle-sleep
check_within 5 "all planes were ready" -- says main "forwarding, 3 ports, NETCONF on nothing"
for pair in dp:mgmt dp:cp cp:dp cp:mgmt mgmt:dp mgmt:cp; do
	check_within 5 "heddle-${pair%:*} talks to heddle-${pair#*:}" -- \
		logged "heddle-${pair%:*}" "hello heddle-${pair#*:}"
done
check "heddle-dp is told what it needs, from file and command line" -- logged heddle-dp \
	"--run-dir $RUN --log-level info --workers 2 --cpus 0 --hugepages auto --memory 128 --vhost-dir $RUN/vhost --no-idle-sleep"
check "heddle-mgmt is told the configuration's full path" -- logged heddle-mgmt "-c $PWD/some.json --state-dir $RUN/state --vhost-dir $RUN/vhost --run-dir $RUN"
main=${HEDDLE_PID[main]}
check "the run directory has mode 755" -- is "$(stat -c %a "$RUN")" 755
check "the state directory has mode 700" -- is "$(stat -c %a "$RUN/state")" 700
check "heddle-mgmt gets a socket that heddled listens on" -- listens heddle-mgmt
check "and is told that it was not restarted" -- is "$(env_of heddle-mgmt HEDDLE_RESTARTS)" 0
check "heddle-dp gets no such socket" -- is "$(env_of heddle-dp HEDDLE_NETCONF_FD)" ""
check "the socket directory has mode 2751" -- is "$(stat -c %a "$RUN/vhost")" 2751
tell heddle-mgmt list >/dev/null
wait_for 5 logged heddle-mgmt "list: end 0"
check "PLANE_LIST tells of heddled" -- logged heddle-mgmt "list: heddled pid $main restarts 0 ready 1 rss some"
check "and of each plane" -- logged heddle-mgmt "list: heddle-cp pid $(pid_of heddle-cp) restarts 0 ready 1 rss some last \"\""
start second
check_ended second 1 "a second heddled in the same directory ends with status 1"
check "and names the first" -- says second "another heddled (pid $main) uses run directory $RUN"

echo "== opener"
own=$(links "$main")
check_says "ok index" "a TAP in a namespace" -- tell heddle-dp tap p1 fw0 fw 1 1500
check "it has vnet headers of 12 bytes, a queue and a socket" -- logged heddle-dp "mtu 1500 fds 2 header 12 vnet 1 kept 0"
check "it is up in that namespace" -- on fw sh -c 'ip -br link show dev fw0 | grep -q ",UP"'
check "heddled stayed in its own" -- is "$(links "$main")" "$own"
on fw ip addr add 10.9.9.1/24 dev fw0
check_says "fds 4 header 12 vnet 1 kept 0" "a TAP with three queues, in heddled's namespace" -- tell heddle-dp tap p2 many0 - 3 9000
check_says "tap p3: ENOENT: there is no network namespace nowhere ($(readlink -f /run)/netns/nowhere): ip netns add nowhere" \
	"a namespace that is not there" -- tell heddle-dp tap p3 x0 nowhere 1 1500
touch /run/netns/file
check_says "tap p3: ENOENT" "a file that is no namespace" -- tell heddle-dp tap p3 x0 file 1 1500
ln -s /proc/1/ns/net /run/netns/link
check_says "tap p3: ELOOP" "a link out of the root is not followed" -- tell heddle-dp tap p3 x0 link 1 1500
check_says "tap p3: EINVAL: the namespace's name is not valid" "a path out of the root" -- tell heddle-dp tap p3 x0 ../../proc/1/ns/net 1 1500
check_says "tap p3: EINVAL: the device's name is not valid" "a pattern for a name" -- tell heddle-dp tap p3 x%d fw 1 1500
ip link add taken0 type veth peer name taken1
check_says "tap p3: EEXIST: a device taken0 is there already: ip link del taken0" "a name that is taken" -- tell heddle-dp tap p3 taken0 - 1 1500
check_says "tap p3: EEXIST: device fw0 belongs to port p1" "a name of another port" -- tell heddle-dp tap p3 fw0 fw 1 1500
check_says "packet up: ok mtu 1500 fds 2" "a packet socket" -- tell heddle-dp packet up taken1 -
check_says "packet up: ENODEV: there is no network device eth9 in namespace web" "on a device that is not there" -- tell heddle-dp packet up eth9 web
check_says "packet up: EPERM: device fw0 is the TAP of port p1" "on the TAP of another port: no" -- tell heddle-dp packet up fw0 fw
check_says "packet up: EPERM: device lo is the loopback device" "on loopback: no" -- tell heddle-dp packet up lo fw
check_says "packet up: EPERM" "for heddle-mgmt: no" -- tell heddle-mgmt packet up taken1 -
check_says "tap p9: EPERM: this is opened for heddle-dp only" "a TAP for heddle-cp: no" -- tell heddle-cp tap p9 x0 - 1 1500
check_says "shm counters: EAGAIN" "memory that heddle-dp did not make yet" -- tell heddle-mgmt shm counters 0 1
check_says "shm counters: ok size 8192 new 1 writable word 0 resize refused" "memory for heddle-dp" -- tell heddle-dp shm counters 8192 1
check_says "shm counters: ok size 8192 new 0 read-only word 1 resize refused" "is read-only for others" -- tell heddle-mgmt shm counters 0 1
check_says "shm counters: ESTALE" "and not of another layout" -- tell heddle-mgmt shm counters 0 2
bind_at() { "$LAB_PYTHON" -c 'import os,socket,sys; os.umask(int(sys.argv[2], 8)); socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$1" "$2"; }
check_says "vhost vm: ok fds 1" "a directory for a guest's socket" -- tell heddle-dp vhost vm vm.sock 0 0 -
check "sticky, setgid and closed to others" -- is "$(stat -c %a "$RUN/vhost/vm")" 3770
check_says "admit: ENOENT" "no socket is in it yet" -- tell heddle-dp admit vm
bind_at "$RUN/vhost/vm/vm.sock" 022
check "a socket that is made there is closed to the group" -- \
	grep -q '^group::---' <(getfacl -cp "$RUN/vhost/vm/vm.sock")
check_says "admit: ok" "heddle-dp is let in" -- tell heddle-dp admit vm
check "by name, whatever the umask was" -- grep -q '^user:[^:]*:rw-.*effective:rw-$' <(getfacl -cpe "$RUN/vhost/vm/vm.sock")
rm "$RUN/vhost/vm/vm.sock"
touch "$LAB_DIR/outside"
chmod 600 "$LAB_DIR/outside"
ln -s "$LAB_DIR/outside" "$RUN/vhost/vm/vm.sock"
check_says "admit: EINVAL" "a link is not followed" -- tell heddle-dp admit vm
rm "$RUN/vhost/vm/vm.sock"
touch "$RUN/vhost/vm/vm.sock"
check_says "admit: EINVAL" "a file is no socket" -- tell heddle-dp admit vm
rm "$RUN/vhost/vm/vm.sock"
bind_at "$RUN/vhost/vm/other" 022
ln "$RUN/vhost/vm/other" "$RUN/vhost/vm/vm.sock"
check_says "admit: EINVAL" "nor a socket with a second name" -- tell heddle-dp admit vm
rm "$RUN/vhost/vm/other" "$RUN/vhost/vm/vm.sock"
check "nothing outside was touched" -- is "$(stat -c %a "$LAB_DIR/outside")" 600
check_says "release: ok" "the port goes" -- tell heddle-dp release vm
check "and its directory" -- test ! -e "$RUN/vhost/vm"
ln -s "$LAB_DIR" "$RUN/vhost/up"
check_says "vhost up: " "a link in the place of a directory" -- tell heddle-dp vhost up vm.sock 0 0 -
check "is refused" -- logged heddle-dp "a port's directory has to be there: remove this"
rm "$RUN/vhost/up"
check_says "vhost ..: EINVAL" "out of the directory: no" -- tell heddle-dp vhost .. vm.sock 0 0 -
check_says "vhost s: EINVAL" "nor for the socket" -- tell heddle-dp vhost s ../vm.sock 0 0 -
check_says "vhost s: ok fds 1 mode 660" "a directory for a socket of ours" -- tell heddle-dp vhost s s.sock 0 1 -
check "others may not write there" -- is "$(stat -c %a "$RUN/vhost/s")" 3750
check "the socket has the default mode" -- is "$(stat -c %a "$RUN/vhost/s/s.sock")" 660
check_says "release: ok" "the port goes" -- tell heddle-dp release s
check "its directory goes, with the socket" -- test ! -e "$RUN/vhost/s"
check_says "vhost s: ok fds 1 mode 606" "a mode of its own" -- tell heddle-dp vhost s s.sock 0606 1 -
check "is set" -- is "$(stat -c %a "$RUN/vhost/s/s.sock")" 606
check_says "forge: EBADMSG" "a request of a wrong size" -- tell heddle-dp forge 3 1 8
check_says "forge: ENOSYS" "a request of no known type" -- tell heddle-dp forge 3 99 8
check_says "forge: EBADMSG" "an event sent as a request" -- tell heddle-dp forge 2 2 136

echo "== heddle-dp dies"
index=$(on fw ip -o link show dev fw0 | cut -d: -f1)
before=$(fds "$main")
killed=$(now_ms)
kill -KILL "$(pid_of heddle-dp)"
check_within 5 "it is started again" -- logged_n heddle-dp --run-dir 2
check_ms 500 $(($(now_ms) - killed)) "in time"
check_within 5 "and the reason is told" -- says main "heddle-dp: killed by signal 9; starting it again in 50 ms"
for pair in dp:mgmt dp:cp cp:dp mgmt:dp; do
	n=2
	check_within 5 "heddle-${pair%:*} talks to heddle-${pair#*:} again" -- \
		logged_n "heddle-${pair%:*}" "hello heddle-${pair#*:}" $n
done
check "heddle-cp and heddle-mgmt were not touched" -- is "$(grep -c -- --run-dir "$FAKE_DIR/heddle-cp.log")$(grep -c -- --run-dir "$FAKE_DIR/heddle-mgmt.log")" 11
echo "ping heddle-dp" >"$FAKE_DIR/heddle-mgmt.in"
check_within 5 "they reach the new one" -- logged heddle-mgmt "pong heddle-dp 0"
check_says "kept 1" "the same TAP is given again" -- tell heddle-dp tap p1 fw0 fw 1 1500
check "it is the same device, with its address" -- is "$(on fw ip -o link show dev fw0 | cut -d: -f1) $(on fw ip -br addr show dev fw0 | grep -o 10.9.9.1)" "$index 10.9.9.1"
check_says "new 0 writable word 1" "and the same memory" -- tell heddle-dp shm counters 8192 1
check "the TAP that nobody asked for is still there" -- ip link show dev many0
check_says "sweep: ok" "until the sweep" -- tell heddle-dp sweep
check_within 5 "then it is gone" -- gone many0
check_says "kept 0" "with another MTU it is another device" -- tell heddle-dp tap p4 w0 web 1 1500
ip netns del web
ip netns add web
check_says "kept 0" "a namespace that was made again gets a new device" -- tell heddle-dp tap p4 w0 web 1 1500
check "there it is" -- on web ip link show dev w0
tell heddle-mgmt list >/dev/null
check_within 5 "PLANE_LIST tells of the restart" -- logged heddle-mgmt "list: heddle-dp pid $(pid_of heddle-dp) restarts 1 ready 1 rss some last \"killed by signal 9\""
check "heddled holds no more descriptors than before" -- test "$(fds "$main")" -le "$before"

echo "== back-off, and planes that only seem to live"
for _ in 1 2 3; do
	n=$(grep -c -- --run-dir "$FAKE_DIR/heddle-cp.log")
	kill -KILL "$(pid_of heddle-cp)"
	wait_for 5 logged_n heddle-cp --run-dir $((n + 1))
done
check "it waits longer each time" -- says main "heddle-cp: killed by signal 9; starting it again in 200 ms"
n=$(grep -c -- --run-dir "$FAKE_DIR/heddle-cp.log")
echo lose >"$FAKE_DIR/heddle-cp.in"
check_within 5 "a plane that closes its channel and lives on is replaced" -- logged_n heddle-cp --run-dir $((n + 1))
check "and the reason is told" -- says main "it closed its connection and lives on"
n=$(grep -c -- --run-dir "$FAKE_DIR/heddle-cp.log")
echo deaf >"$FAKE_DIR/heddle-cp.in"
check_within 20 "a plane that does not answer for 10 s is replaced" -- logged_n heddle-cp --run-dir $((n + 1))
check "and the reason is told" -- says main "no answer for 10 s"
n=$(grep -c -- --run-dir "$FAKE_DIR/heddle-cp.log")
worker=$(pid_of heddle-dp)
echo "work 14000 1" >"$FAKE_DIR/heddle-dp.in"
echo "work 60000 0" >"$FAKE_DIR/heddle-cp.in"
lists() { echo list >"$FAKE_DIR/heddle-mgmt.in" && logged heddle-mgmt "$1"; }
check_within 5 "a plane says what it does for long" -- lists 'doing "weaving: 1'
check_within 30 "one that goes no further with it is replaced" -- logged_n heddle-cp --run-dir $((n + 1))
check "and the reason is told" -- says main "weaving: 0 of 1000: killed"
check_within 20 "one that goes on is not" -- logged heddle-dp "work: done"
check "it is the same process" -- is "$(pid_of heddle-dp)" "$worker"
idle() {
	echo list >"$FAKE_DIR/heddle-mgmt.in"
	grep "list: heddle-dp" "$FAKE_DIR/heddle-mgmt.log" | tail -n 1 | grep 'doing ""'
}
check_within 5 "afterwards it does nothing for long" -- idle

echo "== stop"
kill -HUP "$main"
check_within 5 "SIGHUP says how to apply a configuration" -- says main "heddle load"
planes="$(pid_of heddle-dp) $(pid_of heddle-cp) $(pid_of heddle-mgmt)"
kill -TERM "$main"
check_ended main 0 "SIGTERM ends it with status 0"
check "heddle-dp was asked to stop" -- logged heddle-dp stop
for pid in $planes; do
	check "plane $pid is gone" -- lab_gone "$pid"
done
check "its directory is gone, with the socket and the lock" -- test ! -e "$RUN"
check "its TAPs are gone" -- gone fw0 on fw

echo "== what heddle-mgmt keeps"
# managed NAME ARGUMENTS...: the same without a configuration that is given.
managed() {
	local name=$1
	shift
	: >"$FAKE_DIR/heddle-mgmt.log"
	HEDDLE_BUILD_DIR=$FAKE_DIR/build "$HEDDLED" --run-dir "$RUN" --conf "$LAB_DIR/conf" "$@" \
		>"$LAB_DIR/$name.log" 2>&1 </dev/null &
	HEDDLE_PID[$name]=$!
	check_within 5 "$name: it starts" -- says "$name" forwarding
}
ends() {
	kill -TERM "${HEDDLE_PID[$1]}"
	check_ended "$1" 0 "$1: it ends"
}
managed own
check "without -c, heddle-mgmt looks for what was saved" -- logged heddle-mgmt \
	"--initial-config /etc/heddle/initial.json --state-dir $RUN/state --vhost-dir $RUN/vhost --run-dir $RUN"
instance=$(env_of heddle-mgmt HEDDLE_INSTANCE)
echo saved >"$RUN/state/startup.conf"
kill -KILL "$(pid_of heddle-mgmt)"
check_within 5 "it is started again" -- logged_n heddle-mgmt --run-dir 2
check "and told so" -- is "$(env_of heddle-mgmt HEDDLE_RESTARTS) $(env_of heddle-mgmt HEDDLE_INSTANCE)" "1 $instance"
ends own
check "what was saved stays" -- grep -q saved "$RUN/state/startup.conf"
managed next --initial-config "$LAB_DIR/first" --state-dir "$LAB_DIR/kept"
check "both can be named" -- logged heddle-mgmt "--initial-config $LAB_DIR/first --state-dir $LAB_DIR/kept --vhost-dir $RUN/vhost"
check "it is made" -- is "$(stat -c %a "$LAB_DIR/kept")" 700
check_not "another heddled is another instance" -- is "$(env_of heddle-mgmt HEDDLE_INSTANCE)" "$instance"
ends next
check "it stays" -- test -d "$LAB_DIR/kept"
rm -r "$RUN"

echo "== a user of its own"
echo "mgmt-user = nobody-here" >"$LAB_DIR/conf"
start nouser
check_ended nouser 1 "a user that is not there ends it with status 1"
check "and is named" -- says nouser "there is no user nobody-here (mgmt-user)"
echo "mgmt-user = hd-test" >"$LAB_DIR/conf"
if grep -q ' 4294967295$' /proc/self/uid_map; then
	cp /etc/passwd /etc/group "$LAB_DIR"
	echo "hd-test:x:64990:64991::/nonexistent:/usr/sbin/nologin" >>"$LAB_DIR/passwd"
	printf 'hd-test:x:64991:\nhd-more:x:64992:hd-test\n' >>"$LAB_DIR/group"
	mount --bind "$LAB_DIR/passwd" /etc/passwd
	mount --bind "$LAB_DIR/group" /etc/group
	chmod 755 "$LAB_DIR" "$FAKE_DIR"
	chmod 666 "$FAKE_DIR"/*.log "$FAKE_DIR"/*.in
	mkdir -p "$RUN/state/journal" "$LAB_DIR/foreign"
	touch "$RUN/state/startup.conf" "$RUN/state/journal/log" "$LAB_DIR/foreign/thesis.tex"
	ln "$LAB_DIR/foreign/thesis.tex" "$RUN/state/linked"
	ln -s "$LAB_DIR/foreign" "$RUN/state/link"
	echo '{}' >"$LAB_DIR/first"
	chmod 600 "$LAB_DIR/first"
	managed user --initial-config "$LAB_DIR/first"
	check "heddle-mgmt is that user" -- is "$(status_of heddle-mgmt Uid) $(status_of heddle-mgmt Gid)" \
		"64990 64990 64990 64990 64991 64991 64991 64991"
	check "with their groups" -- is "$(status_of heddle-mgmt Groups)" "64991 64992"
	for caps in CapInh CapPrm CapEff CapBnd CapAmb; do
		check "it has no capability ($caps)" -- is "$(status_of heddle-mgmt $caps)" 0000000000000000
	done
	check "and gets none by a program" -- is "$(status_of heddle-mgmt NoNewPrivs)" 1
	check "heddle-dp is somebody else" -- is "$(status_of heddle-dp Uid | cut -d" " -f2)" "$(id -u heddle-dp 2>/dev/null || id -u nobody)"
	check "the state directory is theirs" -- is \
		"$(cd "$RUN/state" && stat -c %u . startup.conf journal journal/log | tr '\n' ' ')" "64990 64990 64990 64990 "
	check "a file that has another name elsewhere is not" -- is "$(stat -c %u "$LAB_DIR/foreign/thesis.tex")" 0
	check "nor what a link leads to" -- is "$(stat -c %u "$LAB_DIR/foreign")" 0
	check "the run directory is not" -- is "$(stat -c %u "$RUN")" 0
	check "a configuration of root is opened for them" -- is \
		"$(readlink "/proc/$(pid_of heddle-mgmt)/fd/$(env_of heddle-mgmt HEDDLE_CONFIG_FD)")" "$LAB_DIR/first"
	kill -KILL "$(pid_of heddle-mgmt)"
	check_within 5 "it is started again" -- logged_n heddle-mgmt --run-dir 2
	check "as the same user" -- is "$(status_of heddle-mgmt Uid)" "64990 64990 64990 64990"
	pid=$(pid_of heddle-mgmt)
	kill -KILL "${HEDDLE_PID[user]}"
	{ wait "${HEDDLE_PID[user]}" || true; } 2>/dev/null
	unset "HEDDLE_PID[user]"
	check_within 2 "it dies with heddled" -- lab_gone "$pid"
	rm "$RUN/state/linked" "$RUN/state/link"
	managed foreign --state-dir "$LAB_DIR/foreign"
	check "a directory of somebody else's files is not given away" -- is "$(stat -c %u "$LAB_DIR/foreign")" 0
	check "and the log says so" -- says foreign "has files that are not heddle-mgmt's"
	ends foreign
	: >"$LAB_DIR/conf"
	start back --state-dir "$RUN/state"
	check_ended back 1 "a state directory of another user is refused"
	check "and told how to mend it" -- says back \
		"state directory $RUN/state: $RUN/state belongs to user hd-test, who could replace it: chown root $RUN/state"
	chown -R 0:0 "$RUN/state"
	managed back
	ends back
	rm -r "$RUN"
else
	note "users cannot be changed here: the rest of this is not tested"
fi
: >"$LAB_DIR/conf"

echo "== ends that are final"
echo "exit 3" >"$FAKE_DIR/heddle-mgmt.start"
start refused
check_ended refused 1 "a configuration that cannot be loaded at the start ends it with status 1"
rm "$FAKE_DIR/heddle-mgmt.start"
check "and leaves nothing" -- test ! -e "$RUN"
: >"$FAKE_DIR/heddle-mgmt.log"
start again
wait_for 5 says again forwarding
echo "exit 3" >"$FAKE_DIR/heddle-mgmt.in"
check_within 5 "later it is only a restart" -- logged_n heddle-mgmt --run-dir 2
echo deaf >"$FAKE_DIR/heddle-dp.in"
wait_for 2 true
stopped=$(now_ms)
kill -TERM "${HEDDLE_PID[again]}"
check_ended again 0 "a plane that does not stop is killed"
check_ms 3500 $(($(now_ms) - stopped)) "after two seconds"
start killed
wait_for 5 says killed forwarding
planes="$(pid_of heddle-dp) $(pid_of heddle-cp) $(pid_of heddle-mgmt)"
kill -KILL "${HEDDLE_PID[killed]}"
{ wait "${HEDDLE_PID[killed]}" || true; } 2>/dev/null
unset "HEDDLE_PID[killed]"
for pid in $planes; do
	check_within 2 "plane $pid dies with heddled" -- lab_gone "$pid"
done

echo "== systemd"
"$LAB_PYTHON" -u -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True:
    print(s.recv(4096).decode())' "$LAB_DIR/notify" >"$LAB_DIR/systemd.log" &
LAB_PIDS+=($!)
wait_for 5 test -S "$LAB_DIR/notify"
NOTIFY_SOCKET=$LAB_DIR/notify WATCHDOG_USEC=200000 start after
check_within 5 "the next heddled takes over the directory" -- says after forwarding
check_within 5 "READY=1 comes when all planes are ready" -- says systemd "READY=1"
check "and a status in words" -- says systemd "STATUS=forwarding, 3 ports, NETCONF on nothing"
check_within 5 "the watchdog is answered" -- says systemd "WATCHDOG=1"
kill -KILL "$(pid_of heddle-cp)"
check_within 5 "a plane that is down shows in the status" -- says systemd "STATUS=heddle-cp is down (killed by signal 9), starting it again"
kill -INT "${HEDDLE_PID[after]}"
check_ended after 0 "SIGINT ends it with status 0"
check "systemd is told of the end" -- says systemd "STOPPING=1"
check "READY=1 came once" -- is "$(grep -c READY=1 "$LAB_DIR/systemd.log")" 1
