/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hello of both sides (RFC 6241 8.1).
 */
#ifndef MGMT_NETCONF_HELLO_H
#define MGMT_NETCONF_HELLO_H

#include <stdbool.h>

#include <event2/buffer.h>

#include <libyang/libyang.h>

#include "heddle/base/err.h"

/* Appends ours. */
void nc_hello_write(struct evbuffer *out, const struct ly_ctx *ctx, uint32_t session_id);

/* With this capability a client says that it is the heddle command: for the history of commits. */
#define NC_CAP_CLI "urn:heddle:client:cli"

struct nc_hello {
	bool chunked; /* both speak NETCONF 1.1 */
	bool cli;     /* NC_CAP_CLI */
};

/*
 * Reads a client's. Returns 0, or -EBADMSG with @err when it is no hello, has a session-id, or no
 * version that we speak.
 */
int nc_hello_read(const struct ly_ctx *ctx, const char *text, size_t len, struct nc_hello *hello,
		  struct hd_err *err);

#endif
