/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/explain.h"
#include "mgmt/datastore/explain_int.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/datastore/similar.h"

/* In JSON a name without a module is of its parent's. */
static const struct lys_module *module_of(const struct ly_ctx *ctx, const struct lyd_node_opaq *o)
{
	const struct lyd_node *parent = lyd_parent(&o->node);

	if (o->format == LY_VALUE_XML)
		return o->name.module_ns ? ly_ctx_get_module_implemented_ns(ctx, o->name.module_ns)
					 : NULL;
	if (o->name.prefix)
		return ly_ctx_get_module_implemented(ctx, o->name.prefix);
	return parent && parent->schema ? parent->schema->module : NULL;
}

/* The nearest ancestor's path and the node's own name, with its module where that changes. */
static char *path_of(const struct lyd_node *node)
{
	const struct lyd_node *parent = lyd_parent(node);
	char *above = parent && parent->schema ? lyd_path(parent, LYD_PATH_STD, NULL, 0)
		      : parent                 ? path_of(parent)
					       : ds_strdup("");
	const struct lyd_node_opaq *o = (const struct lyd_node_opaq *)node;
	const struct lys_module *mod = module_of(o->ctx, o);
	const char *prefix = mod ? mod->name : o->name.prefix;
	bool same = parent && parent->schema && mod == parent->schema->module;
	char *path = prefix && !same ? ds_printf("%s/%s:%s", above, prefix, o->name.name)
				     : ds_printf("%s/%s", above, o->name.name);

	free(above);
	return path;
}

static void unknown_module(const struct ly_ctx *ctx, const struct lyd_node_opaq *o,
			   const char *path, struct ds_errors *errs)
{
	const char *name = o->format == LY_VALUE_XML ? o->name.module_ns : o->name.prefix;
	const struct lys_module *mod;
	struct ds_similar similar;
	uint32_t index = 0;
	char hint[160];

	if (!name) {
		ds_error_bad(ds_errors_add(errs, DS_UNKNOWN_NAMESPACE, path,
					   "\"%s\" has no module: write it as module:%s",
					   o->name.name, o->name.name),
			     o->name.name);
		return;
	}
	ds_similar_init(&similar, name);
	while ((mod = ly_ctx_get_module_iter(ctx, &index)))
		if (mod->implemented)
			ds_similar_offer(&similar, o->format == LY_VALUE_XML ? mod->ns : mod->name);
	ds_error_bad(ds_errors_add(errs, DS_UNKNOWN_NAMESPACE, path, "there is no module \"%s\"%s",
				   name, ds_similar_hint(&similar, hint, sizeof(hint))),
		     name);
}

/* Offers what could stand below @parent (NULL: at the top), of any module. */
static void offer_children(const struct ly_ctx *ctx, const struct lysc_node *parent,
			   const struct lys_module *own, struct ds_similar *similar)
{
	const struct lysc_node *child = NULL;
	const struct lys_module *mod;
	uint32_t index = 0;
	char name[DS_SIMILAR_MAX * 2];

	if (parent) {
		while ((child = lys_getnext(child, parent, NULL, 0))) {
			ds_similar_offer(similar, child->name);
			if (child->module == own)
				continue;
			/* The right name with the wrong module is close as well. */
			if (!strcmp(child->name, similar->word)) {
				snprintf(name, sizeof(name), "%s:%s", child->module->name,
					 child->name);
				snprintf(similar->best, sizeof(similar->best), "%.63s", name);
				similar->distance = 0;
			}
		}
		return;
	}
	while ((mod = ly_ctx_get_module_iter(ctx, &index))) {
		if (!mod->implemented || !mod->compiled)
			continue;
		for (child = NULL; (child = lys_getnext(child, NULL, mod->compiled, 0));)
			if (!(child->nodetype & (LYS_RPC | LYS_NOTIF)))
				ds_similar_offer(similar, child->name);
	}
}

/* What is unknown here may belong to another case of the choice that the parent is one of. */
static const char *in_other_case(const struct lysc_node *parent, const char *name)
{
	const struct lysc_node *other = NULL, *child;

	if (!parent || !parent->parent || parent->parent->nodetype != LYS_CASE)
		return NULL;
	while ((other = lys_getnext(other, parent->parent->parent, NULL, 0)))
		for (child = lysc_node_child(other); child; child = child->next)
			if (!strcmp(child->name, name))
				return other->name;
	return NULL;
}

static void unknown_node(const struct ly_ctx *ctx, const struct lyd_node_opaq *o, const char *path,
			 const struct lys_module *mod, struct ds_errors *errs)
{
	const struct lyd_node *parent = lyd_parent(&o->node);
	struct ds_similar similar;
	const char *other = parent ? in_other_case(parent->schema, o->name.name) : NULL;
	char hint[160];

	ds_similar_init(&similar, o->name.name);
	offer_children(ctx, parent ? parent->schema : NULL, mod, &similar);
	ds_similar_hint(&similar, hint, sizeof(hint));
	if (other)
		snprintf(hint, sizeof(hint), ": it belongs to %s", other);
	if (parent && parent->schema)
		ds_error_bad(ds_errors_add(errs, DS_UNKNOWN_ELEMENT, path,
					   "\"%s\" is not known in %s%s", o->name.name,
					   parent->schema->name, hint),
			     o->name.name);
	else
		ds_error_bad(ds_errors_add(errs, DS_UNKNOWN_ELEMENT, path,
					   "\"%s\" is not known in module %s%s", o->name.name,
					   mod->name, hint),
			     o->name.name);
}

