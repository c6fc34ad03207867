/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The other programs of Heddle: where they are, and running them.
 */
#ifndef MGMT_CLI_COMMAND_PROGRAM_H
#define MGMT_CLI_COMMAND_PROGRAM_H

#include <stddef.h>
#include <sys/types.h>

#include "heddle/base/err.h"

/*
 * Path of "heddled", "heddle-dp", "heddle-cp" or "heddle-mgmt": in the build tree that this program
 * lies in (or $HEDDLE_BUILD_DIR), else where it is installed. -ENOENT with @err.
 */
int cli_program_find(const char *name, char *path, size_t size, struct hd_err *err);

/*
 * Starts a program with @args (args[0] is its name; NULL at the end). Descriptor @fd (or -1) is
 * kept open in it. Returns its pid, or -errno with @err.
 */
pid_t cli_program_start(const char *name, const char *const args[], int fd, struct hd_err *err);

/* Waits for it. Returns its exit status, 128 + signal, or -errno. */
int cli_program_wait(pid_t pid);

/* Starts, waits. */
int cli_program_run(const char *name, const char *const args[], struct hd_err *err);

/*
 * First line of what `NAME --version` prints, without the newline. -errno with @err.
 */
int cli_program_version(const char *name, char *text, size_t size, struct hd_err *err);

#endif
