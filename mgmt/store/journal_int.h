/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside of the journal; for journal*.c only. */
#ifndef MGMT_STORE_JOURNAL_INT_H
#define MGMT_STORE_JOURNAL_INT_H

#include "mgmt/store/journal_format.h"

#define JR_LOG  "log"
#define JR_BASE "base"
#define JR_LOCK "lock"

struct jr {
	char *dir;
	int dir_fd, lock_fd, log_fd;
	struct jr_entries entries; /* that ended well */
	struct jr_entry intent;    /* when open */
	bool open;
	bool broken; /* the log could not be put back in order: it takes no more */
	uint64_t size;
	uint64_t next_seq;
};

/* All of it, or -errno. */
int jr_write_at(int fd, const void *data, size_t size, uint64_t at);

#endif
