/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/config/change.h"
#include "mgmt/cli/config/effects.h"

#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/term/history.h"
#include "mgmt/cli/command/kinds.h"
#include "mgmt/cli/term/table.h"
#include "mgmt/setform/items.h"
#include "mgmt/setform/setform.h"

#define PLAIN_MAX   10 /* effects that are neither dangers nor warnings; JSON has all */
#define WARN_MAX    20
#define COMMENT_MAX 200 /* characters, as the model has it */
#define NS_NMDA     "urn:ietf:params:xml:ns:yang:ietf-netconf-nmda"
#define OPEN                                               \
	"<open-configuration xmlns=\"" CLI_NS_CONFIG "\">" \
	"<mode>private</mode></open-configuration>"
#define CONFIG "<config xmlns:nc=\"" CLI_NS_NETCONF "\">%s</config>"

void cli_xml_leaf(struct cli_str *xml, const char *name, const char *text)
{
	cli_str_printf(xml, "<%s>", name);
	cli_xml_escape(xml, text);
	cli_str_printf(xml, "</%s>", name);
}

char *cli_value_form(const char *path, const char *text)
{
	struct ly_ctx *ctx = cli_schema(NULL);
	const struct lysc_node *leaf = ctx ? lys_find_path(ctx, NULL, path, 0) : NULL;

	if (!leaf)
		return cli_strdup(text);
	sf_top(ctx);
	return sf_to_model(sf_word_of(leaf), leaf, text);
}

json_t *cli_errors_json(const struct lyd_node *reply)
{
	json_t *errors = json_array();

	cli_xml_foreach(e, reply, "rpc-error")
	{
		char *path = cli_error_path(e);

		json_array_append_new(errors, json_pack("{s:s, s:s, s:s, s:s}", "path", path, "tag",
							cli_xml_text(e, "error-tag"), "app-tag",
							cli_xml_text(e, "error-app-tag"), "message",
							cli_xml_text(e, "error-message")));
		free(path);
	}
	return errors;
}

/* A request whose refusal is the answer to the command: also for programs. */
static int ask(struct cli *cli, struct cli_client *client, const struct cli_txn *change,
	       const char *request, struct lyd_node **reply)
{
	static const char unsupported[] = "operation-not-supported";
	struct hd_err err = {0};

	*reply = NULL;
	if (cli_client_rpc(client, request, reply, &err) < 0) {
		cli_error("%s", err.text);
		return CLI_UNREACHABLE;
	}
	if (!cli_reply_errors(*reply))
		return CLI_OK;
	if (request == cli_effects_request() &&
	    !strcmp(cli_xml_text(cli_xml_child(*reply, "rpc-error"), "error-tag"), unsupported))
		return CLI_OK; /* an older switch: it does not tell */
	if (cli->json) {
		cli_json_print(cli, json_pack("{s:b, s:b, s:[], s:o}", "accepted", false, "applied",
					      false, "effects", "errors", cli_errors_json(*reply)));
	} else {
		unsigned int n = cli_reply_errors(*reply);

		if (change->of)
			cli_error("%s: %u error%s%s", change->of, n, n == 1 ? "" : "s",
				  change->check ? "" : "; nothing was changed");
		else
			cli_error("refused; nothing was changed:");
		cli_reply_print_errors(*reply, stderr);
	}
	lyd_free_all(*reply);
	*reply = NULL;
	return CLI_REFUSED;
}

static int ask_only(struct cli *cli, struct cli_client *client, const struct cli_txn *change,
		    const char *request)
{
	struct lyd_node *reply;
	int rc = ask(cli, client, change, request, &reply);

	if (rc == 0)
		cli_reply_print_errors(reply, stderr); /* warnings */
	lyd_free_all(reply);
	return rc;
}

static void print_effect(struct cli *cli, const struct lyd_node *effect)
{
	const char *severity = cli_xml_text(effect, "severity");
	enum cli_style style = strcmp(severity, "danger") == 0    ? CLI_BAD
			       : strcmp(severity, "warning") == 0 ? CLI_WARN
								  : CLI_PLAIN;
	char *text = cli_text_clean(cli_strdup(cli_xml_text(effect, "text")));

	if (style == CLI_PLAIN) {
		fputs("  ", cli->out);
		cli_wrap_on(cli->out, text, 2, cli->width);
	} else {
		fprintf(cli->out, "  %s%s:%s ", cli_style_on(style, cli->color), severity,
			cli_style_off(style, cli->color));
		cli_wrap_on(cli->out, text, (unsigned int)strlen(severity) + 4, cli->width);
	}
	free(text);
}

/*
 * Prints the effects of a reply, or appends them to @json; true when there is a danger. @news: not
 * what is plain from a list of what was added and removed.
 */
static bool show_effects(struct cli *cli, const struct lyd_node *reply, json_t *json, bool news)
{
	unsigned int shown[2] = {0}, left = 0; /* what only says what happens; warnings */
	bool danger = false;

	cli_xml_foreach(effect, reply, "effect")
	{
		const char *severity = cli_xml_text(effect, "severity");

		bool warning = strcmp(severity, "warning") == 0, info = !strcmp(severity, "info");
		bool fits = !(warning || info) || shown[warning] < (warning ? WARN_MAX : PLAIN_MAX);

		danger |= strcmp(severity, "danger") == 0;
		if (!json && news && info &&
		    strcmp(cli_xml_text(effect, "kind"), "port-restarts") != 0)
			continue;
		shown[warning] += warning || info;
		left += !fits;
		if (json)
			json_array_append_new(json, json_pack("{s:s, s:s, s:s, s:s}", "severity",
							      severity, "kind",
							      cli_xml_text(effect, "kind"), "path",
							      cli_xml_text(effect, "path"), "text",
							      cli_xml_text(effect, "text")));
		else if (fits)
			print_effect(cli, effect);
	}
	if (!json && left)
		fprintf(cli->out, "  and %u more\n", left);
	return danger;
}

