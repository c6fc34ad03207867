/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Features: what hangs on the points of the path, per port, and costs nothing where it is not
 * configured.
 *
 * A feature is a folder with the same shape as its neighbours: <x>_core.c (pure), <x>_feature.c (the
 * function that runs on a point), <x>_api.c (its configuration object). It registers a struct
 * hd_feature; when its object exists for a port, its function is on that port's list for the point,
 * ordered by runs_before and runs_after. See docs/decisions/0008 for why these are functions over a
 * batch.
 */
#ifndef DATAPLANE_CORE_FEATURE_H
#define DATAPLANE_CORE_FEATURE_H

#include <stdint.h>

#include "heddle/base/err.h"
#include "dataplane/core/worker.h"

struct rte_mbuf;
struct hd_port_config;

enum hd_point {
	HD_POINT_INPUT, /* a burst as it came in, before VLAN classification */
	HD_POINT_NEW_SOURCE, /* one packet whose source the switch does not know at this port; classified */
	HD_POINT_OUTPUT, /* a batch for one port, before tags and offloads are fitted */
	HD_POINT_COUNT,
};

/*
 * Looks at a batch of one port (HD_POINT_INPUT, HD_POINT_NEW_SOURCE: the ingress port; OUTPUT: the
 * egress port) and returns how many go on. Those are moved to the front, in order; the others were
 * given to hd_drop(), or kept. Worker. The first 256 bytes of a packet can be read directly; at
 * HD_POINT_OUTPUT a packet may be shared (read-only, see meta.h).
 * @conf is the feature's object for the port (struct hd_object first).
 */
typedef uint16_t (*hd_feature_fn)(struct hd_worker *w, const struct hd_port_config *port,
				  const void *conf, struct rte_mbuf **m, uint16_t n);

struct hd_feature {
	const char *name;
	enum hd_point point;
	const char *runs_before; /* name of another feature on the point, or NULL */
	const char *runs_after;
	hd_feature_fn run;
	uint32_t object; /* message type of its configuration object, keyed by the port's name */
	size_t object_size;
	/* Checks a received object; every byte may be hostile. Pure. 0, or -EINVAL with @err. */
	int (*validate)(const void *object, struct hd_err *err);
	unsigned int order; /* set by hd_feature_init() */
	struct hd_feature *next;
};

/* From a constructor (RTE_INIT). */
void hd_feature_register(struct hd_feature *feature);

/*
 * Sorts. Once, at the start. -EINVAL: two of one name, an unknown name in runs_before or
 * runs_after, or a circle; @err names them.
 */
int hd_feature_init(struct hd_err *err);

/* In order of points, then of execution. Ends with NULL through ->next. */
const struct hd_feature *hd_feature_first(void);

#endif
