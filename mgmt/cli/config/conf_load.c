/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * load: a file into the candidate.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/config/conf_int.h"
#include "mgmt/cli/command/instance.h"
#include "mgmt/cli/term/table.h"
#include "mgmt/datastore/tree.h"

static int refused(const char *file, struct ds_errors *errs)
{
	size_t n = errs->n + errs->more;

	cli_error("%s: %zu error%s; nothing was changed", file, n, n == 1 ? "" : "s");
	ds_errors_print(errs, stderr);
	ds_errors_clear(errs);
	return CLI_USAGE;
}

/* Lines, JSON or XML as a tree; what it means as a whole is judged later. */
static bool read_tree(struct conf *conf, const struct cli_str *text, struct lyd_node **tree,
		      struct ds_errors *errs)
{
	const char *at = text->text + strspn(text->text, "\xef\xbb\xbf \t\r\n");
	struct sf_edit edit = {.ctx = conf->ctx};
	bool fine;

	if (*at == '{' || *at == '<')
		return ds_tree_read(conf->ctx, text->text, text->len, LYD_PARSE_STRICT, tree, errs);
	fine = sf_parse(&edit, text->text, text->len, errs);
	*tree = edit.tree;
	return fine;
}

/* Makes the candidate what the file says. */
static int replace(struct conf *conf, struct lyd_node *tree)
{
	char *xml = NULL, *body;
	int rc;

	lyd_print_mem(&xml, tree, LYD_XML, LYD_PRINT_WITHSIBLINGS | LYD_PRINT_SHRINK);
	body = cli_asprintf("<copy-config><target><candidate/></target><source><config>%s</config>"
			    "</source></copy-config>",
			    xml ? xml : "");
	rc = conf_do(conf, NULL, body);
	if (rc == 0)
		conf->edits = true;
	free(body);
	free(xml);
	lyd_free_all(tree);
	return rc;
}

static int load_tree(struct conf *conf, const char *file, const struct cli_str *text, bool all)
{
	struct ds_errors errs = {.n = 0};
	struct lyd_node *tree;

	if (!read_tree(conf, text, &tree, &errs))
		return refused(file, &errs);
	return all ? replace(conf, tree) : conf_send(conf, NULL, tree);
}

static int load_lines(struct conf *conf, const char *file, const struct cli_str *text)
{
	struct sf_edit edit = {.ctx = conf->ctx, .changes = true, .lenient = true};
	struct ds_errors errs = {.n = 0};
	struct lyd_node *base;
	int rc = conf_fetch(conf, "candidate", NULL, &base);

	if (rc)
		return rc;
	edit.base = base;
	rc = sf_parse(&edit, text->text, text->len, &errs) ? conf_send(conf, NULL, edit.tree)
							   : refused(file, &errs);
	lyd_free_all(base);
	if (rc)
		return rc;
	fprintf(conf->cli->out, "%zu line%s", edit.lines, edit.lines == 1 ? "" : "s");
	if (edit.missing)
		fprintf(conf->cli->out, "; %zu of them delete what is not there", edit.missing);
	fputs(".\n", conf->cli->out);
	return CLI_OK;
}

int conf_load(struct conf *conf, const struct conf_line *line, bool *leave)
{
	static const char *const how[] = {"merge", "replace", "set"};
	struct cli_str text = {0};
	struct hd_err err = {0};
	const char *file;
	size_t i = 0;
	int rc;

	(void)leave;
	while (line->words.n > 1 && i < 3 && !conf_is(conf, &line->words.list[1], how[i]))
		i++;
	if (line->words.n < 2 || i == 3)
		return conf_wrong(conf, line, 1,
				  "how? load merge FILE, load replace FILE or load "
				  "set FILE");
	if (line->words.n != 3)
		return conf_wrong(conf, line, line->words.n > 3 ? 3 : 2, "one file is needed");
	file = line->words.list[2].text;
	if (cli_instance_read(file, &text, &err) < 0) {
		cli_error("%s: %s", file, err.text);
		rc = CLI_USAGE;
	} else if (i == 2) {
		rc = load_lines(conf, file, &text);
	} else {
		rc = load_tree(conf, file, &text, i == 1);
	}
	cli_str_free(&text);
	return rc;
}
