/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who asks: the person behind a session, as the kernel tells it of the socket's other end.
 */
#ifndef MGMT_NACM_SUBJECT_H
#define MGMT_NACM_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nacm_subject {
	uint32_t session; /* 0: the switch itself */
	const char *user; /* name of the account; the number when the machine has no name for it */
	const char *client;  /* "netconf", "cli": for the history */
	char *const *groups; /* names of all groups of the peer (SO_PEERGROUPS) */
	size_t n_groups;
	bool exempt; /* uid 0 or the switch itself: no rule holds (RFC 8341 3.1.1, recovery session) */
};

#endif