static int tell_effects(struct cli *cli, struct cli_client *client, const struct cli_txn *change,
			json_t *json, bool *danger)
{
	struct lyd_node *reply;
	int rc = ask(cli, client, change, cli_effects_request(), &reply);

	*danger = rc == 0 && show_effects(cli, reply, json, change->replace);
	lyd_free_all(reply);
	return rc;
}

static void print_result(struct cli *cli, const struct cli_txn *change, json_t *effects)
{
	if (change->tell)
		change->tell(cli, change, effects);
	else if (cli->json)
		cli_json_print(cli, json_pack("{s:b, s:b, s:O, s:[]}", "accepted", true, "applied",
					      !change->check, "effects", effects, "errors"));
	else if (change->check)
		fputs("That would be accepted. Nothing was changed.\n", cli->out);
	else
		fprintf(cli->out, "%s\n", change->done);
}

static char *edit_request(const struct cli_txn *change)
{
	if (change->transient)
		return cli_asprintf("<edit-data xmlns=\"" NS_NMDA "\">"
				    "<datastore xmlns:hc=\"" CLI_NS_CONFIG "\">hc:transient"
				    "</datastore>" CONFIG "</edit-data>",
				    change->xml);
	return cli_asprintf("<edit-config><target><candidate/></target>%s"
			    "<error-option>rollback-on-error</error-option>" CONFIG
			    "</edit-config>",
			    change->replace ? "<default-operation>replace</default-operation>" : "",
			    change->xml);
}

void cli_comment_add(struct cli_str *xml, const char *text)
{
	size_t characters = 0, cut = 0, end = 0;
	char *comment;

	for (; text[end] && characters <= COMMENT_MAX; end++) {
		if ((text[end] & 0xc0) == 0x80)
			continue;
		if (characters++ == COMMENT_MAX - 3)
			cut = end;
	}
	comment = characters > COMMENT_MAX ? cli_asprintf("%.*s...", (int)cut, text)
					   : cli_strdup(text);
	cli_str_puts(xml, "<comment xmlns=\"" CLI_NS_CONFIG "\">");
	cli_xml_escape(xml, cli_text_clean(comment));
	cli_str_puts(xml, "</comment>");
	free(comment);
}

/* The command with its arguments and options, as it could be typed. */
static char *typed(const struct cmd_line *line)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return cli_strdup(line->cmd->name);
	fputs(line->cmd->name, out);
	for (size_t i = 0; i < line->n_args; i++) {
		fputc(' ', out);
		sf_put_word(out, line->args[i]);
	}
	for (size_t i = 0; i < line->n_values; i++) {
		const struct cmd_value *v = &line->values[i];

		if (v->option->start || !strcmp(v->option->name, "json"))
			continue;
		fprintf(out, " --%s%s", v->option->name, v->value ? " " : "");
		if (v->value)
			sf_put_word(out, v->value);
	}
	fclose(out);
	return text;
}

static int send_commit(struct cli *cli, struct cli_client *client, const struct cli_txn *change)
{
	struct cli_str xml = {0};
	char *text = typed(change->line);
	int rc;

	cli_str_puts(&xml, "<commit>");
	cli_comment_add(&xml, cli_history_hides(text) ? change->line->cmd->name : text);
	cli_str_puts(&xml, "<save xmlns=\"" CLI_NS_CONFIG "\"/></commit>");
	rc = ask_only(cli, client, change, xml.text);
	cli_str_free(&xml);
	free(text);
	return rc;
}

/* On the private copy: says what it does, and commits. */
static int commit(struct cli *cli, struct cli_client *client, const struct cli_txn *change)
{
	json_t *effects = json_array();
	bool danger;
	int rc = tell_effects(cli, client, change, cli->json ? effects : NULL, &danger);

	if (rc == 0 && danger && !change->check && !cli->json &&
	    !cli_ask(cli, "Do it all the same?", true)) {
		fputs("Nothing was changed.\n", cli->out);
		rc = CLI_REFUSED;
	}
	if (rc == 0 && !change->check)
		rc = send_commit(cli, client, change);
	if (rc == 0)
		print_result(cli, change, effects);
	json_decref(effects);
	return rc;
}

int cli_txn_make(struct cli *cli, struct cli_client *client, const struct cli_txn *change)
{
	char *edit;
	int rc;

	if (change->transient && change->check) {
		cli_error("--check and --transient do not go together");
		return CLI_USAGE;
	}
	edit = edit_request(change);
	if (change->transient) {
		rc = ask_only(cli, client, change, edit);
		if (rc == 0) {
			json_t *none = json_array();

			print_result(cli, change, none);
			json_decref(none);
		}
	} else {
		rc = ask_only(cli, client, change, OPEN);
		if (rc == 0)
			rc = ask_only(cli, client, change, edit);
		if (rc == 0)
			rc = commit(cli, client, change);
	}
	free(edit);
	return rc;
}
