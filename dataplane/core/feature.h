/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Features: what hangs on the points of the path, per port, and costs nothing where it is not
 * configured.
 *
 * A feature is a folder with the same shape as its neighbours: <x>_core.c (pure), <x>_feature.c (the
 * function that runs on a point), <x>_api.c (its configuration object). It registers a struct
 * dp_feature; when its object exists for a port, its function is on that port's list for the point,
 * ordered by runs_before and runs_after. See docs/decisions/0008 for why these are functions over a
 * batch.
 */
#ifndef DATAPLANE_CORE_FEATURE_H
#define DATAPLANE_CORE_FEATURE_H

#include <stdint.h>

#include "heddle/base/err.h"
#include "dataplane/core/worker.h"

struct rte_mbuf;
struct dp_port_config;

enum dp_point {
	DP_POINT_INPUT, /* a burst as it came in, before VLAN classification */
	DP_POINT_NEW_SOURCE, /* one packet whose source the switch does not know at this port; classified */
	DP_POINT_OUTPUT, /* a batch for one port, before tags and offloads are fitted */
	DP_POINT_LOCAL, /* frames for the switch itself, at the port that takes them (dp_port_ops.take) */
	DP_POINT_IP_INPUT,  /* one IP packet that a gateway got, before it is routed */
	DP_POINT_IP_OUTPUT, /* one that is routed, at the gateway that it leaves by */
	DP_POINT_COUNT,
};

/*
 * Looks at a batch of one port (DP_POINT_INPUT, NEW_SOURCE, IP_INPUT: the one that it came in by; OUTPUT,
 * LOCAL, IP_OUTPUT: the one that it is for) and returns how many go on. Those are moved to the front, in
 * order; the others were given to dp_drop(), or kept, for dp_feature_resume() (not at NEW_SOURCE). Worker.
 * The first 256 bytes of a packet can be read directly; at DP_POINT_OUTPUT and LOCAL a packet may be
 * shared (read-only, see meta.h).
 * @conf is the feature's object for the port (struct hd_object first).
 */
typedef uint16_t (*dp_feature_fn)(struct dp_worker *w, const struct dp_port_config *port,
				  const void *conf, struct rte_mbuf **m, uint16_t n);

struct dp_feature {
	const char *name;
	enum dp_point point;
	const char *runs_before; /* name of another feature on the point, or NULL */
	const char *runs_after;
	dp_feature_fn run;
	/*
	 * Of a feature at INPUT: asked before a receive queue of the port is looked at. 0: it may be;
	 * else the time (clock of worker->now_ns) until which it is not, so that what is in it waits
	 * with the peer. Worker. May be NULL.
	 */
	uint64_t (*poll_after)(struct dp_worker *w, const struct dp_port_config *port,
			       const void *conf);
	uint32_t object; /* message type of its configuration object, keyed by the port's name */
	size_t object_size;
	/* Checks a received object; every byte may be hostile. Pure. 0, or -EINVAL with @err. */
	int (*validate)(const void *object, struct hd_err *err);
	unsigned int order; /* set by dp_feature_init() */
	struct dp_feature *next;
};

/* From a constructor (RTE_INIT). */
void dp_feature_register(struct dp_feature *feature);

/*
 * Sorts. Once, at the start. -EINVAL: two of one name, an unknown name in runs_before or
 * runs_after, or a circle; @err names them.
 */
int dp_feature_init(struct hd_err *err);

/* In order of points, then of execution. Ends with NULL through ->next. */
const struct dp_feature *dp_feature_first(void);

/* What goes on with packets that passed all features at a point. Worker. */
typedef void (*dp_point_fn)(struct dp_worker *w, const struct dp_port_config *port,
			    struct rte_mbuf **m, uint16_t n);

/* Whose stage follows @point. From a constructor (RTE_INIT), once for a point. */
void dp_point_register(enum dp_point point, dp_point_fn next);

/*
 * @n packets of port @id, at most DP_BURST, that @feature kept at its point go on: with the features behind
 * it, then with the stage that follows. A packet whose port is gone is dropped (reason "outdated"). It counts
 * as held (stats->held) until then: the feature adds one for each that it keeps, and this takes it off. Worker.
 */
void dp_feature_resume(struct dp_worker *w, const struct dp_feature *feature, uint16_t id,
		       struct rte_mbuf **m, uint16_t n);

#endif