/* A list entry, though known, was not taken: a key is missing or bad. */
static void bad_list(const struct ly_ctx *ctx, const struct lyd_node_opaq *o,
		     const struct lysc_node *schema, const char *path, struct ds_errors *errs)
{
	const struct lysc_node *key;
	size_t before = errs->n + errs->more;

	for (key = lysc_node_child(schema); key && lysc_is_key(key); key = key->next) {
		const struct lyd_node *child;

		LY_LIST_FOR(o->child, child) {
			const struct lyd_node_opaq *c = (const struct lyd_node_opaq *)child;

			if (!strcmp(LYD_NAME(child), key->name)) {
				if (!child->schema &&
				    lyd_value_validate(NULL, key, c->value, strlen(c->value), NULL,
						       NULL, NULL) != LY_SUCCESS)
					ds_explain_value(ctx, key, c->value, path, errs);
				break;
			}
		}
		if (!child)
			ds_error_bad(ds_errors_add(errs, DS_MISSING_ELEMENT, path,
						   "an entry of %s needs its key: add \"%s\"",
						   schema->name, key->name),
				     key->name);
	}
	if (errs->n + errs->more == before)
		ds_errors_add(errs, DS_INVALID_VALUE, path,
			      "%s is a list: its entries are objects between [ and ]",
			      schema->name);
}

/* A value that is right by the names of modules, which in XML need prefixes that are declared. */
static void undeclared_prefix(const struct ly_ctx *ctx, const char *value, const char *path,
			      struct ds_errors *errs)
{
	int n = strcspn(value, ":");
	char *name = ds_strndup(value, n);
	const struct lys_module *mod = ly_ctx_get_module_implemented(ctx, name);

	ds_errors_add(errs, DS_INVALID_VALUE, path,
		      "\"%s\": the prefix %s is not declared: write xmlns:%s=\"%s\" in the element",
		      value, name, name, mod ? mod->ns : "the namespace of the module");
	free(name);
}

static void bad_leaf(const struct ly_ctx *ctx, const struct lyd_node_opaq *o,
		     const struct lysc_node *schema, const char *path, struct ds_errors *errs)
{
	if (o->child) {
		ds_errors_add(errs, DS_INVALID_VALUE, path, "%s is a value, not an object",
			      schema->name);
		return;
	}
	if (o->format == LY_VALUE_JSON && schema->nodetype == LYS_LEAFLIST &&
	    !(o->hints & LYD_NODEHINT_LEAFLIST)) {
		ds_errors_add(errs, DS_INVALID_VALUE, path,
			      "%s is a list of values: write them between [ and ]", schema->name);
		return;
	}
	if (lyd_value_validate(NULL, schema, o->value, strlen(o->value), NULL, NULL, NULL) !=
	    LY_SUCCESS) {
		ds_explain_value(ctx, schema, o->value, path, errs);
		return;
	}
	if (ds_is_secret(schema)) {
		ds_errors_add(errs, DS_INVALID_VALUE, path, "write it %s quotes",
			      o->hints & LYD_VALHINT_STRING ? "without" : "between");
		return;
	}
	if (o->format == LY_VALUE_XML) {
		undeclared_prefix(ctx, o->value, path, errs);
		return;
	}
	/* The value is right, so its JSON type is not. */
	ds_errors_add(errs, DS_INVALID_VALUE, path,
		      o->hints & LYD_VALHINT_STRING ? "write %s without quotes"
						    : "write \"%s\" between quotes",
		      o->value);
}

static void explain(const struct ly_ctx *ctx, const struct lyd_node *node, struct ds_errors *errs)
{
	const struct lyd_node_opaq *o = (const struct lyd_node_opaq *)node;
	const struct lyd_node *parent = lyd_parent(node);
	const struct lys_module *mod = module_of(ctx, o);
	const struct lysc_node *schema;
	char *path;

	if (errs->n == DS_ERRORS_MAX) { /* there may be a million of them */
		errs->more++;
		return;
	}
	path = path_of(node);
	if (!mod) {
		unknown_module(ctx, o, path, errs);
	} else if (!(schema = lys_find_child(parent ? parent->schema : NULL, mod, o->name.name, 0,
					     0, 0))) {
		unknown_node(ctx, o, path, mod, errs);
	} else if (schema->flags & LYS_CONFIG_R) {
		ds_errors_add(errs, DS_INVALID_VALUE, path,
			      "%s is state, which cannot be configured: remove it", schema->name);
	} else if (schema->nodetype == LYS_LIST) {
		bad_list(ctx, o, schema, path, errs);
	} else if (schema->nodetype & LYD_NODE_TERM) {
		bad_leaf(ctx, o, schema, path, errs);
	} else {
		ds_errors_add(errs, DS_INVALID_VALUE, path, "%s is an object, not a value",
			      schema->name);
	}
	free(path);
}

