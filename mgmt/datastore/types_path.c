/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Paths of access rules: /module:node/node[key='value']/node[key=$USER].
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/types.h"
#include "mgmt/datastore/types_int.h"

/* Reads a path whose prefixes are of one format, and writes it in another. */
struct path {
	const struct ly_ctx *ctx;
	const char *at, *end;
	LY_VALUE_FORMAT from, to;
	const void *from_prefixes;
	void *to_prefixes;
	const struct lys_module *module; /* of the step */
	const struct lysc_node *schema;  /* of the step; NULL: there is none */
	FILE *out;
};

static char next(struct path *p)
{
	while (p->at < p->end && strchr(" \t\r\n", *p->at))
		p->at++;
	return p->at < p->end ? *p->at : '\0';
}

static size_t name_length(const struct path *p)
{
	const char *c = p->at;

	while (c < p->end && (isalnum((unsigned char)*c) || strchr("_-.", *c)))
		c++;
	return c - p->at;
}

/* [prefix:]name, written with the prefix that it needs. */
static bool put_name(struct path *p, const struct lys_module **module, const char **name,
		     size_t *len)
{
	const struct lys_module *outer = *module;
	size_t n = name_length(p);

	if (n && p->at + n < p->end && p->at[n] == ':') {
		*module = lyplg_type_identity_module(p->ctx, NULL, p->at, n, p->from,
						     p->from_prefixes);
		p->at += n + 1;
		n = name_length(p);
	}
	if (!n || !*module)
		return false;
	*name = p->at;
	*len = n;
	p->at += n;
	if (p->to == LY_VALUE_XML || *module != outer)
		fprintf(p->out, "%s:", lyplg_type_get_prefix(*module, p->to, p->to_prefixes));
	fprintf(p->out, "%.*s", (int)*len, *name);
	return true;
}

static bool put_value(struct path *p, const struct lysc_node *leaf)
{
	char quote = next(p), *text, *form;
	const char *close;

	if (p->end - p->at >= 5 && !memcmp(p->at, "$USER", 5)) {
		fputs("$USER", p->out);
		p->at += 5;
		return true;
	}
	close = quote == '\'' || quote == '"' ? memchr(p->at + 1, quote, p->end - p->at - 1) : NULL;
	if (!close)
		return false;
	text = ds_strndup(p->at + 1, close - p->at - 1);
	form = leaf ? ds_canonical(leaf, text) : ds_strdup(text);
	quote = strchr(form, '\'') ? '"' : '\'';
	fprintf(p->out, "%c%s%c", quote, form, quote);
	free(form);
	free(text);
	p->at = close + 1;
	return true;
}

/* What stands between [ and ]. */
static bool put_key(struct path *p)
{
	const struct lys_module *module = p->module;
	const struct lysc_node *leaf = p->schema;
	const char *name;
	size_t len;

	fputc(*p->at++, p->out);
	if (next(p) == '.') {
		fputc(*p->at++, p->out);
		leaf = leaf && leaf->nodetype == LYS_LEAFLIST ? leaf : NULL;
	} else {
		if (!put_name(p, &module, &name, &len))
			return false;
		leaf = leaf ? lys_find_child(leaf, module, name, len, LYS_LEAF, 0) : NULL;
	}
	if (next(p) != '=')
		return false;
	fputc(*p->at++, p->out);
	if (!put_value(p, leaf) || next(p) != ']')
		return false;
	fputc(*p->at++, p->out);
	return true;
}

static bool put_step(struct path *p)
{
	const struct lysc_node *parent = p->schema;
	bool top = !p->module;
	const char *name;
	size_t len;

	fputc(*p->at++, p->out);
	next(p);
	if (!put_name(p, &p->module, &name, &len))
		return false;
	p->schema = parent || top ? lys_find_child(parent, p->module, name, len, 0, 0) : NULL;
	while (next(p) == '[')
		if (!put_key(p))
			return false;
	return true;
}

/* Malloced; NULL: it is no path. */
static char *convert(struct path *p)
{
	bool fine = next(p) == '/';
	const char *start = p->at;
	char *text = NULL;
	size_t len = 0;

	p->out = open_memstream(&text, &len);
	p->at += fine;
	if (!next(p))
		fputc('/', p->out);
	else
		p->at = start;
	while (fine && next(p))
		fine = *p->at == '/' && put_step(p);
	fclose(p->out);
	if (fine)
		return text;
	free(text);
	return NULL;
}

LY_ERR ds_path_store(const struct ly_ctx *ctx, const struct lysc_type *type, const void *value,
		     size_t len, uint32_t options, LY_VALUE_FORMAT format, void *prefixes,
		     uint32_t hints, const struct lysc_node *node, struct lyd_value *storage,
		     struct lys_glob_unres *unres, struct ly_err_item **err)
{
	struct path p = {.ctx = ctx,
			 .at = value,
			 .end = (const char *)value + len,
			 .from = format,
			 .from_prefixes = prefixes,
			 .to = LY_VALUE_JSON};
	/* What is no XPath at all is refused here; that the nodes are there, by bind_nacm.c. */
	LY_ERR rc =
		lyplg_type_store_xpath10(ctx, type, value, len, options & ~LYPLG_TYPE_STORE_DYNAMIC,
					 format, prefixes, hints, node, storage, unres, err);
	const char *plain = NULL;
	char *form;

	if (rc == LY_SUCCESS) {
		lydict_insert(ctx, storage->_canonical, 0, &plain);
		lyplg_type_free_xpath10(ctx, storage);
		memset(storage, 0, sizeof(*storage));
		storage->realtype = type;
		form = convert(&p);
		rc = lydict_insert(ctx, form ? form : plain, 0, &storage->_canonical);
		lydict_remove(ctx, plain);
		free(form);
	}
	if (options & LYPLG_TYPE_STORE_DYNAMIC)
		free((void *)value);
	return rc;
}

const void *ds_path_print(const struct ly_ctx *ctx, const struct lyd_value *value,
			  LY_VALUE_FORMAT format, void *prefixes, ly_bool *dynamic, size_t *len)
{
	const char *text = value->_canonical;
	struct path p = {.ctx = ctx,
			 .at = text,
			 .end = text + strlen(text),
			 .from = LY_VALUE_JSON,
			 .to = format,
			 .to_prefixes = prefixes};
	char *form = format == LY_VALUE_XML ? convert(&p) : NULL;

	if (dynamic)
		*dynamic = form != NULL;
	if (len)
		*len = strlen(form ? form : text);
	return form ? form : text;
}
