/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Quiescence (RCU): by this a thread knows when no worker can hold removed data any more.
 *
 * A worker's loop may take milliseconds, so the control thread does not wait for it. It gets a
 * token, and frees or reuses the removed data when the token is over.
 */
#ifndef DATAPLANE_CORE_RCU_H
#define DATAPLANE_CORE_RCU_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Returns a token for the loops that workers are in now. Tokens are over in the order in which they
 * were made. Any thread but a worker.
 */
uint64_t dp_rcu_start(void);

/*
 * True when each worker has finished the loop in which it was when the token was made. A sleeping
 * worker counts as finished.
 */
bool dp_rcu_over(uint64_t token);

/*
 * Waits until a token that is made now is over: as long as a loop takes, which has a budget. Any
 * thread but a worker; the control thread only where it has nothing else to do.
 */
void dp_rcu_synchronize(void);

struct dp_worker;

/*
 * Makes the state; before the workers start. In replay it is not called: one thread configures and
 * forwards, and each token is over at once. Control thread, once. 0 or -ENOMEM.
 */
int dp_rcu_init(void);

/* The worker's first call, and its last. Worker. */
void dp_rcu_register(const struct dp_worker *w);
void dp_rcu_unregister(const struct dp_worker *w);

/* The worker's loop is over: it holds nothing that it read during it. Worker. */
void dp_rcu_quiescent(const struct dp_worker *w);

/*
 * Call these before and after a sleep: no token waits for a worker in between, and it must hold
 * nothing. Worker.
 */
void dp_rcu_offline(struct dp_worker *w);
void dp_rcu_online(struct dp_worker *w);

/*
 * The punt thread reads the published tree, too, and tokens wait for it like for a worker: between
 * enter and leave, nothing that it reads there is freed. It must not wait in between, and must be
 * about as short as a worker's loop. The punt thread itself calls start at its beginning and stop
 * at its end.
 */
void dp_rcu_reader_start(void);
void dp_rcu_reader_enter(void);
void dp_rcu_reader_leave(void);
void dp_rcu_reader_stop(void);

#endif
