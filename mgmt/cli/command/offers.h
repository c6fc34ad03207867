/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What can come next after some words of a command line, from the table of commands: for TAB and `?`
 * in the shell, and for bash.
 */
#ifndef MGMT_CLI_COMMAND_OFFERS_H
#define MGMT_CLI_COMMAND_OFFERS_H

#include "mgmt/cli/command/cli.h"
#include "mgmt/cli/term/offer.h"

/*
 * Offers for the word after @words[@n]; @typed is what there is of it. Names come from the running
 * switch. Options are offered last.
 */
void cli_offers(struct cli *cli, const char *const *words, size_t n, const char *typed,
		cli_offer_fn fn, void *arg);

/* Offers for one value, as an option's argument or a filter's is. @words may be NULL. */
void cli_offers_value(const struct cmd_words *words, const struct cmd_ask *ask, cli_offer_fn fn,
		      void *arg);

/* Names on this machine, as cli_host_names() has them. */
void cli_offers_host(const char *what, cli_offer_fn fn, void *arg);

#endif
