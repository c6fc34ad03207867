/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A configuration that came from the switch, as people or programs want to read it.
 */
#ifndef MGMT_CLI_CONFIG_CONFIG_PRINT_H
#define MGMT_CLI_CONFIG_CONFIG_PRINT_H

#include <stdio.h>

#include "mgmt/cli/command/cli.h"
#include "mgmt/cli/command/client.h"

/*
 * The children of @data (which may be NULL) as a tree of this side's model, not validated. Free with
 * lyd_free_all(). -errno with @err. An empty configuration is NULL and 0.
 */
int cli_config_tree(const struct lyd_node *data, struct lyd_node **tree, struct hd_err *err);

/* Prints them as cli->display says. Returns an exit status. */
int cli_config_print(struct cli *cli, const struct lyd_node *data);

/* Why a boot could not take the startup file, allocated; NULL: it could, or cannot be asked. */
char *cli_startup_problem(struct cli_client *client);

/* Says so on @out, if it is so. */
void cli_startup_tell(struct cli_client *client, FILE *out);

/* Commits by their numbers, for completion. */
extern const struct cmd_words words_history;

/* The reply to get-history as a table. */
void cli_history_print(struct cli *cli, const struct lyd_node *reply);

/*
 * Prints XML of a configuration as a document: with one root, <config>, which load takes off again.
 */
void cli_xml_document(struct cli *cli, const char *text);

/* What commit @index (0: the last one) changed, with who made it. Returns an exit status. */
int cli_history_one(struct cli *cli, struct cli_client *client, unsigned long index);

/* What makes the configuration of commit @to of that of commit @from. Returns an exit status. */
int cli_history_compare(struct cli *cli, struct cli_client *client, unsigned long from,
			unsigned long to);

#endif
