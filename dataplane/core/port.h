/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports, and the interface that all kinds of ports implement.
 *
 * A struct dp_port has a port's running state: its descriptors and its link. Its configuration is
 * in the immutable tree (config.h). A kind is one folder below dataplane/port/, which registers a
 * struct dp_port_ops and the class of its configuration object. No other code depends on the kind
 * of a port.
 *
 * Life of a port, on the control thread:
 *
 *	create (prepare; memory only) -> open (after commit; may fail, is tried again)
 *	-> polled by workers while it is `up` -> close (when no worker can hold it) -> destroy
 *
 * open() and close() may be called repeatedly. A kind calls dp_port_set_up() and dp_port_set_down()
 * when its link changes, from any thread but a worker. After dp_port_set_down(), and
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

/*
 * Offloads that a port accepts on transmit; others are done in software. All ports accept chains.
 */
enum dp_port_caps {
	DP_CAP_CSUM = 1 << 0, /* packets with DP_META_CSUM */
	DP_CAP_TSO4 = 1 << 1, /* packets with DP_META_TSO4 */
	DP_CAP_TSO6 = 1 << 2,
};

struct dp_port_ops {
	const char *name; /* the kind's name, as in struct hd_port_object */
	uint32_t params;  /* message type of the kind's configuration object */
	size_t params_size;
	size_t size; /* size of the kind's private part */

	/*
	 * Checks the kind's configuration object, which starts with a struct hd_object. Every byte
	 * may be hostile. Pure. 0, or -EINVAL with @err, which says what would be right. May be
	 * NULL.
	 */
	int (*validate)(const void *params, struct hd_err *err);

	/*
	 * Returns the MAC that the object asks for; zero: none. NULL: the kind has no MAC in its
	 * object.
	 */
	const uint8_t *(*mac)(const void *params);

	/*
	 * Returns the number of queue pairs that the object asks for, 1..DP_PORT_QUEUES_MAX. NULL:
	 * one.
	 */
	uint16_t (*queues)(const void *params);

	/*
	 * Gets descriptors and starts what the port needs. Control thread. 0: the kind has called,
	 * or will call, dp_port_set_up(). Below 0: @reason and @err say why, and nothing is left
	 * open. Then open() is called again after a while (first after 50 ms, later up to every 2
	 * s), except after HD_PORT_ERROR with -EINVAL, which another try cannot help.
	 */
	int (*open)(struct dp_port *port, enum hd_port_reason *reason, struct hd_err *err);

	/* Closes everything; open() may follow. Control thread; no worker is in the port. */
	void (*close)(struct dp_port *port);

	/*
	 * Watches an open port (retries, link, state), about every 50 ms. Control thread. May be
	 * NULL. If the peer has gone, the kind calls dp_port_set_down() here or earlier. A result
	 * below 0 asks for close() and another open().
	 */
	int (*poll)(struct dp_port *port);

	/*
	 * Receives at most @n packets (n <= DP_BURST) from queue @q into @m and returns how many.
	 * Of their meta, it sets only the flags and the fields that they need (flags are 0 for a
	 * plain frame; dp_offload_rx() sets them for one with an offload header), and time_ns if
	 * the kind has a time of its own. Frees frames that cannot be used and counts them with
	 * dp_drop(), and as received with dp_port_rx_extra(). Worker.
	 */
	uint16_t (*rx_burst)(struct dp_worker *w, struct dp_port *port, uint16_t q,
			     struct rte_mbuf **m, uint16_t n);

	/*
	 * Sends @n packets by queue @q; each fits the port's caps, MTU and tags. Returns how many
	 * of the first packets were sent; these are freed (or consumed). The peer had no room for
	 * the others: m[sent..n-1] stay unchanged, and the caller drops and counts them. The caller
	 * counts bytes before the call. Worker.
	 */
	uint16_t (*tx_burst)(struct dp_worker *w, struct dp_port *port, uint16_t q,
			     struct rte_mbuf **m, uint16_t n);

	/*
	 * For a kind that is the switch itself (a gateway); NULL for others. Such a kind also has a
	 * tx_burst() that sends nothing, for frames to other addresses that the forwarding database
	 * has at its port. take() gets frames at once, in the order of the path, after the port's
	 * features at OUTPUT and LOCAL: group frames of its domain, and frames to an address that
	 * is entered as the port's own; no flooded unicast. Unicast frames that follow each other
	 * come together: @n, at most DP_BURST. They are classified and may be shared (read-only,
	 * meta.h). The kind owns them: it counts each as sent with dp_tx_taken(), or drops it for a
	 * reason of egress. It sends by dp_path_input(), before it returns, in the order of the
	 * frames. Worker.
	 */
	void (*take)(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		     uint16_t n);

	/*
	 * Called before queue @q rests (idle.h): returns the descriptor that becomes readable when
	 * the queue may have packets; -1: there is none now, so the queue stays polled and is asked
	 * again later. With @arm asks the peer to signal (kicks on), without it no longer. A kind
	 * that replaces the descriptor of an open port calls dp_idle_forget() before. Worker. May
	 * be NULL.
	 */
	int (*event_fd)(struct dp_port *port, uint16_t q, bool arm);

	/* Each poll of the port is a system call, so workers pause between polls (idle.h). */
	bool looks_by_call;

	/* Writes a text for people, such as "2 queues, csum tso4". Control thread. May be NULL. */
	void (*detail)(const struct dp_port *port, char *text, size_t size);
};

