/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MGMT_MAIN_SANDBOX_H
#define MGMT_MAIN_SANDBOX_H

/*
 * Gives up every capability, and the way to get one back: heddle-mgmt faces users and needs none.
 * What cannot be given up is logged, and is no reason to stop.
 */
void sandbox_enter(void);

#endif
