/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/command/deframe.h"

#include <errno.h>
#include <string.h>

#define END_MARK "]]>]]>"
#define END_LEN  6

enum state {
	WANT_NEWLINE, /* of "\n#" */
	WANT_HASH,
	WANT_SIZE, /* its first digit, or the second '#' */
	IN_SIZE,
	IN_CHUNK,
	WANT_END, /* the newline after "##" */
};

static int until_mark(struct cli_deframer *d, const char *bytes, size_t n, size_t *used)
{
	for (size_t i = 0; i < n; i++) {
		cli_str_add(&d->message, bytes + i, 1);
		if (d->message.len > CLI_MESSAGE_MAX)
			return -EMSGSIZE;
		if (bytes[i] == '>' && d->message.len >= END_LEN &&
		    memcmp(d->message.text + d->message.len - END_LEN, END_MARK, END_LEN) == 0) {
			d->message.len -= END_LEN;
			d->message.text[d->message.len] = '\0';
			*used = i + 1;
			return 1;
		}
	}
	*used = n;
	return 0;
}

static int in_size(struct cli_deframer *d, char c)
{
	if (c == '\n') {
		d->state = IN_CHUNK;
		return 0;
	}
	if (c < '0' || c > '9')
		return -EBADMSG;
	d->left = d->left * 10 + (size_t)(c - '0');
	return d->left > CLI_MESSAGE_MAX - d->message.len ? -EMSGSIZE : 0;
}

/* One byte of the framing itself. 1: the end of the message. */
static int header(struct cli_deframer *d, char c)
{
	switch (d->state) {
	case WANT_NEWLINE: d->state = WANT_HASH; return c == '\n' ? 0 : -EBADMSG;
	case WANT_HASH: d->state = WANT_SIZE; return c == '#' ? 0 : -EBADMSG;
	case WANT_SIZE:
		if (c == '#') {
			d->state = WANT_END;
			return d->message.text ? 0 : -EBADMSG;
		}
		d->left = 0;
		d->state = IN_SIZE;
		return c == '0' || c == '\n' ? -EBADMSG : in_size(d, c);
	case IN_SIZE: return in_size(d, c);
	default: /* WANT_END */ return c == '\n' ? 1 : -EBADMSG;
	}
}

int cli_deframe(struct cli_deframer *d, const char *bytes, size_t n, size_t *used)
{
	size_t i = 0;

	*used = 0;
	if (!d->chunked)
		return until_mark(d, bytes, n, used);
	while (i < n) {
		int rc = 0;

		if (d->state == IN_CHUNK) {
			size_t take = n - i < d->left ? n - i : d->left;

			cli_str_add(&d->message, bytes + i, take);
			d->left -= take;
			i += take;
			if (!d->left)
				d->state = WANT_NEWLINE;
		} else {
			rc = header(d, bytes[i++]);
		}
		*used = i;
		if (rc)
			return rc;
	}
	return 0;
}

void cli_deframer_next(struct cli_deframer *d, bool chunked)
{
	cli_str_free(&d->message);
	*d = (struct cli_deframer){.chunked = chunked};
}
