/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For a build without configuration mode: it goes when conf.c comes.
 */
#include <stddef.h>

#include "mgmt/cli/conf.h"

const struct conf_command conf_commands[] = {{0}};

struct conf *conf_open(struct cli *cli, enum conf_mode mode, int *rc)
{
	(void)cli, (void)mode;
	cli_error("this build has no configuration mode");
	*rc = CLI_USAGE;
	return NULL;
}

void conf_close(struct conf *conf)
{
	(void)conf;
}

int conf_line(struct conf *conf, const char *line, bool *leave)
{
	(void)conf, (void)line;
	*leave = true;
	return CLI_USAGE;
}

const char *conf_prompt(const struct conf *conf)
{
	(void)conf;
	return "";
}

void conf_complete(struct conf *conf, const char *line, cli_offer_fn fn, void *arg)
{
	(void)conf, (void)line, (void)fn, (void)arg;
}

bool conf_has_edits(const struct conf *conf)
{
	(void)conf;
	return false;
}

int conf_lost(struct conf *conf)
{
	(void)conf;
	return CLI_USAGE;
}
