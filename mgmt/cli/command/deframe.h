/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * NETCONF framing (RFC 6242) of what the server sends: messages out of a stream of bytes. Pure.
 */
#ifndef MGMT_CLI_COMMAND_DEFRAME_H
#define MGMT_CLI_COMMAND_DEFRAME_H

#include <stdbool.h>

#include "mgmt/cli/term/mem.h"

#define CLI_MESSAGE_MAX (256u << 20)

struct cli_deframer {
	bool chunked; /* 1.1; false: up to "]]>]]>", as the hello comes */
	unsigned int state;
	size_t left; /* of the chunk */
	struct cli_str message;
};

/*
 * Takes bytes up to the end of a message; *@used says how many. Returns 1 when @d->message is whole
 * (call cli_deframer_next() before the next one), 0 when more is needed, -EBADMSG when this is not
 * NETCONF, -EMSGSIZE beyond CLI_MESSAGE_MAX.
 */
int cli_deframe(struct cli_deframer *d, const char *bytes, size_t n, size_t *used);

/* Forgets the message; the framing of the next one is @chunked. */
void cli_deframer_next(struct cli_deframer *d, bool chunked);

#endif
