/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What one client may take, so that the others do not notice.
 */
#ifndef MGMT_NETCONF_LIMITS_H
#define MGMT_NETCONF_LIMITS_H

#include "heddle/base/err.h"

struct nc_limits {
	unsigned int sessions;      /* at once; root may have NC_SESSIONS_ROOT more */
	unsigned int user_sessions; /* of one user; root: any number */
	unsigned int message_mb;    /* of one message with a configuration in it */
	unsigned int request_kb;    /* of any other message */
	unsigned int buffers_mb; /* of messages that are under way, in all; one user: half of it */
	unsigned int
		output_kb;     /* that wait for a client, before no more of its requests are read */
	unsigned int parse_ns; /* of processor time for a byte of a long message */
	unsigned int rate;     /* requests a second of a session; more of them wait */
	unsigned int hello_s;  /* until the client's hello */
	unsigned int message_s; /* until a message that has begun is whole */
	unsigned int stall_s;   /* a client that takes nothing of its replies */
	unsigned int idle_s;    /* without a request, a subscription or a lock; 0: for ever */
	unsigned int reads;     /* that run beside the loop */
	unsigned int read_cpu_s, read_s,
		read_mb;        /* of one: processor time, until it answers, memory */
	unsigned int events;    /* that can be replayed */
	unsigned int events_kb; /* of memory for them */
};

#define NC_SESSIONS_ROOT 8

void nc_limits_init(struct nc_limits *limits);

/* Takes over "name=number,..." with the names above. Returns 0, or -EINVAL with @err: none changed. */
int nc_limits_parse(struct nc_limits *limits, const char *text, struct hd_err *err);

#endif
