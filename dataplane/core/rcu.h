/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Quiescence: how a thread knows that no worker can still hold what it took away.
 *
 * A worker's loop may take milliseconds, so the control thread does not wait for one: it asks for a
 * token, and goes on with what it took away when the token is over.
 */
#ifndef DATAPLANE_CORE_RCU_H
#define DATAPLANE_CORE_RCU_H

#include <stdbool.h>
#include <stdint.h>

/* A token for the loops that workers are in now. Later tokens are not over before earlier ones. */
uint64_t dp_rcu_start(void);

/* True when every worker has finished the loop that it was in (sleeping workers count as finished). */
bool dp_rcu_over(uint64_t token);

/*
 * Waits until a token of now is over: as long as a loop takes, which has a budget. Any thread but a
 * worker. The control thread only where it has nothing else to do.
 */
void dp_rcu_synchronize(void);

struct dp_worker;

/*
 * Before the workers start; not in replay, where the thread that configures is the one that forwards,
 * and every token is over. Control thread, once. 0 or -ENOMEM.
 */
int dp_rcu_init(void);

/* The worker's first call, and its last. Worker. */
void dp_rcu_register(const struct dp_worker *w);
void dp_rcu_unregister(const struct dp_worker *w);

/* A loop is over: the worker holds nothing of what it found in it. Worker. */
void dp_rcu_quiescent(const struct dp_worker *w);

/* The worker holds nothing while it sleeps: between these two no token waits for it. Worker. */
void dp_rcu_offline(struct dp_worker *w);
void dp_rcu_online(struct dp_worker *w);

/*
 * The punt thread reads the published tree, too, and is one more whose loop is waited for: between enter
 * and leave nothing goes that it finds there. It does not wait in between, and stays as short as a worker
 * does. Start and stop: the thread itself, before and after.
 */
void dp_rcu_reader_start(void);
void dp_rcu_reader_enter(void);
void dp_rcu_reader_leave(void);
void dp_rcu_reader_stop(void);

#endif
