/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Records which port each thread is working on, so that a crash can be blamed on that port, and
 * holds back the ports that were blamed (heddle/api/blame.h).
 *
 * A port is held back for 1 second after its first crash, and twice as long after each further one,
 * up to 64 seconds. The crashes of a port are forgotten after ten minutes without one, or when it
 * is disabled by configuration.
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
 * A thread's mark: the address of the port that the thread is inside of, with the action (enum
 * hd_doing) in its lowest bits. 0: it is inside no port. Costs one store for each burst.
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

/* The two parts of a mark. The port in another thread's mark may have been freed already. */
#define DP_INSIDE_DOING 7u

static inline const struct dp_port *dp_inside_port(uintptr_t mark)
{
	return (const struct dp_port *)(mark & ~(uintptr_t)DP_INSIDE_DOING);
}

static inline enum hd_doing dp_inside_doing(uintptr_t mark)
{
	return (enum hd_doing)(mark & DP_INSIDE_DOING);
}

/* Returns the text for an action, such as "sending to it". The string is static. */
const char *dp_doing_text(enum hd_doing doing);

/* Makes @mark the mark of the calling thread. Worker. */
void dp_blame_thread(dp_inside *mark);

/* Sets and clears the mark of a thread that is no worker. Calls do not nest. */
void dp_blame_enter(const struct dp_port *port, enum hd_doing doing);
void dp_blame_leave(void);

/*
 * Gets the memory from heddled or, with @shared false, anonymous memory. Reads and logs what ended
 * the previous heddle-dp, and from now on records what ends this one. Control thread, once. 0 or
 * -errno with @err.
 */
int dp_blame_init(bool shared, struct hd_err *err);

/* Blames the port in which the previous heddle-dp ended, if any. Called by dp_blame_init(). */
void dp_blame_take(uint64_t now_ns);

/* A worker was stuck inside @port: holds the port back as after a crash there. Control thread. */
void dp_blame_stall(const char *port, enum hd_doing doing, uint64_t now_ns);

/*
 * Returns the time until which the port is held back, and writes the reason to @text; 0: the port
 * is not held back. Control thread.
 */
uint64_t dp_blame_holds(const char *port, uint64_t now_ns, char *text, size_t size);

/* True if at least one port is held back. Control thread. */
bool dp_blame_any(uint64_t now_ns);

/* Forgets the crashes of @port, since an operator disabled it. Control thread. */
void dp_blame_forgive(const char *port);

#endif
