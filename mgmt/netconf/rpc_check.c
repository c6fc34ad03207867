/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/depth.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/rpc_check.h"
#include "mgmt/netconf/xml.h"

#define NS_BASE     "urn:ietf:params:xml:ns:netconf:base:1.0"
#define NS_YANG     "urn:ietf:params:xml:ns:yang:1"
#define NS_DEFAULTS "urn:ietf:params:xml:ns:netconf:default:1.0"
#define NS_NOTHING  "urn:heddle:nothing"
#define ID_MAX      4095 /* RFC 6241 4.1 */

/* What the content of an element is. */
enum content { ENVELOPE, PARAMETERS, CONFIG, FILTER }; /* from CONFIG on it is data */

#define CONTENT   0x0f /* of an element's mark; more of what is in a filter: */
#define NO_MATCH  0x10 /* it has an attribute, which no data has */
#define HAS_TEXT  0x20
#define HAS_CHILD 0x40

/* A piece of the text that is to be something else. */
struct change {
	const char *from, *to;
	const char *text;
	struct change *before;
};

struct check {
	struct nc_xml xml;
	struct nc_call *call;
	const struct ly_ctx *ctx;
	struct ds_errors *errs;
	struct change *changes; /* the last one first */
	bool edits;
	bool foreign; /* it is no <rpc>: what is in it is not looked at */
};

static char *copy(struct nc_span span)
{
	return ds_strndup(span.at ? span.at : "", span.n);
}

static enum content content_of(const struct nc_xml_element *e)
{
	return e->mark & CONTENT;
}

static const struct lys_module *module_of(const struct check *c, const struct nc_xml_element *e)
{
	char *ns = copy(e->ns);
	const struct lys_module *mod = ly_ctx_get_module_implemented_ns(c->ctx, ns);

	free(ns);
	return mod;
}

/* The text of the child called @key of the element whose start tag ends at @at; or length 0. */
static struct nc_span text_of(const char *at, const char *key)
{
	struct nc_span none = {NULL, 0};
	int depth = 0;

	for (at = strchr(at, '<'); at && depth >= 0; at = strchr(at + 1, '<')) {
		size_t n = strcspn(at + 1, "> \t\n/");
		const char *colon = memchr(at + 1, ':', n), *end = strchr(at, '>');
		const char *name = colon ? colon + 1 : at + 1;

		if (!end)
			return none;
		if (at[1] == '/') {
			depth--;
			continue;
		}
		if (at[1] == '!' || at[1] == '?' || end[-1] == '/')
			continue;
		if (!depth++ && at + 1 + n - name == (long)strlen(key) &&
		    !strncmp(name, key, strlen(key)))
			return (struct nc_span){end + 1, strcspn(end + 1, "<")};
	}
	return none;
}

/* Appends the keys of an entry, as far as they are there and plain. */
static char *add_keys(char *path, const struct lysc_node *list, const struct nc_xml_element *e)
{
	const struct lysc_node *key;

	for (key = lysc_node_child(list); key && lysc_is_key(key); key = key->next) {
		struct nc_span value = text_of(e->end, key->name);
		char *more;

		if (!value.n || memchr(value.at, '&', value.n) || memchr(value.at, '\'', value.n))
			return path;
		more = ds_printf("%s[%s='%.*s']", path, key->name, (int)value.n, value.at);
		free(path);
		path = more;
	}
	return path;
}

/* Does data of the operation begin with it: a child of <config> or of <filter>? */
static bool is_top(const struct nc_xml_element *e)
{
	return content_of(e - 1) >= CONFIG && content_of(e - 2) != content_of(e - 1);
}

/* The schema of the element that stands in one with the schema @parent. */
static const struct lysc_node *schema_of(const struct check *c, const struct nc_xml_element *e,
					 const struct lysc_node *parent)
{
	const struct lys_module *mod = module_of(c, e);
	char *name = copy(e->name);
	const struct lysc_node *schema = mod ? lys_find_child(parent, mod, name, 0, 0, 0) : NULL;

	free(name);
	return schema;
}

/* The path of the first @depth elements: in the operation, or in the data that it brings. */
static char *path_of(const struct check *c, unsigned int depth)
{
	const struct lysc_node *schema = NULL, *parent;
	char *path = ds_strdup(""), *more;

	for (unsigned int i = 1; i < depth; i++) {
		const struct nc_xml_element *e = &c->xml.stack[i];

		if (i > 1 && is_top(e)) {
			schema = NULL;
			*path = '\0';
		}
		parent = schema;
		schema = schema_of(c, e, parent);
		if (!schema) /* what is above it is known, and says enough */
			break;
		more = parent && parent->module == schema->module
			       ? ds_printf("%s/%s", path, schema->name)
			       : ds_printf("%s/%s:%s", path, schema->module->name, schema->name);
		free(path);
		path = schema->nodetype == LYS_LIST ? add_keys(more, schema, e) : more;
	}
	return path;
}

