/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The configuration that workers use: one immutable tree, published by one pointer.
 *
 * The control thread builds a new tree beside the running one and publishes it; each worker reads
 * the pointer once a loop (worker->config). The old and the new tree share parts that did not
 * change. The old tree, and the parts that only it has, are freed when no worker can hold them
 * (rcu.h).
 */
#ifndef DATAPLANE_CORE_CONFIG_H
#define DATAPLANE_CORE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

#include "heddle/api/port.h"
#include "heddle/api/switch.h"
#include "dataplane/core/feature.h"
#include "dataplane/core/port.h"

#define DP_DOMAIN_NONE  0                  /* index 0 is never a domain */
#define DP_DOMAINS_MAX  (HD_VLANS_MAX + 1) /* domain ids */
#define DP_FEATURES_MAX 8                  /* on one point of the path, for one port */
#define DP_SECTIONS_MAX 16                 /* sections of a tree (section.h) */

struct dp_feature_call {
	dp_feature_fn run;
	const void *conf; /* the feature's object for this port, owned by the tree */
	const struct dp_feature *feature;
};

struct dp_feature_list {
	uint32_t n;
	struct dp_feature_call call[DP_FEATURES_MAX];
};

/* A port's configuration. The first cache line has all that a plain frame needs. */
struct dp_port_config {
	struct dp_port *port;
	uint32_t pvid_domain; /* domain of untagged frames; DP_DOMAIN_NONE: they are dropped */
	uint16_t id;
	uint16_t switch_index; /* in dp_config.switches */
	uint16_t pvid;         /* VLAN of untagged frames; may be internal to the switch */
	uint16_t tpid;         /* network order */
	uint16_t mtu;          /* L3 bytes */
	uint16_t max_frame;    /* bytes of a frame with two tags */
	uint8_t mode;          /* enum hd_vlan_mode */
	uint8_t priority_tags;
	uint16_t default_tci; /* of untagged frames: default PCP << 13 | VLAN id of pvid */
	uint32_t flags;       /* enum hd_port_flags */
	uint16_t n_input;     /* n of the list at INPUT, in this cache line */
	uint16_t n_output;
	bool is_asked;                    /* a feature of the port has poll_after() */
	const struct hd_vlan_set *cvlans; /* tunnel: allowed payload VLANs, or NULL */
	/* the kind's take() (port.h); NULL: the port sends frames in batches */
	void (*take)(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		     uint16_t n);

	struct hd_vlan_set vlans; /* that the port is a member of (trunk) */
	struct hd_vlan_set cvlan_store;
	struct dp_feature_list features[DP_POINT_COUNT];
	const char *name; /* the port's name */
} __rte_cache_aligned;

/*
 * Runs the port's features at @point, from the @from-th of its list on. Returns how many packets
 * are left; they are at the front of @m. Worker.
 */
static inline uint16_t dp_port_run(struct dp_worker *w, const struct dp_port_config *port,
				   enum dp_point point, uint32_t from, struct rte_mbuf **m,
				   uint16_t n)
{
	const struct dp_feature_list *list = &port->features[point];

	for (uint32_t i = from; i < list->n && n; i++)
		n = list->call[i].run(w, port, list->call[i].conf, m, n);
	return n;
}

/*
 * Returns the port's configuration object of message type @type; NULL: no feature of the port has
 * one.
 */
const void *dp_port_feature_object(const struct dp_port_config *port, uint32_t type);

/* A domain: one VLAN of one switch. */
struct dp_domain {
	uint32_t id;
	uint32_t generation;
	uint32_t ageing_units; /* in units of DP_FDB_UNIT_NS */
	uint32_t mac_limit;    /* 0: none */
	uint32_t switch_mac_limit;
	uint16_t switch_index;
	uint16_t vlan;
	uint16_t n_members;
	char segment[HD_NAME_MAX]; /* empty: unnamed */
	uint16_t member[];         /* port ids, ascending */
};

struct dp_switch {
	char name[HD_NAME_MAX];
	uint32_t ageing_units;
	uint32_t mac_limit;
	uint16_t index;
	uint32_t domain[HD_VLAN_NUMBERS]; /* by VLAN; DP_DOMAIN_NONE: no member */
};

/*
 * A receive queue, in the list of the worker that polls it: the same worker while the port lives.
 */
struct dp_rx_queue {
	const struct dp_port_config *config;
	struct dp_port *port;
	uint16_t queue;
	/* written by the worker (idle.h): */
	bool blind;       /* it is quiet, but has no descriptor to wait for */
	uint32_t empty;   /* polls in a row that found nothing */
	uint64_t busy_ns; /* when a poll last found something */
};

/*
 * A worker's receive queues, in the order of port ids. The worker itself writes which of them are
 * active and how many rest (idle.h).
 */
struct dp_rx_list {
	uint32_t n, n_active, n_resting;
	uint32_t *active; /* [n], in memory behind the queues: the queues that are polled */
	struct dp_rx_queue q[];
};

/* The index in the list at which the queues of port @id begin, or would begin. */
static inline uint32_t dp_rx_first(const struct dp_rx_list *list, uint16_t id)
{
	uint32_t low = 0, high = list->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (list->q[mid].port->id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct dp_config {
	uint64_t generation;
	uint32_t n_ports;     /* ids in use are below this number */
	uint32_t n_domains;   /* likewise */
	uint32_t n_switches;  /* likewise */
	bool ports_changed;   /* ports were added, removed, restarted, enabled or disabled */
	bool members_changed; /* members or rules of a domain changed */
	const void *part[DP_SECTIONS_MAX]; /* parts without a field here, by section index */
	const struct dp_port_config **ports;
	const struct dp_domain **domains;
	const struct dp_switch **switches;
	struct dp_rx_list *rx[DP_WORKERS_MAX];
	/* for the control thread, in a tree that ran before: */
	struct dp_config *after; /* the next newer tree */
	uint64_t token;          /* the tree is freed when this RCU token is over (rcu.h) */
};

/* True if @port is a member of @domain. @vid is the VLAN id of the domain, or 0: it has none. */
static inline bool dp_port_carries(const struct dp_config *config,
				   const struct dp_port_config *port, uint32_t domain, uint16_t vid)
{
	if (port->pvid_domain == domain || port->mode != HD_VLAN_TRUNK)
		return port->pvid_domain == domain;
	return config->switches[port->switch_index]->domain[vid] == domain &&
	       hd_vlan_set_has(&port->vlans, vid);
}

/* Returns the running tree; never NULL after dp_config_init(). Control thread. */
const struct dp_config *dp_config_running(void);

/* Returns the switch of this name in a tree, or NULL. Control thread. */
const struct dp_switch *dp_config_switch(const struct dp_config *tree, const char *name);

/* The running tree, as workers read it. */
extern const struct dp_config *_Atomic dp_config_published;

/* Publishes an empty tree. Control thread, once. 0 or -ENOMEM. */
int dp_config_init(void);

#endif
