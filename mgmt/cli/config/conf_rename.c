/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rename and copy.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/config/conf_int.h"
#include "mgmt/setform/rename.h"

/* Where "to" stands: "rename port to to x" renames the port "to". */
static size_t find_to(const struct conf_line *line)
{
	for (size_t i = line->words.n; i-- > 2;)
		if (!line->words.list[i].quoted && !strcmp(line->words.list[i].text, "to"))
			return i;
	return 0;
}

static int send_edit(struct conf *conf, const struct conf_line *line, const struct lyd_node *tree,
		     const struct lyd_node *entry, bool copy)
{
	const struct sf_token *name = &line->words.list[line->words.n - 1];
	struct ds_errors errs = {.n = 0};
	size_t references;
	struct lyd_node *edit =
		sf_rename(conf->ctx, tree, entry, name->text, copy, &references, &errs);
	int rc;

	if (!edit) {
		rc = conf_wrong(conf, line, line->words.n - 1, "%s",
				errs.n ? errs.list[0].message : "this cannot be renamed");
		ds_errors_clear(&errs);
		return rc;
	}
	rc = conf_send(conf, line, edit);
	if (rc == 0 && references)
		fprintf(conf->cli->out, "%zu place%s that named it follow%s.\n", references,
			references == 1 ? "" : "s", references == 1 ? "s" : "");
	return rc;
}

static int change(struct conf *conf, const struct conf_line *line, bool copy)
{
	const char *verb = copy ? "copy" : "rename";
	size_t to = find_to(line), n = line->words.n;
	struct lyd_node *tree = NULL;
	struct sf_target target;
	int rc;

	if (!to || to == n - 1 || to < 2)
		return conf_wrong(conf, line, n, "%s what to what? As in: %s port web1 to web2",
				  verb, verb);
	rc = conf_fetch(conf, "candidate", NULL, &tree);
	if (rc)
		return rc;
	rc = conf_resolve(conf, line, 1, to, tree, &target);
	if (rc) {
		lyd_free_all(tree);
		return rc;
	}
	if (!target.schema || target.all || target.schema->nodetype != LYS_LIST)
		rc = conf_wrong(conf, line, 1,
				"only what has a name can be %s: a port, a switch, "
				"a segment, ...",
				copy ? "copied" : "renamed");
	else if (!target.node)
		rc = conf_wrong(conf, line, to - 1, "there is no %s", target.words);
	else if (n - to - 1 > 2 || (n - to - 1 == 2 && strcmp(line->words.list[to + 1].text,
							      sf_list_word(target.node)) != 0))
		rc = conf_wrong(conf, line, to + 1, "one name is needed");
	else
		rc = send_edit(conf, line, tree, target.node, copy);
	sf_target_clear(&target);
	lyd_free_all(tree);
	return rc;
}

int conf_rename(struct conf *conf, const struct conf_line *line, bool *leave)
{
	(void)leave;
	return change(conf, line, false);
}

int conf_copy(struct conf *conf, const struct conf_line *line, bool *leave)
{
	(void)leave;
	return change(conf, line, true);
}
