/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Features: functions that run on the points of the path. They are configured for each port, and
 * cost nothing where they are not configured.
 *
 * All features have files of the same shape: <x>_core.c (pure), <x>_feature.c (the function that
 * runs on a point), <x>_api.c (its configuration object). A feature registers a struct dp_feature.
 * If a port has its object, its function is on the port's list for the point, ordered by
 * runs_before and runs_after. docs/decisions/0008 says why features are functions over a batch.
 */
#ifndef DATAPLANE_CORE_FEATURE_H
#define DATAPLANE_CORE_FEATURE_H

#include <stdint.h>

#include "heddle/base/err.h"
#include "dataplane/core/worker.h"

struct rte_mbuf;
struct dp_port_config;

enum dp_point {
	DP_POINT_INPUT,      /* a burst as it came in, before VLAN classification */
	DP_POINT_NEW_SOURCE, /* one classified packet whose source is not known at this port */
	DP_POINT_OUTPUT,     /* a batch for one egress port, before its tags and offloads are set */
	DP_POINT_LOCAL, /* frames for the switch, at the port that takes them (dp_port_ops.take) */
	DP_POINT_IP_INPUT,  /* one IP packet that a gateway received, before it is routed */
	DP_POINT_IP_OUTPUT, /* one routed IP packet, at the gateway by which it leaves */
	DP_POINT_COUNT,
};

/*
 * Processes a batch of one port and returns how many packets go on; these are moved to the front of
 * @m, in their order. The function has given the others to dp_drop(), or keeps them for
 * dp_feature_resume() (not at NEW_SOURCE). @port is the port by which the batch came in at INPUT,
 * NEW_SOURCE and IP_INPUT, and the port by which it is to leave at OUTPUT, LOCAL and IP_OUTPUT.
 * Worker.
 *
 * The first 256 bytes of a packet can be read directly. At OUTPUT and LOCAL a packet may be shared:
 * then it is read-only (meta.h). @conf is the feature's object for the port, which starts with a
 * struct hd_object.
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
	 * For a feature at INPUT, or NULL: called before a receive queue of the port is polled.
	 * Returns 0: poll it; else the time (of the same clock as worker->now_ns) until which it
	 * must not be polled, so that its packets wait at the peer. Worker.
	 */
	uint64_t (*poll_after)(struct dp_worker *w, const struct dp_port_config *port,
			       const void *conf);
	uint32_t object; /* message type of its object, whose key is the port's name */
	size_t object_size;
	/* Checks a received object; every byte may be hostile. Pure. 0, or -EINVAL with @err. */
	int (*validate)(const void *object, struct hd_err *err);
	unsigned int order; /* set by dp_feature_init() */
	struct dp_feature *next;
};

/* Registers a feature. From a constructor (RTE_INIT). */
void dp_feature_register(struct dp_feature *feature);

/*
 * Sorts the features. Once, at the start. 0, or -EINVAL: two features have the same name,
 * runs_before or runs_after has an unknown name, or the order has a circle; @err names the
 * features.
 */
int dp_feature_init(struct hd_err *err);

/*
 * Returns the first feature, in the order of points, then of execution. The next ones follow by
 * ->next; the last one has NULL.
 */
const struct dp_feature *dp_feature_first(void);

/* The stage after a point: gets the packets that passed all features there. Worker. */
typedef void (*dp_point_fn)(struct dp_worker *w, const struct dp_port_config *port,
			    struct rte_mbuf **m, uint16_t n);

/* Registers the stage that follows @point. From a constructor (RTE_INIT), once for each point. */
void dp_point_register(enum dp_point point, dp_point_fn next);

/*
 * Continues with @n packets of port @id, at most DP_BURST, that @feature kept at its point: runs
 * the features behind it, then the next stage. Drops packets whose port is gone (reason
 * "outdated"). A kept packet counts as held (stats->held): the feature adds it when it keeps the
 * packet, and this function subtracts it. Worker.
 */
void dp_feature_resume(struct dp_worker *w, const struct dp_feature *feature, uint16_t id,
		       struct rte_mbuf **m, uint16_t n);

#endif
