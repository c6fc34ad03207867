/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kinds of ports, from the schema: all that have a module, also those of plugins. One thread.
 */
#ifndef MGMT_CLI_COMMAND_KINDS_H
#define MGMT_CLI_COMMAND_KINDS_H

#include <stddef.h>

#include "heddle/base/err.h"
#include "mgmt/cli/term/offer.h"

struct cmd_option;
struct ly_ctx;

struct cli_kind {
	const char *name;   /* "vhost-user" */
	const char *module; /* "heddle-vhost-user" */
	const char *ns;     /* its namespace */
	const char *help;   /* a line */
};

/* The model on this side; it stays as long as the process. NULL with @err (may be NULL). */
struct ly_ctx *cli_schema(struct hd_err *err);

/* Kinds by name, from 0; NULL behind the last, also when the model is not installed. */
const struct cli_kind *cli_kind_at(size_t i);
const struct cli_kind *cli_kind_find(const char *name);

/* Says that there is no such kind, and which there are. Returns CLI_USAGE. */
int cli_kind_unknown(const char *name);

/* What the value of an option of a kind (cmd_kind_options()) can be. */
void cli_kind_values(const struct cmd_option *option, cli_offer_fn fn, void *arg);

/* The first sentence of a description as a line without a full stop, in lower case. Allocated. */
char *cli_first_sentence(const char *text);

#endif
