/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/punt/rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/log.h"
#include "dataplane/core/rcu.h"
#include "dataplane/punt/match.h"
#include "dataplane/punt/names.h"
#include "dataplane/punt/queue.h"
#include "dataplane/punt/shown.h"

/* A rule as it was set, and which policers are its own as long as it stays. */
struct rule {
	struct hd_punt_rule config;
	uint16_t slot;
};

static struct {
	struct hd_punt_class class[HD_PUNT_CLASSES_MAX];
	_Atomic bool is_set[HD_PUNT_CLASSES_MAX];
	uint32_t n;
	struct rule *rule[HD_PUNT_RULES_MAX]; /* by key */
	bool slot_used[HD_PUNT_RULES_MAX];
	uint16_t slot_next;         /* where a free one is looked for */
	bool changed;               /* since a table was published */
	uint64_t generation;        /* of the tree that it was made for, */
	const void *tree;           /* which is not looked into */
	struct punt_table *retired; /* the last one first */
} rules;

static punt_bucket buckets[HD_PUNT_RULES_MAX][PUNT_SHARES];

const struct hd_punt_class *punt_rules_class_of(uint32_t id)
{
	return id < HD_PUNT_CLASSES_MAX && rules.is_set[id] ? &rules.class[id] : NULL;
}

bool punt_rules_class_copy(uint32_t id, struct hd_punt_class *out)
{
	if (!rules.is_set[id])
		return false;
	memcpy(out, &rules.class[id], sizeof(*out));
	out->name[sizeof(out->name) - 1] = '\0';
	return true;
}

int punt_rules_class(const struct hd_punt_class *class, struct hd_err *err)
{
	int rc = punt_class_check(class, err);

	if (rc < 0)
		return rc;
	rules.class[class->id] = *class;
	rules.is_set[class->id] = true;
	rules.changed = true;
	return 0;
}

/* Where the rule of this key is, or would be. */
static uint32_t place_of(const char *key, bool *found)
{
	uint32_t low = 0, high = rules.n;

	*found = false;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		int order = strcmp(rules.rule[mid]->config.key, key);

		if (order == 0) {
			*found = true;
			return mid;
		}
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* There is one: there are as many as rules. */
static uint16_t take_slot(void)
{
	while (rules.slot_used[rules.slot_next])
		rules.slot_next = (rules.slot_next + 1) % HD_PUNT_RULES_MAX;
	rules.slot_used[rules.slot_next] = true;
	for (unsigned int i = 0; i < PUNT_SHARES; i++)
		atomic_store_explicit(&buckets[rules.slot_next][i], 0, memory_order_relaxed);
	return rules.slot_next;
}

static uint32_t count_of(const char *gateway)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < rules.n; i++)
		n += strcmp(rules.rule[i]->config.gateway, gateway) == 0;
	return n;
}

static int add(uint32_t at, const struct hd_punt_rule *config, struct hd_err *err)
{
	struct rule *rule;

	if (rules.n == HD_PUNT_RULES_MAX)
		return hd_err_set(err, ENOSPC, "punt rule %s: there are %d rules already",
				  config->key, HD_PUNT_RULES_MAX);
	rule = malloc(sizeof(*rule));
	if (!rule)
		return hd_err_set(err, ENOMEM, "punt rule %s: out of memory", config->key);
	rule->config = *config;
	rule->slot = take_slot();
	memmove(&rules.rule[at + 1], &rules.rule[at], (rules.n - at) * sizeof(rules.rule[0]));
	rules.rule[at] = rule;
	rules.n++;
	return 0;
}

int punt_rules_set(const struct hd_punt_rule *config, struct hd_err *err)
{
	int rc = punt_rule_check(config, err);
	bool found, here;
	uint32_t at;

	if (rc < 0)
		return rc;
	if (!punt_rules_class_of(config->class_id))
		return hd_err_set(err, EINVAL, "punt rule %s: class %u was not set before",
				  config->key, config->class_id);
	at = place_of(config->key, &found);
	here = found && !strcmp(rules.rule[at]->config.gateway, config->gateway);
	if (!here && count_of(config->gateway) == HD_PUNT_GATEWAY_RULES_MAX)
		return hd_err_set(err, ENOSPC, "punt rule %s: gateway %s has %d rules already",
				  config->key, config->gateway, HD_PUNT_GATEWAY_RULES_MAX);
	if (found)
		rules.rule[at]->config = *config;
	else
		rc = add(at, config, err);
	if (rc == 0)
		punt_show_rule(rules.rule[at]->slot, config);
	rules.changed = true;
	return rc;
}

