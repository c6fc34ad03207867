/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

#include "mgmt/bind/bind.h"
#include "mgmt/bind/config.h"
#include "mgmt/bind/part.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"

#define MODULES_MAX 64

struct ly_ctx *bd_schema_new(const char *yang_dir, struct hd_err *err)
{
	struct ds_module modules[MODULES_MAX];
	size_t n = bd_modules(modules, MODULES_MAX);

	return ds_schema_new(yang_dir, modules, n, err);
}

static struct bd_config *translate(const struct ly_ctx *ctx, struct lyd_node *tree,
				   const struct bd_numbers *before, struct ds_errors *errs)
{
	struct bd_config *config = bd_config_bind(ctx, tree, before, errs);

	if (config)
		config->borrowed = false;
	else
		lyd_free_all(tree);
	return config;
}

struct bd_config *bd_config_parse(const struct ly_ctx *ctx, const char *text, size_t len,
				  const struct bd_numbers *before, struct ds_errors *errs)
{
	struct lyd_node *tree;

	if (!ds_tree_parse(ctx, text, len, &tree, errs))
		return NULL;
	return translate(ctx, tree, before, errs);
}

struct bd_config *bd_config_take(const struct ly_ctx *ctx, struct lyd_node *tree,
				 const struct bd_numbers *before, struct ds_errors *errs)
{
	if (ds_tree_check(ctx, &tree, errs))
		return translate(ctx, tree, before, errs);
	lyd_free_all(tree);
	return NULL;
}

struct bd_config *bd_config_load(const struct ly_ctx *ctx, const char *path,
				 const struct bd_numbers *before, struct ds_errors *errs)
{
	struct bd_config *config;
	struct hd_err err = {0};
	size_t len;
	char *text = ds_file_read(path, &len, &err);

	if (!text) {
		ds_errors_add(errs, DS_OPERATION_FAILED, NULL, "%s", err.text);
		return NULL;
	}
	config = bd_config_parse(ctx, text, len, before, errs);
	free(text);
	return config;
}

char *bd_config_print(const struct bd_config *config)
{
	char *text = NULL;

	if (!config->tree)
		return ds_strdup("{}\n");
	if (lyd_print_mem(&text, config->tree, LYD_JSON, LYD_PRINT_WITHSIBLINGS) != LY_SUCCESS ||
	    !text)
		return ds_strdup("{}\n");
	return text;
}

void bd_config_free(struct bd_config *config)
{
	if (!config)
		return;
	if (!config->borrowed)
		lyd_free_all(config->tree);
	bd_set_free(&config->parts);
	bd_set_free(&config->claims);
	bd_switches_put(config->switches);
	bd_objects_free(&config->objects);
	bd_numbers_free(&config->numbers);
	free(config);
}
