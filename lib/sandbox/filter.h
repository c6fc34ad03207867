/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIB_SANDBOX_FILTER_H
#define LIB_SANDBOX_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/base/err.h"

/* What a process may call beyond what all may. */
struct filter {
	uint64_t families; /* 1 << AF_*: sockets that it opens by itself */
	bool signals;      /* to others than itself, as far as the kernel lets it */
	bool programs;     /* starts them: execve */
	bool namespaces;   /* enters them: setns */
};

/*
 * Installs the filter of system calls, for this thread and those that it starts. no_new_privs is set
 * before. Returns 0; -ENOSYS: this kernel has no filters; or -errno with @err.
 */
int filter_install(const struct filter *filter, struct hd_err *err);

#endif
