#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The log of a switch: fields in the journal, also from sandboxes; lines on standard error without one; a level
# that is changed while the switch runs.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

host_add a b
mkdir -p "$LAB_DIR/sw"
entries=$LAB_DIR/entries lines=$LAB_DIR/sw.log
"$LAB_PYTHON" "$LAB_TOOLS/journal.py" "$entries" &
journal=$!
LAB_PIDS+=("$journal")
wait_for 5 test -f "$entries"

# Standard error is the journal's when the environment says so.
touch "$lines"
JOURNAL_STREAM=$(stat -c %d:%i "$lines")
export JOURNAL_STREAM
heddle_start sw "$(config sw <<-END
	switch sw
	segment lan host-only
	tap a namespace=a device=eth0 access=lan
END
)"
ports_up sw a
has() { grep -qE -- "$1" "$entries"; }
check_within 5 "a line of the data plane has its fields, and those of its port" -- \
	has '^SYSLOG_IDENTIFIER=heddled \| PRIORITY=6 \| HEDDLE_PLANE=dp \| HEDDLE_PORT=a \| MESSAGE=dp: port a: up'
check "heddled writes to it" -- has 'HEDDLE_PLANE=heddled \| MESSAGE=heddled: '
check "a commit" -- hd sw port add b tap --namespace b --device eth0 --access lan --wait 10
check_within 5 "... is one line, with who made it and what was typed" -- \
	has ' \| HEDDLE_GENERATION=2 \| HEDDLE_USER=[^ ]+ \| HEDDLE_CLIENT=cli \| HEDDLE_SESSION=[0-9]+ \| HEDDLE_COMMENT=port add b tap .*--wait 10$'
check "commands are no news" -- eval '! has "netconf session"'
# (a build with sanitizers has its helper, which has no journal of its own, say so)
check_not "nothing is on standard error" -- grep -v "built with a sanitizer" "$lines"

# The level: of all processes, also of one that is started later.
data() { state sw plane-pid data; }
has_level() { [ "$(data)" != "$before" ] && tr '\0' ' ' <"/proc/$(data)/cmdline" | grep -q -- "--log-level $1 "; }
check_says "the log level is error" "the level is changed" -- hd sw log level error
before=$(data)
kill -KILL "$before"
check_within 10 "a plane that is started again has it, too" -- has_level error
wait_for 10 state sw ports-up a b
check "a commit is written no more" -- hd sw port disable b
check "..." -- eval '! has "HEDDLE_COMMENT=port disable b"'
check_says "the log level is debug" "and changed again" -- hd sw log level debug
check_within 5 "sessions are written at debug" -- eval 'hd sw show ports && has "PRIORITY=7 .*netconf session"'
check "an unknown level is refused" -- eval '! hd sw log level loud'

# Without a journal nothing is lost.
kill -TERM "$journal"
wait_for 5 lab_gone "$journal"
check "a commit without a journal" -- hd sw port enable b
check_within 5 "... is on standard error, with its level" -- \
	grep -qE '^<5>mgmt: configuration [0-9]+ is in force: by .*"port enable b"' "$lines"
heddle_stop sw
unset JOURNAL_STREAM

heddle_start other "$LAB_DIR/sw.json"
check_within 5 "elsewhere lines begin with the time" -- \
	grep -qE '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}[+-][0-9]{2}:[0-9]{2} mgmt: configuration 1 ' \
	"$LAB_DIR/other.log"
heddle_stop other
