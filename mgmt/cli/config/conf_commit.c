/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * commit and what goes with it.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mgmt/cli/config/conf_int.h"
#include "mgmt/cli/config/config_print.h"
#include "mgmt/cli/config/effects.h"
#include "mgmt/cli/term/table.h"

/* So that whoever comes back after the connection was cut can confirm; NETCONF's persist. */
#define PERSIST "heddle"

#define STATE                                                                              \
	"<get><filter type=\"subtree\"><configuration-state xmlns=\"" CLI_NS_CONFIG "\"/>" \
	"</filter></get>"

struct wanted {
	bool check, confirmed;
	unsigned long minutes;
	char *comment; /* NULL: none */
};

/* All words that are left, with blanks between them. */
static char *rest(const struct conf_line *line, size_t from)
{
	struct cli_str text = {0};

	for (size_t i = from; i < line->words.n; i++)
		cli_str_printf(&text, "%s%s", i > from ? " " : "", line->words.list[i].text);
	return text.text;
}

static int parse(struct conf *conf, const struct conf_line *line, struct wanted *w)
{
	for (size_t i = 1; i < line->words.n; i++) {
		const struct sf_token *token = &line->words.list[i];

		if (conf_is(conf, token, "check")) {
			w->check = true;
		} else if (conf_is(conf, token, "confirmed")) {
			w->confirmed = true;
			if (i + 1 < line->words.n && line->words.list[i + 1].text[0] >= '0' &&
			    line->words.list[i + 1].text[0] <= '9' &&
			    !conf_number(conf, line, ++i, 1, 10000, &w->minutes))
				return CLI_USAGE;
		} else if (conf_is(conf, token, "comment")) {
			if (i + 1 == line->words.n)
				return conf_wrong(conf, line, i + 1, "comment what?");
			w->comment = rest(line, i + 1);
			break;
		} else {
			return conf_wrong(conf, line, i,
					  "\"%s\": commit takes check, confirmed [MINUTES] and "
					  "comment TEXT",
					  token->text);
		}
	}
	if (w->check && w->confirmed)
		return conf_wrong(conf, line, 2, "check commits nothing: leave out confirmed");
	return CLI_OK;
}

/* The confirmed commit that waits, in a reply; NULL: none. */
static const struct lyd_node *pending(struct conf *conf, struct lyd_node **reply)
{
	const struct lyd_node *data;

	if (conf_request(conf, NULL, STATE, reply) != 0)
		return NULL;
	data = cli_xml_child(*reply, "data");
	return cli_xml_child(cli_xml_child(data, "configuration-state"), "confirmed-commit");
}

/* Is there one of a command line? */
static bool waits(struct conf *conf)
{
	struct lyd_node *reply = NULL;
	const struct lyd_node *confirmed = pending(conf, &reply);
	bool is = confirmed && !cli_xml_child(confirmed, "session-id");

	lyd_free_all(reply);
	return is;
}

void conf_tell_pending(struct conf *conf)
{
	struct lyd_node *reply = NULL;
	const struct lyd_node *confirmed = pending(conf, &reply);
	struct tm tm = {0};
	double left;

	if (confirmed && strptime(cli_xml_text(confirmed, "deadline"), "%Y-%m-%dT%H:%M:%S", &tm)) {
		left = difftime(timegm(&tm), time(NULL));
		fprintf(stderr,
			"What runs reverts in %.0f %s unless somebody types confirm (committed by %s).\n",
			left < 120 ? left : left / 60, left < 120 ? "seconds" : "minutes",
			cli_xml_text(confirmed, "user"));
	}
	lyd_free_all(reply);
}

/* A switch of heddled -c forgets, and who commits should know. */
static void tell_fixed(struct conf *conf)
{
	struct lyd_node *reply = NULL;
	const struct lyd_node *state;

	if (conf_request(conf, NULL, STATE, &reply) != 0)
		return;
	state = cli_xml_child(cli_xml_child(reply, "data"), "configuration-state");
	if (state && cli_xml_child(state, "startup-fixed"))
		fprintf(conf->cli->out,
			"It lasts until the switch ends: each start takes %s, which commits do not "
			"write.\n",
			cli_xml_text(state, "startup-file"));
	lyd_free_all(reply);
}

