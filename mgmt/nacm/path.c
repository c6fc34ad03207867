/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/types.h"
#include "mgmt/nacm/path.h"

struct reader {
	const struct ly_ctx *ctx;
	const char *at;
	struct hd_err *err;
};

static void blanks(struct reader *r)
{
	while (*r->at && strchr(" \t\r\n", *r->at))
		r->at++;
}

static size_t name_length(const char *text)
{
	size_t n = 0;

	if (!isalpha((unsigned char)text[0]) && text[0] != '_')
		return 0;
	while (isalnum((unsigned char)text[n]) || (text[n] && strchr("_-.", text[n])))
		n++;
	return n;
}

/* [prefix:]name; @module is that of the prefix, if there is one. */
static int read_name(struct reader *r, const struct lys_module **module, const char **name,
		     size_t *len)
{
	size_t n = name_length(r->at);
	char *prefix;

	if (n && r->at[n] == ':') {
		prefix = ds_strndup(r->at, n);
		*module = ly_ctx_get_module_implemented(r->ctx, prefix);
		if (!*module)
			hd_err_set(r->err, EINVAL, "there is no module \"%.64s\"", prefix);
		free(prefix);
		if (!*module)
			return -EINVAL;
		r->at += n + 1;
		n = name_length(r->at);
	}
	if (!n)
		return hd_err_set(r->err, EINVAL, "a name is expected before \"%.32s\"", r->at);
	*name = r->at;
	*len = n;
	r->at += n;
	return 0;
}

/* 'text', "text" or $USER; @value NULL: the latter. */
static int read_value(struct reader *r, char **value)
{
	const char *end;
	char quote = *r->at;

	*value = NULL;
	if (!strncmp(r->at, "$USER", 5)) {
		r->at += 5;
		return 0;
	}
	end = quote == '\'' || quote == '"' ? strchr(r->at + 1, quote) : NULL;
	if (!end)
		return hd_err_set(r->err, EINVAL, "a quoted value is expected before \"%.32s\"",
				  r->at);
	*value = ds_strndup(r->at + 1, end - r->at - 1);
	r->at = end + 1;
	return 0;
}

static const struct lysc_node *find_key(struct reader *r, const struct lysc_node *list)
{
	const struct lys_module *module = list->module;
	const struct lysc_node *leaf;
	const char *name;
	size_t len;

	if (read_name(r, &module, &name, &len) < 0)
		return NULL;
	leaf = list->nodetype == LYS_LIST ? lys_find_child(list, module, name, len, LYS_LEAF, 0)
					  : NULL;
	if (leaf && lysc_is_key(leaf))
		return leaf;
	hd_err_set(r->err, EINVAL, "\"%.*s\" is no key of %s", (int)(len < 64 ? len : 64), name,
		   list->name);
	return NULL;
}

/* What is between [ and ]. */
static int read_key(struct reader *r, struct nacm_step *step)
{
	const struct lysc_node *leaf = NULL;
	struct nacm_key *key;
	char *value, *form;

	blanks(r);
	if (*r->at == '.' && step->node->nodetype == LYS_LEAFLIST)
		r->at++;
	else if (!(leaf = find_key(r, step->node)))
		return -EINVAL;
	blanks(r);
	if (*r->at != '=')
		return hd_err_set(r->err, EINVAL, "\"=\" is expected before \"%.32s\"", r->at);
	r->at++;
	blanks(r);
	if (read_value(r, &value) < 0)
		return -EINVAL;
	blanks(r);
	if (*r->at != ']' || step->n_keys == NACM_PATH_KEYS) {
		free(value);
		return hd_err_set(r->err, EINVAL, "\"]\" is expected before \"%.32s\"", r->at);
	}
	r->at++;
	form = value ? ds_canonical(leaf ? leaf : step->node, value) : NULL;
	free(value);
	step->keys = ds_realloc(step->keys, step->n_keys + 1, sizeof(*key));
	step->keys[step->n_keys++] = (struct nacm_key){leaf, form};
	return 0;
}

