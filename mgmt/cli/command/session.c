/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What every command does: messages, JSON, and a request to the switch with its ways to fail.
 */
#include "mgmt/cli/command/cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mgmt/cli/term/table.h"

static const char *prefix = "heddle: ";

void cli_error_prefix(const char *text)
{
	prefix = text;
}

const char *cli_error_start(void)
{
	return prefix;
}

void cli_caret(const struct cli *cli, unsigned int column)
{
	if (cli->typed_at && cli->typed_at + column < cli->width) /* else it is not below */
		fprintf(stderr, "%*s^\n", (int)(cli->typed_at + column), "");
}

void cli_error(const char *fmt, ...)
{
	va_list ap;

	fputs(prefix, stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static void print_json(struct cli *cli, json_t *json, size_t flags)
{
	char *text = json_dumps(json, flags);

	cli_text_escape(cli->out, text ? text : "null", CLI_ESCAPE_JSON);
	fputc('\n', cli->out);
	free(text);
	json_decref(json);
}

void cli_json_print(struct cli *cli, json_t *json)
{
	print_json(cli, json, JSON_INDENT(2));
}

void cli_json_line(struct cli *cli, json_t *json)
{
	print_json(cli, json, JSON_COMPACT);
}

struct cli_client *cli_connect_apart(struct cli *cli)
{
	struct cli_client *client;
	struct hd_err err = {0};

	if (cli_client_open(&client, cli->socket, &err) < 0)
		cli_error("%s", err.text);
	return client;
}

struct cli_client *cli_connect(struct cli *cli)
{
	struct cli_client *client;

	if (cli->session)
		return cli->session;
	client = cli_connect_apart(cli);
	if (cli->shell)
		cli->session = client;
	return client;
}

void cli_disconnect(struct cli *cli, struct cli_client *client)
{
	if (client != cli->session)
		cli_client_close(client);
}

bool cli_ask(const struct cli *cli, const char *question, bool otherwise)
{
	char answer[64];

	if (!cli->tty || !isatty(STDIN_FILENO))
		return otherwise;
	fprintf(stderr, "%s [y/N] ", question);
	fflush(stderr);
	if (!fgets(answer, sizeof(answer), stdin)) {
		clearerr(stdin);
		fputc('\n', stderr);
		return false;
	}
	return answer[0] == 'y' || answer[0] == 'Y';
}

int cli_request(struct cli_client *client, const char *body, struct lyd_node **reply)
{
	struct hd_err err = {0};

	if (cli_client_rpc(client, body, reply, &err) < 0) {
		cli_error("%s", err.text);
		return CLI_UNREACHABLE;
	}
	if (cli_reply_errors(*reply)) {
		cli_error("the switch refused:");
		cli_reply_print_errors(*reply, stderr);
		lyd_free_all(*reply);
		*reply = NULL;
		return CLI_REFUSED;
	}
	return CLI_OK;
}
