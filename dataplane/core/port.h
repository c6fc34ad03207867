/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports, and the interface that all kinds of them hide behind.
 *
 * A struct dp_port is the living side of a port: its descriptors, its link. What is configured about
 * it lies in the immutable tree (config.h). A kind is one folder below dataplane/port/: it registers
 * a struct dp_port_ops, and the class of its configuration object. Nothing else asks what kind a
 * port is.
 *
 * Life of a port, on the control thread:
 *
 *	create (prepare; memory only) -> open (after commit; may fail, is tried again)
 *	-> polled by workers while it is `up` -> close (when no worker can hold it) -> destroy
 *
 * open() and close() may be called again and again. A kind calls dp_port_set_up() and dp_port_set_down()
 * when its link changes, from any thread but a worker. Once dp_port_set_down() has returned and
 * dp_rcu_synchronize() after it, no worker is inside rx_burst() or tx_burst() of the port.
 */
#ifndef DATAPLANE_CORE_PORT_H
#define DATAPLANE_CORE_PORT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_spinlock.h>

#include "heddle/api/port.h"
#include "heddle/base/err.h"
#include "dataplane/core/worker.h"

#define DP_PORT_QUEUES_MAX 16

struct rte_mbuf;
struct dp_port;
struct dp_port_config;

/* What a port can take from us on transmit, and so need not be done in software. All take chains. */
enum dp_port_caps {
	DP_CAP_CSUM = 1 << 0, /* packets with DP_META_CSUM */
	DP_CAP_TSO4 = 1 << 1, /* packets with DP_META_TSO4 */
	DP_CAP_TSO6 = 1 << 2,
};

struct dp_port_ops {
	const char *name; /* of the kind, as in struct hd_port_object */
	uint32_t params;  /* message type of the kind's configuration object */
	size_t params_size;
	size_t size; /* of the kind's private part */

	/*
	 * Checks the object that came for the kind (struct hd_object first). Every byte may be
	 * hostile. Pure. Returns 0, or -EINVAL with @err saying what would be right. May be NULL.
	 */
	int (*validate)(const void *params, struct hd_err *err);

	/* The MAC that the object asks for; zero: none. NULL: the kind has none. */
	const uint8_t *(*mac)(const void *params);

	/* Queues (pairs) that the object asks for, 1..DP_PORT_QUEUES_MAX. NULL: one. */
	uint16_t (*queues)(const void *params);

	/*
	 * Control thread. Gets descriptors, starts what must be started. 0: the kind has called, or
	 * will call, dp_port_set_up(). Below 0: @reason and @err say why; open() is called again after
	 * a while (the first time after 50 ms, then up to every 2 s) unless @reason is one that
	 * waiting cannot mend (HD_PORT_ERROR with -EINVAL). Must leave nothing behind on failure.
	 */
	int (*open)(struct dp_port *port, enum hd_port_reason *reason, struct hd_err *err);

	/* Control thread; workers are out of the port. Closes everything; open() may follow. */
	void (*close)(struct dp_port *port);

	/*
	 * Control thread, about every 50 ms on an open port (retry, link, state). May be NULL.
	 * A kind whose peer went calls dp_port_set_down() here or earlier. Returning a value below 0
	 * asks for close() and a new open().
	 */
	int (*poll)(struct dp_port *port);

	/*
	 * Worker. Receives at most @n packets (n <= DP_BURST) from queue @q into @m and returns
	 * how many. Of their meta, only flags and what goes with them is set here (0 for a plain
	 * frame, dp_offload_rx() for one with an offload header), and time_ns by kinds that have
	 * one of their own. Frames that cannot be used are freed and counted with dp_drop(); they
	 * count as received: dp_port_rx_extra().
	 */
	uint16_t (*rx_burst)(struct dp_worker *w, struct dp_port *port, uint16_t q,
			     struct rte_mbuf **m, uint16_t n);

	/*
	 * Worker. Sends @n packets by queue @q. Each fits the port's caps, MTU and tags. All
	 * packets are taken: sent ones are freed (or consumed); returns how many were sent. The
	 * first ones are sent; those that the peer had no room for are m[sent..n-1], untouched, and
	 * the caller drops and counts them. Bytes are counted by the caller before the call.
	 */
	uint16_t (*tx_burst)(struct dp_worker *w, struct dp_port *port, uint16_t q,
			     struct rte_mbuf **m, uint16_t n);

	/*
	 * Worker. A kind that is the switch itself (a gateway) has this, and a tx_burst() that sends
	 * nothing, for what the forwarding database has of others at its port. It gets frames at once, in
	 * the order of the path, after the port's features at OUTPUT and LOCAL: group frames of its domain,
	 * and those for an address that is entered as the port's own; no flooded unicast. Unicast frames
	 * that follow each other come together, @n of them, at most DP_BURST. They are classified, may be
	 * shared (read-only, see meta.h), and are the kind's from now on. It counts one as sent by
	 * dp_tx_taken(), or drops it by a reason of egress. What it sends itself comes into its segment by
	 * dp_path_input(), before this returns, in the order of the frames.
	 */
	void (*take)(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		     uint16_t n);

	/*
	 * Before queue @q rests (idle.h): the descriptor that becomes readable when it may have
	 * packets, or -1 when there is none now (the queue is then polled on, and asked again). With
	 * @arm the peer is asked to signal (kicks on), without it no longer. A kind that replaces
	 * the descriptor of an open port calls dp_idle_forget() before. Worker. May be NULL.
	 */
	int (*event_fd)(struct dp_port *port, uint16_t q, bool arm);