/*
 * How a receive queue rests (idle.h). Used by its worker, and by the thread that closes the
 * descriptor.
 */
struct dp_rest {
	bool rests;   /* it is not polled until its peer signals */
	bool watched; /* the worker waits, or has waited, for @fd: */
	int fd;
	uint32_t calls;         /* dp_port.calls when the worker read it last */
	uint64_t not_before_ns; /* a feature of the port asked not to poll it before this time */
};

struct dp_port {
	/* read by workers */
	const struct dp_port_ops *ops;
	_Atomic uint32_t caps;      /* enum dp_port_caps */
	_Atomic uint16_t rx_queues; /* that can be polled now: 0..queues */
	_Atomic uint16_t tx_queues;
	_Atomic bool up;
	_Atomic bool disabled;  /* by configuration: stays down, whatever its kind reports */
	_Atomic bool closing;   /* stays down: waits to be closed, and for @token */
	_Atomic uint32_t calls; /* number of calls of dp_port_call() for this port */
	uint16_t id;            /* below HD_PORTS_MAX; index of its counters, and in all tables */
	uint16_t queues;        /* configured queue pairs */
	rte_spinlock_t tx_lock[DP_PORT_QUEUES_MAX]; /* when workers share a transmit queue */
	struct dp_rest rest[DP_PORT_QUEUES_MAX];

	/* control thread */
	char name[HD_NAME_MAX];
	uint32_t generation;
	uint16_t mtu;
	uint8_t mac[6]; /* last known MAC of the kernel's interface; zero: not known */
	uint32_t speed; /* last known speed of the link, Mbit/s; 0: not known */
	bool is_open;
	bool want_open;
	bool started;           /* it is in the table */
	bool was_disabled;      /* disabled since its kind's last poll: what waited is dropped */
	bool adjusted;          /* dp_port_adjust() was called */
	bool gone;              /* dp_port_stop() was called: it is freed after it is closed */
	bool replaced;          /* another port has its name and id */
	bool kept;              /* ... and takes over what heddled keeps for this one */
	uint64_t token;         /* RCU token of the closing (rcu.h) */
	uint32_t after;         /* it is opened only after this many closings */
	uint16_t keeps_workers; /* queues with workers of the port that this one replaces */
	uint16_t keeps_workers_next; /* queues with workers that the next port took over */
	enum hd_port_reason reason;
	char text[192];
	uint64_t changed_ns; /* time when it last went up or down */
	uint64_t flaps;
	uint64_t retry_ns;                       /* it is not opened again before this time */
	uint32_t retry_step;                     /* ms until the next try */
	_Atomic uint32_t up_events, down_events; /* written by any thread */
	enum hd_port_reason told;                /* the last reason in the log */
	uint32_t up_seen, down_seen;             /* how many the control thread has processed */
	unsigned int worker[DP_PORT_QUEUES_MAX]; /* worker of each receive queue; fixed */
	struct dp_port *next_name;               /* next one in a chain of the table's index */
	struct dp_port *next_closing;
	uint64_t params[]; /* the kind's object (params_size bytes), then its private part */
};

/* Returns the kind's configuration object, which does not change while the port lives. */
static inline const void *dp_port_params(const struct dp_port *port)
{
	return port->params;
}

/* Returns the kind's private part: ops->size bytes, zeroed when the port is made, aligned to 64. */
static inline void *dp_port_priv(const struct dp_port *port)
{
	return (void *)RTE_PTR_ALIGN_CEIL(RTE_PTR_ADD(port->params, port->ops->params_size), 64);
}

/* Registers a kind, whose name and params type must be unique. From a constructor (RTE_INIT). */
void dp_port_kind_register(const struct dp_port_ops *ops);
const struct dp_port_ops *dp_port_kind_by_name(const char *name);

/* Returns the registered kind with this index; NULL behind the last one. */
const struct dp_port_ops *dp_port_kind_at(unsigned int index);

/*
 * A kind calls it when the port can carry packets. Sets queues and caps, then `up`. May be called
 * again while the port is up, with other values. While the port is disabled or waits to be closed,
 * this function and dp_port_set_down() do nothing, since the port is down for that other reason.
 * Any thread but a worker; calls for one port must not overlap.
 */
void dp_port_set_up(struct dp_port *port, uint16_t rx_queues, uint16_t tx_queues, uint32_t caps);

/*
 * A kind calls it when the port cannot carry packets any more. @text may be NULL. After
 * dp_rcu_synchronize() no worker is in the port. The control thread flushes the addresses that were
 * learned on the port. Any thread but a worker.
 */
void dp_port_set_down(struct dp_port *port, enum hd_port_reason reason, const char *text);

/*
 * Makes the workers check the port once, even if none of its descriptors signals. dp_port_set_up()
 * and dp_port_set_down() call it. Any thread.
 */
void dp_port_call(struct dp_port *port);

/*
 * The number of dp_port_call() calls for all ports. Workers compare it with the last value that
 * they read.
 */
extern _Atomic uint32_t dp_port_calls;

/*
 * A kind calls it to report the MAC of the kernel's interface at the other side of the port.
 * Control thread, in open() or poll(); may be called again.
 */
void dp_port_set_mac(struct dp_port *port, const uint8_t mac[6]);

/*
 * Counts @n frames of @bytes in all as received that rx_burst() does not return. Worker, in
 * rx_burst().
 */
void dp_port_rx_extra(struct dp_worker *w, const struct dp_port *port, unsigned int n,
		      uint64_t bytes);

#endif
