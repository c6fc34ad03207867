/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Events of planes: what a plane tells by itself, and the notification that clients get of it. Each
 * feature registers its own from a constructor, so that no list here names them.
 */
#ifndef MGMT_NETCONF_EVENT_H
#define MGMT_NETCONF_EVENT_H

#include "mgmt/netconf/notify.h"

/* How many came in the second that began at @since_ns, and how many more were left out since. */
struct nc_event_rate {
	uint64_t since_ns, left_out;
	unsigned int n;
};

struct nc_event_kind {
	struct bk_event event; /* NC_EVENT_OF() */
	/*
	 * Makes the notification, by nc_event() and nc_leaf(): it is published then. Or NULL: there is
	 * none, because @body makes no sense (which is logged), or because it is for heddle-mgmt itself.
	 * The size of @body was checked, what is in it was not.
	 */
	struct lyd_node *(*take)(struct nc_server *server, const void *body);
	unsigned int
		most; /* that are taken in a second; what is more is counted and logged; 0: any */
	struct nc_event_rate rate; /* zero */
};

/* PLANE is BK_DATA or BK_CONTROL, NAME that of HD_EVENT(). */
#define NC_EVENT_OF(PLANE, NAME)                                                    \
	{                                                                           \
		.plane = (PLANE), .handler = HD_EVENT_HANDLER(NAME, bk_event_tell), \
	}

#define NC_EVENT_REGISTER(var)                                                 \
	static struct nc_event_kind var;                                       \
	__attribute__((constructor)) static void nc_event_register_##var(void) \
	{                                                                      \
		bk_event_register(&var.event);                                 \
	}                                                                      \
	static struct nc_event_kind var

/*
 * True if one more may be taken at @now_ns; then *@left_out is how many were not, since the last that
 * was. Pure.
 */
bool nc_event_pass(struct nc_event_rate *rate, unsigned int most, uint64_t now_ns,
		   uint64_t *left_out);

/* Takes an event that a plane sent. For the listener of the backend. */
void nc_event_take(struct nc_server *server, struct bk_event *event, const void *body);

#endif
