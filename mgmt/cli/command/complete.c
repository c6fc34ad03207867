/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Words that could come next, for bash: `heddle complete -- WORD...`, the last word being the one
 * that is typed. One a line; "%file" and "%dir" ask bash for its own completion of names.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mgmt/cli/command/offers.h"

struct printer {
	struct cli *cli;
	const char *typed;
};

static void print(void *arg, const struct cli_offer *offer)
{
	const struct printer *p = arg;

	if (offer->kind == CLI_OFFER_FILE)
		fputs("%file\n", p->cli->out);
	else if (offer->kind == CLI_OFFER_DIR)
		fputs("%dir\n", p->cli->out);
	else if (offer->kind == CLI_OFFER_WORD &&
		 strncmp(offer->word, p->typed, strlen(p->typed)) == 0 &&
		 (*offer->word != '-' || *p->typed == '-'))
		fprintf(p->cli->out, "%s\n", offer->word);
}

static int run_complete(struct cli *cli, const struct cmd_line *line)
{
	size_t n = line->n_args ? line->n_args - 1 : 0;
	struct printer printer = {cli, line->n_args ? line->args[n] : ""};

	if (!freopen("/dev/null", "w", stderr)) /* nothing is said behind a half line */
		return CLI_USAGE;
	cli_offers(cli, line->args, n, printer.typed, print, &printer);
	return CLI_OK;
}

CMD_REGISTER(cmd_complete) = {
	.part = CMD_PART_SHELL,
	.place = 60,
	.name = "complete",
	.args = "-- WORD...",
	.summary = "words that could come next; for the shell's completion",
	.max_args = 1024,
	.words = &words_command,
	.run = run_complete,
	.hidden = true,
};
