/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Replay: heddle-mgmt --offline configures heddle-dp --replay, then starts the replay. The
 * captures, the output folder and the batch size are arguments of heddle-dp.
 */
#ifndef HEDDLE_API_REPLAY_H
#define HEDDLE_API_REPLAY_H

#include "heddle/ipc/msg.h"

/* mgmt -> dp, once, after the commit. The reply comes when all captures are replayed. */
struct hd_replay_done {
	uint64_t packets; /* read from the captures */
	uint64_t bytes;
	uint64_t virtual_ns; /* time of the captures, from the first packet to the last */
	uint64_t elapsed_ns; /* real time that the replay took */
};
HD_REQ(REPLAY_RUN, HD_MSG_ID(HD_MODULE_REPLAY, 1), struct hd_nothing, struct hd_replay_done);

#endif