static char *request(const struct wanted *w, bool waits, const char *typed)
{
	struct cli_str xml = {0};

	cli_str_puts(&xml, "<commit>");
	if (w->confirmed)
		cli_str_printf(&xml,
			       "<confirmed/><confirm-timeout>%lu</confirm-timeout>"
			       "<persist>" PERSIST "</persist>",
			       w->minutes * 60);
	if (waits)
		cli_str_puts(&xml, "<persist-id>" PERSIST "</persist-id>");
	if (w->comment) {
		cli_str_puts(&xml, "<comment xmlns=\"" CLI_NS_CONFIG "\">");
		cli_xml_escape(&xml, w->comment);
		cli_str_puts(&xml, "</comment>");
	} else {
		cli_comment_add(&xml, typed ? typed : w->confirmed ? "commit confirmed" : "commit");
	}
	cli_str_puts(&xml, "<save xmlns=\"" CLI_NS_CONFIG "\"/></commit>");
	return xml.text;
}

/* Without the right to ask for the effects there is still the question whether it is right. */
static bool cannot_tell(const struct lyd_node *reply)
{
	const char *tag = cli_xml_text(cli_xml_child(reply, "rpc-error"), "error-tag");

	return !strcmp(tag, "access-denied") || !strcmp(tag, "operation-not-supported");
}

static int get_effects(struct conf *conf, struct lyd_node **reply)
{
	struct cli_client *client = cli_connect(conf->cli);
	struct hd_err err = {0};

	if (!client)
		return CLI_UNREACHABLE;
	if (cli_client_rpc(client, cli_effects_request(), reply, &err) < 0) {
		cli_error("%s", err.text);
		return CLI_UNREACHABLE;
	}
	if (cli_reply_errors(*reply) && cannot_tell(*reply)) {
		lyd_free_all(*reply);
		return conf_request(conf, NULL,
				    "<validate><source><candidate/></source></validate>", reply);
	}
	if (!cli_reply_errors(*reply))
		return CLI_OK;
	cli_error("the candidate is not right; nothing was committed:");
	cli_reply_print_errors(*reply, stderr);
	return CLI_REFUSED;
}

static bool is_danger(const struct lyd_node *reply)
{
	cli_xml_foreach(effect, reply, "effect")
	{
		if (!strcmp(cli_xml_text(effect, "severity"), "danger"))
			return true;
	}
	return false;
}

static void print_effects(struct conf *conf, const struct lyd_node *reply, FILE *out)
{
	cli_xml_foreach(effect, reply, "effect")
	{
		const char *severity = cli_xml_text(effect, "severity");
		bool plain = !strcmp(severity, "info");
		char *text = cli_asprintf("%s%s%s", plain ? "" : severity, plain ? "" : ": ",
					  cli_xml_text(effect, "text"));

		fputs("  ", out);
		cli_wrap_on(out, cli_text_clean(text), 4, conf->cli->width);
		free(text);
	}
}

/* Tells what a commit does. False when it is dangerous, and not wanted then. */
static bool agreed(struct conf *conf, const struct wanted *w, const struct lyd_node *reply)
{
	bool ask = is_danger(reply) && !w->check && !w->confirmed && conf->cli->abbreviate;

	/* What is asked about must be on the screen, not in a pager. */
	print_effects(conf, reply, ask ? stderr : conf->cli->out);
	return !ask ||
	       cli_ask(conf->cli,
		       "Commit it all the same? (What is commit confirmed can be undone.)", true);
}

static int send_commit(struct conf *conf, const struct wanted *w)
{
	bool waited = waits(conf);
	char *body = request(w, waited, conf->typed);
	int rc = conf_do(conf, NULL, body);

	free(body);
	if (rc)
		return rc;
	conf->edits = false;
	free(conf->told);
	free(conf->typed);
	conf->told = conf->typed = NULL;
	if (w->confirmed)
		fprintf(conf->cli->out,
			"Committed. Reverts in %lu minute%s unless confirmed: type confirm to keep it, "
			"cancel to revert now.\n",
			w->minutes, w->minutes == 1 ? "" : "s");
	else
		fputs(waited ? "Committed, and what was to be confirmed is.\n" : "Committed.\n",
		      conf->cli->out);
	if (!w->confirmed)
		tell_fixed(conf);
	return CLI_OK;
}

static int commit(struct conf *conf, const struct wanted *w)
{
	struct lyd_node *reply = NULL;
	int rc = get_effects(conf, &reply);

	if (rc == 0 && !agreed(conf, w, reply))
		rc = CLI_REFUSED;
	lyd_free_all(reply);
	if (rc)
		return rc;
	if (!w->check)
		return send_commit(conf, w);
	fputs("The candidate is right. Nothing was committed.\n", conf->cli->out);
	return CLI_OK;
}

