/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For tests of heddle-cp as a program: plays heddled and heddle-mgmt on real channels, in a network
 * namespace of its own.
 */
#ifndef CTRLPLANE_MAIN_HARNESS_TEST_H
#define CTRLPLANE_MAIN_HARNESS_TEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "heddle/api/config.h"
#include "heddle/api/hostif.h"

struct cp_under_test {
	pid_t pid;
	struct hd_chan *heddled, *mgmt; /* our ends */
	bool ready;                     /* PLANE_READY came */
	uint64_t generation; /* what its hello to heddle-mgmt said; UINT64_MAX: none yet */
	char log[256];       /* file that its stderr goes to */
};

/* Enters a new network namespace; exits with 77 and a reason where that is not possible. Returns 0. */
int harness_enter(void);

/* Starts $HEDDLE_CP and waits until it is ready and connected to "heddle-mgmt". False: it is not. */
bool harness_start(struct cp_under_test *cp, bool may_admin);

/* Serves both channels until @done(@arg) or 5 s are over. Returns what @done said last. */
bool harness_wait(struct cp_under_test *cp, bool (*done)(void *arg), void *arg);

/* Tells it, as heddled does, that the port @port has the device @netdev. */
bool harness_device(struct cp_under_test *cp, const char *port, const char *netdev);

/* Gives it another channel to heddle-mgmt and waits for its hello. */
bool harness_mgmt(struct cp_under_test *cp);

/* Sends a bracket of one kind. Returns 0 or what PREPARE or COMMIT was answered, with its text. */
int harness_config(struct cp_under_test *cp, enum hd_config_mode mode, uint64_t base,
		   uint64_t generation, const struct hd_hostif_object *objects, unsigned int n,
		   char *text, size_t text_size);

/* Waits for its end; returns its status as of waitpid(), or -1 after 5 s. */
int harness_end(struct cp_under_test *cp);

/* Ends it, however it is, and closes everything. */
void harness_stop(struct cp_under_test *cp);

/* How often @text is in what it logged. */
unsigned int harness_logged(const struct cp_under_test *cp, const char *text);

/* Runs a command (a format), which must succeed, or the test ends. */
void harness_sh(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* True if `ip` shows @address ("10.0.0.1/24") on @netdev. */
bool harness_has(const char *netdev, const char *address);

#endif
