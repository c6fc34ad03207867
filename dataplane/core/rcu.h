/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Quiescence: how the control thread knows that no worker can still hold what it took away.
 */
#ifndef DATAPLANE_CORE_RCU_H
#define DATAPLANE_CORE_RCU_H

/*
 * Waits until every worker has finished the loop that it was in (sleeping workers count as
 * finished). Any thread but a worker. Microseconds, as a rule.
 */
void hd_rcu_synchronize(void);

#endif
