/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What can come next after some words of a command line, from the table of commands: for TAB and `?`
 * in the shell, and for bash.
 */
#ifndef MGMT_CLI_OFFERS_H
#define MGMT_CLI_OFFERS_H

#include "mgmt/cli/cli.h"
#include "mgmt/cli/offer.h"

/*
 * Offers for the word after @words[@n]; @typed is what there is of it. Names come from the running
 * switch. Options are offered last.
 */
void cli_offers(struct cli *cli, const char *const *words, size_t n, const char *typed,
		cli_offer_fn fn, void *arg);

/* Offers for one value, as an option's argument or a filter's is. @config: a file that names ports. */
void cli_offers_value(struct cli *cli, enum cmd_words words, const char *typed, const char *config,
		      cli_offer_fn fn, void *arg);

/* Names on this machine, as cli_host_names() has them. */
void cli_offers_host(const char *what, cli_offer_fn fn, void *arg);

/* The kinds of events that the switch tells of, for completion. */
void cli_events_offer(cli_offer_fn fn, void *arg);

#endif
