/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIB_SANDBOX_FILTER_H
#define LIB_SANDBOX_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/base/err.h"

/* What a process may do besides what all processes may do. */
struct filter {
	uint64_t families; /* 1 << AF_*: families of the sockets that it may open */
	bool signals;      /* it may send signals to other processes */
	bool programs;     /* it may start programs: execve(2) */
	bool namespaces;   /* it may enter namespaces: setns(2) */
};

/*
 * Installs the filter of system calls, for this thread and all that it starts. The caller has set
 * no_new_privs. Returns 0; -ENOSYS: this kernel has no filters; or another -errno with @err.
 */
int filter_install(const struct filter *filter, struct hd_err *err);

#endif