	/* To look whether there are packets is a system call: a worker does so with pauses (idle.h). */
	bool looks_by_call;

	/* Writes "2 queues, csum tso4" for people. Control thread. May be NULL. */
	void (*detail)(const struct dp_port *port, char *text, size_t size);
};

/* How a receive queue rests (idle.h). Its worker's, and of who stops it. */
struct dp_rest {
	bool rests;   /* it is not looked at until its peer signals */
	bool watched; /* the worker waits for this descriptor, or did: */
	int fd;
	uint32_t calls;         /* the port's, as the worker saw it last */
	uint64_t not_before_ns; /* a feature of the port asked not to look at it until then */
};

struct dp_port {
	/* read by workers */
	const struct dp_port_ops *ops;
	_Atomic uint32_t caps;      /* enum dp_port_caps */
	_Atomic uint16_t rx_queues; /* that can be polled now: 0..queues */
	_Atomic uint16_t tx_queues;
	_Atomic bool up;
	_Atomic bool disabled;  /* by configuration: it does not go up, whatever its kind says */
	_Atomic bool closing;   /* likewise: it waits for its turn to be closed, and for @token */
	_Atomic uint32_t calls; /* dp_port_call() */
	uint16_t id;            /* below HD_PORTS_MAX; of its counters and in every table */
	uint16_t queues;        /* as configured */
	rte_spinlock_t tx_lock[DP_PORT_QUEUES_MAX]; /* when workers share a transmit queue */
	struct dp_rest rest[DP_PORT_QUEUES_MAX];

	/* control thread */
	char name[HD_NAME_MAX];
	uint32_t generation;
	uint16_t mtu;
	uint8_t mac[6]; /* of the kernel's interface, as the kind saw it last; zero: not known */
	uint32_t speed; /* of the link, Mbit/s, as the kind saw it last; 0: not known */
	bool is_open;
	bool want_open;
	bool started;      /* in the table */
	bool was_disabled; /* since its kind looked last: what waited meanwhile is to be thrown away */
	bool adjusted;     /* dp_port_adjust() was called */
	bool gone;         /* dp_port_stop() was called: freed when it is closed */
	bool replaced;     /* another one has its name and id */
	bool kept;         /* ... and takes over what heddled keeps for it */
	uint64_t token;    /* of rcu.h */
	uint32_t after;    /* is opened when so many closings are done */
	uint16_t keeps_workers; /* queues whose workers come from the port that this one replaces */
	uint16_t
		keeps_workers_next; /* queues whose workers went to the port that replaces this one */
	enum hd_port_reason reason;
	char text[192];
	uint64_t changed_ns; /* when it last went up or down */
	uint64_t flaps;
	uint64_t retry_ns;                       /* not before */
	uint32_t retry_step;                     /* ms */
	_Atomic uint32_t up_events, down_events; /* counted by any thread ... */
	enum hd_port_reason told;                /* what the log said last */
	uint32_t up_seen, down_seen;             /* ... and told by the control thread */
	unsigned int worker[DP_PORT_QUEUES_MAX]; /* that polls a receive queue, for life */
	struct dp_port *next_name;               /* in the table's index */
	struct dp_port *next_closing;
	uint64_t params[]; /* the kind's object (params_size bytes), then its private part */
};

/* The kind's configuration object. It does not change while the port lives. */
static inline const void *dp_port_params(const struct dp_port *port)
{
	return port->params;
}

/* The kind's private part, ops->size bytes, zeroed at creation, aligned to 64. */
static inline void *dp_port_priv(const struct dp_port *port)
{
	return (void *)RTE_PTR_ALIGN_CEIL(RTE_PTR_ADD(port->params, port->ops->params_size), 64);
}

/* Registers a kind. From a constructor (RTE_INIT). Names and params types must be unique. */
void dp_port_kind_register(const struct dp_port_ops *ops);
const struct dp_port_ops *dp_port_kind_by_name(const char *name);

/* The kinds that are registered, one after the other; NULL behind the last one. */
const struct dp_port_ops *dp_port_kind_at(unsigned int index);

/*
 * The kind says: this can carry packets now. Sets queues and caps, then `up`. Any thread but a
 * worker; calls for one port do not overlap. May be called again while up, with other values. Does
 * nothing while the port is disabled, or waits to be closed; nor does dp_port_set_down() then: it is down
 * for another reason.
 */
void dp_port_set_up(struct dp_port *port, uint16_t rx_queues, uint16_t tx_queues, uint32_t caps);

/*
 * The kind says: no longer, and why. @text may be NULL. After dp_rcu_synchronize() workers are out
 * of it. What was learned on the port is flushed by the control thread.
 */
void dp_port_set_down(struct dp_port *port, enum hd_port_reason reason, const char *text);

/*
 * Workers have to look at the port once, although none of its descriptors may say so.
 * dp_port_set_up() and dp_port_set_down() call as well. Any thread.
 */
void dp_port_call(struct dp_port *port);

/* How often any port called. Workers compare. */
extern _Atomic uint32_t dp_port_calls;

/*
 * The kind says: the kernel's interface that is the port's other side has this MAC. Control thread,
 * in open() or poll(); may be called again and again.
 */
void dp_port_set_mac(struct dp_port *port, const uint8_t mac[6]);

/* rx_burst(): @n frames of @bytes in all came in that are not among those returned. */
void dp_port_rx_extra(struct dp_worker *w, const struct dp_port *port, unsigned int n,
		      uint64_t bytes);

#endif
