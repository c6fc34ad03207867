/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The errors in an answer, for people.
 */
#include <string.h>

#include "mgmt/cli/client.h"

static bool is_error(const struct lyd_node *error)
{
	return strcmp(cli_xml_text(error, "error-severity"), "warning") != 0;
}

unsigned int cli_reply_errors(const struct lyd_node *reply)
{
	unsigned int n = 0;

	cli_xml_foreach(error, reply, "rpc-error") n += is_error(error);
	return n;
}

/* The text without blanks around it. */
static void put_trimmed(FILE *out, const char *text)
{
	size_t n;

	text += strspn(text, " \t\r\n");
	for (n = strlen(text); n && strchr(" \t\r\n", text[n - 1]); n--)
		;
	fprintf(out, "%.*s", (int)n, text);
}

void cli_reply_print_errors(const struct lyd_node *reply, FILE *out)
{
	cli_xml_foreach(error, reply, "rpc-error")
	{
		const char *path = cli_xml_text(error, "error-path");
		const char *message = cli_xml_text(error, "error-message");
		const struct lyd_node *info = cli_xml_child(error, "error-info");

		if (*path) {
			fputs("  ", out);
			put_trimmed(out, path);
			fputs("\n    ", out);
		} else {
			fputs("  ", out);
		}
		if (!is_error(error))
			fputs("warning: ", out);
		if (*message) {
			put_trimmed(out, message);
		} else {
			put_trimmed(out, cli_xml_text(error, "error-tag"));
			cli_xml_foreach(element, info, "bad-element")
				fprintf(out, ": %s", cli_xml_own_text(element));
		}
		fputc('\n', out);
	}
}
