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

#define HD_BLAME_FIRST_NS  1000000000ull
#define HD_BLAME_LAST_NS   (64 * HD_BLAME_FIRST_NS)
#define HD_BLAME_FORGET_NS (600 * HD_BLAME_FIRST_NS)

struct hd_port;

/*
 * A thread's mark: the port's address with what is being done in its lowest bits; 0: inside none. One
 * store, once a burst.
 */
typedef _Atomic uintptr_t hd_inside;

static inline void hd_inside_enter(hd_inside *mark, const struct hd_port *port, enum hd_doing doing)
{
	atomic_store_explicit(mark, (uintptr_t)port | doing, memory_order_relaxed);
}

static inline void hd_inside_leave(hd_inside *mark)
{
	atomic_store_explicit(mark, 0, memory_order_relaxed);
}

/* The two parts of a mark; the port may be gone, if the mark is another thread's. */
#define HD_INSIDE_DOING 7u

static inline const struct hd_port *hd_inside_port(uintptr_t mark)
{
	return (const struct hd_port *)(mark & ~(uintptr_t)HD_INSIDE_DOING);
}

static inline enum hd_doing hd_inside_doing(uintptr_t mark)
{
	return (enum hd_doing)(mark & HD_INSIDE_DOING);
}

/* "sending to it". Static. */
const char *hd_doing_text(enum hd_doing doing);

/* From now on @mark is this thread's, for a worker. */
void hd_blame_thread(hd_inside *mark);

/* The same for any other thread, which has a mark of its own. They do not nest. */
void hd_blame_enter(const struct hd_port *port, enum hd_doing doing);
void hd_blame_leave(void);

/*
 * Takes the memory from heddled, or anonymous memory without one (@shared false); reads what the
 * heddle-dp before wrote last, logs it, and from now on writes down what ends this one. Control
 * thread, once. 0 or -errno.
 */
int hd_blame_init(bool shared, struct hd_err *err);

/* Takes the last death into account, at @now_ns; a part of hd_blame_init(). */
void hd_blame_take(uint64_t now_ns);

/* A worker stood inside @port: it is held back as if heddle-dp had died there. Control thread. */
void hd_blame_stall(const char *port, enum hd_doing doing, uint64_t now_ns);

/* Until when the port is held back, with the reason in @text; 0: it is not. Control thread. */
uint64_t hd_blame_holds(const char *port, uint64_t now_ns, char *text, size_t size);

/* True if some port is held back. Control thread. */
bool hd_blame_any(uint64_t now_ns);

/* Forgets what @port did: an operator disabled it. Control thread. */
void hd_blame_forgive(const char *port);

#endif
