# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What tests/tools/deps and tests/tools/peers share: asking apt for things, as whoever we are.

export DEBIAN_FRONTEND=noninteractive

# True if this machine installs packages with apt.
apt_here() {
	command -v dpkg-query >/dev/null && command -v apt-get >/dev/null
}

# Prints those of its arguments that are not installed, one a line.
apt_missing() {
	comm -23 <(printf '%s\n' "$@" | sort -u) <(
		dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
			sed -n 's/ installed$//p' | sort -u)
}

# Prints those of its arguments that apt does not know a version of (its lists are old, or empty).
apt_unknown() {
	local package

	for package; do
		apt-cache policy "$package" 2>/dev/null | grep -q '^  Candidate: [^(]' || echo "$package"
	done
}

# Runs a command as root: directly, through sudo, or not at all: then it says what to type.
# $1 is the whole that the user would type, the rest is the command.
as_root() {
	local advice=$1
	shift

	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
		sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
	elif command -v sudo >/dev/null && [ -t 0 ]; then
		sudo env DEBIAN_FRONTEND=noninteractive "$@"
	else
		echo "This needs root. Run this once, then try again:" >&2
		echo "    $advice" >&2
		exit 1
	fi
}

# Prints what a user who is not root would type to run $1, a shell command, as root.
root_advice() {
	if command -v sudo >/dev/null; then
		echo "sudo sh -c '$1'"
	else
		echo "su -c '$1'"
	fi
}

apt_update() {
	echo "Reading package lists (apt-get update) ..." >&2
	as_root "$1" apt-get -q -o DPkg::Lock::Timeout=300 update >&2
}
