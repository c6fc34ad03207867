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

# The capabilities that a plane keeps.
caps_of() {
	case $1 in
	data) echo 0000000000000002 ;;    # CAP_DAC_OVERRIDE
	control) echo 0000000000001000 ;; # CAP_NET_ADMIN
	*) echo $NO_CAPS ;;
	esac
}

# check_plane NAME PID: its rights are those of the plane, and no more
check_plane() {
	local key
	check "$1: no new privileges" -- status_is "$2" NoNewPrivs 1
	check "$1: its system calls are filtered" -- status_is "$2" Seccomp 2
	for key in CapInh CapAmb CapBnd; do
		check "$1: $key is empty" -- status_is "$2" $key $NO_CAPS
	done
	for key in CapPrm CapEff; do
		check "$1: $key" -- status_is "$2" $key "$(caps_of "$1")"
	done
}
