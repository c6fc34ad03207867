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
	uint64_t generation; /* the one that its hello to heddle-mgmt named; UINT64_MAX: none yet */
	char log[256];       /* the file of its stderr */
};

/*
 * Enters a new network namespace. Returns 0; exits with 77 and a reason where that is not possible.
 */
int harness_enter(void);

/*
 * Starts $HEDDLE_CP and waits until it is ready and connected to our heddle-mgmt. False: it failed.
 */
bool harness_start(struct cp_under_test *cp, bool may_admin);

/* Serves both channels until @done(@arg), or for 5 s. Returns the last value of @done(@arg). */
bool harness_wait(struct cp_under_test *cp, bool (*done)(void *arg), void *arg);

/* Tells heddle-cp, as heddled does, that the port @port has the device @netdev. */
bool harness_device(struct cp_under_test *cp, const char *port, const char *netdev);

/* Gives heddle-cp another channel to heddle-mgmt and waits for its hello. */
bool harness_mgmt(struct cp_under_test *cp);

/*
 * Sends a bracket with @objects. Returns 0, or the -errno that PREPARE or COMMIT was answered with;
 * @text gets its text.
 */
int harness_config(struct cp_under_test *cp, enum hd_config_mode mode, uint64_t base,
		   uint64_t generation, const struct hd_hostif_object *objects, unsigned int n,
		   char *text, size_t text_size);

/* Waits until heddle-cp ends. Returns the status of waitpid(2), or -1 after 5 s. */
int harness_end(struct cp_under_test *cp);

/* Ends heddle-cp, in whatever state it is, and closes everything. */
void harness_stop(struct cp_under_test *cp);

/* How often heddle-cp has logged @text. */
unsigned int harness_logged(const struct cp_under_test *cp, const char *text);

/* Runs a shell command. Ends the test if the command fails. */
void harness_sh(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* True if `ip` shows @address ("10.0.0.1/24") on @netdev. */
bool harness_has(const char *netdev, const char *address);

#endif
