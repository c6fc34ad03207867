/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The configuration that workers see: one immutable tree, published by one pointer.
 *
 * The control thread builds a new tree beside the running one and publishes it; each worker takes the
 * pointer once a loop (worker->config). Parts that did not change are shared by the old tree and the
 * new one. The old tree, and what only it had, is freed when no worker can hold it (rcu.h).
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
#define DP_DOMAINS_MAX  (HD_VLANS_MAX + 1) /* ids */
#define DP_FEATURES_MAX 8                  /* on one point of one port */
#define DP_SECTIONS_MAX 16                 /* that a tree is made of (section.h) */

struct dp_feature_call {
	dp_feature_fn run;
	const void *conf; /* the feature's object for this port, owned by the tree */
	const struct dp_feature *feature;
};

struct dp_feature_list {
	uint32_t n;
	struct dp_feature_call call[DP_FEATURES_MAX];
};

/* A port as configured. The first cache line is what a plain frame needs. */
struct dp_port_config {
	struct dp_port *port;
	uint32_t pvid_domain; /* of untagged frames; DP_DOMAIN_NONE: they are dropped */
	uint16_t id;
	uint16_t switch_index; /* in dp_config.switches */
	uint16_t pvid;         /* may be a number of the switch's own */
	uint16_t tpid;         /* network order */
	uint16_t mtu;          /* L3 bytes */
	uint16_t max_frame;    /* bytes of a frame with two tags */
	uint8_t mode;          /* enum hd_vlan_mode */
	uint8_t priority_tags;
	uint16_t default_tci; /* default PCP << 13 | id of pvid: of an untagged frame */
	uint32_t flags;       /* enum hd_port_flags */
	uint16_t n_input;     /* the lists' n, so that an empty one costs no other line */
	uint16_t n_output;
	bool is_asked;                    /* before it is polled: a feature has poll_after */
	const struct hd_vlan_set *cvlans; /* tunnel: allowed payload VLANs, or NULL */
	/* of its kind (port.h): it takes frames itself; NULL: they are sent in batches */
	void (*take)(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		     uint16_t n);

	struct hd_vlan_set vlans; /* member of (trunk) */
	struct hd_vlan_set cvlan_store;
	struct dp_feature_list features[DP_POINT_COUNT];
	const char *name; /* the port's */
} __rte_cache_aligned;

/* What is left of a batch after the port's features at @point, from the list's @from-th on. Worker. */
static inline uint16_t dp_port_run(struct dp_worker *w, const struct dp_port_config *port,
				   enum dp_point point, uint32_t from, struct rte_mbuf **m,
				   uint16_t n)
{
	const struct dp_feature_list *list = &port->features[point];

	for (uint32_t i = from; i < list->n && n; i++)
		n = list->call[i].run(w, port, list->call[i].conf, m, n);
	return n;
}

/* The port's object of @type, one of its features'; NULL: it has none. */
const void *dp_port_feature_object(const struct dp_port_config *port, uint32_t type);

/* A domain: one VLAN of one switch. */
struct dp_domain {
	uint32_t id;
	uint32_t generation;
	uint32_t ageing_units; /* of DP_FDB_UNIT_NS */
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

/* A receive queue and the worker that polls it; that never changes while the port lives. */
struct dp_rx_queue {
	const struct dp_port_config *config;
	struct dp_port *port;
	uint16_t queue;
	/* the worker's (idle.h): */
	bool blind;       /* it is quiet, and there is nothing to wait for */
	uint32_t empty;   /* looks in a row that found nothing */
	uint64_t busy_ns; /* when the last look found something */
};

/* Of a worker, in the order of port ids; what is active or rests (idle.h) is the worker's to write. */
struct dp_rx_list {
	uint32_t n, n_active, n_resting;
	uint32_t *active; /* [n], behind the queues: those that are looked at */
	struct dp_rx_queue q[];
};

/* Where the queues of port @id begin in the list, or would. */
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
	uint32_t n_ports;     /* ids in use are below */
	uint32_t n_domains;   /* likewise */
	uint32_t n_switches;  /* likewise */
	bool ports_changed;   /* ports came, went, restarted, or were enabled or disabled */
	bool members_changed; /* a domain has other members, or rules, than in the tree before */
	const void *part[DP_SECTIONS_MAX]; /* of sections that have no field here, by their index */
	const struct dp_port_config **ports;
	const struct dp_domain **domains;
	const struct dp_switch **switches;
	struct dp_rx_list *rx[DP_WORKERS_MAX];
	/* control thread, of a tree that was running */
	struct dp_config *after; /* the one that came next */
	uint64_t token;          /* it is freed when this is over (rcu.h) */
};

/* True if @port is a member of @domain, whose VLAN has the id @vid (0: none). */
static inline bool dp_port_carries(const struct dp_config *config,
				   const struct dp_port_config *port, uint32_t domain, uint16_t vid)
{
	if (port->pvid_domain == domain || port->mode != HD_VLAN_TRUNK)
		return port->pvid_domain == domain;
	return config->switches[port->switch_index]->domain[vid] == domain &&
	       hd_vlan_set_has(&port->vlans, vid);
}

/* The running tree, for the control thread. Never NULL after dp_config_init(). */
const struct dp_config *dp_config_running(void);

/* The switch of this name in a tree, or NULL. Control thread. */
const struct dp_switch *dp_config_switch(const struct dp_config *tree, const char *name);

/* The pointer that workers read. */
extern const struct dp_config *_Atomic dp_config_published;

/* Publishes an empty tree. Once. 0 or -ENOMEM. */
int dp_config_init(void);

#endif