/* The first child that is @s or, for a choice, in it; NULL when there is none. */
static const struct lyd_node *find_in(const struct lyd_node *node, const struct lysc_node *s)
{
	const struct lyd_node *child;

	LY_LIST_FOR(lyd_child(node), child) {
		if (!child->schema && !strcmp(LYD_NAME(child), s->name))
			return child;
		if (child->schema && !(child->flags & LYD_DEFAULT) &&
		    ds_in_choice(child->schema, s))
			return child;
	}
	return NULL;
}

/* The case of @choice that @schema is in. */
static const struct lysc_node *case_of(const struct lysc_node *schema,
				       const struct lysc_node *choice)
{
	while (schema->parent && schema->parent != choice)
		schema = schema->parent;
	return schema;
}

/* Two cases of one choice exclude each other. */
static void explain_cases(const struct lyd_node *node, const struct lysc_node *choice,
			  const struct lyd_node *first, struct ds_errors *errs)
{
	const struct lyd_node *child;
	char *path;

	for (child = first->next; first->schema && child; child = child->next)
		if (child->schema && !(child->flags & LYD_DEFAULT) &&
		    ds_in_choice(child->schema, choice) &&
		    case_of(child->schema, choice) != case_of(first->schema, choice))
			break;
	if (!first->schema || !child)
		return;
	path = lyd_path(node, LYD_PATH_STD, NULL, 0);
	ds_error_bad(ds_errors_add(errs, DS_BAD_ELEMENT, path,
				   "%s and %s exclude each other: remove one of them",
				   first->schema->name, child->schema->name),
		     child->schema->name);
	free(path);
}

/* libyang would name the schema's node, not the instance's, and only the first. */
static void explain_missing(const struct lyd_node *node, struct ds_errors *errs)
{
	const struct lysc_node *s = NULL;

	while ((s = lys_getnext(s, node->schema, NULL, LYS_GETNEXT_WITHCHOICE))) {
		const struct lyd_node *child;
		char *path;

		if (!(s->flags & LYS_CONFIG_W) ||
		    !(s->flags & LYS_MAND_TRUE || s->nodetype == LYS_CHOICE))
			continue;
		child = find_in(node, s);
		if (child && s->nodetype == LYS_CHOICE) {
			explain_cases(node, s, child, errs);
		} else if (!child && s->flags & LYS_MAND_TRUE) {
			path = lyd_path(node, LYD_PATH_STD, NULL, 0);
			ds_explain_mandatory(s, path, errs);
			free(path);
		}
	}
}

static void explain_state(const struct lyd_node *node, struct ds_errors *errs)
{
	char *path = lyd_path(node, LYD_PATH_STD, NULL, 0);

	ds_errors_add(errs, DS_INVALID_VALUE, path,
		      "%s is state, which cannot be configured: remove it", node->schema->name);
	free(path);
}

void ds_explain_edit(const struct ly_ctx *ctx, const struct lyd_node *tree, ds_fine_fn fine,
		     void *arg, struct ds_errors *errs)
{
	const struct lyd_node *node;

	LY_LIST_FOR(tree, node) {
		if (!node->schema) {
			if (!fine(node, arg))
				explain(ctx, node, errs);
		} else if (node->schema->flags & LYS_CONFIG_R) {
			explain_state(node, errs);
		} else {
			ds_explain_edit(ctx, lyd_child(node), fine, arg, errs);
		}
	}
}

const struct lysc_node *ds_opaq_schema(const struct lyd_node *node)
{
	const struct lyd_node_opaq *o = (const struct lyd_node_opaq *)node;
	const struct lyd_node *parent = lyd_parent(node);
	const struct lys_module *mod = module_of(o->ctx, o);

	if (!mod || (parent && !parent->schema))
		return NULL;
	return lys_find_child(parent ? parent->schema : NULL, mod, o->name.name, 0, 0, 0);
}

void ds_explain_tree(const struct ly_ctx *ctx, const struct lyd_node *tree, struct ds_errors *errs)
{
	const struct lyd_node *node;

	LY_LIST_FOR(tree, node) {
		if (!node->schema) {
			explain(ctx, node, errs);
			continue;
		}
		if (node->flags & LYD_DEFAULT && !lyd_child(node))
			continue;
		if (node->schema->flags & LYS_CONFIG_R) {
			explain_state(node, errs);
			continue;
		}
		if (node->schema->nodetype & LYD_NODE_INNER) {
			explain_missing(node, errs);
			ds_explain_tree(ctx, lyd_child(node), errs);
		}
	}
}