/* An error that is about the element that starts, and an attribute or a namespace of it. */
static void complain(struct check *c, enum ds_tag tag, struct nc_span bad, const char *fmt,
		     const char *more)
{
	const struct nc_xml_element *e = &c->xml.stack[c->xml.depth - 1];
	char *path, *what, *name;
	struct ds_error *err;

	if (c->errs->n == DS_ERRORS_MAX) { /* there may be a million of them */
		c->errs->more++;
		return;
	}
	path = path_of(c, c->xml.depth);
	what = copy(bad);
	name = copy(e->name);
	err = ds_errors_add(c->errs, tag, *path ? path : NULL, fmt, name, what, more);
	ds_error_bad(err, what);
	ds_error_element(err, name);
	free(path);
	free(what);
	free(name);
}

static void unknown(struct check *c, const struct nc_xml_attribute *a, const char *right)
{
	complain(c, DS_UNKNOWN_ATTRIBUTE, a->name, "%s has no attribute \"%s\"%s", right);
}

static bool is(const struct nc_xml_attribute *a, const char *ns, const char *name)
{
	return nc_span_is(a->name, name) && (ns ? nc_span_is(a->ns, ns) : !a->prefix.at);
}

static bool is_declaration(const struct nc_xml_attribute *a)
{
	return nc_span_is(a->prefix, "xmlns") || is(a, NULL, "xmlns");
}

static bool is_one_of(struct nc_span value, const char *const *names)
{
	for (; *names; names++)
		if (nc_span_is(value, *names))
			return true;
	return false;
}

/* Of an element in <config>: RFC 6241 7.2, RFC 7950 7.7.9, RFC 6243 4.5. */
static void check_config(struct check *c, const struct nc_xml_attribute *a)
{
	static const char *const operations[] = {"merge",  "replace", "create",
						 "delete", "remove",  NULL};
	static const char *const places[] = {"first", "last", "before", "after", NULL};
	static const char *const truths[] = {"true", "false", "1", "0", NULL};
	const char *right = NULL;

	if (is(a, NS_BASE, "operation") && c->edits)
		right = is_one_of(a->value, operations)
				? NULL
				: "it is merge, replace, create, delete or remove";
	else if (is(a, NS_YANG, "insert") && c->edits)
		right = is_one_of(a->value, places) ? NULL : "it is first, last, before or after";
	else if (is(a, NS_DEFAULTS, "default"))
		right = is_one_of(a->value, truths) ? NULL : "it is true or false";
	else if (!c->edits || (!is(a, NS_YANG, "key") && !is(a, NS_YANG, "value")))
		unknown(c, a,
			is(a, NULL, "operation") || is(a, NULL, "insert")
				? ": it needs a prefix that is declared for its namespace"
				: "");
	if (right)
		complain(c, DS_BAD_ATTRIBUTE, a->name, "%s: the value of %s is wrong: %s", right);
}

/* Of <filter>: RFC 6241 7.1, 8.9.5. */
static void check_filter(struct check *c)
{
	static const char *const types[] = {"subtree", "xpath", NULL};
	const struct nc_xml_attribute *type = NULL, *select = NULL;

	for (unsigned int i = 0; i < c->xml.n_attributes; i++) {
		const struct nc_xml_attribute *a = &c->xml.attributes[i];

		if (is(a, NULL, "type"))
			type = a;
		else if (is(a, NULL, "select"))
			select = a;
		else if (!is_declaration(a))
			unknown(c, a, ": there are type and select");
	}
	if (type && !is_one_of(type->value, types))
		complain(c, DS_BAD_ATTRIBUTE, type->name, "%s: the value of %s is wrong: %s",
			 "it is subtree or xpath");
	else if (type && nc_span_is(type->value, "xpath") && !select)
		complain(c, DS_MISSING_ATTRIBUTE, (struct nc_span){"select", 6},
			 "a %s of type xpath needs an attribute %s%s", "");
	else if (select && !(type && nc_span_is(type->value, "xpath")))
		unknown(c, select, " unless its type is xpath");
}