static const struct lysc_node *find_step(const struct lysc_node *parent,
					 const struct lys_module *module, const char *name,
					 size_t len)
{
	const struct lysc_node *found = lys_find_child(parent, module, name, len, 0, 0);
	const struct lysc_node *first = NULL;

	if (found || !parent)
		return found;
	/* Actions and notifications are no data: they are named by the last step only. */
	first = (const struct lysc_node *)lysc_node_actions(parent);
	for (; first; first = first->next)
		if (first->module == module && !strncmp(first->name, name, len) &&
		    !first->name[len])
			return first;
	first = (const struct lysc_node *)lysc_node_notifs(parent);
	for (; first; first = first->next)
		if (first->module == module && !strncmp(first->name, name, len) &&
		    !first->name[len])
			return first;
	return NULL;
}

static int read_step(struct reader *r, struct nacm_path *path)
{
	const struct lysc_node *parent = path->n ? path->steps[path->n - 1].node : NULL;
	const struct lys_module *module = parent ? parent->module : NULL;
	const struct lysc_node *node;
	struct nacm_step *step;
	const char *name;
	size_t len;

	if (read_name(r, &module, &name, &len) < 0)
		return -EINVAL;
	node = module ? find_step(parent, module, name, len) : NULL;
	if (!node)
		return hd_err_set(r->err, EINVAL, "there is no node \"%.*s\"%s%s",
				  (int)(len < 64 ? len : 64), name, parent ? " in " : "",
				  parent ? parent->name : "");
	path->steps = ds_realloc(path->steps, path->n + 1, sizeof(*step));
	step = &path->steps[path->n++];
	*step = (struct nacm_step){.node = node};
	blanks(r);
	while (*r->at == '[') {
		r->at++;
		if (read_key(r, step) < 0)
			return -EINVAL;
		blanks(r);
	}
	return 0;
}

int nacm_path_compile(struct nacm_path *path, const struct ly_ctx *ctx, const char *text,
		      struct hd_err *err)
{
	struct reader r = {ctx, text, err};
	int rc = 0;

	*path = (struct nacm_path){NULL};
	blanks(&r);
	if (*r.at != '/')
		return hd_err_set(err, EINVAL, "a path begins with \"/\"");
	if (!r.at[1 + strspn(r.at + 1, " \t\r\n")])
		return 0;
	while (rc == 0 && *r.at == '/') {
		r.at++;
		blanks(&r);
		rc = read_step(&r, path);
	}
	if (rc == 0 && *r.at)
		rc = hd_err_set(err, EINVAL, "\"/\" is expected before \"%.32s\"", r.at);
	if (rc < 0)
		nacm_path_free(path);
	return rc;
}

void nacm_path_free(struct nacm_path *path)
{
	for (size_t i = 0; i < path->n; i++) {
		for (size_t k = 0; k < path->steps[i].n_keys; k++)
			free(path->steps[i].keys[k].value);
		free(path->steps[i].keys);
	}
	free(path->steps);
	*path = (struct nacm_path){NULL};
}

static bool step_matches(const struct nacm_step *step, const struct lyd_node *node,
			 const char *user)
{
	for (size_t i = 0; i < step->n_keys; i++) {
		const struct nacm_key *key = &step->keys[i];
		const struct lyd_node *value = key->leaf ? lyd_child(node) : node;

		while (key->leaf && value && value->schema != key->leaf)
			value = value->next;
		if (!value || strcmp(lyd_get_value(value), key->value ? key->value : user) != 0)
			return false;
	}
	return true;
}

bool nacm_path_matches(const struct nacm_path *path, const struct lyd_node *node, const char *user)
{
	const struct lyd_node *at = node;
	size_t depth = 0;

	if (!path->n)
		return true;
	for (; at; at = lyd_parent(at))
		depth++;
	if (depth < path->n)
		return false;
	for (at = node; depth > path->n; depth--)
		at = lyd_parent(at);
	if (at->schema != path->steps[path->n - 1].node)
		return false;
	for (size_t i = path->n; i-- > 0; at = lyd_parent(at))
		if (!step_matches(&path->steps[i], at, user))
			return false;
	return true;
}

bool nacm_path_is_below(const struct nacm_path *path, const struct lysc_node *node)
{
	for (size_t i = 0; i + 1 < path->n; i++)
		if (path->steps[i].node == node)
			return true;
	return false;
}
