#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Guests attack the switch by the messages of vhost-user, and by the descriptors beside them. No other
# port has a gap of more than 50 ms, heddle-dp goes on, nothing of theirs is left in it, and a port
# whose connection ends for that says why.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/../lab/lib.sh"
# shellcheck source=tests/hostile/vhost_attacks.sh
. "$(dirname "$0")/vhost_attacks.sh"

attack call-pipe "the call descriptor is no event descriptor (eventfd)"
attack call-full
attack call-flag
attack unread "the reply to GET_FEATURES was not read for 5 s"
attack requests
attack one-byte "a request came only in part, for 5 s"
attack only-header "a request came only in part, for 5 s"
attack half-payload "a request came only in part, for 5 s"
attack inflight "GET_INFLIGHT_FD is not served"
attack many-fds "descriptors"
attack unwanted-fds "GET_FEATURES came with 8 descriptors, and 0 to 0 are right"
attack no-fds "SET_VRING_KICK came with 0 descriptors, and 1 to 1 are right"
attack unknown "request 77 is not served"
attack reply "GET_FEATURES is marked as a reply"
attack version "version 2 of the protocol"
attack size "SET_MEM_TABLE has 4294967295 bytes"
attack ring-number "SET_VRING_NUM is for ring 255, and there are 2"
attack order
attack connects
attack enable-storm
attack event-storm
attack reset-storm
check_conserved sw
heddle_stop sw