void punt_rules_remove(const char *key)
{
	bool found;
	uint32_t at = place_of(key, &found);

	if (!found)
		return;
	punt_show_rule(rules.rule[at]->slot, NULL);
	rules.slot_used[rules.rule[at]->slot] = false;
	free(rules.rule[at]);
	rules.n--;
	memmove(&rules.rule[at], &rules.rule[at + 1], (rules.n - at) * sizeof(rules.rule[0]));
	rules.changed = true;
}

void punt_rules_clear(void)
{
	for (uint32_t i = 0; i < rules.n; i++) {
		punt_show_rule(rules.rule[i]->slot, NULL);
		free(rules.rule[i]);
	}
	rules.n = 0;
	memset(rules.slot_used, 0, sizeof(rules.slot_used));
	for (uint32_t i = 0; i < HD_PUNT_CLASSES_MAX; i++)
		rules.is_set[i] = false;
	rules.changed = true;
}

static void enter(struct punt_entry *entry, const struct rule *rule)
{
	const struct hd_punt_class *class = &rules.class[rule->config.class_id];

	entry->rule = rule->config;
	entry->rate = class->port_rate;
	entry->burst = class->burst;
	entry->bucket = buckets[rule->slot];
}

/* @port: of each rule's gateway; UINT16_MAX: it is not there. */
static void fill(struct punt_table *table, const uint16_t *port)
{
	uint32_t first = 0;

	for (uint32_t i = 0; i < rules.n; i++)
		if (port[i] != UINT16_MAX)
			table->span[port[i]].n++;
	for (uint32_t id = 0; id < table->n_ports; id++) {
		table->span[id].first = (uint16_t)first;
		first += table->span[id].n;
		table->span[id].n = 0;
	}
	for (uint32_t i = 0; i < rules.n; i++) {
		struct punt_span *span;

		if (port[i] == UINT16_MAX)
			continue;
		span = &table->span[port[i]];
		enter(&table->entry[span->first + span->n++], rules.rule[i]);
	}
}

/* A table of the rules whose gateways @tree has. NULL: there is none (*@rc 0), or no memory. */
static struct punt_table *build(const struct dp_config *tree, int *rc)
{
	uint16_t port[HD_PUNT_RULES_MAX];
	struct punt_table *table;
	uint32_t n = 0;
	size_t size;

	for (uint32_t i = 0; i < rules.n; i++) {
		const struct dp_port_config *c = punt_gateway(tree, rules.rule[i]->config.gateway);

		port[i] = c ? c->id : UINT16_MAX;
		n += c != NULL;
	}
	*rc = 0;
	if (!n)
		return NULL;
	size = sizeof(*table) + n * sizeof(table->entry[0]);
	table = calloc(1, size + tree->n_ports * sizeof(table->span[0]));
	if (!table) {
		*rc = -ENOMEM;
		return NULL;
	}
	table->hooks.local = punt_local;
	table->n_ports = tree->n_ports;
	table->span = (struct punt_span *)((char *)table + size);
	fill(table, port);
	return table;
}

void punt_rules_publish(const struct dp_config *tree)
{
	struct punt_table *table, *old;
	int rc;

	/* Another tree may lie where one lay that is freed. */
	if (!rules.changed && rules.tree == tree && rules.generation == tree->generation)
		return;
	table = build(tree, &rc);
	if (rc < 0) {
		hd_log_limited(HD_LOG_ERR, "out of memory: new punt rules wait");
		return;
	}
	rules.changed = false;
	rules.tree = tree;
	rules.generation = tree->generation;
	old = (struct punt_table *)atomic_load_explicit(&dp_punt_published, memory_order_relaxed);
	if (!table && !old)
		return;
	atomic_store_explicit(&dp_punt_published, table ? &table->hooks : NULL,
			      memory_order_release);
	if (!old)
		return;
	old->token = dp_rcu_start();
	old->next = rules.retired;
	rules.retired = old;
}

bool punt_rules_retire(void)
{
	struct punt_table **at = &rules.retired;

	/* Those behind one that is over are over, too. */
	while (*at && !dp_rcu_over((*at)->token))
		at = &(*at)->next;
	while (*at) {
		struct punt_table *table = *at;

		*at = table->next;
		free(table);
	}
	return rules.retired != NULL;
}
