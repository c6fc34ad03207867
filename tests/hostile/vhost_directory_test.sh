#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Two users who run virtual machines, both in the group of the sockets, and one who is not: none can
# delete, replace, redirect or listen to the socket of another one's port.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"

setpriv --reuid 64401 --regid 64401 --clear-groups true 2>/dev/null ||
	lab_skip "other users are needed, and cannot be had here: run it as root"
cp /etc/passwd /etc/group "$LAB_DIR"
for n in 1 2 3; do
	echo "hd-vm$n:x:6440$n:6440$n::/nonexistent:/usr/sbin/nologin" >>"$LAB_DIR/passwd"
	echo "hd-vm$n:x:6440$n:" >>"$LAB_DIR/group"
done
echo "hd-vm:x:64400:hd-vm1,hd-vm2" >>"$LAB_DIR/group"
mount --bind "$LAB_DIR/passwd" /etc/passwd
mount --bind "$LAB_DIR/group" /etc/group
as() { # as N COMMAND...: the N-th user; the third is not in the group
	local n=$1 groups=(--groups 64400)
	shift
	[ "$n" != 3 ] || groups=(--clear-groups)
	setpriv --reuid "6440$n" --regid "6440$n" "${groups[@]}" -- "$@"
}
echo "vhost-group = hd-vm" >"$LAB_DIR/conf"
chmod 755 "$LAB_DIR"
V=$LAB_DIR/sw/vhost
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged
	vhost-user any access=lan
	vhost-user any2 access=lan
	vhost-user one owner=hd-vm1 access=lan
	vhost-user s mode=server access=lan
	vhost-user s1 mode=server owner=hd-vm1 socket-mode=0600 access=lan
END
)" --conf "$LAB_DIR/conf"

cat >"$LAB_DIR/listen.py" <<'END'
import os, socket, sys
os.umask(int(sys.argv[2], 8))
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen(5)
print("listens", flush=True)
while True:
    c = s.accept()[0]
    print("accepted", flush=True)
    c.close()
END
cat >"$LAB_DIR/connect.py" <<'END'
import socket, sys
socket.socket(socket.AF_UNIX).connect(sys.argv[1])
END
# listens N PATH UMASK: what QEMU does with server=on, as the N-th user.
listens() {
	local out groups=(--groups 64400)
	out=$LAB_DIR/listen.$(basename "$(dirname "$2")").$(basename "$2")
	setpriv --reuid "6440$1" --regid "6440$1" "${groups[@]}" -- \
		"$LAB_PYTHON" "$LAB_DIR/listen.py" "$2" "$3" >"$out" 2>&1 </dev/null &
	LAB_PIDS+=($!)
	wait_for 5 grep -q listens "$out"
}
connects() { as "$1" "$LAB_PYTHON" "$LAB_DIR/connect.py" "$2"; }
accepted() { grep -q accepted "$LAB_DIR/listen.$1"; }
wait_for 5 test -d "$V/any" -a -d "$V/any2" -a -d "$V/one" -a -S "$V/s/sock" -a -S "$V/s1/sock"

echo "== the switch gets in, whatever the umask of the guest is"
check "heddle-dp may not read everything" -- sh -c \
	"awk '/^CapEff/ { exit substr(\$2, 16, 1) ~ /[2367abef]/ }' /proc/$(state sw plane-pid data)/status"
listens 1 "$V/any/sock" 022
check_within 5 "a socket of mode 0755" -- accepted any.sock
listens 1 "$V/one/sock" 077
check_within 5 "a socket of mode 0700, in a directory of its user" -- accepted one.sock

echo "== another guest"
check_not "does not connect to it, as if it were the switch" -- connects 2 "$V/any/sock"
check_not "does not delete it" -- as 2 rm -f "$V/any/sock"
check_not "does not rename it" -- as 2 mv "$V/any/sock" "$V/any/other"
check_not "puts nothing in its place" -- as 2 ln -sf "$V/any2/sock" "$V/any/sock"
check_not "cannot remove the directory" -- as 2 rmdir "$V/any"
check_not "nor rename it" -- as 2 mv "$V/any" "$V/mine"
check_not "nor make one" -- as 2 mkdir "$V/mine"
check_not "makes nothing where a port has an owner" -- as 2 touch "$V/one/file"
check_not "makes nothing where the switch makes the socket" -- as 2 touch "$V/s/file"
check_not "nor deletes that" -- as 2 rm -f "$V/s/sock"
check "connects to a socket of the group" -- connects 2 "$V/s/sock"
check_not "and not to one that is its owner's" -- connects 2 "$V/s1/sock"
check "the owner does" -- connects 1 "$V/s1/sock"
check "the socket was made with its mode" -- grep -q '^user:hd-vm1:rw-' <(getfacl -cpe "$V/s1/sock")
check "and nobody else's" -- grep -q '^group::---' <(getfacl -cp "$V/s1/sock")

echo "== who is not in the group"
check_not "lists no directory" -- as 3 ls "$V/any"
check_not "connects to nothing: client" -- connects 3 "$V/any/sock"
check_not "connects to nothing: server" -- connects 3 "$V/s/sock"

echo "== links in a directory of one's own"
listens 1 "$V/any/bait" 000
check "the bait could be connected to" -- connects 1 "$V/any/bait"
wait_for 5 accepted any.bait
: >"$LAB_DIR/listen.any.bait"
as 2 ln -s ../any/bait "$V/any2/sock"
check_within 5 "a link is not followed" -- state sw port-is any2 reason error
wait_for 1 accepted any.bait || true
check_not "nobody connected where it leads" -- accepted any.bait
as 2 rm "$V/any2/sock"
check_not "the socket of another gets no second name" -- as 2 ln "$V/any/sock" "$V/any2/sock"
as 2 mkdir "$V/any2/sock"
check_within 5 "a directory is no socket" -- state sw port-is any2 reason error
as 2 rmdir "$V/any2/sock"
as 2 mkfifo "$V/any2/sock"
check_within 5 "nor is a pipe, and nobody waits for it" -- state sw port-is any2 reason error
check "the switch is well" -- state sw planes-ready

echo "== the port goes"
heddle_stop sw
check "what is a guest's stays" -- test -S "$V/any/sock"
check "what is the switch's goes" -- test ! -e "$V/s"
