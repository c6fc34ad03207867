/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * yang:insert, yang:key and yang:value (RFC 7950 7.7.9, 7.8.6).
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/tree.h"
#include "mgmt/store/edit.h"

static const char *attribute(const struct lyd_node *edit, const char *name)
{
	const struct lyd_meta *meta;

	for (meta = edit->meta; meta; meta = meta->next)
		if (!strcmp(meta->name, name) && !strcmp(meta->annotation->module->name, "yang"))
			return lyd_get_meta_value(meta);
	return NULL;
}

static void bad(const struct lyd_node *edit, const char *attribute, const char *app_tag,
		const char *fmt, const char *value, struct ds_errors *errs)
{
	char *path = ds_path(edit);
	struct ds_error *err = ds_errors_add(errs, DS_BAD_ATTRIBUTE, path, fmt, edit->schema->name,
					     value ? value : "");

	ds_error_bad(err, attribute);
	ds_error_app_tag(err, app_tag);
	free(path);
}

static const char *anchor_name(const struct lyd_node *node)
{
	return node->schema->nodetype == LYS_LIST ? "key" : "value";
}

bool ed_has_anchor(const struct lyd_node *edit)
{
	const char *insert = attribute(edit, "insert");

	return insert && (!strcmp(insert, "before") || !strcmp(insert, "after"));
}

struct lyd_node *ed_anchor(const struct lyd_node *node, const struct lyd_node *edit)
{
	const char *value = attribute(edit, anchor_name(node));
	struct lyd_node *found = NULL;

	if (value)
		lyd_find_sibling_val(lyd_first_sibling(node), node->schema, value, strlen(value),
				     &found);
	return found;
}

void ed_anchor_error(const struct lyd_node *node, const struct lyd_node *edit,
		     struct ds_errors *errs)
{
	const char *name = anchor_name(node), *value = attribute(edit, name);
	char *path;

	if (value) {
		bad(edit, name, "missing-instance", "there is no entry of %s that is %s", value,
		    errs);
		return;
	}
	path = ds_path(edit);
	ds_error_bad(ds_errors_add(errs, DS_MISSING_ATTRIBUTE, path,
				   "insert before or after needs yang:%s, which names the entry of "
				   "%s to stand beside",
				   name, node->schema->name),
		     name);
	free(path);
}

static void unknown(const struct lyd_node *edit, const char *attribute, const char *why,
		    struct ds_errors *errs)
{
	char *path = ds_path(edit);

	ds_error_bad(ds_errors_add(errs, DS_UNKNOWN_ATTRIBUTE, path,
				   "%s %s: take the attribute %s away", edit->schema->name, why,
				   attribute),
		     attribute);
	free(path);
}

void ed_check_place(const struct lyd_node *edit, struct ds_errors *errs)
{
	static const char *const names[] = {"insert", "key", "value"};
	bool ordered = edit->schema->nodetype & (LYS_LIST | LYS_LEAFLIST) &&
		       edit->schema->flags & LYS_ORDBY_USER;
	const char *other = edit->schema->nodetype == LYS_LIST ? "value" : "key";
	const char *insert = attribute(edit, "insert");
	bool beside = insert && (!strcmp(insert, "before") || !strcmp(insert, "after"));

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!attribute(edit, names[i]))
			continue;
		if (!ordered)
			unknown(edit, names[i], "is not ordered by its user", errs);
		else if (i && (!beside || !strcmp(names[i], other)))
			unknown(edit, names[i], "is not placed by it", errs);
	}
}

void ed_place(struct lyd_node *node, const struct lyd_node *edit)
{
	const char *insert = attribute(edit, "insert");
	struct lyd_node *other = NULL, *sibling;

	if (!insert)
		return;
	if (ed_has_anchor(edit)) {
		other = ed_anchor(node, edit);
		if (other == node)
			return;
		if (*insert == 'b')
			lyd_insert_before(other, node);
		else
			lyd_insert_after(other, node);
		return;
	}
	LY_LIST_FOR(lyd_first_sibling(node), sibling)
		if (sibling->schema == node->schema && sibling != node) {
			other = sibling;
			if (!strcmp(insert, "first"))
				break;
		}
	if (other && !strcmp(insert, "first"))
		lyd_insert_before(other, node);
	else if (other)
		lyd_insert_after(other, node);
}