static void change(struct check *c, const char *from, const char *to, const char *text)
{
	struct change *new = ds_alloc(sizeof(*new));

	/* What lies in it goes with it. */
	while (c->changes && c->changes->from >= from) {
		struct change *gone = c->changes;

		c->changes = gone->before;
		free(gone);
	}
	*new = (struct change){from, to, text, c->changes};
	c->changes = new;
}

/*
 * The namespace that stands for all in a filter: that of NETCONF (filter.c). But libyang knows a key by
 * its name alone, so a key has its own.
 */
static const char *any_namespace(const struct check *c)
{
	const struct nc_xml_element *e = &c->xml.stack[c->xml.depth - 1], *at = e;
	const struct lysc_node *schema = NULL, *key;

	while (!is_top(at))
		at--;
	for (; at < e; at++) {
		schema = schema_of(c, at, schema);
		if (!schema)
			return NS_BASE;
	}
	for (key = schema ? lysc_node_child(schema) : NULL; key && lysc_is_key(key);
	     key = key->next)
		if (nc_span_is(e->name, key->name))
			return key->module->ns;
	return NS_BASE;
}

/*
 * Of an element of a subtree filter. Without a namespace it is looked for in all (RFC 6241 6.2.1), for
 * which libyang is given that of NETCONF (filter.c). No data has attributes, so what asks for one selects
 * nothing (6.2.2).
 */
static void check_subtree(struct check *c, struct nc_xml_element *e)
{
	for (unsigned int i = 0; i < c->xml.n_attributes; i++) {
		const struct nc_xml_attribute *a = &c->xml.attributes[i];

		if (!is_declaration(a))
			e->mark |= NO_MATCH;
		else if (is(a, NULL, "xmlns") && !a->value.n)
			change(c, a->value.at, a->value.at, any_namespace(c));
	}
}

static void end_subtree(struct check *c, const struct nc_xml_element *e)
{
	if (e->mark & NO_MATCH)
		change(c, e->tag, strchr(c->xml.at, '>') + 1,
		       (e->mark & (HAS_TEXT | HAS_CHILD)) == HAS_TEXT
			       ? "<nothing xmlns=\"" NS_NOTHING "\">x</nothing>"
			       : "<nothing xmlns=\"" NS_NOTHING "\"/>");
}

/*
 * All attributes of <rpc> come back (RFC 6241 4.2), but for the namespace that the reply has itself. One
 * that is longer than any value may be is refused, and not sent back.
 */
static void take_attributes(struct check *c)
{
	char *text = ds_strdup(""), *more;

	for (unsigned int i = 0; i < c->xml.n_attributes; i++) {
		const struct nc_xml_attribute *a = &c->xml.attributes[i];

		if (is(a, NULL, "xmlns") || a->value.n > DS_VALUE_MAX)
			continue;
		more = ds_printf("%s %.*s=%c%.*s%c", text, (int)a->qname.n, a->qname.at,
				 a->value.at[-1], (int)a->value.n, a->value.at, a->value.at[-1]);
		free(text);
		text = more;
	}
	free(c->call->attributes);
	c->call->attributes = text;
}

static void check_envelope(struct check *c, const struct nc_xml_element *e)
{
	const struct nc_xml_attribute *id = NULL;

	take_attributes(c);
	for (unsigned int i = 0; i < c->xml.n_attributes; i++)
		if (is(&c->xml.attributes[i], NULL, "message-id"))
			id = &c->xml.attributes[i];
	if (!nc_span_is(e->name, "rpc"))
		complain(c, DS_UNKNOWN_ELEMENT, e->name, "%s: a message is an <rpc>%.0s%s", "");
	else if (!nc_span_is(e->ns, NS_BASE))
		complain(c, DS_UNKNOWN_NAMESPACE, e->ns,
			 "%s is not of the namespace \"%s\", but of %s", NS_BASE);
	else if (!id)
		complain(c, DS_MISSING_ATTRIBUTE, (struct nc_span){"message-id", 10},
			 "%s needs an attribute %s%s", "");
	else if (id->value.n > ID_MAX)
		complain(c, DS_BAD_ATTRIBUTE, id->name, "%s: %s has at most %s characters", "4095");
}

