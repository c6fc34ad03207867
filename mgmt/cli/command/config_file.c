/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/command/config_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/config.h"
#include "mgmt/cli/command/instance.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/setform/setform.h"

static struct ly_ctx *schema(struct hd_err *err)
{
	char dir[512];

	if (ds_schema_find_dir(NULL, dir, sizeof(dir), err) < 0)
		return NULL;
	return bd_schema_new(dir, err);
}

/* A module that only the switch has (of a plugin): it must judge, not we. */
static bool speaks_of_unknown_module(const struct ds_errors *errs)
{
	for (size_t i = 0; i < errs->n; i++)
		if (errs->list[i].tag == DS_UNKNOWN_NAMESPACE)
			return true;
	return errs->more != 0;
}

static int strict_xml(struct ly_ctx *ctx, const char *text, size_t len, struct cli_str *xml,
		      struct ds_errors *errs)
{
	struct lyd_node *tree = NULL;
	char *printed = NULL;
	int rc = 0;

	if (!ds_tree_parse(ctx, text, len, &tree, errs))
		return speaks_of_unknown_module(errs) ? -ENOENT : -EBADMSG;
	if (lyd_print_mem(&printed, tree, LYD_XML,
			  LYD_PRINT_WITHSIBLINGS | LYD_PRINT_SHRINK | LYD_PRINT_WD_EXPLICIT) !=
	    LY_SUCCESS)
		rc = -ENOENT;
	else
		cli_str_puts(xml, printed ? printed : "");
	free(printed);
	lyd_free_all(tree);
	return rc;
}

int cli_config_to_xml(const char *text, size_t len, struct cli_str *xml, struct ds_errors *errs,
		      struct hd_err *err)
{
	bool strict = text[strspn(text, "\xef\xbb\xbf \t\r\n")] == '{' || sf_is_lines(text, len);
	struct ly_ctx *ctx = strict ? schema(NULL) : NULL;
	int rc = -ENOENT;

	if (ctx)
		rc = strict_xml(ctx, text, len, xml, errs);
	ly_ctx_destroy(ctx);
	if (rc != -ENOENT)
		return rc;
	ds_errors_clear(errs);
	return cli_instance_to_xml(text, len, xml, err);
}

int cli_lines_to_xml(const char *text, size_t len, struct cli_str *xml, struct hd_err *err)
{
	struct ds_errors errs = {.n = 0};
	struct ly_ctx *ctx = schema(err);
	struct sf_edit edit = {.ctx = ctx};
	char *printed = NULL;
	int rc = 0;

	if (!ctx)
		return -EINVAL;
	if (!sf_parse(&edit, text, len, &errs))
		rc = hd_err_set(err, EINVAL, "%s", errs.list[0].message);
	else if (lyd_print_mem(&printed, edit.tree, LYD_XML,
			       LYD_PRINT_WITHSIBLINGS | LYD_PRINT_SHRINK) != LY_SUCCESS)
		rc = hd_err_set(err, EINVAL, "cannot be written as XML");
	else
		cli_str_puts(xml, printed ? printed : "");
	free(printed);
	lyd_free_all(edit.tree);
	ds_errors_clear(&errs);
	ly_ctx_destroy(ctx);
	return rc;
}

int cli_config_check(const char *text, size_t len, struct ds_errors *errs, struct hd_err *err)
{
	struct ly_ctx *ctx = schema(err);
	struct bd_config *config;
	int rc;

	if (!ctx)
		return -ENOENT;
	config = bd_config_parse(ctx, text, len, NULL, errs);
	rc = config ? 0 : -EBADMSG;
	bd_config_free(config);
	ly_ctx_destroy(ctx);
	return rc;
}

json_t *cli_config_errors_json(const struct ds_errors *errs)
{
	json_t *list = json_array();

	for (size_t i = 0; i < errs->n; i++) {
		const struct ds_error *e = &errs->list[i];

		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:s}", "path", e->path ? e->path : "",
					"tag", ds_tag_name(e->tag), "app-tag",
					e->app_tag ? e->app_tag : "", "message", e->message));
	}
	return list;
}
