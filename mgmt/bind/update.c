/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A configuration from the one before, where only ports changed. In doubt, and to name errors, it is
 * made from the whole tree.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/part.h"
#include "mgmt/datastore/mem.h"

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names, sorted, each once. */
static const char **sorted(const struct bd_touched *touched, size_t *n)
{
	const char **names = ds_alloc((touched->n + 1) * sizeof(*names));

	*n = 0;
	if (!touched->n)
		return names;
	memcpy(names, touched->interfaces, touched->n * sizeof(*names));
	qsort(names, touched->n, sizeof(*names), by_name);
	for (size_t i = 0; i < touched->n; i++)
		if (!i || strcmp(names[i], names[*n - 1]) != 0)
			names[(*n)++] = names[i];
	return names;
}

static void remove_part(struct bd_config *config, const char *name)
{
	const struct bd_part *part = bd_part_find(&config->parts, name);

	if (!part)
		return;
	for (size_t i = 0; i < part->n_objects; i++)
		bd_objects_remove(&config->objects, part->object[i]);
	for (size_t i = 0; i < part->n_claims; i++)
		bd_set_remove(&config->claims, part->claim[i]);
	bd_set_remove(&config->parts, part);
}

/* What it claims is put down; whether that goes together is seen when all have. */
static void add_part(struct bd_config *config, const struct bd_model *m, const struct bd_port *port)
{
	struct bd_claims claims = {NULL, 0, 0};
	struct bd_list objects = {NULL, 0, 0};

	for (const struct bd_row *row = bd_rows(); row; row = row->next) {
		if (row->claim)
			row->claim(port, &claims);
		if (row->translate_port)
			row->translate_port(m, port, &objects);
	}
	bd_set_add(&config->parts,
		   bd_part_new(port->name, objects.at, objects.n, claims.at, claims.n));
	for (size_t i = 0; i < objects.n; i++)
		bd_objects_add(&config->objects, objects.at[i]);
	for (size_t i = 0; i < claims.n; i++)
		bd_set_add(&config->claims, bd_item_get(claims.at[i]));
	bd_list_free(&objects);
	bd_claims_free(&claims);
}

static bool conflicts(const struct bd_config *config, const char *name)
{
	const struct bd_part *part = bd_part_find(&config->parts, name);

	for (size_t i = 0; part && i < part->n_claims; i++)
		if (bd_claim_conflicts(&config->claims, part->claim[i]))
			return true;
	return false;
}

/* Resolves and checks the ports. False: the whole has to be looked at. */
static bool check(struct bd_model *m)
{
	struct ds_errors errs = {.n = 0};
	bool right = true;

	for (size_t i = 0; i < m->n_ports && right; i++) {
		if (m->ports[i].role == BD_ROLE_GATEWAY)
			right = false; /* gateways are held against each other */
		bd_port_resolve(m, &m->ports[i]);
		for (const struct bd_row *row = bd_rows(); row && right; row = row->next)
			for (size_t k = 0; row->port_rules && row->port_rules[k]; k++)
				row->port_rules[k](m, &m->ports[i], &errs);
		right &= ds_errors_none(&errs);
	}
	ds_errors_clear(&errs);
	return right;
}

static struct bd_config *copy(const struct bd_config *old, const struct lyd_node *tree)
{
	struct bd_config *config = ds_alloc(sizeof(*config));

	config->tree = (struct lyd_node *)tree;
	config->borrowed = true;
	bd_objects_copy(&config->objects, &old->objects);
	bd_set_copy(&config->parts, &old->parts);
	bd_set_copy(&config->claims, &old->claims);
	bd_numbers_copy(&config->numbers, &old->numbers);
	config->switches = old->switches;
	config->switches->refs++;
	config->vlans = old->vlans;
	return config;
}

/* NULL: the whole has to be looked at. */
static struct bd_config *update(const struct bd_config *old, struct bd_model *m,
				const char *const *names, size_t n)
{
	struct bd_config *config;
	bool fits;

	if (!check(m))
		return NULL;
	config = copy(old, m->tree);
	for (size_t i = 0; i < n; i++)
		remove_part(config, names[i]);
	for (size_t i = 0; i < m->n_ports; i++)
		add_part(config, m, &m->ports[i]);
	config->vlans += bd_vlans_in_use(m);
	fits = config->parts.n <= HD_PORTS_MAX && config->vlans <= HD_VLANS_MAX;
	for (size_t i = 0; i < n && fits; i++)
		fits = !conflicts(config, names[i]);
	if (fits)
		return config;
	bd_config_free(config);
	return NULL;
}

struct bd_config *bd_config_update(const struct ly_ctx *ctx, const struct bd_config *old,
				   const struct lyd_node *tree, const struct bd_touched *touched,
				   struct ds_errors *errs)
{
	struct bd_config *config = NULL;
	const char **names;
	struct bd_model m;
	bool alone;
	size_t n;

	if (!old || touched->others)
		return bd_config_bind(ctx, tree, old ? &old->numbers : NULL, errs);
	names = sorted(touched, &n);
	alone = n <= 64 + old->parts.n / 4; /* above it the whole is no more work */
	for (size_t i = 0; i < n && alone; i++)
		alone = !bd_switches_name(old->switches, names[i]);
	if (alone && bd_model_init_ports(&m, ctx, tree, &old->switches->model, names, n)) {
		config = update(old, &m, names, n);
		bd_model_free_ports(&m);
	}
	free(names);
	return config ? config : bd_config_bind(ctx, tree, &old->numbers, errs);
}
