/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configuration mode and the switch: requests, refusals, configurations.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/config/conf_int.h"
#include "mgmt/cli/term/table.h"

/* The word of the line that a path's last word is; the line's end when none is. */
static void point_at(struct conf *conf, const struct conf_line *line, const char *words)
{
	struct sf_line path = {.n = 0};
	size_t i = line->words.n;

	sf_line_read(&path, words, words + strlen(words));
	while (path.n && i-- > 1)
		if (!strcmp(line->words.list[i].text, path.list[path.n - 1].text)) {
			cli_caret(conf->cli, line->words.list[i].column - 1);
			break;
		}
	sf_line_clear(&path);
}

int conf_request(struct conf *conf, const struct conf_line *line, const char *body,
		 struct lyd_node **reply)
{
	struct cli_client *client = cli_connect(conf->cli);
	struct hd_err err = {0};
	unsigned int n;

	*reply = NULL;
	if (!client)
		return CLI_UNREACHABLE;
	if (cli_client_rpc(client, body, reply, &err) < 0) {
		cli_error("%s", err.text);
		return CLI_UNREACHABLE;
	}
	n = cli_reply_errors(*reply);
	if (!n)
		return CLI_OK;
	if (line && n == 1) {
		const struct lyd_node *error = cli_xml_child(*reply, "rpc-error");
		char *path = cli_error_path(error), *words = sf_path_words(conf->ctx, path);

		if (words)
			point_at(conf, line, words);
		free(words);
		free(path);
	}
	cli_error("the switch refused; nothing was changed:");
	cli_reply_print_errors(*reply, stderr);
	lyd_free_all(*reply);
	*reply = NULL;
	return CLI_REFUSED;
}

int conf_do(struct conf *conf, const struct conf_line *line, const char *body)
{
	struct lyd_node *reply;
	int rc = conf_request(conf, line, body, &reply);

	if (rc == 0)
		cli_reply_print_errors(reply, stderr); /* warnings */
	lyd_free_all(reply);
	return rc;
}

int conf_parse_reply(struct conf *conf, const struct lyd_node *data, struct lyd_node **tree)
{
	struct cli_str xml = {0};
	int rc = CLI_OK;

	*tree = NULL;
	cli_str_puts(&xml, "");
	for (const struct lyd_node *n = lyd_child(data); n; n = n->next) {
		char *text = NULL;

		if (lyd_print_mem(&text, n, LYD_XML, LYD_PRINT_SHRINK) == LY_SUCCESS && text)
			cli_str_puts(&xml, text);
		free(text);
	}
	if (xml.len && lyd_parse_data_mem(conf->ctx, xml.text, LYD_XML,
					  LYD_PARSE_ONLY | LYD_PARSE_OPAQ, 0, tree) != LY_SUCCESS) {
		cli_error("what the switch sent cannot be read: %s", ly_errmsg(conf->ctx));
		rc = CLI_REFUSED;
	}
	cli_str_free(&xml);
	return rc;
}

/* A subtree filter for the port, switch, ... that the words begin with. */
static char *filter(const struct sf_target *target)
{
	const struct lysc_node *unit = target ? target->unit : NULL, *up;
	struct cli_str xml = {0};

	cli_str_puts(&xml, "");
	if (!unit)
		return xml.text;
	up = lysc_data_parent(unit);
	cli_str_puts(&xml, "<filter type=\"subtree\">");
	if (up)
		cli_str_printf(&xml, "<%s xmlns=\"%s\">", up->name, up->module->ns);
	cli_str_printf(&xml, "<%s xmlns=\"%s\">", unit->name, unit->module->ns);
	if (target->unit_key) {
		cli_str_printf(&xml, "<%s>", lysc_node_child(unit)->name);
		cli_xml_escape(&xml, target->unit_key);
		cli_str_printf(&xml, "</%s>", lysc_node_child(unit)->name);
	}
	cli_str_printf(&xml, "</%s>", unit->name);
	if (up)
		cli_str_printf(&xml, "</%s>", up->name);
	cli_str_puts(&xml, "</filter>");
	return xml.text;
}

int conf_fetch(struct conf *conf, const char *source, const struct sf_target *target,
	       struct lyd_node **tree)
{
	char *part = filter(target);
	char *body =
		cli_asprintf("<get-config><source><%s/></source>%s</get-config>", source, part);
	struct lyd_node *reply;
	int rc = conf_request(conf, NULL, body, &reply);

	*tree = NULL;
	if (rc == 0)
		rc = conf_parse_reply(conf, cli_xml_child(reply, "data"), tree);
	lyd_free_all(reply);
	free(body);
	free(part);
	return rc;
}

int conf_fetch_history(struct conf *conf, unsigned int index, struct lyd_node **tree)
{
	char *body =
		cli_asprintf("<get-history-config xmlns=\"" CLI_NS_CONFIG "\"><index>%u</index>"
			     "</get-history-config>",
			     index);
	struct lyd_node *reply;
	int rc = conf_request(conf, NULL, body, &reply);

	*tree = NULL;
	if (rc == 0)
		rc = conf_parse_reply(conf, cli_xml_child(reply, "config"), tree);
	lyd_free_all(reply);
	free(body);
	return rc;
}

const struct lyd_node *conf_names(void *arg)
{
	struct conf *conf = arg;
	struct lyd_node *reply = NULL;
	struct hd_err err;

	/* Silently: this is asked for while somebody types. */
	if (conf->names || !conf->cli->session)
		return conf->names;
	if (cli_client_rpc(conf->cli->session,
			   "<get-config><source><candidate/></source></get-config>", &reply,
			   &err) == 0 &&
	    !cli_reply_errors(reply))
		conf_parse_reply(conf, cli_xml_child(reply, "data"), &conf->names);
	lyd_free_all(reply);
	return conf->names;
}

int conf_send(struct conf *conf, const struct conf_line *line, struct lyd_node *tree)
{
	char *xml = NULL, *body;
	int rc;

	/* Without what has no content libyang would leave out containers that are to be removed. */
	lyd_print_mem(&xml, tree, LYD_XML,
		      LYD_PRINT_WITHSIBLINGS | LYD_PRINT_SHRINK | LYD_PRINT_KEEPEMPTYCONT);
	body = cli_asprintf("<edit-config><target><candidate/></target>"
			    "<test-option>set</test-option>"
			    "<error-option>rollback-on-error</error-option>"
			    "<config>%s</config></edit-config>",
			    xml ? xml : "");
	rc = conf_do(conf, line, body);
	if (rc == 0)
		conf->edits = true;
	free(body);
	free(xml);
	lyd_free_all(tree);
	return rc;
}
