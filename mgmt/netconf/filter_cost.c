/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a filter may cost, told from the filter alone.
 */
#include <ctype.h>
#include <string.h>

#include "mgmt/netconf/filter.h"
#include "mgmt/netconf/filter_int.h"

#define NODES_MAX 256 /* of a subtree filter that is answered at once */

bool nc_filter_names_entry(const struct lyd_node *filter)
{
	const struct lyd_node *child = lyd_child(filter);
	const struct lysc_node *key;

	if (!filter->schema || filter->schema->nodetype != LYS_LIST ||
	    filter->schema->flags & LYS_KEYLESS)
		return false;
	/* libyang puts keys first, in their order. */
	for (key = lysc_node_child(filter->schema); key && lysc_is_key(key); key = key->next) {
		const char *value = child && child->schema == key ? lyd_get_value(child) : NULL;

		if (!value || !value[0] || isspace((unsigned char)value[0]) ||
		    isspace((unsigned char)value[strlen(value) - 1]))
			return false;
		child = child->next;
	}
	return true;
}

static enum nc_cost worse(enum nc_cost a, enum nc_cost b)
{
	return a > b ? a : b;
}

/*
 * <enabled/> in an entry that is named: libyang does not take an empty element for a leaf of most
 * types, and leaves it as it is.
 */
static bool is_selection(const struct lyd_node *filter)
{
	const struct lyd_node *parent = lyd_parent(filter);
	const char *value = ((const struct lyd_node_opaq *)filter)->value;

	return parent && parent->schema && parent->schema->nodetype == LYS_LIST &&
	       !lyd_child(filter) && (!value || !value[strspn(value, " \t\r\n")]);
}

static enum nc_cost subtree_cost(const struct lyd_node *filter, unsigned int *nodes)
{
	enum nc_cost cost = NC_COST_KEYED;
	const struct lyd_node *child;

	if (++*nodes > NODES_MAX)
		return NC_COST_OPEN;
	if (!filter->schema)
		return is_selection(filter) ? NC_COST_KEYED : NC_COST_TREE;
	/* To look for a value is not to name an instance: and it may not be theirs to know. */
	if (filter->schema->nodetype & LYD_NODE_TERM)
		return lysc_is_key(filter->schema) || !*lyd_get_value(filter) ? NC_COST_KEYED
									      : NC_COST_TREE;
	if (filter->schema->nodetype == LYS_LIST && !nc_filter_names_entry(filter))
		cost = NC_COST_TREE;
	if (filter->schema->nodetype == LYS_CONTAINER && !lyd_child(filter))
		cost = NC_COST_TREE; /* all that is in it */
	LY_LIST_FOR(lyd_child(filter), child) {
		cost = worse(cost, subtree_cost(child, nodes));
		if (cost == NC_COST_OPEN)
			break;
	}
	return cost;
}

static const char *skip_space(const char *c)
{
	while (isspace((unsigned char)*c))
		c++;
	return c;
}

/* A path as far as it was read, and the node of the schema that it stands for (NULL: none). */
struct scan {
	const struct ly_ctx *ctx;
	const char *at; /* NULL: it is no plain path */
	const struct lys_module *mod;
	const struct lysc_node *node;
	char name[128];
	unsigned int keys; /* that predicates of this step compare */
	bool keyed;        /* each list so far was entered by all its keys */
	bool entered;      /* one was */
};

static bool in_name(char c, bool first)
{
	return isalpha((unsigned char)c) || c == '_' ||
	       (!first && (isdigit((unsigned char)c) || c == '-' || c == '.'));
}

/* A name, with or without a module, into s->name; false if there is none. */
static bool scan_name(struct scan *s)
{
	size_t n = 0;

	while (n < sizeof(s->name) - 1 && in_name(s->at[n], n == 0))
		n++;
	memcpy(s->name, s->at, n);
	s->name[n] = '\0';
	s->at += n;
	if (!n || in_name(*s->at, false))
		return false;
	if (*s->at != ':')
		return true;
	s->mod = ly_ctx_get_module_implemented(s->ctx, s->name);
	s->at++;
	return *s->at != ':' && scan_name(s);
}

/* [name = 'value'], [. = 'value'] */
static bool scan_predicate(struct scan *s)
{
	const struct lys_module *outer = s->mod;
	const struct lysc_node *key = NULL;
	const char *end;

	s->at = skip_space(s->at + 1);
	if (*s->at == '.') {
		s->at++;
	} else if (scan_name(s)) {
		key = s->node ? lys_find_child(s->node, s->mod, s->name, 0, 0, 0) : NULL;
	} else {
		return false;
	}
	s->mod = outer;
	s->at = skip_space(s->at);
	if (*s->at != '=')
		return false;
	s->at = skip_space(s->at + 1);
	end = *s->at == '\'' || *s->at == '"' ? strchr(s->at + 1, *s->at) : NULL;
	if (!end)
		return false;
	s->at = skip_space(end + 1);
	s->keys += key && lysc_is_key(key);
	return *s->at++ == ']';
}

static unsigned int keys_of(const struct lysc_node *list)
{
	const struct lysc_node *key = lysc_node_child(list);
	unsigned int n = 0;

	for (; key && lysc_is_key(key); key = key->next)
		n++;
	return n ? n : 1; /* without keys: none can be named */
}

static bool scan_step(struct scan *s)
{
	const struct lysc_node *parent = s->node;

	s->at += *s->at == '/'; /* a relative path begins at the root, too */
	if (!scan_name(s))
		return false;
	s->node = s->mod ? lys_find_child(parent, s->mod, s->name, 0, 0, 0) : NULL;
	s->keys = 0;
	while (*s->at == '[')
		if (!scan_predicate(s))
			return false;
	if (!s->node)
		s->keyed = false;
	else if (s->node->nodetype == LYS_LIST && s->keys < keys_of(s->node))
		s->keyed = false;
	else if (s->node->nodetype == LYS_LIST)
		s->entered = true;
	return true;
}

/*
 * A path of names and of predicates that compare with a literal can select much, and then it costs
 * what the tree does, but does nothing twice.
 */
static enum nc_cost xpath_cost(const char *xpath, const struct ly_ctx *ctx)
{
	struct scan s = {.ctx = ctx, .at = skip_space(xpath), .keyed = true};
	bool first = true;

	while ((*s.at == '/' || (first && in_name(*s.at, true))) && (first || s.node)) {
		if (!scan_step(&s))
			return NC_COST_OPEN;
		first = false;
	}
	if (first || *skip_space(s.at))
		return NC_COST_OPEN;
	return s.keyed && s.entered ? NC_COST_KEYED : NC_COST_TREE;
}

bool nc_filter_xpath_wants(const char *xpath, const struct ly_ctx *ctx,
			   const struct lysc_node *schema)
{
	struct scan s = {.ctx = ctx, .at = skip_space(xpath)};

	if (xpath_cost(xpath, ctx) == NC_COST_OPEN)
		return true;
	return !scan_step(&s) || !s.node || s.node == schema;
}

enum nc_cost nc_filter_cost(const struct nc_filter *filter, const struct ly_ctx *ctx)
{
	enum nc_cost cost = NC_COST_KEYED;
	unsigned int n = 0;

	if (!filter->given)
		return NC_COST_TREE;
	if (filter->xpath)
		return xpath_cost(filter->xpath, ctx);
	for (const struct lyd_node *node = filter->subtree; node; node = node->next)
		cost = worse(cost, subtree_cost(node, &n));
	return cost;
}