/* The parts of an operation; those that bring data, or a filter on some. */
static void check_parameter(struct check *c, struct nc_xml_element *e)
{
	bool filter = nc_span_is(e->name, "filter");

	if (c->xml.depth == 2) {
		c->edits = nc_span_is(e->name, "edit-config") || nc_span_is(e->name, "edit-data");
		filter = false;
	} else if (filter || nc_span_is(e->name, "subtree-filter")) {
		e->mark = FILTER;
	} else if (nc_span_is(e->name, "config")) {
		e->mark = CONFIG;
	}
	if (!e->ns.n)
		complain(c, DS_UNKNOWN_NAMESPACE, e->ns,
			 "%s has no namespace%s: write that of its module%s", "");
	else if (!module_of(c, e))
		complain(c, DS_UNKNOWN_NAMESPACE, e->ns,
			 "%s: there is no module with the namespace \"%s\"%s", "");
	else if (filter)
		check_filter(c);
	for (unsigned int i = 0; i < c->xml.n_attributes && !filter; i++)
		if (!is_declaration(&c->xml.attributes[i]))
			unknown(c, &c->xml.attributes[i], "");
}

static void on_start(struct check *c)
{
	struct nc_xml_element *e = &c->xml.stack[c->xml.depth - 1];

	if (c->xml.depth == 1) {
		e->mark = ENVELOPE;
		check_envelope(c, e);
		c->foreign = !nc_span_is(e->name, "rpc") || !nc_span_is(e->ns, NS_BASE);
		return;
	}
	if (c->foreign)
		return;
	e[-1].mark |= HAS_CHILD;
	e->mark = content_of(e - 1);
	switch (content_of(e - 1)) {
	case ENVELOPE:
	case PARAMETERS:
		e->mark = PARAMETERS;
		check_parameter(c, e);
		return;
	case FILTER: check_subtree(c, e); return;
	case CONFIG: break;
	}
	if (!e->ns.n)
		complain(c, DS_UNKNOWN_NAMESPACE, e->ns,
			 "%s has no namespace%s: write that of its module%s", "");
	for (unsigned int i = 0; i < c->xml.n_attributes; i++)
		if (!is_declaration(&c->xml.attributes[i]))
			check_config(c, &c->xml.attributes[i]);
}

static bool on_event(struct nc_xml *xml, enum nc_xml_event event, void *arg)
{
	struct check *c = arg;
	struct nc_xml_element *e = &xml->stack[xml->depth - 1];

	if (event == NC_XML_START) {
		on_start(c);
	} else if (event == NC_XML_END) {
		end_subtree(c, e);
	} else {
		if (content_of(e) == ENVELOPE && !c->foreign)
			complain(c, DS_BAD_ELEMENT, e->name,
				 "%s has an operation in it, and no text%.0s%s", "");
		e->mark |= HAS_TEXT;
	}
	return true;
}

static bool only_head(struct nc_xml *xml, enum nc_xml_event event, void *arg)
{
	take_attributes(arg);
	return false;
}

void nc_rpc_head(struct nc_call *call, char *text, size_t len)
{
	struct check *c = ds_alloc(sizeof(*c));

	c->call = call;
	nc_xml_walk(&c->xml, text, len, only_head, c);
	free(c);
}

/* The text with all changes made. */
static char *apply(const struct check *c, size_t len)
{
	const char *end = c->xml.text + len;
	char *text, *to;
	size_t n = len;

	for (const struct change *change = c->changes; change; change = change->before)
		n += strlen(change->text) - (change->to - change->from);
	text = ds_alloc(n + 1);
	to = text + n;
	for (const struct change *change = c->changes; change; change = change->before) {
		to -= end - change->to;
		memcpy(to, change->to, end - change->to);
		to -= strlen(change->text);
		memcpy(to, change->text, strlen(change->text));
		end = change->from;
	}
	memcpy(text, c->xml.text, end - c->xml.text);
	return text;
}

bool nc_rpc_check(struct nc_call *call, const struct ly_ctx *ctx, char *text, size_t len,
		  char **meant, struct ds_errors *errs)
{
	struct check *c = ds_alloc(sizeof(*c));
	bool right;

	c->call = call;
	c->ctx = ctx;
	c->errs = errs;
	*meant = NULL;
	if (!nc_xml_walk(&c->xml, text, len, on_event, c)) {
		ds_errors_clear(errs); /* what is not well-formed means nothing */
		ds_errors_add(errs, c->xml.too_big ? DS_TOO_BIG : DS_MALFORMED_MESSAGE, NULL,
			      "line %lu: %s", nc_xml_line(&c->xml, c->xml.at), c->xml.wrong);
	}
	right = ds_errors_none(errs);
	if (right && c->changes)
		*meant = apply(c, len);
	while (c->changes) {
		struct change *gone = c->changes;

		c->changes = gone->before;
		free(gone);
	}
	free(c);
	return right;
}
