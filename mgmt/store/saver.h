/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Work for the disk in a forked child: it sees everything as it was at that instant, and the loop
 * need not wait for a slow disk. It has no descriptor but stderr and those that it opens.
 */
#ifndef MGMT_STORE_SAVER_H
#define MGMT_STORE_SAVER_H

#include <event2/event.h>

#include "heddle/base/err.h"

struct sv;

/* In the child: 0, or -errno with @err. It must not touch the loop. */
typedef int (*sv_work_fn)(void *arg, struct hd_err *err);

/* In the parent, from the loop, once: code 0 when it was done. */
typedef void (*sv_done_fn)(const struct hd_err *err, void *arg);

/* NULL with @err when no child can be had; then @done is not called. */
struct sv *sv_start(struct event_base *base, sv_work_fn work, void *work_arg, sv_done_fn done,
		    void *arg, struct hd_err *err);

/* Waits for the end of it; @done is called from here. */
void sv_finish(struct sv *sv);

#endif
