#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The same without root: an ordinary user, in a user namespace, with the ports that allow it.
set -eu
here=$(dirname "$(readlink -f "$0")")
build=$(readlink -f "${1:-${HEDDLE_BUILD_DIR:-$here/../../build}}")
if [ "$(id -u)" != 0 ]; then
	echo "SKIP: not root: every lab test runs as an ordinary user already"
	exit 77
fi
as_user() { setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"; }
as_user unshare -Urmn true 2>/dev/null || {
	echo "SKIP: ordinary users cannot make user namespaces here"
	exit 77
}
as_user test -x "$build/supervisor/heddled" || {
	echo "SKIP: an ordinary user cannot read $build"
	exit 77
}
for test in tap_ping tap_tcp host_interface; do
	echo "== $test, as uid 65534"
	as_user env -u HEDDLE_BUILD_DIR TMPDIR=/tmp HOME=/tmp bash "$here/${test}_test.sh" "$build"
done
echo "== demo/run --check, as uid 65534"
as_user env TMPDIR=/tmp HOME=/tmp "$here/../../demo/run" --check "$build"
