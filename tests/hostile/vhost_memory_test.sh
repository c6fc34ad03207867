#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Guests attack the switch by the memory that they share, and by what is in their rings. No other port
# has a gap of more than 50 ms, heddle-dp goes on, nothing of theirs is left in it, and a port whose
# connection or ring ends for that says why.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"
# shellcheck source=tests/hostile/vhost_attacks.sh
. "$(dirname "$0")/vhost_attacks.sh"

attack region-files "the guest's memory is not shared"
attack region-places "overlap"
attack holes
attack table-storm
attack slots-storm
attack slots-full "more than 32 regions"
attack slot-of-rings
attack log-lies "the log ends behind its file"
attack ring-places "is not in the guest's memory"
attack index "the guest's available index runs wild"
attack loops
attack endless
attack indirect
attack tables
attack lengths
attack addresses
attack crumbs
attack scribble
attack headers
attack deaf
attack no-buffers
attack_held log-truncate "took away memory"
attack_held truncate "took away memory"
attack_held truncate-buffers "took away memory"
check_conserved sw
heddle_stop sw
