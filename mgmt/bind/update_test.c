/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A configuration made from the one before is the one that is made from the whole tree: random
 * edits, right and wrong ones. And the sets that it stands on, against an array.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/bind.h"
#include "mgmt/bind/config.h"
#include "mgmt/bind/set.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/datastore/tree.h"
#include "tests/unit/random.h"
#include "tests/unit/unit.h"
#include "tests/unit/yang.h"

#define PORTS 40
#define EDITS 1500

/* Numbers of which many are the same; what a set holds. */
struct number {
	struct bd_item item;
	int value;
};

static int living;

static int by_value(const void *a, const void *b)
{
	return ((const struct number *)a)->value - ((const struct number *)b)->value;
}

static void number_free(void *item)
{
	living--;
	free(item);
}

static const struct bd_set_class numbers = {by_value, number_free};

static struct number *number(int value)
{
	struct number *n = ds_alloc(sizeof(*n));

	n->item.refs = 1;
	n->value = value;
	living++;
	return n;
}

#define VALUES 600

static void check_set(const struct bd_set *set, const bool *in)
{
	struct bd_place place = bd_set_begin(set);
	const struct number *n;
	size_t count = 0;

	for (int v = 0; v < VALUES; v++) {
		struct number key = {.value = v};

		count += in[v];
		n = bd_set_find(set, &key);
		CU_ASSERT_EQUAL(n != NULL, in[v]);
		if (!in[v])
			continue;
		n = bd_set_next(&place);
		CU_ASSERT_FATAL(n && n->value == v);
	}
	CU_ASSERT_PTR_NULL(bd_set_next(&place));
	CU_ASSERT_EQUAL(set->n, count);
}

struct sides {
	const bool *before, *after;
	int last;
	size_t n;
};

static void on_diff(void *before, void *after, void *arg)
{
	struct sides *s = arg;
	int value = ((struct number *)(before ? before : after))->value;

	CU_ASSERT(value > s->last);
	CU_ASSERT_EQUAL(before != NULL, s->before[value]);
	CU_ASSERT_EQUAL(after != NULL, s->after[value]);
	s->last = value;
	s->n++;
}

static void test_set(void)
{
	bool in[VALUES] = {false}, was[VALUES] = {false};
	struct bd_set set = {.class = &numbers}, old = {.class = &numbers};

	dice_state = 1;
	for (int i = 0; i < 20000; i++) {
		struct number key = {.value = dice(VALUES)};

		/* It grows, shrinks to nothing, and grows again. */
		if (dice(10) < (i / 4000 % 2 ? 2 : 7)) {
			bd_set_add(&set, number(key.value));
			in[key.value] = true;
		} else {
			CU_ASSERT_EQUAL(bd_set_remove(&set, &key), in[key.value]);
			in[key.value] = false;
		}
		if (i % 500 == 0) {
			struct sides s = {was, in, -1, 0};

			bd_set_diff(&old, &set, on_diff, &s);
			for (int v = 0; v < VALUES; v++)
				CU_ASSERT(s.n >= 1 || was[v] == in[v]);
			check_set(&old, was);
			check_set(&set, in);
			bd_set_free(&old);
			bd_set_copy(&old, &set);
			memcpy(was, in, sizeof(in));
		}
	}
	bd_set_free(&old);
	check_set(&set, in);
	bd_set_free(&set);
	CU_ASSERT_EQUAL(living, 0);
}

/* One of the ways that a port can be; some of them are wrong, or do not go together. */
static char *random_port(unsigned int i)
{
	static const char *const words[] = {"office", "lab", "10", "20",     "4094",
					    "4093",   "dmz", "7",  "nowhere"};
	const char *word = words[dice(dice(8) ? 7 : 9)];
	char *where, *port;

	if (dice(12) == 0)
		return ds_strdup(""); /* it is not there */
	switch (dice(6)) {
	case 0: where = ds_printf("\"switch\":\"b\",\"access\":\"%s\"", word); break;
	case 1:
		where = ds_printf("\"switch\":\"a\",\"trunk\":[\"%s\",\"100..%u\"]", word,
				  dice(20) ? 100 + dice(9) : 90);
		break;
	case 2: where = ds_printf("\"mtu\":%u", 1400 + dice(3)); break;
	default: where = ds_printf("\"switch\":\"a\",\"access\":\"%s\"", word); break;
	}
	switch (dice(8)) {
	case 0:
		port = ds_printf("\"heddle-tap:tap\",\"heddle-port:port\":{%s},"
				 "\"heddle-tap:tap\":{\"device\":\"d%u\"}",
				 where, dice(400));
		break;
	case 1:
		port = ds_printf("\"heddle-pcap:pcap\",\"heddle-port:port\":{%s},"
				 "\"heddle-pcap:pcap\":{\"%s\":\"f%u\"}",
				 where, dice(3) ? "write" : "read", dice(300));
		break;
	case 2:
		port = ds_printf("\"heddle-vhost-user:vhost-user\",\"heddle-port:port\":{%s},"
				 "\"heddle-vhost-user:vhost-user\":{\"socket\":\"p%02u.sock\"}",
				 where, dice(10) ? i : dice(PORTS));
		break;
	default:
		port = ds_printf("\"heddle-vhost-user:vhost-user\",\"heddle-port:port\":{%s}",
				 where);
		break;
	}
	free(where);
	where = ds_printf("{\"name\":\"p%02u\",\"type\":%s}", i, port);
	free(port);
	return where;
}

static struct lyd_node *parse(char *const *ports, bool other_switches)
{
	char *text = ds_strdup("{\"name\":\"up\",\"type\":\"heddle-pcap:pcap\","
			       "\"heddle-port:port\":{\"switch\":\"a\"}}"),
	     *more;
	struct ds_errors errs = {.n = 0};
	struct lyd_node *tree;

