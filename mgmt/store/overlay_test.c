/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Overlays against an array: whatever is edited, kept, undone, committed and shown in whatever
 * order, each view has what it should have, and what was not changed stands where it stood.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/config.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/store/check.h"
#include "mgmt/store/edit.h"
#include "tests/unit/random.h"
#include "tests/unit/unit.h"
#include "tests/unit/yang.h"

#define PORTS    9
#define OVERLAYS 3
#define STEPS    6000

/* What each view should have: a port's MTU, 0: no port. */
struct model {
	unsigned int base[PORTS];
	struct {
		unsigned int value[PORTS];
		bool touched[PORTS];
	} ov[OVERLAYS];
};

static unsigned int should(const struct model *m, int k, int port)
{
	return k >= 0 && m->ov[k].touched[port] ? m->ov[k].value[port] : m->base[port];
}

static unsigned int is(const struct ov_base *base, int port)
{
	char path[128];
	struct lyd_node *node = NULL;

	snprintf(path, sizeof(path), "/ietf-interfaces:interfaces/interface[name='p%d']", port);
	if (lyd_find_path(base->tree, path, 0, &node) != LY_SUCCESS)
		return 0;
	return ds_number(ds_child(node, "heddle-port", "port"), NULL, "mtu", 0);
}

static char *print(const struct lyd_node *tree)
{
	char *text = NULL;

	lyd_print_mem(&text, tree, LYD_XML,
		      LYD_PRINT_WITHSIBLINGS | LYD_PRINT_WD_ALL | LYD_PRINT_SHRINK);
	return text ? text : ds_strdup("");
}

static void check_view(struct ov_base *base, struct ov **ovs, const struct model *m, int k)
{
	size_t n = 0;

	ov_show(base, k < 0 ? NULL : ovs[k], NULL);
	for (int i = 0; i < PORTS; i++)
		CU_ASSERT_EQUAL(is(base, i), should(m, k, i));
	for (int i = 0; k >= 0 && i < PORTS; i++)
		n += m->ov[k].touched[i];
	if (k >= 0)
		CU_ASSERT_EQUAL(ovs[k]->n, n);
}

static struct lyd_node *config(int port, unsigned int value)
{
	struct lyd_node *tree = NULL;
	char text[600];

	snprintf(
		text, sizeof(text),
		"<interfaces xmlns=\"urn:ietf:params:xml:ns:yang:ietf-interfaces\" "
		"xmlns:nc=\"urn:ietf:params:xml:ns:netconf:base:1.0\"><interface "
		"nc:operation=\"%s\"><name>p%d</name>%s<port xmlns=\"urn:heddle:yang:heddle-port\">"
		"<mtu>%u</mtu></port></interface></interfaces>",
		value ? "merge" : "remove", port,
		value ? "<type xmlns:t=\"urn:heddle:yang:heddle-tap\">t:tap</type>" : "",
		value ? value : 68);
	CU_ASSERT_EQUAL(
		lyd_parse_data_mem(ctx, text, LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_OPAQ, 0, &tree),
		LY_SUCCESS);
	return tree;
}

static void set(struct ov *ov, int port, unsigned int value)
{
	struct ds_errors errs = {.n = 0};
	struct lyd_node *tree = config(port, value);

	CU_ASSERT(ed_check(ctx, tree, ED_MERGE, &errs));
	ed_apply(ov, tree, ST_MERGE, &errs);
	CU_ASSERT(ds_errors_none(&errs));
	lyd_free_all(tree);
}

static void touch(struct model *m, int k, int port, unsigned int value)
{
	m->ov[k].value[port] = value;
	m->ov[k].touched[port] = value != m->base[port];
}

/* A few ports in one stroke, which is kept or not. */
static void stroke(struct ov_base *base, struct ov **ovs, struct model *m, int k)
{
	static const struct nacm_subject who = {.user = "u", .session = 1};
	struct model then = *m;
	char *before, *after;
	bool keep = dice(3);

	ov_show(base, ovs[k], NULL);
	before = print(base->tree);
	/* An edit speaks of a port once. */
	for (int port = dice(PORTS), step = 1 + dice(4); port < PORTS; port += step) {
		unsigned int value = dice(3) ? 1000 + dice(4) : 0;

		set(ovs[k], port, value);
		touch(&then, k, port, value);
	}
	if (keep) {
		ov_keep(ovs[k], &who);
		*m = then;
	} else {
		ov_undo(ovs[k]);
		after = print(base->tree);
		CU_ASSERT_STRING_EQUAL(before, after);
		free(after);
	}
	free(before);
}

