/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One change of the configuration as one transaction: what the daily verbs do. It is made to a private
 * copy of what runs, so that edits which somebody left in the candidate are not committed with it.
 */
#ifndef MGMT_CLI_CHANGE_H
#define MGMT_CLI_CHANGE_H

#include "mgmt/cli/cli.h"

#define CLI_NS_INTERFACES "urn:ietf:params:xml:ns:yang:ietf-interfaces"
#define CLI_NS_PORT       "urn:heddle:yang:heddle-port"
#define CLI_NS_SWITCH     "urn:heddle:yang:heddle-switch"
#define CLI_NS_CONFIG     "urn:heddle:yang:heddle-config"

/* Options that several of the verbs have. */
#define CLI_OPTION_CHECK                                                                    \
	{                                                                                   \
		"check", 0, NULL, "say what it would do to the switch, and change nothing", \
			CMD_WORDS_NONE                                                      \
	}
#define CLI_OPTION_SWITCH                                                                         \
	{                                                                                         \
		"switch", 's', "NAME", "of this switch (default: the only one)", CMD_WORDS_SWITCH \
	}
#define CLI_OPTION_DESCRIPTION                                                \
	{                                                                     \
		"description", 0, "TEXT", "a note for people", CMD_WORDS_NONE \
	}

struct cli_txn {
	const char *xml;  /* what goes into <config>; nc: is NETCONF's namespace in it */
	const char *done; /* "port web1 added" */
	bool check;       /* say what it would do, and do nothing */
	bool transient;   /* into the datastore of transient ports */
};

/*
 * Makes the change in the session @client, which has no candidate of its own yet. Prints what it does
 * (effects) and that it is done. Returns an exit status.
 */
int cli_txn_make(struct cli *cli, struct cli_client *client, const struct cli_txn *change);

/*
 * What committing the session's candidate would do: prints it, worst first, and says whether there is
 * a danger in it. In JSON they are appended to @json instead, when it is not NULL. Returns an exit
 * status after a message when it would be refused.
 */
int cli_effects(struct cli *cli, struct cli_client *client, json_t *json, bool *danger);

/*
 * What making @xml the whole configuration would do, asked of a private copy that is thrown away:
 * prints it, or appends it to @json. Says nothing when that cannot be known: it would be refused, or
 * the switch does not tell.
 */
void cli_effects_of(struct cli *cli, struct cli_client *client, const char *xml, json_t *json);

/* The errors of a reply for programs. */
json_t *cli_errors_json(const struct lyd_node *reply);

/* Adds <name>text</name>, escaped. */
void cli_xml_leaf(struct cli_str *xml, const char *name, const char *text);

#endif