	for (size_t i = 0; i < PORTS; i++) {
		more = ds_printf("%s%s%s", text, *ports[i] ? "," : "", ports[i]);
		free(text);
		text = more;
	}
	more = ds_printf(
		"{\"heddle-switch:switches\":{\"switch\":[{\"name\":\"a\",\"segment\":["
		"{\"name\":\"office\",\"vlan\":10,\"bridged\":{\"uplink\":[\"up\"]}},"
		"{\"name\":\"lab\",\"host-only\":{},\"host-interface\":{\"name\":\"d7\"}}%s],"
		"\"static-mac\":[{\"segment-or-vlan\":\"20\",\"mac\":\"02:00:00:00:00:01\","
		"\"port\":\"p03\"}]},"
		"{\"name\":\"b\",\"segment\":[{\"name\":\"office\",\"host-only\":{}},"
		"{\"name\":\"lab\",\"host-only\":{}}]}]},"
		"\"ietf-interfaces:interfaces\":{\"interface\":[%s]}}",
		other_switches ? ",{\"name\":\"dmz\",\"host-only\":{}}" : "", text);
	if (!ds_tree_parse(ctx, more, strlen(more), &tree, &errs))
		ds_errors_print(&errs, stderr);
	CU_ASSERT_FATAL(ds_errors_none(&errs));
	free(more);
	free(text);
	return tree;
}

static void count(const struct bd_object *object, enum hd_object_op op, void *arg)
{
}

static bool same_objects(const struct bd_config *a, const struct bd_config *b)
{
	char *x = bd_numbers_print(&a->numbers), *y = bd_numbers_print(&b->numbers);
	bool same = !strcmp(x, y) && a->claims.n == b->claims.n && a->parts.n == b->parts.n &&
		    a->objects.set.n == b->objects.set.n;

	for (enum hd_plane plane = HD_PLANE_DATA; plane <= HD_PLANE_CONTROL; plane++)
		same &= !bd_objects_diff(&a->objects, &b->objects, plane, count, NULL);
	free(x);
	free(y);
	return same;
}

static bool same_errors(const struct ds_errors *a, const struct ds_errors *b)
{
	if (a->n != b->n || a->more != b->more)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->list[i].message, b->list[i].message) != 0 ||
		    strcmp(a->list[i].path ? a->list[i].path : "",
			   b->list[i].path ? b->list[i].path : "") != 0)
			return false;
	return true;
}

/* One edit of a few ports. Returns the configuration that is then in force, and counts. */
static struct bd_config *edit(struct bd_config *old, char **ports, bool *switches,
			      unsigned int *right, unsigned int *wrong)
{
	struct ds_errors errs = {.n = 0}, whole_errs = {.n = 0};
	bool others = dice(20) == 0, now = others ? dice(2) : *switches;
	struct bd_config *whole, *next;
	unsigned int n = 1 + dice(3);
	char *was[3], name[3][16];
	const char *names[3];
	struct lyd_node *tree;
	unsigned int at[3];

	for (unsigned int i = 0; i < n; i++) {
		at[i] = dice(PORTS);
		snprintf(name[i], sizeof(name[i]), "p%02u", at[i]);
		names[i] = name[i];
		was[i] = ports[at[i]];
		ports[at[i]] = random_port(at[i]);
	}
	tree = parse(ports, now);
	whole = bd_config_bind(ctx, tree, &old->numbers, &whole_errs);
	next = bd_config_update(ctx, old, tree, &(struct bd_touched){names, n, others}, &errs);
	CU_ASSERT_FATAL((whole == NULL) == (next == NULL));
	CU_ASSERT(same_errors(&errs, &whole_errs));
	if (next) {
		CU_ASSERT_FATAL(same_objects(whole, next));
		next->borrowed = false; /* the tree goes with it */
		bd_config_free(old);
		old = next;
		*switches = now;
		++*right;
	} else {
		lyd_free_all(tree);
		++*wrong;
	}
	for (unsigned int i = n; i-- > 0;) {
		free(next ? was[i] : ports[at[i]]);
		if (!next)
			ports[at[i]] = was[i];
	}
	bd_config_free(whole);
	ds_errors_clear(&errs);
	ds_errors_clear(&whole_errs);
	return old;
}

static void test_edits(void)
{
	unsigned int right = 0, wrong = 0;
	struct ds_errors errs = {.n = 0};
	struct bd_config *config;
	bool switches = false;
	char *ports[PORTS];

	dice_state = 7;
	for (size_t i = 0; i < PORTS; i++)
		ports[i] = ds_strdup("");
	free(ports[3]);
	ports[3] = ds_strdup("{\"name\":\"p03\",\"type\":\"heddle-vhost-user:vhost-user\","
			     "\"heddle-port:port\":{\"switch\":\"a\",\"access\":\"20\"}}");
	config = bd_config_bind(ctx, parse(ports, false), NULL, &errs);
	ds_errors_print(&errs, stderr);
	CU_ASSERT_PTR_NOT_NULL_FATAL(config);
	config->borrowed = false;
	for (int i = 0; i < EDITS; i++)
		config = edit(config, ports, &switches, &right, &wrong);
	CU_ASSERT(right > EDITS / 4 && wrong > EDITS / 10); /* both are tried */
	printf("%u edits accepted, %u refused ", right, wrong);
	bd_config_free(config);
	for (size_t i = 0; i < PORTS; i++)
		free(ports[i]);
}

UNIT_MAIN_SETUP("bind-update", yang_setup, {"sets", test_set}, {"random edits", test_edits});
