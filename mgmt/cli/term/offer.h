/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What can come next on a command line: for TAB and for `?`.
 */
#ifndef MGMT_CLI_TERM_OFFER_H
#define MGMT_CLI_TERM_OFFER_H

enum cli_offer_kind {
	CLI_OFFER_WORD,  /* @word can be typed as it is */
	CLI_OFFER_VALUE, /* @word describes what is typed, as in "NAME" or "1..4094": for `?` only */
	CLI_OFFER_FILE,  /* the name of a file: completed by who asks; @word as with VALUE */
	CLI_OFFER_DIR,
	CLI_OFFER_END, /* the line can end here; @word is "<enter>" or the like: for `?` only */
};

struct cli_offer {
	enum cli_offer_kind kind;
	const char *word; /* not quoted; who asks quotes it where it must be */
	const char *help; /* one line; "" when there is none */
};

/*
 * Receives an offer. Words need not begin with what is typed: who asks leaves out what does not
 * fit. Strings are copied.
 */
typedef void (*cli_offer_fn)(void *arg, const struct cli_offer *offer);

#endif