/* One becomes the base, and the others have another one under them. */
static void commit(struct ov_base *base, struct ov **ovs, struct model *m, int k)
{
	const struct ov_mark who = {.session = 7, .time = 1};
	char path[128];

	ov_fold(ovs[k]);
	for (int i = 0; i < PORTS; i++) {
		if (!m->ov[k].touched[i])
			continue;
		m->base[i] = m->ov[k].value[i];
		m->ov[k].touched[i] = false;
		snprintf(path, sizeof(path), "/ietf-interfaces:interfaces/interface[name='p%d']",
			 i);
		for (int other = 0; other < OVERLAYS; other++) {
			if (other == k)
				continue;
			ov_rebased(ovs[other], path, &who);
			m->ov[other].touched[i] &= m->ov[other].value[i] != m->base[i];
			CU_ASSERT(!m->ov[other].touched[i] ||
				  ov_unit(ovs[other], path)->foreign.session == 7);
		}
	}
	for (int other = 0; other < OVERLAYS; other++)
		ov_rebase_end(ovs[other]);
}

/* Going to other views and back changes nothing, not even an order. */
static void go_round(struct ov_base *base, struct ov **ovs)
{
	char *before, *after;

	ov_show(base, NULL, NULL);
	before = print(base->tree);
	for (int i = 0; i < 4; i++)
		ov_show(base, ovs[dice(OVERLAYS)], NULL);
	ov_show(base, NULL, NULL);
	after = print(base->tree);
	CU_ASSERT_STRING_EQUAL(before, after);
	free(before);
	free(after);
}

static void test_random(void)
{
	struct ov *ovs[OVERLAYS];
	struct ov_base base;
	struct model m = {{0}};

	dice_state = 4711;
	ov_base_init(&base, ctx);
	for (int k = 0; k < OVERLAYS; k++)
		ovs[k] = ov_new(&base);
	for (int step = 0; step < STEPS; step++) {
		int k = dice(OVERLAYS);

		switch (dice(8)) {
		case 0: commit(&base, ovs, &m, k); break;
		case 1:
			ov_clear(ovs[k]);
			memset(&m.ov[k], 0, sizeof(m.ov[k]));
			break;
		case 2: go_round(&base, ovs); break;
		default: stroke(&base, ovs, &m, k);
		}
		check_view(&base, ovs, &m, (int)dice(OVERLAYS + 1) - 1);
	}
	for (int k = 0; k < OVERLAYS; k++)
		ov_free(ovs[k]);
	ov_base_clear(&base);
}

/* One on the other: a port of each is there. */
static void test_two(void)
{
	static const struct nacm_subject who = {.user = "u"};
	struct ov_base base;
	struct ov *one, *two;

	ov_base_init(&base, ctx);
	one = ov_new(&base);
	two = ov_new(&base);
	ov_show(&base, one, NULL);
	set(one, 1, 1001);
	ov_keep(one, &who);
	ov_show(&base, two, NULL);
	set(two, 2, 1002);
	ov_keep(two, &who);
	CU_ASSERT_EQUAL(is(&base, 1), 0);
	ov_show(&base, one, two);
	CU_ASSERT_EQUAL(is(&base, 1), 1001);
	CU_ASSERT_EQUAL(is(&base, 2), 1002);
	ov_show(&base, NULL, two);
	CU_ASSERT_EQUAL(is(&base, 1), 0);
	CU_ASSERT_EQUAL(is(&base, 2), 1002);
	ov_show(&base, one, two);
	ov_fold(one);
	CU_ASSERT_EQUAL(is(&base, 1), 1001);
	CU_ASSERT_EQUAL(is(&base, 2), 0);
	ov_free(one);
	ov_free(two);
	ov_base_clear(&base);
}

/* What is not split is one unit. */
static void test_units(void)
{
	static const struct nacm_subject who = {.user = "u"};
	static const char text[] =
		"<nacm xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-acm\"><groups><group>"
		"<name>g</name></group></groups></nacm>";
	struct ds_errors errs = {.n = 0};
	struct lyd_node *tree = NULL;
	struct ov_base base;
	struct ov *ov;
	char *before, *after;

	ov_base_init(&base, ctx);
	before = print(base.tree);
	ov = ov_new(&base);
	ov_show(&base, ov, NULL);
	CU_ASSERT_EQUAL(
		lyd_parse_data_mem(ctx, text, LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_OPAQ, 0, &tree),
		LY_SUCCESS);
	ed_apply(ov, tree, ST_MERGE, &errs);
	ov_keep(ov, &who);
	CU_ASSERT_EQUAL_FATAL(ov->n, 1);
	CU_ASSERT_STRING_EQUAL(ov->list[0]->path, "/ietf-netconf-acm:nacm");
	CU_ASSERT_STRING_EQUAL(ov->list[0]->touched.user, "u");
	ed_apply(ov, NULL, ST_REPLACE, &errs);
	ov_keep(ov, &who);
	CU_ASSERT_EQUAL(ov->n, 0);
	after = print(base.tree);
	CU_ASSERT_STRING_EQUAL(before, after);
	CU_ASSERT(ds_errors_none(&errs));
	lyd_free_all(tree);
	free(before);
	free(after);
	ov_free(ov);
	ov_base_clear(&base);
}

/* The whole of our schema can be validated unit by unit: else commits become slow. */
static void test_alone(void)
{
	CU_ASSERT(ck_units_are_alone(ctx));
}

UNIT_MAIN_SETUP("overlay", yang_setup, {"random edits", test_random}, {"two at once", test_two},
		{"units", test_units}, {"units are alone", test_alone});