int conf_commit(struct conf *conf, const struct conf_line *line, bool *leave)
{
	struct wanted w = {.minutes = 10};
	int rc = parse(conf, line, &w);

	(void)leave;
	if (rc == 0)
		rc = commit(conf, &w);
	free(w.comment);
	return rc;
}

static int none(struct conf *conf, const struct conf_line *line)
{
	return line->words.n > 1 ? conf_wrong(conf, line, 1, "nothing follows here") : CLI_OK;
}

/* NETCONF's confirming commit commits the candidate as well: here it must not have edits. */
static int no_edits(struct conf *conf)
{
	struct lyd_node *reply;
	int rc = conf_request(conf, NULL, "<get-changes xmlns=\"" CLI_NS_CONFIG "\"/>", &reply);

	if (rc == 0 && cli_xml_child(reply, "change")) {
		cli_error("there are further edits: commit confirms what runs and commits them; "
			  "or discard them first");
		rc = CLI_REFUSED;
	}
	lyd_free_all(reply);
	return rc;
}

int conf_confirm(struct conf *conf, const struct conf_line *line, bool *leave)
{
	int rc = none(conf, line);

	(void)leave;
	if (rc == 0 && !waits(conf)) {
		cli_error("there is no commit that waits to be confirmed");
		rc = CLI_REFUSED;
	}
	if (rc == 0)
		rc = no_edits(conf);
	if (rc == 0)
		rc = conf_do(conf, NULL,
			     "<commit><persist-id>" PERSIST "</persist-id>"
			     "<save xmlns=\"" CLI_NS_CONFIG "\"/></commit>");
	if (rc == 0)
		fputs("Confirmed.\n", conf->cli->out);
	return rc;
}

int conf_cancel(struct conf *conf, const struct conf_line *line, bool *leave)
{
	int rc = none(conf, line);

	(void)leave;
	if (rc == 0)
		rc = conf_do(conf, NULL,
			     "<cancel-commit><persist-id>" PERSIST "</persist-id>"
			     "</cancel-commit>");
	if (rc == 0)
		fputs("Undone: the configuration from before runs again.\n", conf->cli->out);
	return rc;
}

int conf_rollback(struct conf *conf, const struct conf_line *line, bool *leave)
{
	unsigned long n;
	char *body;
	int rc;

	(void)leave;
	if (line->words.n != 2)
		return conf_wrong(conf, line, line->words.n > 2 ? 2 : 1,
				  "how many commits back? history lists them");
	if (!conf_number(conf, line, 1, 0, 50, &n))
		return CLI_USAGE;
	body = cli_asprintf("<rollback xmlns=\"" CLI_NS_CONFIG "\"><index>%lu</index></rollback>",
			    n);
	rc = conf_do(conf, NULL, body);
	free(body);
	if (rc)
		return rc;
	conf->edits = n != 0;
	if (n)
		fprintf(conf->cli->out,
			"The candidate is what ran %lu commit%s ago: compare shows it, commit "
			"makes it run.\n",
			n, n == 1 ? "" : "s");
	return CLI_OK;
}

int conf_discard(struct conf *conf, const struct conf_line *line, bool *leave)
{
	int rc = none(conf, line);

	(void)leave;
	if (rc == 0)
		rc = conf_do(conf, NULL, "<discard-changes/>");
	if (rc == 0)
		conf->edits = false;
	return rc;
}

int conf_history(struct conf *conf, const struct conf_line *line, bool *leave)
{
	struct cli_client *client = cli_connect(conf->cli);
	struct lyd_node *reply = NULL;
	unsigned long index;
	int rc;

	(void)leave;
	if (line->words.n > 2)
		return conf_wrong(conf, line, 2,
				  "history takes nothing, or the number of a commit");
	if (line->words.n == 2 && !conf_number(conf, line, 1, 0, 49, &index))
		return CLI_USAGE;
	if (line->words.n == 2)
		return client ? cli_history_one(conf->cli, client, index) : CLI_UNREACHABLE;
	rc = conf_request(conf, NULL, "<get-history xmlns=\"" CLI_NS_CONFIG "\"/>", &reply);
	if (rc)
		return rc;
	cli_history_print(conf->cli, reply);
	cli_startup_tell(conf->cli->session, conf->cli->out);
	lyd_free_all(reply);
	return CLI_OK;
}
