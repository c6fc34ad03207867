/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One change of the configuration as one transaction: what the daily verbs do. It is made to a private
 * copy of what runs, so that edits which somebody left in the candidate are not committed with it.
 */
#ifndef MGMT_CLI_CONFIG_CHANGE_H
#define MGMT_CLI_CONFIG_CHANGE_H

#include "mgmt/cli/command/cli.h"

#define CLI_NS_INTERFACES "urn:ietf:params:xml:ns:yang:ietf-interfaces"
#define CLI_NS_PORT       "urn:heddle:yang:heddle-port"
#define CLI_NS_SWITCH     "urn:heddle:yang:heddle-switch"
#define CLI_NS_CONFIG     "urn:heddle:yang:heddle-config"

/* Options that several of the verbs have. */
#define CLI_OPTION_CHECK                                                                         \
	{                                                                                        \
		"check", 0, NULL, "say what it would do to the switch, and change nothing", NULL \
	}
#define CLI_OPTION_SWITCH                                                                      \
	{                                                                                      \
		"switch", 's', "NAME", "of this switch (default: the only one)", &words_switch \
	}
#define CLI_OPTION_DESCRIPTION                                      \
	{                                                           \
		"description", 0, "TEXT", "a note for people", NULL \
	}

struct cli_txn {
	const struct cmd_line *line; /* the command: it stands in the history */
	const char *xml;             /* what goes into <config>; nc: is NETCONF's namespace in it */
	const char *done;            /* "port web1 added" */
	const char *of;              /* what refusals are about: a file; NULL: the command */
	bool check;                  /* say what it would do, and do nothing */
	bool transient;              /* into the datastore of transient ports */
	bool replace;                /* @xml is all there is afterwards */
	/*
	 * Tells the result in place of @done; @effects are those of the JSON. NULL: @done is told.
	 */
	void (*tell)(struct cli *cli, const struct cli_txn *change, json_t *effects);
	void *arg; /* of @tell */
};

/*
 * Makes the change in the session @client, which has no candidate of its own yet. Prints what it does
 * (effects), asks before a danger, and says that it is done. Returns an exit status.
 */
int cli_txn_make(struct cli *cli, struct cli_client *client, const struct cli_txn *change);

/*
 * Adds the comment of a commit that @text stands in the history with: what was typed, on one line
 * and not longer than a comment may be.
 */
void cli_comment_add(struct cli_str *xml, const char *text);

/* The errors of a reply for programs. */
json_t *cli_errors_json(const struct lyd_node *reply);

/*
 * A value of the leaf or leaf-list at @path, as the switch has it: "100..200" for "0100-200". Else what is
 * there already would be taken away and set in one request. Allocated.
 */
char *cli_value_form(const char *path, const char *text);

/* Adds <name>text</name>, escaped. */
void cli_xml_leaf(struct cli_str *xml, const char *name, const char *text);

#endif
