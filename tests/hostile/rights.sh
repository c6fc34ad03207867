# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# What a process may do, read from /proc: for rights_test.sh, and for the lab test "installed".

# status_of PID KEY: of /proc/PID/status, its words with one space between them
status_of() { awk -v key="$2:" '$1 == key { $1 = ""; print substr($0, 2) }' "/proc/$1/status"; }

status_is() { # PID KEY VALUE
	local value
	value=$(status_of "$1" "$2")
	[ "$value" = "$3" ] || { echo "$2 is $value, not $3"; return 1; }
}

NO_CAPS=0000000000000000

# caps_of NAME INSTALLED: the capabilities that a process keeps
caps_of() {
	case $1 in
	control) echo 0000000000001000 ;; # CAP_NET_ADMIN
	# those of its helper left out, and others that it never needs; as a unit, CAP_NET_RAW as well
	supervisor) if [ "$2" = yes ]; then echo 00000000000011fb; else echo 00000000000031fb; fi ;;
	netns) echo 0000000000203000 ;;      # CAP_SYS_ADMIN, CAP_NET_ADMIN, CAP_NET_RAW
	*) echo $NO_CAPS ;;
	esac
}

# The process that enters namespaces for heddled (PID).
helper_of() {
	local pid
	for pid in $(<"/proc/$1/task/$1/children"); do
		if [ "$(<"/proc/$pid/comm")" = heddled-netns ]; then echo "$pid"; fi
	done
}

# The user that a plane is meant to be: of its own name, where there is one, else nobody. Where nobody else
# can be had, and for heddle-mgmt of a build tree, it is that of heddled.
user_of() { # NAME INSTALLED
	local user
	case $1 in
	data) user=heddle-dp ;;
	control) user=heddle-cp ;;
	management) user=heddle-mgmt ;;
	*) user= ;;
	esac
	if [ -z "$user" ] || [ "$(id -u)" != 0 ] || ! grep -q ' 4294967295$' /proc/self/uid_map ||
		{ [ "$user" = heddle-mgmt ] && [ "$2" = no ]; }; then
		id -un
	elif id "$user" >/dev/null 2>&1; then
		echo "$user"
	else
		echo nobody
	fi
}

# user_is PID NAME: with all four ids of user and group, and no other group
user_is() {
	local uid gid key
	uid=$(id -u "$2") gid=$(id -g "$2")
	for key in Uid Gid; do
		[ $key = Uid ] || uid=$gid
		status_is "$1" $key "$uid $uid $uid $uid" || return 1
	done
	[ "$(id -u)" != 0 ] || [ "$2" = root ] || status_is "$1" Groups "$(id -G "$2")"
}

# check_plane NAME PID INSTALLED: its rights are those of the plane, and no more
check_plane() {
	local key user
	user=$(user_of "$1" "$3")
	check "$1: it is user $user, and nobody else" -- user_is "$2" "$user"
	check "$1: no new privileges" -- status_is "$2" NoNewPrivs 1
	check "$1: its system calls are filtered" -- status_is "$2" Seccomp 2
	for key in CapInh CapAmb; do
		check "$1: $key is empty" -- status_is "$2" $key $NO_CAPS
	done
	# heddled passes on what planes keep, and empties the rest; a service that may not change the set
	# is started with what it needs
	if [ "$1" = supervisor ] || [ "$1-$3" = netns-yes ]; then
		check "$1: CapBnd" -- status_is "$2" CapBnd "$(caps_of "$1" "$3")"
	else
		check "$1: CapBnd is empty" -- status_is "$2" CapBnd $NO_CAPS
	fi
	for key in CapPrm CapEff; do
		check "$1: $key" -- status_is "$2" $key "$(caps_of "$1" "$3")"
	done
}
