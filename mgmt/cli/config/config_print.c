/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/config/config_print.h"

#include <errno.h>
#include <stdlib.h>

#include "mgmt/cli/command/kinds.h"
#include "mgmt/cli/term/table.h"
#include "mgmt/setform/setform.h"

int cli_config_tree(const struct lyd_node *data, struct lyd_node **tree, struct hd_err *err)
{
	struct ly_ctx *ctx = cli_schema(err);
	char *text = NULL;
	int rc = 0;

	*tree = NULL;
	if (!ctx)
		return -ENOENT;
	if (!data || !lyd_child(data))
		return 0;
	if (lyd_print_mem(&text, lyd_child(data), LYD_XML,
			  LYD_PRINT_WITHSIBLINGS | LYD_PRINT_SHRINK) != LY_SUCCESS ||
	    lyd_parse_data_mem(ctx, text, LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_STRICT, 0, tree) !=
		    LY_SUCCESS)
		rc = hd_err_set(
			err, EPROTO,
			"the configuration does not fit the model of this command (%s): is the "
			"switch of another version? Try --display xml",
			ly_errmsg(ctx) ? ly_errmsg(ctx) : "");
	free(text);
	return rc;
}

void cli_xml_document(struct cli *cli, const char *text)
{
	fputs("<config xmlns=\"" CLI_NS_NETCONF "\">\n", cli->out);
	cli_text_escape(cli->out, text, CLI_ESCAPE_XML);
	fputs("</config>\n", cli->out);
}

/* Without the model: as it came. */
static int print_xml(struct cli *cli, const struct lyd_node *data)
{
	char *text = NULL;

	if (data && lyd_child(data))
		lyd_print_mem(&text, lyd_child(data), LYD_XML, LYD_PRINT_WITHSIBLINGS);
	cli_xml_document(cli, text ? text : "");
	free(text);
	return CLI_OK;
}

int cli_config_print(struct cli *cli, const struct lyd_node *data)
{
	struct lyd_node *tree;
	struct hd_err err = {0};
	char *text = NULL;

	if (cli->display == CLI_DISPLAY_XML)
		return print_xml(cli, data);
	if (cli_config_tree(data, &tree, &err) < 0) {
		cli_error("%s", err.text);
		return CLI_USAGE;
	}
	if (cli->display == CLI_DISPLAY_JSON) {
		if (tree &&
		    lyd_print_mem(&text, tree, LYD_JSON, LYD_PRINT_WITHSIBLINGS) != LY_SUCCESS)
			text = NULL;
		cli_text_escape(cli->out, text ? text : "{}\n", CLI_ESCAPE_JSON);
	} else {
		sf_print(cli_schema(NULL), tree, cli->display == CLI_DISPLAY_SET ? 0 : SF_INDENT,
			 cli->out);
	}
	free(text);
	lyd_free_all(tree);
	return CLI_OK;
}
