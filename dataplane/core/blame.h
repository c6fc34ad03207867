/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which port each thread is inside of, so that a crash names it, and the ports that are held back for
 * the crashes before (heddle/api/blame.h).
 *
 * A port is held back for a second after its first death, then twice as long each time, up to about a
 * minute. Ten minutes without one, or being disabled by configuration, and all is forgotten.
 */
#ifndef DATAPLANE_CORE_BLAME_H
#define DATAPLANE_CORE_BLAME_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/api/blame.h"
#include "heddle/base/err.h"

#define DP_BLAME_FIRST_NS  1000000000ull
#define DP_BLAME_LAST_NS   (64 * DP_BLAME_FIRST_NS)
#define DP_BLAME_FORGET_NS (600 * DP_BLAME_FIRST_NS)

struct dp_port;

/*
 * A thread's mark: the port's address with what is being done in its lowest bits; 0: inside none. One
 * store, once a burst.
 */
typedef _Atomic uintptr_t dp_inside;

static inline void dp_inside_enter(dp_inside *mark, const struct dp_port *port, enum hd_doing doing)
{
	atomic_store_explicit(mark, (uintptr_t)port | doing, memory_order_relaxed);
}

static inline void dp_inside_leave(dp_inside *mark)
{
	atomic_store_explicit(mark, 0, memory_order_relaxed);
}

/* The two parts of a mark; the port may be gone, if the mark is another thread's. */
#define DP_INSIDE_DOING 7u

static inline const struct dp_port *dp_inside_port(uintptr_t mark)
{
	return (const struct dp_port *)(mark & ~(uintptr_t)DP_INSIDE_DOING);
}

static inline enum hd_doing dp_inside_doing(uintptr_t mark)
{
	return (enum hd_doing)(mark & DP_INSIDE_DOING);
}

/* "sending to it". Static. */
const char *dp_doing_text(enum hd_doing doing);

/* From now on @mark is this thread's, for a worker. */
void dp_blame_thread(dp_inside *mark);

/* The same for any other thread, which has a mark of its own. They do not nest. */
void dp_blame_enter(const struct dp_port *port, enum hd_doing doing);
void dp_blame_leave(void);

/*
 * Takes the memory from heddled, or anonymous memory without one (@shared false); reads what the
 * heddle-dp before wrote last, logs it, and from now on writes down what ends this one. Control
 * thread, once. 0 or -errno.
 */
int dp_blame_init(bool shared, struct hd_err *err);

/* Takes the last death into account, at @now_ns; a part of dp_blame_init(). */
void dp_blame_take(uint64_t now_ns);

/* A worker stood inside @port: it is held back as if heddle-dp had died there. Control thread. */
void dp_blame_stall(const char *port, enum hd_doing doing, uint64_t now_ns);

/* Until when the port is held back, with the reason in @text; 0: it is not. Control thread. */
uint64_t dp_blame_holds(const char *port, uint64_t now_ns, char *text, size_t size);

/* True if some port is held back. Control thread. */
bool dp_blame_any(uint64_t now_ns);

/* Forgets what @port did: an operator disabled it. Control thread. */
void dp_blame_forgive(const char *port);

#endif
