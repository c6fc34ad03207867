#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The same two guests on Heddle and on DPDK's testpmd, which is librte_vhost, what other switches are
# built on: what a guest can rely on there it can rely on here.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

PROBE=$HEDDLE_BUILD_DIR/tests/lab/vhost-probe
[ -x "$PROBE" ] || lab_skip "no vhost-probe in $HEDDLE_BUILD_DIR (build with -Dtests=true)"

for peers in "$("$LAB_TOP/tests/tools/peers" --path testpmd)" "$("$LAB_TOP/tests/tools/peers" --path bench)" ""; do
	[ ! -x "$peers/usr/bin/dpdk-testpmd" ] || break
done
testpmd=$peers/usr/bin/dpdk-testpmd
libs=$(printf '%s:' "$peers"/usr/lib/*-linux-gnu)
probe() { timeout 60 "$PROBE" "$2" "$3" >"$LAB_DIR/answers.$1"; }
answered() { grep -qxF "$2"$'\t'"$3" "$LAB_DIR/answers.$1"; }

heddle_start sw "$(config sw <<-END
	switch sw
	segment lan bridged
	vhost-user a socket=a queues=2 access=lan
	vhost-user b socket=b access=lan
END
)"
check "Heddle serves two guests" -- probe heddle "$LAB_DIR/sw/vhost/a/a" "$LAB_DIR/sw/vhost/b/b"
while IFS=$'\t' read -r question answer; do
	case $question in
	offers* | protocol*) ;;
	"a guest that does not want"*) check_not "... $question" -- test "$answer" = yes ;;
	*) check "... $question" -- test "$answer" = yes ;;
	esac
done <"$LAB_DIR/answers.heddle"
check_conserved sw

mkdir "$LAB_DIR/peer"
[ -x "$testpmd" ] || [ "$LAB_FAILED" != 0 ] || lab_skip "no dpdk-testpmd: tests/tools/peers testpmd unpacks it"
cpus=0-$(($(nproc) - 1))
# It ends when its standard input does.
LD_LIBRARY_PATH=$libs "$testpmd" --lcores "0@($cpus),1@($cpus)" --no-pci --no-telemetry --no-huge --no-shconf -m 128 \
	--vdev "net_vhost0,iface=$LAB_DIR/peer/a,client=1,queues=1,tso=1" \
	--vdev "net_vhost1,iface=$LAB_DIR/peer/b,client=1,queues=1,tso=1" -- \
	--forward-mode=io --total-num-mbufs=16384 --auto-start --no-mlockall \
	>"$LAB_DIR/testpmd.log" 2>&1 <&"$LAB_NEVER" &
LAB_PIDS+=($!)
check "testpmd serves the same" -- probe testpmd "$LAB_DIR/peer/a" "$LAB_DIR/peer/b"
while IFS=$'\t' read -r question answer; do
	case $answer$question in
	no* | "yesa guest that does not want"*) ;;
	*) check "Heddle has what testpmd has: $question" -- answered heddle "$question" yes ;;
	esac
done <"$LAB_DIR/answers.testpmd"
[ "$LAB_FAILED" = 0 ] || tail -n 5 "$LAB_DIR/testpmd.log"
